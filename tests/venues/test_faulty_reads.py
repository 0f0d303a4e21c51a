"""What reads answer with each of their faults."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core.order import OrderType
from cockpit.core.units import SHARE
from cockpit.venues.base import Unanswered
from cockpit.venues.practice.faulty import QUARANTINE_MS
from cockpit.venues.practice.faulty_orders import LATE_MS, TIMEOUT_MS
from cockpit.venues.practice.faulty_reads import LAG_MS, MISS_UNTIL_MS
from tests.venues.faulty_bench import Bench, play


def test_the_bounds_fit_into_the_quarantine() -> None:
    assert TIMEOUT_MS + LATE_MS[1] + LAG_MS[1] < QUARANTINE_MS
    assert MISS_UNTIL_MS < QUARANTINE_MS


def test_get_lag_tells_of_the_past_in_every_read() -> None:
    async def scene(bench: Bench) -> None:
        before = await bench.venue.balances()
        order = bench.order(9_000, type=OrderType.FAK)
        await bench.venue.place(order)
        await bench.venue.place(bench.order(name="2"))
        assert await bench.venue.order(order.id) is None
        assert await bench.venue.open_orders() == ()
        assert order.id not in [fill.order_id for fill in await bench.venue.fills()]
        assert await bench.venue.balances() == before
        assert bench.faults.fired["get.lag"] == 4
        await asyncio.sleep(LAG_MS[1] / 1000)
        report = await bench.venue.order(order.id)
        assert report is not None
        assert report.filled == 10 * SHARE
        assert len(await bench.venue.open_orders()) == 1

    play(scene, "get.lag=1")


def test_get_miss_does_not_find_a_young_order_that_exists() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        assert await bench.venue.order("0x1") is None
        assert bench.faults.fired["get.miss"] == 1
        assert len(await bench.venue.open_orders()) == 1
        await asyncio.sleep(MISS_UNTIL_MS / 1000)
        for _ in range(50):
            assert await bench.venue.order("0x1") is not None

    play(scene, "get.miss=1")


def test_get_miss_ends_when_the_faults_end() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        assert await bench.venue.order("0x1") is None
        bench.faults.off()
        assert await bench.venue.order("0x1") is not None

    play(scene, "get.miss=1")


def test_get_page_shift_misses_one_row_or_repeats_some() -> None:
    async def scene(bench: Bench) -> None:
        rows = list(bench.exchange.account.fills.values())
        lengths: list[int] = []
        for _ in range(12):
            shifted = await bench.venue.fills()
            assert {fill.key for fill in shifted} <= {fill.key for fill in rows}
            lengths.append(len(shifted) - len(rows))
        assert min(lengths) == -1
        assert max(lengths) in (1, 2)
        assert bench.faults.fired["get.page_shift"] == 12

    play(scene, "get.page_shift=1")


def test_get_code_fails_one_read_or_all_for_up_to_two_minutes() -> None:
    async def scene(bench: Bench) -> None:
        reads = (bench.venue.fills, bench.venue.balances, bench.venue.open_orders, bench.venue.time_ms)
        while "resolved" not in await reason(bench):
            assert bench.faults.fired["get.code"] < 100
        bench.faults.rates.pop("get.code")
        for read in reads:
            with pytest.raises(Unanswered, match="could not be resolved"):
                await read()
        await asyncio.sleep(120)
        for read in reads:
            await read()

    async def reason(bench: Bench) -> str:
        try:
            await bench.venue.order("0x1")
        except Unanswered as error:
            return str(error)
        return ""

    play(scene, "get.code=.5")


def test_h2_goaway_fails_a_read() -> None:
    async def scene(bench: Bench) -> None:
        with pytest.raises(Unanswered, match="GOAWAY"):
            await bench.venue.balances()
        assert bench.faults.fired["h2.goaway"] == 1

    play(scene, "h2.goaway=1")


def test_get_slow_takes_seconds() -> None:
    async def scene(bench: Bench) -> None:
        before = bench.clock.now_ms()
        await bench.venue.balances()
        assert 2_000 <= bench.clock.now_ms() - before < 8_000
        assert bench.faults.fired["get.slow"] == 1

    play(scene, "get.slow=1")


def test_clock_skew_moves_the_venues_clock_for_a_while() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("clock.skew")
        off = await bench.venue.time_ms() - bench.clock.now_ms()
        assert 1_000 <= abs(off) <= 300_000
        assert bench.faults.fired["clock.skew"] == 1
        await asyncio.sleep(120)
        assert await bench.venue.time_ms() == bench.clock.now_ms()

    play(scene)
