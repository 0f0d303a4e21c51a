"""Splits whose children rest until their slice ends, at the limit or at the top, and what becomes of the rest."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from cockpit.core.commands import Amend, Pause
from cockpit.core.limits import Limits
from cockpit.core.market import Leg
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.floor import BIDS, bench, children, floor_of, only_parent, split
from tests.desk.scenes import ask, until


def test_each_slice_rests_at_the_limit_until_it_ends_and_what_is_left_is_carried_on() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900))
        start = only_parent(made).created_ms
        await asyncio.sleep(60)
        (first,) = venue.resting
        assert (first.price, first.size, first.type) == (2900, 30 * SHARE, OrderType.GTD)
        venue.hit(first, 12)
        await asyncio.sleep(100)
        (second,) = venue.resting
        assert (second.price, second.size) == (2900, 30 * SHARE), "48 are due, and no child is larger than 30"
        venue.hit(second, 30)
        await asyncio.sleep(5)
        (third,) = venue.resting
        assert third.size == 18 * SHARE, "what was carried on follows as soon as there is room for it"
        await asyncio.sleep(295)
        assert [size for _, size, _ in children(made, start)] == [30, 30, 18, 30, 30]
        await asyncio.sleep(150)
        assert not venue.resting
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "78 of 120 left")
        await made.stop(task)

    run(story())


def test_never_two_children_rest_at_once_and_the_old_one_is_dead_before_the_new_one_is_sent() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.TOP, limit=3300))
        for seconds in range(600):
            await asyncio.sleep(1)
            assert len(venue.resting) <= 1, seconds
            if seconds % 40 == 0:
                best = 3000 + seconds % 3 * 100
                venue.others(((best, 50 * SHARE),), ((3500, 400 * SHARE),))
        ended = dict((order_id, at) for at, order_id in venue.ended)
        replaced = [order for order in venue.placed if order.id in ended]
        assert len(replaced) > 8
        for old, new in pairwise(venue.placed):
            if old.id in ended:
                assert ended[old.id] <= new.created_ms
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("style", [Style.REST, Style.TOP])
def test_at_its_end_the_rest_is_crossed_in_children_within_the_limit(style: Style) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        venue.others(BIDS, ((3600, 400 * SHARE),))
        await ask(made, split(style=style, at_end=AtEnd.CROSS))
        await asyncio.sleep(560)
        venue.others(BIDS, ((3500, 400 * SHARE),))
        start = only_parent(made).created_ms
        await asyncio.sleep(60)
        taken = [order for order in venue.placed if order.type is OrderType.FAK]
        assert sum(order.size for order in taken) == 120 * SHARE
        assert all(order.size <= 30 * SHARE and order.price <= 3500 for order in taken)
        assert all(570_000 <= order.created_ms - start <= 600_000 for order in taken)
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        await made.stop(task)

    run(story())


def test_at_its_end_the_rest_is_left_in_the_book_for_an_hour_a_child_at_a_time() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_size=40 * SHARE))
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900, at_end=AtEnd.LEAVE))
        await asyncio.sleep(700)
        (resting,) = venue.resting
        assert resting.size == 30 * SHARE, "120 are left: no child is larger than its bound"
        venue.hit(resting, 30)
        await asyncio.sleep(5)
        (resting,) = venue.resting
        assert resting.size == 30 * SHARE
        await asyncio.sleep(3_600)
        assert not venue.resting
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "90 of 120 left")
        await made.stop(task)

    run(story())


def test_paused_nothing_rests_and_going_on_what_is_due_rests_again() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900))
        await asyncio.sleep(30)
        await ask(made, Pause("p-1", "P-0001"))
        await asyncio.sleep(3)
        assert not venue.resting
        await asyncio.sleep(150)
        await ask(made, Pause("p-2", "P-0001"))
        await asyncio.sleep(3)
        (resting,) = venue.resting
        assert resting.size == 30 * SHARE
        venue.hit(resting, 30)
        await asyncio.sleep(5)
        assert [order.size for order in venue.resting] == [30 * SHARE], "two slices are due by now"
        await made.stop(task)

    run(story())


def test_another_limit_moves_what_rests_at_once() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900))
        await asyncio.sleep(30)
        assert (await ask(made, Amend("a-1", "P-0001", 2800))).is_done
        await until(lambda: [order.price for order in venue.resting] == [2800], 5)
        assert (await ask(made, Amend("a-2", "P-0001", 2750))).field == "limit"
        await made.stop(task)

    run(story())


def test_a_fill_that_is_seen_late_is_not_asked_for_again() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900))
        await asyncio.sleep(140)
        (first,) = venue.resting
        asyncio.get_running_loop().call_later(10.01, venue.hit, first, 30)  # as its slice ends and it is cancelled
        await asyncio.sleep(500)
        position = made.desk.state.position("m-1").holding(Leg.YES).shares
        children_ = made.desk.state.children_of("P-0001")
        assert sum(child.filled for child in children_) == position
        assert position <= 120 * SHARE
        await made.stop(task)

    run(story())


def test_an_iceberg_shows_one_chunk_and_the_next_only_after_it_has_filled() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=Algorithm.ICEBERG, style=Style.REST, limit=2900, least=10, most=30))
        sizes: list[int] = []
        gaps: list[int] = []
        while made.desk.state.all_open_parents() and len(sizes) < 20:
            await until(lambda: venue.resting, 60)
            (chunk,) = venue.resting
            sizes.append(chunk.size)
            venue.trade(5)
            await asyncio.sleep(1)
            hit_ms = venue.clock.now_ms()
            venue.hit(chunk, chunk.size / SHARE)
            await until(lambda: venue.resting or not made.desk.state.all_open_parents(), 60)
            if venue.resting:
                gaps.append(venue.resting[0].created_ms - hit_ms)
        assert sum(sizes) == 120 * SHARE
        assert all(10 * SHARE <= size <= 30 * SHARE for size in sizes)
        assert len(set(sizes)) > 1, "sizes are not all the same"
        assert len(set(gaps)) > 1, "nor are the waits"
        await made.stop(task)

    run(story())


def test_an_iceberg_goes_on_with_its_chunk_after_a_restart() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=Algorithm.ICEBERG, style=Style.REST, limit=2900))
        await asyncio.sleep(20)
        (before,) = venue.resting
        await made.kill(task)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(30)
        assert venue.resting == [before]
        assert len(only_parent(made).slices) == 1
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("style", "limit"), [(Style.TOP, 3300), (Style.REST, 2900)])
def test_while_nothing_can_be_crossed_what_rests_stays_until_the_last_twentieth(style: Style, limit: int) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        wanted = split(style=style, limit=limit, least=5, most=10, window_s=240, at_end=AtEnd.CROSS, shares=400)
        await ask(made, wanted)
        await asyncio.sleep(180)
        empty = 0
        for _ in range(45):
            await asyncio.sleep(1)
            empty += not venue.resting
        assert empty <= 5, "moves and new slices only"
        venue.others(((2500, 900 * SHARE),), ((2700, 900 * SHARE),))
        await asyncio.sleep(30)
        assert all(order.slice_index == len(only_parent(made).slices) for order in venue.placed[-5:]), "it is crossed"
        await made.stop(task)

    run(story())


def test_what_has_rested_in_vain_is_crossed_as_a_whole_when_that_takes_longer_than_the_last_twentieth() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.TOP, least=5, most=10, window_s=240, at_end=AtEnd.CROSS, shares=240))
        await asyncio.sleep(205)
        assert venue.resting
        await asyncio.sleep(40)
        assert only_parent(made).reason == "complete"
        assert {order.size for order in venue.placed if not order.can_rest} == {10 * SHARE}
        await made.stop(task)

    run(story())
