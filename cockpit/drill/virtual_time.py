"""An event loop whose time jumps: an hour of timers passes in milliseconds, in an order set by a seed."""

from __future__ import annotations

import asyncio
import random
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Deadlock(RuntimeError):
    """Nothing is ready, no timer is set, and the main task is not done."""


class _Instant(selectors.SelectSelector):
    """Never waits: moves the loop's time to the next timer instead."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found:
            if timeout is None:
                raise Deadlock("every task waits for something that cannot come")
            self.loop.now += max(0.0, timeout)
        return found


class VirtualLoop(asyncio.SelectorEventLoop):
    """Virtual time from 0; with a seed, callbacks that are ready together run in a seeded order."""

    def __init__(self, seed: int | None = None) -> None:
        selector = _Instant()
        super().__init__(selector)
        selector.loop = self
        self.now = 0.0
        self._draw = random.Random(seed) if seed is not None else None  # noqa: S311 - repeatable on purpose

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        ready = self._ready  # type: ignore[attr-defined]
        if self._draw is not None and len(ready) > 1:
            shuffled = list(ready)
            self._draw.shuffle(shuffled)
            ready.clear()
            ready.extend(shuffled)
        super()._run_once()  # type: ignore[misc]


def run(main: Coroutine[Any, Any, T], seed: int | None = None) -> T:
    """Return the coroutine's result, run in virtual time; leftover tasks are cancelled and awaited."""
    loop = VirtualLoop(seed)
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(main)
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()
