"""The desk knows where its imbalance drifts, and keeps both series for charts."""

from __future__ import annotations

import asyncio
from itertools import pairwise

from cockpit.core.drift import Drift, Drifts
from cockpit.core.frame import DeltaRow
from cockpit.core.market import Side
from cockpit.core.units import SHARE
from cockpit.desk.curve import EVERY_MS
from cockpit.drill.virtual_time import run
from cockpit.storage.history import MemoryHistory
from tests.desk.fakes import Bench
from tests.desk.scenes import frame, traded_elsewhere


def _delta(bench: Bench) -> DeltaRow:
    row = frame(bench).delta
    assert row is not None
    return row


def test_the_gauge_says_where_the_imbalance_went_in_a_minute() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        assert _delta(bench).drifts is None
        await asyncio.sleep(12)
        assert _delta(bench).drifts == Drifts(Drift.STEADY, Drift.STEADY)
        traded_elsewhere(bench, 20)
        await asyncio.sleep(1)
        assert (_delta(bench).net, _delta(bench).drifts) == (60 * SHARE, Drifts(Drift.GROWING, Drift.GROWING))
        await asyncio.sleep(61)
        assert _delta(bench).drifts == Drifts(Drift.STEADY, Drift.STEADY)
        traded_elsewhere(bench, 20, Side.SELL)
        await asyncio.sleep(1)
        assert _delta(bench).drifts == Drifts(Drift.SHRINKING, Drift.SHRINKING)
        traded_elsewhere(bench, 80, Side.SELL)
        await asyncio.sleep(1)
        assert (_delta(bench).net, _delta(bench).unhedged) == (-40 * SHARE, 120 * SHARE)
        assert _delta(bench).drifts == Drifts(Drift.TURNED, Drift.GROWING)
        await bench.stop(task)

    run(story())


def test_net_and_unhedged_are_kept_for_charts() -> None:
    async def story() -> None:
        bench, history = Bench(), MemoryHistory()
        bench.desk.history = history
        task = await bench.start()
        await asyncio.sleep(30)
        traded_elsewhere(bench, 80, Side.SELL)
        await asyncio.sleep(30)
        await bench.stop(task)
        for name, before, after in (("delta", 40, -40), ("unhedged", 40, 120)):
            samples = history.read(name)
            assert [value // SHARE for _, value in samples] == [before] * 4 + [after] * (len(samples) - 4)
            times = [at_ms for at_ms, _ in samples]
            assert len(times) >= 6
            assert min(later - earlier for earlier, later in pairwise(times)) >= EVERY_MS

    run(story())
