"""What the files of an account say, read beside whoever works with them: nothing is written, nothing moves on."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.core.errors import FailedError
from cockpit.core.market import Market
from cockpit.core.order import Order
from cockpit.venues.base import Balances
from cockpit.venues.practice.ledger import Ledger, Saved
from cockpit.venues.practice.markets import BY_SLUG, market_of


@dataclass(frozen=True, slots=True)
class Glance:
    """Orders, balances and markets as they were written last."""

    orders: tuple[Order, ...] = ()
    """Those that rest; one past its expiry does until the exchange has written its end."""
    ended: dict[str, Order] = field(default_factory=dict)
    balances: Balances = field(default_factory=lambda: Balances(0, {}))
    markets: dict[str, Market] = field(default_factory=dict)
    newest_ms: int = 0
    """The exchange's time was at least this: a practice market may have run ahead of the wall clock."""
    is_new: bool = False
    """No exchange was ever set up there."""


def glance(path: Path) -> Glance:
    """Read the practice exchange's file. Raises: FailedError."""
    if _is_new(path):
        return Glance(is_new=True)
    ledger = Ledger(path, None)
    try:
        return _glance(ledger.load())
    except (ValueError, KeyError, TypeError) as error:
        raise FailedError(f"{path} holds something that cannot be read: {error}") from None
    finally:
        ledger.close()


def quiet_s(journal: Path, quarantine_ms: int) -> float:
    """Return how long an order may still arrive: its intent was on disk before it left."""
    newest_s = 0.0
    if not journal.exists():
        newest_s = time.time()  # when the last one left is not known
    for path in (journal, journal.with_name(f"{journal.name}-wal")):
        with contextlib.suppress(OSError):
            found = path.stat()
            # An empty log is made by whoever looks at the journal.
            newest_s = max(newest_s, found.st_mtime if found.st_size else 0.0)
    return min(max(0.0, newest_s + quarantine_ms / 1000 - time.time()), quarantine_ms / 1000)


def _glance(saved: Saved) -> Glance:
    times = [order.created_ms for order in saved.orders] + [fill.at_ms for fill in saved.fills]
    times += [listing.window.closes_ms for listing in saved.listings if listing.payout_yes is not None]
    markets = {
        listing.market_id: market_of(saved.seed, BY_SLUG[listing.window.family], listing.window, listing.tick)
        for listing in saved.listings
        if listing.window.family in BY_SLUG
    }
    return Glance(
        orders=tuple(order for order in saved.orders if not order.is_terminal),
        ended={order.id: order for order in saved.orders if order.is_terminal},
        balances=Balances(saved.cash, dict(saved.shares)),
        markets=markets,
        newest_ms=max(times, default=0),
    )


def _is_new(path: Path) -> bool:
    """Return whether nothing was ever set up there: opening such a file as an exchange would make one."""
    if not path.is_file():
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'numbers'").fetchone()
            return not (tables and connection.execute("SELECT 1 FROM numbers WHERE name = 'seed'").fetchone())
    except sqlite3.Error:
        return False  # whoever opens it will say what is wrong with it
