"""Worker: cuts approved parents into children and hands them to `orders` when they are due.

The plan and what happened to it are in the state, so a restart goes on where the last process stopped: a slice is
sent once, what a child leaves unfilled is carried to the next, and nothing is caught up in a burst.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.limits import Approved, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState, Parent, ParentState
from cockpit.core.units import LOT, PRICE_ONE, floor_lot, price_text
from cockpit.desk.children import child_of, finish, price_of
from cockpit.desk.resting import LIMIT, Resting

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

IDLE_S = 1.0


class Executor:
    """Works open parents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wake = asyncio.Event()
        self._resting = Resting(desk)

    def touch(self) -> None:
        """Look again: a parent started, or one of its orders changed."""
        self._wake.set()

    async def run(self) -> None:
        """Send what is due, sleep until the next slice or until something changes."""
        while True:
            self._wake.clear()
            wait = self.work() if self._desk.may_send else IDLE_S
            sleeper = asyncio.ensure_future(self._desk.clock.sleep(wait))
            waker = asyncio.ensure_future(self._wake.wait())
            try:
                await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeper.cancel()
                waker.cancel()

    def work(self) -> float:
        """Start what is due now; return how many seconds until the next slice."""
        now, wait = self._desk.clock.now_ms(), IDLE_S
        if self._desk.state.halted:
            return wait
        for parent in self._desk.state.all_open_parents():
            if self._is_sending(parent):
                continue
            if parent.algorithm == LIMIT:
                wait = min(wait, self._resting.work(parent, now))
                continue
            due = self._next_due(parent)
            if due is None:
                self._finish(parent)
            elif parent.state is ParentState.PAUSED and now > parent.ends_at_ms + _spacing(parent):
                self._stop(parent, now, "its time window passed while it was paused")
            elif parent.state is ParentState.WORKING and due <= now:
                self._take_slice(parent, now)
                wait = 0.0
            elif parent.state is ParentState.WORKING:
                wait = min(wait, (due - now) / 1000)
        return wait

    def _is_sending(self, parent: Parent) -> bool:
        return any(order_id in self._desk.orders.in_flight for order_id in self._desk.state.children[parent.id])

    def _next_due(self, parent: Parent) -> int | None:
        state = self._desk.state
        index, remaining = state.next_slice[parent.id], self._remaining(parent)
        last = state.last_try.get(parent.id, 0)
        spacing = _spacing(parent)
        if index < len(parent.slices) and remaining > 0:
            due = parent.slices[index].at_ms
            # After a pause or a restart several slices are overdue: they go one by one, half an interval apart.
            return max(due, last + spacing) if last else due
        # The plan is used up: what was left unfilled is tried again while the window lasts.
        tail = max(last, parent.slices[-1].at_ms) + max(spacing, 1)
        is_worth = remaining >= self._desk.least_child(parent.market_id, parent.limit)
        return tail if is_worth and tail <= parent.ends_at_ms else None

    def _remaining(self, parent: Parent) -> int:
        """Shares not filled and not possibly filled by a child that is not proven dead."""
        return parent.size - sum(child.filled + child.possible for child in self._desk.state.children_of(parent.id))

    def _finish(self, parent: Parent) -> None:
        """End a parent once no child of it can fill any more."""
        children = self._desk.state.children_of(parent.id)
        if any(child.possible for child in children):
            return
        finish(self._desk, parent, parent.size - sum(child.filled for child in children))

    def _take_slice(self, parent: Parent, now: int) -> None:
        """Send the slice that is due, or say why not."""
        state = self._desk.state
        index = state.next_slice[parent.id]
        if now > parent.ends_at_ms + _spacing(parent):
            self._stop(parent, now, "its time window has passed")
            return
        if self._room(parent) < LOT and not any(child.possible for child in state.children_of(parent.id)):
            self._stop(parent, now, "the pair is balanced already")
            return
        order = self._child(parent, index, now)
        verdict = self._verdict(order, parent)
        if isinstance(verdict, Refused):
            self._desk.record(ev.SliceSkipped(now, parent.id, index, verdict.reason, verdict.detail))
            self._desk.note("warning", f"{parent.id} slice {index + 1} not sent: {verdict.reason} {verdict.detail}")
            return
        self._desk.guard.take_rate()
        self._desk.orders.send(verdict, lambda: self.unwanted(order))

    def _stop(self, parent: Parent, now: int, why: str) -> None:
        self._desk.record(ev.ParentMoved(now, parent.id, ParentState.STOPPED, why))
        self._desk.note("warning", f"{parent.id} stopped: {why}")

    def _child(self, parent: Parent, index: int, now: int) -> Order:
        """Return the child for a slice: what should be done by now and is not, within the order size limit."""
        desk = self._desk
        planned = sum(piece.size for piece in parent.slices[: index + 1])
        wanted = planned - (parent.size - self._remaining(parent))
        # What was missed is caught up at no more than twice the plan's pace.
        wanted = min(wanted, 2 * max(piece.size for piece in parent.slices))
        open_size = min(self._remaining(parent), self._room(parent))
        size = floor_lot(max(0, min(wanted, desk.rules.limits.max_order_size, open_size)))
        market = desk.state.markets[parent.market_id]
        left = open_size - size
        if (
            0 < left < market.min_size
            and size + left <= desk.rules.limits.max_order_size
            and index == len(parent.slices) - 1
        ):
            size += left
        return child_of(desk, parent, index, size, price_of(desk, parent), now)

    def _room(self, parent: Parent) -> int:
        """Return the imbalance a rebalance may still close: what somebody else has closed is not closed again."""
        if not parent.suggestion_id:
            return parent.size
        state = self._desk.state
        sign = 1 if (parent.side is Side.BUY) == (parent.leg is Leg.YES) else -1
        coming = sum(child.possible for child in state.children_of(parent.id))
        return max(0, -sign * state.position(parent.market_id).sure_delta - coming)

    def _verdict(self, order: Order, parent: Parent) -> Approved[Order] | Refused:
        """Refuse a slice that could only be killed: nothing to take inside the limit."""
        book = self._desk.state.books.get(order.market_id)
        if book is not None and book.synced:
            best = book.best_for(order.side, order.leg)
            if order.side.is_beyond(best, order.price):
                name = "ask" if order.side is Side.BUY else "bid"
                words = f"best {name} {price_text(best)} is beyond the limit {price_text(order.price)}"
                return Refused(Reason.PRICE_MOVED, words)
        if order.size <= 0:
            return Refused(Reason.BELOW_MINIMUM, "nothing is due: earlier children may still fill")
        return self._desk.guard.check(order, parent.limit)

    def unwanted(self, order: Order) -> str:
        """Return what happened while the intent was being written, if that forbids sending it."""
        state = self._desk.state
        parent = state.parents[order.parent_id]
        if state.halted:
            return "halted"
        if self._desk.is_closing:
            return "the desk stopped"
        if not self._desk.may_send:
            return "the connection was lost"
        if parent.state is not ParentState.WORKING:
            return f"its parent was {parent.state}"
        return "" if state.orders[order.id].state is OrderState.SENDING else "cancelled"


def _spacing(parent: Parent) -> int:
    """Return half an interval of the plan: children go no closer together."""
    return (parent.ends_at_ms - parent.created_ms) // len(parent.slices) // 2


def least_child(min_size: int, min_taker_cost: int, price: int) -> int:
    """Return the smallest size, in whole lots, that the venue takes from a taker at this price."""
    by_cost = -(-min_taker_cost * PRICE_ONE // price) if price else 0
    return -(-max(min_size, by_cost) // LOT) * LOT
