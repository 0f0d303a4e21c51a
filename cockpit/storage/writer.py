"""The one place where facts enter a database: a prepared transaction on a connection of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects.sqlite import insert

from cockpit.core.errors import RefusedError
from cockpit.storage import codec
from cockpit.storage.engine import compiled
from cockpit.storage.tables import events, intents, meta

FENCE = "fence"
"""The key in `meta` of the counter that every take-over raises."""

Row = tuple[int, str, int, str]
"""(at_ms, type, version, body)"""


class Fenced(RefusedError):
    """Another process has taken the database over: whatever is decided here must not be written any more."""


class Writer:
    """Commits rows of the journal. Used by one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self.fence: int | None = None
        """Our take-over; None writes without asking."""
        self._place = engine.url.database or "the database"
        self._connection = engine.raw_connection()
        self._cursor: Any = self._connection.cursor()
        self._add_events = compiled(events.insert(), engine, "at_ms", "type", "version", "body")
        self._add_intents = compiled(insert(intents).on_conflict_do_nothing(), engine, "order_id", "market_id", "at_ms")
        self._read_fence = compiled(select(meta.c.value).where(meta.c.key == bindparam("key")), engine)

    def write(self, rows: Iterable[Row]) -> None:
        """Commit rows and the ids of the orders they name in one transaction; durable when it returns.

        Raises: Fenced, sqlite3.Error, MsgspecError for an intent that names no order.
        """
        values = list(rows)
        if not values:
            # A desk that has nothing to write must notice, too, that it is no longer the one.
            self._check_fence()
            return
        ours = [(*codec.intent_of(body), at_ms) for at_ms, name, _, body in values if name == codec.INTENT]
        execute = self._cursor.execute
        execute("BEGIN IMMEDIATE")
        try:
            self._check_fence()
            self._cursor.executemany(self._add_events, values)
            if ours:
                self._cursor.executemany(self._add_intents, ours)
            execute("COMMIT")
        except BaseException:
            # Some failures, a full disk among them, have rolled back by themselves.
            self._connection.rollback()
            raise

    def close(self) -> None:
        """Give the connection back."""
        self._cursor.close()
        self._connection.close()

    def _check_fence(self) -> None:
        if self.fence is None:
            return
        found = self._cursor.execute(self._read_fence, (FENCE,)).fetchone()
        if found is None or int(found[0]) != self.fence:
            raise Fenced(f"another desk has taken over {self._place}: this one may not write any more")
