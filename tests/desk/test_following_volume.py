"""VWAP: its profile comes from what was traded, outlives a restart, and the plan follows the volume that comes."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Preview
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from cockpit.storage.history import MemoryHistory
from tests.desk.fakes import Bench
from tests.desk.floor import bench, floor_of, only_parent, split
from tests.desk.scenes import ask, frame


def vwap(**changes: object) -> object:
    """A VWAP over half an hour."""
    wanted: dict[str, object] = {"algorithm": Algorithm.VWAP, "shares": 300, "window_s": 1_800, "limit": 3500}
    return split(**(wanted | changes))  # type: ignore[arg-type]


async def trade_for(made: Bench, minutes: int, shares: int) -> None:
    """Let others trade so many shares each minute."""
    for _ in range(minutes):
        floor_of(made).trade(shares)
        await asyncio.sleep(60)


def filled(made: Bench) -> int:
    """Return the whole shares that were bought so far."""
    return sum(order.filled for order in made.desk.state.children_of("P-0001")) // SHARE


@pytest.mark.parametrize(("early", "late"), [(900, 30), (30, 900)])
def test_it_buys_when_others_trade(early: int, late: int) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await trade_for(made, 32, 100)
        assert (await ask(made, vwap())).is_done  # type: ignore[arg-type]
        await trade_for(made, 15, early)
        half = filled(made)
        await trade_for(made, 15, late)
        await asyncio.sleep(60)
        assert filled(made) == 300
        assert (half > 180) if early > late else (half < 130), half
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        plans = made.journaled(ev.ParentPlanned)
        assert 0 < len(plans) <= len(parent.slices) + 1, "planned anew once for each slice, not at every trade"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("style", [Style.TAKE, Style.REST, Style.TOP])
def test_however_wild_the_volume_no_child_leaves_its_bounds_and_the_sum_is_exact(style: Style) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await trade_for(made, 10, 100)
        await ask(made, vwap(style=style, at_end=AtEnd.CROSS, window_s=900))  # type: ignore[arg-type]
        for second in range(930):
            if second % 17 == 0:
                venue.trade(1 + (second * 7919) % 5_000)
            if venue.resting and second % 40 == 0:
                order = venue.resting[0]
                venue.hit(order, (order.size - venue.reports[order.id].filled) / SHARE)
            await asyncio.sleep(1)
        for order in venue.placed:
            assert 5 * SHARE <= order.size <= 30 * SHARE
        assert filled(made) == 300
        assert made.desk.state.position("m-1").yes.shares == 300 * SHARE
        await made.stop(task)

    run(story())


def test_what_was_traded_outlives_the_process() -> None:
    async def story() -> None:
        made, history = bench(), MemoryHistory()
        made.desk.history = history
        task = await made.start()
        await trade_for(made, 60, 100)
        command = vwap()
        made.desk.submit(Preview("before", command))  # type: ignore[arg-type]
        await asyncio.sleep(1)
        before = next(row.profile for row in frame(made).previews if row.command_id == "before")
        await made.kill(task)
        made.new_desk().history = history
        task = await made.start()
        made.desk.submit(Preview("after", command))  # type: ignore[arg-type]
        await asyncio.sleep(1)
        after = next(row.profile for row in frame(made).previews if row.command_id == "after")
        assert "last 60 minutes" in before
        assert after == before
        await made.stop(task)

    run(story())


def test_its_benchmark_is_what_all_trades_since_its_beginning_paid() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        venue.trade(1_000, 9_000)
        await ask(made, split())
        venue.trade(100, 3_400)
        venue.trade(300, 3_600)
        await asyncio.sleep(1)
        assert frame(made).parents[0].vwap == 3_550
        await made.stop(task)

    run(story())
