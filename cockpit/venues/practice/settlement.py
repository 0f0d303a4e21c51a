"""How fills settle: matched, mined, confirmed, within about two seconds; or another course that somebody plans.

Only the times are here. Whether a failure can be booked is the account's question.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cockpit.core.order import Fill, FillKey, FillStatus
from cockpit.venues.account import NEVER_MS
from cockpit.venues.practice.draws import seeded

CONFIRM_MS = (1_500, 2_500)
"""How long a fill ordinarily takes from matched to confirmed; it is mined at half of that."""


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Course:
    """How a trade settles out of the ordinary."""

    steps: tuple[tuple[int, FillStatus], ...]
    """(milliseconds after the match, status), the last one final; none: it stays matched until `unstick`."""
    mark: FillStatus = FillStatus.FAILED
    """The step that makes it extraordinary ..."""
    took: Callable[[], None] = _nothing
    """... and who is told when that step was taken."""


class Settlement:
    """The steps that are still to come, for all fills that are not proven."""

    def __init__(self, seed: int) -> None:
        self.plan: Callable[[], Course | None] | None = None
        """Asked once for each trade; None for the ordinary course."""
        self._draw = seeded(seed, "confirm")
        self._due: list[tuple[int, int, FillKey, FillStatus]] = []
        self._count = 0
        self._stuck: dict[FillKey, None] = {}
        self._courses: dict[FillKey, Course] = {}
        self._newest: tuple[str, Course | None] = ("", None)

    @property
    def next_ms(self) -> int:
        """When the next step is due."""
        return self._due[0][0] if self._due else NEVER_MS

    def begin(self, fill: Fill) -> None:
        """Plan the steps of a fill that was just matched; both sides of one trade take the same course."""
        trade_id, course = self._newest
        if fill.trade_id != trade_id:
            course = self.plan() if self.plan else None
            self._newest = fill.trade_id, course
        if course is None:
            self.resume(fill, fill.at_ms)
            return
        self._courses[fill.key] = course
        if not course.steps:
            self._stuck[fill.key] = None
            course.took()
        for delay_ms, status in course.steps:
            self._push(fill.at_ms + delay_ms, fill.key, status)

    def resume(self, fill: Fill, from_ms: int) -> None:
        """Let a fill go the rest of the ordinary way, as after a restart; a proven or failed one has none."""
        if fill.status in (FillStatus.CONFIRMED, FillStatus.FAILED):
            return
        whole = self._draw.randint(*CONFIRM_MS)
        if fill.status is not FillStatus.MINED:
            self._push(from_ms + whole // 2, fill.key, FillStatus.MINED)
        self._push(from_ms + whole, fill.key, FillStatus.CONFIRMED)

    def unstick(self, fills: dict[FillKey, Fill], now_ms: int) -> None:
        """Let everything that is stuck settle from now on."""
        stuck, self._stuck = self._stuck, {}
        for key in stuck:
            self.resume(fills[key], now_ms)

    def take_due(self, now_ms: int) -> Iterator[tuple[FillKey, FillStatus]]:
        """Yield the steps that are due, in the order of their times."""
        while self._due and self._due[0][0] <= now_ms:
            _due, _count, key, status = heapq.heappop(self._due)
            yield key, status

    def taken(self, key: FillKey, status: FillStatus) -> None:
        """Take note that a step really was booked."""
        course = self._courses.get(key)
        if course and course.mark is status:
            course.took()
        if status in (FillStatus.CONFIRMED, FillStatus.FAILED):
            self._courses.pop(key, None)

    def _push(self, due_ms: int, key: FillKey, status: FillStatus) -> None:
        self._count += 1
        heapq.heappush(self._due, (due_ms, self._count, key, status))
