"""What goes wrong with orders and cancels between a desk and the exchange: one test a word."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from cockpit.core import events as ev
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.units import SHARE
from cockpit.venues.base import Accepted, Rejected, Unanswered
from cockpit.venues.practice.faulty import QUARANTINE_MS
from cockpit.venues.practice.faulty_orders import LATE_MS, TIMEOUT_MS
from tests.venues.faulty_bench import START, Bench, play


async def unanswered(bench: Bench, order: Order) -> float:
    """Send an order that gets no answer; return how many seconds that took."""
    before = bench.clock.now_ms()
    with pytest.raises(Unanswered):
        await bench.venue.place(order)
    return (bench.clock.now_ms() - before) / 1000


def test_without_faults_it_answers_like_the_practice_venue() -> None:
    async def scene(bench: Bench) -> None:
        order = bench.order()
        assert await bench.venue.place(order) == Accepted(order.id)
        assert [resting.id for resting in await bench.venue.open_orders()] == [order.id]
        await bench.venue.cancel([order.id])
        report = await bench.venue.order(order.id)
        assert report is not None
        assert report.state is OrderState.CANCELLED
        assert not any(bench.faults.fired.values())

    play(scene)


def test_post_lost_never_arrives_and_is_given_up_after_the_time_out() -> None:
    async def scene(bench: Bench) -> None:
        assert await unanswered(bench, bench.order()) == TIMEOUT_MS / 1000
        await asyncio.sleep(120)
        assert not bench.exchange.account.orders
        assert bench.faults.fired["post.lost"] == 1

    play(scene, "post.lost=1")


def test_post_live_noack_rests_without_an_answer() -> None:
    async def scene(bench: Bench) -> None:
        assert await unanswered(bench, bench.order()) >= TIMEOUT_MS / 1000
        assert list(bench.exchange.account.open) == ["0x1"]
        assert bench.faults.fired["post.live_noack"] == 1

    play(scene, "post.live_noack=1")


@pytest.mark.parametrize("seed", range(8))
def test_post_late_arrives_after_the_client_gave_up_and_within_the_quarantine(seed: int) -> None:
    async def scene(bench: Bench) -> None:
        await unanswered(bench, bench.order())
        assert not bench.exchange.account.orders
        assert [order.id for order in bench.venue.under_way()] == ["0x1"]
        while not bench.exchange.account.orders:
            await asyncio.sleep(0.1)
        elapsed = bench.clock.now_ms() - START
        assert TIMEOUT_MS + LATE_MS[0] <= elapsed <= TIMEOUT_MS + LATE_MS[1] + 1_000 < QUARANTINE_MS
        await asyncio.sleep(1)
        assert bench.faults.fired["post.late"] == 1
        assert not bench.venue.under_way()

    play(scene, "post.late=1", seed)


def test_a_late_order_keeps_its_stated_expiry_and_dies_a_minute_before_it() -> None:
    async def scene(bench: Bench) -> None:
        expiry = START + 181_000
        await unanswered(bench, bench.order(type=OrderType.GTD, expires_at_ms=expiry))
        await asyncio.sleep(LATE_MS[1] / 1000)
        assert list(bench.exchange.account.open) == ["0x1"]
        await asyncio.sleep((expiry - 60_000 - bench.clock.now_ms()) / 1000 + 1)
        assert bench.exchange.account.orders["0x1"].state is OrderState.EXPIRED

    play(scene, "post.late=1")


def test_an_order_that_arrives_after_its_end_is_refused() -> None:
    async def scene(bench: Bench) -> None:
        order = bench.order(type=OrderType.GTD, expires_at_ms=START + 200_000)
        answer = bench.exchange.place(order, START + 140_000, START)
        assert isinstance(answer, Rejected)
        assert answer.code == "invalid_expiration"

    play(scene)


@pytest.mark.parametrize(("word", "at_once"), [("post.answer_500", True), ("post.reset", False), ("h2.goaway", False)])
def test_an_error_answer_hides_orders_that_arrived_and_orders_that_did_not(word: str, at_once: bool) -> None:
    async def scene(bench: Bench) -> None:
        for number in range(20):
            await unanswered(bench, bench.order(name=str(number), size=5 * SHARE))
        arrived = len(bench.exchange.account.orders)
        assert at_once is (arrived > 0)
        await asyncio.sleep(2)
        assert 3 < len(bench.exchange.account.orders) < 17
        assert bench.faults.fired[word] == 20

    play(scene, f"{word}=1")


def test_post_answer_429_does_not_get_through() -> None:
    async def scene(bench: Bench) -> None:
        assert await unanswered(bench, bench.order()) < 1
        assert not bench.exchange.account.orders
        assert bench.faults.fired["post.answer_429"] == 1

    play(scene, "post.answer_429=1")


def test_post_duplicated_is_live_although_the_answer_is_a_refusal() -> None:
    async def scene(bench: Bench) -> None:
        answer = await bench.venue.place(bench.order())
        assert isinstance(answer, Rejected)
        assert (answer.code, list(bench.exchange.account.open)) == ("duplicated", ["0x1"])
        assert bench.faults.fired["post.duplicated"] == 1

    play(scene, "post.duplicated=1")


def test_post_surprising_is_live_although_nobody_understands_the_answer() -> None:
    async def scene(bench: Bench) -> None:
        assert await unanswered(bench, bench.order()) < 1
        assert list(bench.exchange.account.open) == ["0x1"]
        assert bench.faults.fired["post.surprising"] == 1

    play(scene, "post.surprising=1")


def test_post_delayed_is_accepted_cannot_be_cancelled_and_is_matched_seconds_later() -> None:
    async def scene(bench: Bench) -> None:
        order = bench.order(9_000, type=OrderType.FAK)
        assert isinstance(await bench.venue.place(order), Accepted)
        await bench.venue.cancel([order.id])
        assert bench.exchange.account.orders[order.id].state is OrderState.OPEN
        await asyncio.sleep(8)
        assert bench.exchange.account.orders[order.id].filled == 10 * SHARE
        assert bench.faults.fired["post.delayed"] == 1

    play(scene, "post.delayed=1")


def test_a_delayed_order_whose_market_ends_meanwhile_ends_with_it() -> None:
    async def scene(bench: Bench) -> None:
        order = bench.order(9_000, type=OrderType.FAK)
        await bench.venue.place(order)
        bench.inner.world.end_market(order.market_id, 0, bench.clock.now_ms())
        await asyncio.sleep(9)
        assert bench.exchange.account.orders[order.id].state is OrderState.CANCELLED
        assert not bench.exchange.held

    play(scene, "post.delayed=1")


def test_post_slow_tells_the_fills_before_the_answer() -> None:
    async def scene(bench: Bench) -> None:
        request = asyncio.ensure_future(bench.venue.place(bench.order(9_000, type=OrderType.FAK)))
        await asyncio.sleep(0.5)
        assert bench.heard(ev.FillSeen)
        assert not request.done()
        assert isinstance(await request, Accepted)
        assert bench.faults.fired["post.slow"] == 1

    play(scene, "post.slow=1")


@pytest.mark.parametrize("word", ["cancel.lost", "cancel.done_noack"])
def test_a_cancel_without_an_answer_was_carried_out_or_not(word: str) -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        with pytest.raises(Unanswered):
            await bench.venue.cancel(["0x1"])
        assert (not bench.exchange.account.open) is (word == "cancel.done_noack")
        assert bench.faults.fired[word] == 1

    play(scene, f"{word}=1")


def test_cancel_slow_arrives_seconds_later() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        cancel = asyncio.ensure_future(bench.venue.cancel(["0x1"]))
        await asyncio.sleep(2)
        assert bench.exchange.account.open
        await cancel
        assert not bench.exchange.account.open
        assert bench.clock.now_ms() - START < 8_000
        assert bench.faults.fired["cancel.slow"] == 1

    play(scene, "cancel.slow=1")


def test_cancel_answer_500_says_nothing_of_what_became_of_it() -> None:
    async def scene(bench: Bench) -> None:
        left = 0
        for number in range(20):
            await bench.venue.place(bench.order(name=str(number), size=5 * SHARE))
            with pytest.raises(Unanswered):
                await bench.venue.cancel([f"0x{number}"])
            left = len(bench.exchange.account.open)
        assert 3 < left < 17
        assert bench.faults.fired["cancel.answer_500"] == 20

    play(scene, "cancel.answer_500=1")


def test_cancel_fill_race_fills_wholly_or_partly_and_answers_200() -> None:
    async def scene(bench: Bench) -> None:
        for number in range(12):
            await bench.venue.place(bench.order(name=str(number)))
            await bench.venue.cancel([f"0x{number}"])
        ends = [(order.state, order.filled) for order in bench.exchange.account.orders.values()]
        assert all(filled > 0 for _state, filled in ends)
        assert {state for state, _filled in ends} == {OrderState.FILLED, OrderState.CANCELLED}
        assert bench.faults.fired["cancel.fill_race"] == 12

    play(scene, "cancel.fill_race=1")


def test_a_request_survives_the_death_of_its_caller() -> None:
    async def scene(bench: Bench) -> None:
        request = asyncio.ensure_future(bench.venue.place(bench.order()))
        await asyncio.sleep(0.005)
        request.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await request
        assert not bench.exchange.account.orders
        await asyncio.sleep(0.2)
        assert list(bench.exchange.account.open) == ["0x1"]
        cancel = asyncio.ensure_future(bench.venue.cancel(["0x1"]))
        await asyncio.sleep(0.005)
        cancel.cancel()
        await asyncio.sleep(0.2)
        assert not bench.exchange.account.open

    play(scene)


def test_a_request_under_way_when_the_venue_closes_is_unanswered() -> None:
    async def scene(bench: Bench) -> None:
        request = asyncio.ensure_future(bench.venue.place(bench.order()))
        await asyncio.sleep(0.005)
        await bench.venue.close()
        with pytest.raises(Unanswered):
            await request

    play(scene)


def test_a_refusal_is_no_refusal_while_the_same_order_may_still_arrive() -> None:
    async def scene(bench: Bench) -> None:
        order = bench.order()
        await unanswered(bench, order)
        bench.faults.rates.pop("post.late")
        bench.mishap("market.pause")
        with pytest.raises(Unanswered, match="the same order was sent before"):
            await bench.venue.place(order)

    play(scene, "post.late=1,market.pause=168h", markets=1, closing=())


@pytest.mark.parametrize("word", ["trade.retrying", "trade.fail", "trade.stuck"])
def test_trades_retry_fail_or_stick(word: str) -> None:
    async def scene(bench: Bench) -> None:
        before = bench.exchange.account.cash, dict(bench.exchange.account.shares)
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        assert bench.exchange.account.cash < before[0]
        await asyncio.sleep(40)
        account = bench.exchange.account
        ours = [fill for fill in account.fills.values() if fill.order_id == "0x1"]
        told = [event.status for event in bench.heard(ev.FillMoved)]
        trades = len({fill.trade_id for fill in ours})
        assert bench.faults.fired[word] == trades
        if word == "trade.fail":
            assert {fill.status for fill in ours} == {FillStatus.FAILED}
            assert (account.cash, account.shares) == before
        elif word == "trade.stuck":
            assert told == []
            bench.faults.off()
            await asyncio.sleep(5)
            assert {fill.status for fill in account.fills.values()} == {FillStatus.CONFIRMED}
        else:
            assert told[0] is FillStatus.RETRYING
            assert told[-1] is FillStatus.CONFIRMED

    play(scene, f"{word}=1", markets=1, closing=(), events_per_s=0.01)
