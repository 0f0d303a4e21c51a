"""Watchers: a journal that fails or hangs, a loop that is late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LAG_EVERY_S = 0.5
JOURNAL_PATIENCE_S = 5.0


async def watch_journal(desk: Desk) -> None:
    """Notice a journal that cannot be written although nobody waits for it, which stops the desk.

    One that does not answer halts it: a disk that hangs may come back, and cancels need none.
    """
    while True:
        await desk.clock.sleep(1.0)
        barrier = asyncio.ensure_future(desk.journal.barrier())
        try:
            done, _ = await asyncio.wait([barrier], timeout=JOURNAL_PATIENCE_S)
            if not done and not desk.state.halted:
                desk.canceller.halt(f"the journal has not answered for {JOURNAL_PATIENCE_S:g} s")
            await barrier
        finally:
            barrier.cancel()


async def watch_lag(desk: Desk) -> None:
    """Measure how late the loop is: what a person or an order would have to wait."""
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(LAG_EVERY_S)
        late_us = round((loop.time() - asked - LAG_EVERY_S) * 1_000_000)
        desk.history.record("loop.lag_us", desk.clock.now_ms(), "", late_us)
