"""A person's order at its limit: one child at a time, never more in all than was asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cockpit.core.commands import Cancel
from cockpit.core.limits import Reason
from cockpit.core.market import Leg
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected
from tests.desk.fakes import Bench
from tests.desk.scenes import ask, by_hand, end, sent, start_with_one_resting, told, until


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_orders_the_venue_throws_out_at_once_are_tried_ever_less_and_then_no_more(state: OrderState) -> None:
    async def story() -> None:
        bench = Bench()

        def throw_out(order: Order) -> Accepted | Rejected:
            end(bench.venue, order, state)
            return Accepted(order.id)

        bench.venue.on_place = throw_out
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(60)
        assert len(bench.venue.placed) <= 5
        await asyncio.sleep(600)
        assert len(bench.venue.placed) <= 5
        (parent,) = bench.desk.state.parents.values()
        assert parent.state is ParentState.STOPPED
        assert "by the venue" in parent.reason
        await bench.stop(task)

    run(story())


def test_a_refused_order_that_rests_all_the_same_is_told_and_what_is_too_much_is_withdrawn() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue

        def refuse_the_first(order: Order) -> Accepted | Rejected:
            venue.rest(order)
            return Rejected(order.id, "400", "unmatched") if len(venue.placed) == 1 else Accepted(order.id)

        venue.on_place = refuse_the_first
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(120)
        assert sum("rejected and rests all the same" in text for text in told(bench, "alarm")) == 1
        assert sum(order.size for order in await venue.open_orders()) == 20 * SHARE
        await bench.stop(task)

    run(story())


def test_a_fill_of_a_refused_order_takes_its_replacement_out_of_the_book() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue

        def refuse_the_first(order: Order) -> Accepted | Rejected:
            venue.rest(order)
            return Rejected(order.id, "400", "unmatched") if len(venue.placed) == 1 else Accepted(order.id)

        venue.on_place = refuse_the_first
        task = await bench.start()
        bench.desk.submit(by_hand())
        await until(lambda: len(venue.placed) == 2, 10)
        venue.fill(venue.placed[0])
        await asyncio.sleep(5)
        assert not await venue.open_orders()
        (parent,) = bench.desk.state.parents.values()
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        assert bench.desk.state.position("m-1").holding(Leg.YES).shares == 80 * SHARE
        await bench.stop(task)

    run(story())


def test_an_order_that_ends_by_itself_lives_two_minutes_to_a_week_and_is_sent_with_its_expiry() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        bad: list[Any] = [0, -5, 1, 119, 7 * 86_400 + 1, 600.0, float("nan"), True]
        for number, life_s in enumerate(bad):
            place = by_hand(f"bad-{number}", kind=OrderType.GTD, life_s=life_s)
            assert (await ask(bench, place)).reason == Reason.BAD_LIFE, life_s
        assert not bench.venue.placed
        asked_ms = bench.desk.clock.now_ms()
        for number, life_s in enumerate((120, 7 * 86_400)):
            place = by_hand(f"good-{number}", kind=OrderType.GTD, life_s=life_s, shares=5)
            assert (await ask(bench, place)).is_done, life_s
        assert [order.size for order in bench.venue.placed] == [5 * SHARE, 5 * SHARE]
        for order, life_s in zip(bench.venue.placed, (120, 7 * 86_400), strict=True):
            assert order.expires_at_ms is not None
            at_venue_s = (order.expires_at_ms - asked_ms) / 1000 - 60
            assert life_s <= at_venue_s <= life_s + 2, "the venue ends it a minute before what it says"
        await bench.stop(task)

    run(story())


def test_with_too_little_time_left_a_thrown_out_order_is_not_replaced() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        bench.desk.submit(by_hand(kind=OrderType.GTD, life_s=200))
        await asyncio.sleep(100)
        end(bench.venue, bench.venue.placed[0], OrderState.CANCELLED)
        await asyncio.sleep(30)
        (parent,) = bench.desk.state.parents.values()
        assert (parent.state, parent.reason) == (ParentState.DONE, "20 of 20 left")
        assert len(bench.venue.placed) == 1
        await bench.stop(task)

    run(story())


def test_when_its_time_is_over_what_rests_until_cancelled_is_cancelled() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        bench.desk.submit(by_hand(life_s=60))
        await asyncio.sleep(59)
        assert await bench.venue.open_orders()
        await until(lambda: not bench.desk.state.all_live_orders(), 10)
        assert not await bench.venue.open_orders()
        await asyncio.sleep(2)
        (parent,) = bench.desk.state.parents.values()
        assert (parent.state, parent.reason) == (ParentState.DONE, "20 of 20 left")
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("target", ["order", "parent"])
def test_cancelling_a_resting_order_ends_its_parent_which_would_only_send_it_again(target: str) -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        bench.desk.submit(Cancel("cancel", bench.venue.placed[0].id if target == "order" else "P-0001"))
        await asyncio.sleep(30)
        (parent,) = bench.desk.state.parents.values()
        assert parent.state is ParentState.CANCELLED
        assert sent(bench) == [(20, 3000)]
        assert not await bench.venue.open_orders()
        await bench.stop(task)

    run(story())


def test_the_same_order_asked_for_again_after_a_restart_is_placed_once() -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        bench.desk.submit(by_hand(limit=2900))
        await asyncio.sleep(5)
        assert list(bench.desk.state.parents) == ["P-0001"]
        assert sent(bench) == [(20, 3000)]
        assert bench.desk.state.position("m-1").holding(Leg.YES).shares == 60 * SHARE
        await bench.stop(task)

    run(story())
