"""The fold of our places in queues: joined, shown by their level, traded around."""

from __future__ import annotations

from cockpit.core import queue as q
from cockpit.core.book import Book, Place
from cockpit.core.order import Fill, Order
from cockpit.core.peg import as_yes, is_bid
from cockpit.core.state import State


def place_of(order: Order) -> Place:
    """Return where an order stands in the one book of its market."""
    return is_bid(order.leg, order.side), as_yes(order.leg, order.price)


def join(state: State, order: Order) -> None:
    """An order that rests is being sent: what is at its level now is ahead of it."""
    book = state.books.get(order.market_id)
    if order.can_rest and book is not None:
        queues = state.queues.setdefault(order.market_id, {})
        place = place_of(order)
        queues[order.id] = q.joined(max(0, _total(book, place) - _shown(state, order.market_id).get(place, 0)))


def move(state: State, market_id: str, book: Book, at_ms: int) -> None:
    """The levels of a book have changed."""
    queues, shown = state.queues[market_id], _shown(state, market_id)
    for order_id, queue in queues.items():
        order = state.orders[order_id]
        place, size = place_of(order), order.possible
        others = max(0, _total(book, place) - shown.get(place, 0))
        grown = others - queue.others
        # The level grew by exactly our shares, or by more, and has to hold them by now.
        if not queue.is_shown and (grown == size or (order.is_acknowledged and grown > size)):
            queues[order_id] = q.shown(queue, others - size, is_sure=grown == size)
            shown[place] = shown.get(place, 0) + size
        else:
            queues[order_id] = q.level(queue, others, at_ms)


def lose(state: State, market_id: str) -> None:
    """A gap in the news of a book."""
    queues = state.queues[market_id]
    for order_id, queue in queues.items():
        queues[order_id] = q.lost(queue)


def trade(state: State, market_id: str, place: Place, shares: int, at_ms: int) -> None:
    """Somebody took from a level."""
    queues = state.queues[market_id]
    for order_id, queue in queues.items():
        if place_of(state.orders[order_id]) == place:
            queues[order_id] = q.trade(queue, shares, at_ms)


def fill(state: State, told: Fill, at_ms: int) -> None:
    """An order of ours that traded as a maker has nobody before it, and what others of ours see traded was its."""
    queues = state.queues.get(told.market_id)
    if not queues or told.is_taker or told.order_id not in state.orders:
        return
    place = place_of(state.orders[told.order_id])
    for order_id, queue in queues.items():
        if order_id == told.order_id:
            queues[order_id] = q.filled(queue)
        elif place_of(state.orders[order_id]) == place:
            queues[order_id] = q.own_traded(queue, told.shares, at_ms)


def is_ours(state: State, market_id: str, place: Place, grown: int) -> bool:
    """Return whether a level grew by an order of ours that was on its way."""
    return any(
        not queue.is_shown and state.orders[order_id].possible == grown and place_of(state.orders[order_id]) == place
        for order_id, queue in state.queues.get(market_id, {}).items()
    )


def _total(book: Book, place: Place) -> int:
    bids, price = place
    return (book.bids if bids else book.asks).get(price, 0)


def _shown(state: State, market_id: str) -> dict[Place, int]:
    """Return our shares that the levels of a book are known to hold."""
    shown: dict[Place, int] = {}
    for order_id, queue in state.queues.get(market_id, {}).items():
        if queue.is_shown:
            order = state.orders[order_id]
            place = place_of(order)
            shown[place] = shown.get(place, 0) + order.possible
    return shown
