"""The tables of a desk's database. Their history is in `migrations`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

metadata = MetaData()

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("type", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,
)
"""The journal: every fact in the order it was folded. Rows are only ever added."""

intents = Table(
    "intents",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("market_id", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
"""Every order the journal ever meant to send: which orders of an account are ours, without folding anything."""

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""What a database is bound to (mode, account, seed), and the `fence`: how often it was taken over."""
