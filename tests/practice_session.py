"""The folder of an account on which a desk has worked, with a bit of everything that moves money."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cockpit.core import commands as cmd
from cockpit.core.order import FillStatus
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.place import EXCHANGE, JOURNAL
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from cockpit.venues.practice.settlement import Course
from cockpit.venues.practice.venue import PracticeVenue


def session_in(folder: Path) -> State:
    """Have a desk work in a folder for two minutes of virtual time; return what it knows at its end."""
    return run(_session(folder))


async def _session(folder: Path) -> State:
    """Let a desk close an imbalance of which a fill fails, merge, and redeem; return what it knows at its end."""
    clock = LoopClock()
    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, seed=7, events_per_s=2.0, path=folder / EXCHANGE)
    courses = iter([Course(((2_000, FillStatus.FAILED),))])
    venue.exchange.account.settlement.plan = lambda: next(courses, None)
    desk = Desk(
        venue=venue,
        journal=DirectJournal(Store(folder / JOURNAL, "process")),
        clock=clock,
        ids=SeededIds(7),
        rules=DeskRules(pair_mode="auto", merges="off", redeems="auto", scans=False),
    )
    desk.recover()
    task = asyncio.get_running_loop().create_task(desk.run())
    await asyncio.sleep(90)
    first, other = sorted(desk.state.positions.values(), key=lambda position: position.matched)[-2:]
    desk.submit(cmd.Merge("c", first.market_id, 5 * SHARE))
    venue.world.end_market(other.market_id, PRICE_ONE, clock.now_ms())
    venue.release()
    await asyncio.sleep(30)
    desk.stop()
    await task
    return desk.state
