"""All facts of a journal that may belong to somebody else just now: for reports beside a running desk."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.exc import DatabaseError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.storage import codec
from cockpit.storage.engine import open_reader, words
from cockpit.storage.tables import events


def read_facts(path: Path) -> list[ev.Event]:
    """Return every fact of a journal, oldest first. Migrates and writes nothing, and takes no lock.

    Raises: FailedError when there is no journal, or it cannot be read.
    """
    if not path.is_file():
        raise FailedError(f"{path}: there is no journal")
    try:
        return _read(open_reader(path))
    except DatabaseError as error:
        try:
            # A folder that cannot be written has no room for the shared memory of a log; without a log none is needed.
            if path.with_name(f"{path.name}-wal").exists():
                raise error
            return _read(open_reader(path, is_still=True))
        except DatabaseError:
            raise FailedError(f"{path}: {words(error)}; the journal cannot be read") from None


def _read(engine: Engine) -> list[ev.Event]:
    with engine.connect() as connection:
        rows = connection.execute(select(events.c.type, events.c.version, events.c.body).order_by(events.c.seq))
        return [codec.decode(name, version, body) for name, version, body in rows]
