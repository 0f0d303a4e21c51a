"""Worker on call: cancels and halts. What stops must work when everything else does not.

Nothing here waits for the journal, for market data or for other commands: the latch is on disk, then cancels leave.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.budget import TokenBucket
from cockpit.core.frame import Receipt
from cockpit.core.order import OrderState, ParentState
from cockpit.storage.journal import JournalFailed
from cockpit.storage.latch import LatchFailed, LatchState
from cockpit.venues.base import Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

CLOSE_S = 5.0
"""Real seconds to prove our orders dead when the desk ends."""
ZERO_READS = 2
"""How often in a row the venue must show none of the orders that a stop ends."""
FIRST_WAIT_S, MOST_WAIT_S = 0.2, 5.0
SHARE_OF_RATE = 80


class Canceller:
    """Asks the venue to cancel until nothing that must end can fill any more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_stopping = False
        self._began_ms: int | None = None
        self.first_cancel_ms: int | None = None
        """Milliseconds from the stop to its first cancel."""
        self.zero_reads = 0
        """How often in a row the venue has shown none of the orders that the stop ends."""
        budget = desk.venue.terms.cancels
        self._bucket = TokenBucket(
            max(1, budget.rate * SHARE_OF_RATE // 100), max(1, budget.burst * SHARE_OF_RATE // 100)
        )

    def halt(self, reason: str, *, everything: bool = False) -> None:
        """Stop everything at once: latch, stop parents, cancel until the venue shows none of the orders twice."""
        desk, reason = self._desk, reason.encode("utf-8", "replace").decode()[:200]
        is_wider = everything and not desk.state.halts_everything
        if not desk.state.halted or is_wider:
            self._began_ms, self.first_cancel_ms = desk.clock.now_ms(), None
            desk.record(ev.Halted(desk.clock.now_ms(), reason, everything))
            whole = "the whole account, " if everything else ""
            desk.note("alarm", f"HALTED {whole}{reason}", is_alert=True)
        for parent in list(desk.state.parents.values()):
            if parent.is_open:
                desk.record(ev.ParentMoved(desk.clock.now_ms(), parent.id, ParentState.STOPPED, "halted"))
        self.go_on()

    def latched(self, latch: LatchState) -> None:
        """Take over a stop that was latched while no desk ran, or by one that died before its journal knew."""
        now = self._desk.clock.now_ms()
        self._desk.record(ev.Halted(now, latch.reason, latch.everything))
        self._desk.note("alarm", f"HALTED by the latch on disk: {latch.reason}", is_alert=True)

    def go_on(self) -> None:
        """Work on a stop that is not proven, or whose orders came back to life."""
        state = self._desk.state
        is_needed = bool(state.halted) and not (state.is_stop_proven and not any(state.live.values()))
        if is_needed and not self._is_stopping and not self._desk.is_closing:
            self._is_stopping = True
            self._desk.start("stop", self._stop())

    async def _stop(self) -> None:
        desk, wait = self._desk, FIRST_WAIT_S
        self.zero_reads = 0
        try:
            await self._write_latch()
            while desk.state.halted and self.zero_reads < ZERO_READS:
                is_clean = await self._once()
                self.zero_reads = self.zero_reads + 1 if is_clean else 0
                desk.changes += 1
                await desk.clock.sleep(FIRST_WAIT_S if self.zero_reads else wait)
                wait = min(MOST_WAIT_S, wait * 2)
            if desk.state.halted:
                desk.record(ev.StopProven(desk.clock.now_ms()))
                desk.note("info", "orders proven zero: the venue has shown none twice", is_alert=True)
                await self._write_latch()
        finally:
            self._is_stopping = False

    async def _once(self) -> bool:
        """Cancel what must end, read what the venue shows; return whether that was none and nothing is unknown."""
        desk = self._desk
        try:
            await self.ask(self._live_ids())
            if desk.state.halts_everything:
                await self.ask([order.id for order in desk.state.foreign], is_ours=False)
            await desk.reconciler.read_open_orders()
            await desk.proof.settle()
        except Unanswered as error:
            desk.note("warning", f"ORDERS NOT PROVEN ZERO: the venue does not answer: {error}")
            return False
        foreign = desk.state.foreign if desk.state.halts_everything else ()
        return not (self._live_ids() or foreign)

    async def _write_latch(self) -> None:
        desk, state = self._desk, self._desk.state
        if not state.halted:
            return
        content = LatchState(
            state.halted, state.halted_ms, state.halts_everything, state.is_stop_proven, len(self._live_ids())
        )
        try:
            await desk.latch.set(content)
        except LatchFailed as error:
            desk.note("alarm", f"halted, but NOT latched on disk: {error}", is_alert=True)

    async def cancel(self, order_ids: list[str]) -> None:
        """Ask the venue to cancel; the answer proves nothing, so each is looked up until it is proven dead."""
        try:
            await self.ask(order_ids)
            await self._desk.proof.settle()
        except Unanswered as error:
            self._desk.note("warning", f"cancel not answered: {error}")

    async def cancel_foreign(self, order_ids: list[str]) -> None:
        """Cancel orders of the account that are not ours, because a person asked for everything."""
        try:
            await self.ask(order_ids, is_ours=False)
            await self._desk.reconciler.read_open_orders()
        except Unanswered as error:
            self._desk.note("warning", f"cancel not answered: {error}")

    async def ask(self, order_ids: list[str], *, is_ours: bool = True) -> None:
        """Send cancels in chunks that fit the venue's rate limit. Raises: Unanswered, after sending all of them."""
        desk, unanswered = self._desk, None
        if is_ours:
            for order_id in order_ids:
                desk.move_order(order_id, OrderState.CANCELLING)
        size = min(desk.venue.terms.cancel_chunk, self._bucket.burst)
        for start in range(0, len(order_ids), size):
            chunk = order_ids[start : start + size]
            await self._wait_for_rate(len(chunk))
            if self._began_ms is not None and self.first_cancel_ms is None:
                self.first_cancel_ms = desk.clock.now_ms() - self._began_ms
            try:
                await desk.venue.cancel(chunk)
            except Unanswered as error:
                unanswered = error
        if unanswered is not None:
            raise unanswered

    async def _wait_for_rate(self, count: int) -> None:
        while not self._bucket.take(count, self._desk.clock.now_ms()):
            await self._desk.clock.sleep(self._bucket.wait_ms(count, self._desk.clock.now_ms()) / 1000)

    def _live_ids(self) -> list[str]:
        """Return our orders not proven dead whose request has left, or may have."""
        return [order.id for order in self._desk.state.all_live_orders()]

    async def confirm(self, command_id: str) -> None:
        """Answer a halt: it holds at once, and the answer says whether it also outlives this process."""
        try:
            await self._desk.journal.barrier()
        except JournalFailed as error:
            where = "latched on disk, though" if self._desk.latch.read() is not None else "and NOT latched on disk:"
            self._desk.answer(Receipt(command_id, is_done=True, reason="", text=f"halted, {where} {error}"))
            raise
        self._desk.answer(Receipt(command_id, is_done=True, reason="", text="halted"))

    async def close(self) -> None:
        """Cancel what rests, within a few seconds: what is left stays in the journal, and the next start asks."""
        try:
            async with asyncio.timeout(CLOSE_S):
                wait = 0.1
                while live := self._live_ids():
                    with contextlib.suppress(JournalFailed):
                        await self.cancel(live)
                    await asyncio.sleep(wait)
                    wait = min(1.0, wait * 2)
        except (TimeoutError, OSError):
            return
