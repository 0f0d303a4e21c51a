"""Paper orders filled from somebody else's market data, by a rule that never flatters.

- A resting order fills only from volume that traded strictly through its price after it arrived: a print at its very
  price is left to those who queued before. Each print's volume is given away once, best price first, then oldest.
- A taking order arrives after the latency and meets the sizes the book shows then; what it takes from a level stays
  gone until that level's size is reported again.

Market data goes in through `see`, time through `advance`; both return our own events in the order they must leave.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.fold import apply
from cockpit.core.market import Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.state import State
from cockpit.core.units import floor_lot, pay, receive
from cockpit.venues import rules
from cockpit.venues.account import NEVER_MS, RESTING, Account, death_ms
from cockpit.venues.base import Accepted, Rejected
from cockpit.venues.mirror import ASK, BID, canonical, mirror

Answer = Callable[[Accepted | Rejected], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """Delays in milliseconds: from sending to arriving, and from matched to confirmed."""

    latency_ms: int = 50
    settle_ms: int = 2_000


class Shadow:
    """One paper account among recorded or live books, which it keeps itself from the events it sees."""

    def __init__(self, account: Account, pace: Pace | None = None, trade_prefix: str = "shadow") -> None:
        """`trade_prefix` starts the fill ids; they are numbered, so the same inputs give the same ids."""
        self.account = account
        self.pace = pace or Pace()
        self.markets: dict[str, Market] = {}
        self._market_data = State()
        self.books: dict[str, Book] = self._market_data.books
        self._ended: set[str] = set()
        self._taken: dict[str, dict[tuple[int, int], int]] = {}
        """Market id -> (side, YES price) -> shares we took that the recording does not know of."""
        self._due: list[tuple[int, int, Callable[[int], list[ev.Event]]]] = []
        self._due_count = itertools.count()
        """What is due at the same time happens in the order it was sent."""
        self._arrived: dict[str, int] = {}
        """Order id -> when it reached the book."""
        self._trades = itertools.count(1)
        self._prefix = trade_prefix

    # ---- market data ----

    def see(self, event: ev.Event) -> Sequence[ev.Event]:
        """Take in market data and return what it did to our orders."""
        if isinstance(event, ev.LevelsChanged):
            apply(self._market_data, event)
            taken = self._taken.get(event.market_id)
            if taken:
                for side, price, _ in event.changes:
                    taken.pop((side, price), None)
        elif isinstance(event, ev.TradePrinted):
            return self._trade_through(event) if self.account.open else ()
        elif isinstance(event, ev.MarketListed):
            self.markets[event.market.id] = event.market
        elif isinstance(event, ev.MarketEnded):
            return self._end_market(event)
        elif isinstance(event, ev.BookSnapshot | ev.BookLost | ev.TickChanged):
            apply(self._market_data, event)
            if isinstance(event, ev.BookSnapshot):
                self._taken.pop(event.market_id, None)
            tick = None if isinstance(event, ev.BookLost) else event.tick
            if tick is not None and event.market_id in self.markets:
                self.markets[event.market_id] = replace(self.markets[event.market_id], tick=tick)
        return ()

    def _trade_through(self, trade: ev.TradePrinted) -> list[ev.Event]:
        taking, yes_price = canonical(trade.leg, Side.BUY if trade.is_buy else Side.SELL, trade.price)
        waiting = []
        for place, order in enumerate(self.account.resting(trade.market_id)):
            side, price = canonical(order.leg, order.side, order.price)
            is_through = price < yes_price if taking == BID else price > yes_price
            # Recorded prints can come late: one from before the order was there is not its own.
            if side != taking and is_through and trade.venue_ms >= self._arrived[order.id]:
                waiting.append((price if side == ASK else -price, place, order))
        left, found = trade.shares, []
        for _, _, order in sorted(waiting, key=lambda item: item[:2]):
            shares = floor_lot(min(left, order.size - order.filled))
            if shares <= 0:
                break
            left -= shares
            found += self._fill(order, order.price, shares, trade.at_ms, is_taker=False)
        return found

    def _end_market(self, event: ev.MarketEnded) -> list[ev.Event]:
        market = self.markets.get(event.market_id)
        if market is None or event.market_id in self._ended:
            return []
        self._ended.add(event.market_id)
        resting = self.account.resting(event.market_id)
        found = [self._end(order, OrderState.CANCELLED, rules.RESOLVED, event.at_ms) for order in resting]
        self.account.pay_out(market, event.payout_yes)
        return found

    # ---- our orders ----

    def submit(self, order: Order, now_ms: int, answer: Answer) -> None:
        """Send an order; `answer` is called when it arrives, before its events are returned by `advance`."""
        self._later(now_ms + self.pace.latency_ms, lambda at_ms: self._arrive(order, at_ms, answer))

    def submit_cancel(self, order_ids: Sequence[str], now_ms: int, done: Callable[[], None]) -> None:
        """Send a cancel; `done` is called when it arrives."""
        self._later(now_ms + self.pace.latency_ms, lambda at_ms: self._cancel(order_ids, at_ms, done))

    def adopt(self, fill: Fill) -> None:
        """Book a fill from outside, proven, without an event."""
        self.account.book(fill, self.markets[fill.market_id])

    @property
    def next_ms(self) -> int:
        """When `advance` has something to do next."""
        return self._due[0][0] if self._due else NEVER_MS

    def advance(self, now_ms: int) -> Sequence[ev.Event]:
        """Let everything happen that is due by `now_ms`, in its order and at its own time."""
        found: list[ev.Event] = []
        while self._due and self._due[0][0] <= now_ms:
            at_ms, _, happen = heapq.heappop(self._due)
            found += happen(at_ms)
        return found

    def _later(self, at_ms: int, happen: Callable[[int], list[ev.Event]]) -> None:
        heapq.heappush(self._due, (at_ms, next(self._due_count), happen))

    def _arrive(self, order: Order, at_ms: int, answer: Answer) -> list[ev.Event]:
        refused, plan = self._weigh(order, at_ms)
        if refused is not None:
            answer(refused)
            return []
        order = self.account.admit(order)
        self._arrived[order.id] = at_ms
        answer(Accepted(order.id))
        found: list[ev.Event] = []
        if order.type in RESTING:
            found.append(ev.OrderMoved(at_ms, order.id, OrderState.OPEN))
        taken = self._taken.setdefault(order.market_id, {})
        for side, price, shares in plan:
            taken[side, price] = taken.get((side, price), 0) + shares
            found += self._fill(order, mirror(order.leg, price), shares, at_ms, is_taker=True)
        order = self.account.orders[order.id]
        if order.type not in RESTING and not order.is_terminal:
            found.append(self._end(order, OrderState.CANCELLED, rules.FAK_REST, at_ms))
        elif order.type is OrderType.GTD and not order.is_terminal:
            self._later(death_ms(order), lambda due_ms: self._expire(order.id, due_ms))
        return found

    def _weigh(self, order: Order, at_ms: int) -> tuple[Rejected | None, list[tuple[int, int, int]]]:
        """Return why an order is refused, or what it takes on arrival as (side, YES price, shares)."""
        market = self.markets.get(order.market_id)
        if order.id in self.account.orders:
            return rules.duplicate(order), []
        if market is None or market.id in self._ended:
            return rules.not_ready(order), []
        refused = rules.refuse_shape(order, market, at_ms)
        if refused is not None:
            return refused, []
        crosses, plan = self._meet(order)
        steps = [(shares, mirror(order.leg, price)) for _, price, shares in plan]
        taken = sum(shares for shares, _ in steps)
        value = sum(receive(shares, price) for shares, price in steps)
        fee = sum(market.fees.taker(shares, price) for shares, price in steps)
        full = value + receive(order.size - taken, order.price)
        refused = rules.refuse_arrival(rules.Arrival(order, crosses, taken, full), market)
        if refused is None and order.side is Side.SELL:
            held = self.account.free_shares(market, order.leg)
            refused = rules.no_balance(order, held, order.size) if order.size > held else None
        elif refused is None:
            spent = sum(pay(shares, price) for shares, price in steps) + fee
            needed, free = spent + pay(order.size - taken, order.price), self.account.free_cash()
            refused = rules.no_balance(order, free, needed) if needed > free else None
        return refused, plan

    def _meet(self, order: Order) -> tuple[bool, list[tuple[int, int, int]]]:
        """Return whether the shown book crosses an order's price, and what is left there for us to take."""
        book = self.books.get(order.market_id)
        if book is None or not book.synced:
            return False, []
        side, limit = canonical(order.leg, order.side, order.price)
        if side == BID:
            shown, prices = book.asks, sorted(price for price in book.asks if price <= limit)
        else:
            shown, prices = book.bids, sorted((price for price in book.bids if price >= limit), reverse=True)
        gone = self._taken.get(order.market_id, {})
        wanted, plan = order.size, []
        for price in prices:
            shares = floor_lot(min(wanted, shown[price] - gone.get((1 - side, price), 0)))
            if shares > 0:
                plan.append((1 - side, price, shares))
                wanted -= shares
        return bool(prices), plan

    def _fill(self, order: Order, price: int, shares: int, at_ms: int, *, is_taker: bool) -> list[ev.Event]:
        market, trade_id = self.markets[order.market_id], f"{self._prefix}-{next(self._trades)}"
        fill, order = self.account.match(order.id, market, trade_id, price, shares, at_ms, is_taker=is_taker)
        self._later(at_ms + self.pace.settle_ms, lambda due_ms: self._confirm(fill, due_ms))
        found: list[ev.Event] = [ev.FillSeen(at_ms, fill)]
        if not is_taker or order.state is OrderState.FILLED:
            found.append(ev.OrderMoved(at_ms, order.id, order.state, "", order.filled))
        return found

    def _confirm(self, fill: Fill, at_ms: int) -> list[ev.Event]:
        self.account.confirm(fill.key)
        return [ev.FillMoved(at_ms, *fill.key, FillStatus.CONFIRMED)]

    def _cancel(self, order_ids: Sequence[str], at_ms: int, done: Callable[[], None]) -> list[ev.Event]:
        resting = [self.account.open[order_id] for order_id in order_ids if order_id in self.account.open]
        found: list[ev.Event] = [self._end(order, OrderState.CANCELLED, "canceled", at_ms) for order in resting]
        done()
        return found

    def _expire(self, order_id: str, at_ms: int) -> list[ev.Event]:
        order = self.account.open.get(order_id)
        return [self._end(order, OrderState.EXPIRED, "expired", at_ms)] if order is not None else []

    def _end(self, order: Order, state: OrderState, reason: str, at_ms: int) -> ev.Event:
        order = self.account.end(order, state, reason)
        return ev.OrderMoved(at_ms, order.id, state, reason, order.filled)
