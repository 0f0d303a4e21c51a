"""How busy a crowd is: calm most of the time, busy for seconds or minutes, and excited by its own trades.

Two kinds of shots raise the level, one that fades within seconds and one that takes most of a minute; their rates and
heights give the variance and the autocorrelation that were measured (realism statistics, section 1).
"""

from __future__ import annotations

import math
import random

CALM = 0.2
SLOW_S, SLOW_EVERY_S, SLOW_HEIGHT = 35.0, 75.0, 1.0
FAST_S, FAST_EVERY_S, FAST_HEIGHT = 2.5, 24.0, 1.8
PER_TRADE = 0.03
"""How much each trade adds to the fast part: the process excites itself."""
PER_SHOCK = 2.5
_MOST = 12.0


class Bursts:
    """Activity of one crowd: a factor of about 1 in the long run."""

    def __init__(self, draw: random.Random, now_ms: float) -> None:
        self._draw = draw
        self._at_ms = now_ms
        self._slow = SLOW_HEIGHT * SLOW_S / SLOW_EVERY_S
        self._fast = 0.0

    def level(self, now_ms: float) -> float:
        """Return the factor at `now_ms`."""
        elapsed = min((now_ms - self._at_ms) / 1000, 600.0)
        if elapsed > 0:
            self._at_ms = now_ms
            self._slow = self._shots(self._slow, elapsed, SLOW_S, SLOW_EVERY_S, SLOW_HEIGHT)
            self._fast = self._shots(self._fast, elapsed, FAST_S, FAST_EVERY_S, FAST_HEIGHT)
        return min(CALM + self._slow + self._fast, _MOST)

    def traded(self) -> None:
        """Count a trade."""
        self._fast += PER_TRADE

    def shocked(self) -> None:
        """Count a shock of the fair value."""
        self._slow += PER_SHOCK

    def _shots(self, level: float, elapsed: float, fade_s: float, every_s: float, height: float) -> float:
        level *= math.exp(-elapsed / fade_s)
        due = self._draw.expovariate(1 / every_s)
        while due < elapsed:
            level += self._draw.expovariate(1 / height) * math.exp(-(elapsed - due) / fade_s)
            due += self._draw.expovariate(1 / every_s)
        return level
