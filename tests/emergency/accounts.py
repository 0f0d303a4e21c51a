"""Practice accounts as a killed desk leaves them: resting orders at the exchange, intents in the journal."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.units import SHARE
from cockpit.emergency import commands
from cockpit.emergency.glance import glance
from cockpit.emergency.outcome import Outcome
from cockpit.place import EXCHANGE, JOURNAL, LATCH
from cockpit.storage.journal import row_of
from cockpit.storage.latch import FileLatch, LatchState
from cockpit.storage.store import Store
from cockpit.venues.base import Accepted
from cockpit.venues.practice.venue import PracticeVenue

SEED = 7


def an_account(state: Path, own: Sequence[str] = (), foreign: Sequence[str] = ()) -> Path:
    """Make an account in a state folder with orders of ours and of others resting; return its folder.

    The journal looks as if nothing had been written for an hour, so nothing can still be on its way.
    """
    folder = state / f"practice-{SEED}"
    folder.mkdir(parents=True)
    orders = asyncio.run(_rest(folder / EXCHANGE, [*own, *foreign]))
    store = Store(folder / JOURNAL)
    store.bind({"mode": "practice", "account": "practice", "seed": str(SEED)})
    store.write([row_of(ev.OrderSending(order.created_ms, order)) for order in orders if order.id in own])
    store.close()
    let_an_hour_pass(folder)
    return folder


def let_an_hour_pass(folder: Path) -> None:
    """Make the journal look as if nothing had been written for an hour: nothing can still be on its way."""
    an_hour_ago = time.time() - 3600
    for path in folder.glob(f"{JOURNAL}*"):
        os.utime(path, (an_hour_ago, an_hour_ago))


def open_ids(folder: Path) -> set[str]:
    """Return what rests at the exchange."""
    return {order.id for order in glance(folder / EXCHANGE).orders}


def halt(folder: Path, reason: str = "test", *, everything: bool = False, wait_s: float = 10) -> Outcome:
    """Halt an account as the command does."""
    return asyncio.run(commands.halt(folder, reason, everything=everything, wait_s=wait_s))


def latch_of(folder: Path) -> LatchState:
    """Return what is latched, which must be something."""
    found = FileLatch(folder / LATCH).read()
    assert found is not None
    return found


async def _rest(path: Path, ids: Sequence[str]) -> list[Order]:
    def now_ms() -> int:
        return time.time_ns() // 1_000_000

    venue = PracticeVenue(now_ms=now_ms, sleep=asyncio.sleep, seed=SEED, path=path, latency_ms=(0, 0))
    orders = []
    try:
        await venue.open_orders()
        market = next(market for market in venue.exchange.markets.values() if market.name == "Harbour bill")
        for number, order_id in enumerate(ids):
            order = Order(
                order_id,
                f"c-{number:04}",
                "",
                market.id,
                Leg.YES,
                Side.BUY,
                price=100 + 100 * (number % 10),
                size=10 * SHARE,
                type=OrderType.GTC,
                created_ms=now_ms(),
            )
            assert isinstance(await venue.place(order), Accepted)
            orders.append(order)
    finally:
        await venue.close()
    return orders
