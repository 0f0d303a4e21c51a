"""Simulated sessions for the volume-weighted slicer: volume in steps, and a price that walks at random.

Calm: a U over the session with persistent noise in the logarithm of volume. Bursts: flat, with a few events whose
volume fades within minutes, as in prediction markets. Every session also has a level of its own. How strong each part
is was set so that TWAP and a static curve are about as far off as in the project's reference (11.3 and 10.2 bps calm,
16.5 and 16.8 in bursts).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from estimates import Floats

STEPS = 720
"""Steps of a session: five seconds of an hour."""
WALK = 0.01
"""Standard deviation of the price's logarithm over a session: 100 bps."""
LEVEL = 0.4
EARLIER, POOL = 20, 400
"""Sessions a profile is learned from, and how many there are to learn from."""
_PER_STEP = 25.0
"""Shares traded in a step of a usual session."""


@dataclass(frozen=True, slots=True)
class Regime:
    """What volume does. Standard deviations are of its logarithm, times are parts of the session."""

    name: str
    bend: float
    """How much of a U there is; 0 for none."""
    slow: float
    slow_time: float
    fast: float
    """Of the noise of each half minute, on its own."""
    events: float = 0.0
    """How many a session has."""
    height: float = 0.0
    fade: float = 1.0


CALM = Regime("calm", bend=3.6, slow=0.65, slow_time=1 / 12, fast=0.5)
BURSTS = Regime("bursts", bend=0.0, slow=0.3, slow_time=1 / 12, fast=0.5, events=3.0, height=9.5, fade=1 / 30)


@dataclass(frozen=True, slots=True)
class Session:
    """Shares and price of every step; the price begins at 1."""

    volumes: Floats
    prices: Floats

    @property
    def vwap(self) -> float:
        """The average price of all shares."""
        return float(self.volumes @ self.prices / self.volumes.sum())


def session(regime: Regime, seed: int) -> Session:
    """Return one session."""
    rng = np.random.default_rng([17, seed])
    step = np.arange(STEPS)
    usual = 0.5 + regime.bend * ((step + 0.5) / STEPS - 0.5) ** 2
    level = math.exp(rng.normal(0, LEVEL))
    fast = np.repeat(rng.normal(0, regime.fast, STEPS // 6), 6)
    volumes = level * usual * np.exp(_persistent(rng, regime) + fast) * _events(rng, regime)
    walked = np.cumsum(rng.normal(0, WALK / math.sqrt(STEPS), STEPS))
    return Session(_PER_STEP * volumes, np.exp(walked - walked[0]))


def _persistent(rng: np.random.Generator, regime: Regime) -> Floats:
    keeps = math.exp(-1 / (STEPS * regime.slow_time))
    shocks, value, found = rng.normal(size=STEPS), rng.normal(), np.empty(STEPS)
    for index in range(STEPS):
        value = value * keeps + math.sqrt(1 - keeps * keeps) * shocks[index]
        found[index] = value
    return regime.slow * found


def _events(rng: np.random.Generator, regime: Regime) -> Floats:
    if not regime.events:
        return np.ones(STEPS)
    places, level = np.arange(STEPS) / STEPS, np.full(STEPS, 0.5)
    for begin in rng.random(rng.poisson(regime.events)):
        after = places >= begin
        level[after] += rng.exponential(regime.height) * np.exp(-(places[after] - begin) / regime.fade)
    return level


@cache
def _pool(regime: Regime, parts: int) -> Floats:
    """Return the volumes by part of sessions that are only learned from."""
    return np.array([session(regime, 10**6 + n).volumes.reshape(parts, -1).sum(1) for n in range(POOL)])


def learned(regime: Regime, parts: int, seed: int) -> Floats:
    """Return the mean volume by part of some earlier sessions."""
    rng = np.random.default_rng([23, seed])
    return np.asarray(_pool(regime, parts)[rng.choice(POOL, EARLIER, replace=False)].mean(0))
