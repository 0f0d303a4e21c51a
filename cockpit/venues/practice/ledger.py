"""The exchange's own journal: what it must still know after a kill -9.

One action of the engine is one transaction, committed before its answer or events leave. Rows hold present values, so
writing the same action twice changes nothing. Write-ahead log with synchronous=FULL: neither a killed process nor a
lost power supply takes back what was told. After a write that failed nothing more is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from cockpit.core.conversion import Conversion, ConversionKind, ConversionState
from cockpit.core.errors import FailedError, UsageError
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.venues.practice.markets import Window
from cockpit.venues.practice.relayer import Ask
from cockpit.venues.practice.world import Listing

SCHEMA = 2
"""2: conversions, and shares of ended markets that were not redeemed yet."""
DEFAULT_SEED = 1
NEWEST = 8
"""Ended markets that are loaded although nothing is held of them: a desk may have missed their ends."""
_TABLES = sa.MetaData()
_NUMBERS = sa.Table(
    "numbers", _TABLES, sa.Column("name", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
"""schema, seed, cash, trades; as text, since a seed may be of any size."""
_SHARES = sa.Table(
    "shares", _TABLES, sa.Column("token", sa.Text, primary_key=True), sa.Column("shares", sa.BigInteger, nullable=False)
)
_MARKETS = sa.Table(
    "markets",
    _TABLES,
    sa.Column("market_id", sa.Text, primary_key=True),
    sa.Column("family", sa.Text, nullable=False),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("starts_ms", "closes_ms", "tick", "fair")),
    sa.Column("payout_yes", sa.BigInteger),
)
_ORDERS = sa.Table(
    "orders",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("label", "parent_id", "market_id", "type", "state")),
    sa.Column("reason", sa.Text, nullable=False),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("leg", "side", "post_only", "slice_index")),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("price", "size", "created_ms")),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("filled", "money", "fee", "venue_filled")),
    sa.Column("expires_at_ms", sa.BigInteger),
)
_FILLS = sa.Table(
    "fills",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("trade_id", "order_id", "market_id", "status")),
    *(sa.Column(name, sa.Integer, nullable=False) for name in ("leg", "side", "is_taker")),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("price", "shares", "money", "fee", "at_ms")),
    sa.UniqueConstraint("trade_id", "order_id"),
)
_CONVERSIONS = sa.Table(
    "conversions",
    _TABLES,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("market_id", "kind", "by", "state", "reason")),
    *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("shares", "amount", "asked_ms", "due_ms")),
    sa.Column("fails", sa.Integer, nullable=False),
)


_ENDS = sa.select(_MARKETS.c.market_id).where(_MARKETS.c.payout_yes.is_not(None))
_NEEDED = (
    sa.select(_MARKETS)
    .where(
        _MARKETS.c.payout_yes.is_(None)
        | _MARKETS.c.market_id.in_(sa.select(_ORDERS.c.market_id))
        | _MARKETS.c.market_id.in_(sa.select(_FILLS.c.market_id))
        | _MARKETS.c.market_id.in_(_ENDS.order_by(_MARKETS.c.closes_ms.desc()).limit(NEWEST))
    )
    .order_by(sa.text("rowid"))
)


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file (or nothing, for a new one) says: present values, oldest first."""

    seed: int
    cash: int = 0
    trades: int = 0
    shares: dict[str, int] = field(default_factory=dict)
    listings: tuple[Listing, ...] = ()
    orders: tuple[Order, ...] = ()
    fills: tuple[Fill, ...] = ()
    asks: tuple[Ask, ...] = ()

    @property
    def is_new(self) -> bool:
        """Nothing was ever written."""
        return not self.listings


@dataclass(frozen=True, slots=True)
class Page:
    """What one action changed."""

    cash: int
    trades: int
    shares: dict[str, int] | None = None
    """All shares, or None when they did not change."""
    listings: Sequence[Listing] = ()
    orders: Sequence[Order] = ()
    fills: Sequence[Fill] = ()
    asks: Sequence[Ask] = ()


class Ledger:
    """One SQLite file. Used from one thread at a time."""

    def __init__(self, path: Path, seed: int | None) -> None:
        """Open or create the file. Raises: UsageError for another seed, FailedError when it cannot be used."""
        self.path = path
        self.is_torn = False
        """A write failed: what happened since is not in the file, so nothing that rests on it may be."""
        with self._named("use", "make the folder writable or choose another one"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(
                f"sqlite:///{path}", poolclass=sa.StaticPool, connect_args={"check_same_thread": False}
            )
            sa.event.listen(self._engine, "connect", _set_pragmas)
            try:
                self.seed = self._prepare(seed)
            except BaseException:
                self._engine.dispose()
                raise

    def load(self) -> Saved:
        """Return what the file holds; of ended markets those with orders or fills, and the newest few.

        Raises: FailedError.
        """
        with self._named("read", "make it readable"), self._engine.connect() as connection:
            numbers = {row.name: int(row.value) for row in connection.execute(sa.select(_NUMBERS))}
            return Saved(
                seed=self.seed,
                cash=numbers.get("cash", 0),
                trades=numbers.get("trades", 0),
                shares={row.token: row.shares for row in connection.execute(sa.select(_SHARES))},
                listings=tuple(_listing(row) for row in connection.execute(_NEEDED)),
                orders=tuple(_order(row) for row in connection.execute(sa.select(_ORDERS).order_by(_ORDERS.c.number))),
                fills=tuple(_fill(row) for row in connection.execute(sa.select(_FILLS).order_by(_FILLS.c.number))),
                asks=tuple(
                    _ask(row) for row in connection.execute(sa.select(_CONVERSIONS).order_by(_CONVERSIONS.c.number))
                ),
            )

    def write(self, page: Page) -> None:
        """Write what one action changed, in one transaction; refused once a write has failed. Raises: FailedError."""
        if self.is_torn:
            raise FailedError(f"the practice venue cannot write {self.path}: an earlier write failed; start again")
        self.is_torn = True
        remedy = "make room or make it writable, then start again"
        with self._named("write", remedy), self._engine.begin() as connection:
            _put(connection, _NUMBERS, ["name"], _numbers(cash=page.cash, trades=page.trades))
            if page.shares is not None:
                connection.execute(sa.delete(_SHARES))
                _put(connection, _SHARES, ["token"], [{"token": t, "shares": s} for t, s in page.shares.items()])
            _put(connection, _MARKETS, ["market_id"], [_listing_row(listing) for listing in page.listings])
            _put(connection, _ORDERS, ["id"], [_order_row(order) for order in page.orders])
            _put(connection, _FILLS, ["trade_id", "order_id"], [_fill_row(fill) for fill in page.fills])
            _put(connection, _CONVERSIONS, ["id"], [_ask_row(ask) for ask in page.asks])
        self.is_torn = False

    def close(self) -> None:
        """Release the file."""
        self._engine.dispose()

    def _prepare(self, seed: int | None) -> int:
        """Create what is missing (SQLite keeps tables of a transaction that was killed) and return the file's seed."""
        with self._engine.begin() as connection:
            _NUMBERS.create(connection, checkfirst=True)
            numbers = {row.name: int(row.value) for row in connection.execute(sa.select(_NUMBERS))}
            if numbers.get("schema", 0) > SCHEMA:
                raise FailedError(
                    f"{self.path} was written by a newer version (schema {numbers['schema']}, this one knows {SCHEMA});"
                    " update cockpit, or move the file away to begin again"
                )
            _TABLES.create_all(connection)
            if numbers.get("schema", SCHEMA) < SCHEMA:
                _put(connection, _NUMBERS, ["name"], _numbers(schema=SCHEMA))
            if "seed" not in numbers:
                chosen = DEFAULT_SEED if seed is None else seed
                _put(connection, _NUMBERS, ["name"], _numbers(schema=SCHEMA, seed=chosen))
                return chosen
        if seed is not None and seed != numbers["seed"]:
            raise UsageError(
                f"seed {seed} was asked for, but {self.path} holds a practice market of seed {numbers['seed']}; "
                "leave the seed out to go on with it, or move the file away to begin again"
            )
        return numbers["seed"]

    @contextmanager
    def _named(self, what: str, remedy: str) -> Iterator[None]:
        """Turn what the database says into a sentence that names the file."""
        try:
            yield
        except (sa.exc.DBAPIError, OSError) as error:
            said = getattr(error, "orig", None) or error
            if any(word in str(said) for word in ("not a database", "malformed")):
                remedy = "move the file away to begin again"
            raise FailedError(f"the practice venue cannot {what} {self.path}: {said}; {remedy}") from error


def _set_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=2000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _put(connection: sa.Connection, table: sa.Table, keys: list[str], rows: list[dict[str, Any]]) -> None:
    """Insert rows, or bring those with the same keys up to date."""
    if not rows:
        return
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _numbers(**values: int) -> list[dict[str, Any]]:
    return [{"name": name, "value": str(value)} for name, value in values.items()]


def _listing_row(listing: Listing) -> dict[str, Any]:
    window = listing.window
    return {
        "market_id": listing.market_id,
        "family": window.family,
        "starts_ms": window.starts_ms,
        "closes_ms": window.closes_ms,
        "tick": listing.tick,
        "fair": listing.fair,
        "payout_yes": listing.payout_yes,
    }


def _listing(row: Any) -> Listing:
    window = Window(row.family, row.starts_ms, row.closes_ms)
    return Listing(row.market_id, window, row.tick, row.fair, row.payout_yes)


def _order_row(order: Order) -> dict[str, Any]:
    row = {column.name: getattr(order, column.name) for column in _ORDERS.c if column.name != "number"}
    return row | {"type": order.type.value, "state": order.state.value, "post_only": int(order.post_only)}


def _order(row: Any) -> Order:
    found = dict(row._mapping)
    del found["number"]
    return Order(
        **found
        | {
            "leg": Leg(row.leg),
            "side": Side(row.side),
            "type": OrderType(row.type),
            "state": OrderState(row.state),
            "post_only": bool(row.post_only),
        }
    )


def _fill_row(fill: Fill) -> dict[str, Any]:
    row = {column.name: getattr(fill, column.name) for column in _FILLS.c if column.name != "number"}
    return row | {"status": fill.status.value, "is_taker": int(fill.is_taker)}


def _fill(row: Any) -> Fill:
    found = dict(row._mapping)
    del found["number"]
    return Fill(
        **found
        | {
            "leg": Leg(row.leg),
            "side": Side(row.side),
            "status": FillStatus(row.status),
            "is_taker": bool(row.is_taker),
        }
    )


def _ask_row(ask: Ask) -> dict[str, Any]:
    return {field.name: getattr(ask.conversion, field.name) for field in fields(Conversion)} | {
        "kind": ask.conversion.kind.value,
        "state": ask.conversion.state.value,
        "due_ms": ask.due_ms,
        "fails": int(ask.fails),
    }


def _ask(row: Any) -> Ask:
    found = {field.name: getattr(row, field.name) for field in fields(Conversion)}
    found |= {"kind": ConversionKind(row.kind), "state": ConversionState(row.state)}
    return Ask(Conversion(**found), row.due_ms, bool(row.fails))
