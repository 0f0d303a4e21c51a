"""Which way an imbalance drifts: what it is now against what it was about a minute ago. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

SPAN_MS = 60_000
"""How far back it is compared."""
LEAST_MS = 10_000
"""With less behind us nothing is said."""
STEADY = 100
"""A change of at most one part in so many is none."""


class Drift(StrEnum):
    """Which way an imbalance goes."""

    GROWING = "growing"
    SHRINKING = "shrinking"
    STEADY = "steady"
    TURNED = "turned"
    """It lies on the other side of 0 now."""


@dataclass(frozen=True, slots=True)
class Drifts:
    """The drift of the net delta and of the unhedged shares."""

    net: Drift
    unhedged: Drift


def drift_of(before: int, now: int) -> Drift:
    """Return which way an imbalance went; up to 1 % of the larger one is steady, whichever leg has the excess."""
    if before * now < 0:
        return Drift.TURNED
    least, most = abs(before), abs(now)
    if abs(most - least) * STEADY <= max(least, most):
        return Drift.STEADY
    return Drift.GROWING if most > least else Drift.SHRINKING


class Trail:
    """The imbalances of the last minute, as somebody adds them about once a second. Times are milliseconds."""

    def __init__(self) -> None:
        self._points: deque[tuple[int, int, int]] = deque()

    def add(self, at_ms: int, net: int, unhedged: int) -> None:
        """Remember what they are; what is older than needed is forgotten. After a clock was set back it starts anew."""
        points = self._points
        if points and at_ms < points[-1][0]:
            points.clear()
        points.append((at_ms, net, unhedged))
        while len(points) > 1 and points[1][0] <= at_ms - SPAN_MS:
            points.popleft()

    def drifts(self, now_ms: int, net: int, unhedged: int) -> Drifts | None:
        """Return the drift since a minute ago, or since the oldest there is; None when that is less than ten seconds.

        What was remembered last before that moment counts, however long before.
        """
        past = [point for point in self._points if point[0] <= now_ms - SPAN_MS] or list(self._points)[:1]
        if not past or now_ms - past[-1][0] < LEAST_MS:
            return None
        _, net_before, unhedged_before = past[-1]
        return Drifts(drift_of(net_before, net), drift_of(unhedged_before, unhedged))
