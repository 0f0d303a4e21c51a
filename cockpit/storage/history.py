"""Telemetry: numbers over time, in a file and a thread of their own. None of it may ever hold up or hurt the desk.

What is lost: at a killed process the last few milliseconds, at a power cut what the system had not written yet.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import NamedTuple, Protocol

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, select
from sqlalchemy.exc import DatabaseError

from cockpit.core.errors import FailedError
from cockpit.storage.engine import open_reader, words

SCHEMA = 1
"""Kept in the file's `user_version`; a newer one is neither written nor read."""

metadata = MetaData()

samples = Table(
    "samples",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
)
"""In the order they were recorded. No index: writing never ends and would pay for reading, which is rare."""


class Sample(NamedTuple):
    """One number: what it counts, when, of what."""

    name: str
    at_ms: int
    subject: str
    value: int


class History(Protocol):
    """Where the desk's numbers go."""

    @property
    def failure(self) -> str:
        """Why it is off; empty while it works."""
        ...

    @property
    def dropped(self) -> int:
        """Numbers that are lost: too many at once, or it is off."""
        ...

    def record(self, name: str, at_ms: int, subject: str, value: int) -> None:
        """Keep one number, soon. Never raises, never waits."""
        ...

    def read(self, name: str, subject: str | None = None, since_ms: int = 0) -> list[tuple[int, int]]:
        """Return (at_ms, value) as recorded, of one subject or of all; empty when it cannot be read."""
        ...

    def samples_of(self, name: str, since_ms: int = 0) -> list[Sample]:
        """Return all numbers of a name with what each is of, as recorded; empty when they cannot be read."""
        ...

    def close(self) -> None:
        """Write what is queued. Never raises."""
        ...


class NoHistory:
    """Keeps nothing."""

    failure = ""
    dropped = 0

    def record(self, name: str, at_ms: int, subject: str, value: int) -> None:
        """Forget it."""

    def read(self, name: str, subject: str | None = None, since_ms: int = 0) -> list[tuple[int, int]]:
        """Return nothing."""
        return []

    def samples_of(self, name: str, since_ms: int = 0) -> list[Sample]:
        """Return nothing."""
        return []

    def close(self) -> None:
        """Do nothing."""


class MemoryHistory:
    """Keeps the newest numbers in memory: for tests and simulations."""

    failure = ""

    def __init__(self, keep: int = 100_000) -> None:
        self.samples: deque[Sample] = deque(maxlen=keep)
        self.dropped = 0

    def record(self, name: str, at_ms: int, subject: str, value: int) -> None:
        """Keep it; the oldest makes room."""
        self.samples.append(Sample(name, at_ms, subject, value))

    def read(self, name: str, subject: str | None = None, since_ms: int = 0) -> list[tuple[int, int]]:
        """Return (at_ms, value) as recorded."""
        found = self.samples_of(name, since_ms)
        return [(sample.at_ms, sample.value) for sample in found if subject in (None, sample.subject)]

    def samples_of(self, name: str, since_ms: int = 0) -> list[Sample]:
        """Return what was recorded."""
        return [sample for sample in self.samples if sample.name == name and sample.at_ms >= since_ms]

    def close(self) -> None:
        """Do nothing."""


def read_history(path: Path, name: str, subject: str | None = None, since_ms: int = 0) -> list[tuple[int, int]]:
    """Return (at_ms, value) as recorded, also while a desk writes the file. Raises: FailedError."""
    return [(sample.at_ms, sample.value) for sample in read_samples(path, name, subject, since_ms)]


def read_samples(path: Path, name: str, subject: str | None = None, since_ms: int = 0) -> list[Sample]:
    """Return numbers as recorded, also while a desk writes the file. Raises: FailedError."""
    if not path.is_file():
        raise FailedError(f"{path}: no history was recorded here")
    query = select(samples.c.name, samples.c.at_ms, samples.c.subject, samples.c.value)
    query = query.where(samples.c.name == name, samples.c.at_ms >= since_ms)
    if subject is not None:
        query = query.where(samples.c.subject == subject)
    try:
        with open_reader(path).connect() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version != SCHEMA:
                raise FailedError(f"{path} holds history of schema {version}, this cockpit reads {SCHEMA}: update it")
            return [Sample(*row) for row in connection.execute(query.order_by(samples.c.id))]
    except DatabaseError as error:
        raise FailedError(f"{path}: {words(error)}") from None
