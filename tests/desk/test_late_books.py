"""News of our orders and of the book come on two channels: what has just left is nobody else's order."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench
from tests.desk.floor import Floor, bid, floor_of, only_parent, split
from tests.desk.scenes import ask, by_hand

lags = pytest.mark.parametrize("late_s", [0.0, 0.002, 0.03, 0.2, 1.5])


class LateFloor(Floor):
    """Tells its book so long after what has changed it."""

    late_s = 0.0

    def quote(self, market_id: str, bids: object, asks: object) -> None:
        if market_id != MARKET.id:
            super().quote(market_id, bids, asks)
            return
        shown = self._with_ours(0), self._with_ours(1)
        asyncio.get_running_loop().call_later(self.late_s, self._tell, shown)

    def _tell(self, shown: tuple[object, object]) -> None:
        now = self.clock.now_ms()
        self.sink(ev.BookSnapshot(now, MARKET.id, *shown, now))  # type: ignore[arg-type]


async def late(late_s: float, **rules: object) -> tuple[Bench, asyncio.Task[None]]:
    made = Bench(LateFloor(), DeskRules(**rules))  # type: ignore[arg-type]
    floor = floor_of(made)
    assert isinstance(floor, LateFloor)
    task = await made.start()
    floor.show()
    await asyncio.sleep(1)
    floor.late_s = late_s
    return made, task


@lags
def test_a_bid_that_has_filled_in_part_does_not_outbid_what_the_book_still_shows_of_it(late_s: float) -> None:
    async def story() -> None:
        made, task = await late(late_s)
        assert (await ask(made, bid(limit=3300))).is_done
        await asyncio.sleep(5)
        floor_of(made).hit(floor_of(made).resting[0], 8)
        await asyncio.sleep(20)
        assert [order.price for order in made.venue.placed] == [3100]
        assert only_parent(made).state is ParentState.WORKING
        await made.stop(task)

    run(story())


@lags
def test_after_a_whole_fill_the_next_one_is_as_high_as_the_last(late_s: float) -> None:
    async def story() -> None:
        made, task = await late(late_s)
        assert (await ask(made, bid(limit=3300, shares=60, show=20))).is_done
        for _ in range(2):
            await asyncio.sleep(5)
            floor_of(made).hit(floor_of(made).resting[0], 20)
        await asyncio.sleep(20)
        assert [order.price for order in made.venue.placed] == [3100, 3100, 3100]
        await made.stop(task)

    run(story())


@lags
def test_one_that_ends_when_outbid_is_not_ended_by_its_own_fills(late_s: float) -> None:
    async def story() -> None:
        made, task = await late(late_s)
        assert (await ask(made, bid(limit=3100, stops_beyond=True))).is_done
        await asyncio.sleep(5)
        floor_of(made).hit(floor_of(made).resting[0], 8)
        await asyncio.sleep(20)
        assert only_parent(made).state is ParentState.WORKING
        await made.stop(task)

    run(story())


def test_children_at_the_top_keep_their_price_through_many_small_fills() -> None:
    async def story() -> None:
        made, task = await late(0.05)
        command = split(shares=60, least=10, most=20, algorithm=Algorithm.TWAP, style=Style.TOP, limit=3300)
        assert (await ask(made, command)).is_done
        for _ in range(10):
            await asyncio.sleep(5)
            floor_of(made).hit(floor_of(made).resting[0], 1)
        assert {order.price for order in made.venue.placed} == {3100}
        await made.stop(task)

    run(story())


def test_our_own_bids_do_not_pay_for_what_we_hold() -> None:
    async def story() -> None:
        made, task = await late(0.0)
        assert (await ask(made, by_hand(shares=20, limit=3400, kind=OrderType.FAK))).is_done
        await asyncio.sleep(1)
        assert (await ask(made, by_hand("own", shares=30, limit=3000))).is_done
        await asyncio.sleep(2)
        assert made.desk.state.marks[MARKET.id].value == 20 * SHARE * 3000 // 10_000
        assert (await ask(made, by_hand("better", shares=30, limit=3100))).is_done
        await asyncio.sleep(2)  # alone at the best price
        mark = made.desk.state.marks[MARKET.id]
        assert (mark.value, mark.is_full) == (20 * SHARE * 3000 // 10_000, True)
        floor_of(made).others((), ((3500, 900 * SHARE),))
        await asyncio.sleep(1)
        mark = made.desk.state.marks[MARKET.id]
        assert (mark.value, mark.is_full) == (0, False)
        await made.stop(task)

    run(story())
