"""What is known of one trade: its moments, its prices, what it held, what it brought, and its rebalances.

Times are wall milliseconds (UTC), shares and money in 1/1,000,000, prices and ratios in 1/10,000. None stands for what
has not happened, or is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill
from cockpit.core.position import Position
from cockpit.core.rebalance import EVEN
from cockpit.core.units import PRICE_ONE, payout

Shares = tuple[int, int]
"""Of YES and NO."""


class RebalanceStatus(StrEnum):
    """What became of a rebalance."""

    WORKING = "WORKING"
    SUCCESS = "SUCCESS"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"


class TradeEnd(StrEnum):
    """How a trade ended."""

    OPEN = "open"
    RESOLVED = "resolved"
    MERGED = "merged"
    SOLD = "sold"
    UNFILLED = "unfilled"
    """Its entry ended without a fill that counts."""


@dataclass(frozen=True, slots=True)
class RebalanceTrade:
    """One attempt to close an imbalance: a suggestion that was approved."""

    parent_id: str
    attempted_ms: int
    action: str
    """`SELL_YES`, `BUY_NO` ..."""
    shares: int
    """Asked for."""
    price: int
    """Seen when it was approved."""
    filled: int
    profit: int
    """What its fills added to what is realised and locked: see `locked_value`."""
    status: RebalanceStatus


@dataclass(frozen=True, slots=True)
class TradeRecord:
    """One trade as it is now."""

    id: str
    market_id: str
    name: str
    opened_ms: int
    entry_id: str = ""
    """The entry it began with; empty where it began with a fill."""
    detected_ms: int | None = None
    prices: tuple[int, int] | None = None
    """Of YES and NO when it was detected."""
    placed_ms: int | None = None
    """When the first order of ours was sent that was meant for it, or filled in it."""
    filled_ms: int | None = None
    """First fill of an order of ours."""
    initial: Shares | None = None
    """Held when its first execution was over."""
    rebalance_started_ms: int | None = None
    balanced_ms: int | None = None
    """Since when it is balanced, or was at its end; None while it is not."""
    ended_ms: int | None = None
    end: TradeEnd = TradeEnd.OPEN
    final: Shares | None = None
    """Held at its end: what a resolution paid for."""
    profit: int = 0
    """Realised so far."""
    rebalances: tuple[RebalanceTrade, ...] = ()
    held_profit: int | None = None
    """What its first purchases would have brought, held to the end; None before its market has resolved."""
    avoided: int | None = None
    """What its rebalances changed in that: below 0 they have cost more than they saved."""

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ended_ms is None

    @property
    def spread(self) -> int | None:
        """What a pair left when it was detected, before fees, as a price."""
        return None if self.prices is None else PRICE_ONE - sum(self.prices)

    @property
    def execution_latency_ms(self) -> int | None:
        """From detection to the first order."""
        return between(self.detected_ms, self.placed_ms)

    @property
    def fill_latency_ms(self) -> int | None:
        """From the first order to the first fill."""
        return between(self.placed_ms, self.filled_ms)

    @property
    def time_to_balance_ms(self) -> int | None:
        """From the first fill to balance."""
        return between(self.filled_ms, self.balanced_ms)

    @property
    def initial_ratio(self) -> int | None:
        """Hedge ratio once the first execution was over."""
        return ratio_of(self.initial)

    @property
    def final_ratio(self) -> int | None:
        """Hedge ratio at the end; none where nothing was held any more."""
        return ratio_of(self.final)

    @property
    def rebalance_profit(self) -> int:
        """Of all its rebalances."""
        return sum(one.profit for one in self.rebalances)


def between(start_ms: int | None, end_ms: int | None) -> int | None:
    """Return the milliseconds from one moment to another, where both are known."""
    return None if start_ms is None or end_ms is None else end_ms - start_ms


def ratio_of(shares: Shares | None) -> int | None:
    """Return min/max of the legs in 1/10,000, rounded down; None when nothing is held."""
    return None if shares is None or max(shares) <= 0 else min(shares) * EVEN // max(shares)


def locked_value(position: Position) -> int:
    """Return what is realised, and what matched shares lock on top, with unmatched ones at their cost.

    A trade that closes an imbalance changes it by its gain as `core.rebalance` defines it.
    """
    matched = max(position.matched, 0)
    costs = (-(-leg.cost * matched // leg.shares) if matched else 0 for leg in (position.yes, position.no))
    return position.realised + matched - sum(costs)


def to_the_end(fills: list[Fill], payout_yes: int) -> int:
    """Return what these fills alone bring when all their shares are held until the market pays."""
    cash, held = 0, [0, 0]
    for fill in fills:
        sign = 1 if fill.side is Side.BUY else -1
        cash -= sign * fill.money + fill.fee
        held[fill.leg] += sign * fill.shares
    return cash + payout(held[Leg.YES], held[Leg.NO], payout_yes)
