"""A stop: its first cancel leaves at once, it goes on whatever hangs, and it is proven by what the venue shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import CancelAll, Halt, Reconcile
from cockpit.core.order import Order, OrderState
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, OrderReport, Rejected, Unanswered
from tests.desk.fakes import Bench, SlowJournal
from tests.desk.scenes import by_hand, end, foreign, resting, stop, told, until


@pytest.mark.parametrize("said", ["rejected", "cancelled"])
def test_a_stop_is_not_proven_while_an_order_rests_that_we_hold_for_ended(said: str) -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue

        def rest_and_say_otherwise(order: Order) -> Accepted | Rejected:
            venue.rest(order)
            if said == "rejected":
                return Rejected(order.id, "400", "unmatched")
            venue.sink(ev.OrderMoved(venue.clock.now_ms(), order.id, OrderState.CANCELLED))
            return Accepted(order.id)

        venue.on_place = rest_and_say_otherwise
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(0.3)
        (order,) = bench.desk.state.orders.values()
        assert order.state == said
        bench.desk.submit(Halt("h-1"))
        await until(lambda: bench.desk.state.is_stop_proven, 30)
        assert not await venue.open_orders()
        assert order.id in venue.cancels
        await bench.stop(task)

    run(story())


def test_the_first_cancel_of_a_stop_leaves_at_once_behind_hundreds_of_others() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        resting(bench, 300)
        bench.desk.submit(CancelAll("all"))
        await asyncio.sleep(0.05)
        before = len(bench.venue.cancels)
        assert before < 300, "the others wait for the venue's rate limit"
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(0.01)
        assert len(bench.venue.cancels) > before
        assert bench.desk.canceller.first_cancel_ms == stop(bench).first_cancel_ms == 0
        await bench.stop(task)

    run(story())


def test_how_long_the_first_cancel_took_is_counted_from_the_stop_it_belongs_to() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        assert stop(bench).first_cancel_ms is None
        resting(bench, 1)
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(3)
        assert stop(bench).first_cancel_ms == 0
        foreign(bench.venue)
        bench.desk.submit(Halt("h-2", everything=True))
        assert stop(bench).first_cancel_ms is None, "a wider stop is a stop of its own"
        await asyncio.sleep(3)
        assert stop(bench).first_cancel_ms is not None
        await bench.stop(task)

    run(story())


def test_cancels_of_a_stop_do_not_wait_for_the_answers_to_earlier_ones() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        orders, asked = resting(bench, 600), set[str]()

        async def time_out(order_ids: Sequence[str]) -> None:
            asked.update(order_ids)
            await asyncio.sleep(10)
            raise Unanswered("timed out")

        bench.venue.cancel = time_out  # type: ignore[method-assign]
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(9.9)
        assert asked == {order.id for order in orders}
        task.cancel()

    run(story())


def test_look_ups_that_time_out_do_not_hold_back_the_next_cancels() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        resting(bench, 100)
        requests: list[int] = []

        async def lose(order_ids: Sequence[str]) -> None:
            requests.append(bench.desk.clock.now_ms())

        async def time_out(order_id: str) -> OrderReport | None:
            await asyncio.sleep(5)
            raise Unanswered("timed out")

        bench.venue.cancel, bench.venue.order = lose, time_out  # type: ignore[method-assign]
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(120)
        pauses = [later - before for before, later in pairwise(requests)]
        assert len(requests) > 10
        assert max(pauses) <= 10_000
        assert not bench.desk.state.is_stop_proven
        task.cancel()

    run(story())


def test_cancel_all_leaves_at_once_behind_a_disk_that_does_not_answer() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        (order,) = resting(bench, 1)
        bench.desk.journal = SlowJournal(bench.desk.journal, 10_000)
        bench.desk.submit(Reconcile("before"))
        await asyncio.sleep(0.1)
        bench.desk.submit(CancelAll("all"))
        await asyncio.sleep(0.1)
        assert bench.venue.cancels == [order.id]
        assert not bench.desk.receipts, "nothing is confirmed that is not durable"
        task.cancel()

    run(story())


def test_a_journal_that_does_not_answer_halts_the_desk() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.journal = SlowJournal(bench.desk.journal, 10_000)
        await asyncio.sleep(4)
        assert not bench.desk.state.halted
        await asyncio.sleep(4)
        assert "journal has not answered" in bench.desk.state.halted
        latched = bench.latch.read()
        assert latched is not None
        assert "journal has not answered" in latched.reason
        task.cancel()

    run(story())


def test_foreign_orders_that_appear_after_a_whole_account_stop_was_proven_are_cancelled_too() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.submit(Halt("h-1", everything=True))
        await until(lambda: stop(bench).is_proven, 5)
        order = foreign(bench.venue)
        await until(lambda: bench.desk.state.foreign, 120)
        assert not stop(bench).is_proven
        await until(lambda: stop(bench).is_proven, 10)
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_a_stop_of_our_own_orders_leaves_foreign_ones_alone() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        order = foreign(bench.venue)
        bench.desk.submit(Halt("h-1"))
        await until(lambda: stop(bench).is_proven, 10)
        await asyncio.sleep(120)
        assert bench.venue.reports[order.id].state is OrderState.OPEN
        assert stop(bench).is_proven
        await bench.stop(task)

    run(story())


def test_a_cancel_the_venue_ignored_is_asked_again_after_the_stop_was_proven() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        (order,) = resting(bench, 1)
        bench.desk.submit(Halt("h-1"))
        await until(lambda: bench.desk.state.is_stop_proven, 10)
        bench.venue.cancels.clear()
        bench.venue.rest(order)
        await asyncio.sleep(70)
        assert bench.venue.cancels == [order.id]
        assert not await bench.venue.open_orders()
        await bench.stop(task)

    run(story())


def test_a_venue_that_is_down_for_hours_is_complained_about_once_and_the_halt_stays_readable() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        resting(bench, 1)
        bench.venue.is_down = True
        facts = len(list(bench.store.load()))
        bench.desk.submit(Halt("h-1", "by a person"))
        await asyncio.sleep(2 * 3_600)
        assert len(list(bench.store.load())) - facts < 30
        assert len(told(bench, "warning")) < 10
        assert "HALTED by a person" in [notice.text for notice in bench.desk.state.notices]
        assert not stop(bench).is_proven
        bench.venue.is_down = False
        await until(lambda: stop(bench).is_proven, 20)
        await bench.stop(task)

    run(story())


def test_an_order_that_ends_by_itself_during_a_stop_is_no_trouble() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        first, second = resting(bench, 2)
        bench.venue.is_down = True
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(1)
        end(bench.venue, first, OrderState.CANCELLED)
        bench.venue.is_down = False
        await until(lambda: bench.desk.state.is_stop_proven, 10)
        assert bench.venue.reports[second.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())
