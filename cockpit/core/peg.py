"""Top of the book: one tick better than the best order that is not ours, within a limit, never crossing. Pure.

Everything is worked out on the one book of a market in YES prices, so that an order of ours on the other leg counts as
what it is there: a NO sale at q is a YES bid at 1 - q. All own orders not proven dead are taken off their levels,
whether the venue shows them yet or not: too little competition seen is a bid that does not lead, too much would be a
bid against ourselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cockpit.core.book import NO_SHARES, Book, Shares
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.units import PRICE_ONE


@dataclass(frozen=True, slots=True)
class Peg:
    """Where an order belongs now, in the leg's own prices."""

    price: int
    others: int | None
    """The best price of others that counts as competition; None when nobody else is there."""
    is_outbid: bool
    """The others are at or beyond the limit: the top is out of reach."""


def is_bid(leg: Leg, side: Side) -> bool:
    """Return whether an order stands among the bids of the book in YES prices."""
    return (side is Side.BUY) == (leg is Leg.YES)


def as_yes(leg: Leg, price: int) -> int:
    """Return a leg's own price in YES prices, or the other way round."""
    return price if leg is Leg.YES else PRICE_ONE - price


def others(book: Book, own: Iterable[Order], *, bids: bool, gone: Shares = NO_SHARES) -> Iterator[tuple[int, int]]:
    """Yield (YES price, shares that are not ours) of one side of the book, best first.

    `gone` are shares at (among the bids, YES price) that were ours, and that the book may still show.
    """
    ours = {price: shares for (is_of_bids, price), shares in gone.items() if is_of_bids is bids}
    for order in own:
        if is_bid(order.leg, order.side) is bids:
            price = as_yes(order.leg, order.price)
            ours[price] = ours.get(price, 0) + order.possible
    levels = book.bids if bids else book.asks
    for price in sorted(levels, reverse=bids):
        left = levels[price] - ours.get(price, 0)
        if left > 0:
            yield price, left


def best_other(
    book: Book,
    own: Iterable[Order],
    *,
    bids: bool,
    threshold: int = 0,
    gone: Shares = NO_SHARES,
) -> int | None:
    """Return the YES price at which others have at least `threshold` shares, counted from the best price on."""
    seen = 0
    for price, shares in others(book, own, bids=bids, gone=gone):
        seen += shares
        if seen >= threshold:
            return price
    return None


def peg(
    book: Book,
    own: Iterable[Order],
    leg: Leg,
    side: Side,
    limit: int,
    tick: int,
    threshold: int = 0,
    gone: Shares = NO_SHARES,
) -> Peg | None:
    """Return where an order at the top belongs, or None when no price is right: the book is unusable, or too tight.

    One tick better than the others; at the same price where that would cross (a spread of one tick); at the limit when
    they are beyond it. Alone in the book it bids the least there is, and pays nothing for being first.
    """
    if not book.synced or book.is_crossed:
        return None
    bids = is_bid(leg, side)
    found = best_other(book, own, bids=bids, threshold=threshold, gone=gone)
    lowest, highest = tick, PRICE_ONE - tick
    # Nothing of ours may meet anybody's order, however small.
    closest = _below(book.best_ask, tick) if bids else _above(book.best_bid, tick)
    edge = min(closest, highest) if bids else max(closest, lowest)
    last = as_yes(leg, limit)
    last -= last % tick if bids else 0
    last += 0 if bids else -last % tick
    behind = found if found is not None else 0 if bids else PRICE_ONE
    wanted = _above(behind, tick) if bids else _below(behind, tick)
    furthest = min(edge, last) if bids else max(edge, last)
    price = min(wanted, furthest) if bids else max(wanted, furthest)
    if not lowest <= price <= highest:
        return None
    is_outbid = found is not None and (found >= last if bids else found <= last)
    return Peg(as_yes(leg, price), None if found is None else as_yes(leg, found), is_outbid)


def _above(price: int, tick: int) -> int:
    """Return the lowest price on the tick above a price, which a tick that has changed may have left off it."""
    return price - price % tick + tick


def _below(price: int, tick: int) -> int:
    """Return the highest price on the tick below a price."""
    return price + -price % tick - tick


def is_on_top(
    book: Book,
    own: Iterable[Order],
    order: Order,
    threshold: int = 0,
    gone: Shares = NO_SHARES,
) -> bool:
    """Return whether nobody else is ahead of an order: it leads, or is level with the best where none can lead."""
    bids = is_bid(order.leg, order.side)
    found = best_other(book, own, bids=bids, threshold=threshold, gone=gone)
    price = as_yes(order.leg, order.price)
    return found is None or (price >= found if bids else price <= found)
