"""A journal read as it is: beside a running desk, of a killed one, of an older cockpit. Nothing is written or held."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.storage import codec
from cockpit.storage.engine import reading, words
from cockpit.storage.tables import events


def read_facts(path: Path) -> list[ev.Event]:
    """Return all facts of a journal, oldest first, as they were at one moment. Raises: FailedError."""
    try:
        if not path.is_file():
            raise FailedError(f"there is no journal {path}: no desk has worked on this account yet")
        return reading(path, _read)
    except DatabaseError as error:
        raise FailedError(f"{path}: {words(error)}") from None
    except OSError as error:
        raise FailedError(f"{path}: {error.strerror}") from None


def _read(connection: Connection) -> list[ev.Event]:
    if not inspect(connection).has_table(events.name):
        return []  # a desk was killed before it had made it
    rows = connection.execute(select(events.c.type, events.c.version, events.c.body).order_by(events.c.seq))
    return [codec.decode(name, version, body) for name, version, body in rows]
