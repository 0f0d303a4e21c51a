"""The fold of echoes: shares of ours that have left the book, and that the book may still show.

News of our orders and news of the book come on two channels, in any order. Between a fill or a cancel and the level's
change the level holds shares that are neither ours any more nor anybody else's: who took them for somebody else's would
bid against himself. Echoes end when the level falls by as much, or after a while.
"""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core import events as ev
from cockpit.core.book import NO_SHARES, Book, Place, Shares
from cockpit.core.fold_queues import place_of
from cockpit.core.order import Order
from cockpit.core.state import State

ECHO_MS = 3_000
"""A book that still shows them after so long shows somebody else's."""
EARLY_MS = 500
"""So long before our own news a level may have fallen by what they tell."""


def left(state: State, before: Order | None, at_ms: int) -> None:
    """An order may have less left in the book than before its last news."""
    if before is None or not before.can_rest:
        return
    after = state.orders[before.id]
    gone = before.possible - after.possible
    if gone <= 0 or not after.is_acknowledged:
        return
    place = place_of(after)
    falls = state.falls.get(after.market_id, {})
    fell, fell_ms = falls.pop(place, (0, 0))
    told = min(gone, fell) if at_ms - fell_ms <= EARLY_MS else 0
    if fell > told:
        falls[place] = fell - told, fell_ms
    if gone > told:
        echoes = state.echoes.setdefault(after.market_id, {})
        echoes[place] = gone - told + _still(echoes.get(place), at_ms), at_ms + ECHO_MS


def echoes_of(state: State, market_id: str, now_ms: int) -> Shares:
    """Return the shares at each place of a book that it may still show and that are nobody's."""
    echoes = state.echoes.get(market_id)
    if not echoes:
        return NO_SHARES
    return {place: shares for place, (shares, until_ms) in echoes.items() if now_ms < until_ms}


def shown_of(state: State, market_id: str, now_ms: int) -> Shares:
    """Return the shares at each place of a book that are ours, or were: nobody else pays for them."""
    queues = state.queues.get(market_id)
    found = echoes_of(state, market_id, now_ms)
    if not queues:
        return found
    found = dict(found)
    for order_id, queue in queues.items():
        if queue.is_shown:
            order = state.orders[order_id]
            place = place_of(order)
            found[place] = found.get(place, 0) + order.possible
    return found


def levels_changed(state: State, book: Book, event: ev.LevelsChanged) -> None:
    """New totals of some levels are told; the book still has the old ones."""
    if _matters(state, book.market_id):
        for side, price, size in event.changes:
            levels = book.bids if side == 0 else book.asks
            _fell(state, book.market_id, (side == 0, price), levels.get(price, 0) - size, event.at_ms)


def snapshot(state: State, book: Book, event: ev.BookSnapshot) -> None:
    """A whole book is told; there is still the old one."""
    if not _matters(state, book.market_id):
        return
    new = dict(event.bids), dict(event.asks)
    for bids, price in dict.fromkeys((*state.echoes.get(book.market_id, ()), *_own_places(state, book.market_id))):
        before = (book.bids if bids else book.asks).get(price, 0)
        _fell(state, book.market_id, (bids, price), before - new[0 if bids else 1].get(price, 0), event.at_ms)


def _matters(state: State, market_id: str) -> bool:
    return bool(state.live.get(market_id)) or market_id in state.echoes


def _own_places(state: State, market_id: str) -> Iterable[Place]:
    return (place_of(order) for order in state.live.get(market_id, {}).values() if order.can_rest)


def _fell(state: State, market_id: str, place: Place, shares: int, at_ms: int) -> None:
    """A level fell: by what has left of ours first, else perhaps by what is told to have left later."""
    if shares <= 0:
        return
    echoes = state.echoes.get(market_id, {})
    echo, until_ms = echoes.pop(place, (0, 0))
    if echo > shares:
        echoes[place] = echo - shares, until_ms
    elif shares > echo and place in _own_places(state, market_id):
        falls = state.falls.setdefault(market_id, {})
        fell, fell_ms = falls.get(place, (0, 0))
        falls[place] = shares - echo + (fell if at_ms - fell_ms <= EARLY_MS else 0), at_ms
    if market_id in state.echoes and not echoes:
        del state.echoes[market_id]


def _still(echo: tuple[int, int] | None, now_ms: int) -> int:
    return echo[0] if echo is not None and now_ms < echo[1] else 0
