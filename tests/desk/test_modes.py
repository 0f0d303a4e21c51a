"""What the manager may do with a pair: chosen for each, kept over a restart; and what the book's delta adds to it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.market import Leg
from cockpit.core.parent import ParentState
from cockpit.core.rebalance import RebalanceRules, Verdict
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.rules import DeskRules
from cockpit.desk.view_suggestions import suggestions
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, opening_fill
from tests.desk.floor import bench, bid
from tests.desk.scenes import ask, told


def verdict(made: Bench, market_id: str = MARKET.id) -> Verdict:
    return made.desk.state.weighed[market_id].choice.verdict


def test_a_pair_on_auto_is_rebalanced_while_the_others_wait_for_a_person() -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start()
        await asyncio.sleep(30)
        assert not made.venue.placed
        assert (await ask(made, cmd.SetMode("m", MARKET.id, "auto"))).is_done
        await asyncio.sleep(40)
        assert made.desk.state.position(MARKET.id).delta == 0
        await made.stop(task)

    run(story())


def test_off_suggests_nothing_and_the_choice_outlives_a_restart() -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start()
        assert (await ask(made, cmd.SetMode("m-1", MARKET.id, "off"))).is_done
        await made.stop(task)
        made.rules = DeskRules(pair_mode="auto")
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(30)
        assert verdict(made) is Verdict.OFF
        assert not made.venue.placed
        assert (await ask(made, cmd.SetMode("m-2", MARKET.id, ""))).is_done
        await asyncio.sleep(40)
        assert made.desk.state.position(MARKET.id).delta == 0, "auto, as the settings say"
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    ("market_id", "mode", "words"),
    [("m-9", "auto", "market m-9 is not known"), (MARKET.id, "fly", "mode 'fly' is none of suggest, auto, off")],
)
def test_what_is_wrong_is_named(market_id: str, mode: str, words: str) -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start()
        receipt = await ask(made, cmd.SetMode("m", market_id, mode))
        assert (receipt.is_done, receipt.text) == (False, words)
        await made.stop(task)

    run(story())


def nearly_even(book: tuple[int, int]) -> Bench:
    """90 YES and 76 NO: even enough by itself, and all the imbalance there is."""
    fills = [opening_fill("o-1", MARKET, Leg.YES, 90, 2400), opening_fill("o-2", MARKET, Leg.NO, 76, 4200)]
    venue = FakeVenue(fills)
    venue.books[MARKET.id] = (((book[0], 400 * SHARE),), ((book[1], 400 * SHARE),))
    rules = DeskRules(rebalance=replace(RebalanceRules(), max_position_cost=10**12))
    return Bench(venue, rules)


def test_a_pair_that_is_even_enough_is_suggested_while_it_adds_to_a_delta_beyond_its_limit() -> None:
    async def story() -> None:
        made = nearly_even((3200, 3300))
        task = await made.start()
        await asyncio.sleep(5)
        assert "delta" in made.desk.state.limits_over
        assert verdict(made) is Verdict.TRADE
        [row] = suggestions(made.desk.state, made.venue.clock.now_ms(), made.rules)
        assert "book_delta" in row.words
        assert row.option is not None
        assert row.option.shares == 14 * SHARE
        await made.stop(task)

    run(story())


def test_a_pair_that_lowers_the_delta_of_all_is_left_alone() -> None:
    async def story() -> None:
        made = nearly_even((3200, 3300))
        made.venue.known_fills += [
            opening_fill("o-3", OTHER, Leg.YES, 100, 4800),
            opening_fill("o-4", OTHER, Leg.NO, 200, 4800),
        ]
        task = await made.start()
        await asyncio.sleep(5)
        assert "delta" in made.desk.state.limits_over
        assert verdict(made) is Verdict.BALANCED
        assert verdict(made, OTHER.id) is not Verdict.BALANCED
        await made.stop(task)

    run(story())


def test_what_rests_is_cancelled_in_the_last_minute_before_a_market_ends() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, bid(limit=3100))).is_done
        await asyncio.sleep(3)
        [resting] = made.desk.state.live_orders(MARKET.id)
        soon = replace(MARKET, closes_at_ms=made.venue.clock.now_ms() + 90_000)
        made.venue.sink(ev.MarketListed(made.venue.clock.now_ms(), soon))
        await asyncio.sleep(20)
        assert not made.venue.cancels
        await asyncio.sleep(20)
        assert made.venue.cancels == [resting.id]
        [parent] = made.desk.state.parents.values()
        assert (parent.state, parent.reason) == (ParentState.STOPPED, "the market is about to end")
        await made.stop(task)

    run(story())


def test_the_history_says_what_a_market_paid() -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start()
        made.venue.sink(ev.MarketEnded(made.venue.clock.now_ms(), MARKET.id, PRICE_ONE))
        await asyncio.sleep(1)
        # 60 YES cost 14.40 and 20 NO cost 8.40.
        assert "rates-cut has resolved: Yes won; pays 60 USD, +37.2 on what was held" in told(made, "info")
        made.venue.sink(ev.MarketEnded(made.venue.clock.now_ms(), OTHER.id, PRICE_ONE))
        await asyncio.sleep(1)
        assert not any("cpi-high has resolved" in text for text in told(made, "info")), "nothing was held of it"
        await made.stop(task)

    run(story())
