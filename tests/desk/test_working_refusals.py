"""What is refused: a price beyond the collar is brought to it, what cannot be sent is told once, and tried less."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel
from cockpit.core.entry import EntryKind
from cockpit.core.limits import Limits, Reason, Refused
from cockpit.core.parent import Algorithm, AtEnd, ParentState, Style
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import Bench
from tests.desk.floor import BIDS, bench, floor_of, only_parent, split
from tests.desk.scenes import ask, sent, told, until
from tests.desk.test_entries import enter, legs


def test_a_second_leg_that_became_cheaper_is_taken_within_the_collar() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        assert (await ask(made, enter(EntryKind.MAKER_TAKER, prices=(2700, 7000)))).is_done
        await asyncio.sleep(2)
        venue.others(((4400, 400 * SHARE),), ((4700, 400 * SHARE),))
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(5)
        assert legs(made) == (20, 20)
        assert venue.placed[1].price < 7000
        assert not told(made, "warning")
        await made.stop(task)

    run(story())


def test_a_second_leg_that_is_refused_is_told_once_and_tried_ever_less_often_until_it_is_not() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        assert (await ask(made, enter(EntryKind.MAKER_TAKER, prices=(2700, 7000)))).is_done
        await asyncio.sleep(2)
        tried: list[int] = []
        check = made.desk.guard.check

        def refuse(order: object, limit: int) -> Refused:
            tried.append(venue.clock.now_ms())
            return Refused(Reason.EXPOSURE, "too much")

        made.desk.guard.check = refuse  # type: ignore[method-assign, assignment]
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(120)
        gaps = [round((b - a) / 1000) for a, b in pairwise(tried)]
        assert gaps[:5] == [1, 2, 4, 8, 16]
        assert set(gaps[5:]) == {30}
        assert sum("EXPOSURE" in text for text in told(made, "warning")) == 1
        assert not made.journaled(ev.SliceSkipped)
        made.desk.guard.check = check  # type: ignore[method-assign]
        await asyncio.sleep(31)
        assert legs(made) == (20, 20)
        await made.stop(task)

    run(story())


def test_what_rests_is_sent_at_the_collar_when_the_market_falls_below_it() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=3300))
        await asyncio.sleep(2)
        venue.others(((1900, 400 * SHARE),), ((2100, 400 * SHARE),))
        await asyncio.sleep(590)
        assert only_parent(made).reason == "complete"
        assert [price for _, price in sent(made)][:2] == [3300, 3000], "the middle is 0.20, the collar 0.10"
        assert not any("COLLAR" in text for text in told(made, "warning"))
        await made.stop(task)

    run(story())


def test_an_order_at_the_collar_does_not_lead_itself_to_its_limit_but_follows_the_others() -> None:
    async def story() -> None:
        made = bench(limits=Limits(price_collar=300))
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=3300))
        await asyncio.sleep(100)
        venue.others(((1000, 400 * SHARE),), ((3400, 400 * SHARE),))
        await asyncio.sleep(100)
        assert [order.price for order in venue.resting] == [2500], "the others' middle is 0.22"
        await asyncio.sleep(40)
        assert len(venue.placed) == 2, "it stays there, though it has raised the middle itself"
        venue.others(BIDS, ((3400, 400 * SHARE),))
        await until(lambda: [order.price for order in venue.resting] == [3300], 5)
        await made.stop(task)

    run(story())


def test_a_parent_that_is_refused_too_often_says_why_it_was_last() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=2900))
        await asyncio.sleep(5)
        check = made.desk.guard.check
        made.desk.guard.check = lambda *_: Refused(Reason.EXPOSURE, "too much")  # type: ignore[method-assign]
        await asyncio.sleep(595)
        made.desk.guard.check = check  # type: ignore[method-assign]
        parent = only_parent(made)
        assert (parent.state, parent.reason) == (ParentState.STOPPED, "refused 5 times: EXPOSURE too much")
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("style", [Style.REST, Style.TOP])
def test_a_child_that_a_person_cancels_stays_out_until_the_next_slice_which_takes_its_shares(style: Style) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=style, limit=3100))
        await asyncio.sleep(5)
        venue.hit(venue.resting[0], 8)
        answer = await ask(made, Cancel("c-1", venue.resting[0].id), 3)
        assert answer.is_done
        assert "later slices of P-0001" in answer.text
        for _ in range(140):
            await asyncio.sleep(1)
            assert not venue.resting
        while only_parent(made).is_open:
            await asyncio.sleep(1)
            if venue.resting and only_parent(made).is_open:
                order = venue.resting[0]
                venue.hit(order, (order.size - venue.reports[order.id].filled) / SHARE)
        assert only_parent(made).reason == "complete"
        assert all(order.size <= 30 * SHARE for order in venue.placed)
        assert made.desk.state.position("m-1").yes.shares == 120 * SHARE
        await made.stop(task)

    run(story())


def test_a_cancelled_child_stays_out_over_a_restart() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, split(style=Style.REST, limit=3100))
        await asyncio.sleep(5)
        await ask(made, Cancel("c-1", venue.resting[0].id), 3)
        await made.kill(task)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(120)
        assert not venue.resting
        await made.stop(task)

    run(story())


async def _left(made: Bench) -> None:
    await ask(made, split(style=Style.REST, limit=2900, window_s=120, shares=60, at_end=AtEnd.LEAVE))
    await asyncio.sleep(130)


async def _iceberg(made: Bench) -> None:
    await ask(made, split(style=Style.REST, limit=2900, algorithm=Algorithm.ICEBERG))
    await asyncio.sleep(20)


@pytest.mark.parametrize("begin", [_left, _iceberg])
def test_cancelling_the_one_order_that_a_split_keeps_in_the_book_ends_it(begin: object) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await begin(made)  # type: ignore[operator]
        (order,) = venue.resting
        assert (await ask(made, Cancel("c-1", order.id), 3)).text == "P-0001 cancelled"
        await asyncio.sleep(30)
        assert not venue.resting
        assert only_parent(made).state is ParentState.CANCELLED
        await made.stop(task)

    run(story())
