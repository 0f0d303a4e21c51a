"""Worker on call: cancels and halts. What stops must work when everything else does not.

Nothing here waits for the journal, for market data or for other commands: the latch is on disk, then cancels leave.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.budget import TokenBucket
from cockpit.core.frame_orders import Receipt
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.desk.working.children import move_parent
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
SHARE_OF_RATE, RESERVE_OF_RATE = 70, 20
"""Percent of the venue's rate limit for cancels: in general, and kept for stops."""
WORTH = 20
"""Cancels that make a request worth its while."""
LOOK_S = 2.0
"""How long a pass of a stop looks orders up before it cancels again."""


class Canceller:
    """Asks the venue to cancel until nothing that must end can fill any more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.is_stopping = False
        """A stop is being carried out."""
        self.presses = 0
        """How often somebody has asked for a stop."""
        self._trouble = ""
        """What people were told last of a venue that does not answer."""
        self._began_ms: int | None = None
        self.first_cancel_ms: int | None = None
        """Milliseconds from the stop to its first cancel."""
        self.zero_reads = 0
        """How often in a row the venue has shown none of the orders that the stop ends."""
        budget = desk.venue.terms.cancels
        self._ordinary = TokenBucket.part_of(budget.rate, budget.burst, SHARE_OF_RATE)
        self._reserve = TokenBucket.part_of(budget.rate, budget.burst, RESERVE_OF_RATE)
        """Kept for stops: they never wait behind cancels that were asked for before."""

    def halt(self, reason: str, *, everything: bool = False) -> None:
        """Stop everything at once: latch, stop parents, cancel until the venue shows none of the orders twice."""
        desk, reason = self._desk, reason.encode("utf-8", "replace").decode()[:200]
        self.presses += 1
        is_wider = everything and not desk.state.halts_everything
        if not desk.state.halted or is_wider:
            self._began_ms, self.first_cancel_ms = desk.clock.now_ms(), None
            desk.record(ev.Halted(desk.clock.now_ms(), reason, everything))
            whole = "the whole account, " if everything else ""
            desk.note("alarm", f"HALTED {whole}{reason}", is_alert=True)
        if is_wider and self.is_stopping:
            self.zero_reads = 0
            desk.start("latch", self.write_latch())
        self.go_on()

    def go_on(self) -> None:
        """Work on a stop that is not proven, or whose orders came back to life; its parents end with it."""
        desk = self._desk
        if not desk.state.halted:
            return
        for parent in desk.state.all_open_parents():
            move_parent(desk, parent, ParentState.STOPPED, "halted")
        if not self.is_proven and not self.is_stopping and not desk.is_closing:
            self.is_stopping = True
            desk.start("stop", self._stop())

    @property
    def is_proven(self) -> bool:
        """Whether the venue has shown none of the orders that the stop ends twice, and none came since."""
        state = self._desk.state
        left = any(state.live.values()) or (state.halts_everything and bool(state.foreign))
        return bool(state.halted) and state.is_stop_proven and not left

    async def _stop(self) -> None:
        desk, wait = self._desk, FIRST_WAIT_S
        self.zero_reads = 0
        try:
            await self.write_latch()
            while desk.state.halted and self.zero_reads < ZERO_READS:
                is_clean = await self._once()
                self.zero_reads = self.zero_reads + 1 if is_clean else 0
                desk.changes += 1
                await desk.clock.sleep(FIRST_WAIT_S if self.zero_reads else wait)
                wait = min(MOST_WAIT_S, wait * 2)
            if desk.state.halted:
                desk.record(ev.StopProven(desk.clock.now_ms()))
                desk.note("info", "orders proven zero: the venue has shown none twice", is_alert=True)
                await self.write_latch()
        finally:
            self.is_stopping = False

    async def _once(self) -> bool:
        """Cancel what must end, read what the venue shows; return whether that was none and nothing is unknown."""
        desk, state = self._desk, self._desk.state
        try:
            await self.ask(self._live_ids(), is_stop=True)
            resting = await desk.reconciler.read_open_orders()
            left = [order_id for order_id in resting if state.halts_everything or order_id in state.orders]
            # What we do not hold for live any more and rests all the same: ours, or everybody's.
            await self.ask([i for i in left if not self._is_live(i)], is_ours=False, is_stop=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await desk.proof.settle()
        except Unanswered as error:
            if self._trouble != str(error):
                desk.note("warning", f"ORDERS NOT PROVEN ZERO: the venue does not answer: {error}")
            self._trouble = str(error)
            return False
        self._trouble = ""
        return not (self._live_ids() or left)

    def _is_live(self, order_id: str) -> bool:
        order = self._desk.state.orders.get(order_id)
        return order is not None and not order.is_proven_dead

    async def write_latch(self) -> None:
        """Keep what is latched up to date on disk; an alarm when that fails."""
        desk, state = self._desk, self._desk.state
        if not state.halted:
            return
        content = LatchState(
            state.halted, state.halted_ms, state.halts_everything, self.is_proven, len(self._live_ids())
        )
        try:
            await desk.latch.set(content)
        except LatchFailed as error:
            desk.note("alarm", f"halted, but NOT latched on disk: {error}", is_alert=True)

    async def cancel(self, order_ids: list[str]) -> None:
        """Ask the venue to cancel; the answer proves nothing, so each is looked up until it is proven dead."""
        try:
            await self.ask(order_ids)
            await self._desk.proof.settle(only=order_ids)
        except Unanswered as error:
            self._desk.note("warning", f"cancel not answered: {error}")

    async def cancel_again(self, order_id: str) -> None:
        """Cancel an order that the venue has called ended and shows all the same."""
        with contextlib.suppress(Unanswered):
            await self.ask([order_id], is_ours=False)

    async def cancel_foreign(self, order_ids: list[str]) -> None:
        """Cancel orders of the account that are not ours, because a person asked for everything."""
        try:
            await self.ask(order_ids, is_ours=False)
            await self._desk.reconciler.read_open_orders()
        except Unanswered as error:
            self._desk.note("warning", f"cancel not answered: {error}")

    async def ask(self, order_ids: list[str], *, is_ours: bool = True, is_stop: bool = False) -> None:
        """Send cancels in chunks, as fast as the venue's rate limit lets them through, none waiting for an answer.

        Raises: Unanswered, once all have been sent and answered or not.
        """
        desk = self._desk
        sent: list[asyncio.Future[None]] = []
        if is_ours:
            for order_id in order_ids:
                desk.move_order(order_id, OrderState.CANCELLING)
        left = list(order_ids)
        try:
            while left:
                most = min(len(left), desk.venue.terms.cancel_chunk)
                # The first chunk leaves at once, however small; the others wait until they are worth a request.
                count = await self._take_rate(most, min(most, WORTH) if sent else 1, is_stop=is_stop)
                if is_stop and self._began_ms is not None and self.first_cancel_ms is None:
                    self.first_cancel_ms = desk.clock.now_ms() - self._began_ms
                sent.append(asyncio.ensure_future(desk.venue.cancel(left[:count])))
                left = left[count:]
            answers = await asyncio.gather(*sent, return_exceptions=True)
        finally:
            for request in sent:
                request.cancel()
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer

    async def _take_rate(self, most: int, least: int, *, is_stop: bool) -> int:
        """Return how many cancels may go now, once it is `least`."""
        clock, count = self._desk.clock, 0
        while True:
            count += self._ordinary.take_up_to(most - count, clock.now_ms())
            if is_stop:
                count += self._reserve.take_up_to(most - count, clock.now_ms())
            if count >= least:
                return count
            wait_ms = self._ordinary.wait_ms(min(least - count, self._ordinary.burst), clock.now_ms())
            await clock.sleep(max(1, wait_ms) / 1000)

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
