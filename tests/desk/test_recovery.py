"""Starting is recovering: whatever moment a process dies at, the next one goes on as if it had not."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Release
from cockpit.core.order import Order, OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected, Unanswered
from tests.desk.fakes import MARKET, Bench, no_answer


@pytest.mark.parametrize("moment_s", [0.6, 0.66, 5.51, 5.53, 5.56, 7.0, 10.56, 15.51, 15.54, 15.58, 16.0])
def test_a_kill_in_the_middle_of_a_parent_loses_nothing_and_doubles_nothing(moment_s: float) -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(moment_s - 0.5)
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(60)
        state = bench.desk.state
        (parent,) = state.parents.values()
        assert parent.state is ParentState.DONE
        assert len({order.id for order in bench.venue.placed}) == len(bench.venue.placed)
        assert sum(report.filled for report in bench.venue.reports.values()) == 40 * SHARE
        assert state.position(MARKET.id).delta == 0
        assert state.cash == bench.venue.cash
        await bench.stop(task)

    run(story())


def test_an_order_without_an_answer_is_unknown_looked_up_and_never_sent_again() -> None:
    async def story() -> None:
        bench = Bench()

        def lose_the_answer(order: Order) -> Accepted | Rejected:
            bench.venue.rest(order)
            raise Unanswered("timed out")

        bench.venue.on_place = lose_the_answer
        task = await bench.start_and_approve(0.3)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.UNKNOWN
        assert order.possible == order.size
        bench.venue.on_place = bench.venue.fill
        await asyncio.sleep(1.5)
        assert bench.desk.state.orders[order.id].state is OrderState.OPEN
        await asyncio.sleep(60)
        sent = bench.venue.placed
        assert len({o.id for o in sent}) == len(sent)
        assert sum(o.size for o in sent) <= 40 * SHARE
        await bench.stop(task)

    run(story())


def test_an_order_the_venue_never_got_is_dead_only_after_the_quarantine() -> None:
    async def story() -> None:
        bench = Bench()

        bench.venue.on_place = no_answer
        task = await bench.start_and_approve(1.2)
        (order,) = bench.desk.state.orders.values()
        assert order.state is OrderState.UNKNOWN
        await asyncio.sleep(2.5)
        assert bench.desk.state.orders[order.id].state is OrderState.REJECTED
        bench.venue.on_place = bench.venue.fill
        await asyncio.sleep(60)
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def test_a_halt_is_latched_over_restarts_and_left_only_with_the_word() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(0.2)
        bench.desk.canceller.halt("by a person")
        await asyncio.sleep(30)
        sent = len(bench.venue.placed)
        await bench.stop(task)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(60)
        assert bench.desk.state.halted == "by a person"
        assert len(bench.venue.placed) == sent
        bench.desk.submit(Release("r-1", "please"))
        await asyncio.sleep(0.1)
        assert bench.desk.state.halted
        bench.desk.submit(Release("r-2", "RELEASE"))
        await asyncio.sleep(0.1)
        assert not bench.desk.state.halted
        await bench.stop(task)

    run(story())


def test_a_halt_cancels_what_rests_until_the_venue_shows_it_dead() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.3)
        bench.venue.is_down = True
        bench.desk.canceller.halt("by a person")
        await asyncio.sleep(2)
        (order,) = bench.desk.state.orders.values()
        assert order.possible
        bench.venue.is_down = False
        await asyncio.sleep(6)
        assert bench.desk.state.orders[order.id].state is OrderState.CANCELLED
        assert not any(bench.desk.state.live.values())
        await bench.stop(task)

    run(story())


def test_the_daily_loss_halts_the_desk_and_survives_a_restart() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(2)
        equity = bench.desk.state.equity
        bench.desk.record(ev.DayStarted(bench.desk.clock.now_ms(), "2099-01-01", equity + 500 * USD))
        await asyncio.sleep(2)
        assert bench.desk.state.halted.startswith("DAILY_LOSS")
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(2)
        assert bench.desk.state.halted.startswith("DAILY_LOSS")
        assert bench.desk.state.day_pnl <= -500 * USD
        await bench.stop(task)

    run(story())


def test_a_difference_that_survives_two_reads_halts_that_pair_with_the_number() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.venue.wrong[MARKET.tokens[0]] = 3 * SHARE
        await asyncio.sleep(95)
        words = bench.desk.state.pair_halted[MARKET.id]
        assert "we count 60 shares, the venue 63" in words
        bench.venue.wrong.clear()
        await asyncio.sleep(75)
        assert not bench.desk.state.pair_halted
        await bench.stop(task)

    run(story())


def test_the_same_journal_folds_to_the_same_state() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(30)
        before = bench.desk.state
        await bench.stop(task)
        after = bench.new_desk()
        after.recover()
        for name in ("orders", "parents", "children", "next_slice", "fills", "positions", "cash", "deposits", "halted"):
            assert getattr(after.state, name) == getattr(before, name), name

    run(story())


def test_the_death_of_a_worker_stops_the_desk_and_says_which() -> None:
    async def story() -> None:
        bench = Bench()

        def broken() -> None:
            raise ZeroDivisionError("planted")

        bench.desk.manager.weigh_dirty = broken  # type: ignore[method-assign]
        bench.desk.recover()
        with pytest.raises(ZeroDivisionError):
            await bench.desk.run()
        assert bench.desk.state.halted in ("manager failed", "fold failed")

    run(story())
