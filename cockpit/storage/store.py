"""A desk's database: opened once, migrated, checked, bound to one account.

Synchronous on purpose: the simulation commits without threads, the running desk gives it a thread of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError
from cockpit.storage import codec
from cockpit.storage.engine import open_engine, words, writing
from cockpit.storage.tables import events, intents, meta
from cockpit.storage.writer import FENCE, Row, Writer

HEAD = "0002"
"""The newest migration; a test compares it with the folder."""

Durability = Literal["power", "process"]
"""What a commit outlives: a lost power supply, or only the end of the process."""


class Store:
    """Facts in, facts out. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None, durability: Durability = "power") -> None:
        """Open and migrate. Raises: FailedError with a sentence for every way that can go wrong."""
        self.path = path
        if path is not None:
            _check_folder(path)
        self._engine = open_engine(path, "FULL" if durability == "power" else "NORMAL")
        try:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
                version = _version(connection)
            if version != HEAD:
                _migrate(self._engine, version, path)
        except DatabaseError as error:
            self._engine.dispose()
            raise FailedError(f"{path}: {words(error)}; nothing was changed") from None
        except FailedError:
            self._engine.dispose()
            raise
        self._writer = Writer(self._engine)

    def bind(self, facts: dict[str, str]) -> None:
        """Write what the database belongs to, or compare. Raises: RefusedError when it belongs to something else."""
        with writing(self._engine) as connection:
            known = {row.key: row.value for row in connection.execute(select(meta))}
            for key, value in facts.items():
                if key not in known:
                    connection.execute(meta.insert().values(key=key, value=value))
                elif known[key] != value:
                    raise RefusedError(f"{self.path} belongs to {key} {known[key]!r}, not {value!r}")

    def take_over(self) -> int:
        """Become the only writer: every other store that had taken this database over is refused from here on.

        Returns the number of this take-over.
        """
        with writing(self._engine) as connection:
            known = connection.execute(select(meta.c.value).where(meta.c.key == FENCE)).scalar()
            fence = int(known or 0) + 1
            row = insert(meta).values(key=FENCE, value=str(fence))
            connection.execute(row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value}))
        self._writer.fence = fence
        return fence

    def get(self, key: str) -> str | None:
        """Return what `bind` has written under a key."""
        with self._engine.connect() as connection:
            return connection.execute(select(meta.c.value).where(meta.c.key == key)).scalar()

    def load(self) -> Iterator[ev.Event]:
        """Yield all facts, oldest first. Raises: FailedError."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(events.c.type, events.c.version, events.c.body).order_by(events.c.seq))
            for name, version, body in rows:
                yield codec.decode(name, version, body)

    def intents(self) -> dict[str, str]:
        """Return every order we ever meant to send: order id -> market id. No fact is decoded."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(intents.c.order_id, intents.c.market_id))
            return {order_id: market_id for order_id, market_id in rows}

    def write(self, rows: Iterable[Row]) -> None:
        """Commit rows in one transaction; durable when it returns.

        Raises: Fenced once another store has taken over, if this one had; sqlite3.Error.
        """
        self._writer.write(rows)

    def close(self) -> None:
        """Close all connections."""
        self._writer.close()
        self._engine.dispose()


def _check_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise FailedError(f"cannot create the folder {path.parent}: {error.strerror}") from None
    if not os.access(path.parent, os.W_OK | os.X_OK) or (path.exists() and not os.access(path, os.W_OK)):
        target = path if path.exists() and not os.access(path, os.W_OK) else path.parent
        raise FailedError(f"cannot write to {target}: set COCKPIT_STATE_DIR to a folder you can write to")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, version: str | None, path: Path | None) -> None:
    # Imported here: it takes a quarter of a second, and a database at HEAD does not need it.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise FailedError(f"{path} was written by a newer cockpit (schema {version}, this one knows {HEAD}): update it")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
