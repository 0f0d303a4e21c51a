"""What was missed is made up for slowly, whatever was missed it and however the children are placed."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from cockpit.core.commands import Pause
from cockpit.core.market import Leg
from cockpit.core.order import Order
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.slicing.rules import SliceRules
from cockpit.core.tape import BAR_MS, Tape
from cockpit.core.units import LOT, SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import Bench
from tests.desk.floor import ASKS, BIDS, bench, children, floor_of, only_parent, split
from tests.desk.scenes import ask, told


async def trade_for(made: Bench, seconds: int) -> None:
    """Let others trade twenty shares a second."""
    for _ in range(seconds):
        floor_of(made).trade(20)
        await asyncio.sleep(1)


def check_pace(orders: list[Order], since_s: float, shares: int = 400, window_s: int = 600) -> None:
    """Twice the pace it was begun with, and a second or more between children."""
    sent = sum(order.size for order in orders) / SHARE
    assert 0 < sent <= 2 * shares * since_s / window_s + shares / 7
    assert all(b.created_ms - a.created_ms >= 1_000 for a, b in pairwise(orders))


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_vwap_that_was_paused_makes_up_at_no_more_than_twice_its_pace(is_killed: bool) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await trade_for(made, 200)
        await ask(made, split(shares=400, most=100, algorithm=Algorithm.VWAP))
        await asyncio.sleep(5)
        await ask(made, Pause("p-1", "P-0001"))
        await trade_for(made, 540)
        if is_killed:
            await made.kill(task)
            made.new_desk()
            task = await made.start()
            await asyncio.sleep(3)
        await ask(made, Pause("p-2", "P-0001"))
        await trade_for(made, 60)
        check_pace(made.venue.placed, 55)
        parent = only_parent(made)
        assert parent.state is ParentState.DONE
        assert parent.reason.endswith(" of 400 left")
        await made.stop(task)

    run(story())


def test_a_vwap_whose_price_comes_back_late_makes_up_at_no_more_than_twice_its_pace() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await trade_for(made, 200)
        venue.others(((3000, 400 * SHARE),), ((3900, 400 * SHARE),))
        await ask(made, split(shares=400, most=100, algorithm=Algorithm.VWAP))
        await trade_for(made, 530)
        assert not venue.placed
        venue.others(BIDS, ASKS)
        await trade_for(made, 69)
        check_pace(venue.placed, 70)
        await made.stop(task)

    run(story())


def test_a_vwap_that_missed_nothing_follows_a_burst_to_the_last_share() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await trade_for(made, 200)
        await ask(made, split(shares=400, most=100, algorithm=Algorithm.VWAP))
        await trade_for(made, 540)
        floor_of(made).trade(20_000)
        await trade_for(made, 70)
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.DONE, "complete")
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("style", [Style.REST, Style.TOP])
def test_after_a_pause_what_rests_is_no_more_than_twice_the_pace(style: Style) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(shares=90, most=90, least=5, style=style, limit=3300))
        start = only_parent(made).created_ms
        await ask(made, Pause("p-1", "P-0001"))
        await asyncio.sleep(500)
        await ask(made, Pause("p-2", "P-0001"))
        await asyncio.sleep(90)
        (first, later) = children(made, start)[:2]
        assert first[:2] == (0, 45)
        assert later[0] == 500
        assert later[1] <= 30, "a hundred seconds are left: at twice the pace that is 30 of 90"
        await made.stop(task)

    run(story())


def test_no_more_rests_at_once_than_twice_the_slice_it_was_begun_with() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        plan = split(shares=90, most=90, least=5, style=Style.REST, limit=2900, algorithm=Algorithm.VWAP)
        await trade_for(made, 200)
        await ask(made, plan)
        largest = max(piece.size for piece in only_parent(made).slices)
        await trade_for(made, 590)
        assert venue.placed
        assert all(order.size <= 2 * largest for order in venue.placed)
        await made.stop(task)

    run(story())


def test_with_narrow_bounds_as_much_is_made_up_as_can_be_cut() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(shares=300, least=50, most=70))
        start = only_parent(made).created_ms
        await asyncio.sleep(5)
        await ask(made, Pause("p-1", "P-0001"))
        await asyncio.sleep(500)
        await ask(made, Pause("p-2", "P-0001"))
        await asyncio.sleep(90)
        assert children(made, start) == [(0, 60, 3500), (505, 70, 3500)], "94 is twice the pace: 70 of it can be cut"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("lots", "most"), [(0, 0), (49, 0), (50, 50), (94, 70), (100, 100), (141, 140), (150, 150)])
def test_the_most_that_can_be_cut_is_the_largest_amount_that_has_a_plan(lots: int, most: int) -> None:
    rules = SliceRules(50 * LOT, 70 * LOT)
    assert rules.most_cut(lots) == most
    assert most == max(amount for amount in range(lots + 1) if rules.can_cut(amount))


def test_taken_with_nothing_within_the_limit_the_rest_is_left_in_the_book_at_the_end() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(least=10, most=15, limit=3200, window_s=240, at_end=AtEnd.LEAVE))
        await asyncio.sleep(300)
        assert sum("PRICE_MOVED" in text for text in told(made, "warning")) > 5
        assert only_parent(made).state is ParentState.WORKING
        assert [(order.price, order.size) for order in venue.resting] == [(3200, 15 * SHARE)]
        await made.stop(task)

    run(story())


def test_paused_while_its_rest_is_left_in_the_book_it_can_go_on() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(shares=60, limit=3100, window_s=120, style=Style.REST, at_end=AtEnd.LEAVE))
        await asyncio.sleep(130)
        assert len(venue.resting) == 1
        await ask(made, Pause("p-1", "P-0001"), 3)
        assert not venue.resting
        assert only_parent(made).state is ParentState.PAUSED
        await ask(made, Pause("p-2", "P-0001"), 3)
        assert len(venue.resting) == 1
        await ask(made, Pause("p-3", "P-0001"), 3)
        await asyncio.sleep(3_600)
        assert only_parent(made).state is ParentState.STOPPED
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("span_ms", [4_000, 12_000, 15_000, 40_000])
def test_of_an_even_tape_a_short_stretch_shows_what_was_traded_in_it(span_ms: int) -> None:
    tape, found = Tape(), []
    for now in range(10 * BAR_MS, 60 * BAR_MS, 500):
        tape.add(Leg.YES, 5000, SHARE, now)
        if now > 20 * BAR_MS:
            found.append(tape.recent(now - span_ms, now + 1) / SHARE)
    true = span_ms / 500
    assert abs(sum(found) / len(found) - true) <= 1
    assert all(abs(one - true) <= 1.5 for one in found)


def test_the_recent_volume_of_a_silent_stretch_is_none() -> None:
    tape = Tape()
    assert tape.recent(0, 1) == 0
    tape.add(Leg.YES, 5000, SHARE, BAR_MS)
    assert tape.recent(3 * BAR_MS + 1, 5 * BAR_MS) == 0
    assert tape.recent(BAR_MS, 2 * BAR_MS) == SHARE
