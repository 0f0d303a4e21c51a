"""What was traded in a market: sums, and bars of a few seconds that volume profiles are learned from.

Money is counted in YES prices, so that trades of both legs add up; a NO share at q counts as a YES share at 1 - q.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cockpit.core.arrivals import Arrivals
from cockpit.core.market import Leg
from cockpit.core.units import PRICE_ONE

BAR_MS = 15_000
MOST_BARS = 20_000
"""Bars kept of a market: those without a trade take no room."""


@dataclass(slots=True)
class Bar:
    """What was traded in one stretch of `BAR_MS`."""

    volume: int = 0
    """Shares."""
    product: int = 0
    """Shares x YES price, unrounded."""
    trades: int = 0


@dataclass(slots=True)
class Tape:
    """The trades of one market."""

    volume: int = 0
    """Shares traded since we listen."""
    product: int = 0
    trades: int = 0
    bars: dict[int, Bar] = field(default_factory=dict)
    """Beginning of the stretch -> what was traded, oldest first."""
    last_ms: int | None = None
    """When the newest trade was told."""
    arrivals: tuple[Arrivals, Arrivals] = field(default_factory=lambda: (Arrivals(), Arrivals()))
    """When others' orders arrive: bids and asks of the book in YES prices."""

    def add(self, leg: Leg, price: int, shares: int, at_ms: int) -> None:
        """Count one print; `price` is the leg's own."""
        product = shares * (price if leg is Leg.YES else PRICE_ONE - price)
        self.volume += shares
        self.product += product
        self.trades += 1
        if self.last_ms is not None and at_ms > self.last_ms:
            for side in self.arrivals:
                side.traded(at_ms - self.last_ms)
        self.last_ms = max(at_ms, self.last_ms or 0)
        start = at_ms - at_ms % BAR_MS
        bar = self.bars.get(start)
        if bar is None:
            if len(self.bars) >= MOST_BARS:
                self.bars.pop(next(iter(self.bars)))
            bar = self.bars[start] = Bar()
        bar.volume += shares
        bar.product += product
        bar.trades += 1

    def arrived(self, side: int, at_ms: int) -> None:
        """Count an order of somebody else that came to the bids (0) or asks (1)."""
        if self.last_ms is not None:
            self.arrivals[side].arrived(at_ms - self.last_ms)

    def load(self, bars: Iterable[tuple[int, int, int, int]]) -> None:
        """Take bars of an earlier life: (start, volume, product, trades), oldest first; the sums stay."""
        newer = self.bars
        self.bars = {start: Bar(volume, product, trades) for start, volume, product, trades in bars}
        for start, bar in newer.items():
            known = self.bars.setdefault(start, Bar())
            known.volume += bar.volume
            known.product += bar.product
            known.trades += bar.trades
        while len(self.bars) > MOST_BARS:
            self.bars.pop(next(iter(self.bars)))

    def between(self, start_ms: int, end_ms: int) -> Bar:
        """Return the sum of the bars that begin in a stretch of time."""
        total = Bar()
        for start in range(start_ms - start_ms % BAR_MS, end_ms, BAR_MS):
            bar = self.bars.get(start)
            if bar is not None and start >= start_ms:
                total.volume += bar.volume
                total.product += bar.product
                total.trades += bar.trades
        return total

    def recent(self, start_ms: int, end_ms: int) -> int:
        """Return the shares traded in a stretch that ends now, of the bar in which it begins by its part of it."""
        first = start_ms - start_ms % BAR_MS
        bar = self.bars.get(first)
        if bar is None:
            return self.between(start_ms, end_ms).volume
        over = min(first + BAR_MS, end_ms)
        begun = bar.volume * (over - start_ms) // (over - first)
        return begun + self.between(first + BAR_MS, end_ms).volume

    @property
    def first_ms(self) -> int | None:
        """When the oldest bar begins."""
        return next(iter(self.bars), None)


def average_price(volume: int, product: int, leg: Leg) -> int:
    """Return the average price of a leg over so many shares, rounded half up; 0 when nothing was traded."""
    if volume <= 0:
        return 0
    price = (2 * product + volume) // (2 * volume)
    return price if leg is Leg.YES else PRICE_ONE - price
