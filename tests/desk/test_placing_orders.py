"""An order by hand is weighed as a whole, with what open parents are still to send, before anything of it leaves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core.commands import Cancel, Preview
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Side
from cockpit.core.order import OrderType
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench, unbalanced
from tests.desk.floor import bench, split
from tests.desk.scenes import ask, by_hand, frame, sent, told


@pytest.mark.parametrize("kind", [OrderType.FOK, OrderType.FAK])
def test_what_leaves_as_one_and_is_larger_than_the_largest_order_is_refused_not_cut(kind: OrderType) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        answer = await ask(made, by_hand(shares=250, limit=3400, kind=kind), 2)
        assert (answer.reason, answer.field) == (Reason.ORDER_SIZE, "size")
        assert f"a {kind.value} order of 250 shares" in answer.text
        assert "100" in answer.text
        assert not made.venue.placed
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("kind", [OrderType.FOK, OrderType.FAK])
def test_what_never_rests_cannot_be_post_only(kind: OrderType) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        answer = await ask(made, replace(by_hand(shares=20, limit=3400, kind=kind), post_only=True), 2)
        assert (answer.reason, answer.field) == (Reason.BAD_TYPE, "post-only")
        assert "GTD and GTC can be post-only" in answer.text
        assert not made.venue.placed
        await made.stop(task)

    run(story())


def test_a_preview_of_what_leaves_as_one_says_that_it_is_too_large() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        made.desk.submit(Preview("look", by_hand(shares=250, limit=3400, kind=OrderType.FOK)))
        await asyncio.sleep(0.2)
        row = next(row for row in frame(made).previews if row.command_id == "look")
        assert (row.reason, row.field, row.effect) == (Reason.ORDER_SIZE, "size", "")
        await made.stop(task)

    run(story())


def test_what_leaves_as_one_may_be_as_large_as_the_largest_order() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(shares=100, limit=3400, kind=OrderType.FOK), 2)).is_done
        assert sent(made) == [(100, 3400)]
        await made.stop(task)

    run(story())


def test_what_rests_may_be_larger_than_the_largest_order_for_it_is_sent_in_parts() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(shares=250, limit=2900), 2)).is_done
        assert sent(made) == [(100, 2900)]
        await made.stop(task)

    run(story())


def test_a_total_that_could_not_be_worked_to_its_end_is_refused_although_its_first_order_could_be_sent() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_unhedged=500 * SHARE))
        task = await made.start()
        answer = await ask(made, by_hand(shares=3_000, limit=2800), 2)
        assert answer.reason == Reason.UNHEDGED
        assert "3000 shares out of balance" in answer.text
        assert not made.venue.placed
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("shares", "is_taken"), [(10, True), (11, False)])
def test_what_open_parents_are_still_to_send_counts_for_an_order_by_hand(shares: int, is_taken: bool) -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_unhedged=200 * SHARE))
        task = await made.start()
        assert (await ask(made, split(shares=190, most=30))).is_done
        answer = await ask(made, by_hand(shares=shares, limit=3000))
        assert answer.is_done == is_taken
        assert answer.reason == ("" if is_taken else Reason.UNHEDGED)
        await asyncio.sleep(650)
        assert not [text for text in told(made, "warning") if "not sent: UNHEDGED" in text]
        await made.stop(task)

    run(story())


def test_the_cash_that_open_parents_of_another_market_are_still_to_spend_counts_until_they_end() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        made.venue.cash = 50 * USD
        task = await made.start()
        assert (await ask(made, split(limit=3500))).is_done  # 120 at 0.35: 42 USD
        answer = await ask(made, by_hand(market=OTHER, shares=20, limit=5000))
        assert answer.reason == Reason.BALANCE
        assert (await ask(made, Cancel("c-1", "P-0001"), 3)).is_done
        assert (await ask(made, by_hand("place-2", market=OTHER, shares=20, limit=5000))).is_done
        await made.stop(task)

    run(story())


def test_shares_that_an_open_parent_is_still_to_sell_are_not_sold_twice() -> None:
    async def story() -> None:
        made = Bench(unbalanced())
        made.venue.on_place = made.venue.rest
        task = await made.start()
        assert (await ask(made, split(side=Side.SELL, shares=50, limit=3200, most=20))).is_done
        answer = await ask(made, by_hand(side=Side.SELL, shares=30, limit=3300))
        assert answer.reason == Reason.NOT_HELD
        assert "only 10 are free" in answer.text
        assert made.desk.state.position(MARKET.id).yes.shares == 60 * SHARE
        await made.stop(task)

    run(story())
