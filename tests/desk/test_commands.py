"""What people ask for: reducing, cancelling what is not ours, and each request once."""

from __future__ import annotations

import asyncio

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, CancelAll, Halt, Place, Reduce
from cockpit.core.limits import Reason
from cockpit.core.market import Leg
from cockpit.core.order import OrderState, OrderType
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench
from tests.desk.scenes import ask, by_hand, foreign, frame, receipt, resting, stop, told


def _hedge(command_id: str, shares: int) -> Place:
    """Buy NO at once, of which 40 are missing."""
    return by_hand(command_id, leg=Leg.NO, shares=shares, limit=6800, kind=OrderType.FAK)


def test_while_reducing_only_what_brings_a_pair_nearer_to_balance_and_not_beyond_it_is_sent() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        answer = await ask(bench, Reduce("on", is_on=True))
        assert answer.text == "only orders that lower the exposure are sent"
        assert (await ask(bench, by_hand("more"))).reason == Reason.REDUCING
        assert (await ask(bench, by_hand("elsewhere", market=OTHER, limit=5000))).reason == Reason.REDUCING
        assert (await ask(bench, _hedge("beyond", 79))).reason == Reason.REDUCING, "39 the other way is not balance"
        assert (await ask(bench, _hedge("one too many", 41))).reason == Reason.REDUCING
        assert not bench.venue.placed
        assert (await ask(bench, _hedge("even", 40), 1)).is_done
        assert bench.desk.state.position(MARKET.id).delta == 0
        assert (await ask(bench, _hedge("again", 5))).reason == Reason.REDUCING
        await bench.stop(task)

    run(story())


def test_orders_that_are_out_count_before_another_that_lowers_is_sent() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        await ask(bench, Reduce("on", is_on=True))
        first = by_hand("first", leg=Leg.NO, shares=30, limit=6500)
        assert (await ask(bench, first, 1)).is_done
        second = by_hand("second", leg=Leg.NO, shares=11, limit=6500)
        assert (await ask(bench, second)).reason == Reason.REDUCING
        third = by_hand("third", leg=Leg.NO, shares=10, limit=6500)
        assert (await ask(bench, third, 1)).is_done
        assert len(bench.venue.placed) == 2
        await bench.stop(task)

    run(story())


def test_reducing_holds_over_a_restart_until_it_is_switched_off_and_is_recorded_once() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await ask(bench, Reduce("on", is_on=True))
        await ask(bench, Reduce("on again", is_on=True))
        assert len(bench.journaled(ev.ReducingSet)) == 1
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        assert (await ask(bench, by_hand("p-1"))).reason == Reason.REDUCING
        assert (await ask(bench, Reduce("off", is_on=False))).text == "all orders may be sent again"
        assert (await ask(bench, by_hand("p-2"))).is_done
        await bench.stop(task)

    run(story())


def test_foreign_orders_are_shown_and_told_once_and_go_when_they_are_gone() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        order = foreign(bench.venue)
        await asyncio.sleep(200)
        (row,) = frame(bench).foreign
        assert (row.id, row.name, row.price, row.size) == (order.id, MARKET.name, order.price, order.size)
        assert sum("not ours" in text for text in told(bench, "warning")) == 1
        assert stop(bench).foreign_orders == 1
        assert not bench.venue.cancels
        await bench.venue.cancel([order.id])
        await asyncio.sleep(70)
        assert not frame(bench).foreign
        await bench.stop(task)

    run(story())


def test_cancel_all_ends_what_is_not_ours_only_when_it_is_asked_to_end_everything() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        other = foreign(bench.venue)
        await ask(bench, by_hand(), 65)
        (ours,) = bench.desk.state.orders.values()
        assert (await ask(bench, CancelAll("ours"), 5)).text == "1 parents and 1 orders cancelled"
        reports = bench.venue.reports
        assert (reports[ours.id].state, reports[other.id].state) == (OrderState.CANCELLED, OrderState.OPEN)
        answer = await ask(bench, CancelAll("all", everything=True), 5)
        assert answer.text == "0 parents and 0 orders cancelled, and 1 that are not ours"
        assert reports[other.id].state is OrderState.CANCELLED
        assert not frame(bench).foreign
        assert not bench.desk.state.halted
        await bench.stop(task)

    run(story())


def test_a_stop_of_everything_ends_what_is_not_ours_although_nobody_had_seen_it() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        resting(bench, 2)
        foreign(bench.venue, "0xone")
        foreign(bench.venue, "0xtwo")
        bench.desk.submit(Halt("h-1", everything=True))
        await asyncio.sleep(5)
        assert not await bench.venue.open_orders()
        assert stop(bench).is_proven
        assert stop(bench).everything
        await bench.stop(task)

    run(story())


def test_what_cannot_be_cancelled_is_refused_and_a_command_that_comes_twice_is_done_once() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        assert (await ask(bench, Cancel("none", "0xnone"))).reason == Reason.UNKNOWN_ID
        await ask(bench, by_hand(), 1)
        bench.desk.submit(by_hand())
        await asyncio.sleep(1)
        assert receipt(bench, "place-1").is_done
        assert len(bench.desk.state.parents) == len(bench.venue.placed) == 1
        assert (await ask(bench, Cancel("once", "P-0001"), 3)).is_done
        assert (await ask(bench, Cancel("over", "P-0001"))).reason == Reason.UNKNOWN_ID
        assert (await ask(bench, Cancel("dead", bench.venue.placed[0].id))).reason == Reason.UNKNOWN_ID
        await bench.stop(task)

    run(story())
