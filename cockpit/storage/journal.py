"""The journal the desk writes to: facts in order, and a barrier that waits until they are durable."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError
from cockpit.storage import codec
from cockpit.storage.store import Store
from cockpit.storage.writer import Fenced, Row

MAX_UNWRITTEN = 200_000
"""Facts that may wait for a disk that hangs; with one more the journal counts as failed."""
GATHER_S = 0.005
"""How long facts nobody waits for may gather before they are committed; a barrier ends it at once."""
CLOSE_S = 10.0
"""Real seconds for the last commit."""


class JournalFailed(FailedError):
    """The journal cannot be written: nothing new may be sent, cancels go on."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"the journal cannot be written: {getattr(cause, 'orig', cause)}")


class JournalFenced(JournalFailed):
    """Another process has taken the account over: this desk must neither write nor send any more."""

    exit_code = RefusedError.exit_code


class Journal(Protocol):
    """Append is immediate and never blocks; nothing may leave the desk before `barrier` has returned."""

    def load(self) -> Iterator[ev.Event]:
        """Yield all facts, oldest first."""
        ...

    def append(self, fact: ev.Event) -> None:
        """Queue one fact."""
        ...

    async def barrier(self) -> None:
        """Return once everything appended so far is durable. Raises: JournalFailed."""
        ...

    def close(self) -> None:
        """Write what is queued and close the store. Raises: JournalFailed."""
        ...


def row_of(fact: ev.Event) -> Row:
    """Return the row a fact is stored as."""
    return fact.at_ms, *codec.encode(fact)


def failure_of(error: Exception) -> JournalFailed:
    """Return what an error of the store means for the journal."""
    return JournalFenced(error) if isinstance(error, Fenced) else JournalFailed(error)


class DirectJournal:
    """Writes in the caller's thread at every barrier: for simulations and tests."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: list[Row] = []

    def load(self) -> Iterator[ev.Event]:
        """Yield all facts, oldest first."""
        return self._store.load()

    def append(self, fact: ev.Event) -> None:
        """Queue one fact."""
        self._rows.append(row_of(fact))

    async def barrier(self) -> None:
        """Write what is queued."""
        self._flush()

    def close(self) -> None:
        """Write what is queued and close the store."""
        try:
            self._flush()
        finally:
            self._store.close()

    def _flush(self) -> None:
        try:
            self._store.write(self._rows)
        except (Fenced, SQLAlchemyError, sqlite3.Error, OSError) as error:
            raise failure_of(error) from error
        self._rows = []


class _Ask(Enum):
    LOOK = "there are facts"
    CLOSE = "there will be no more"


_Item = asyncio.Future[None] | _Ask


class ThreadJournal:
    """Writes in a thread of its own, everything that has queued up in one commit.

    Facts are frozen, so the loop only queues them: encoding is the thread's work, too.
    """

    def __init__(self, store: Store, max_unwritten: int = MAX_UNWRITTEN) -> None:
        self._store = store
        self._max_unwritten = max_unwritten
        self._facts: deque[ev.Event] = deque()
        self._asked: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._is_looking = False
        """Whether the thread will look at the facts before it sleeps again."""
        self._waiting: set[asyncio.Future[None]] = set()
        self._failure: JournalFailed | None = None
        self._is_broken = False
        """The thread's own: a commit has failed. A full queue alone is no reason not to write what is in it."""
        self._thread = threading.Thread(target=self._write_loop, name="journal", daemon=True)
        self._thread.start()

    def load(self) -> Iterator[ev.Event]:
        """Yield all facts, oldest first; only before the first append."""
        return self._store.load()

    def append(self, fact: ev.Event) -> None:
        """Queue one fact; after a failure it is dropped, and every barrier tells."""
        if self._failure is not None:
            return
        if len(self._facts) >= self._max_unwritten:
            self._overflow()
            return
        self._facts.append(fact)
        if not self._is_looking:
            self._is_looking = True
            self._asked.put(_Ask.LOOK)

    async def barrier(self) -> None:
        """Wait for the commit that holds everything appended so far."""
        if self._failure is not None:
            raise self._failure
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(done)
        self._asked.put(done)
        try:
            await done
        finally:
            self._waiting.discard(done)

    def close(self) -> None:
        """Write what is queued, end the thread, close the store. Raises: JournalFailed."""
        self._asked.put(_Ask.CLOSE)
        self._thread.join(timeout=CLOSE_S)
        if self._thread.is_alive():
            # Its connection is still in use, so it cannot be closed; the thread does not keep the process alive.
            raise JournalFailed(TimeoutError(f"the disk has not answered for {CLOSE_S:.0f} s"))
        self._store.close()
        if self._failure is not None:
            raise self._failure

    def _overflow(self) -> None:
        """The disk hangs: who waits is told now, since the thread may never come back."""
        words = f"the disk does not answer, and {self._max_unwritten:,} facts wait for it"
        self._failure = JournalFailed(TimeoutError(words))
        for done in self._waiting:
            if not done.done():
                done.set_exception(self._failure)

    def _write_loop(self) -> None:
        is_open = True
        while is_open:
            asked = self._gather()
            is_open = _Ask.CLOSE not in asked
            self._commit()
            for item in asked:
                if isinstance(item, asyncio.Future):
                    self._answer(item)

    def _gather(self) -> list[_Item]:
        """Sleep until somebody asks. An intent's barrier follows its facts at once and goes into one commit with them.

        Returns all that was asked.
        """
        asked = [self._asked.get()]
        if asked[0] is _Ask.LOOK:
            try:
                asked.append(self._asked.get(timeout=GATHER_S))
            except queue.Empty:
                return asked
        while not self._asked.empty():
            asked.append(self._asked.get())
        return asked

    def _commit(self) -> None:
        # Lowered before the facts are taken: one that comes in between is taken now, or asks for another look.
        self._is_looking = False
        if self._is_broken:
            self._facts.clear()
            return
        rows: list[Row] = []
        error = self._encode(rows)
        try:
            self._store.write(rows)
        except Exception as failure:
            error = failure
        if error is not None:
            # Every barrier from here on tells, and that stops the desk.
            self._is_broken = True
            self._failure = failure_of(error)

    def _encode(self, rows: list[Row]) -> Exception | None:
        """Move all facts to `rows`. Returns what was wrong with the first that cannot be written; those before it can.

        What comes after a fact that is missing must not be on disk: it may rest on it.
        """
        try:
            for _ in range(len(self._facts)):
                rows.append(row_of(self._facts.popleft()))  # noqa: PERF401 - what was encoded before an error counts
        except Exception as error:
            return error
        return None

    def _answer(self, done: asyncio.Future[None]) -> None:
        failure = self._failure

        def settle() -> None:
            if done.done():
                return
            if failure is None:
                done.set_result(None)
            else:
                done.set_exception(failure)

        try:
            done.get_loop().call_soon_threadsafe(settle)
        except RuntimeError:
            return  # the loop is closed: nobody waits any more
