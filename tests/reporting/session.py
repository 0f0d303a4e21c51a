"""A real practice desk in virtual time that enters what its scanner proposes, and leaves its folder behind."""

from __future__ import annotations

import asyncio
from pathlib import Path

from cockpit.core.commands import Enter, Place
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.state import State
from cockpit.core.trade import TelemetryEvent
from cockpit.core.trade_record import TradeRecord
from cockpit.core.units import SHARE
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.place import HISTORY, JOURNAL
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from cockpit.storage.thread_history import ThreadHistory
from cockpit.venues.practice.venue import PracticeVenue

SEED = 4
RULES = DeskRules(pair_mode="auto")


class Session:
    """What a desk knew at its end."""

    def __init__(self, folder: Path, seconds: float, lives: int = 1) -> None:
        self.folder, self.events = folder, list[TelemetryEvent]()
        self.state, self.records = State(), tuple[TradeRecord, ...]()
        run(self._live(seconds, lives))

    async def _live(self, seconds: float, lives: int) -> None:
        clock = LoopClock()
        for life in range(lives):
            venue = PracticeVenue(
                now_ms=clock.now_ms, sleep=clock.sleep, seed=SEED, path=self.folder / "exchange.sqlite"
            )
            desk = Desk(
                venue=venue,
                journal=DirectJournal(Store(self.folder / JOURNAL, "process")),
                clock=clock,
                ids=SeededIds(SEED + life),
                rules=RULES,
                seed=SEED,
                history=ThreadHistory(self.folder / HISTORY),
            )
            desk.recover()
            desk.telemetry.listener = self.events.append
            task = asyncio.get_running_loop().create_task(desk.run())
            for step in range(int(seconds / 10)):
                await asyncio.sleep(10)
                self._enter(desk, f"enter-{life}-{step}")
                if step == life == 0:
                    self._buy(desk)
            desk.stop()
            await task
            self.state, self.records = desk.state, desk.telemetry.records()
            assert not desk.telemetry.failure

    def _enter(self, desk: Desk, command_id: str) -> None:
        """Take the best offer of a market that is not entered yet, as it is."""
        entered = {entry.market_id for entry in desk.state.entries.values() if entry.is_open}
        for offer in desk.scanner.best():
            if offer.market_id not in entered:
                desk.submit(Enter(command_id, offer.market_id, offer.kind, offer.first, offer.prices, offer.shares))
                return

    def _buy(self, desk: Desk) -> None:
        """Buy a few shares by hand in the market that closes first, so that it has resolved before the end."""
        closing = [market for market in desk.state.markets.values() if market.closes_at_ms is not None]
        market = min(closing, key=lambda one: one.closes_at_ms or 0)
        limit = desk.state.books[market.id].ask(Leg.YES)
        desk.submit(Place("by-hand", market.id, Leg.YES, Side.BUY, 10 * SHARE, limit, OrderType.FAK))
