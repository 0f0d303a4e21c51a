"""Limits that are exceeded, and kept again, told once each: others trade on the account, too, and prices move."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.crossings import Crossings, Reading
from cockpit.core.units import PRICE_ONE, money_text, shares_text

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

DELTA = "delta"
"""The soft limit: while it is crossed, pairs that add to it are closed although they are even enough by themselves."""


class Alarms:
    """Reads every limit. What was told is folded from the journal: a restart does not tell it again."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._crossings = Crossings()

    def look(self) -> None:
        """Tell people what was crossed, and what is kept again."""
        now = self._desk.clock.now_ms()
        readings = [*self._delta(), *self._limits()]
        for reading, is_over in self._crossings.news(now, self._desk.state.limits_over, readings):
            level, words = (reading.level, reading.over) if is_over else ("info", reading.back)
            self._desk.record(ev.Noted(now, level, words, is_alert=True, limit=reading.limit))

    def _delta(self) -> Iterator[Reading]:
        """The soft limit, a part of the exposure."""
        sums, net = self._desk.state.exposure, shares_text(self._desk.state.exposure.delta)
        used, most = abs(sums.delta) * 10_000 * PRICE_ONE, self._desk.rules.max_delta_pct * sums.total
        over, back = f"delta {net} is beyond its limit", f"delta {net} is back within its limit"
        yield Reading(DELTA, used, most, over, back, "warning")

    def _limits(self) -> Iterator[Reading]:
        state, limits = self._desk.state, self._desk.rules.limits
        held = state.positions.values()
        leg = max((max(position.yes.shares, position.no.shares) for position in held), default=0)
        most = limits.max_position_size
        yield _reading("leg", leg, most, shares_text(leg), f"shares of one leg, limit {shares_text(most)}")
        unhedged, most = state.exposure.unhedged, limits.max_unhedged
        yield _reading("unhedged", unhedged, most, shares_text(unhedged), f"shares unhedged, limit {shares_text(most)}")
        cost, most = sum(position.cost for position in held), limits.max_total_exposure
        yield _reading("deployed", cost, most, money_text(cost), f"USD in positions, limit {money_text(most)}")


def _reading(limit: str, used: int, most: int, number: str, words: str) -> Reading:
    return Reading(limit, used, most, f"over a limit: {number} {words}", f"within the limit again: {words}")
