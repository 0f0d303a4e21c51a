"""Telemetry beside a running desk: the same after a restart, told once, and never in the way of trading."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Enter
from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg
from cockpit.core.telemetry import Telemetry
from cockpit.core.trade import Name, TelemetryEvent
from cockpit.core.units import SHARE
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench
from tests.desk.floor import bench, floor_of
from tests.desk.scenes import alerts, ask, frame

WIDE = ((3000, 400 * SHARE),), ((3600, 400 * SHARE),)


def test_an_entry_is_detected_when_its_offer_was_seen_first() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        began = made.desk.clock.now_ms()
        venue.others(*WIDE)
        await asyncio.sleep(30)
        (offer,) = [row for row in frame(made).offers if row.market_id == MARKET.id]
        command = Enter(
            "e-1", MARKET.id, EntryKind(offer.kind), Leg(offer.first), offer.prices, offer.shares, life_ms=600_000
        )
        assert (await ask(made, command, 1)).is_done
        await asyncio.sleep(2)
        (one,) = made.desk.telemetry.records()
        assert one.detected_ms is not None
        assert 0 <= one.detected_ms - began <= 2_000
        assert one.prices == offer.prices
        assert one.execution_latency_ms is not None
        assert 28_000 <= one.execution_latency_ms <= 33_000
        await made.stop(task)

    run(story())


def test_a_restart_knows_the_same_trades_and_tells_nothing_twice() -> None:
    async def story() -> None:
        made, told = Bench(), list[TelemetryEvent]()
        made.desk.telemetry.listener = told.append
        task = await made.start_and_approve(30)
        before = made.desk.telemetry.records()
        names = [event.name for event in told]
        assert names[:3] == [Name.OPPORTUNITY, Name.STARTED, Name.ATTEMPTED]
        assert names.count(Name.BALANCED) == names.count(Name.SUCCEEDED) == 1
        assert before[0].rebalance_profit == before[0].profit > 0
        await made.kill(task)
        again = list[TelemetryEvent]()
        made.new_desk().telemetry.listener = again.append
        task = await made.start()
        assert made.desk.telemetry.records() == before
        assert not again
        await made.stop(task)

    run(story())


def test_the_frame_shows_trades_and_takes_over_what_has_not_changed() -> None:
    async def story() -> None:
        made = Bench()
        task = await made.start_and_approve(30)
        rows = frame(made).telemetry
        assert rows is not None
        assert (rows.metrics.attempts_full, rows.metrics.fill_rate) == (1, 10_000)
        assert rows.trades == tuple(reversed(made.desk.telemetry.records()))
        assert frame(made).telemetry is rows
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("breaks_at", ["fill", "start", "look"])
def test_when_telemetry_fails_it_is_off_people_are_told_and_trading_goes_on(
    breaks_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of its own")

    async def story() -> None:
        made = Bench()
        task = await made.start()
        if breaks_at == "start":
            await made.stop(task)
            monkeypatch.setattr(Telemetry, "fold", broken)
            made.new_desk()
            task = await made.start()
        monkeypatch.setattr(Telemetry, "records" if breaks_at == "look" else "fold", broken)
        frame(made)
        made.desk.submit(made.approve())
        await asyncio.sleep(30)
        assert frame(made).telemetry is None
        assert alerts(made).count("telemetry has failed and is off: ZeroDivisionError: of its own") == 1
        assert made.desk.state.position(MARKET.id).delta == 0
        assert not made.desk.state.halted
        assert made.journaled(ev.FillSeen)
        await made.stop(task)

    run(story())
