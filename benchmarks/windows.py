"""Windows of real and practice trades for the volume-weighted slicer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import common  # noqa: F401 - puts the checkout on the path
import numpy as np
from estimates import Floats
from pacing import START_MS, Print
from recorded import Trades, of_rows, read_tape

from cockpit.core import events as ev
from cockpit.core.market import Leg
from cockpit.core.profile import PARTS
from cockpit.core.tape import BAR_MS
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.clock import LoopClock
from cockpit.drill.virtual_time import run
from cockpit.venues.practice.markets import BY_SLUG
from cockpit.venues.practice.venue import PracticeVenue

OFFSETS = 400
"""Windows cut from a tape, at equally spaced offsets: they overlap."""
FEWEST = 20
"""Trades a window has to have."""
PRACTICE_MS = 600_000
EVENTS_PER_S = 8.0


@dataclass(frozen=True, slots=True)
class Window:
    """The trades of a stretch of time, moved to `START_MS`, and what was expected of it."""

    prints: tuple[Print, ...]
    curve: tuple[int, ...]
    length_ms: int
    price_at: Callable[[int], float]
    """What a child pays that is sent at a time, in USD."""
    vwap: float


def of_tape(path: Path, minutes: float) -> list[Window]:
    """Return windows of a recording; their profile is even, at the mean volume of the rest of the tape."""
    trades, length = read_tape(path), minutes * 60_000
    starts = np.linspace(trades.at_ms[0], trades.at_ms[-1] - length, OFFSETS)
    return [found for start in starts if (found := _cut(trades, start, length, _rest(trades, start, length)))]


def _rest(trades: Trades, start: float, length: float) -> float:
    """Return the volume expected in a window: that of as much time outside it."""
    inside = (trades.at_ms >= start) & (trades.at_ms < start + length)
    outside = trades.at_ms[-1] - trades.at_ms[0] - length
    return float(trades.shares[~inside].sum() * length / outside)


def of_practice(family: str, markets: int, hours: float, pool: Pool) -> list[Window]:
    """Return windows of practice markets, each expected to be as busy as the hour before it."""
    found = []
    for trades in pool.map(partial(practice_trades, family, hours), range(1, markets + 1), 1):
        for start in np.arange(trades.at_ms[0] + PRACTICE_MS, trades.at_ms[-1] - PRACTICE_MS, PRACTICE_MS / 2):
            since = max(trades.at_ms[0], start - 3_600_000)
            before = trades.shares[(trades.at_ms >= since) & (trades.at_ms < start)].sum()
            found.append(_cut(trades, start, PRACTICE_MS, float(before * PRACTICE_MS / (start - since))))
    return [window for window in found if window is not None]


def practice_trades(family: str, hours: float, seed: int) -> Trades:
    """Return everything that was traded in the first market of a family."""
    rows: list[tuple[float, float, float, bool]] = []
    first: list[str] = []

    def sink(event: ev.Event) -> None:
        if isinstance(event, ev.TradePrinted):
            first[:] = first or [event.market_id]
            if event.market_id == first[0]:
                yes = event.price if event.leg is Leg.YES else PRICE_ONE - event.price
                lifts = (event.leg is Leg.YES) is event.is_buy
                rows.append((event.at_ms, yes / PRICE_ONE, event.shares / SHARE, lifts))

    async def watch() -> None:
        clock = LoopClock()
        venue = PracticeVenue(
            clock.now_ms, clock.sleep, seed, events_per_s=EVENTS_PER_S, families=(BY_SLUG[family],), quiet_ms=None
        )
        task = asyncio.ensure_future(venue.run(sink))
        await clock.sleep(hours * 3600)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(watch())
    return of_rows(rows)


def _cut(trades: Trades, start: float, length: float, expected: float) -> Window | None:
    inside = (trades.at_ms >= start) & (trades.at_ms < start + length)
    if inside.sum() < FEWEST:
        return None
    at_ms, prices, shares = trades.at_ms[inside] - start, trades.prices[inside], trades.shares[inside]
    rows = zip(at_ms, prices, shares, strict=True)
    prints = tuple(Print(START_MS + int(at), round(price * PRICE_ONE), int(many * SHARE)) for at, price, many in rows)
    parts = max(1, min(PARTS, int(length) // BAR_MS))
    curve = (int(expected * SHARE / parts),) * parts
    return Window(prints, curve, int(length), _next_price(at_ms, prices), float(shares @ prices / shares.sum()))


def _next_price(at_ms: Floats, prices: Floats) -> Callable[[int], float]:
    """A child pays the price of the next print, the last one of the window when there is none."""

    def price_at(when: int) -> float:
        return float(prices[min(int(np.searchsorted(at_ms, when - START_MS, side="left")), len(prices) - 1)])

    return price_at
