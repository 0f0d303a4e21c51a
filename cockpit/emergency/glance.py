"""What the files of an account say, read beside whoever works with them: nothing is written, nothing moves on."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.core.market import Market
from cockpit.core.order import Order
from cockpit.venues.base import Balances
from cockpit.venues.practice.ledger import Ledger
from cockpit.venues.practice.markets import BY_SLUG, market_of


@dataclass(frozen=True, slots=True)
class Glance:
    """Open orders, balances and markets as they were written last."""

    orders: tuple[Order, ...] = ()
    balances: Balances = field(default_factory=lambda: Balances(0, {}))
    markets: dict[str, Market] = field(default_factory=dict)
    newest_ms: int = 0
    """The exchange's time was at least this: a practice market may have run ahead of the wall clock."""


def glance(path: Path, now_ms: int) -> Glance:
    """Read the practice exchange's file; one that is not there holds nothing. Raises: FailedError."""
    if not path.is_file():
        return Glance()
    ledger = Ledger(path, None)
    try:
        saved = ledger.load()
    finally:
        ledger.close()
    times = [order.created_ms for order in saved.orders] + [fill.at_ms for fill in saved.fills]
    times += [listing.window.closes_ms for listing in saved.listings if listing.payout_yes is not None]
    markets = {
        listing.market_id: market_of(saved.seed, BY_SLUG[listing.window.family], listing.window, listing.tick)
        for listing in saved.listings
        if listing.window.family in BY_SLUG
    }
    return Glance(
        orders=tuple(order for order in saved.orders if _rests(order, now_ms)),
        balances=Balances(saved.cash, dict(saved.shares)),
        markets=markets,
        newest_ms=max(times, default=0),
    )


def quiet_s(journal: Path, quarantine_ms: int) -> float:
    """Return how long an order may still arrive: its intent was on disk before it left."""
    newest_s = 0.0
    for path in (journal, journal.with_name(f"{journal.name}-wal")):
        with contextlib.suppress(OSError):
            found = path.stat()
            # An empty log is made by whoever looks at the journal.
            newest_s = max(newest_s, found.st_mtime if found.st_size else 0.0)
    return min(max(0.0, newest_s + quarantine_ms / 1000 - time.time()), quarantine_ms / 1000)


def _rests(order: Order, now_ms: int) -> bool:
    return not order.is_terminal and (order.expires_at_ms is None or order.expires_at_ms > now_ms)
