"""Splits whose children take: each slice once, at its time and size, whatever a person or a restart does meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Amend, Cancel, CancelAll, Halt, Pause
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.parent import SLICED, Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected
from tests.desk.fakes import MARKET, Bench, opening_fill
from tests.desk.floor import BIDS, bench, children, floor_of, only_parent, split
from tests.desk.scenes import ask, sent, told


def test_equal_children_leave_at_equal_intervals_and_add_up() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, split())).is_done
        start = only_parent(made).created_ms
        await asyncio.sleep(600)
        assert children(made, start) == [(0, 30, 3500), (150, 30, 3500), (300, 30, 3500), (450, 30, 3500)]
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        assert made.desk.state.position("m-1").holding(Leg.YES).shares == 120 * SHARE
        await made.stop(task)

    run(story())


def test_a_child_takes_no_worse_than_its_limit_nor_the_collar() -> None:
    async def story() -> None:
        made = bench(limits=Limits(price_collar=300))
        task = await made.start()
        assert (await ask(made, split(limit=5000))).is_done
        assert [price for _, price in sent(made)] == [3500], "the middle is 0.32, the collar 0.03"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        ({"shares": 0}, Reason.BAD_NUMBER, "total"),
        ({"window_s": 0}, Reason.BAD_WINDOW, "window"),
        ({"window_s": 31 * 86_400}, Reason.BAD_WINDOW, "window"),
        ({"limit": 10_000}, Reason.BAD_PRICE, "limit"),
        ({"limit": 3450}, Reason.BAD_PRICE, "limit"),
        ({"least": 40, "most": 30}, Reason.BAD_SIZE, "min"),
        ({"shares": 35, "least": 20, "most": 30}, Reason.CANNOT_SLICE, "total"),
        ({"shares": 100_000}, Reason.BAD_WINDOW, "window"),
        ({"shares": 2_000}, Reason.UNHEDGED, ""),
    ],
)
def test_what_cannot_be_split_is_refused_with_the_field_before_anything_is_sent(
    change: dict[str, int], reason: Reason, field: str
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        answer = await ask(made, split(**change))  # type: ignore[arg-type]
        assert (answer.reason, answer.field) == (reason, field), answer
        assert not made.desk.state.parents
        assert not made.venue.placed
        await made.stop(task)

    run(story())


def test_a_whole_that_breaks_a_limit_at_its_end_is_refused_at_its_beginning() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_unhedged=100 * SHARE))
        task = await made.start()
        assert (await ask(made, split(shares=120))).reason == Reason.UNHEDGED
        assert (await ask(made, split("second", shares=60))).is_done
        assert (await ask(made, split("third", shares=60))).reason == Reason.UNHEDGED, "60 are promised already"
        await made.stop(task)

    run(story())


def test_paused_nothing_is_sent_and_what_was_missed_is_made_up_for_in_the_rest_of_the_window() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split())
        start = only_parent(made).created_ms
        await asyncio.sleep(100)
        assert (await ask(made, Pause("p-1", "P-0001"))).text == "P-0001 paused"
        await asyncio.sleep(250)
        assert len(made.venue.placed) == 1
        assert (await ask(made, Pause("p-2", "P-0001"))).text == "P-0001 working"
        await asyncio.sleep(250)
        found = children(made, start)
        assert sum(size for _, size, _ in found) == 120
        assert all(size <= 60 for _, size, _ in found), "never more at once than two slices"
        assert found[0] == (0, 30, 3500)
        assert found[1][0] >= 350
        assert found[-1][0] <= 600
        await made.stop(task)

    run(story())


def test_paused_until_its_window_is_over_it_ends_and_says_so() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split())
        await ask(made, Pause("p-1", "P-0001"))
        await asyncio.sleep(700)
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.STOPPED, "its time window passed while it was paused")
        assert len(made.venue.placed) == 1
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("command", [Cancel("c-1", "P-0001"), CancelAll("c-1"), Halt("c-1")])
def test_cancelled_nothing_more_is_sent(command: Cancel | CancelAll | Halt) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split())
        await asyncio.sleep(200)
        await ask(made, command)
        assert only_parent(made).state in (ParentState.CANCELLED, ParentState.STOPPED)
        await asyncio.sleep(600)
        assert len(made.venue.placed) == 2
        await made.stop(task)

    run(story())


def test_another_limit_holds_from_the_next_child_on() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split())
        await asyncio.sleep(100)
        assert (await ask(made, Amend("a-1", "P-0001", 3300))).is_done
        await asyncio.sleep(250)
        assert len(made.venue.placed) == 1, "the best ask 0.34 is beyond the new limit"
        assert any("PRICE_MOVED" in text for text in told(made, "warning"))
        assert (await ask(made, Amend("a-2", "P-0001", 3600))).is_done
        await asyncio.sleep(250)
        assert all(price <= 3600 for _, price in sent(made))
        assert len(made.venue.placed) > 1
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("at_end", "filled"), [(AtEnd.CROSS, 120), (AtEnd.CANCEL, 90)])
def test_what_a_child_left_unfilled_is_tried_again_within_the_window_where_the_rest_is_to_be_crossed(
    at_end: AtEnd, filled: int
) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(at_end=at_end))
        start = only_parent(made).created_ms
        await asyncio.sleep(400)
        venue.others(BIDS, ((3600, 400 * SHARE),))
        await asyncio.sleep(100)
        assert len(made.venue.placed) == 3, "nothing within the limit: the last slice is not sent"
        venue.others(BIDS, ((3400, 400 * SHARE),))
        await asyncio.sleep(200)
        found = children(made, start)
        assert sum(size for _, size, _ in found) == filled
        assert all(second <= 600 for second, _, _ in found)
        assert only_parent(made).state is ParentState.DONE
        await made.stop(task)

    run(story())


def test_what_only_has_to_be_waited_for_uses_up_no_slice() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split())
        start = only_parent(made).created_ms
        await asyncio.sleep(100)
        venue.quote = lambda *_: None  # type: ignore[method-assign]
        await asyncio.sleep(70)
        assert len(made.venue.placed) == 1
        assert sum("waits: STALE_BOOK" in text for text in told(made, "warning")) == 1, "told once, not every second"
        del venue.quote
        await asyncio.sleep(10)
        assert [second for second, _, _ in children(made, start)][1] < 185
        await asyncio.sleep(500)
        assert sum(size for _, size, _ in children(made, start)) == 120
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("algorithm", [Algorithm.TWAP, Algorithm.RANDOM, Algorithm.VWAP])
@pytest.mark.parametrize("after_s", [10, 299])
def test_killed_and_started_again_it_goes_on_where_it_was_and_sends_nothing_twice(
    algorithm: Algorithm, after_s: int
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(algorithm=algorithm))
        await asyncio.sleep(after_s)
        plan = only_parent(made).slices
        await made.kill(task)
        made.new_desk()
        task = await made.start()
        assert only_parent(made).slices == plan, "the plan is what was drawn, not drawn again"
        await asyncio.sleep(620 - after_s)
        assert sum(order.size for order in made.venue.placed) == 120 * SHARE
        assert made.desk.state.position("m-1").holding(Leg.YES).shares == 120 * SHARE
        numbers = [order.slice_index for order in made.venue.placed]
        assert len(numbers) == len(set(numbers)), "each slice once"
        await made.stop(task)

    run(story())


def test_down_for_most_of_its_window_it_does_not_make_up_for_it_in_a_burst() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(shares=300, most=10, least=5))
        await asyncio.sleep(30)
        await made.kill(task)
        await asyncio.sleep(300)
        made.new_desk()
        task = await made.start()
        before = made.desk.clock.now_ms()
        await asyncio.sleep(260)
        late = [order for order in made.venue.placed if order.created_ms >= before - 1_000]
        gaps = [b.created_ms - a.created_ms for a, b in pairwise(late)]
        assert all(order.size <= 20 * SHARE for order in late)
        pace = sum(order.size for order in late) / SHARE / 270
        assert pace <= 2.2 * 300 / 600, "no faster than twice the pace it was begun with"
        assert min(gaps) >= 1_000
        assert len(made.journaled(ev.ParentPlanned)) == 1
        await made.stop(task)

    run(story())


def test_a_sale_is_split_as_a_purchase_is() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(shares=60, window_s=60))
        await asyncio.sleep(70)
        floor_of(made).confirm()
        await asyncio.sleep(1)
        answer = await ask(made, split("sell", side=Side.SELL, shares=60, limit=2900, window_s=60))
        assert answer.is_done, answer
        await asyncio.sleep(70)
        assert made.desk.state.position("m-1").holding(Leg.YES).shares == 0
        assert {order.price for order in made.venue.placed if order.side is Side.SELL} == {2900}
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    ("least", "most", "limit", "field", "words"),
    [
        (4, 30, 3500, "min", "min 4 is too few shares: at 0.35 the venue takes no fewer than 5"),
        (0, 4, 3500, "max", "max 4 is too few shares: at 0.35 the venue takes no fewer than 5"),
        (5, 30, 500, "min", "min 5 is too few shares: at 0.05 the venue takes no fewer than 20"),
    ],
)
def test_a_bound_that_no_child_could_keep_is_refused_by_its_name(
    least: int, most: int, limit: int, field: str, words: str
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        answer = await ask(made, split(least=least, most=most, limit=limit))
        assert (answer.reason, answer.field, answer.text) == (Reason.BELOW_MINIMUM, field, words)
        assert not made.venue.placed
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("algorithm", list(SLICED))
@pytest.mark.parametrize(
    ("shares", "limit", "most"), [(60, 3500, 15), (1000, 3500, 100), (12, 3500, 10), (60, 500, 40), (33, 3500, 10)]
)
def test_without_bounds_a_total_is_cut_into_four_or_more_where_it_can_be(
    algorithm: Algorithm, shares: int, limit: int, most: int
) -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_unhedged=2_000 * SHARE))
        task = await made.start()
        style = Style.REST if algorithm is Algorithm.ICEBERG else Style.TAKE
        wanted = split(algorithm=algorithm, style=style, shares=shares, limit=limit, window_s=7200, least=0, most=0)
        assert (await ask(made, wanted)).is_done
        parent = only_parent(made)
        assert parent.how.max_size == most * SHARE
        assert max(piece.size for piece in parent.slices) <= most * SHARE
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("shares", [61, 62.5, 64.99])
def test_the_last_child_that_crosses_is_never_too_small_for_the_venue(shares: float) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        wanted = replace(
            split(style=Style.REST, limit=2900, least=5, most=20, at_end=AtEnd.CROSS), shares=round(shares * SHARE)
        )
        assert (await ask(made, wanted)).is_done
        await asyncio.sleep(500)
        venue.others(((2700, 900 * SHARE),), ((2800, 900 * SHARE),))
        await asyncio.sleep(120)
        assert only_parent(made).reason == "complete"
        assert all(order.size >= 5 * SHARE for order in venue.placed)
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("algorithm", [Algorithm.TWAP, Algorithm.RANDOM])
@pytest.mark.parametrize("closed", [1, 2, 3, 4])
def test_a_rebalance_that_crosses_its_rest_closes_all_that_is_left_of_the_imbalance(
    algorithm: Algorithm, closed: int
) -> None:
    async def story() -> None:
        made = Bench(rules=DeskRules(algorithm=algorithm))
        venue = made.venue
        begun_ms = venue.clock.now_ms()

        def late(order: Order) -> Accepted | Rejected:
            if venue.clock.now_ms() - begun_ms < 17_500:
                return Rejected(order.id, "400", "no orders found to match")
            return venue.fill(order)

        venue.on_place = late
        task = await made.start_and_approve(1)
        elsewhere = opening_fill("elsewhere", MARKET, Leg.NO, closed, 6500)
        venue.known_fills.append(elsewhere)
        venue.cash -= elsewhere.money
        venue.sink(ev.FillSeen(venue.clock.now_ms(), elsewhere))
        await asyncio.sleep(30)
        assert made.desk.state.position(MARKET.id).delta == 0
        await made.stop(task)

    run(story())
