"""What positions are worth now, and what they have earned.

Matched pairs are worth 1 USD each; the excess is worth what walking the bids would pay; where there is no bid it is
worth 0 and flagged. Cash plus marked positions minus deposits is the profit, to the last unit.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.book import NO_SHARES, Book, Shares, walk
from cockpit.core.market import Leg, Side
from cockpit.core.position import Position
from cockpit.core.units import PRICE_ONE


@dataclass(frozen=True, slots=True)
class Mark:
    """The value of a position: money in 1/1,000,000 USD."""

    value: int
    is_full: bool
    """False when the bids did not take all of the excess: the rest counts as 0."""


def mark(position: Position, book: Book | None, ours: Shares = NO_SHARES) -> Mark:
    """Return what the position would bring: matched pairs at 1 USD, the excess at the bids, rounded down.

    `ours` are shares at (among the bids, YES price) that are our own: nobody pays for them.
    """
    matched, excess = position.matched, abs(position.delta)
    if not excess:
        return Mark(matched, is_full=True)
    if book is None or not book.synced:
        return Mark(matched, is_full=False)
    leg = Leg.YES if position.delta > 0 else Leg.NO
    if ours:
        return _less_ours(matched, excess, leg, book, ours)
    best = book.bid(leg)
    # Most of the time the best level is enough, and then the others need not be sorted.
    available = book.bids.get(book.best_bid, 0) if leg is Leg.YES else book.asks.get(book.best_ask, 0)
    if available >= excess:
        return Mark(matched + excess * best // PRICE_ONE, is_full=True)
    taken, product, _ = walk(book.levels(leg, Side.BUY), excess, None, Side.SELL)
    return Mark(matched + product // PRICE_ONE, is_full=taken == excess)


def _less_ours(matched: int, excess: int, leg: Leg, book: Book, ours: Shares) -> Mark:
    bids = leg is Leg.YES
    left = (
        (price, size - ours.get((bids, price if bids else PRICE_ONE - price), 0))
        for price, size in book.levels(leg, Side.BUY)
    )
    taken, product, _ = walk(tuple(level for level in left if level[1] > 0), excess, None, Side.SELL)
    return Mark(matched + product // PRICE_ONE, is_full=taken == excess)


def unrealised(position: Position, marked: Mark) -> int:
    """Return what the shares still held are worth above their cost."""
    return marked.value - position.cost


def total(position: Position, marked: Mark) -> int:
    """Return realised plus unrealised, which is cash plus marked value."""
    return position.realised + unrealised(position, marked)
