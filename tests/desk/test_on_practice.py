"""The real desk on the real practice exchange, in virtual time."""

from __future__ import annotations

import asyncio
import hashlib

import msgspec
import pytest

from cockpit.core import events as ev
from cockpit.core.market import Leg
from cockpit.core.parent import ParentState
from cockpit.core.state import State
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.storage.codec import is_fact
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from cockpit.venues.base import Balances
from cockpit.venues.practice.venue import EVENTS_PER_S, PracticeVenue


async def _session(seed: int, seconds: float, events_per_s: float = EVENTS_PER_S) -> tuple[State, Balances, str]:
    """Run a desk in auto mode; return its state, the exchange's balances and a hash of everything journaled."""
    clock = LoopClock()
    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, seed=seed, events_per_s=events_per_s)
    trace = hashlib.sha256()

    def listen(event: ev.Event) -> None:
        if is_fact(event):
            trace.update(type(event).__name__.encode() + msgspec.json.encode(event))

    desk = Desk(
        venue=venue,
        journal=DirectJournal(Store(None)),
        clock=clock,
        ids=SeededIds(seed),
        rules=DeskRules(pair_mode="auto"),
        listener=listen,
    )
    desk.recover()
    task = asyncio.get_running_loop().create_task(desk.run())
    await asyncio.sleep(seconds)
    balances = await venue.balances()
    desk.stop()
    await task
    return desk.state, balances, trace.hexdigest()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_imbalance_is_closed_and_the_desk_agrees_with_the_exchange(seed: int) -> None:
    state, balances, _ = run(_session(seed, 120))
    assert any(parent.state is ParentState.DONE for parent in state.parents.values())
    assert all(position.delta == 0 for position in state.positions.values())
    assert state.cash == balances.cash
    for market_id, market in state.markets.items():
        for leg in Leg:
            assert state.position(market_id).holding(leg).shares == balances.shares.get(market.tokens[leg], 0)
    assert not state.pair_halted
    assert not any(state.live.values())


def test_the_same_seed_gives_the_same_journal() -> None:
    assert run(_session(5, 60))[2] == run(_session(5, 60))[2]


def test_short_markets_end_and_are_replaced_while_the_desk_runs() -> None:
    state, _, _ = run(_session(4, 700, events_per_s=6.0))
    short = [market for market in state.markets.values() if market.closes_at_ms and "5m" in market.name]
    assert len(short) >= 6
    assert len(state.ended) >= 2
    assert not state.halted
