"""Which orders are ours, read from a file that nothing else may be possible with: for a halt without a desk."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sqlalchemy import inspect, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DatabaseError

from cockpit.core.errors import FailedError
from cockpit.storage import codec
from cockpit.storage.engine import reading, words
from cockpit.storage.tables import events, intents


def read_intents(path: Path) -> dict[str, str]:
    """Return every order a journal ever meant to send: order id -> market id.

    Migrates, binds and writes nothing, decodes no fact, and takes no lock: it works beside a running desk, on a journal
    that cannot be replayed, and on one of an older cockpit. Raises: FailedError.
    """
    if not path.is_file():
        raise FailedError(f"{path}: there is no journal, so which orders are the desk's is not known")
    try:
        return reading(path, _read)
    except DatabaseError as error:
        raise FailedError(f"{path}: {words(error)}; which orders are the desk's cannot be read") from None


def _read(connection: Connection) -> dict[str, str]:
    if inspect(connection).has_table(intents.name):
        rows = connection.execute(select(intents.c.order_id, intents.c.market_id))
        return {row.order_id: row.market_id for row in rows}
    found: dict[str, str] = {}
    for body in connection.execute(select(events.c.body).where(events.c.type == codec.INTENT)).scalars():
        try:
            order_id, market_id = codec.intent_of(body)
        except msgspec.MsgspecError:
            continue  # one unreadable fact must not hide the others
        found[order_id] = market_id
    return found
