"""Time, passed in. Nothing else in the engine reads a clock or sleeps."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Wall time in UTC milliseconds, and sleeping."""

    def now_ms(self) -> int:
        """Return wall time in milliseconds, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Sleep this long on this clock."""
        ...

    def catch_up(self, ms: int) -> None:
        """Go on from `ms` if that is later than now."""
        ...

    def drift_ms(self) -> int:
        """Return how far the machine's wall clock is ahead of this one: after a sleep of the machine, its length."""
        ...

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one; 0 while it stands still."""
        ...

    def set_speed(self, speed: float) -> None:
        """Go on from now at another speed."""
        ...


class WallClock:
    """Real time; `speed` makes it run faster (practice and replay), `start_ms` makes it begin elsewhere (replay)."""

    def __init__(self, speed: float = 1.0, start_ms: int | None = None) -> None:
        self._speed = speed
        self._origin = time.monotonic()
        self._start_ms: float = time.time_ns() // 1_000_000 if start_ms is None else start_ms
        self._is_real = speed == 1.0 and start_ms is None
        self._changed = asyncio.Event()

    def now_ms(self) -> int:
        """Return the start plus what a monotonic clock counted since: it never goes back."""
        return int(self._time_ms())

    async def sleep(self, seconds: float) -> None:
        """Sleep `seconds` of this clock's time, also when its speed changes meanwhile."""
        until = self._time_ms() + seconds * 1000
        while True:
            left = max(0.0, until - self._time_ms()) / 1000
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), left / self._speed if self._speed else None)
            except TimeoutError:
                return

    def catch_up(self, ms: int) -> None:
        """Go on from `ms` if that is later than now."""
        self._start_ms += max(0.0, ms - self._time_ms())

    def drift_ms(self) -> int:
        """Return wall time minus ours: a monotonic clock stands still while the machine sleeps. 0 for other times."""
        return time.time_ns() // 1_000_000 - self.now_ms() if self._is_real else 0

    @property
    def speed(self) -> float:
        """How many of its seconds pass in a real one."""
        return self._speed

    def set_speed(self, speed: float) -> None:
        """Go on from now at another speed, 0 stands still; called on the event loop its sleepers run on."""
        self._start_ms = self._time_ms()
        self._origin = time.monotonic()
        self._speed = speed
        self._changed.set()
        self._changed = asyncio.Event()

    def _time_ms(self) -> float:
        return self._start_ms + (time.monotonic() - self._origin) * 1000 * self._speed


class LoopClock:
    """Time of the running event loop: virtual in tests, where a loop jumps to its next timer."""

    def __init__(self, start_ms: int = 1_790_000_000_000) -> None:
        self._start_ms = start_ms
        self._slept_ms = 0

    def now_ms(self) -> int:
        """Return the start plus the loop's own time."""
        return self._start_ms + round(asyncio.get_running_loop().time() * 1000)

    async def sleep(self, seconds: float) -> None:
        """Sleep on the loop."""
        await asyncio.sleep(max(0.0, seconds))

    def catch_up(self, ms: int) -> None:
        """Go on from `ms` if that is later than now."""
        ahead = max(0, ms - self.now_ms())
        self._start_ms += ahead
        self._slept_ms = max(0, self._slept_ms - ahead)

    def drift_ms(self) -> int:
        """Return the time slept that nobody has caught up with."""
        return self._slept_ms

    def suspend(self, ms: int) -> None:
        """Let the machine sleep: wall time goes on, the loop's does not."""
        self._slept_ms += ms

    @property
    def speed(self) -> float:
        """As fast as its loop."""
        return 1.0

    def set_speed(self, speed: float) -> None:
        """The loop's speed is its own."""
