"""What hides: a child that moves, or that makes up for others, is not known again by its size, nor by its haste."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise

import pytest

from cockpit.core.order import Order, OrderType
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import Bench
from tests.desk.floor import Floor, bench, floor_of, only_parent, split
from tests.desk.scenes import ask, until

ASKS = ((3500, 400 * SHARE),)


def others_at(venue: Floor, best: int) -> None:
    """Let the best bid of others be at a price."""
    venue.others(((best, 900 * SHARE),), ASKS)


async def outbid(made: Bench, times: int, every_s: float) -> None:
    """Let others come and go, so that what is kept at the top moves."""
    for number in range(times):
        others_at(floor_of(made), 2800 + number % 4 * 100)
        await asyncio.sleep(every_s)


async def trade_to_the_end(made: Bench) -> None:
    """Let others come and go, and every few seconds trade with what rests; return once the parent has ended."""
    venue = floor_of(made)
    for number in range(590):
        others_at(venue, 2800 + number // 7 % 4 * 100)
        await asyncio.sleep(1)
        for order in venue.resting:
            if number % 5 == 0:
                venue.hit(order, order.size / SHARE)
    await until(lambda: not only_parent(made).is_open, 30)


def moves(venue: Floor) -> Iterator[tuple[Order, Order]]:
    """Yield what was taken out of the book, and what was put there next."""
    ended = {order_id for _, order_id in venue.ended}
    yield from ((old, new) for old, new in pairwise(venue.placed) if old.id in ended)


@pytest.mark.parametrize("algorithm", [Algorithm.RANDOM, Algorithm.ICEBERG])
def test_a_child_that_moves_shows_another_size(algorithm: Algorithm) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=algorithm, style=Style.TOP, limit=3300, shares=400, least=5))
        await outbid(made, 50, 10)
        found = [(old.size, new.size) for old, new in moves(venue)]
        same = sum(old == new for old, new in found)
        assert len(found) > 20
        assert same <= len(found) // 10, found
        assert all(5 * SHARE <= order.size <= 30 * SHARE for order in venue.placed)
        await made.stop(task)

    run(story())


def test_what_is_behind_shows_no_size_again_and_again() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=Algorithm.RANDOM, style=Style.TOP, limit=3300, shares=400, least=5))
        await asyncio.sleep(599)
        sizes = [order.size for order in venue.placed]
        assert len(sizes) > 15
        assert len(set(sizes)) > len(sizes) * 2 // 3, "nothing has filled, so all of them make up for others"
        await made.stop(task)

    run(story())


def test_a_random_child_that_fills_is_followed_by_the_next_slice_and_not_at_once() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=Algorithm.RANDOM, style=Style.TOP, limit=3300, shares=100, least=10, most=60))
        slices = only_parent(made).slices
        gaps = [(after.at_ms - piece.at_ms) / 1000 for piece, after in pairwise(slices)]
        begun = next(index for index, gap in enumerate(gaps) if gap > 30 and slices[index].size > 15 * SHARE)
        while venue.clock.now_ms() < slices[begun].at_ms:
            for order in venue.resting:
                venue.hit(order, order.size / SHARE)
            await asyncio.sleep(1)
        await asyncio.sleep(1)
        others_at(venue, 3100)
        await asyncio.sleep(8)
        (moved,) = venue.resting
        assert (moved.slice_index, moved.price) == (begun, 3200)
        assert 0 < slices[begun].size - moved.size <= slices[begun].size / 4
        count = len(venue.placed)
        venue.hit(moved, moved.size / SHARE)
        await asyncio.sleep(gaps[begun] - 12)
        assert len(venue.placed) == count
        await asyncio.sleep(6)
        assert len(venue.placed) == count + 1
        assert venue.placed[-1].slice_index == begun + 1
        await made.stop(task)

    run(story())


def test_what_an_iceberg_left_out_when_it_moved_comes_with_another_chunk() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(algorithm=Algorithm.ICEBERG, style=Style.TOP, limit=3300, shares=400, least=5, most=90))
        venue.hit(venue.resting[0], venue.resting[0].size / SHARE)
        await until(lambda: venue.resting, 30)
        size = only_parent(made).slices[1].size
        for _ in range(10):
            await outbid(made, 3, 7)
            await until(lambda: venue.resting, 30)
            if size - venue.resting[0].size >= 5 * SHARE:
                break
        (resting,) = venue.resting
        assert resting.slice_index == 1
        assert size - resting.size >= 5 * SHARE, "what it left out would make a child"
        venue.hit(resting, resting.size / SHARE)
        await until(lambda: venue.resting, 30)
        assert venue.resting[0].slice_index == 2
        assert len(only_parent(made).slices) == 3
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("algorithm", [Algorithm.RANDOM, Algorithm.ICEBERG])
@pytest.mark.parametrize("shares", [20, 37])
def test_hidden_or_not_all_of_it_is_done_when_others_trade(algorithm: Algorithm, shares: int) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(algorithm=algorithm, style=Style.TOP, limit=3300, shares=shares, least=5))
        await trade_to_the_end(made)
        children = made.desk.state.children_of("P-0001")
        assert sum(child.filled for child in children) == shares * SHARE
        assert only_parent(made).state is ParentState.DONE
        await made.stop(task)

    run(story())


def test_in_its_last_slice_what_is_not_shown_follows_at_once() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(
            made,
            split(algorithm=Algorithm.RANDOM, style=Style.REST, limit=2900, least=5, most=100, at_end=AtEnd.CANCEL),
        )
        parent = only_parent(made)
        await asyncio.sleep((parent.slices[-1].at_ms - parent.created_ms) / 1000 + 2)
        while only_parent(made).is_open and venue.resting:
            (resting,) = venue.resting
            venue.hit(resting, resting.size / SHARE)
            await asyncio.sleep(0.5)
        assert only_parent(made).reason == "complete"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("window_s", "has_time"), [(600, True), (60, True), (20, False)])
def test_what_is_crossed_at_the_end_has_many_sizes_when_there_is_time_for_it(window_s: int, has_time: bool) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        wanted = split(
            algorithm=Algorithm.ICEBERG,
            style=Style.REST,
            shares=90,
            limit=2900,
            least=5,
            window_s=window_s,
            at_end=AtEnd.CROSS,
        )
        assert (await ask(made, wanted)).is_done
        await asyncio.sleep(window_s * 0.7)
        venue.others(((2700, 900 * SHARE),), ((2800, 900 * SHARE),))
        await asyncio.sleep(window_s * 0.3 + 3)
        sizes = [order.size for order in venue.placed if order.type is OrderType.FAK]
        assert len(sizes) > 2
        assert (len(set(sizes)) > len(sizes) / 2) is has_time, sizes
        assert (only_parent(made).reason == "complete") is has_time, "of 20 s no more than 5 s are for crossing"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("bounds", [(5, 6), (10, 15)])
@pytest.mark.parametrize("algorithm", [Algorithm.RANDOM, Algorithm.ICEBERG])
def test_what_is_left_out_can_be_cut_however_tight_the_bounds(algorithm: Algorithm, bounds: tuple[int, int]) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        least, most = bounds
        await ask(made, split(algorithm=algorithm, style=Style.TOP, limit=3300, least=least, most=most))
        await trade_to_the_end(made)
        assert only_parent(made).reason == "complete"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("bounds", [(10, 20), (20, 25)])
@pytest.mark.parametrize("quiet_s", [150, 300])
def test_more_than_the_next_slice_can_carry_is_made_up_for_at_once(bounds: tuple[int, int], quiet_s: int) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        least, most = bounds
        wanted = split(algorithm=Algorithm.RANDOM, style=Style.REST, limit=2900, shares=400, least=least, most=most)
        await ask(made, wanted)
        await asyncio.sleep(quiet_s)
        while only_parent(made).is_open:
            await asyncio.sleep(5)
            for order in venue.resting:
                venue.hit(order, order.size / SHARE)
        assert only_parent(made).reason == "complete"
        await made.stop(task)

    run(story())
