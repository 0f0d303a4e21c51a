"""The practice venue behind the port: latency in front of the engine, the ledger behind it, events out of it.

Time is two functions passed in, randomness is seeded, and everything that leaves goes through `release`: written
first, then told.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion
from cockpit.core.order import Fill, Order
from cockpit.venues.base import Accepted, Balances, OrderReport, Rejected, Sink, Terms
from cockpit.venues.practice.changes import Changes
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.ledger import DEFAULT_SEED, NEWEST, Ledger, Page, Saved
from cockpit.venues.practice.markets import FAMILIES, Family
from cockpit.venues.practice.relayer import TERMS
from cockpit.venues.practice.world import World, WorldLike

EVENTS_PER_S = 45.0
"""Batches of market data a second over all markets, in the long run."""
QUIET_MS = 3_000
_SAVE_EVERY_MS = 5_000
_NAP_MS = 500
"""What a request changed (a fill to settle, an order to expire) waits at most this long for the next look."""
T = TypeVar("T")
_MARKET_DATA = (ev.BookSnapshot, ev.LevelsChanged, ev.TradePrinted, ev.TickChanged)


class PracticeVenue:
    """An exchange in the process, with other traders. Implements `cockpit.venues.base.Venue`."""

    name = "practice"
    account = "practice"
    terms = Terms(quarantine_ms=2_000, conversions=TERMS)

    def __init__(
        self,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]],
        seed: int | None = None,
        path: Path | None = None,
        *,
        events_per_s: float = EVENTS_PER_S,
        latency_ms: tuple[int, int] = (20, 80),
        families: Sequence[Family] = FAMILIES,
        quiet_ms: int | None = QUIET_MS,
        world: Callable[[Exchange, int], WorldLike] | None = None,
    ) -> None:
        """Open the ledger at `path`, or keep everything in memory. `seed` None goes on with the file's seed.

        Books in which nothing has happened for `quiet_ms` are told again; None for never.

        `events_per_s` counts batches of market data over all markets; `families` are the markets there are. `world`
        makes another world than that from the exchange and the seed.

        Raises: UsageError when the file is of another seed, FailedError when it cannot be used.
        """
        self._now_ms = now_ms
        self._sleep = sleep
        self._ledger = Ledger(path, seed) if path is not None else None
        self.seed = self._ledger.seed if self._ledger else DEFAULT_SEED if seed is None else seed
        self._latency_ms = latency_ms
        self._latency = seeded(self.seed, "latency")
        self._wire = asyncio.Lock()
        """Requests arrive in the order they were sent: who waits here was sent later than who holds it."""
        self._sink: Sink | None = None
        self._unsent: list[ev.Event] = []
        self._save_ms = 0
        self._quiet_ms = quiet_ms
        self._is_started = False
        self.exchange = Exchange(self.seed)
        self.world: WorldLike = (
            world(self.exchange, self.seed) if world else World(self.exchange, self.seed, events_per_s, families)
        )
        self.after: Callable[[Changes], None] | None = None
        """Told of every action that changed anything, when its events have left."""

    async def run(self, sink: Sink) -> None:
        """Deliver events until cancelled: the connection, every market with its book, then what happens."""
        self._start()
        self._announce(sink)
        self._sink = sink
        try:
            while True:
                due = min(self.world.next_ms, self.exchange.next_ms)
                # Whole milliseconds, as the clock counts: a shorter sleep would wake before anything is due.
                await self._sleep(min(_NAP_MS, max(0, math.ceil(due - self._now_ms()))) / 1000)
                self._work()
        finally:
            self._sink = None

    async def act(self, action: Callable[[int], T]) -> T:
        """Let something happen at the exchange when a request arrives there; written and told before it returns.

        `action` gets the time in milliseconds.
        """
        await self._arrive()
        answer = action(self._now_ms())
        self.release()
        return answer

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send one order; matched, written and told before the answer."""
        return await self.act(lambda now_ms: self.exchange.place(order, now_ms))

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Cancel orders that rest; unknown and ended ones are left alone, as an event or a look-up will tell."""
        await self.act(lambda now_ms: self.exchange.cancel(order_ids, now_ms))

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order, None for one that never reached the book."""
        await self._arrive()
        return self.exchange.account.report(order_id)

    async def open_orders(self) -> Sequence[Order]:
        """Return the orders that rest, oldest first."""
        await self._arrive()
        return tuple(self.exchange.account.open.values())

    async def fills(self) -> Sequence[Fill]:
        """Return all fills, oldest first."""
        await self._arrive()
        return list(self.exchange.account.fills.values())

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Ask for a merge or a redemption; written before the answer, carried out some seconds later."""
        return await self.act(lambda now_ms: self.exchange.convert(conversion, now_ms))

    async def conversions(self) -> Sequence[Conversion]:
        """Return all conversions, oldest first."""
        await self._arrive()
        return [ask.conversion for ask in self.exchange.relayer.asks.values()]

    async def time_ms(self) -> int:
        """Return the exchange's time."""
        await self._arrive()
        return self._now_ms()

    async def balances(self) -> Balances:
        """Return cash and shares, those reserved by resting orders included."""
        await self._arrive()
        return Balances(self.exchange.account.cash, dict(self.exchange.account.shares))

    def present(self, news: Sequence[ev.Event] = (), ended: Sequence[str] = ()) -> list[ev.Event]:
        """Return the present state as events: the connection, every market with its book, news, and the ends.

        Of the markets that ended those in `ended` are told, those with fills of ours, and the newest.
        """
        now = self._now_ms()
        wanted = dict.fromkeys([*ended, *(fill.market_id for fill in self.exchange.account.fills.values())])
        # A crash may have lost the desk the news of the newest ends; telling them twice does no harm.
        wanted |= dict.fromkeys(list(self.exchange.ended)[-NEWEST:])
        over = [market_id for market_id in self.exchange.ended if market_id in wanted]
        events: list[ev.Event] = [ev.ConnectionChanged(now, "", True, sum(self._latency_ms) // 2)]
        for market_id in [*over, *self.exchange.ladders]:
            events.append(ev.MarketListed(now, self.exchange.markets[market_id]))
            if market_id in self.exchange.ladders:
                events.append(self.exchange.snapshot(market_id, now))
        for market_id, stage in self.exchange.stages.items():
            events.append(ev.MarketListed(now, self.exchange.markets[market_id]))
            events.append(ev.ResolutionMoved(now, market_id, stage))
        return [*events, *news, *(self.exchange.end_of(m, now) for m in over)]

    async def close(self) -> None:
        """Write where the markets stand and release the file."""
        if self._ledger is not None:
            try:
                if self._is_started and not self._ledger.is_torn:
                    self._save()
            finally:
                self._ledger.close()
                self._ledger = None

    # ---- inside ----

    async def _arrive(self) -> None:
        """Take as long as a request takes, but never less than those that were sent before."""
        self._start()
        due_ms = self._now_ms() + self._latency.randint(*self._latency_ms)
        async with self._wire:
            await self._sleep(max(0, due_ms - self._now_ms()) / 1000)

    def _start(self) -> None:
        """Set the markets and the account up, new or as they were written; once, at first use."""
        if self._is_started:
            return
        now = self._now_ms()
        saved = self._ledger.load() if self._ledger else Saved(self.seed)
        self.exchange.trades = saved.trades
        self.world.list_saved(saved.listings)
        self.exchange.restore(saved.cash, saved.shares, saved.orders, saved.fills, saved.asks, now)
        self.world.revive(saved.listings, now)
        if saved.is_new:
            self.world.open_account(now)
        self.release()
        self._is_started = True

    def _announce(self, sink: Sink) -> None:
        """Tell a new listener the present state, and what of our own happened before it came."""
        unsent, self._unsent = self._unsent, []
        told = [event for event in unsent if not isinstance(event, (*_MARKET_DATA, ev.MarketListed, ev.MarketEnded))]
        for event in self.present(told, [event.market_id for event in unsent if isinstance(event, ev.MarketEnded)]):
            sink(event)

    def _work(self) -> None:
        """Do everything that is due, one action at a time."""
        now = self._now_ms()
        if self.exchange.next_ms <= now:
            self.exchange.advance(now)
            self.release()
        while self.world.next_ms <= now:
            self.world.step(now)
            self.release()
        if self._quiet_ms is not None and self._sink is not None:
            for event in self.exchange.quiet(now, self._quiet_ms):
                self._sink(event)
        if self._ledger is not None and now >= self._save_ms:
            self._save()

    def release(self) -> None:
        """Write what an action changed, then let its events leave: the one place where anything does."""
        changes = self.exchange.take_changes(self._now_ms())
        if self._ledger is not None and changes.is_durable:
            account, touched = self.exchange.account, changes.account
            self._ledger.write(
                Page(
                    cash=account.cash,
                    trades=self.exchange.trades,
                    shares=account.shares if touched.balances else None,
                    listings=[self.world.listing(market_id) for market_id in changes.markets],
                    orders=[account.orders[order_id] for order_id in touched.orders],
                    fills=[account.fills[key] for key in touched.fills],
                    asks=[self.exchange.relayer.asks[name] for name in touched.conversions],
                )
            )
        if self._sink is None:
            self._unsent += changes.events
        else:
            for event in changes.events:
                self._sink(event)
        if self.after is not None and (changes.events or changes.is_durable):
            self.after(changes)

    def _save(self) -> None:
        """Write where every running market stands, for the next start."""
        assert self._ledger is not None
        self._save_ms = self._now_ms() + _SAVE_EVERY_MS
        running = [self.world.listing(market_id) for market_id in self.world.crowds]
        self._ledger.write(Page(self.exchange.account.cash, self.exchange.trades, listings=running))
