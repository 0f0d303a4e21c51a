"""Delta and exposure of a whole book of pairs, kept up to date by differences.

A change of one pair costs the same with ten pairs as with a hundred thousand. Sums are exact integers on whatever
scale the caller uses: the desk counts shares in 1e-6 and prices in 1e-4, `DeltaTracker` both in 1e-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Weight:
    """One pair's part in the sums."""

    yes: int = 0
    no: int = 0
    yes_price: int = 0
    no_price: int = 0

    @property
    def delta(self) -> int:
        """YES minus NO shares."""
        return self.yes - self.no

    @property
    def exposure(self) -> int:
        """Size x price of both legs, on the product of the two scales."""
        return self.yes * self.yes_price + self.no * self.no_price


class Exposure:
    """The sums over all pairs: delta, unhedged shares, exposure of each leg."""

    __slots__ = ("_weights", "delta", "no", "unhedged", "yes")

    def __init__(self) -> None:
        self._weights: dict[str, Weight] = {}
        self.delta = 0
        """Sum of YES minus NO; opposite imbalances cancel here."""
        self.unhedged = 0
        """Sum of abs(YES minus NO): nothing cancels."""
        self.yes = 0
        self.no = 0

    @property
    def total(self) -> int:
        """Exposure of both legs."""
        return self.yes + self.no

    def set_shares(self, pair: str, yes: int, no: int) -> None:
        """Set what is held of a pair."""
        weight = self._weights.get(pair)
        if weight is None:
            weight = self._weights[pair] = Weight()
        before = weight.yes - weight.no
        self.delta += yes - no - before
        self.unhedged += abs(yes - no) - abs(before)
        self.yes += (yes - weight.yes) * weight.yes_price
        self.no += (no - weight.no) * weight.no_price
        weight.yes = yes
        weight.no = no

    def set_prices(self, pair: str, yes_price: int, no_price: int) -> None:
        """Set the mark prices of a pair that is held; others are ignored."""
        weight = self._weights.get(pair)
        if weight is None:
            return
        self.yes += weight.yes * (yes_price - weight.yes_price)
        self.no += weight.no * (no_price - weight.no_price)
        weight.yes_price = yes_price
        weight.no_price = no_price

    def remove(self, pair: str) -> None:
        """Take a pair out of the sums."""
        if pair in self._weights:
            self.set_shares(pair, 0, 0)
            del self._weights[pair]

    def get(self, pair: str) -> Weight | None:
        """Return one pair's part."""
        return self._weights.get(pair)

    def items(self) -> Iterator[tuple[str, Weight]]:
        """Iterate over all pairs in the order they came."""
        return iter(self._weights.items())

    def worst(self) -> tuple[str, int] | None:
        """Return the pair with the largest imbalance and its delta; None when every pair is even."""
        if not self.unhedged:
            return None
        pair, weight = max(self._weights.items(), key=lambda item: abs(item[1].delta))
        return pair, weight.delta

    def breaches(self, max_ratio: int, ratio_scale: int, price_scale: int) -> bool:
        """Return whether abs(delta) > max_ratio/ratio_scale x total exposure in USD, compared exactly."""
        return abs(self.delta) * ratio_scale * price_scale > max_ratio * self.total

    def __len__(self) -> int:
        return len(self._weights)

    def __contains__(self, pair: object) -> bool:
        return pair in self._weights
