"""What trading has brought, counted where it was realised: closings, wins and losses, fees; by pair and by day.

A closing is what realises: a sale (all fills of one order together), a merge, or a resolution. Its result is what it
brought less what the shares had cost and less its own fees. Fees of purchases belong to no closing: results of all
closings less fees of purchases are what was realised, exactly.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from cockpit.core.market import Side
from cockpit.core.order import Fill
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

    def filled(self, fill: Fill, before: Position, after: Position) -> None:
        """Count a fill that took the position from `before` to `after`."""
        brought = after.realised - before.realised
        self.tally.realised += brought
        self.tally.fees += fill.fee
        if fill.side is Side.SELL:
            self.tally.sold += fill.money
            self._close(fill.order_id, brought)
            return
        self.tally.bought += fill.money
        if brought + fill.fee:
            self._close(fill.order_id, brought + fill.fee)  # it closed shares that were sold before they were bought

    def merged(self, before: Position, shares: int) -> Position:
        """Count a merge, and return the position after it."""
        self.merges += 1
        return self._ended(before, before.merge(shares), f"merge {self.merges}")

    def resolved(self, before: Position, payout_yes: int) -> Position:
        """Count a resolution, and return the position after it."""
        after = before.resolve(payout_yes)
        return after if before.is_flat else self._ended(before, after, RESOLUTION)

    def _ended(self, before: Position, after: Position, key: str) -> Position:
        self.tally.realised += after.realised - before.realised
        self._close(key, after.realised - before.realised)
        return after

    def _close(self, key: str, result: int) -> None:
        before = self.closings.get(key)
        if before is not None:
            self.tally.count(before, -1)
        self.closings[key] = result + (before or 0)
        self.tally.count(self.closings[key])


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
    market_id: str, fills: Iterable[Fill], merges: Iterable[Merge] = (), payout_yes: int | None = None
) -> tuple[Position, Results]:
    """Return a pair's position and results, folded anew: fills that count, merges between them, a resolution last."""
    position, results = Position(market_id), Results()
    waiting, known = deque(merges), list(fills)
    for number in range(len(known) + 1):
        while waiting and waiting[0][0] <= number:
            position = results.merged(position, waiting.popleft()[1])
        if number < len(known) and known[number].counts:
            before, position = position, position.apply(known[number])
            results.filled(known[number], before, position)
    return (position if payout_yes is None else results.resolved(position, payout_yes)), results
