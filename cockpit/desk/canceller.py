"""Worker on call: cancels and halts. What stops must work when everything else does not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.frame import Receipt
from cockpit.core.order import OrderState, ParentState
from cockpit.storage.journal import JournalFailed
from cockpit.venues.base import Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

CLOSE_S = 5.0
"""Real seconds to prove our orders dead when the desk ends."""


class Canceller:
    """Asks the venue to cancel until nothing of ours can fill any more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_cancelling = False

    def halt(self, reason: str) -> None:
        """Stop everything at once: latch, stop parents, cancel until the venue shows none of our orders."""
        reason = reason.encode("utf-8", "replace").decode()[:200]
        if not self._desk.state.halted:
            self._desk.record(ev.Halted(self._desk.clock.now_ms(), reason))
            self._desk.note("alarm", f"HALTED {reason}")
        for parent in list(self._desk.state.parents.values()):
            if parent.is_open:
                self._desk.record(ev.ParentMoved(self._desk.clock.now_ms(), parent.id, ParentState.STOPPED, "halted"))
        if not self._is_cancelling:
            self._is_cancelling = True
            self._desk.start("cancel all", self.cancel_all())

    async def cancel_all(self) -> None:
        """Cancel our orders until none is left that could still fill. The latch is durable before the first cancel."""
        wait = 0.2
        try:
            while live := self._live_ids():
                await self.cancel(live)
                await self._desk.clock.sleep(wait)
                wait = min(5.0, wait * 2)
        finally:
            self._is_cancelling = False

    async def cancel(self, order_ids: list[str]) -> None:
        """Ask the venue to cancel; the answer proves nothing, so each is looked up until it is proven dead.

        Raises: JournalFailed, after the cancels have gone out: they need no journal.
        """
        for order_id in order_ids:
            self._desk.move_order(order_id, OrderState.CANCELLING)
        try:
            await self._desk.journal.barrier()
        finally:
            try:
                await self._desk.venue.cancel(order_ids)
                await self._desk.reconciler.settle()
            except Unanswered as error:
                self._desk.note("warning", f"cancel not answered: {error}")

    def _live_ids(self) -> list[str]:
        return [order.id for order in self._desk.state.all_live_orders()]

    async def confirm(self, command_id: str) -> None:
        """Answer a halt: it holds at once, and the answer says whether it also outlives this process."""
        try:
            await self._desk.journal.barrier()
        except JournalFailed as error:
            self._desk.answer(Receipt(command_id, is_done=True, reason="", text=f"halted, but NOT on disk: {error}"))
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
