"""What was traded outlives a restart: also what was traded in the seconds before it, once."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core.parent import Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from cockpit.storage.history import MemoryHistory
from tests.desk.fakes import MARKET
from tests.desk.floor import bench, floor_of, only_parent, split
from tests.desk.scenes import ask, frame


@pytest.mark.parametrize("lives_s", [(3.0, 4.0, 20.0), (16.0, 1.0, 1.0), (40.0, 31.0, 2.0)])
def test_every_trade_is_there_once_after_any_number_of_restarts(lives_s: tuple[float, ...]) -> None:
    async def story() -> None:
        made, history, told = bench(), MemoryHistory(), 0
        for life_s in lives_s:
            made.desk.history = history
            task = await made.start()
            for _ in range(2):
                floor_of(made).trade(10)
                told += 10
                await asyncio.sleep(life_s / 2)
            await made.stop(task)
            made.new_desk()
        made.desk.history = history
        task = await made.start()
        bars = made.desk.state.tapes[MARKET.id].bars
        assert sum(bar.volume for bar in bars.values()) == told * SHARE
        assert sum(bar.trades for bar in bars.values()) == 2 * len(lives_s)
        await made.stop(task)

    run(story())


def test_a_split_is_measured_against_the_trades_before_the_restart_too() -> None:
    async def story() -> None:
        made, history = bench(), MemoryHistory()
        made.desk.history = history
        task = await made.start()
        assert (await ask(made, split(style=Style.REST, limit=2800))).is_done
        await asyncio.sleep(1)
        floor_of(made).trade(10, 3200)
        await asyncio.sleep(1)
        await made.stop(task)
        made.new_desk().history = history
        task = await made.start()
        (row,) = frame(made).parents
        assert (row.id, row.vwap) == (only_parent(made).id, 3200)
        await made.stop(task)

    run(story())
