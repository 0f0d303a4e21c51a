"""The faults that are ours, not the exchange's: kills, a slow or failing disk, clocks that jump."""

from __future__ import annotations

import random
from typing import Protocol

from cockpit.drill.plan import POINTS, Plan

_COMMIT_MS = (1, 6)
_BUSY_MS = (50, 4_000)
_SLOW_MS = (100, 3_000)
_PATIENCE_MS = 120_000
"""A kill waits this long for the point it was meant for, then strikes at any."""


class Now(Protocol):
    """What these faults need of a clock."""

    def now_ms(self) -> int:
        """Return wall time."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Timetable:
    """When a fault that happens by itself is due next, and how often it has."""

    def __init__(self, plan: Plan, word: str, now_ms: int) -> None:
        self.draw = random.Random(f"{word} {plan.seed}")  # noqa: S311 - repeatable on purpose
        self._mean_ms = plan.own.get(word, 0)
        self.fired = 0
        self.due_ms = 1 << 62
        self.next(now_ms)

    def next(self, now_ms: int) -> None:
        """Draw when it is due."""
        if self._mean_ms:
            self.due_ms = now_ms + round(self.draw.expovariate(1 / self._mean_ms))

    def bring_forward(self, at_ms: int) -> None:
        """Let it be due then, if that is earlier."""
        if self._mean_ms:
            self.due_ms = min(self.due_ms, at_ms)

    def off(self) -> None:
        """Never again."""
        self._mean_ms, self.due_ms = 0, 1 << 62

    def is_due(self, now_ms: int) -> bool:
        """Return whether it happens now, and if so draw the next time."""
        if now_ms < self.due_ms:
            return False
        self.next(now_ms)
        self.fired += 1
        return True


class Crash:
    """Decides at which point the process is killed."""

    def __init__(self, plan: Plan, clock: Now) -> None:
        self._clock = clock
        self._times = Timetable(plan, "proc.kill9", clock.now_ms())
        self._where = self._times.draw.choice(POINTS)
        self.at: dict[str, int] = dict.fromkeys(POINTS, 0)
        """Point -> kills there."""

    @property
    def fired(self) -> int:
        """Kills so far."""
        return self._times.fired

    def strikes(self, point: str) -> bool:
        """Return whether the process dies here."""
        now = self._clock.now_ms()
        if now < self._times.due_ms:
            return False
        if point != self._where and now < self._times.due_ms + _PATIENCE_MS:
            return False
        self._times.is_due(now)
        self._where = self._times.draw.choice(POINTS)
        self.at[point] += 1
        return True

    def soon(self, in_ms: int, where: str) -> None:
        """Let the next kill be at this point, not before so long from now, if kills are on at all."""
        self._times.bring_forward(self._clock.now_ms() + in_ms)
        self._where = where

    def down_ms(self, bounds: tuple[int, int]) -> int:
        """Draw how long it takes until the process is started again."""
        return self._times.draw.randint(*bounds)

    def off(self) -> None:
        """No more kills."""
        self._times.off()


class Disk:
    """What the journal's disk does."""

    def __init__(self, plan: Plan, clock: Now) -> None:
        now = clock.now_ms()
        self._clock = clock
        self._draw = random.Random(f"disk {plan.seed}")  # noqa: S311 - repeatable on purpose
        self._times = {word: Timetable(plan, word, now) for word in ("db.slow", "db.busy", "db.full", "db.ioerr")}

    @property
    def fired(self) -> dict[str, int]:
        """Word -> how often."""
        return {word: times.fired for word, times in self._times.items()}

    async def wait(self) -> None:
        """Take as long as the disk takes."""
        await self._clock.sleep(self._draw.randint(*_COMMIT_MS) / 1000)
        now = self._clock.now_ms()
        for word, bounds in (("db.slow", _SLOW_MS), ("db.busy", _BUSY_MS)):
            if self._times[word].is_due(now):
                await self._clock.sleep(self._times[word].draw.randint(*bounds) / 1000)

    def problem(self) -> str:
        """Return why a commit fails now, if it does."""
        now = self._clock.now_ms()
        if self._times["db.full"].is_due(now):
            return "database or disk is full"
        return "disk I/O error" if self._times["db.ioerr"].is_due(now) else ""

    def off(self) -> None:
        """A good disk from here on."""
        for times in self._times.values():
            times.off()
