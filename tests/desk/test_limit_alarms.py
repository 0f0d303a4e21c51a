"""Crossing a limit, and keeping it again, is told once each: while a number flaps, and over a restart of the desk."""

from __future__ import annotations

import asyncio

from cockpit.core.limits import Limits
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, opening_fill
from tests.desk.scenes import alerts, traded_elsewhere

OVER, BACK = "over a limit: 60 shares unhedged, limit 50", "within the limit again: shares unhedged, limit 50"
BEYOND = "delta 60 is beyond its limit"
RULES = DeskRules(Limits(max_unhedged=50 * SHARE))


def _even() -> Bench:
    """A desk on which 400 YES and 400 NO of one pair are held: its soft limit is about 20 shares."""
    fills = [opening_fill("o-1", OTHER, Leg.YES, 400, 5000), opening_fill("o-2", OTHER, Leg.NO, 400, 4900)]
    return Bench(FakeVenue(fills), RULES)


def test_both_limits_are_told_at_once_and_their_end_after_ten_calm_seconds() -> None:
    async def story() -> None:
        bench = _even()
        task = await bench.start()
        traded_elsewhere(bench, 60)
        await asyncio.sleep(1.5)
        assert sorted(alerts(bench)) == [BEYOND, OVER]
        await asyncio.sleep(60)
        assert len(alerts(bench)) == 2
        traded_elsewhere(bench, 60, Side.SELL)
        await asyncio.sleep(9)
        assert len(alerts(bench)) == 2
        await asyncio.sleep(3)
        assert sorted(alerts(bench)[2:]) == ["delta 0 is back within its limit", BACK]
        await asyncio.sleep(60)
        assert len(alerts(bench)) == 4
        await bench.stop(task)

    run(story())


def test_a_number_that_flaps_around_its_limit_every_second_is_told_once() -> None:
    async def story() -> None:
        bench = _even()
        task = await bench.start()
        traded_elsewhere(bench, 49)
        for _ in range(60):
            traded_elsewhere(bench, 11)
            await asyncio.sleep(1)
            traded_elsewhere(bench, 11, Side.SELL)
            await asyncio.sleep(1)
        unhedged = [text for text in alerts(bench) if "unhedged" in text]
        assert unhedged == [OVER]
        await asyncio.sleep(60)
        assert [text for text in alerts(bench) if "unhedged" in text] == [OVER], "49 of 50 is not well within"
        traded_elsewhere(bench, 2, Side.SELL)
        await asyncio.sleep(15)
        assert [text for text in alerts(bench) if "unhedged" in text] == [OVER, BACK]
        await bench.stop(task)

    run(story())


def test_what_was_told_is_not_told_again_after_a_restart_and_its_end_is() -> None:
    async def story() -> None:
        bench = _even()
        task = await bench.start()
        traded_elsewhere(bench, 60)
        await asyncio.sleep(2)
        assert sorted(alerts(bench)) == [BEYOND, OVER]
        await bench.kill(task)
        bench.events.clear()
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(60)
        assert alerts(bench) == []
        traded_elsewhere(bench, 60, Side.SELL)
        await asyncio.sleep(15)
        assert sorted(alerts(bench)) == ["delta 0 is back within its limit", BACK]
        await bench.stop(task)

    run(story())


def test_a_limit_that_was_kept_again_while_the_desk_was_down_is_told() -> None:
    async def story() -> None:
        bench = _even()
        task = await bench.start()
        traded_elsewhere(bench, 60)
        await asyncio.sleep(2)
        await bench.kill(task)
        bench.events.clear()
        traded_elsewhere(bench, 60, Side.SELL)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(15)
        assert sorted(alerts(bench)) == ["delta 0 is back within its limit", BACK]
        await bench.stop(task)

    run(story())


def test_a_crossing_while_the_desk_was_down_is_told_at_the_start() -> None:
    async def story() -> None:
        bench = _even()
        task = await bench.start()
        await asyncio.sleep(2)
        assert alerts(bench) == []
        await bench.kill(task)
        traded_elsewhere(bench, 60)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(2)
        assert sorted(text for text in alerts(bench) if "limit" in text) == [BEYOND, OVER]
        await bench.stop(task)

    run(story())


def test_moving_prices_alone_can_cross_the_soft_limit_and_are_told_once() -> None:
    async def story() -> None:
        fills = [opening_fill("o-1", MARKET, Leg.YES, 12, 3200), opening_fill("o-2", OTHER, Leg.YES, 400, 5000)]
        bench = Bench(FakeVenue([*fills, opening_fill("o-3", OTHER, Leg.NO, 400, 4900)]), DeskRules(max_delta_pct=298))
        task = await bench.start()
        await asyncio.sleep(2)
        assert alerts(bench) == []
        for second in range(120):
            low = 1_000 if second % 2 else 3_200
            bench.venue.quote(MARKET.id, ((low, 400 * SHARE),), ((low + 100, 400 * SHARE),))
            await asyncio.sleep(1)
        assert alerts(bench) == ["delta 12 is beyond its limit"]
        await bench.stop(task)

    run(story())
