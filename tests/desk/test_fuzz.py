"""A desk under random answers, kills, pauses and cancels: afterwards everything must add up."""

from __future__ import annotations

import asyncio
import random

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, CancelAll, Pause
from cockpit.core.order import FillStatus, Order
from cockpit.core.parent import ParentState
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected, Unanswered
from tests.desk.fakes import Bench

SEEDS = 24
LOT = 10_000


class Whims:
    """A venue that fills, half fills, refuses, falls silent and loses its answers."""

    def __init__(self, bench: Bench, draw: random.Random) -> None:
        self._venue, self._draw = bench.venue, draw

    def place(self, order: Order) -> Accepted | Rejected:
        venue, chance = self._venue, self._draw.random()
        if chance < 0.3:
            return venue.fill(order)
        if chance < 0.5:
            return venue.fill_part(order, max(LOT, order.size * self._draw.randint(1, 9) // 10 // LOT * LOT))
        if chance < 0.6:
            return Rejected(order.id, "whim", "not today")
        if chance < 0.7:
            raise Unanswered("never arrived")
        if chance < 0.85:
            venue.fill(order)
            raise Unanswered("filled, and the answer was lost")
        if chance < 0.95:
            sink, venue.sink = venue.sink, lambda event: None
            venue.fill_part(order, order.size // 2 // LOT * LOT or order.size)
            venue.sink = sink
            raise Unanswered("half filled in silence")
        answer = venue.fill(order)
        fill = venue.known_fills[-1]
        venue.sink(ev.FillMoved(venue.clock.now_ms(), *fill.key, FillStatus.MINED))
        return answer


async def _life(seed: int) -> None:
    draw, bench = random.Random(seed), Bench()
    bench.venue.on_place = Whims(bench, draw).place
    task = await bench.start()
    for step in range(12):
        if bench.desk.state.suggestion_ids and draw.random() < 0.7:
            bench.desk.submit(bench.approve(f"c-{step}"))
        await asyncio.sleep(draw.choice([0.01, 0.05, 0.06, 0.3, 3, 7, 11]))
        chance, parents = draw.random(), list(bench.desk.state.parents)
        if chance < 0.3:
            await bench.kill(task)
            bench.new_desk()
            task = await bench.start()
        elif chance < 0.4 and parents:
            bench.desk.submit(Pause(f"p-{step}", parents[-1]))
        elif chance < 0.5 and parents:
            bench.desk.submit(Cancel(f"k-{step}", parents[-1]))
        elif chance < 0.55:
            bench.desk.submit(CancelAll(f"a-{step}"))
        assert not task.done()
    await asyncio.sleep(180)
    assert not task.done()
    _check(bench)
    await bench.stop(task)


def _check(bench: Bench) -> None:
    state, venue = bench.desk.state, bench.venue
    for parent in state.parents.values():
        children = state.children[parent.id]
        assert sum(fill.shares for fill in venue.known_fills if fill.order_id in children) <= parent.size
        assert parent.state is not ParentState.WORKING
    assert len({order.id for order in venue.placed}) == len(venue.placed), "sent twice"
    assert {order.id for order in venue.placed} <= set(state.orders), "sent without an intent"
    assert state.cash == venue.cash
    assert not any(state.live.values())
    assert not state.pair_halted


@pytest.mark.parametrize("block", range(4))
def test_whatever_the_venue_does_and_whenever_the_desk_dies_everything_adds_up(block: int) -> None:
    for seed in range(block, SEEDS, 4):
        try:
            run(_life(seed), seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
