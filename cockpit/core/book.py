"""One order book per market, held once for both legs, in YES prices.

A level of the NO leg at q is the YES level of the other side at 1 - q. Levels live in two dicts with the best price
cached: a change costs a dictionary write, and only removing the best level looks at the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE, floor_lot, price_text, shares_text

Levels = tuple[tuple[int, int], ...]
"""(price, size) pairs, best first."""
Change = tuple[int, int, int]
"""(side, price, new total size) in YES terms; a size of 0 removes the level."""
Place = tuple[bool, int]
"""(among the bids of the book in YES prices, YES price)"""
Shares = Mapping[Place, int]
"""Shares of ours at places of a book."""
NO_SHARES: Shares = {}

NO_BID = 0
NO_ASK = PRICE_ONE


class Book:
    """The levels of one market. Prices are ints in 1/10,000 USD, sizes ints in 1/1,000,000 shares."""

    __slots__ = (
        "asks",
        "best_ask",
        "best_bid",
        "bids",
        "last_trade",
        "market_id",
        "received_ms",
        "synced",
        "tick",
        "venue_ms",
        "version",
    )

    def __init__(self, market_id: str, tick: int = 100) -> None:
        self.market_id = market_id
        self.tick = tick
        self.bids: dict[int, int] = {}
        self.asks: dict[int, int] = {}
        self.best_bid = NO_BID
        self.best_ask = NO_ASK
        self.last_trade: list[int | None] = [None, None]
        """Last trade price per leg: the venue does not mirror it."""
        self.synced = False
        """False before the first snapshot and after a gap: nothing may be decided on such a book."""
        self.venue_ms = 0
        self.received_ms = 0
        self.version = 0
        """Grows with every change; equal versions mean equal books."""

    def snapshot(
        self, bids: Iterable[tuple[int, int]], asks: Iterable[tuple[int, int]], venue_ms: int, received_ms: int
    ) -> None:
        """Replace all levels, given as (price, size) in any order; sizes of 0 are left out."""
        self.bids = {price: size for price, size in bids if size}
        self.asks = {price: size for price, size in asks if size}
        self.best_bid = max(self.bids, default=NO_BID)
        self.best_ask = min(self.asks, default=NO_ASK)
        self.synced = True
        self.venue_ms = venue_ms
        self.received_ms = received_ms
        self.version += 1

    def change(self, changes: Iterable[Change], venue_ms: int, received_ms: int) -> None:
        """Set levels to new totals. Applying the same changes again changes nothing but the version."""
        for side, price, size in changes:
            if side == 0:
                if size:
                    self.bids[price] = size
                    if price > self.best_bid:
                        self.best_bid = price
                elif self.bids.pop(price, None) is not None and price == self.best_bid:
                    self.best_bid = max(self.bids, default=NO_BID)
            elif size:
                self.asks[price] = size
                if price < self.best_ask:
                    self.best_ask = price
            elif self.asks.pop(price, None) is not None and price == self.best_ask:
                self.best_ask = min(self.asks, default=NO_ASK)
        self.venue_ms = venue_ms
        self.received_ms = received_ms
        self.version += 1

    def traded(self, leg: Leg, price: int, received_ms: int) -> None:
        """Remember a trade print of that leg."""
        self.last_trade[leg] = price
        self.received_ms = received_ms

    def lose(self) -> None:
        """Mark the book unusable until the next snapshot (a gap, a reconnect)."""
        self.synced = False
        self.version += 1

    @property
    def is_crossed(self) -> bool:
        """A bid at or above an ask: true only between messages, so never a price to act on."""
        return self.best_bid >= self.best_ask and bool(self.bids) and bool(self.asks)

    @property
    def is_two_sided(self) -> bool:
        """Both sides have a level."""
        return bool(self.bids) and bool(self.asks)

    def age_ms(self, now_ms: int) -> int:
        """Return how long ago data for this book last arrived."""
        return max(0, now_ms - self.received_ms)

    def bid(self, leg: Leg) -> int:
        """Return the best bid of a leg, 0 when there is none."""
        return self.best_bid if leg is Leg.YES else PRICE_ONE - self.best_ask

    def ask(self, leg: Leg) -> int:
        """Return the best ask of a leg, 1 USD when there is none."""
        return self.best_ask if leg is Leg.YES else PRICE_ONE - self.best_bid

    def middle(self, leg: Leg) -> int:
        """Return the middle of a leg's best prices, rounded down; a side without orders is its end of the scale."""
        return (self.bid(leg) + self.ask(leg)) // 2

    def best_for(self, side: Side, leg: Leg) -> int:
        """Return the best price that taking on this side meets: the leg's ask for a buy, its bid for a sale."""
        return self.ask(leg) if side is Side.BUY else self.bid(leg)

    def size_for(self, side: Side, leg: Leg) -> int:
        """Return the shares at the best price that taking on this side meets; 0 when there is none."""
        takes_asks = (side is Side.BUY) == (leg is Leg.YES)
        return self.asks.get(self.best_ask, 0) if takes_asks else self.bids.get(self.best_bid, 0)

    def levels(self, leg: Leg, side: Side, depth: int | None = None) -> Levels:
        """Return a leg's bids (BUY, high to low) or asks (SELL, low to high), at most `depth` of them."""
        own = self.bids if (side is Side.BUY) == (leg is Leg.YES) else self.asks
        if leg is Leg.YES:
            ordered = sorted(own, reverse=side is Side.BUY)[:depth]
            return tuple((price, own[price]) for price in ordered)
        ordered = sorted(own, reverse=side is Side.SELL)[:depth]
        return tuple((PRICE_ONE - price, own[price]) for price in ordered)

    def cover(self, leg: Leg, side: Side, shares: int, depth: int) -> Levels:
        """Return `levels`, cut once whole lots of them reach `shares`: all that taking so many can touch.

        Nearly always the best level is enough, and then the others need not be sorted.
        """
        is_bids = (side is Side.BUY) == (leg is Leg.YES)
        own, best = (self.bids, self.best_bid) if is_bids else (self.asks, self.best_ask)
        size = own.get(best, 0)
        if size >= shares > 0:
            return ((best if leg is Leg.YES else PRICE_ONE - best, size),)
        found = []
        for level in self.levels(leg, side, depth):
            found.append(level)
            shares -= floor_lot(level[1])
            if shares <= 0:
                break
        return tuple(found)

    def hash(self, leg: Leg, token: str, timestamp: str, last_trade: str | None = None) -> str:
        """Return the venue's hash of this leg's book: SHA-1 of compact JSON in the venue's order of keys.

        Verified on recorded frames of plain markets with a minimum of 5 shares; elsewhere a mismatch is a hint, never
        proof. `last_trade` overrides the text of the last trade price of this very asset.
        """
        price = self.last_trade[leg]
        if last_trade is None:
            last_trade = "" if price is None else price_text(price)
        bids, asks = (self.bids, self.asks) if leg is Leg.YES else (self.asks, self.bids)
        text = (
            f'{{"market":{json.dumps(self.market_id)},"asset_id":{json.dumps(token)},"timestamp":{json.dumps(timestamp)},'
            f'"hash":"","bids":[{_wire(bids, leg, is_up=True)}],"asks":[{_wire(asks, leg, is_up=False)}],'
            f'"min_order_size":"5","tick_size":"{price_text(self.tick)}","neg_risk":false,'
            f'"last_trade_price":{json.dumps(last_trade)}}}'
        )
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


class _Texts(dict[tuple[int, int], str]):
    """(YES price, size) -> the level as the venue writes it for one leg: printing numbers is most of a hash's cost."""

    def __init__(self, leg: Leg) -> None:
        super().__init__()
        self._leg = leg

    def __missing__(self, level: tuple[int, int]) -> str:
        if len(self) >= _MAX_TEXTS:
            self.clear()
        price, size = level
        own = price if self._leg is Leg.YES else PRICE_ONE - price
        text = self[level] = f'{{"price":"{price_text(own)}","size":"{shares_text(size)}"}}'
        return text


_MAX_TEXTS = 200_000
_TEXTS = (_Texts(Leg.YES), _Texts(Leg.NO))


def _wire(levels: dict[int, int], leg: Leg, is_up: bool) -> str:
    """Return levels as the venue's JSON, the leg's own prices rising or falling."""
    texts = _TEXTS[leg]
    return ",".join([texts[level] for level in sorted(levels.items(), reverse=is_up is (leg is Leg.NO))])


def walk(levels: Levels, size: int, limit: int | None, side: Side) -> tuple[int, int, int]:
    """Return (shares, exact product, worst price) of taking up to `size` from levels, best first.

    The product is the sum of shares x price (1e-10 USD), unrounded. `side` is the taker's: a buy stops above `limit`,
    a sell below it. Nothing there gives (0, 0, 0).
    """
    taken = product = worst = 0
    for price, available in levels:
        if limit is not None and side.is_beyond(price, limit):
            break
        step = min(available, size - taken)
        if step <= 0:
            break
        taken += step
        product += step * price
        worst = price
    return taken, product, worst
