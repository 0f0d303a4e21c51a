"""What becomes of orders whose fate is not known: they count as live until something proves the end."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, Reconcile, Reduce
from cockpit.core.order import Fill, Order, OrderState, OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.desk.clock import LoopClock
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, OrderReport, Rejected, Unanswered
from tests.desk.fakes import MARKET, Bench, no_answer, unbalanced
from tests.desk.scenes import alerts, by_hand, until


def _labels(bench: Bench) -> list[str]:
    return [order.label for order in bench.venue.placed]


def test_the_quarantine_of_an_order_begins_when_its_answer_came_not_when_it_was_made() -> None:
    async def story() -> None:
        bench = Bench(unbalanced(), DeskRules(slice_count=2, slice_window_ms=8_000))
        venue = bench.venue
        fills, report, hidden = venue.fills, venue.order, list[str]()

        async def listed() -> list[Fill]:
            return [fill for fill in await fills() if fill.order_id not in hidden]

        async def shown(order_id: str) -> OrderReport | None:
            return None if order_id in hidden else await report(order_id)

        async def slow_and_late(order: Order) -> Accepted | Rejected:
            venue.placed.append(order)
            if len(venue.placed) > 1:
                return venue.fill(order)
            await asyncio.sleep(3)  # longer than the quarantine
            sink, venue.sink = venue.sink, lambda event: None
            answer = venue.fill(order)
            venue.sink = sink
            hidden.append(order.id)

            def tell() -> None:
                hidden.clear()
                venue.sink(ev.FillSeen(venue.clock.now_ms(), venue.known_fills[-1]))

            asyncio.get_running_loop().call_later(1.8, tell)  # reads are late, within the quarantine
            return answer

        venue.fills, venue.order, venue.place = listed, shown, slow_and_late  # type: ignore[method-assign]
        task = await bench.start_and_approve(60)
        assert sum(order.filled for order in bench.desk.state.orders.values()) == 40 * SHARE
        assert not any("taken for dead" in text for text in alerts(bench))
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize(("slices", "window_ms", "jump_ms"), [(1, 20_000, 11_000), (2, 8_000, 4_000)])
def test_a_clock_that_jumps_ends_no_quarantine(slices: int, window_ms: int, jump_ms: int) -> None:
    async def story() -> None:
        bench = Bench(unbalanced(), DeskRules(slice_count=slices, slice_window_ms=window_ms))
        bench.desk.clock = bench.venue.clock = clock = LoopClock()

        def arrive_late(order: Order) -> Accepted | Rejected:
            if len(bench.venue.placed) > 1:
                return bench.venue.fill(order)
            asyncio.get_running_loop().call_later(1.9, lambda: bench.venue.fill(order))
            raise Unanswered("timed out")

        bench.venue.on_place = arrive_late
        task = await bench.start_and_approve(0.3)
        clock.suspend(jump_ms)
        await asyncio.sleep(40)
        assert sum(order.filled for order in bench.desk.state.orders.values()) == 40 * SHARE
        assert not any("taken for dead" in text for text in alerts(bench))
        await bench.stop(task)

    run(story())


def test_a_lost_order_without_expiry_is_posted_again_once_cancelled_and_replaced() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue

        async def slow(order: Order) -> Accepted | Rejected:
            venue.placed.append(order)
            if len(venue.placed) == 1:
                raise Unanswered("lost")
            await asyncio.sleep(3)
            return venue.rest(order)

        venue.place = slow  # type: ignore[method-assign]
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(3)
        bench.desk.submit(Reconcile("look-1"))
        await asyncio.sleep(0.5)
        bench.desk.submit(Reconcile("look-2"))
        await asyncio.sleep(20)
        assert _labels(bench) == ["c-0001", "c-0001", "c-0002"]
        assert venue.placed[0].id == venue.placed[1].id, "the very same order, which can exist once only"
        assert [order.label for order in await venue.open_orders()] == ["c-0002"]
        await bench.stop(task)

    run(story())


def test_a_refusal_of_the_second_copy_does_not_end_the_first() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue

        def answer(order: Order) -> Accepted | Rejected:
            if len(venue.placed) == 1:
                raise Unanswered("lost")
            return Rejected(order.id, "503", "not now")

        venue.on_place = answer
        task = await bench.start()
        bench.desk.submit(by_hand())
        await until(lambda: len(venue.placed) == 2, 10)
        await asyncio.sleep(0.5)
        (order,) = bench.desk.state.orders.values()
        assert order.possible == order.size
        venue.on_place = venue.rest
        await until(lambda: bench.desk.state.orders[order.id].is_proven_dead, 80)
        assert bench.desk.state.orders[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_an_order_whose_copies_are_never_answered_is_posted_a_few_times_and_then_people_are_asked() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(560)
        assert 3 <= len(bench.venue.placed) <= 6
        assert any("sign it off" in notice.text for notice in bench.desk.state.notices)
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("why", ["cancelled", "reducing", "pair halted", "another start"])
def test_an_order_is_not_posted_again_that_would_not_be_sent_now_and_people_are_asked_once(why: str) -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand(limit=3300))
        await asyncio.sleep(0.3)
        now, different = bench.desk.clock.now_ms(), (60 * SHARE, 63 * SHARE, "differs")
        match why:
            case "reducing":
                bench.desk.submit(Reduce("reduce", is_on=True))
            case "pair halted":
                bench.desk.record(ev.DifferenceSeen(now, "shares/m-1/YES", "size differs", MARKET.id, *different))
                bench.venue.wrong[MARKET.tokens[0]] = 3 * SHARE
            case _:
                bench.desk.submit(Cancel("cancel", "P-0001"))
        await asyncio.sleep(0.3)
        bench.venue.on_place = bench.venue.fill
        if why == "another start":
            await bench.kill(task)
            bench.new_desk()
            task = await bench.start()
        await asyncio.sleep(300)
        assert _labels(bench) == ["c-0001"]
        (order,) = bench.desk.state.orders.values()
        assert order.possible == order.size, "nobody has proven its end"
        assert sum("sign it off if it is gone" in text for text in alerts(bench)) == 1
        task.cancel()

    run(story())


def test_a_lost_order_with_an_expiry_is_dead_only_after_expiry_and_margin() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand(kind=OrderType.GTD, life_s=300))
        await asyncio.sleep(380)
        (order,) = bench.desk.state.orders.values()
        assert order.possible == order.size, "the venue may still receive it until its stated expiry"
        await asyncio.sleep(20)
        (order,) = bench.desk.state.orders.values()
        assert (order.state, order.is_presumed, order.possible) == (OrderState.EXPIRED, True, 0)
        await asyncio.sleep(2)
        (parent,) = bench.desk.state.parents.values()
        assert parent.state is ParentState.DONE
        assert _labels(bench) == ["c-0001"]
        await bench.stop(task)

    run(story())
