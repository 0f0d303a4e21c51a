"""A venue whose every answer a test can choose, and a desk on it in virtual time."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.commands import Approve
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.units import SHARE, USD, pay, receive
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.storage.journal import DirectJournal, Journal, JournalFailed
from cockpit.storage.latch import Latch, MemoryLatch
from cockpit.storage.store import Store
from cockpit.venues.base import Accepted, Balances, NoConversions, OrderReport, Rejected, Sink, Terms, Unanswered

MARKET = Market("m-1", "rates-cut", "Will rates be cut?", ("11", "12"))
OTHER = Market("m-2", "cpi-high", "Will CPI be high?", ("21", "22"))


def opening_fill(trade: str, market: Market, leg: Leg, shares: int, price: int) -> Fill:
    """A confirmed purchase from before the desk's time."""
    size = shares * SHARE
    return Fill(
        trade, "before", market.id, leg, Side.BUY, price, size, pay(size, price), 0, True, 1, FillStatus.CONFIRMED
    )


class FakeVenue(NoConversions):
    """Holds orders, fills and balances in plain dicts; `on_place` decides what happens to an order."""

    name = "fake"
    account = "fake"
    terms = Terms(quarantine_ms=2_000)

    def __init__(self, fills: Sequence[Fill] = (), cash: int = 1_000 * USD) -> None:
        self.listed = [MARKET, OTHER]
        self.known_fills = list(fills)
        self.cash = cash
        self.reports: dict[str, OrderReport] = {}
        self.placed: list[Order] = []
        self.cancels: list[str] = []
        self.on_place: Callable[[Order], Accepted | Rejected] = self.fill
        self.sink: Sink = lambda event: None
        self.clock = LoopClock()
        self.books = {
            MARKET.id: (((3200, 400 * SHARE),), ((3300, 400 * SHARE),)),
            OTHER.id: (((5000, 90 * SHARE),), ((5100, 90 * SHARE),)),
        }
        self.wrong: dict[str, int] = {}
        self.is_down = False

    async def run(self, sink: Sink) -> None:
        self.sink = sink
        now = self.clock.now_ms()
        sink(ev.ConnectionChanged(now, "", is_up=True))
        for market in self.listed:
            sink(ev.MarketListed(now, market))
        while True:
            for market in self.listed:
                self.quote(market.id, *self.books[market.id])
            await asyncio.sleep(1)

    def quote(self, market_id: str, bids: object, asks: object) -> None:
        now = self.clock.now_ms()
        self.books[market_id] = (bids, asks)  # type: ignore[assignment]
        self.sink(ev.BookSnapshot(now, market_id, bids, asks, now))  # type: ignore[arg-type]

    async def place(self, order: Order) -> Accepted | Rejected:
        self.placed.append(order)
        await asyncio.sleep(0.05)
        return self.on_place(order)

    def fill(self, order: Order) -> Accepted:
        """Fill the whole order at its limit."""
        return self.fill_part(order, order.size)

    def fill_part(self, order: Order, shares: int) -> Accepted:
        money = pay(shares, order.price) if order.side is Side.BUY else receive(shares, order.price)
        now = self.clock.now_ms()
        fill = Fill(
            f"t-{len(self.known_fills)}", order.id, order.market_id, order.leg, order.side, order.price, shares, money,
            0, True, now,
        )  # fmt: skip
        self.known_fills.append(fill)
        self.cash += money if order.side is Side.SELL else -money
        state = OrderState.FILLED if shares == order.size else OrderState.CANCELLED
        self.reports[order.id] = OrderReport(order.id, state, shares)
        self.sink(ev.FillSeen(now, fill))
        if shares < order.size:
            self.sink(ev.OrderMoved(now, order.id, OrderState.CANCELLED, "rest killed", shares))
        return Accepted(order.id)

    def rest(self, order: Order) -> Accepted:
        """Leave the order resting."""
        self.reports[order.id] = OrderReport(order.id, OrderState.OPEN, 0)
        return Accepted(order.id)

    async def cancel(self, order_ids: Sequence[str]) -> None:
        self._answering()
        self.cancels += order_ids
        for order_id in order_ids:
            report = self.reports.get(order_id)
            if report is not None and report.state is OrderState.OPEN:
                self.reports[order_id] = replace(report, state=OrderState.CANCELLED, reason="by us")

    async def order(self, order_id: str) -> OrderReport | None:
        self._answering()
        return self.reports.get(order_id)

    async def open_orders(self) -> Sequence[Order]:
        self._answering()
        open_ids = {i for i, report in self.reports.items() if report.state is OrderState.OPEN}
        return [order for order in self.placed if order.id in open_ids]

    async def fills(self) -> Sequence[Fill]:
        self._answering()
        return list(self.known_fills)

    async def time_ms(self) -> int:
        self._answering()
        return self.clock.now_ms()

    async def balances(self) -> Balances:
        self._answering()
        shares: dict[str, int] = {}
        for fill in self.known_fills:
            market = next(m for m in self.listed if m.id == fill.market_id)
            sign = 1 if fill.side is Side.BUY else -1
            token = market.tokens[fill.leg]
            shares[token] = shares.get(token, 0) + sign * fill.shares
        for token, size in self.wrong.items():
            shares[token] = shares.get(token, 0) + size
        return Balances(self.cash, shares)

    async def close(self) -> None:
        return None

    def _answering(self) -> None:
        if self.is_down:
            raise Unanswered("the venue is down")


def no_answer(order: Order) -> Accepted | Rejected:
    """What becomes of a request that never arrives."""
    raise Unanswered(f"no answer for {order.label}")


def unbalanced() -> FakeVenue:
    """60 YES at 0.24 and 20 NO at 0.42 while YES is bid at 0.32: selling 40 YES gains 0.08 a share."""
    fills = [opening_fill("o-1", MARKET, Leg.YES, 60, 2400), opening_fill("o-2", MARKET, Leg.NO, 20, 4200)]
    return FakeVenue(fills)


class Bench:
    """A desk on a fake venue with an in-memory store and latch that outlive it, as a disk outlives a process."""

    def __init__(self, venue: FakeVenue | None = None, rules: DeskRules | None = None) -> None:
        self.venue = venue or unbalanced()
        self.rules = rules or DeskRules()
        self.store = Store(None)
        weakref.finalize(self.store, self.store._engine.dispose)
        self.store.close = lambda: None  # type: ignore[method-assign]
        self.latch: Latch = MemoryLatch()
        self.events: list[ev.Event] = []
        self.desk = self.new_desk()

    def new_desk(self) -> Desk:
        """A desk as a new process would make it: it knows what the store holds, nothing else."""
        self.desk = Desk(
            venue=self.venue,
            journal=DirectJournal(self.store),
            clock=LoopClock(),
            ids=SeededIds(7),
            rules=self.rules,
            listener=self.events.append,
            latch=self.latch,
        )
        return self.desk

    async def start(self) -> asyncio.Task[None]:
        """Recover and run; returns once the desk is ready and has weighed its pairs."""
        self.desk.recover()
        task = asyncio.get_running_loop().create_task(self.desk.run())
        await asyncio.sleep(0.5)
        return task

    async def start_and_approve(self, seconds: float) -> asyncio.Task[None]:
        """Start, approve the one suggestion, and let this much time pass."""
        task = await self.start()
        self.desk.submit(self.approve())
        await asyncio.sleep(seconds)
        return task

    async def stop(self, task: asyncio.Task[None]) -> None:
        """End the desk as a person would."""
        self.desk.stop()
        await task

    async def kill(self, task: asyncio.Task[None]) -> None:
        """End it as kill -9 would: nothing is written, cancelled or sent any more."""
        self.desk.journal._rows.clear()  # type: ignore[attr-defined]
        desk = self.desk
        await desk._supervisor.stop()
        task.cancel()
        desk._close = _nothing  # type: ignore[method-assign]
        await asyncio.gather(task, return_exceptions=True)

    def approve(self, command_id: str = "c-1") -> Approve:
        """The command a person sends for the one open suggestion, as it is now."""
        state = self.desk.state
        market_id, (action, suggestion_id) = next(iter(state.suggestion_ids.items()))
        weighed = state.weighed[market_id]
        option = weighed.choice.chosen
        assert option is not None
        return Approve(command_id, suggestion_id, action, option.shares, weighed.limit, option.price)

    def journaled(self, kind: type[ev.Event]) -> list[ev.Event]:
        """Facts of one type that are on disk."""
        return [fact for fact in self.store.load() if isinstance(fact, kind)]


async def _nothing() -> None:
    return None


class SlowJournal:
    """A journal whose disk takes its time."""

    def __init__(self, inner: Journal, delay_s: float) -> None:
        self._inner, self._delay_s = inner, delay_s

    def load(self) -> Iterator[ev.Event]:
        return self._inner.load()

    def append(self, fact: ev.Event) -> None:
        self._inner.append(fact)

    async def barrier(self) -> None:
        await asyncio.sleep(self._delay_s)
        await self._inner.barrier()

    def close(self) -> None:
        self._inner.close()


class FullDisk(SlowJournal):
    """A journal that can no longer be written."""

    def __init__(self, inner: Journal) -> None:
        super().__init__(inner, 0)

    def append(self, fact: ev.Event) -> None:
        return None

    async def barrier(self) -> None:
        raise JournalFailed(OSError("disk full"))
