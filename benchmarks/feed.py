"""A flood over 200 invented markets: bytes at a steady rate, and an exchange that trades with the desk in it."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.units import PRICE_ONE, SHARE, USD, pay, price_text, shares_text
from cockpit.desk.clock import Clock
from cockpit.venues.account import Account
from cockpit.venues.base import Accepted, Balances, NoConversions, OrderReport, Rejected, Sink, Terms
from cockpit.venues.polymarket.decoder import Decoder

MARKETS, HELD = 200, 20
"""How many there are, and in how many of them a pair is held out of balance."""
POOL = 20_000
"""Different frames; the flood repeats them."""
PRINTS = 0.05
"""Share of the frames that are trades."""
AT_ONCE = 1_000
"""Frames read in a row when the desk is late: what a socket's buffer holds."""
MIDDLE, DEPTH = 5_000, 15


class Feed:
    """Bytes of frames over `MARKETS` markets at a steady rate, whatever the reader does."""

    def __init__(self, rate: int, seed: int = 1) -> None:
        self.rate = rate
        self.markets = [Market(f"0x{n:064x}", f"m-{n}", f"Market {n}?", (f"{n}1", f"{n}2")) for n in range(MARKETS)]
        draw = random.Random(seed)
        self._pool = [self._frame(draw) for _ in range(POOL)]
        self.sent = self.prints = self.due = 0
        self.is_on = True

    def books(self, now_ms: int) -> list[ev.BookSnapshot]:
        """Return where all books begin."""
        sides = [tuple((MIDDLE + sign * 100 * n, 500 * SHARE) for n in range(1, DEPTH)) for sign in (-1, 1)]
        return [ev.BookSnapshot(now_ms, market.id, sides[0], sides[1], now_ms) for market in self.markets]

    async def run(self, sink: Sink, clock: Clock) -> None:
        """Read what has arrived, turn it into events, and let others have a turn."""
        loop, decoder = asyncio.get_running_loop(), Decoder()
        began = loop.time()
        while self.is_on:
            self.due = int((loop.time() - began) * self.rate)
            late = min(self.due - self.sent, AT_ONCE)
            at_ms = clock.now_ms()
            for number in range(self.sent, self.sent + late):
                for _, event in decoder.read(self._pool[number % POOL], at_ms):
                    if event is not None:
                        self.prints += isinstance(event, ev.TradePrinted)
                        sink(event)
            self.sent += late
            await asyncio.sleep(0 if late == AT_ONCE else 0.001)

    def final(self) -> dict[str, list[tuple[tuple[int, int], ...]]]:
        """Return every book as the frames sent so far have left it."""
        state, decoder = {book.market_id: [dict(book.bids), dict(book.asks)] for book in self.books(0)}, Decoder()
        for number in range(max(0, self.sent - POOL), self.sent):  # a whole turn of the pool sets all it ever sets
            for _, event in decoder.read(self._pool[number % POOL], 0):
                for side, price, size in event.changes if isinstance(event, ev.LevelsChanged) else ():
                    state[event.market_id][side][price] = size  # type: ignore[union-attr]
        return {name: [tuple(sorted(item for item in side.items() if item[1])) for side in sides]
                for name, sides in state.items()}  # fmt: skip

    def _frame(self, draw: random.Random) -> bytes:
        market, size = draw.choice(self.markets), draw.randrange(100, 90_000) * SHARE // 100
        if draw.random() < PRINTS:
            return (
                f'{{"event_type":"last_trade_price","market":"{market.id}","asset_id":"{market.tokens[0]}",'
                f'"price":"0.5","size":"{shares_text(size)}","side":"BUY","timestamp":"1790000000000"}}'
            ).encode()
        side, steps = draw.choice((-1, 1)), draw.randrange(1, DEPTH)
        gone = steps > 1 and draw.random() < 0.2  # the best price stays, so that orders have something to meet
        price, text = MIDDLE + side * 100 * steps, "0" if gone else shares_text(size)
        entries = ",".join(
            f'{{"asset_id":"{market.tokens[leg]}","price":"{price_text(own)}","size":"{text}","side":"{word}",'
            f'"hash":"{draw.getrandbits(160):040x}","best_bid":"0.49","best_ask":"0.51"}}'
            for leg, own, word in ((0, price, "BUY" if side < 0 else "SELL"),
                                   (1, PRICE_ONE - price, "SELL" if side < 0 else "BUY"))
        )  # fmt: skip
        return (
            f'{{"event_type":"price_change","market":"{market.id}","price_changes":[{entries}],'
            '"timestamp":"1790000000000"}'
        ).encode()


class FloodVenue(NoConversions):
    """Fills what can be taken, fills half of what rests, settles every fill; remembers when each was made."""

    name = account = "flood"
    terms = Terms(quarantine_ms=2_000)

    def __init__(self, feed: Feed, clock: Clock) -> None:
        self.feed, self.clock = feed, clock
        self.by_id = {market.id: market for market in feed.markets}
        self.books = Account(cash=1_000_000 * USD)
        self.made_at: dict[str, float] = {}
        """Trade id -> when it was made at the exchange, on the loop's clock."""
        self.told = 0
        self._sink: Sink = lambda event: None
        self._numbers = itertools.count()
        self._draw = random.Random(2)
        for number, market in enumerate(feed.markets[:HELD]):
            for leg, shares, price in ((Leg.YES, 60 * SHARE, 2_400), (Leg.NO, 20 * SHARE, 4_200)):
                fill = Fill(f"o-{number}-{leg}", "before", market.id, leg, Side.BUY, price, shares, pay(shares, price),
                            0, False, 1, FillStatus.CONFIRMED)  # fmt: skip
                self.books.book(fill, market)

    async def run(self, sink: Sink) -> None:
        """List the markets, then flood."""
        self._sink, now = sink, self.clock.now_ms()
        sink(ev.ConnectionChanged(now, "", is_up=True))
        for market in self.feed.markets:
            sink(ev.MarketListed(now, market))
        for book in self.feed.books(now):
            sink(book)
        await self.feed.run(sink, self.clock)
        await asyncio.Event().wait()

    async def place(self, order: Order) -> Accepted | Rejected:
        """Take an order in: at once what never rests, else half of it a little later."""
        due = await self._wire()
        self.books.admit(order)
        if order.can_rest:
            self._tell(ev.OrderMoved(self.clock.now_ms(), order.id, OrderState.OPEN))
            due += self._draw.uniform(0.2, 0.6)
            asyncio.get_running_loop().call_at(due, self._fill, order.id, order.size // 2, due)
        else:
            self._fill(order.id, order.size, due)
        return Accepted(order.id)

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """End what rests."""
        await self._wire()
        for order in [self.books.open[order_id] for order_id in order_ids if order_id in self.books.open]:
            self.books.end(order, OrderState.CANCELLED, "canceled")
            self._tell(ev.OrderMoved(self.clock.now_ms(), order.id, OrderState.CANCELLED, "canceled", order.filled))

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order."""
        await self._wire()
        return self.books.report(order_id)

    async def open_orders(self) -> Sequence[Order]:
        """Return what rests."""
        await self._wire()
        return tuple(self.books.open.values())

    async def fills(self) -> Sequence[Fill]:
        """Return all fills."""
        await self._wire()
        return list(self.books.fills.values())

    async def time_ms(self) -> int:
        """Return the time."""
        await self._wire()
        return self.clock.now_ms()

    async def balances(self) -> Balances:
        """Return cash and shares."""
        await self._wire()
        return Balances(self.books.cash, dict(self.books.shares))

    async def close(self) -> None:
        """Nothing to release."""

    async def _wire(self) -> float:
        """Return when a request reached the exchange: its own loop would not have been late."""
        delay = self._draw.uniform(0.02, 0.08)
        due = asyncio.get_running_loop().time() + delay
        await asyncio.sleep(delay)
        return due

    def _tell(self, event: ev.Event) -> None:
        self.told += 1
        self._sink(event)

    def _fill(self, order_id: str, shares: int, due: float) -> None:
        if order_id not in self.books.open:
            return
        loop, now, trade = asyncio.get_running_loop(), self.clock.now_ms(), f"t-{next(self._numbers)}"
        order = self.books.orders[order_id]
        fill, after = self.books.match(
            order_id, self.by_id[order.market_id], trade, order.price, shares, now, is_taker=not order.can_rest
        )
        self.made_at[trade] = due
        self._tell(ev.FillSeen(now, fill))
        self._tell(ev.OrderMoved(now, order_id, after.state, "", after.filled))
        for wait, status in ((0.7, FillStatus.MINED), (1.4, FillStatus.CONFIRMED)):
            loop.call_later(wait, self._settle, fill, status)

    def _settle(self, fill: Fill, status: FillStatus) -> None:
        self.books.fills[fill.key] = replace(fill, status=status)
        self._tell(ev.FillMoved(self.clock.now_ms(), *fill.key, status))
