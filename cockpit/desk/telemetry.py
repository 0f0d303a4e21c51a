"""Folds telemetry beside the desk. Whatever goes wrong with it, trading goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.telemetry import Telemetry
from cockpit.core.trade import TelemetryEvent
from cockpit.core.trade_record import TradeRecord
from cockpit.desk.view_telemetry import telemetry_rows

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LOOK_EVERY_MS = 1_000
"""Sums over all trades are made no more often: nobody reads them twenty times a second ..."""
MANY = 500
"""... and less often the more trades there are, by as many times as this goes into their number."""


class TradeTelemetry:
    """The trades of a running desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._trades = Telemetry(desk.rules.rebalance.threshold)
        self._told = 0
        self._looked: tuple[int, int] | None = None
        """(version, at ms) of the last look."""
        self._rows: TelemetryRows | None = None
        self.failure = ""
        """Why it is off; empty while it works."""
        self.listener: Callable[[TelemetryEvent], None] | None = None
        """Hears what happens, and not again what a journal told."""

    def take(self, event: ev.Event) -> None:
        """Fold what was just folded into the state. Never raises."""
        if self.failure:
            return
        try:
            self._trades.fold(self._desk.state, event)
            self._tell()
        except Exception as error:
            self._turn_off(error)

    def rows(self) -> TelemetryRows | None:
        """Return trades and metrics for the screen, the same object while nothing is new; None when it is off."""
        if self.failure:
            return None
        now, version = self._desk.clock.now_ms(), self._trades.version
        if self._looked is not None:
            before, at_ms = self._looked
            trades = self._rows.metrics.trades if self._rows is not None else 0
            if before == version or 0 <= now - at_ms < LOOK_EVERY_MS * (1 + trades // MANY):
                return self._rows
        self._looked = version, now
        try:
            self._rows = telemetry_rows(self.records())
        except Exception as error:
            self._turn_off(error)
            return None
        return self._rows

    def records(self) -> tuple[TradeRecord, ...]:
        """Return every trade as it is now, oldest first."""
        return self._trades.records(self._desk.state)

    def _tell(self) -> None:
        found, self._told = self._trades.events[self._told :], len(self._trades.events)
        if self.listener is not None and self._desk.started_ms:
            for event in found:
                self.listener(event)

    def _turn_off(self, error: Exception) -> None:
        self.failure = f"telemetry has failed and is off: {type(error).__name__}: {error}"
        if self._desk.started_ms:  # before that the journal is being read, and nothing may be written
            self._say_failure()

    def recovered(self) -> None:
        """The journal is folded: make the first sums before anybody trades, or tell people why telemetry is off."""
        if self.failure:
            self._say_failure()
        else:
            self.rows()

    def _say_failure(self) -> None:
        self._desk.note("alarm", self.failure, is_alert=True)
