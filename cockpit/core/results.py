"""What trading has brought, counted where it was realised: closings, wins and losses, fees; by pair and by day.

A closing is what realises: a sale (all fills of one order together), a merge, or a resolution. Its result is what it
brought less what the shares had cost and less its own fees. Fees of purchases belong to no closing: results of all
closings less fees of purchases are what was realised, exactly.

What was counted on a day is corrected on that day: a fill that fails takes back what it has brought where it was
counted, so that a day is never left with fewer closings than none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cockpit.core.market import Side
from cockpit.core.order import Fill, FillKey
from cockpit.core.position import Position

RESOLUTION = "resolution"
Merge = tuple[int, int]
"""(after how many fills of the pair it came, shares of each leg)"""


@dataclass(slots=True)
class Tally:
    """Closings and volumes counted. Money in 1/1,000,000 USD."""

    wins: int = 0
    losses: int = 0
    won: int = 0
    lost: int = 0
    """Above 0."""
    bought: int = 0
    """Money paid for shares, fees not included."""
    sold: int = 0
    fees: int = 0
    realised: int = 0

    def count(self, result: int, times: int = 1) -> None:
        """Count a closing in (or out, with `times` -1); one that brought exactly nothing is neither won nor lost."""
        if result > 0:
            self.wins += times
            self.won += times * result
        elif result < 0:
            self.losses += times
            self.lost -= times * result

    def add(self, other: Tally, times: int = 1) -> None:
        """Count all of another tally in (or out)."""
        self.wins += times * other.wins
        self.losses += times * other.losses
        self.won += times * other.won
        self.lost += times * other.lost
        self.bought += times * other.bought
        self.sold += times * other.sold
        self.fees += times * other.fees
        self.realised += times * other.realised


@dataclass(slots=True)
class Results:
    """One pair's closings."""

    closings: dict[str, int] = field(default_factory=dict)
    """Order id, `merge N` or `resolution` -> result."""
    tally: Tally = field(default_factory=Tally)
    merges: int = 0
    paid: int = 0
    """What the shares that were held to the end paid."""
    days: dict[str, Tally] = field(default_factory=dict)
    """Trading day -> what of the tally belongs to it; empty for what came before the first day."""
    booked: dict[FillKey | str, str] = field(default_factory=dict)
    """Fill, `merge N` or `resolution` -> the trading day on which it was counted first."""
    closed: dict[str, str] = field(default_factory=dict)
    """Closing -> the trading day it counts for: that of the first fill in it that counts."""

    def filled(self, fill: Fill, before: Position, after: Position, day: str = "") -> None:
        """Count a fill that took the position from `before` to `after`: today, unless it was counted earlier."""
        brought, day = after.realised - before.realised, self.booked.setdefault(fill.key, day)
        is_sale = fill.side is Side.SELL
        self._count(
            day,
            Tally(
                bought=0 if is_sale else fill.money,
                sold=fill.money if is_sale else 0,
                fees=fill.fee,
                realised=brought,
            ),
        )
        if is_sale:
            self._close(fill.order_id, brought, day)
        elif brought + fill.fee:
            # It closed shares that were sold before they were bought.
            self._close(fill.order_id, brought + fill.fee, day)

    def merged(self, before: Position, shares: int, day: str = "") -> Position:
        """Count a merge, and return the position after it."""
        self.merges += 1
        return self._ended(before, before.merge(shares), f"merge {self.merges}", day)

    def resolved(self, before: Position, payout_yes: int, day: str = "") -> Position:
        """Count a resolution, and return the position after it."""
        after, self.paid = before.resolve(payout_yes), before.payout(payout_yes)
        return after if before.is_flat else self._ended(before, after, RESOLUTION, day)

    def _ended(self, before: Position, after: Position, key: str, day: str) -> Position:
        day = self.booked.setdefault(key, day)
        self._count(day, Tally(realised=after.realised - before.realised))
        self._close(key, after.realised - before.realised, day)
        return after

    def _close(self, key: str, result: int, day: str) -> None:
        before, change = self.closings.get(key), Tally()
        if before is not None:
            change.count(before, -1)
        self.closings[key] = result + (before or 0)
        change.count(self.closings[key])
        self._count(self.closed.setdefault(key, day), change)

    def _count(self, day: str, change: Tally) -> None:
        self.tally.add(change)
        self.days.setdefault(day, Tally()).add(change)


@dataclass(slots=True)
class DayResult:
    """One trading day."""

    day: str
    equity: int
    """At its start."""
    moved: int = 0
    """Cash and shares that came or went other than by trading."""
    tally: Tally = field(default_factory=Tally)


def fold_pair(
    market_id: str,
    fills: Iterable[Fill],
    merges: Iterable[Merge] = (),
    payout_yes: int | None = None,
    booked: Mapping[FillKey | str, str] | None = None,
    day: str = "",
) -> tuple[Position, Results]:
    """Return a pair's position and results, folded anew: fills that count, merges between them, a resolution last.

    Each belongs to the day on which it was `booked`; what was not is of this `day`.
    """
    position, results = Position(market_id), Results(booked=dict(booked or {}))
    waiting, known = deque(merges), list(fills)
    for number in range(len(known) + 1):
        while waiting and waiting[0][0] <= number:
            position = results.merged(position, waiting.popleft()[1], day)
        if number < len(known) and known[number].counts:
            before, position = position, position.apply(known[number])
            results.filled(known[number], before, position, day)
    return (position if payout_yes is None else results.resolved(position, payout_yes, day)), results
