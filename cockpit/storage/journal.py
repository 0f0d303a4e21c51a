"""The journal the desk writes to: facts in order, and a barrier that waits until they are durable."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Iterator
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.storage import codec
from cockpit.storage.store import Row, Store


class JournalFailed(FailedError):
    """The journal cannot be written: nothing new may be sent, cancels go on."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(f"the journal cannot be written: {getattr(cause, 'orig', cause)}")


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
        self._flush()
        self._store.close()

    def _flush(self) -> None:
        try:
            self._store.write(self._rows)
        except (SQLAlchemyError, OSError) as error:
            raise JournalFailed(error) from error
        self._rows = []


_Item = Row | asyncio.Future[None] | None


class ThreadJournal:
    """Writes in a thread of its own, everything that has queued up in one commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._failure: JournalFailed | None = None
        self._thread = threading.Thread(target=self._write_loop, name="journal", daemon=True)
        self._thread.start()

    def load(self) -> Iterator[ev.Event]:
        """Yield all facts, oldest first; only before the first append."""
        return self._store.load()

    def append(self, fact: ev.Event) -> None:
        """Queue one fact."""
        self._queue.put(row_of(fact))

    async def barrier(self) -> None:
        """Wait for the commit that holds everything appended so far."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(done)
        await done

    def close(self) -> None:
        """Write what is queued, end the thread, close the store. Raises: JournalFailed."""
        self._queue.put(None)
        self._thread.join(timeout=10)
        self._store.close()
        if self._failure is not None:
            raise self._failure

    def _write_loop(self) -> None:
        is_open = True
        while is_open:
            items = [self._queue.get()]
            while not self._queue.empty():
                items.append(self._queue.get())
            is_open = None not in items
            if self._failure is None:
                try:
                    self._store.write(item for item in items if isinstance(item, tuple))
                except Exception as error:
                    # Every barrier from here on tells, and that stops the desk.
                    self._failure = JournalFailed(error)
            for item in items:
                if isinstance(item, asyncio.Future):
                    self._answer(item)

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
