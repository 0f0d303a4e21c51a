"""History of a running desk: the loop appends to a queue, a thread writes what is in it every few milliseconds."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections import deque
from pathlib import Path

from sqlalchemy import Engine, bindparam, func, select
from sqlalchemy.pool import PoolProxiedConnection

from cockpit.core.errors import FailedError
from cockpit.storage.engine import compiled, open_engine, words, writing
from cockpit.storage.history import SCHEMA, Sample, metadata, read_history, read_samples, samples

DRAIN_S = 0.02
KEEP = 1_000_000
"""Rows; beyond them the oldest go."""
MAX_WAITING = 100_000
"""Numbers that may wait for the disk; those that come on top are dropped and counted."""
CLOSE_S = 5.0
_BATCH = 5_000
_SAMPLE = ("name", "at_ms", "subject", "value")
_NOT_STORABLE = (OverflowError, UnicodeError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""What a number or name brings about that no database takes: ours to mend, no reason to stop writing the others."""

_Row = tuple[str, int, str, int]


class ThreadHistory:
    """Numbers in a file of their own. Whatever the disk does, `record` appends or counts, and `failure` says it."""

    def __init__(self, path: Path, *, keep: int = KEEP, max_waiting: int = MAX_WAITING) -> None:
        self.path = path
        self.failure = ""
        self._keep = keep
        self._room = max_waiting
        self._waiting: deque[_Row] = deque()
        self._not_taken = 0
        self._not_written = 0
        """Counted by the thread, `_not_taken` by the loop: one number changed by both would lose some."""
        self._closing: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    @property
    def dropped(self) -> int:
        """Numbers that are lost: too many at once, not storable, or history is off."""
        return self._not_taken + self._not_written

    def record(self, name: str, at_ms: int, subject: str, value: int) -> None:
        """Queue one number, or count it when there is no room."""
        if len(self._waiting) < self._room:
            self._waiting.append((name, at_ms, subject, value))
        else:
            self._not_taken += 1

    def read(self, name: str, subject: str | None = None, since_ms: int = 0) -> list[tuple[int, int]]:
        """Return (at_ms, value) of what is written, as recorded; empty when it cannot be read."""
        try:
            return read_history(self.path, name, subject, since_ms)
        except FailedError:
            return []

    def samples_of(self, name: str, since_ms: int = 0) -> list[Sample]:
        """Return what is written, as recorded; empty when it cannot be read."""
        try:
            return read_samples(self.path, name, None, since_ms)
        except FailedError:
            return []

    def close(self) -> None:
        """Write what is queued; a disk that hangs is left behind."""
        self._closing.put(None)
        self._thread.join(timeout=CLOSE_S)

    def _run(self) -> None:
        engine: Engine | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # A power cut may take the last batches, it must not break the file: so not OFF.
            engine = open_engine(self.path, "NORMAL")
            _prepare(engine)
            connection = engine.raw_connection()
            try:
                self._drain_until_closed(engine, connection)
            finally:
                connection.close()
        except FailedError as error:
            self._turn_off(str(error))
        except Exception as error:
            # Whatever it is, it is telemetry's own affair.
            self._turn_off(f"{self.path}: {words(error)}")
        finally:
            if engine is not None:
                engine.dispose()

    def _turn_off(self, sentence: str) -> None:
        self._room = 0
        self._not_written += len(self._waiting)
        self._waiting.clear()
        self.failure = f"history is off: {sentence}"

    def _drain_until_closed(self, engine: Engine, connection: PoolProxiedConnection) -> None:
        table = _SampleTable(engine, connection, self._keep)
        is_open = True
        while is_open:
            try:
                self._closing.get(timeout=DRAIN_S)
                is_open = False
            except queue.Empty:
                pass
            while count := min(len(self._waiting), _BATCH):
                self._write(table, [self._waiting.popleft() for _ in range(count)])

    def _write(self, table: _SampleTable, rows: list[_Row]) -> None:
        try:
            try:
                table.add(rows)
            except _NOT_STORABLE:
                good = [row for row in rows if _is_storable(row)]
                table.add(good)
                self._not_written += len(rows) - len(good)
        except BaseException:
            self._not_written += len(rows)
            raise


class _SampleTable:
    """The rows on disk. The statements run on the driver's cursor, row by row: it lets the loop run in between."""

    def __init__(self, engine: Engine, connection: PoolProxiedConnection, keep: int) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._keep = keep
        self._add = compiled(samples.insert(), engine, *_SAMPLE)
        self._prune = compiled(samples.delete().where(samples.c.id <= bindparam("last")), engine)
        self._cursor.execute(compiled(select(func.min(samples.c.id), func.max(samples.c.id)), engine))
        oldest, newest = self._cursor.fetchone() or (None, None)
        self._oldest: int = oldest or 1
        self._newest: int = newest or 0

    def add(self, rows: list[_Row]) -> None:
        """Commit rows; twice as many of the oldest go while there are too many, so that no batch takes long."""
        newest = self._newest + len(rows)
        first = max(self._oldest, min(newest - self._keep + 1, self._oldest + 2 * len(rows)))
        self._cursor.execute("BEGIN IMMEDIATE")
        try:
            self._cursor.executemany(self._add, rows)
            if first > self._oldest:
                self._cursor.execute(self._prune, (first - 1,))
            self._cursor.execute("COMMIT")
        except BaseException:
            self._connection.rollback()
            raise
        self._oldest, self._newest = first, newest


def _is_storable(row: _Row) -> bool:
    name, at_ms, subject, value = row
    try:
        f"{name}{subject}".encode()
        return all(-(2**63) <= int(number) < 2**63 for number in (at_ms, value))
    except (ValueError, TypeError):
        return False


def _prepare(engine: Engine) -> None:
    """Create what is missing. Raises: FailedError for a newer schema."""
    with writing(engine) as connection:
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if version > SCHEMA:
            raise FailedError(f"{engine.url.database} was written by a newer cockpit (schema {version}): update it")
        metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA}")
