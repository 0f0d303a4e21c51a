"""Differences from the venue: found whatever else goes on, and accepted only as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Accept, Reconcile
from cockpit.core.limits import Reason
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, OrderType
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, opening_fill
from tests.desk.scenes import alerts, ask, by_hand, frame, resting, told

YES = "shares/m-1/YES"


async def _accept_all(bench: Bench) -> None:
    for key, seen in list(bench.desk.state.differences.items()):
        assert (await ask(bench, Accept(f"a-{key}", key, seen.theirs))).is_done, key


def test_a_difference_that_news_have_explained_meanwhile_is_not_booked() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue
        task = await bench.start()
        late, listed = opening_fill("late", OTHER, Leg.YES, 30, 5000), venue.fills

        async def without_it() -> Sequence[Fill]:
            return [fill for fill in await listed() if fill != late]

        venue.fills = without_it  # type: ignore[method-assign]
        venue.known_fills.append(late)
        venue.cash -= late.money
        await asyncio.sleep(80)
        seen = dict(bench.desk.state.differences)
        assert set(seen) == {"shares/m-2/YES", "cash"}
        venue.fills = listed  # type: ignore[method-assign]
        venue.sink(ev.FillSeen(venue.clock.now_ms(), late))
        await asyncio.sleep(0.5)
        for key, difference in seen.items():
            answer = await ask(bench, Accept(f"a-{key}", key, difference.theirs), 0.01)
            assert answer.reason in (Reason.CHANGED, Reason.UNKNOWN_ID), key
        await asyncio.sleep(30)
        assert bench.desk.state.position(OTHER.id).yes.shares == 30 * SHARE
        assert bench.desk.state.cash == venue.cash
        assert not bench.desk.state.differences, "they were read again at once"
        sale = by_hand(market=OTHER, side=Side.SELL, shares=50, limit=5000, kind=OrderType.FAK)
        assert (await ask(bench, sale)).reason == Reason.NOT_HELD
        await bench.stop(task)

    run(story())


def test_an_accepted_difference_is_counted_from_then_on_over_a_restart_too() -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue
        task = await bench.start()
        venue.wrong[MARKET.tokens[0]] = 3 * SHARE
        venue.cash += 7 * USD
        await asyncio.sleep(80)
        rows = {row.key: (row.theirs - row.ours, row.may_accept) for row in frame(bench).differences}
        assert rows == {YES: (3 * SHARE, True), "cash": (7 * USD, True)}
        assert MARKET.id in bench.desk.state.pair_halted
        await _accept_all(bench)
        assert not bench.desk.state.differences
        assert not bench.desk.state.pair_halted
        await asyncio.sleep(180)
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(90)
        assert bench.desk.state.position(MARKET.id).yes.shares == 63 * SHARE
        assert bench.desk.state.cash == venue.cash
        assert not bench.desk.state.differences
        await bench.stop(task)

    run(story())


def test_nothing_but_the_number_that_was_seen_is_accepted() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.venue.wrong[MARKET.tokens[0]] = 3 * SHARE
        await asyncio.sleep(80)
        assert (await ask(bench, Accept("other", YES, 64 * SHARE), 0.01)).reason == Reason.CHANGED
        assert (await ask(bench, Accept("none", "shares/m-9/NO", 0))).reason == Reason.UNKNOWN_ID
        assert bench.desk.state.position(MARKET.id).yes.shares == 60 * SHARE
        assert MARKET.id in bench.desk.state.pair_halted
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("pairs", [-600, 600])
def test_shares_that_came_or_went_by_a_transfer_are_no_gain_or_loss_of_the_day(pairs: int) -> None:
    async def story() -> None:
        fills = [opening_fill("o-1", MARKET, Leg.YES, 2_000, 3200), opening_fill("o-2", MARKET, Leg.NO, 2_000, 6000)]
        bench = Bench(FakeVenue(fills, cash=3_000 * USD))
        task = await bench.start()
        await asyncio.sleep(3)
        for token in MARKET.tokens:
            bench.venue.wrong[token] = pairs * SHARE
        await asyncio.sleep(80)
        await _accept_all(bench)
        await asyncio.sleep(3)
        state = bench.desk.state
        assert state.position(MARKET.id).yes.shares == (2_000 + pairs) * SHARE
        assert state.day_pnl == 0
        assert not state.halted
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("what", ["orders rest", "a fill elsewhere is stuck", "look-ups are slow"])
def test_a_difference_is_found_whatever_else_goes_on(what: str) -> None:
    async def story() -> None:
        bench = Bench()
        venue = bench.venue
        task = await bench.start()
        match what:
            case "orders rest":
                resting(bench, 3)
            case "look-ups are slow":
                resting(bench, 3)
                look_up = venue.order

                async def slow(order_id: str) -> object:
                    await asyncio.sleep(5)
                    return await look_up(order_id)

                venue.order = slow  # type: ignore[method-assign,assignment]
            case _:
                opening = opening_fill("stuck", OTHER, Leg.YES, 10, 5000)
                stuck = replace(opening, status=FillStatus.MATCHED, at_ms=venue.clock.now_ms())
                venue.known_fills.append(stuck)
                venue.cash -= stuck.money
                venue.sink(ev.FillSeen(venue.clock.now_ms(), stuck))
        venue.wrong[MARKET.tokens[0]] = -60 * SHARE
        venue.cash -= 100 * USD
        await asyncio.sleep(300)
        assert set(bench.desk.state.differences) == {YES, "cash"}
        assert sum("fill stuck is matched for 2 minutes" in text for text in alerts(bench)) == ("stuck" in what)
        await bench.stop(task)

    run(story())


def test_people_need_not_wait_for_the_next_comparison() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(15)
        bench.venue.wrong[MARKET.tokens[0]] = 3 * SHARE
        await asyncio.sleep(1)
        assert (await ask(bench, Reconcile("look"))).text == "asking the venue"
        await asyncio.sleep(11)
        assert list(bench.desk.state.differences) == [YES]
        bench.venue.wrong.clear()
        assert (await ask(bench, Reconcile("look again"))).is_done
        await asyncio.sleep(1)
        assert not bench.desk.state.differences
        assert any(text.startswith("agrees with the venue again") for text in alerts(bench))
        assert len(told(bench, "alarm")) == 1
        await bench.stop(task)

    run(story())
