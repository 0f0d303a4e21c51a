"""The top bidder: one tick better than the best of the others, within its limit, never against itself."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from cockpit.core.commands import Cancel
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.floor import ASKS, BIDS, Levels, bench, bid, floor_of, only_parent
from tests.desk.scenes import ask, by_hand, frame, sent, told, until


def level(price: int, shares: int = 100) -> Levels:
    """One level of others."""
    return ((price, shares * SHARE),)


def test_it_leads_by_a_tick_and_follows_when_it_is_outbid_and_when_the_others_go() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        assert (await ask(made, bid(limit=3300))).is_done
        await asyncio.sleep(2)
        (order,) = venue.resting
        assert (order.price, order.size, order.post_only) == (3100, 20 * SHARE, True)
        venue.others(level(3100), ASKS)
        await until(lambda: [order.price for order in venue.resting] == [3200], 5)
        venue.others(level(2000), ASKS)
        await until(lambda: [order.price for order in venue.resting] == [2100], 5)
        await made.stop(task)

    run(story())


def test_it_never_outbids_itself_however_long_nobody_moves() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(300)
        assert sent(made) == [(20, 3100)]
        row = frame(made).parents[0]
        assert row.moves == 0
        assert row.top_ms is not None
        assert row.top_ms >= 0.98 * row.watched_ms
        await made.stop(task)

    run(story())


def test_nor_does_it_outbid_an_order_of_ours_on_the_other_leg() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.on_place = venue.rest
        task = await made.start()
        await ask(made, by_hand("no", leg=Leg.NO, side=Side.BUY, shares=20, limit=6800, kind=OrderType.GTC), 2)
        venue.on_place = venue.match
        venue.others(level(3000), level(3600))
        await asyncio.sleep(1)
        await ask(made, bid("bid-no", leg=Leg.NO, limit=6900))
        await asyncio.sleep(2)
        ours = {order.price for order in venue.resting if order.leg is Leg.NO}
        assert ours == {6800, 6500}, "others bid 0.64 for NO; our own 0.68 is no competition"
        await made.stop(task)

    run(story())


def test_it_joins_the_best_where_leading_would_cross() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.others(level(3300), level(3400))
        task = await made.start()
        await ask(made, bid(limit=3900))
        await asyncio.sleep(2)
        assert [order.price for order in venue.resting] == [3300]
        await made.stop(task)

    run(story())


def test_outbid_beyond_its_limit_it_rests_there_and_leads_again_when_it_can() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3200))
        await asyncio.sleep(2)
        venue.others(level(3300), ASKS)
        await until(lambda: [order.price for order in venue.resting] == [3200], 5)
        await asyncio.sleep(30)
        row = frame(made).parents[0]
        assert row.top_ms is not None
        assert row.top_ms < 8_000, "it has not been at the top since"
        venue.others(level(3000), ASKS)
        await until(lambda: [order.price for order in venue.resting] == [3100], 5)
        await made.stop(task)

    run(story())


def test_outbid_beyond_its_limit_it_stops_where_that_is_wanted() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3200, stops_beyond=True))
        await asyncio.sleep(2)
        venue.others(level(3200), ASKS)
        await until(lambda: not made.desk.state.all_open_parents(), 10)
        parent = only_parent(made)
        assert parent.state is ParentState.STOPPED
        assert parent.reason == "outbid beyond its limit: others are at 0.32, the limit is 0.32"
        assert not venue.resting
        await made.stop(task)

    run(story())


def test_it_does_not_chase_a_lone_tiny_order() -> None:
    async def story() -> None:
        made = bench(top_threshold=10 * SHARE)
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(2)
        venue.others(((3200, 3 * SHARE), *BIDS), ASKS)
        await asyncio.sleep(30)
        assert [order.price for order in venue.resting] == [3100]
        venue.others(((3200, 10 * SHARE), *BIDS), ASKS)
        await until(lambda: [order.price for order in venue.resting] == [3300], 5)
        await made.stop(task)

    run(story())


def test_moves_keep_their_distance_in_time_and_wait_until_the_old_order_is_proven_dead() -> None:
    async def story() -> None:
        made = bench(top_pause_ms=4_000)
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300))
        for second in range(60):
            venue.others(level(2900 + second % 3 * 100), ASKS)
            await asyncio.sleep(1)
            assert len(venue.resting) <= 1
        gaps = [b.created_ms - a.created_ms for a, b in pairwise(venue.placed)]
        assert min(gaps) >= 4_000
        assert len(gaps) >= 8
        ended = dict((order_id, at) for at, order_id in venue.ended)
        assert all(ended[old.id] <= new.created_ms for old, new in pairwise(venue.placed))
        await made.stop(task)

    run(story())


def test_a_cancel_that_is_not_proven_holds_the_next_order_back() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(2)
        venue.is_down = True
        venue.others(level(3100), ASKS)
        await asyncio.sleep(30)
        assert len(venue.placed) == 1
        venue.is_down = False
        await until(lambda: len(venue.placed) == 2, 90)
        await asyncio.sleep(1)
        assert venue.resting == venue.placed[1:]
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("delay_s", [0.0, 0.03, 0.06, 0.5, 2.0])
def test_a_fill_that_races_with_a_move_is_never_asked_for_again(delay_s: float) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300, shares=20, show=20))
        await asyncio.sleep(2)
        (first,) = venue.resting
        venue.others(level(3100), ASKS)
        await asyncio.sleep(delay_s)
        if first in venue.resting:
            venue.hit(first, 12)
        await asyncio.sleep(20)
        filled = made.desk.state.position("m-1").holding(Leg.YES).shares
        left = [order.size - venue.reports[order.id].filled for order in venue.resting]
        assert sum(left) + filled <= 20 * SHARE
        assert filled in (0, 12 * SHARE)
        await made.stop(task)

    run(story())


def test_it_shows_a_part_at_a_time_until_all_is_done() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300, shares=50, show=20))
        for size in (20, 20, 10):
            await until(lambda: venue.resting, 5)
            (order,) = venue.resting
            assert order.size == size * SHARE
            venue.hit(order, size)
        await asyncio.sleep(5)
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        await made.stop(task)

    run(story())


def test_when_its_time_is_over_nothing_of_it_rests() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300, life_s=300))
        await asyncio.sleep(310)
        assert not venue.resting
        assert only_parent(made).reason == "60 of 60 left"
        await made.stop(task)

    run(story())


def test_a_lost_book_moves_nothing_and_after_a_while_takes_the_order_out() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(2)
        venue.others(level(3500), level(3400))
        await asyncio.sleep(2)
        assert len(venue.resting) == 1
        await asyncio.sleep(4)
        assert not venue.resting, "crossed for more than three seconds"
        venue.others(BIDS, ASKS)
        await until(lambda: [order.price for order in venue.resting] == [3100], 10)
        await made.stop(task)

    run(story())


def test_a_sale_leads_on_the_other_side() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, by_hand("buy", shares=60, limit=3400, kind=OrderType.FAK), 1)
        venue.confirm()
        await asyncio.sleep(1)
        await ask(made, bid(side=Side.SELL, limit=3100))
        await asyncio.sleep(2)
        assert [order.price for order in venue.resting] == [3300]
        venue.others(BIDS, level(3200))
        await until(lambda: [order.price for order in venue.resting] == [3100], 5)
        await made.stop(task)

    run(story())


def test_the_place_in_the_queue_is_counted_down_by_trades() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.others(level(3300, 50), level(3400))
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(2)
        queue = frame(made).parents[0].children[0].queue
        assert queue is not None
        assert (queue.ahead, queue.arrived) == (50 * SHARE, 50 * SHARE)
        now = venue.clock.now_ms()
        venue.trade(30, 3300, is_buy=False)
        venue.others(level(3300, 20), level(3400))
        await asyncio.sleep(1)
        assert venue.clock.now_ms() > now
        queue = frame(made).parents[0].children[0].queue
        assert queue is not None
        assert queue.ahead == 20 * SHARE
        await made.stop(task)

    run(story())


def test_a_cancel_ends_it_and_it_does_not_come_back() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, bid(limit=3300))
        await asyncio.sleep(2)
        await ask(made, Cancel("c-1", "P-0001"))
        await asyncio.sleep(30)
        assert not venue.resting
        assert len(venue.placed) == 1
        assert not told(made, "alarm")
        await made.stop(task)

    run(story())


def test_a_bid_that_would_stop_at_once_is_refused_and_one_that_rests_is_not() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        refused = await ask(made, bid(limit=2900, stops_beyond=True))
        assert (refused.reason, refused.text) == (
            "PRICE_MOVED",
            "others are at 0.3, the limit is 0.29: it would stop at once",
        )
        assert (await ask(made, bid("again", limit=2900))).is_done
        await made.stop(task)

    run(story())
