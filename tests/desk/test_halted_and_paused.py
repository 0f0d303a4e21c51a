"""During a halt everything that would start something says so first; pausing and going on mean what they say."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core.commands import Enter, Halt, Pause, Place, Preview, Split
from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Algorithm, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET
from tests.desk.floor import bench, bid, only_parent, split
from tests.desk.scenes import ask

CANNOT = (
    Place("a", MARKET.id, Leg.YES, Side.BUY, 10**15, 9_900),
    Split("b", MARKET.id, Leg.YES, Side.BUY, 60 * SHARE, 3_000, Algorithm.TWAP, 10**12, SHARE, SHARE),
    Enter("c", MARKET.id, EntryKind.MAKER_MAKER, Leg.YES, (9_000, 9_000)),
    bid("d", limit=2900, stops_beyond=True),
)


@pytest.mark.parametrize("command", CANNOT, ids=lambda command: type(command).__name__)
def test_during_a_halt_whatever_is_wrong_besides_the_halt_is_the_answer(command: Place | Split | Enter) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        made.desk.submit(Halt("h"))
        assert (await ask(made, command)).reason == "HALTED"
        made.desk.submit(Preview("p", command))
        await asyncio.sleep(0.1)
        assert [row.reason for row in made.desk.previews] == ["HALTED"]
        await made.stop(task)

    run(story())


def test_pausing_twice_stays_paused_and_going_on_twice_goes_on() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, split(style=Style.REST, limit=2800))).is_done
        for number, (is_on, state) in enumerate(
            ((True, "paused"), (True, "paused"), (False, "working"), (False, "working"), (None, "paused"))
        ):
            assert (await ask(made, Pause(f"p-{number}", "P-0001", is_on))).text == f"P-0001 {state}"
            assert only_parent(made).state is ParentState(state)
            assert only_parent(made).reason == ("by a person" if state == "paused" else "")
        await made.stop(task)

    run(story())
