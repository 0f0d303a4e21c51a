"""Databases as earlier releases left them behind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

import cockpit.storage as storage
from cockpit.storage.engine import open_engine, writing
from cockpit.storage.writer import Row

RELEASE_0_1 = Path(__file__).parent / "data" / "release-0.1.jsonl"
"""A row of every kind of fact, as release 0.1 wrote them."""


RELEASE_0_2 = Path(__file__).parent / "data" / "release-0.2.jsonl"
"""The same of release 0.2, the last one without slicers, entries and merges."""


def rows_of(release: Path) -> list[Row]:
    return [tuple(json.loads(line)) for line in release.read_text().splitlines()]


def rows_of_release_0_1() -> list[Row]:
    return rows_of(RELEASE_0_1)


def migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def old_database(path: Path, rows: Iterable[Row]) -> None:
    """Write a database of release 0.1: its own migration and nothing else."""
    engine = open_engine(path, "FULL")
    with writing(engine) as connection:
        migrate(connection, "0001")
        for row in rows:
            connection.exec_driver_sql("INSERT INTO events (at_ms, type, version, body) VALUES (?, ?, ?, ?)", row)
        connection.exec_driver_sql("INSERT INTO meta VALUES ('account', 'practice')")
    engine.dispose()
