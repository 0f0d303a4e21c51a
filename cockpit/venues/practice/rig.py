"""Tasks and timers that belong to a venue: a request that was sent goes on when whoever sent it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from cockpit.venues.base import Unanswered

T = TypeVar("T")


@dataclass(slots=True)
class _Timer:
    action: Callable[[], None]
    task: asyncio.Task[None] | None = None


class Rig:
    """Owns tasks. A failure that no caller waits for is told to `on_failure`."""

    def __init__(self, now_ms: Callable[[], int], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.now_ms = now_ms
        self.on_failure: Callable[[BaseException], None] | None = None
        self._sleep = sleep
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._timers: dict[int, _Timer] = {}
        self._count = 0

    async def pause(self, ms: int) -> None:
        """Wait, in milliseconds."""
        await self._sleep(max(0, ms) / 1000)

    async def outlive(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what a piece of work returns; when the caller is cancelled the work goes on.

        Raises: Unanswered when the venue is closed meanwhile.
        """
        task = self._keep(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            caller = asyncio.current_task()
            if task.cancelled() and caller is not None and not caller.cancelling():
                raise Unanswered("the connection was closed") from None
            raise

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a task nobody waits for."""
        self._keep(work).add_done_callback(self._look)

    def later(self, ms: int, action: Callable[[], None]) -> None:
        """Do something in `ms` milliseconds, or when `hurry` is called before that."""
        self._count += 1
        timer = self._timers[self._count] = _Timer(action)
        timer.task = self._keep(self._act(self._count, ms))
        timer.task.add_done_callback(self._look)

    def hurry(self) -> None:
        """Let all timers act now, oldest first; those they set take their own time."""
        for number, timer in list(self._timers.items()):
            if self._timers.pop(number, None) is not None:
                if timer.task is not None:
                    timer.task.cancel()
                timer.action()

    async def stop(self) -> None:
        """Cancel everything and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _act(self, number: int, ms: int) -> None:
        await self.pause(ms)
        timer = self._timers.pop(number, None)
        if timer is not None:
            timer.action()

    def _keep(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[task] = None
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)

    def _look(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and self.on_failure is not None:
            self.on_failure(error)
