"""Fair values: the probability that a random walk ends above its start.

One model fits every market. A walk `x` gains variance 1 per second; the market pays YES when it (or its mean over the
last `lookback` seconds, as short up/down markets settle) ends above the strike. The fair price is then
Phi(mean / sd) of what is still to come: far from the end it hardly moves, close to the end it is pinned at 0 or 1.
The walk moves by small diffusion, by steps, and by rare shocks that unfold over seconds and that an informed trader
sees coming.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
SHOCK_SECONDS = 0.8
"""Time constant with which a shock unfolds: nine tenths of it in two seconds."""
TIP_MS = 2_500
"""How long before a shock an informed trader acts."""
_MAX_STEP_S = 60.0
EDGE = 1e-4


@dataclass(frozen=True, slots=True)
class Motion:
    """How a walk spends its variance of 1 per second: in steps, in shocks, the rest in diffusion. Rates per second."""

    step_rate: float = 0.1
    step_share: float = 0.5
    shock_rate: float = 0.0
    shock_share: float = 0.0


class Walk:
    """A random walk in continuous time, moved by whoever looks at it."""

    def __init__(self, draw: random.Random, motion: Motion, now_ms: float) -> None:
        self.value = 0.0
        self._draw = draw
        self._motion = motion
        self._at_ms = now_ms
        self._unfolding = 0.0
        self.shocks = 0
        self.next_shock_ms = math.inf
        self.next_shock = 0.0
        self._plan_shock(now_ms)

    def advance(self, now_ms: float, activity: float) -> None:
        """Move on to `now_ms`. `activity` (mean 1) makes steps more or less frequent."""
        elapsed = min((now_ms - self._at_ms) / 1000, _MAX_STEP_S)
        if elapsed <= 0:
            return
        self._at_ms = now_ms
        motion, draw = self._motion, self._draw
        calm = max(0.0, 1.0 - motion.step_share - motion.shock_share)
        if calm:
            self.value += draw.gauss(0.0, math.sqrt(calm * elapsed))
        if motion.step_rate and motion.step_share:
            due = draw.expovariate(motion.step_rate * activity)
            while due < elapsed:
                self.value += draw.gauss(0.0, math.sqrt(motion.step_share / motion.step_rate))
                due += draw.expovariate(motion.step_rate * activity)
        if now_ms >= self.next_shock_ms:
            self._unfolding += self.next_shock
            self.shocks += 1
            self._plan_shock(now_ms)
        if self._unfolding:
            moved = self._unfolding * (1 - math.exp(-elapsed / SHOCK_SECONDS))
            self.value += moved
            self._unfolding -= moved

    def tip(self, now_ms: float) -> float:
        """Return the shock that an informed trader expects now; 0 for none."""
        return self.next_shock if now_ms >= self.next_shock_ms - TIP_MS else 0.0

    def _plan_shock(self, now_ms: float) -> None:
        if not self._motion.shock_rate:
            return
        self.next_shock_ms = now_ms + 1000 * self._draw.expovariate(self._motion.shock_rate)
        size = math.sqrt(self._motion.shock_share / self._motion.shock_rate)
        # A goal is never small: half of the size is certain, the rest varies; the mean square stays what it must be.
        self.next_shock = self._draw.choice((-1, 1)) * size * (0.5 + self._draw.expovariate(1 / 0.411))


class Race:
    """One market's fair value on a walk: who is ahead, and how much may still happen."""

    def __init__(self, walk: Walk, starts_ms: int, closes_ms: int, lookback_s: float) -> None:
        self.walk = walk
        self.starts_ms = starts_ms
        self.closes_ms = closes_ms
        self._lookback_s = lookback_s
        self._strike: float | None = None
        self._area = 0.0
        self._at_ms: float = 0.0

    def set_fair(self, fair: float, now_ms: float) -> None:
        """Place the strike so that the fair value is this one now."""
        fair = min(max(fair, EDGE), 1 - EDGE)
        spread = _NORMAL.inv_cdf(fair) * self._deviation(now_ms)
        left = (self.closes_ms - now_ms) / 1000
        if left < self._lookback_s:
            self._area = spread * (self._lookback_s - left)
        self._strike = self.walk.value - spread
        self._at_ms = now_ms

    def fair(self, now_ms: float) -> float:
        """Return the probability that YES pays; the walk has been advanced to `now_ms`."""
        if self._strike is None:
            if now_ms < self.starts_ms:
                return 0.5
            self._strike = self.walk.value
            self._at_ms = now_ms
        lead = self.walk.value - self._strike
        left = (self.closes_ms - now_ms) / 1000
        if self._lookback_s and left < self._lookback_s:
            counted = min((now_ms - self._at_ms) / 1000, self._lookback_s - left)
            self._area += lead * max(counted, 0.0)
            self._at_ms = now_ms
            lead = (self._area + lead * max(left, 0.0)) / self._lookback_s
        else:
            self._at_ms = now_ms
        deviation = self._deviation(now_ms)
        if deviation <= 0:
            return 1.0 if lead >= 0 else 0.0
        return 0.5 * (1 + math.erf(lead / deviation / math.sqrt(2)))

    def _deviation(self, now_ms: float) -> float:
        """Return the standard deviation of what settles, given the past: of the end, or of the mean it settles by."""
        left = max((self.closes_ms - now_ms) / 1000, 0.0)
        window = self._lookback_s
        if window and left < window:
            return math.sqrt(left**3 / (3 * window**2))
        return math.sqrt(left - window * 2 / 3)
