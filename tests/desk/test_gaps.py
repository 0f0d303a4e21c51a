"""What others did meanwhile, what the venue does not answer, and a connection that comes and goes."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import CancelAll, Halt
from cockpit.core.market import Leg
from cockpit.core.order import Order, OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from cockpit.storage.journal import JournalFailed, ThreadJournal
from cockpit.storage.store import Store
from cockpit.venues.base import Accepted, OrderReport, Rejected, Unanswered
from tests.desk.fakes import MARKET, Bench, FullDisk, no_answer, opening_fill


def _bought_elsewhere(bench: Bench, shares: int) -> ev.FillSeen:
    fill = opening_fill("elsewhere", MARKET, Leg.NO, shares, 6500)
    bench.venue.known_fills.append(fill)
    bench.venue.cash -= fill.money
    return ev.FillSeen(bench.desk.clock.now_ms(), fill)


def test_a_rebalance_does_not_close_again_what_somebody_else_has_closed() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(1)
        bench.venue.sink(_bought_elsewhere(bench, 30))
        await asyncio.sleep(30)
        (parent,) = bench.desk.state.parents.values()
        assert bench.desk.state.position(MARKET.id).delta == 0
        assert (parent.state, parent.reason) == (ParentState.STOPPED, "the pair is balanced already")
        await bench.stop(task)

    run(story())


def test_one_order_the_venue_never_answers_for_does_not_block_the_rest() -> None:
    async def story() -> None:
        bench = Bench()
        silent: list[str] = []
        look_up = bench.venue.order

        async def sometimes(order_id: str) -> OrderReport | None:
            if order_id in silent:
                raise Unanswered("timed out")
            return await look_up(order_id)

        bench.venue.order = sometimes  # type: ignore[method-assign]
        bench.venue.on_place = no_answer
        task = await bench.start_and_approve(0.3)
        silent += list(bench.desk.state.orders)
        now = bench.desk.clock.now_ms()
        bench.venue.sink(ev.ConnectionChanged(now, "DOWN", is_up=False))
        bench.venue.sink(ev.ConnectionChanged(now, "", is_up=True))
        await asyncio.sleep(5)
        assert bench.desk.is_ready
        await asyncio.sleep(20)
        assert len(bench.venue.placed) > 1
        assert bench.desk.state.orders[silent[0]].state is OrderState.UNKNOWN
        others = [order for order in bench.desk.state.orders.values() if order.id not in silent]
        assert any(order.state is OrderState.REJECTED for order in others)
        silent.clear()
        await asyncio.sleep(10)
        assert not any(bench.desk.state.live.values())
        await bench.stop(task)

    run(story())


def test_nothing_is_sent_while_the_connection_is_down_and_it_goes_on_afterwards() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(1)
        sent = len(bench.venue.placed)
        bench.venue.sink(ev.ConnectionChanged(bench.desk.clock.now_ms(), "DOWN", is_up=False))
        await asyncio.sleep(8)
        assert len(bench.venue.placed) == sent
        bench.venue.sink(ev.ConnectionChanged(bench.desk.clock.now_ms(), "", is_up=True))
        await asyncio.sleep(15)
        assert len(bench.venue.placed) > sent
        await bench.stop(task)

    run(story())


def test_a_second_gap_while_catching_up_is_caught_up_too() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        look_up, fills = bench.venue.fills, [0]

        async def slow() -> object:
            fills[0] += 1
            found = await look_up()
            await asyncio.sleep(2)
            return found

        bench.venue.fills = slow  # type: ignore[method-assign,assignment]
        now = bench.desk.clock.now_ms()
        bench.venue.sink(ev.ConnectionChanged(now, "DOWN", is_up=False))
        bench.venue.sink(ev.ConnectionChanged(now, "", is_up=True))
        await asyncio.sleep(1)
        bench.venue.sink(ev.ConnectionChanged(now, "DOWN", is_up=False))
        _bought_elsewhere(bench, 40)
        bench.venue.sink(ev.ConnectionChanged(now, "", is_up=True))
        await asyncio.sleep(6)
        assert fills[0] >= 2
        assert bench.desk.is_ready
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def test_an_order_that_comes_back_to_life_during_a_halt_is_cancelled() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start_and_approve(0.3)
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(5)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.REJECTED
        bench.venue.reports[order.id] = OrderReport(order.id, OrderState.OPEN, 0)
        bench.venue.sink(ev.OrderMoved(bench.desk.clock.now_ms(), order.id, OrderState.OPEN))
        await asyncio.sleep(5)
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        assert not any(bench.desk.state.live.values())
        await bench.stop(task)

    run(story())


def test_a_cancel_asked_before_the_answer_was_lost_is_not_forgotten() -> None:
    async def story() -> None:
        bench = Bench()

        def rest_in_silence(order: Order) -> Accepted | Rejected:
            bench.venue.rest(order)
            raise Unanswered("timed out")

        bench.venue.on_place = rest_in_silence
        place = bench.venue.place

        async def slow(order: Order) -> Accepted | Rejected:
            await asyncio.sleep(1)
            return await place(order)

        bench.venue.place = slow  # type: ignore[method-assign]
        task = await bench.start_and_approve(0.3)
        bench.desk.submit(CancelAll("x"))
        await asyncio.sleep(10)
        assert [report.state for report in bench.venue.reports.values()] == [OrderState.CANCELLED]
        assert not any(bench.desk.state.live.values())
        await bench.stop(task)

    run(story())


def test_with_a_full_disk_the_end_keeps_trying_to_cancel_while_its_time_lasts() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.3)
        bench.desk.journal = FullDisk(bench.desk.journal)
        bench.venue.is_down = True
        bench.desk.stop()
        await asyncio.sleep(1.5)
        bench.venue.is_down = False
        await asyncio.gather(task, return_exceptions=True)
        assert [report.state for report in bench.venue.reports.values()] == [OrderState.CANCELLED]

    run(story())


def test_a_number_no_column_can_hold_fails_the_journal_instead_of_hanging_it() -> None:
    journal = ThreadJournal(Store(None))

    async def story() -> None:
        journal.append(ev.Noted(2**70, "info", "x"))
        with pytest.raises(JournalFailed):
            await asyncio.wait_for(journal.barrier(), 5)

    asyncio.run(story())
    with pytest.raises(JournalFailed):
        journal.close()


def test_a_status_told_again_and_again_for_a_fill_not_seen_is_kept_once() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        for _ in range(50):
            bench.venue.sink(ev.FillMoved(1, "unseen", "nobody", opening_fill("x", MARKET, Leg.YES, 1, 1).status))
        await asyncio.sleep(0.1)
        assert len(bench.desk.state.early["unseen", "nobody"]) == 1
        assert bench.desk.state.position(MARKET.id).delta == 40 * SHARE
        await bench.stop(task)

    run(story())
