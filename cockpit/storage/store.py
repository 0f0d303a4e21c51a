"""A desk's database: opened once, migrated, checked, bound to one account.

Synchronous on purpose: the simulation commits without threads, the running desk gives it a thread of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from cockpit.core import events as ev
from cockpit.core.errors import FailedError, RefusedError
from cockpit.storage import codec
from cockpit.storage.tables import events, meta

HEAD = "0001"
"""The newest migration; a test compares it with the folder."""

Row = tuple[int, str, int, str]
"""(at_ms, type, version, body)"""


class Store:
    """Facts in, facts out. `path` None keeps everything in memory."""

    def __init__(self, path: Path | None) -> None:
        """Open and migrate. Raises: FailedError with a sentence for every way that can go wrong."""
        self.path = path
        if path is not None:
            _check_folder(path)
        self._engine = _engine(path)
        try:
            with self._engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
                version = _version(connection)
            if version != HEAD:
                _migrate(self._engine, version, path)
        except DatabaseError as error:
            self._engine.dispose()
            raise FailedError(f"{path}: {_words(error)}; nothing was changed") from None
        except FailedError:
            self._engine.dispose()
            raise

    def bind(self, facts: dict[str, str]) -> None:
        """Write what the database belongs to, or compare. Raises: RefusedError when it belongs to something else."""
        with self._engine.begin() as connection:
            known = {row.key: row.value for row in connection.execute(select(meta))}
            for key, value in facts.items():
                if key not in known:
                    connection.execute(meta.insert().values(key=key, value=value))
                elif known[key] != value:
                    raise RefusedError(f"{self.path} belongs to {key} {known[key]!r}, not {value!r}")

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

    def write(self, rows: Iterable[Row]) -> None:
        """Commit rows in one transaction; durable when it returns."""
        values = [{"at_ms": at, "type": name, "version": version, "body": body} for at, name, version, body in rows]
        if values:
            with self._engine.begin() as connection:
                connection.execute(events.insert(), values)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _engine(path: Path | None) -> Engine:
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        engine = create_engine(f"sqlite:///{path}", connect_args={"check_same_thread": False, "timeout": 5})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _pragmas(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    # The driver's own transaction handling would start a deferred one; we begin ourselves.
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """Take the write lock at once: upgrading a read lock fails without waiting when another writer was faster."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


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
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _words(error: SQLAlchemyError) -> str:
    cause = str(getattr(error, "orig", error))
    if "not a database" in cause:
        return "is not a database of the cockpit"
    if "readonly" in cause or "unable to open" in cause:
        return "cannot be written: set COCKPIT_STATE_DIR to a folder you can write to"
    return cause
