"""What the venue says against what we count: at start, after gaps, and every minute."""

from __future__ import annotations

import asyncio

from cockpit.core import events as ev
from cockpit.core.commands import Place
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Balances, OrderReport, Rejected, Unanswered
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, no_answer, opening_fill, unbalanced


def test_an_unanswered_read_just_after_the_start_does_not_kill_the_desk() -> None:
    async def story() -> None:
        bench = Bench()
        balances, calls = bench.venue.balances, [0]

        async def sometimes() -> Balances:
            calls[0] += 1
            if calls[0] == 2:
                raise Unanswered("timed out")
            return await balances()

        bench.venue.balances = sometimes  # type: ignore[method-assign]
        task = await bench.start()
        await asyncio.sleep(5)
        assert not task.done()
        await bench.stop(task)

    run(story())


def test_an_end_that_was_never_told_is_found_by_asking() -> None:
    async def story() -> None:
        bench = Bench()

        def fill_half_in_silence(order: Order) -> Accepted | Rejected:
            sink = bench.venue.sink
            bench.venue.sink = lambda event: None if isinstance(event, ev.OrderMoved) else sink(event)
            try:
                return bench.venue.fill_part(order, order.size // 2)
            finally:
                bench.venue.sink = sink

        bench.venue.on_place = fill_half_in_silence
        task = await bench.start_and_approve(0.4)
        bench.venue.on_place = bench.venue.fill
        await asyncio.sleep(30)
        assert not any(bench.desk.state.live.values())
        assert all(parent.state is ParentState.DONE for parent in bench.desk.state.parents.values())
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def test_an_end_that_a_killed_desk_did_not_write_down_is_asked_about_at_the_next_start() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(1.5)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.OPEN
        await bench.kill(task)
        bench.venue.reports[order.id] = OrderReport(order.id, OrderState.CANCELLED, 0, "by the venue")
        bench.venue.on_place = bench.venue.fill
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(1)
        assert bench.desk.state.orders[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_a_fill_whose_order_the_venue_does_not_show_counts_and_the_parent_is_not_overfilled() -> None:
    async def story() -> None:
        bench = Bench()
        lost: list[str] = []

        def fill_and_forget(order: Order) -> Accepted | Rejected:
            if lost:
                return bench.venue.fill(order)
            lost.append(order.id)
            sink = bench.venue.sink
            bench.venue.sink = lambda event: None
            bench.venue.fill(order)
            bench.venue.sink = sink
            del bench.venue.reports[order.id]
            raise Unanswered("timed out")

        bench.venue.on_place = fill_and_forget
        task = await bench.start_and_approve(90)
        sold = sum(fill.shares for fill in bench.venue.known_fills if fill.order_id != "before")
        assert sold == 40 * SHARE
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def test_an_order_the_venue_once_showed_is_not_dead_because_it_cannot_find_it() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        resting = Place("p-1", MARKET.id, Leg.NO, Side.BUY, 10 * SHARE, 6000, OrderType.GTC)
        bench.desk.submit(resting)
        await asyncio.sleep(0.5)
        (order,) = bench.desk.state.orders.values()
        bench.venue.reports.clear()
        await asyncio.sleep(120)
        assert bench.desk.state.orders[order.id].possible == order.size
        bench.venue.reports[order.id] = OrderReport(order.id, OrderState.CANCELLED, 0)
        await asyncio.sleep(70)
        await bench.stop(task)

    run(story())


def test_only_the_pair_that_differs_twice_is_halted_and_each_is_lifted_alone() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.venue.wrong[MARKET.tokens[0]] = 3 * SHARE
        await asyncio.sleep(60.2)
        bench.venue.wrong = {OTHER.tokens[0]: 3 * SHARE}
        await asyncio.sleep(11)
        assert not bench.desk.state.pair_halted
        await asyncio.sleep(75)
        assert list(bench.desk.state.pair_halted) == [OTHER.id]
        bench.venue.wrong.clear()
        bench.venue.cash += 100 * USD
        await asyncio.sleep(150)
        assert not bench.desk.state.pair_halted
        await asyncio.sleep(600)
        alarms = [notice.text for notice in bench.desk.state.notices if notice.level == "alarm"]
        assert sum("cash" in text for text in alarms) == 1
        await bench.stop(task)

    run(story())


def test_a_fill_on_its_way_at_the_first_start_does_not_spoil_the_opening_cash() -> None:
    async def story() -> None:
        bench = Bench()
        balances, late = bench.venue.balances, [True]

        async def with_a_fill() -> Balances:
            if late:
                late.clear()
                fill = opening_fill("late", OTHER, Leg.NO, 10, 4000)
                bench.venue.known_fills.append(fill)
                bench.venue.cash -= fill.money
                tell = ev.FillSeen(bench.desk.clock.now_ms(), fill)
                asyncio.get_running_loop().call_later(0.3, lambda: bench.venue.sink(tell))
            return await balances()

        bench.venue.balances = with_a_fill  # type: ignore[method-assign]
        task = await bench.start()
        await asyncio.sleep(5)
        assert bench.desk.state.cash == bench.venue.cash
        await bench.stop(task)

    run(story())


def test_after_a_gap_in_the_connection_nothing_is_sent_before_the_missed_fills_are_read() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        now = bench.desk.clock.now_ms()
        bench.venue.sink(ev.ConnectionChanged(now, "DOWN", is_up=False))
        missed = opening_fill("missed", MARKET, Leg.NO, 40, 6500)
        bench.venue.known_fills.append(missed)
        bench.venue.cash -= missed.money
        await asyncio.sleep(0.1)
        bench.venue.sink(ev.ConnectionChanged(now, "", is_up=True))
        bench.desk.submit(bench.approve())
        await asyncio.sleep(1)
        assert bench.desk.state.position(MARKET.id).delta == 0
        assert not bench.venue.placed
        assert bench.desk.is_ready
        await bench.stop(task)

    run(story())


def test_a_clock_set_back_does_not_run_behind_our_own_journal() -> None:
    async def story() -> None:
        bench = Bench()

        task = await bench.start_and_approve(4)
        bench.venue.on_place = no_answer
        await asyncio.sleep(2)
        before = bench.desk.clock.now_ms()
        await bench.kill(task)
        bench.new_desk()
        bench.desk.clock = bench.venue.clock = LoopClock(1_790_000_000_000 - 3_600_000)
        bench.venue.on_place = bench.venue.fill
        task = await bench.start()
        assert bench.desk.clock.now_ms() >= before - 2_000
        await asyncio.sleep(60)
        assert not any(bench.desk.state.live.values())
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def test_a_fill_told_again_is_neither_journaled_nor_announced_again() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(0.4)
        fill = next(fill for fill in bench.desk.state.fills.values() if fill.order_id != "before")
        for _ in range(3):
            bench.venue.sink(ev.FillSeen(bench.desk.clock.now_ms(), fill))
            bench.venue.sink(ev.MarketEnded(bench.desk.clock.now_ms(), OTHER.id, 10_000))
        await asyncio.sleep(0.1)
        seen = [event for event in bench.events if isinstance(event, ev.FillSeen) and event.fill.key == fill.key]
        assert len(seen) == 1
        assert len([event for event in bench.events if isinstance(event, ev.MarketEnded)]) == 1
        await bench.stop(task)

    run(story())


def test_a_rule_that_is_refused_waits_longer_each_time_and_fills_nobodys_receipts() -> None:
    async def story() -> None:
        bench = Bench(unbalanced(), DeskRules(pair_mode="auto", min_child=50 * SHARE))
        task = await bench.start()
        for number in range(600):
            bench.venue.quote(MARKET.id, ((3200, (400 + number % 7) * SHARE),), ((3300, 400 * SHARE),))
            await asyncio.sleep(0.1)
        assert len(bench.journaled(ev.Noted)) < 10
        assert not bench.desk.receipts
        await bench.stop(task)

    run(story())


def test_a_pair_nobody_bids_for_does_not_switch_the_daily_stop_off() -> None:
    async def story() -> None:
        fills = [opening_fill("o-1", MARKET, Leg.YES, 60, 2400), opening_fill("o-9", OTHER, Leg.YES, 1, 100)]
        bench = Bench(FakeVenue(fills))
        bench.venue.books[OTHER.id] = ((), ((5100, 90 * SHARE),))  # type: ignore[assignment]
        task = await bench.start()
        await asyncio.sleep(61)
        assert not bench.desk.state.halted
        equity = bench.desk.state.equity
        bench.desk.record(ev.DayStarted(bench.desk.clock.now_ms(), "2099-01-01", equity + 500 * USD))
        await asyncio.sleep(5)
        assert not bench.desk.state.halted, "the share without a bid may be worth up to 1 USD"
        bench.desk.record(ev.DayStarted(bench.desk.clock.now_ms(), "2099-01-02", equity + 501 * USD))
        await asyncio.sleep(5)
        assert bench.desk.state.halted.startswith("DAILY_LOSS")
        await bench.stop(task)

    run(story())


def test_a_fact_that_cannot_be_folded_starts_the_desk_halted_and_names_itself() -> None:
    async def story() -> None:
        bench = Bench()
        bench.store.write([(1, "ParentMoved", 1, '{"at_ms":1,"parent_id":"P-9","state":"done","reason":""}')])
        bench.new_desk()
        task = await bench.start()
        assert "fact 1 of the journal (ParentMoved) cannot be folded" in bench.desk.state.halted
        await bench.stop(task)

    run(story())
