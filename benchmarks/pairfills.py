"""Partial fills of an entry: a bid rests on each leg, one fills, of the other only a random part does.

Two kinds. `anytime`: both at a moment that is drawn, whichever leg. `passed`: the bids rest from that moment, and the
leg whose bid the market passes first is the one that fills, as it is with resting orders: the price has just gone
against it. Nothing but the past decides either.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from pairpaths import Path_, fold

from cockpit.core.book import Book
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.position import Position, position_of
from cockpit.core.units import LOT, PRICE_ONE, USD, floor_lot, pay

KINDS = ("anytime", "passed")
BUDGET = 25 * USD
"""What an entry may cost: the default of MAX_POSITION_COST."""
LAST_MS = 62_000
"""An entry is filled at least so long before the end: a minute before it, rebalancing stops."""
EDGE = 500
"""Nearer to 0 or 1 nobody enters a pair."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is held after an entry that filled in part, and since when."""

    at_ms: int
    fills: tuple[Fill, ...]

    @property
    def position(self) -> Position:
        """What is held then."""
        return position_of(self.fills[0].market_id, self.fills)


@dataclass(frozen=True, slots=True)
class Bids:
    """Prices of the two bids of an entry."""

    yes: int
    no: int

    def of(self, leg: Leg) -> int:
        """Return that of a leg."""
        return self.yes if leg is Leg.YES else self.no


def entry(path: Path_, kind: str, seed: str) -> Entry | None:
    """Return a random partial fill of a kind in a market; None where there was no moment for it."""
    draw = random.Random(seed)
    last = path.ends_ms - LAST_MS
    since = draw.uniform(path.starts_ms, last)
    leg, part = Leg(draw.getrandbits(1)), draw.random()
    book, bids = Book(path.market.id, path.market.tick), None
    for event in path.events:
        if event.at_ms > last:
            break
        fold(book, event)
        if bids is None:
            bids = _bids(book) if event.at_ms >= since else None
            if bids is not None and kind == "anytime":
                return Entry(event.at_ms, fills_of(path.market.id, bids, leg, part, event.at_ms))
        elif book.synced and not book.is_crossed:
            passed = [leg for leg in Leg if book.bid(leg) < bids.of(leg)]
            if passed:
                return Entry(event.at_ms, fills_of(path.market.id, bids, passed[0], part, event.at_ms))
    return None


def _bids(book: Book) -> Bids | None:
    if not book.is_two_sided or book.is_crossed or not EDGE <= book.best_bid < book.best_ask <= PRICE_ONE - EDGE:
        return None
    return Bids(book.bid(Leg.YES), book.bid(Leg.NO))


def fills_of(market_id: str, bids: Bids, full: Leg, part: float, at_ms: int) -> tuple[Fill, ...]:
    """Return the purchase of all of one leg, and of a part of the other; makers pay no fee."""
    size = floor_lot(BUDGET * PRICE_ONE // (bids.yes + bids.no))
    found = []
    for leg, shares in ((full, size), (full.other, int(size // LOT * part) * LOT)):
        if shares:
            price, name = bids.of(leg), f"{market_id} entry {leg.name}"
            money, how = pay(shares, price), (0, False, at_ms, FillStatus.CONFIRMED)
            found.append(Fill(name, name, market_id, leg, Side.BUY, price, shares, money, *how))
    return tuple(found)
