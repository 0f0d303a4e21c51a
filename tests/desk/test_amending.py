"""A limit that changes: what rests is cancelled, proven dead, and replaced by what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from cockpit.core.commands import Amend, Cancel
from cockpit.core.limits import Reason
from cockpit.core.market import Market
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from cockpit.venues.base import OrderReport, Unanswered
from tests.desk.fakes import Bench, FakeVenue
from tests.desk.scenes import ask, by_hand, match, sent, start_with_one_resting


def test_an_amended_order_is_replaced_only_once_its_cancel_is_proven() -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        look_up = bench.venue.order

        async def down(order_id: str) -> OrderReport | None:
            raise Unanswered("timed out")

        bench.venue.order = down  # type: ignore[method-assign]
        assert (await ask(bench, Amend("amend", "P-0001", 2900))).is_done
        await asyncio.sleep(120)
        assert sent(bench) == [(20, 3000)]
        bench.venue.order = look_up  # type: ignore[method-assign]
        await asyncio.sleep(5)
        assert sent(bench) == [(20, 3000), (20, 2900)]
        assert [order.price for order in await bench.venue.open_orders()] == [2900]
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("is_told", [True, False])
def test_a_replacement_is_smaller_by_what_was_filled_also_when_the_fill_is_listed_late(is_told: bool) -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        match(bench, bench.venue.placed[0], 8, is_told=is_told)
        assert (await ask(bench, Amend("amend", "P-0001", 2900))).is_done
        await asyncio.sleep(30)
        assert sent(bench) == [(20, 3000), (12, 2900)]
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("has_arrived", [True, False])
def test_a_cancel_whose_answer_is_lost_is_looked_up_and_asked_again(has_arrived: bool) -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        cancel, lost = bench.venue.cancel, list[str]()

        async def lose_the_first(order_ids: Sequence[str]) -> None:
            if lost:
                await cancel(order_ids)
                return
            lost.extend(order_ids)
            if has_arrived:
                await cancel(order_ids)
            raise Unanswered("timed out")

        bench.venue.cancel = lose_the_first  # type: ignore[method-assign]
        assert (await ask(bench, Amend("amend", "P-0001", 2900))).is_done
        await asyncio.sleep(10)
        assert sent(bench) == [(20, 3000), (20, 2900)]
        assert [order.price for order in await bench.venue.open_orders()] == [2900]
        await bench.stop(task)

    run(story())


def test_amending_is_refused_for_what_is_over_or_no_price() -> None:
    async def story() -> None:
        bench = Bench()
        task = await start_with_one_resting(bench)
        bad: list[Any] = [0, 10_000, 2950.0, 2955, -100]
        for number, limit in enumerate(bad):
            assert (await ask(bench, Amend(f"a-{number}", "P-0001", limit))).reason == Reason.BAD_PRICE, limit
        assert (await ask(bench, Amend("none", "P-0009", 2900))).reason == Reason.UNKNOWN_ID
        bench.desk.submit(Cancel("cancel", "P-0001"))
        await asyncio.sleep(3)
        assert (await ask(bench, Amend("over", "P-0001", 2900))).reason == Reason.UNKNOWN_ID
        assert sent(bench) == [(20, 3000)]
        await bench.stop(task)

    run(story())


def test_many_orders_amended_at_once_are_looked_up_a_few_times_each() -> None:
    async def story() -> None:
        markets = [Market(f"k-{n}", f"k{n}", "?", (f"{n}a", f"{n}b")) for n in range(60)]
        venue = FakeVenue([], cash=100_000 * USD)
        venue.listed = markets
        venue.books = {market.id: (((3200, 400 * SHARE),), ((3300, 400 * SHARE),)) for market in markets}
        venue.on_place = venue.rest
        bench, asked = Bench(venue), [0]
        task = await bench.start()
        await asyncio.sleep(1)
        for number, market in enumerate(markets):
            bench.desk.submit(by_hand(f"p-{number}", market=market, shares=5))
        await asyncio.sleep(20)
        assert len(venue.placed) == len(markets)
        look_up = venue.order

        async def counted(order_id: str) -> OrderReport | None:
            asked[0] += 1
            await asyncio.sleep(0.02)
            return await look_up(order_id)

        venue.order = counted  # type: ignore[method-assign]
        for parent_id in list(bench.desk.state.parents):
            bench.desk.submit(Amend(f"a-{parent_id}", parent_id, 2900))
        await asyncio.sleep(30)
        assert {order.price for order in await venue.open_orders()} == {2900}
        assert asked[0] <= 4 * len(markets)
        await bench.stop(task)

    run(story())
