"""A person's word for an order whose end nobody can prove: when it is taken, and what if it was wrong."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, SignOff
from cockpit.core.limits import Reason
from cockpit.core.order import OrderState
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import Bench, no_answer
from tests.desk.scenes import alerts, ask, by_hand, end, frame, sent, told


def test_only_an_old_unknown_order_is_signed_off_and_only_with_the_word() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(0.2)
        (order,) = bench.desk.state.orders.values()
        assert [child.may_sign_off for child in frame(bench).parents[0].children] == [False]
        early = await ask(bench, SignOff("early", order.id, "DEAD"))
        assert early.reason == Reason.NOT_PROVEN
        bench.desk.submit(Cancel("cancel", "P-0001"))
        await asyncio.sleep(5)
        assert [child.may_sign_off for child in frame(bench).parents[0].children] == [True]
        assert (await ask(bench, SignOff("wrong", order.id, "dead"))).reason == Reason.WRONG_WORD
        assert (await ask(bench, SignOff("none", "0xnone", "DEAD"))).reason == Reason.UNKNOWN_ID
        assert bench.desk.state.orders[order.id].possible == order.size
        assert (await ask(bench, SignOff("done", order.id, "DEAD"))).is_done
        assert not bench.desk.state.all_live_orders()
        assert (await ask(bench, SignOff("again", order.id, "DEAD"))).reason == Reason.NOT_PROVEN
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("how", ["told", "shown"])
def test_an_order_that_was_signed_off_and_lives_raises_an_alarm_and_is_cancelled(how: str) -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(0.2)
        (order,) = bench.desk.state.orders.values()
        bench.desk.submit(Cancel("cancel", "P-0001"))
        await asyncio.sleep(5)
        assert (await ask(bench, SignOff("done", order.id, "DEAD"))).is_done
        bench.venue.rest(order)
        if how == "told":
            bench.venue.sink(ev.OrderMoved(bench.desk.clock.now_ms(), order.id, OrderState.OPEN))
        await asyncio.sleep(75)
        assert any("was taken for dead and is not" in text for text in alerts(bench))
        assert not await bench.venue.open_orders(), "its parent has ended"
        assert not bench.desk.state.all_live_orders()
        await bench.stop(task)

    run(story())


def test_a_fill_the_venue_never_lists_is_looked_for_now_and_then_and_people_are_asked_to_sign_off() -> None:
    async def story() -> None:
        bench = Bench()
        venue, reads = bench.venue, [0]
        venue.on_place = venue.rest
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(1)
        fills, (order,) = venue.fills, venue.placed

        async def counted() -> object:
            reads[0] += 1
            return await fills()

        venue.fills = counted  # type: ignore[method-assign,assignment]
        end(venue, order, OrderState.CANCELLED, 5 * SHARE)
        await asyncio.sleep(1_800)
        assert reads[0] <= 220
        assert len(sent(bench)) == 1, "5 shares may still come"
        assert sum("does not list all its fills" in text for text in told(bench, "alarm")) == 1
        assert (await ask(bench, SignOff("done", order.id, "DEAD"))).is_done
        await asyncio.sleep(10)
        assert sent(bench) == [(20, 3000), (20, 3000)], "a person vouches that the 5 do not come"
        await bench.stop(task)

    run(story())
