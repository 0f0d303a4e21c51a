"""What a pair that is out of balance would lock if it were completed at a price: the guaranteed-profit ladder.

A share of the leg that is short turns an unmatched share into a pair, which pays 1 USD whatever happens. Completed at
`q` the pair locks

    lock(q) = matched shares then + cash so far - q x shares bought - fee(q)

which is `locked_after` of the purchase in `core.rebalance` (without a fee when the purchase rests), and is to reach

    target = MIN_REBALANCE_PROFIT x matched shares then

The lock is of the pair, all earlier trades included, as `Position.locked` is; the `gain` by which a suggestion is
judged is of the trade alone. Everything is rounded against us.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market
from cockpit.core.position import Position
from cockpit.core.units import PRICE_ONE, floor_lot, pay


class Outlook(StrEnum):
    """What completing at a price comes to."""

    LOCK = "lock"
    """Taking reaches the target, and so does resting."""
    REST = "rest"
    """Only an order that rests reaches the target: taking would pay the fee."""
    THIN = "thin"
    """Neither reaches the target; an order that rests loses nothing."""
    LOSS = "loss"
    """Even an order that rests locks a loss."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The purchase that would complete a pair, at a price that is still open. Money and shares in 1/1,000,000."""

    leg: Leg
    """The leg that is short."""
    shares: int
    """What is missing of it, in whole lots."""
    matched: int
    """Pairs once they are bought."""
    cash: int
    """Everything received minus everything paid so far, fees included."""
    fees: FeeSchedule
    min_profit: int
    """Least result of a pair, as a price."""
    tick: int

    @property
    def target(self) -> int:
        """The least the pair should lock, in money, rounded up."""
        return -(-self.min_profit * self.matched // PRICE_ONE)

    def locked_at(self, price: int, *, is_taker: bool) -> int:
        """Return the worst result at resolution, in money, once the shares are bought at this price."""
        fee = self.fees.taker(self.shares, price) if is_taker else 0
        return self.matched + self.cash - pay(self.shares, price) - fee

    def outlook(self, price: int) -> Outlook:
        """Return what completing at this price comes to."""
        if self.locked_at(price, is_taker=True) >= self.target:
            return Outlook.LOCK
        resting = self.locked_at(price, is_taker=False)
        return Outlook.REST if resting >= self.target else Outlook.THIN if resting >= 0 else Outlook.LOSS

    def break_even(self, *, is_taker: bool) -> int | None:
        """Return the highest price an order may carry at which the pair still locks the target; None when none does.

        Below it a price may miss the target by less than 0.00003 USD: the venue counts fees in 0.00001 USD, so the
        fee of a tiny order can fall by more than its price rises from one tick to the next.
        """
        return _break_even(self, is_taker)


def completion_of(position: Position, market: Market, min_profit: int) -> Completion | None:
    """Return what would complete a pair; None when it is balanced or short of less than an order may be of.

    A leg below zero (a purchase that failed after its shares were sold) is a matter for reconciliation.
    """
    shares = floor_lot(abs(position.delta))
    if not shares or shares < market.min_size or position.matched < 0:
        return None
    leg = Leg.NO if position.delta > 0 else Leg.YES
    return Completion(leg, shares, position.matched + shares, position.cash, market.fees, min_profit, market.tick)


@lru_cache(maxsize=64)
def _break_even(completion: Completion, is_taker: bool) -> int | None:
    """Look from the top: the lock need not fall with every tick, so halving could miss the highest."""
    tick, target = completion.tick, completion.target
    prices = range(PRICE_ONE - tick, 0, -tick)
    return next((price for price in prices if completion.locked_at(price, is_taker=is_taker) >= target), None)
