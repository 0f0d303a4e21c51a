"""Worker: hands every open parent to whoever works it, when something is due or has changed.

The plan and what happened to it are in the state, so a restart goes on where the last process stopped: a slice is
sent once, what a child leaves unfilled is carried on, and nothing is caught up in a burst.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.core.order import Order, OrderState
from cockpit.core.parent import SLICED, Algorithm, Parent, ParentState
from cockpit.desk.working.bidder import Bidder
from cockpit.desk.working.children import IDLE_S, stop
from cockpit.desk.working.completer import Completer
from cockpit.desk.working.keeper import Keeper
from cockpit.desk.working.planner import Planner
from cockpit.desk.working.resting import Resting
from cockpit.desk.working.sender import Sender
from cockpit.desk.working.slicer import Slicer
from cockpit.desk.working.taking import Taking

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Executor:
    """Works open parents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wake = asyncio.Event()
        sender = Sender(desk)
        keeper = Keeper(desk, sender)
        self.planner = Planner(desk)
        self._resting = Resting(desk, keeper)
        self._bidder = Bidder(desk, keeper)
        self._slicer = Slicer(desk, keeper, self._bidder, self.planner, Taking(desk, sender, self.planner))
        self._completer = Completer(desk, sender)
        self._best: dict[str, tuple[int, int]] = {}
        """Market id -> the best prices that pegged orders were looked at with last."""

    def touch(self) -> None:
        """Look again: a parent started, or one of its orders changed."""
        self._wake.set()

    def book_changed(self, market_id: str) -> None:
        """Look again where orders are pegged, if the best prices of their book have moved."""
        book = self._desk.state.books[market_id]
        best = book.best_bid, book.best_ask
        if self._best.get(market_id) != best:
            self._best[market_id] = best
            self._wake.set()

    def traded(self, market_id: str) -> None:
        """Somebody has traded: icebergs of this market wait anew."""
        self._slicer.traded(market_id)

    async def run(self) -> None:
        """Send what is due, sleep until the next slice or until something changes."""
        while True:
            self._wake.clear()
            wait = self.work() if self._desk.may_send else IDLE_S
            if self._desk.is_ready:
                self._desk.entering.look()  # also halted: its legs have ended, and so has it
            sleeper = asyncio.ensure_future(self._desk.clock.sleep(wait))
            waker = asyncio.ensure_future(self._wake.wait())
            try:
                await asyncio.wait({sleeper, waker}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeper.cancel()
                waker.cancel()

    def work(self) -> float:
        """Do what is due now; return how many seconds until something is due next."""
        now, wait, state = self._desk.clock.now_ms(), IDLE_S, self._desk.state
        for parent in state.all_open_parents():
            if state.is_over(parent.market_id):
                stop(self._desk, parent, "its market has ended")
        if state.halted:
            return wait
        for parent in state.all_open_parents():
            if not self._is_sending(parent):
                wait = min(wait, self._work(parent, now))
        return wait

    def _work(self, parent: Parent, now: int) -> float:
        if parent.algorithm in SLICED:
            return self._slicer.work(parent, now)
        if parent.algorithm is Algorithm.TOP:
            return self._bidder.work(parent, now)
        if parent.algorithm is Algorithm.COMPLETE:
            return self._completer.work(parent, now)
        return self._resting.work(parent, now)

    def _is_sending(self, parent: Parent) -> bool:
        return any(order_id in self._desk.orders.in_flight for order_id in self._desk.state.children[parent.id])

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
