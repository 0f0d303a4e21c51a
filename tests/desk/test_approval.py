"""From a suggestion to a filled parent order, and every way an approval is refused."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Dismiss
from cockpit.core.limits import Limits, Reason
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench, unbalanced


def test_an_approved_suggestion_is_sliced_filled_and_closes_the_imbalance() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(30)
        state = bench.desk.state
        (parent,) = state.parents.values()
        children = state.children_of(parent.id)
        assert parent.state is ParentState.DONE
        assert [child.size for child in children] == [10 * SHARE] * 4
        assert all(child.state is OrderState.FILLED for child in children)
        starts = [child.created_ms for child in children]
        gaps = [later - sooner for sooner, later in itertools.pairwise(starts)]
        assert all(4_900 <= gap <= 5_200 for gap in gaps)
        assert state.position(MARKET.id).delta == 0
        assert state.cash == bench.venue.cash
        assert not state.suggestion_ids
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("seed", range(8))
def test_the_order_in_which_ready_tasks_run_does_not_change_the_result(seed: int) -> None:
    async def story() -> tuple[int, int, int]:
        bench = Bench()
        task = await bench.start_and_approve(30)
        state = bench.desk.state
        await bench.stop(task)
        return state.cash, state.position(MARKET.id).delta, len(bench.venue.placed)

    assert run(story(), seed) == run(story(), None)


def test_nothing_is_sent_before_its_intent_is_durable() -> None:
    async def story() -> None:
        bench = Bench()
        seen: list[bool] = []

        def look(order: object) -> object:
            intents = [fact.order.id for fact in bench.journaled(ev.OrderSending)]  # type: ignore[union-attr]
            seen.append(order.id in intents)  # type: ignore[attr-defined]
            return bench.venue.fill(order)  # type: ignore[arg-type]

        bench.venue.on_place = look  # type: ignore[assignment]
        task = await bench.start_and_approve(30)
        assert seen == [True] * 4
        await bench.stop(task)

    run(story())


def test_what_a_child_leaves_unfilled_is_carried_to_the_next() -> None:
    async def story() -> None:
        bench = Bench()
        parts = iter([4 * SHARE, 16 * SHARE, 10 * SHARE, 10 * SHARE])
        bench.venue.on_place = lambda order: bench.venue.fill_part(order, min(order.size, next(parts)))
        task = await bench.start_and_approve(30)
        assert [order.size for order in bench.venue.placed] == [10 * SHARE, 16 * SHARE, 10 * SHARE, 10 * SHARE]
        assert bench.desk.state.position(MARKET.id).delta == 0
        await bench.stop(task)

    run(story())


def _refusal(bench: Bench) -> str:
    receipt = bench.desk.receipts[-1]
    assert not receipt.is_done
    return receipt.reason


def test_approving_what_is_gone_changed_or_too_dear_is_refused_with_the_reason() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        seen = bench.approve()
        bench.desk.submit(replace(seen, id="c-2", suggestion_id="S-99"))
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.WITHDRAWN
        bench.desk.submit(replace(seen, id="c-3", action="BUY_NO"))
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.CHANGED
        bench.desk.submit(replace(seen, id="c-4", shares=seen.shares + SHARE))
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.CHANGED
        bench.venue.quote(MARKET.id, ((3000, 400 * SHARE),), ((3100, 400 * SHARE),))
        await asyncio.sleep(0.1)
        bench.desk.submit(replace(seen, id="c-5"))
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.PRICE_MOVED
        assert not bench.venue.placed
        await bench.stop(task)

    run(story())


def test_a_second_approval_of_a_pair_being_worked_is_refused_and_the_same_command_counts_once() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        seen = bench.approve()
        bench.desk.submit(seen)
        bench.desk.submit(seen)
        await asyncio.sleep(0.1)
        assert len(bench.desk.state.parents) == 1
        bench.desk.submit(replace(seen, id="c-2"))
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.ALREADY_WORKING
        await bench.stop(task)

    run(story())


def test_an_order_that_fails_a_check_or_cannot_be_sliced_is_refused_before_a_parent_exists() -> None:
    async def story(rules: DeskRules) -> str:
        bench = Bench(rules=rules)
        task = await bench.start_and_approve(0.1)
        assert not bench.desk.state.parents
        await bench.stop(task)
        return _refusal(bench)

    assert run(story(DeskRules(limits=Limits(max_book_age_ms=0)))) == Reason.STALE_BOOK
    assert run(story(DeskRules(min_child=60 * SHARE))) == Reason.CANNOT_SLICE


def test_a_dismissed_suggestion_stays_away_until_the_pair_changes() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        seen = bench.approve()
        bench.desk.submit(Dismiss("d-1", seen.suggestion_id))
        await asyncio.sleep(0.1)
        frame = bench.desk.picture((), None)
        assert frame is not None
        assert [row.state for row in frame.suggestions] == ["hold"]
        bench.desk.submit(seen)
        await asyncio.sleep(0.1)
        assert _refusal(bench) == Reason.WITHDRAWN
        await bench.stop(task)

    run(story())


def test_a_price_change_weighs_only_its_own_pair() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(0.01)
        bench.events.clear()
        bench.venue.quote(OTHER.id, ((4000, 90 * SHARE),), ((4100, 90 * SHARE),))
        await asyncio.sleep(0.01)
        assert not [event for event in bench.events if isinstance(event, ev.PairWeighed)]
        bench.venue.quote(MARKET.id, ((3300, 400 * SHARE),), ((3400, 400 * SHARE),))
        await asyncio.sleep(0.01)
        weighed = [event for event in bench.events if isinstance(event, ev.PairWeighed)]
        assert [event.market_id for event in weighed] == [MARKET.id]
        await bench.stop(task)

    run(story())


def test_auto_mode_closes_the_imbalance_by_itself() -> None:
    async def story() -> None:
        bench = Bench(unbalanced(), DeskRules(pair_mode="auto"))
        task = await bench.start()
        await asyncio.sleep(30)
        assert bench.desk.state.position(MARKET.id).delta == 0
        (approved,) = bench.journaled(ev.SuggestionApproved)
        assert approved.by == "rule"  # type: ignore[union-attr]
        await bench.stop(task)

    run(story())
