"""The desk's inbox: what concerns our orders first, then market data, merged per market when the desk is late.

Orders, fills and every other fact are never dropped or merged, nor are trade prints: volumes and paper fills need
them. Levels only matter as they are now, so a late change is merged into the one that waits. What is merged or given
up is counted.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from cockpit.core import events as ev
from cockpit.core.book import Change
from cockpit.storage.codec import is_fact

LATE = 200
"""Waiting market data from which changes of levels are merged."""
MOST_PRINTS = 100_000
"""Trade prints kept for a desk that is late; beyond that the oldest are given up."""


@dataclass(slots=True)
class _Merged:
    """Changes of one market's levels that wait: the newest total of each."""

    market_id: str
    at_ms: int
    venue_ms: int
    levels: dict[tuple[int, int], int] = field(default_factory=dict)
    is_void: bool = False
    """A whole book came after it."""

    def add(self, event: ev.LevelsChanged) -> None:
        for side, price, shares in event.changes:
            self.levels[side, price] = shares
        self.at_ms, self.venue_ms = event.at_ms, event.venue_ms

    def event(self) -> ev.LevelsChanged:
        changes: tuple[Change, ...] = tuple((side, price, shares) for (side, price), shares in self.levels.items())
        return ev.LevelsChanged(self.at_ms, self.market_id, changes, self.venue_ms)


class Inbox:
    """Two lanes. Each keeps its order; the first is always emptied before the second."""

    def __init__(self) -> None:
        self._own: deque[ev.Event] = deque()
        self._market: deque[ev.Event | _Merged] = deque()
        self._merged: dict[str, _Merged] = {}
        self._prints = 0
        self.conflated = 0
        """Changes merged into newer ones so far."""
        self.dropped = 0
        """Trade prints given up so far."""

    def put(self, event: ev.Event) -> None:
        """Take an event."""
        if is_fact(event) or isinstance(event, ev.ConnectionChanged):
            self._own.append(event)
        elif isinstance(event, ev.LevelsChanged):
            self._put_levels(event)
        else:
            if isinstance(event, ev.BookSnapshot | ev.BookLost):
                self._void(event.market_id)
            elif isinstance(event, ev.TradePrinted):
                self._count_print()
            self._market.append(event)

    def take(self) -> ev.Event | None:
        """Return the next event, or None when there is none."""
        if self._own:
            return self._own.popleft()
        while self._market:
            event = self._market.popleft()
            if not isinstance(event, _Merged):
                self._prints -= isinstance(event, ev.TradePrinted)
                return event
            if not event.is_void:
                del self._merged[event.market_id]
                return event.event()
        return None

    def __len__(self) -> int:
        return len(self._own) + len(self._market)

    def _put_levels(self, event: ev.LevelsChanged) -> None:
        waiting = self._merged.get(event.market_id)
        if waiting is not None:
            waiting.add(event)
            self.conflated += 1
        elif len(self._market) < LATE:
            self._market.append(event)
        else:
            waiting = self._merged[event.market_id] = _Merged(event.market_id, event.at_ms, event.venue_ms)
            waiting.add(event)
            self._market.append(waiting)

    def _void(self, market_id: str) -> None:
        waiting = self._merged.pop(market_id, None)
        if waiting is not None:
            waiting.is_void = True
            self.conflated += 1

    def _count_print(self) -> None:
        self._prints += 1
        if self._prints > MOST_PRINTS:
            oldest = next(event for event in self._market if isinstance(event, ev.TradePrinted))
            self._market.remove(oldest)
            self._prints -= 1
            self.dropped += 1
