"""What is out of balance for too long is closed at a loss, where the settings allow one (AP13)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core.commands import Approve
from cockpit.core.rebalance import RebalanceRules, Verdict
from cockpit.core.units import SHARE
from cockpit.desk.rules import DeskRules, PairMode
from cockpit.desk.view_suggestions import suggestions
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench, unbalanced
from tests.desk.scenes import receipt


def made_of(mode: PairMode, max_loss: int, wait_s: int = 20) -> Bench:
    """60 YES at 0.24 and 20 NO at 0.42, YES bid at 0.21: selling the excess loses 0.03 a share."""
    venue = unbalanced()
    venue.books[MARKET.id] = (((2100, 400 * SHARE),), ((2200, 400 * SHARE),))
    rules = replace(RebalanceRules(), max_loss=max_loss, max_unhedged_ms=wait_s * 1000)
    for number, fill in enumerate(venue.known_fills):
        venue.known_fills[number] = replace(fill, at_ms=venue.clock.now_ms())
    return Bench(venue, DeskRules(pair_mode=mode, rebalance=rules))


@pytest.mark.parametrize(("max_loss", "is_closed"), [(0, False), (200, False), (300, True)])
def test_it_is_closed_once_it_has_waited_and_never_at_a_larger_loss(max_loss: int, is_closed: bool) -> None:
    async def story() -> None:
        made = made_of("auto", max_loss)
        task = await made.start()
        await asyncio.sleep(15)
        assert not made.venue.placed
        await asyncio.sleep(60)
        assert (made.desk.state.position(MARKET.id).delta == 0) is is_closed
        assert all(order.price >= 2400 - max_loss for order in made.venue.placed)
        await made.stop(task)

    run(story())


def test_a_person_sees_what_it_costs_and_what_waiting_risks_and_may_approve_it() -> None:
    async def story() -> None:
        made = made_of("suggest", 500)
        task = await made.start()
        assert made.desk.state.weighed[MARKET.id].choice.verdict is Verdict.BELOW_MINIMUM
        await asyncio.sleep(30)
        [row] = suggestions(made.desk.state, made.venue.clock.now_ms(), made.rules)
        assert row.option is not None
        assert row.option.gain < 0
        assert "for too long: costs" in row.words
        assert "waiting, the worst is -2.8" in row.words
        made.desk.submit(Approve("a", row.id, row.option.action, row.option.shares, row.limit, row.option.price))
        await asyncio.sleep(40)
        assert receipt(made, "a").is_done
        assert made.desk.state.position(MARKET.id).delta == 0
        await made.stop(task)

    run(story())


def test_a_restart_does_not_begin_the_wait_anew() -> None:
    async def story() -> None:
        made = made_of("suggest", 500, wait_s=60)
        task = await made.start()
        await asyncio.sleep(40)
        await made.stop(task)
        made.new_desk()
        task = await made.start()
        assert made.desk.state.weighed[MARKET.id].choice.verdict is Verdict.BELOW_MINIMUM
        await asyncio.sleep(30)
        assert made.desk.state.weighed[MARKET.id].choice.verdict is Verdict.TRADE
        await made.stop(task)

    run(story())


def test_by_itself_it_takes_at_once_what_the_best_level_holds() -> None:
    async def story() -> None:
        made = Bench(unbalanced(), DeskRules(pair_mode="auto"))
        task = await made.start()
        await asyncio.sleep(5)
        assert [order.size for order in made.venue.placed] == [40 * SHARE]
        assert made.desk.state.position(MARKET.id).delta == 0
        await made.stop(task)

    run(story())
