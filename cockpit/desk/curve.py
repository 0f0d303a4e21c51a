"""Numbers over time: the profit, thinned out the longer it is ago and the same after a restart, and the drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.drift import Trail
from cockpit.core.frame_orders import Point

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

NAME = "pnl"
EVERY_MS = 10_000
"""How often the numbers for charts are kept."""
MOST_POINTS = 480


class Curve:
    """Profit over time, in at most `MOST_POINTS` points, and the drift of the delta."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._step_ms = EVERY_MS
        self._points: list[Point] = []
        self.points: tuple[Point, ...] = ()
        """Oldest first; the same object until there is a new one."""
        self.trail = Trail()
        """The imbalances of the last minute."""
        self._kept_ms: int | None = None

    def load(self) -> None:
        """Bring back what earlier lives kept."""
        for at_ms, pnl in self._desk.history.read(NAME):
            self._add(at_ms, pnl)
        self.points = tuple(self._points)

    def look(self) -> None:
        """Keep numbers for charts, if it is time."""
        state, now, history = self._desk.state, self._desk.clock.now_ms(), self._desk.history
        self.trail.add(now, state.exposure.delta, state.exposure.unhedged)
        if self._kept_ms is not None and now - self._kept_ms < EVERY_MS:
            return
        self._kept_ms = now
        history.record("delta", now, "", state.exposure.delta)
        history.record("unhedged", now, "", state.exposure.unhedged)
        history.record("equity", now, "", state.equity)
        if state.unmarked or not state.has_opening:
            return  # too low while a mark is missing: a dip in the chart that never was
        history.record(NAME, now, "", state.pnl)
        self._add(now, state.pnl)
        self.points = tuple(self._points)

    def _add(self, at_ms: int, pnl: int) -> None:
        if self._points and at_ms - self._points[-1].at_ms < self._step_ms:
            return
        self._points.append(Point(at_ms, pnl))
        if len(self._points) > MOST_POINTS:
            self._points = self._points[::2]
            self._step_ms *= 2
