"""The trading day, the limits that others exceed for us, and the clock: what the guard notices once a second."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Reconcile
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench, FakeVenue, opening_fill
from tests.desk.scenes import alerts, ask, by_hand, told, traded_elsewhere, until

MIDNIGHT_MS = 1_790_035_200_000
"""The 22nd of September 2026 begins, UTC."""
HOUR_MS = 3_600_000


async def _start_at(bench: Bench, ms: int) -> asyncio.Task[None]:
    bench.desk.clock = bench.venue.clock = LoopClock(ms)
    return await bench.start()


def _day(bench: Bench) -> tuple[str, int]:
    """The trading day and what its loss is counted from, in USD."""
    day = bench.desk.state.day
    assert day is not None
    return day.day, day.equity // USD


def test_a_book_that_is_lost_over_midnight_does_not_lower_what_the_days_loss_is_counted_from() -> None:
    async def story() -> None:
        venue = FakeVenue([opening_fill("o-1", MARKET, Leg.YES, 4_000, 3200)], cash=2_000 * USD)
        venue.books[MARKET.id] = (((3200, 9_000 * SHARE),), ((3300, 9_000 * SHARE),))
        bench = Bench(venue)
        task = await _start_at(bench, MIDNIGHT_MS - 90_000)
        await asyncio.sleep(89)
        assert _day(bench) == ("2026-09-21", 3_280)
        state, quote = bench.desk.state, venue.quote
        venue.quote = lambda *book: None  # type: ignore[method-assign]
        bench.desk.deliver(ev.BookLost(bench.desk.clock.now_ms(), MARKET.id))
        await asyncio.sleep(3)
        assert state.equity == 2_000 * USD, "without a book the shares count as nothing"
        venue.quote = quote  # type: ignore[method-assign]
        await asyncio.sleep(5)
        assert (_day(bench), state.day_pnl) == (("2026-09-22", 3_280), 0)
        venue.books[MARKET.id] = (((1000, 9_000 * SHARE),), ((1100, 9_000 * SHARE),))
        await asyncio.sleep(5)
        assert state.day_pnl == -880 * USD
        assert state.halted.startswith("DAILY_LOSS")
        await bench.stop(task)

    run(story())


def test_a_day_whose_marks_stay_away_begins_with_the_last_full_equity() -> None:
    async def story() -> None:
        venue = FakeVenue([opening_fill("o-1", MARKET, Leg.YES, 1_000, 3200)], cash=2_000 * USD)
        venue.books[MARKET.id] = (((3200, 9_000 * SHARE),), ((3300, 9_000 * SHARE),))
        bench = Bench(venue)
        task = await _start_at(bench, MIDNIGHT_MS - 20_000)
        await asyncio.sleep(10)
        venue.books[MARKET.id] = ((), ((3300, 9_000 * SHARE),))  # type: ignore[assignment]
        await asyncio.sleep(60)
        assert bench.desk.state.equity == 2_000 * USD
        assert _day(bench) == ("2026-09-21", 2_320), "a bid may still come"
        await asyncio.sleep(30)
        assert _day(bench) == ("2026-09-22", 2_320)
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_a_restart_in_another_zone_does_not_forget_the_days_loss(zone: str) -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(2)
        day = bench.desk.state.day
        assert day is not None
        bench.desk.record(ev.DayStarted(bench.desk.clock.now_ms(), day.day, bench.desk.state.equity + 450 * USD))
        await asyncio.sleep(2)
        await bench.kill(task)
        bench.rules = replace(bench.rules, day_zone=zone)
        bench.new_desk()
        task = await bench.start()
        await asyncio.sleep(2)
        assert bench.desk.state.day_pnl == -450 * USD
        await bench.stop(task)

    run(story())


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    async def story() -> None:
        bench = Bench(rules=DeskRules(day_zone="America/New_York"))
        task = await _start_at(bench, MIDNIGHT_MS + 4 * HOUR_MS - 10_000)
        await asyncio.sleep(8)
        assert _day(bench)[0] == "2026-09-21"
        await asyncio.sleep(4)
        assert _day(bench)[0] == "2026-09-22"
        assert len(bench.journaled(ev.DayStarted)) == 2
        await bench.stop(task)

    run(story())


def test_trades_of_others_that_go_over_a_limit_raise_one_alert_each_until_they_are_within_again() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        traded_elsewhere(bench, 6_000)
        await asyncio.sleep(120)
        over = [text for text in alerts(bench) if text.startswith("over a limit: ")]
        assert [text.removeprefix("over a limit: ") for text in over] == [
            "6000 shares of one leg, limit 5000",
            "6040 shares unhedged, limit 500",
        ]
        assert set(over) <= set(told(bench, "alarm"))
        traded_elsewhere(bench, 5_999, Side.SELL)
        await asyncio.sleep(120)
        assert sum(text.startswith("within the limit again") for text in alerts(bench)) == 2
        assert sum(text.startswith("over a limit: ") for text in alerts(bench)) == 2
        await bench.stop(task)

    run(story())


def test_money_in_positions_beyond_its_limit_raises_an_alert() -> None:
    async def story() -> None:
        bench = Bench(rules=DeskRules(Limits(max_total_exposure=100 * USD)))
        task = await bench.start()
        await asyncio.sleep(2)
        assert not any("USD in positions" in text for text in alerts(bench))
        traded_elsewhere(bench, 160)
        await asyncio.sleep(2)
        (text,) = [text for text in alerts(bench) if "USD in positions" in text]
        assert text == "over a limit: 102.8 USD in positions, limit 100"
        await bench.stop(task)

    run(story())


def test_a_delta_beyond_its_limit_and_its_return_raise_an_alert_each() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start_and_approve(0)
        assert alerts(bench) == ["delta 40 is beyond its limit"]
        await asyncio.sleep(40)
        assert bench.desk.state.position(MARKET.id).delta == 0
        assert alerts(bench) == ["delta 40 is beyond its limit", "delta 0 is back within its limit"]
        await bench.stop(task)

    run(story())


@pytest.mark.parametrize("ahead_ms", [3_000, -3_000])
def test_a_venue_whose_clock_is_off_gets_no_orders_and_people_are_told(ahead_ms: int) -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        await asyncio.sleep(15)
        time_ms = bench.venue.time_ms

        async def off() -> int:
            return await time_ms() + ahead_ms

        bench.venue.time_ms = off  # type: ignore[method-assign]
        bench.desk.submit(Reconcile("look"))
        await asyncio.sleep(1)
        assert any("clock is" in text and "nothing is sent" in text for text in alerts(bench))
        assert (await ask(bench, by_hand("p-1"))).reason == Reason.CLOCK
        bench.venue.time_ms = time_ms  # type: ignore[method-assign]
        bench.desk.submit(Reconcile("look again"))
        await until(lambda: len([text for text in alerts(bench) if "clock is" in text]) == 2, 2)
        assert (await ask(bench, by_hand("p-2"))).is_done
        await bench.stop(task)

    run(story())
