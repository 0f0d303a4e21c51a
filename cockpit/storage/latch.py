"""The latch: a small file that says "halted", written before the first cancel leaves and read before anything else.

It is not part of the journal, so that it holds when the journal cannot be written, replayed or opened. Whatever is
there and cannot be understood counts as latched: only a missing file is clear.
"""

from __future__ import annotations

import asyncio
import contextlib
import glob
import itertools
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import msgspec

from cockpit.core.errors import FailedError

PATIENCE_S = 1.0
"""Real seconds a kill switch waits for the disk; then the cancels go out without it."""

_WRITES = itertools.count(1)


class LatchFailed(FailedError):
    """The latch is not on disk: the halt holds in this process only."""


@dataclass(frozen=True, slots=True)
class LatchState:
    """Why, since when, how wide, and how far it is proven that nothing rests any more."""

    reason: str
    at_ms: int
    everything: bool = False
    """Every order of the account, not only the desk's own."""
    is_proven: bool = False
    open_orders: int = 0


class Latch(Protocol):
    """What a halt is written to."""

    def read(self) -> LatchState | None:
        """Return what is latched; None when clear."""
        ...

    async def look(self) -> LatchState | None:
        """Return the same without holding up the loop; None as well when the disk does not answer."""
        ...

    async def set(self, state: LatchState) -> None:
        """Latch; durable when it returns. Raises: LatchFailed."""
        ...

    async def clear(self) -> None:
        """Release; durable when it returns. Raises: LatchFailed."""
        ...


class MemoryLatch:
    """For drills and tests: outlives a desk, as a disk outlives a process."""

    def __init__(self) -> None:
        self.state: LatchState | None = None
        self.failure: str = ""
        """A sentence makes every change fail with it."""

    def read(self) -> LatchState | None:
        """Return what is latched."""
        return self.state

    async def look(self) -> LatchState | None:
        """Return the same."""
        return self.state

    async def set(self, state: LatchState) -> None:
        """Latch. Raises: LatchFailed."""
        self._change(state)

    async def clear(self) -> None:
        """Release. Raises: LatchFailed."""
        self._change(None)

    def _change(self, state: LatchState | None) -> None:
        if self.failure:
            raise LatchFailed(self.failure)
        self.state = state


class FileLatch:
    """One small JSON file. The work is done in threads, so that a disk that hangs holds up nobody for long."""

    def __init__(self, path: Path, patience_s: float = PATIENCE_S) -> None:
        self.path = path
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._is_looking = False
        self._asked = 0
        self._done = 0
        """Numbers of the newest change that was asked for and carried out: what came late must not undo it."""

    def read(self) -> LatchState | None:
        """Return what is latched; what is there and cannot be read counts."""
        for path in (self.path, *self._left_behind()):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                return _unknown(path, error.strerror or "error")
            try:
                return msgspec.json.decode(content, type=LatchState)
            except msgspec.MsgspecError as error:
                return _unknown(path, str(error))
        return None

    async def look(self) -> LatchState | None:
        """Return the same without holding up the loop; None as well while the disk does not answer."""
        if self._is_looking:
            return None
        self._is_looking = True
        loop = asyncio.get_running_loop()
        done: asyncio.Future[LatchState | None] = loop.create_future()

        def settle(found: LatchState | None) -> None:
            if not done.done():
                done.set_result(found)

        def run() -> None:
            found = self.read()
            self._is_looking = False
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, found)

        threading.Thread(target=run, name="latch", daemon=True).start()
        try:
            async with asyncio.timeout(self._patience_s):
                return await done
        except TimeoutError:
            return None

    async def set(self, state: LatchState) -> None:
        """Latch; durable when it returns. Raises: LatchFailed, within a second."""
        await self._in_thread(lambda: self._write(state))

    async def clear(self) -> None:
        """Release; durable when it returns. Raises: LatchFailed: then the file may be gone or not, so `set` again."""
        await self._in_thread(self._remove)

    def set_now(self, state: LatchState) -> None:
        """Latch from a command line, however long the disk takes. Raises: LatchFailed."""
        self._asked += 1
        self._change(self._asked, lambda: self._write(state))

    def _change(self, number: int, work: Callable[[], None]) -> None:
        """Carry one change out, unless a newer one was. Raises: LatchFailed."""
        try:
            with self._lock:
                if number > self._done:
                    work()
                    self._done = number
        except OSError as error:
            raise LatchFailed(f"the halt is not on disk: {self.path}: {error.strerror or error}") from error

    async def _in_thread(self, work: Callable[[], None]) -> None:
        # A thread of its own and no pool: a pool waits at the end of the process for a disk that never answers.
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._asked += 1
        number = self._asked

        def settle(failure: LatchFailed | None) -> None:
            if done.done():
                return
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)

        def run() -> None:
            failure = None
            try:
                self._change(number, work)
            except LatchFailed as error:
                failure = error
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, failure)

        threading.Thread(target=run, name="latch", daemon=True).start()
        try:
            async with asyncio.timeout(self._patience_s):
                await done
        except TimeoutError:
            words = f"the halt is not on disk: {self.path}: no answer for {self._patience_s:g} s"
            raise LatchFailed(words) from None

    def _write(self, state: LatchState) -> None:
        """Write beside the file, then put it in place: at no moment is there less than before."""
        readable = replace(state, reason=state.reason.encode("utf-8", "replace").decode())
        content = msgspec.json.encode(readable)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A file of our own: others may be halting at the same moment.
        own = self.path.with_name(f"{self.path.name}.new-{os.getpid()}-{next(_WRITES)}")
        handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        own.replace(self.path)
        _sync_folder(self.path.parent)

    def _left_behind(self) -> list[Path]:
        """Return what a kill before the rename has left: somebody was about to halt, so it counts."""
        return sorted(self.path.parent.glob(f"{glob.escape(self.path.name)}.new*"))

    def _remove(self) -> None:
        for path in (*self._left_behind(), self.path):
            path.unlink(missing_ok=True)
        _sync_folder(self.path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unknown(path: Path, why: str) -> LatchState:
    return LatchState(f"{path} cannot be read ({why}), so it counts as a halt", at_ms=0)
