"""Orders, cancels and the end of the desk when everything happens at the worst moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Approve, Cancel, CancelAll, Command, Halt, Pause
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import SHARE, USD
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.storage.journal import JournalFailed
from cockpit.venues.base import OrderReport
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, FullDisk, SlowJournal, no_answer, opening_fill


def _skips(bench: Bench) -> list[ev.SliceSkipped]:
    return [event for event in bench.events if isinstance(event, ev.SliceSkipped)]


def test_refused_slices_are_tried_at_intervals_and_end_with_the_window() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(0.3)
        bench.venue.quote(MARKET.id, ((100, 400 * SHARE),), ((3300, 400 * SHARE),))
        await asyncio.sleep(60)
        (parent,) = bench.desk.state.parents.values()
        assert parent.state is ParentState.DONE
        assert parent.reason == "30 of 40 left"
        assert len(_skips(bench)) <= 6
        await bench.stop(task)

    run(story())


def test_overdue_slices_are_not_burnt_by_a_short_gap_nor_caught_up_in_a_burst() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(1)
        (parent_id,) = bench.desk.state.parents
        bench.desk.submit(Pause("p-1", parent_id))
        await asyncio.sleep(15.2)
        bench.venue.sink(ev.BookLost(bench.desk.clock.now_ms(), MARKET.id))
        await asyncio.sleep(0.01)
        bench.desk.submit(Pause("p-2", parent_id))
        await asyncio.sleep(0.05)
        assert not _skips(bench)
        await asyncio.sleep(30)
        assert max(order.size for order in bench.venue.placed) <= 20 * SHARE
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("kind", ["cancel", "cancel all", "pause", "halt"])
def test_what_is_called_off_while_its_intent_is_written_is_not_sent(kind: str) -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.journal = SlowJournal(bench.desk.journal, 0.2)
        bench.desk.submit(bench.approve())
        while not any(order.slice_index == 1 for order in bench.desk.state.orders.values()):
            await asyncio.sleep(0.005)
        (parent_id,) = bench.desk.state.parents
        sent = len(bench.venue.placed)
        commands: dict[str, Command] = {
            "cancel": Cancel("x", parent_id),
            "cancel all": CancelAll("x"),
            "pause": Pause("x", parent_id),
            "halt": Halt("x"),
        }
        bench.desk.submit(commands[kind])
        await asyncio.sleep(2)
        assert len(bench.venue.placed) == sent
        unsent = [order for order in bench.desk.state.orders.values() if order.slice_index == 1]
        assert [order.state for order in unsent] == [OrderState.DENIED]
        assert "before it was sent" in unsent[0].reason
        await bench.stop(task)

    run(story())


def test_two_parents_due_together_share_the_accounts_limits_and_have_labels_of_their_own() -> None:
    async def story() -> None:
        fills = [
            opening_fill(f"o-{number}", market, leg, shares, price)
            for number, (market, leg, shares, price) in enumerate(
                [
                    (MARKET, Leg.YES, 40, 100), (MARKET, Leg.NO, 20, 4200),
                    (OTHER, Leg.YES, 40, 100), (OTHER, Leg.NO, 20, 4200),
                ]
            )
        ]  # fmt: skip
        venue = FakeVenue(fills)
        venue.books = {m.id: (((400, 400 * SHARE),), ((500, 400 * SHARE),)) for m in (MARKET, OTHER)}
        venue.on_place = venue.rest
        cost = sum(fill.money for fill in fills)
        limits = Limits(max_total_exposure=cost + 25 * USD)
        rules = DeskRules(limits, RebalanceRules(max_position_cost=100 * USD, prefer_sell=False), slice_count=1)
        bench = Bench(venue, rules)
        task = await bench.start()
        for number, (market_id, (action, suggestion_id)) in enumerate(bench.desk.state.suggestion_ids.items()):
            weighed = bench.desk.state.weighed[market_id]
            option = weighed.choice.chosen
            assert option is not None
            assert option.side is Side.BUY
            bench.desk.submit(Approve(f"c-{number}", suggestion_id, action, option.shares, weighed.limit, option.price))
        await asyncio.sleep(1)
        assert bench.desk.guard.account(MARKET.id).exposure <= limits.max_total_exposure
        assert len({order.label for order in bench.venue.placed}) == len(bench.venue.placed) == 1
        await bench.stop(task)

    run(story())


def test_an_approval_with_a_limit_beyond_the_rules_is_refused() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.submit(replace(bench.approve(), limit=1500))
        await asyncio.sleep(0.4)
        assert bench.desk.receipts[-1].reason == Reason.LIMIT_PRICE
        bench.desk.submit(replace(bench.approve("c-2"), limit=2500, seen_price=2600))
        await asyncio.sleep(0.4)
        assert bench.desk.receipts[-1].reason == Reason.LIMIT_PRICE
        assert not bench.venue.placed
        await bench.stop(task)

    run(story())


def test_an_unanswered_cancel_is_asked_again_until_the_order_is_dead() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.3)
        bench.venue.is_down = True
        bench.desk.submit(CancelAll("x"))
        await asyncio.sleep(2)
        bench.venue.is_down = False
        await asyncio.sleep(5)
        assert [report.state for report in bench.venue.reports.values()] == [OrderState.CANCELLED]
        assert not any(bench.desk.state.live.values())
        await bench.stop(task)

    run(story())


def test_a_desk_that_stops_sends_nothing_more_and_cancels_what_rests() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        cancel = bench.venue.cancel

        async def slow(order_ids: list[str]) -> None:
            await asyncio.sleep(2)
            await cancel(order_ids)

        bench.venue.cancel = slow  # type: ignore[assignment,method-assign]
        task = await bench.start_and_approve(4.5)
        sent = len(bench.venue.placed)
        await bench.stop(task)
        assert len(bench.venue.placed) == sent
        assert all(report.state is OrderState.CANCELLED for report in bench.venue.reports.values())

    run(story())


def test_with_a_full_disk_cancels_still_go_out_and_everything_is_closed() -> None:
    async def story() -> None:
        bench = Bench()
        closed: list[bool] = []

        async def close() -> None:
            closed.append(True)

        bench.venue.close = close  # type: ignore[method-assign]
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.3)
        bench.desk.journal = FullDisk(bench.desk.journal)
        bench.desk.submit(Halt("h-1"))
        with pytest.raises(JournalFailed, match="disk full"):
            await task
        assert bench.venue.cancels
        assert closed
        assert "the journal cannot be written" in bench.desk.receipts[-1].text
        latched = bench.desk.latch.read()
        assert latched is not None
        assert latched.reason == "by a person"

    run(story())


def test_a_journal_that_fails_while_nobody_waits_stops_the_desk() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.journal = FullDisk(bench.desk.journal)
        with pytest.raises(JournalFailed):
            await asyncio.wait_for(task, 5)

    run(story())


def test_an_order_that_shows_up_after_the_quarantine_is_live_again_and_a_halt_cancels_it() -> None:
    async def story() -> None:
        bench = Bench()

        bench.venue.on_place = no_answer
        task = await bench.start_and_approve(4.4)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.REJECTED
        bench.venue.reports[order.id] = OrderReport(order.id, OrderState.OPEN, 0)
        bench.venue.sink(ev.OrderMoved(bench.desk.clock.now_ms(), order.id, OrderState.OPEN))
        await asyncio.sleep(0.1)
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(5)
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_an_order_is_not_declared_dead_while_its_request_is_still_on_its_way() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.journal = SlowJournal(bench.desk.journal, 4)
        bench.desk.submit(bench.approve())
        await asyncio.sleep(3.5)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.SENDING
        await asyncio.sleep(1)
        assert bench.desk.state.orders[order.id].state is OrderState.FILLED
        await bench.stop(task)

    run(story())


def test_repeated_halts_cancel_in_one_task_and_take_any_text() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.3)
        bench.venue.is_down = True
        for number in range(20):
            bench.desk.submit(Halt(f"h-{number}", "odd \ud800 text"))
        await asyncio.sleep(30)
        assert bench.desk.state.halted == "odd ? text"
        assert bench.desk.state.notice_count < 30
        bench.venue.is_down = False
        await asyncio.sleep(6)
        await bench.stop(task)

    run(story())
