"""When people are told that a limit was crossed, and when that it is kept again: once each. Pure.

A crossing is told at once. Its end is told when at most 95 % of the limit have been used for ten seconds on end, so
that a number which swings around its limit raises one alarm, not one a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

BACK_PERCENT = 95
CALM_MS = 10_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of a limit is used, in whatever unit both are counted in."""

    limit: str
    """Which one: a word that stays the same when its number is changed."""
    used: int
    most: int
    over: str
    """What to say when it is crossed."""
    back: str
    """What to say when it is kept again."""
    level: str = "alarm"
    """How serious crossing it is."""


class Crossings:
    """Decides which readings are news. What was told already is kept by the caller, beyond a restart."""

    def __init__(self) -> None:
        self._calm_from: dict[str, int] = {}

    def news(self, now_ms: int, told: Collection[str], readings: Iterable[Reading]) -> list[tuple[Reading, bool]]:
        """Return (reading, whether it is over) of those to be told now; `told` are the limits last told to be over."""
        found = []
        for reading in readings:
            if reading.limit not in told:
                if reading.used > reading.most:
                    found.append((reading, True))
            elif reading.used * 100 > reading.most * BACK_PERCENT:
                self._calm_from.pop(reading.limit, None)
            elif now_ms - self._calm_from.setdefault(reading.limit, now_ms) >= CALM_MS:
                del self._calm_from[reading.limit]
                found.append((reading, False))
        return found
