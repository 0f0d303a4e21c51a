"""What the venue takes from whoever takes."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.units import PRICE_ONE

STEP = 10
"""The venue counts fees in 0.00001 USD, which is ten of our money units."""


@dataclass(frozen=True, slots=True)
class FeeSchedule:
    """A market's own schedule: rate in 1/10,000; makers pay nothing."""

    rate: int = 0
    exponent: int = 1

    def taker(self, shares: int, price: int) -> int:
        """Return the fee in money for taking `shares` at `price`: shares x rate x (p x (1 - p)) ^ exponent.

        The venue rounds to 0.00001 USD by a rule it does not publish and drops what is below one step; we round up,
        against ourselves.
        """
        numerator = shares * self.rate * (price * (PRICE_ONE - price)) ** self.exponent
        step = STEP * PRICE_ONE ** (1 + 2 * self.exponent)
        return 0 if numerator < step else -(-numerator // step) * STEP
