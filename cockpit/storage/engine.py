"""How every database of the cockpit is opened: write-ahead log, and one writer at a time that waits for its turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import Engine, Executable, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool, StaticPool
from sqlalchemy.sql import ClauseElement

Synchronous = Literal["FULL", "NORMAL"]
T = TypeVar("T")


def open_engine(path: Path | None, synchronous: Synchronous) -> Engine:
    """Return an engine; `path` None keeps everything in memory, in one connection that all threads share."""
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": 5})

    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transaction handling would start a deferred one; we begin ourselves.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", prepare)
    return engine


def open_reader(path: Path, *, is_still: bool = False) -> Engine:
    """Return an engine that cannot write and takes no lock. `is_still`: nobody else has the file open, either."""
    address = f"{path.absolute().as_uri()}?{'immutable=1' if is_still else 'mode=ro'}"
    return create_engine("sqlite://", poolclass=NullPool, creator=lambda: sqlite3.connect(address, uri=True, timeout=5))


def reading(path: Path, read: Callable[[Connection], T]) -> T:
    """Return what `read` finds in a database, beside whoever works with it or in a folder that cannot be written.

    Raises: DatabaseError.
    """
    try:
        with open_reader(path).connect() as connection:
            return read(connection)
    except DatabaseError:
        # A folder that cannot be written has no room for the shared memory of a log; without a log none is needed.
        if path.with_name(f"{path.name}-wal").exists():
            raise
        with open_reader(path, is_still=True).connect() as connection:
            return read(connection)


def compiled(statement: Executable, engine: Engine, *columns: str) -> str:
    """Return a statement as the driver takes it; an insert takes values of these columns, in the order of their table.

    For the few that run thousands of times a second: on the driver's cursor they cost a tenth.
    """
    assert isinstance(statement, ClauseElement)
    return str(statement.compile(dialect=engine.dialect, column_keys=columns or None))


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Hold the only write transaction; committed at the end, rolled back by an exception.

    The write lock is taken at once: upgrading a read lock fails without waiting when another writer was faster. Reads
    take none, so that looking at a database never holds up its desk.
    """
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection


def words(error: Exception) -> str:
    """Return what a database said, as the end of a sentence that began with its path."""
    cause = str(getattr(error, "orig", None) or error)
    if "not a database" in cause:
        return "is not a database of the cockpit"
    if "readonly" in cause or "unable to open" in cause:
        return "cannot be written: set COCKPIT_STATE_DIR to a folder you can write to"
    return cause
