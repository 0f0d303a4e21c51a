"""Works a parent with a single order at its limit: one child at a time, replaced only once the old one is proven dead.

What a child has filled, or may still fill, is never asked for again: a replacement is what is left of the parent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.checks import GTD_EARLY_MS
from cockpit.core.limits import MIN_LIFE_MS, Refused
from cockpit.core.order import Order, OrderState, OrderType, Parent, ParentState
from cockpit.core.units import floor_lot
from cockpit.desk.children import child_of, finish, price_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LIMIT = "LIMIT"
"""The algorithm's name."""
IDLE_S = 1.0
ON_ITS_WAY_MS = 1_000
"""What an order's life is longer than its parent's time: so long it may be on its way."""
RETRY_MS = 5_000
MOST_RETRY_MS = 60_000
MOST_REFUSALS = 5
"""Children refused in a row, by the venue or by ourselves, that end a parent."""


class Resting:
    """Keeps what is left of a parent in the book at its limit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def work(self, parent: Parent, now: int) -> float:
        """Do what is due for one parent; return how many seconds until it must be looked at again."""
        desk = self._desk
        children = desk.state.children_of(parent.id)
        live = [child for child in children if child.possible]
        left = parent.size - sum(child.filled + child.possible for child in children)
        has_tried = bool(children) and parent.type not in (OrderType.GTC, OrderType.GTD)
        is_over = has_tried or now >= parent.ends_at_ms or self._is_short(parent, now)
        if live:
            self._withdraw(live, parent, now, -left)
        elif is_over or left < desk.state.markets[parent.market_id].min_size:
            finish(desk, parent, left)
        elif parent.state is ParentState.WORKING:
            return self._send(parent, children, left, now)
        return IDLE_S

    def _is_short(self, parent: Parent, now: int) -> bool:
        """Return whether too little time is left for another order that ends by itself."""
        return parent.type is OrderType.GTD and parent.ends_at_ms + ON_ITS_WAY_MS - now < MIN_LIFE_MS

    def _withdraw(self, live: list[Order], parent: Parent, now: int, surplus: int) -> None:
        """Cancel what rests at another limit than the parent's, longer than it should, or beyond its size.

        There is a surplus when a child that was refused turns out to rest all the same: the newest go first.
        """
        is_over = now >= parent.ends_at_ms or parent.state is not ParentState.WORKING
        wrong = []
        for order in reversed(live):
            is_too_much, surplus = surplus > 0, surplus - order.possible
            is_wrong = is_over or is_too_much or order.price != self._price(parent)
            if is_wrong and order.can_rest and not order.is_unwanted:
                wrong.append(order.id)
        if wrong:
            self._desk.start("replace", self._desk.canceller.cancel(wrong))

    def _price(self, parent: Parent) -> int:
        return price_of(self._desk, parent)

    def _send(self, parent: Parent, children: list[Order], left: int, now: int) -> float:
        desk = self._desk
        refusals = self._refusals(children) + desk.state.refusals.get(parent.id, 0)
        if refusals >= MOST_REFUSALS:
            why = f"refused {refusals} times: {children[-1].reason if children else 'see the journal'}"
            desk.record(ev.ParentMoved(now, parent.id, ParentState.STOPPED, why))
            desk.note("warning", f"{parent.id} stopped: {why}")
            return IDLE_S
        pause = min(MOST_RETRY_MS, RETRY_MS * 2 ** (refusals - 1)) if refusals else 0
        due = desk.state.last_try.get(parent.id, 0) + pause
        if pause and now < due:
            return (due - now) / 1000
        size = floor_lot(min(left, desk.rules.limits.max_order_size))
        order = self.child(parent, len(children), size, now)
        verdict = desk.guard.check(order, parent.limit)
        if isinstance(verdict, Refused):
            desk.record(ev.SliceSkipped(now, parent.id, len(children), verdict.reason, verdict.detail))
            desk.note("warning", f"{parent.id} not sent: {verdict.reason} {verdict.detail}")
            return IDLE_S
        desk.guard.take_rate()
        desk.orders.send(verdict, lambda: desk.executor.unwanted(order))
        return IDLE_S

    @staticmethod
    def _refusals(children: list[Order]) -> int:
        count = 0
        for child in reversed(children):
            is_refused = child.state in (OrderState.REJECTED, OrderState.DENIED) and not child.is_presumed
            # The venue ended it by itself: no balance, a game that starts. At once again would go on for ever.
            has_ended = child.state in (OrderState.CANCELLED, OrderState.EXPIRED) and not child.is_presumed
            is_thrown_out = has_ended and not (child.filled or child.is_unwanted)
            if not (is_refused or is_thrown_out):
                break
            count += 1
        return count

    def child(self, parent: Parent, number: int, size: int, now: int) -> Order:
        """Return the next child of a parent; one that ends by itself says so a minute early, as the venue wants it."""
        desk = self._desk
        ends = parent.ends_at_ms + ON_ITS_WAY_MS + GTD_EARLY_MS
        expires = ends if parent.type is OrderType.GTD else None
        return child_of(desk, parent, number, size, self._price(parent), now, expires)
