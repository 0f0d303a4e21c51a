"""Owns every task of the desk. A critical one that dies stops the desk; nothing dies unseen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Supervisor:
    """Starts tasks and waits for the first that fails."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[None], str] = {}
        self._failed: asyncio.Future[tuple[str, BaseException]] | None = None

    def start_endless(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task that must not end: that it did is a failure too."""
        self.start(what, _never_ending(work))

    def start_optional(
        self, what: str, work: Coroutine[Any, Any, None], failed: Callable[[str, BaseException], None]
    ) -> None:
        """Run a task that others can do without: `failed` is told when it dies."""
        task = asyncio.get_running_loop().create_task(work, name=what)
        self._tasks[task] = what

        def ended(task: asyncio.Task[None]) -> None:
            self._tasks.pop(task)
            error = None if task.cancelled() else task.exception()
            if error is not None:
                failed(what, error)

        task.add_done_callback(ended)

    def start(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task whose failure stops the desk; one that simply ends is forgotten."""
        task = asyncio.get_running_loop().create_task(work, name=what)
        self._tasks[task] = what
        task.add_done_callback(self._ended)

    async def failure(self) -> tuple[str, BaseException]:
        """Wait for the first failure and return which task it was and why."""
        if self._failed is None:
            self._failed = asyncio.get_running_loop().create_future()
        return await self._failed

    async def stop(self) -> None:
        """Cancel all tasks and wait until they have cleaned up."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        what = self._tasks.pop(task)
        if task.cancelled() or task.exception() is None:
            return
        failed = self._failed
        if failed is None:
            failed = self._failed = task.get_loop().create_future()
        error = task.exception()
        if not failed.done() and error is not None:
            failed.set_result((what, error))


async def _never_ending(work: Coroutine[Any, Any, None]) -> None:
    await work
    raise RuntimeError("ended although it must not")
