"""A limit is changed only if what is left could be worked at the new one: else nothing changes."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Amend
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg
from cockpit.core.order import OrderType
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import Bench
from tests.desk.floor import BIDS, bench, bid, floor_of, only_parent, split
from tests.desk.scenes import ask, by_hand, match, sent


def _is_untouched(made: Bench, limit: int) -> bool:
    """Whether the first parent is as it was: at its limit, with one order in the book."""
    parent = made.desk.state.parents["P-0001"]
    rests = [order for order in floor_of(made).resting if order.parent_id == parent.id]
    return parent.is_open and parent.limit == limit and len(rests) == 1 and not made.journaled(ev.ParentAmended)


@pytest.mark.parametrize("limit", [3100, 2900])
@pytest.mark.parametrize(("waits_s", "is_taken"), [(470, True), (477, False), (500, False), (590, False)])
def test_an_order_that_ends_by_itself_stays_where_it_is_when_too_little_time_is_left_for_another(
    waits_s: int, is_taken: bool, limit: int
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000, kind=OrderType.GTD, life_s=600))).is_done
        await asyncio.sleep(waits_s)
        answer = await ask(made, Amend("a-1", "P-0001", limit), 5)
        assert answer.is_done == is_taken
        if is_taken:
            assert [order.price for order in floor_of(made).resting] == [limit]
        else:
            assert (answer.reason, answer.field) == (Reason.BAD_LIFE, "limit")
            assert f"another {600 - waits_s - 6} s" in answer.text
            assert _is_untouched(made, 3000)
        await made.stop(task)

    run(story())


def test_an_order_that_rests_until_cancelled_is_amended_in_its_last_minutes_too() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000, life_s=600))).is_done
        await asyncio.sleep(550)
        assert (await ask(made, Amend("a-1", "P-0001", 3100), 5)).is_done
        assert [order.price for order in floor_of(made).resting] == [3100]
        await made.stop(task)

    run(story())


def test_what_is_left_of_an_order_stays_where_it_is_when_the_venue_takes_no_order_so_small() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000), 2)).is_done
        floor_of(made).hit(made.venue.placed[0], 17)
        await asyncio.sleep(1)
        answer = await ask(made, Amend("a-1", "P-0001", 3100), 5)
        assert answer.reason == Reason.BELOW_MINIMUM
        assert "3 shares" in answer.text
        assert _is_untouched(made, 3000)
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(("cash", "is_taken"), [(1_240, True), (1_239, False)])
def test_a_worse_limit_that_could_not_be_paid_for_is_refused_and_nothing_changes(cash: int, is_taken: bool) -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        made.venue.cash = cash * USD // 100
        task = await made.start()
        assert (await ask(made, by_hand(shares=40, limit=3000), 2)).is_done
        answer = await ask(made, Amend("a-1", "P-0001", 3100), 5)
        assert answer.is_done == is_taken, answer
        if not is_taken:
            assert answer.reason == Reason.BALANCE
            assert "needs 12.4 USD, 12.39 are free" in answer.text
            assert _is_untouched(made, 3000)
        await made.stop(task)

    run(story())


def test_a_worse_limit_is_weighed_with_what_other_parents_are_still_to_send() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        made.venue.cash = 22 * USD
        task = await made.start()
        assert (await ask(made, by_hand(shares=40, limit=3000), 2)).is_done
        assert (await ask(made, split(shares=30, most=10, limit=3200), 2)).is_done  # 9.6 USD; 0.4 are free
        answer = await ask(made, Amend("a-1", "P-0001", 3200), 5)
        assert answer.reason == Reason.BALANCE
        assert _is_untouched(made, 3000)
        assert (await ask(made, Amend("a-2", "P-0001", 3100), 5)).is_done
        await made.stop(task)

    run(story())


def test_a_worse_limit_that_would_risk_more_than_allowed_is_refused_and_a_better_one_is_not() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_total_exposure=12 * USD))
        task = await made.start()
        assert (await ask(made, by_hand(shares=40, limit=3000), 2)).is_done
        assert (await ask(made, Amend("a-1", "P-0001", 3100), 5)).reason == Reason.EXPOSURE
        assert _is_untouched(made, 3000)
        assert (await ask(made, Amend("a-2", "P-0001", 2900), 5)).is_done
        await made.stop(task)

    run(story())


def test_only_what_is_not_filled_yet_is_weighed_at_the_worse_limit() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_share=10_000))
        made.venue.cash = 12 * USD
        task = await made.start()
        assert (await ask(made, by_hand(shares=40, limit=3000), 2)).is_done
        floor_of(made).hit(made.venue.placed[0], 20)
        await asyncio.sleep(1)
        assert (await ask(made, Amend("a-1", "P-0001", 3100), 5)).reason == Reason.BALANCE, "6.20 of 6"
        assert _is_untouched(made, 3000)
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("command", [split(limit=3000), bid(limit=3000, shares=120)], ids=["split", "bid"])
def test_splits_and_bids_are_weighed_at_a_worse_limit_too(command: object) -> None:
    async def story() -> None:
        made = bench()
        made.venue.cash = 40 * USD
        task = await made.start()
        assert (await ask(made, command, 2)).is_done  # type: ignore[arg-type]
        before = only_parent(made)
        answer = await ask(made, Amend("a-1", "P-0001", 3500))  # 120 at 0.35: 42 USD
        assert answer.reason == Reason.BALANCE
        assert only_parent(made) == before
        assert (await ask(made, Amend("a-2", "P-0001", 3300))).is_done
        await made.stop(task)

    run(story())


def test_a_worse_limit_at_which_the_order_could_not_be_sent_again_is_refused() -> None:
    async def story() -> None:
        made = bench()
        floor_of(made).others(BIDS, ((3400, 400 * SHARE),))
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000), 2)).is_done
        answer = await ask(made, Amend("a-1", "P-0001", 4500), 5)
        assert answer.reason == Reason.COLLAR
        assert (await ask(made, by_hand("no", leg=Leg.NO, shares=20, limit=6600), 2)).is_done  # asks YES at 0.34
        answer = await ask(made, Amend("a-2", "P-0001", 3400), 5)
        assert answer.reason == Reason.SELF_CROSS
        assert _is_untouched(made, 3000)
        await made.stop(task)

    run(story())


def test_a_book_that_is_stale_for_the_moment_is_no_reason_against_a_worse_limit() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000), 2)).is_done
        made.venue.sink(ev.BookLost(made.venue.clock.now_ms(), "m-1"))
        assert (await ask(made, Amend("a-1", "P-0001", 3100))).is_done
        await asyncio.sleep(5)
        assert [order.price for order in floor_of(made).resting] == [3100]
        await made.stop(task)

    run(story())


def test_a_fill_that_comes_while_the_order_is_replaced_is_not_asked_for_again() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, by_hand(limit=3000), 2)).is_done
        match(made, made.venue.placed[0], 8)
        assert (await ask(made, Amend("a-1", "P-0001", 3100), 5)).is_done
        assert sent(made) == [(20, 3000), (12, 3100)]
        await made.stop(task)

    run(story())
