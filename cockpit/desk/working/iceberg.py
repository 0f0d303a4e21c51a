"""When an iceberg shows its next chunk: at an age since the last trade at which others place their orders too.

The wait is in memory only: it is a matter of seconds, and a restart draws it anew. What is decided is the chunk, and
that is a fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.arrivals import FALLBACK_MS
from cockpit.core.parent import Parent
from cockpit.core.peg import is_bid
from cockpit.core.slicing.rules import Draw
from cockpit.desk.working.planner import Planner

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Icebergs:
    """Remembers when each iceberg may show its next chunk."""

    def __init__(self, desk: Desk, planner: Planner) -> None:
        self._desk, self._planner = desk, planner
        self._due_ms: dict[str, int] = {}
        """Parent id -> when its next chunk is sent."""
        self._draws: dict[str, Draw] = {}

    def wait_s(self, parent: Parent, now: int) -> float:
        """Return how long until the next chunk of a parent may leave; 0 once, when it may."""
        due = self._due_ms.get(parent.id)
        if due is None:
            due = self._due_ms[parent.id] = self._draw_due(parent, now)
        if due > now:
            return (due - now) / 1000
        del self._due_ms[parent.id]
        return 0.0

    def traded(self, market_id: str) -> None:
        """Somebody has traded: whoever looks for icebergs counts from here, and so does a wait."""
        now = self._desk.clock.now_ms()
        for parent_id in list(self._due_ms):
            parent = self._desk.state.parents[parent_id]
            if not parent.is_open:
                del self._due_ms[parent_id]
            elif parent.market_id == market_id:
                self._due_ms[parent_id] = self._draw_due(parent, now)
                # It may be due before whoever works it wakes by itself: up to a second late would show.
                self._desk.executor.touch()

    def _draw_due(self, parent: Parent, now: int) -> int:
        draw = self._draws.get(parent.id)
        if draw is None:
            salt = f"{parent.how.seed} waits {len(parent.slices)} {self._desk.state.starts}"
            draw = self._draws[parent.id] = self._desk.ids.draws(salt)
        tape = self._desk.state.tapes.get(parent.market_id)
        if tape is None or tape.last_ms is None:
            return now + int(draw() * FALLBACK_MS)
        arrivals = tape.arrivals[0 if is_bid(parent.leg, parent.side) else 1]
        since = max(now - tape.last_ms, 0)
        wait, latency = arrivals.draw_age(since, draw) - since, self._desk.orders.latency_ms
        # It takes a while to arrive, so it is sent that much earlier. An age that cannot be met any more comes so much
        # late instead: were it not drawn, so few chunks would follow a trade at once that it shows.
        return now + (wait - latency if wait >= latency else wait)
