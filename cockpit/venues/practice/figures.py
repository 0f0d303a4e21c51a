"""Distributions the crowd draws from, as measured on the real venue (quantile tables), and what each kind of market is.

A table gives (probability, value); between rows the logarithm of the value is linear. Sources: the project's realism
statistics, sections named at each table; see docs/practice-market.md.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

from cockpit.core.units import LOT, SHARE
from cockpit.venues.practice.walk import Motion


class Quantiles:
    """A distribution given by its quantiles."""

    __slots__ = ("_logs", "_steps")

    def __init__(self, *rows: tuple[float, float]) -> None:
        self._steps = [probability for probability, _value in rows]
        self._logs = [math.log(value) for _probability, value in rows]

    def draw(self, draw: random.Random) -> float:
        """Return one value."""
        u = min(max(draw.random(), self._steps[0]), self._steps[-1])
        index = min(bisect_right(self._steps, u), len(self._steps) - 1)
        low, high = self._steps[index - 1], self._steps[index]
        part = (u - low) / (high - low)
        return math.exp(self._logs[index - 1] + part * (self._logs[index] - self._logs[index - 1]))


def shares_of(amount: float, draw: random.Random) -> int:
    """Return an amount of shares in 1/1,000,000: whole shares four times of five, else in lots."""
    whole = amount >= 2 and draw.random() < 0.8
    return max(LOT, round(amount) * SHARE if whole else round(amount * 100) * LOT)


DISTANCES = (7.1, 7.5, 9.4, 9.7, 8.1, 7.2, 6.1, 4.9, 4.0, 2.9, 2.1)
"""Section 2: share of updates by distance from the best price in ticks; the rest lies further away."""
FAR_SHARE = 22.6
LIFE_MS = Quantiles(
    (0, 15), (0.05, 32), (0.25, 100), (0.5, 481), (0.75, 2_461), (0.9, 11_400), (0.99, 125_000), (1, 2e5)
)
"""Section 2: life of a level that is born and removed."""
NEW_LEVEL = Quantiles((0, 5), (0.05, 8), (0.25, 29), (0.5, 72), (0.75, 172), (0.95, 500), (0.99, 1_426), (1, 2_000))
"""Section 2: shares of a new level."""
CRYPTO_BEST = Quantiles(
    (0, 2), (0.05, 5), (0.25, 20), (0.5, 52), (0.75, 121), (0.9, 276), (0.95, 466), (0.99, 1_095), (1, 1_500)
)
SPORTS_BEST = Quantiles((0, 5), (0.25, 8), (0.5, 75), (0.75, 312), (0.95, 6_000), (1, 9_000))
CRYPTO_TRADE = Quantiles(
    (0, 1.1), (0.05, 1.5), (0.25, 5), (0.46, 5.01), (0.5, 7), (0.75, 18), (0.9, 73), (0.95, 166), (0.99, 510), (1, 900)
)
SPORTS_TRADE = Quantiles((0, 1.5), (0.25, 6), (0.5, 21), (0.75, 95), (0.95, 795), (0.99, 4_467), (1, 6_000))
"""Sections 4 and 5: shares at the best price, shares per trade. The lowest rows of sports trades are assumed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the crowd does in one kind of market."""

    weight: float
    """Its part of all batches of events."""
    trade_share: float
    """Trades per batch."""
    best: Quantiles
    deeper: tuple[float, ...]
    """Median shares behind the best level; the last one goes on."""
    trade: Quantiles
    motion: Motion
    spreads: tuple[tuple[int, float], ...] = ((1, 1.0),)
    """(ticks, weight) of the spread the makers quote."""
    respread_s: float = 60.0
    """How often they think about it again."""
    deviation: float = 0.8
    """Standard deviation of the logarithm of a deeper level's shares."""
    levels: int = 30
    """Levels a side when the market opens."""
    gap: float = 0.0
    """Share of prices in the ladder where nobody quotes."""
    removal: float = 0.005
    """Share of updates that take a whole level away."""
    refill_ms: float = 400.0
    """Median time until somebody quotes the best price again after it was taken."""
    on_second: bool = False
    """Trades match once a second, as in-play sports do."""
    is_short: bool = False
    """Ends within minutes: quotes widen and one side empties on the way."""


CRYPTO = Kind(
    weight=12.0,
    trade_share=0.07,
    best=CRYPTO_BEST,
    deeper=(132, 219, 233, 247),
    trade=CRYPTO_TRADE,
    motion=Motion(step_rate=0.38, step_share=0.97),
    is_short=True,
)
CRYPTO_QUIET = Kind(
    weight=5.0,
    trade_share=0.03,
    best=CRYPTO_BEST,
    deeper=(132, 219, 233, 247),
    trade=CRYPTO_TRADE,
    motion=Motion(step_rate=0.38, step_share=0.97),
    spreads=((1, 0.86), (2, 0.14)),
    respread_s=10.0,
    is_short=True,
)
SPORTS = Kind(
    weight=10.0,
    trade_share=0.03,
    best=SPORTS_BEST,
    deeper=(150, 190, 220, 240, 260, 290, 320, 360, 400, 500),
    deviation=1.3,
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.1, step_share=0.19, shock_rate=1 / 800, shock_share=0.78),
    refill_ms=900.0,
    on_second=True,
)
SPORTS_SIDE = Kind(
    weight=6.0,
    trade_share=0.02,
    best=SPORTS_BEST,
    deeper=(110, 140, 160, 180, 200, 240, 280, 320, 360, 450),
    deviation=1.3,
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.1, step_share=0.19, shock_rate=1 / 800, shock_share=0.78),
    spreads=((1, 0.25), (2, 0.18), (3, 0.24), (4, 0.14), (5, 0.11), (6, 0.08)),
    respread_s=20.0,
    gap=0.15,
    refill_ms=900.0,
    on_second=True,
)
POLITICS = Kind(
    weight=4.0,
    trade_share=0.03,
    best=SPORTS_BEST,
    deeper=(540, 650, 590, 540),
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.02, step_share=0.4, shock_rate=1 / 3_600, shock_share=0.3),
)
GEOPOLITICS = Kind(
    weight=3.0,
    trade_share=0.03,
    best=SPORTS_BEST,
    deeper=(540, 650, 590, 540),
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.02, step_share=0.4, shock_rate=1 / 3_600, shock_share=0.3),
    spreads=((1, 0.97), (2, 0.03)),
)
ECONOMICS = Kind(
    weight=1.0,
    trade_share=0.02,
    best=SPORTS_BEST,
    deeper=(150, 200, 220, 200),
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.01, step_share=0.5),
    spreads=((2, 0.3), (3, 0.4), (4, 0.3)),
    gap=0.3,
)
CULTURE = Kind(
    weight=0.6,
    trade_share=0.02,
    best=SPORTS_BEST,
    deeper=(80, 100, 120, 100),
    trade=SPORTS_TRADE,
    motion=Motion(step_rate=0.01, step_share=0.5),
    spreads=((6, 0.2), (8, 0.2), (9, 0.3), (11, 0.2), (14, 0.1)),
    gap=0.5,
)
