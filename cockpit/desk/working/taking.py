"""Children that take: each due slice is sent once as an order that fills at once or ends; its rest is carried on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.core import parent_words as w
from cockpit.core.book import Book
from cockpit.core.gates import Row
from cockpit.core.limits import Approved, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.parent import AtEnd, Parent
from cockpit.core.units import LOT, floor_lot, price_text
from cockpit.desk.working.children import (
    IDLE_S,
    Done,
    child_of,
    finish,
    most_of,
    stop,
    taking_price,
    venue_least,
)
from cockpit.desk.working.disguise import LEAST_PART, hides, shown
from cockpit.desk.working.planner import CATCH_UP, Planner
from cockpit.desk.working.sender import WAITED, Sender

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LEAST_PAUSE_MS = 1_000
"""Children that cross the rest at the end, or follow volume, go no closer together."""
LEAST_RESERVE_MS, MOST_RESERVE_MS = 2_000, 30_000
RESERVE_PARTS = 20
"""One of so many parts of the window, the last, is kept for crossing the rest."""


def reserve_ms(parent: Parent) -> int:
    """Return how long before its end a parent hurries with what is left."""
    return min(max(parent.window_ms // RESERVE_PARTS, LEAST_RESERVE_MS), MOST_RESERVE_MS, parent.window_ms)


def _spacing(parent: Parent) -> int:
    """Return half an interval of the plan: children that make up for something go no closer together."""
    return parent.window_ms // max(len(parent.slices), 1) // 2


def taking_gates(order: Order, book: Book | None) -> Iterator[Row]:
    """Yield what a child that takes must meet before the guard is asked."""
    if book is not None and book.synced:
        best = book.best_for(order.side, order.leg)
        yield w.IN_REACH, not order.side.is_beyond(best, order.price), best, order.price
    yield w.ANY_DUE, order.size > 0, order.size, 1


class Taking:
    """Sends what is due, within the limit and the collar."""

    def __init__(self, desk: Desk, sender: Sender, planner: Planner) -> None:
        self._desk, self._sender, self._planner = desk, sender, planner

    def pause_s(self, parent: Parent, now: int) -> float:
        """Return how long until another child may follow the last; 0 or below when one may."""
        return (self._desk.state.last_try.get(parent.id, 0) + LEAST_PAUSE_MS - now) / 1000

    def work(self, parent: Parent, done: Done, now: int) -> float:
        """Send the slice that is due; return how many seconds until the next."""
        due = self._next_due(parent, done)
        if due is None:
            is_left = parent.how.at_end is AtEnd.LEAVE and self.can_cross(parent, done)
            if not done.live and not is_left:
                finish(self._desk, parent, done.left)
            return IDLE_S
        if due > now:
            return (due - now) / 1000
        return self._take_slice(parent, done, now)

    def cross(self, parent: Parent, done: Done, now: int) -> float:
        """Take what is left of a parent whose window ends, a child at a time."""
        if (wait := self.pause_s(parent, now)) > 0:
            return wait
        room = self._room(parent, done)
        if room < LOT and not done.live:
            return self._balanced(parent)
        left = min(done.left, room)
        size = min(left, self._most(parent))
        if self.crossing_ms(parent, done.left) <= parent.ends_at_ms - now:
            size = shown(self._desk, parent, done, size, len(parent.slices))
        return self._send(parent, self._with_rest(parent, size, left), len(parent.slices), now)

    def _with_rest(self, parent: Parent, size: int, left: int) -> int:
        """Return the size, smaller where too little would be left for another child that the venue takes."""
        least = venue_least(self._desk, parent.market_id, taking_price(self._desk, parent))
        rest = left - size
        return left - least if 0 < rest < least <= left - least else size

    def crossing_ms(self, parent: Parent, shares: int) -> int:
        """Return how long it takes to cross so many shares, a child at a time."""
        part = LEAST_PART if hides(parent) else 100
        return (-(-max(shares, 0) // max(self._most(parent) * part // 100, 1)) + 1) * LEAST_PAUSE_MS

    def is_in_reach(self, parent: Parent) -> bool:
        """Return whether something could be taken now, within the limit and the collar."""
        book = self._desk.state.books[parent.market_id]
        best, price = book.best_for(parent.side, parent.leg), taking_price(self._desk, parent)
        return book.synced and not parent.side.is_beyond(best, price)

    @staticmethod
    def has_crossed(parent: Parent, done: Done) -> bool:
        """Return whether a child has been sent to cross the rest."""
        return any(child.slice_index == len(parent.slices) and not child.can_rest for child in done.children)

    def can_cross(self, parent: Parent, done: Done) -> bool:
        """Return whether enough is left for another child."""
        return done.left >= venue_least(self._desk, parent.market_id, taking_price(self._desk, parent))

    def _next_due(self, parent: Parent, done: Done) -> int | None:
        state = self._desk.state
        index, last = state.next_slice[parent.id], state.last_try.get(parent.id, 0)
        if index < len(parent.slices) and done.left > 0:
            return parent.slices[index].at_ms
        if parent.how.at_end is not AtEnd.CROSS:
            return None
        # The plan is used up: what was left unfilled is tried again while the window lasts, faster when it ends.
        last = max(last, parent.slices[-1].at_ms if parent.slices else 0)
        hurry = max(last + LEAST_PAUSE_MS, parent.ends_at_ms - reserve_ms(parent))
        tail = min(last + max(_spacing(parent), LEAST_PAUSE_MS), hurry)
        return tail if self.can_cross(parent, done) and tail <= parent.ends_at_ms else None

    def _take_slice(self, parent: Parent, done: Done, now: int) -> float:
        if self._room(parent, done) < LOT and not done.live:
            return self._balanced(parent)
        index = self._desk.state.next_slice[parent.id]
        return self._send(parent, self._size(parent, done, index), index, now)

    def _balanced(self, parent: Parent) -> float:
        stop(self._desk, parent, "the pair is balanced already")
        return IDLE_S

    def _size(self, parent: Parent, done: Done, index: int) -> int:
        """Return what should be done by now and is not, within what one child may be."""
        desk, most = self._desk, self._most(parent)
        wanted = parent.planned(index + 1) - done.filled - done.possible
        if index >= len(parent.slices):
            wanted = done.left  # the plan is used up: all of it is due
        open_size = min(done.left, self._room(parent, done))
        size = floor_lot(max(0, min(wanted, most, open_size)))
        left = open_size - size
        is_last = index >= len(parent.slices) - 1
        if 0 < left < desk.state.markets[parent.market_id].min_size and size + left <= most and is_last:
            size += left
        return size

    def _room(self, parent: Parent, done: Done) -> int:
        """Return the imbalance a rebalance may still close: what somebody else has closed is not closed again."""
        if not parent.suggestion_id:
            return parent.size
        sign = 1 if (parent.side is Side.BUY) == (parent.leg is Leg.YES) else -1
        return max(0, -sign * self._desk.state.position(parent.market_id).sure_delta - done.possible)

    def _most(self, parent: Parent) -> int:
        """Return the largest child: never more than twice the largest slice that it was begun with."""
        return min(most_of(self._desk, parent), CATCH_UP * self._planner.largest(parent))

    def _send(self, parent: Parent, size: int, index: int, now: int) -> float:
        """Send a child, or say why not; return how many seconds until the next may follow."""
        order = child_of(self._desk, parent, index, floor_lot(size), taking_price(self._desk, parent), now)
        # A slice of the plan is used up when there is nothing to take; what is tried at the end only waits for it.
        waits = WAITED if index < len(parent.slices) else WAITED | {Reason.PRICE_MOVED}
        self._sender.send(parent, order, index, self._verdict(order, parent), waits)
        return LEAST_PAUSE_MS / 1000

    def _verdict(self, order: Order, parent: Parent) -> Approved[Order] | Refused:
        """Refuse a slice that could only be killed: nothing to take inside the limit."""
        for gate, is_open, best, limit in taking_gates(order, self._desk.state.books.get(order.market_id)):
            if not is_open and gate is w.IN_REACH:
                name = "ask" if order.side is Side.BUY else "bid"
                words = f"best {name} {price_text(best)} is beyond the limit {price_text(limit)}"
                return Refused(Reason.PRICE_MOVED, words)
            if not is_open:
                return Refused(Reason.BELOW_MINIMUM, "nothing is due: earlier children may still fill")
        return self._desk.guard.check(order, parent.limit)
