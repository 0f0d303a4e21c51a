"""Trades as tables, for questions in SQL: `trades`, `trade_telemetry`, `rebalance_trades`, `telemetry_events`.

They are a projection: made whole from the journal's facts whenever they are asked for, so they can be wrong in no way
that the journal is not, and a running desk is never concerned. Below them are integers; the tables that are asked are
views with the seed's names, numbers in USD and shares, and times that `julianday` understands.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, Table, Text
from sqlalchemy.exc import DatabaseError

from cockpit.core.errors import FailedError
from cockpit.core.trade import TelemetryEvent
from cockpit.core.trade_record import RebalanceTrade, TradeRecord
from cockpit.storage.engine import open_engine, words, writing
from cockpit.storage.telemetry_views import VIEWS

metadata = MetaData()

_NUMBERS = (
    "opened_ms", "detected_ms", "yes_price", "no_price", "placed_ms", "filled_ms", "initial_yes", "initial_no",
    "rebalance_started_ms", "balanced_ms", "ended_ms", "final_yes", "final_no", "profit", "held_profit", "avoided",
)  # fmt: skip
_trades = Table(
    "trade_integers",
    metadata,
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False) for name in ("market_id", "market", "entry_id", "outcome")),
    *(Column(name, BigInteger) for name in _NUMBERS),
)
_rebalances = Table(
    "rebalance_integers",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text) for name in ("trade_id", "parent_id", "action", "status")),
    *(Column(name, BigInteger) for name in ("attempted_ms", "shares", "price", "filled", "profit")),
)
_events = Table(
    "event_integers",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(name, Text) for name in ("name", "trade_id")),
    Column("at_ms", BigInteger),
)


def write_tables(path: Path, records: Sequence[TradeRecord], events: Sequence[TelemetryEvent]) -> None:
    """Write the tables into a new file, or in the place of an older one. Raises: FailedError."""
    if path.exists() and not _is_ours(path):
        raise FailedError(f"{path} is there already and is no file of telemetry: give another name")
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        engine = open_engine(fresh, "NORMAL")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA journal_mode=DELETE")  # one file, to be handed on
            fill_tables(engine, records, events)
        finally:
            engine.dispose()
        fresh.replace(path)
    except (DatabaseError, OSError) as error:
        problem = words(error) if isinstance(error, DatabaseError) else error.strerror
        raise FailedError(f"{path} cannot be written: {problem}") from None
    finally:
        for left in (fresh, *(fresh.with_name(f"{fresh.name}-{end}") for end in ("wal", "shm"))):
            left.unlink(missing_ok=True)


def fill_tables(engine: Engine, records: Sequence[TradeRecord], events: Sequence[TelemetryEvent]) -> None:
    """Create and fill the tables in an empty database."""
    rows: list[tuple[Table, list[dict[str, Any]]]] = [
        (_trades, [_trade(one) for one in records]),
        (_rebalances, [_rebalance(one.id, each) for one in records for each in one.rebalances]),
        (_events, [{"name": one.name.value, "trade_id": one.trade_id, "at_ms": one.at_ms} for one in events]),
    ]
    with writing(engine) as connection:
        metadata.create_all(connection)
        for view in VIEWS:
            connection.exec_driver_sql(view)
        for table, found in rows:
            if found:
                connection.execute(table.insert(), found)


def _trade(one: TradeRecord) -> dict[str, Any]:
    pairs: Iterable[tuple[str, tuple[int, int] | None]] = (
        ("{}_price", one.prices), ("initial_{}", one.initial), ("final_{}", one.final)
    )  # fmt: skip
    both = {name.format(leg): two[n] if two else None for name, two in pairs for n, leg in enumerate(("yes", "no"))}
    alike = {name: getattr(one, name) for name in _NUMBERS if name not in both}
    return {
        "id": one.id, "market_id": one.market_id, "market": one.name, "entry_id": one.entry_id,
        "outcome": one.end.value, **both, **alike,
    }  # fmt: skip


def _rebalance(trade_id: str, one: RebalanceTrade) -> dict[str, Any]:
    return {
        "trade_id": trade_id, "parent_id": one.parent_id, "action": one.action, "status": one.status.value,
        "attempted_ms": one.attempted_ms, "shares": one.shares, "price": one.price, "filled": one.filled,
        "profit": one.profit,
    }  # fmt: skip


def _is_ours(path: Path) -> bool:
    """Return whether a file may be replaced: it holds our tables. Anything else is somebody's."""
    from cockpit.storage.engine import open_reader

    try:
        with open_reader(path).connect() as connection:
            query = "SELECT count(*) FROM sqlite_master WHERE name = ?"
            return bool(connection.exec_driver_sql(query, (_trades.name,)).scalar())
    except DatabaseError:
        return False
