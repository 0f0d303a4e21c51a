"""How a parent's next order at the venue is made, how much of it is done, and how a parent ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.book import NO_ASK, NO_BID
from cockpit.core.checks import GTD_EARLY_MS
from cockpit.core.fold_trading import vwap_of
from cockpit.core.limits import MIN_LIFE_MS
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.parent import SLICED, Parent, ParentState
from cockpit.core.peg import best_other
from cockpit.core.units import LOT, PRICE_ONE, floor_lot, shares_text
from cockpit.desk.ids import with_id

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

IDLE_S = 1.0
"""How long nothing is looked at when nothing happens."""
ON_ITS_WAY_MS = 1_000
"""What an order's life is longer than its parent's time: so long it may be on its way."""


@dataclass(frozen=True, slots=True)
class Done:
    """How far a parent is. Shares in 1/1,000,000."""

    children: tuple[Order, ...]
    filled: int
    possible: int
    """What its children may still fill."""
    left: int
    """What neither is filled nor could be by a child that is not proven dead; below 0 when too much could be."""

    @property
    def live(self) -> list[Order]:
        """Its children that may still fill."""
        return [child for child in self.children if child.possible]


def done_of(desk: Desk, parent: Parent) -> Done:
    """Return how far a parent is."""
    children = tuple(desk.state.children_of(parent.id))
    filled, possible = sum(child.filled for child in children), sum(child.possible for child in children)
    return Done(children, filled, possible, parent.size - filled - possible)


def price_of(desk: Desk, parent: Parent) -> int:
    """Return a parent's limit on its market's tick as it is now, rounded to our side."""
    market = desk.state.markets[parent.market_id]
    return market.round_within(parent.limit, parent.side)


def taking_price(desk: Desk, parent: Parent) -> int:
    """Return the limit of a child that takes: the parent's, but not beyond the collar around the middle of the book."""
    middle = desk.state.books[parent.market_id].middle(parent.leg)
    return _collared(desk, parent, price_of(desk, parent), middle)


def resting_price(desk: Desk, parent: Parent, price: int) -> int:
    """Return the price at which a new order of a parent may rest: the one wished, but not beyond the collar.

    The collar is around the middle with and without our own orders: an order must not lead itself to its limit.
    """
    book = desk.state.books.get(parent.market_id)
    if book is None or not book.synced:
        return price
    own = tuple(desk.state.live_orders(parent.market_id))
    bid, ask = (best_other(book, own, bids=is_bid) for is_bid in (True, False))
    edges = (NO_BID if bid is None else bid, NO_ASK if ask is None else ask)
    others = (sum(edges) if parent.leg is Leg.YES else 2 * PRICE_ONE - sum(edges)) // 2
    return _collared(desk, parent, _collared(desk, parent, price, book.middle(parent.leg)), others)


def _collared(desk: Desk, parent: Parent, price: int, middle: int) -> int:
    """Return the price, moved to the collar around a middle if it is beyond."""
    market, collar = desk.state.markets[parent.market_id], desk.rules.limits.price_collar
    edge = market.round_within(middle + (collar if parent.side is Side.BUY else -collar), parent.side)
    return edge if parent.side.is_beyond(price, edge) else price


def bound_of(desk: Desk, parent: Parent) -> int:
    """Return how large a child of a parent may be planned, in whole lots: its own bound and the guard's."""
    most = desk.rules.limits.max_order_size
    return floor_lot(min(parent.how.max_size, most) if parent.how.max_size else most)


def most_of(desk: Desk, parent: Parent) -> int:
    """Return the largest child a parent may send, in whole lots.

    What was asked to be split never leaves as a whole, whatever was missed: as much as makes another child is kept.
    """
    most = bound_of(desk, parent)
    if parent.algorithm in SLICED and not parent.suggestion_id:
        most = min(most, parent.size - least_of(desk, parent, price_of(desk, parent)))
    return floor_lot(max(most, 0))


def least_of(desk: Desk, parent: Parent, price: int) -> int:
    """Return the smallest child a parent may have at a price, in whole lots: its own bound and the venue's."""
    return max(-(-parent.how.min_size // LOT) * LOT, venue_least(desk, parent.market_id, price))


def venue_least(desk: Desk, market_id: str, price: int) -> int:
    """Return the smallest size, in whole lots, that the venue takes from somebody who takes at this price."""
    market = desk.state.markets[market_id]
    by_cost = -(-market.min_taker_cost * PRICE_ONE // price) if price else 0
    return -(-max(market.min_size, by_cost) // LOT) * LOT


def expiry_of(until_ms: int, now: int) -> int:
    """Return the stated expiry of an order that may rest until then: a minute late, as the venue wants it.

    It lives on for longer where the venue takes no shorter life; whoever keeps it cancels it in time.
    """
    return max(until_ms, now + MIN_LIFE_MS) + ON_ITS_WAY_MS + GTD_EARLY_MS


def child_of(
    desk: Desk,
    parent: Parent,
    number: int,
    size: int,
    price: int,
    now: int,
    *,
    type: OrderType = OrderType.FAK,
    post_only: bool = False,
    expires_at_ms: int | None = None,
) -> Order:
    """Return a parent's next order, with a label and an id of its own."""
    order = Order(
        id="",
        label=f"c-{len(desk.state.orders) + 1:04d}",
        parent_id=parent.id,
        market_id=parent.market_id,
        leg=parent.leg,
        side=parent.side,
        price=price,
        size=size,
        type=type,
        post_only=post_only,
        expires_at_ms=expires_at_ms,
        created_ms=now,
        slice_index=number,
    )
    return with_id(order, desk.venue.account, desk.ids.salt())


def move_parent(desk: Desk, parent: Parent, state: ParentState, reason: str) -> None:
    """Record a parent's new state, and when it ends the price everybody traded at meanwhile."""
    is_open = state.is_open
    vwap = 0 if is_open else vwap_of(desk.state, parent)
    desk.record(ev.ParentMoved(desk.clock.now_ms(), parent.id, state, reason, vwap))


def finish(desk: Desk, parent: Parent, left: int) -> None:
    """End a parent that has done what it could, and say how much of it is left."""
    why = f"{shares_text(left)} of {shares_text(parent.size)} left" if left else "complete"
    move_parent(desk, parent, ParentState.DONE, why)
    desk.note("info", f"{parent.id} done: {why}")


def stop(desk: Desk, parent: Parent, why: str) -> None:
    """End a parent that cannot go on."""
    move_parent(desk, parent, ParentState.STOPPED, why)
    desk.note("warning", f"{parent.id} stopped: {why}")
