"""Frames show what the state says, and share what did not change."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.frame import Frame
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState, OrderType
from cockpit.core.parent import Algorithm, ParentState
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench


def _look(bench: Bench, before: Frame | None = None) -> Frame:
    frame = bench.desk.picture((MARKET.id,), before)
    assert frame is not None
    return frame


def test_a_frame_shows_the_pair_its_delta_and_what_would_close_it() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        frame = _look(bench)
        held, other = frame.pairs
        assert (held.market_id, held.delta, held.is_held) == (MARKET.id, 40 * SHARE, True)
        assert (other.market_id, other.is_held) == (OTHER.id, False)
        assert held.legs[0].average == 2400
        assert held.locked == 20 * USD - 22_800_000
        assert held.pnl == 20 * USD + 40 * 320_000 - 22_800_000
        assert held.completion is not None
        assert (held.completion.leg, held.completion.shares, held.completion.tick) == (Leg.NO, 40 * SHARE, MARKET.tick)
        assert held.completion.locked_at(6800, is_taker=True) == 60 * USD - 22_800_000 - 40 * 680_000
        assert held.completion.target == 1_200_000
        assert other.completion is None
        assert frame.delta is not None
        assert (frame.delta.net, frame.delta.unhedged, frame.delta.worst_name) == (40 * SHARE, 40 * SHARE, MARKET.name)
        assert frame.delta.is_breached
        (row,) = frame.suggestions
        assert (row.state, row.outcome, row.delta_before, row.delta_after) == ("open", "Yes", 40 * SHARE, 0)
        assert row.option is not None
        assert row.option.action == "SELL_YES"
        assert row.limit == 3100
        assert frame.header.equity == 1_000 * USD + 20 * USD + 40 * 320_000
        await bench.stop(task)

    run(story())


def test_nothing_completes_a_pair_whose_market_is_over() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        bench.desk.state.ended[MARKET.id] = 0
        held, *_ = _look(bench).pairs
        assert held.delta == 40 * SHARE
        assert held.completion is None
        await bench.stop(task)

    run(story())


def test_a_ladder_shows_both_legs_mirrored_and_our_own_resting_order_but_none_on_its_way() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = bench.venue.rest
        task = await bench.start_and_approve(0.2)
        ladder = _look(bench).ladders[MARKET.id]
        assert ladder.bids[Leg.YES] == ((3200, 400 * SHARE),)
        assert ladder.asks[Leg.NO] == ((6800, 400 * SHARE),)
        assert ladder.own == {}
        (taking,) = bench.desk.state.orders.values()
        resting = replace(taking, id="r", type=OrderType.GTC, state=OrderState.CREATED, is_acknowledged=False)
        bench.desk.record(ev.OrderSending(bench.desk.clock.now_ms(), resting))
        assert _look(bench).ladders[MARKET.id].own == {}
        bench.desk.move_order("r", OrderState.OPEN)
        assert _look(bench).ladders[MARKET.id].own == {(Leg.YES, Side.SELL, 3100): 10 * SHARE}
        bench.desk.move_order("r", OrderState.CANCELLED)
        await bench.stop(task)

    run(story())


def test_a_parent_shows_its_children_its_slices_and_its_average() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(6)
        (parent,) = _look(bench).parents
        assert (parent.filled, parent.size) == (20 * SHARE, 40 * SHARE)
        assert (parent.slice_number, parent.slice_count) == (2, 4)
        assert parent.average == 3100
        assert [child.label for child in parent.children] == ["c-0001", "c-0002"]
        assert parent.next_slice_ms is not None
        working = _look(bench).suggestions[0]
        assert (working.state, working.parent_id) == ("working", parent.id)
        await asyncio.sleep(20)
        (parent,) = _look(bench).parents
        assert parent.state is ParentState.DONE
        assert not _look(bench).suggestions
        await bench.stop(task)

    run(story())


def test_a_pair_on_which_somebody_works_an_order_of_their_own_waits_for_it() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        how = (Algorithm.TWAP, 600_000, 10 * SHARE, 10 * SHARE)
        bench.desk.submit(cmd.Split("c-1", MARKET.id, Leg.YES, Side.BUY, 20 * SHARE, 2000, *how))
        await asyncio.sleep(60)
        (row,) = _look(bench).suggestions
        assert (row.state, row.id, row.parent_id) == ("waiting", "", next(iter(bench.desk.state.open_parents)))
        later = (Algorithm.RANDOM, 600_000, 10 * SHARE, 20 * SHARE)
        bench.desk.submit(cmd.Split("c-2", OTHER.id, Leg.YES, Side.BUY, 40 * SHARE, 2000, *later))
        await asyncio.sleep(0.1)
        assert len(bench.desk.state.open_parents) == 2
        assert [row.market_id for row in _look(bench).suggestions] == [MARKET.id]  # the other pair needs nothing
        await bench.stop(task)

    run(story())


def test_no_new_frame_while_nothing_changed_unless_one_is_due() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(0.1)
        frame = _look(bench)
        assert bench.desk.picture((MARKET.id,), frame) is None
        due = bench.desk.picture((MARKET.id,), frame, is_due=True)
        assert due is not None
        assert due.seq == frame.seq + 1
        await bench.stop(task)

    run(story())


def test_unchanged_ladders_and_notices_are_the_same_objects() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        first = _look(bench)
        bench.desk.changes += 1
        second = _look(bench, first)
        assert second.ladders[MARKET.id].bids is first.ladders[MARKET.id].bids
        assert second.notices is first.notices
        await bench.stop(task)

    run(story())
