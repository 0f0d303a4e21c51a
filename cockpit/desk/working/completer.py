"""The second leg of an entry: takes as much as the first leg has filled, within its limit.

It acts on fills that are matched, for waiting until they are proven would let the price run away; but only as far as
`MAX_UNPROVEN_SHARES` of them may be taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.limits import Reason, Refused
from cockpit.core.order import FillStatus, Order
from cockpit.core.parent import Parent, ParentState
from cockpit.core.units import floor_lot
from cockpit.desk.working.children import (
    IDLE_S,
    Done,
    child_of,
    done_of,
    finish,
    most_of,
    price_of,
    taking_price,
    venue_least,
)
from cockpit.desk.working.sender import WAITED, Sender

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

PAUSE_MS = 1_000
"""Attempts that came to nothing go no closer together ..."""
MOST_PAUSE_MS = 30_000
"""... and those that we refuse ourselves ever less close, up to this."""


class Completer:
    """Works COMPLETE parents."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._desk, self._sender = desk, sender
        self._pauses: dict[str, tuple[int, int]] = {}
        """Parent id -> (when it may be tried again, the pause before that), for what was refused."""

    def work(self, parent: Parent, now: int) -> float:
        """Do what is due for one parent; return how many seconds until it must be looked at again."""
        done, state = done_of(self._desk, parent), self._desk.state
        first = self._first(parent)
        is_over = now >= parent.ends_at_ms or first is None
        wanted = self._wanted(parent, first, done)
        if not done.live and (is_over or self._is_complete(parent, first, done)):
            finish(self._desk, parent, done.left)
        elif parent.state is ParentState.WORKING and not done.live and wanted:
            due = max(state.last_try.get(parent.id, 0) + PAUSE_MS, self._pauses.get(parent.id, (0, 0))[0])
            if now < due:
                return (due - now) / 1000
            price = taking_price(self._desk, parent)
            self._send(parent, child_of(self._desk, parent, len(done.children), wanted, price, now), now)
        return IDLE_S

    def _send(self, parent: Parent, order: Order, now: int) -> None:
        """Send a child, or say why not: once for each reason; what does not pass by itself is tried ever less often."""
        verdict = self._desk.guard.check(order, parent.limit)
        if self._sender.send(parent, order, order.slice_index, verdict, frozenset(Reason)):
            self._pauses.pop(parent.id, None)
        elif isinstance(verdict, Refused) and verdict.reason not in WAITED:
            pause = min(max(2 * self._pauses.get(parent.id, (0, 0))[1], PAUSE_MS), MOST_PAUSE_MS)
            self._pauses[parent.id] = now + pause, pause

    def _first(self, parent: Parent) -> Parent | None:
        """Return the leg that is completed."""
        parents = self._desk.state.parents.values()
        return next((p for p in parents if p.entry_id == parent.entry_id and p.id != parent.id), None)

    def _is_complete(self, parent: Parent, first: Parent | None, done: Done) -> bool:
        """Return whether nothing more can come of the first leg, and nothing that can be sent is missing here."""
        if first is None or first.is_open:
            return done.left <= 0
        least = venue_least(self._desk, parent.market_id, price_of(self._desk, parent))
        return not done_of(self._desk, first).live and self._missing(first, done) < least

    def _missing(self, first: Parent, done: Done) -> int:
        """Return the whole lots that the first leg has filled and this one has not."""
        return floor_lot(max(0, done_of(self._desk, first).filled - done.filled - done.possible))

    def _wanted(self, parent: Parent, first: Parent | None, done: Done) -> int:
        """Return the size of the next child; 0 when it would be too small, too dear, or too little is proven."""
        if first is None:
            return 0
        desk, book = self._desk, self._desk.state.books[parent.market_id]
        price = taking_price(desk, parent)
        if not book.synced or parent.side.is_beyond(book.best_for(parent.side, parent.leg), price):
            return 0
        allowed = self._proven(first) + desk.rules.entry.max_unproven - done.filled - done.possible
        size = floor_lot(min(self._missing(first, done), allowed, done.left, most_of(desk, parent)))
        return size if size >= venue_least(desk, parent.market_id, price) else 0

    def _proven(self, first: Parent) -> int:
        state = self._desk.state
        keys = (key for order_id in state.children[first.id] for key in state.fills_of_order.get(order_id, ()))
        return sum(state.fills[key].shares for key in keys if state.fills[key].status is FillStatus.CONFIRMED)
