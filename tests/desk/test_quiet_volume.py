"""A split that follows volume gets done where none comes, without leaving it all for the end."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.floor import bench, floor_of, only_parent, split
from tests.desk.scenes import ask


@pytest.mark.parametrize("every_s", [0, 20])
@pytest.mark.parametrize("style", [Style.TAKE, Style.REST])
def test_when_the_volume_that_was_expected_stays_away_it_is_done_all_the_same(style: Style, every_s: int) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        for _ in range(120):
            floor_of(made).trade(20)
            await asyncio.sleep(1)
        command = split(
            shares=40, least=5, most=10, algorithm=Algorithm.VWAP, window_s=120, style=style, at_end=AtEnd.CROSS
        )
        assert (await ask(made, command)).is_done
        assert only_parent(made).how.profile.startswith("even, at the volume of the last 2 minutes")
        by_half = 0
        for second in range(130):
            if every_s and second % every_s == 0:
                floor_of(made).trade(20)
            if second == 60:
                by_half = sum(order.filled for order in made.desk.state.orders.values())
            await asyncio.sleep(1)
        assert (only_parent(made).state, only_parent(made).reason) == (ParentState.DONE, "complete")
        assert by_half >= 8 * SHARE
        assert all(order.size <= 10 * SHARE for order in made.venue.placed)
        await made.stop(task)

    run(story())
