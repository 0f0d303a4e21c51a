"""Our account at the exchange: what changed is noted for the ledger, what must be told is queued.

The exchange takes both at the end of an action.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from cockpit.core import events as ev
from cockpit.core.market import Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.venues.account import NEVER_MS, Account, death_ms
from cockpit.venues.practice.changes import Touched
from cockpit.venues.practice.settlement import Settlement


class PracticeAccount(Account):
    """An account whose changes are written and told."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.news: list[ev.Event] = []
        self.touched = Touched()
        self.settlement = Settlement(seed)

    @property
    def next_ms(self) -> int:
        """When the next fill settles a step further or the next order expires."""
        expiry = min((death_ms(order) for order in self.open.values()), default=NEVER_MS)
        return min(expiry, self.settlement.next_ms)

    def set(self, order: Order) -> None:
        """Remember an order as it is now."""
        super().set(order)
        self.touched.orders[order.id] = None

    def fill(
        self, order_id: str, market: Market, trade_id: str, price: int, shares: int, now_ms: int, *, is_taker: bool
    ) -> None:
        """Book one match of an order at the maker's price (the leg's own), and queue the news of it."""
        fill, order = self.match(order_id, market, trade_id, price, shares, now_ms, is_taker=is_taker)
        self.settlement.begin(fill)
        self.news.append(ev.FillSeen(now_ms, fill))
        if order.state is OrderState.FILLED or not is_taker:
            self.tell(order, now_ms)

    def book(self, fill: Fill, market: Market) -> None:
        """Move cash and shares by one fill."""
        super().book(fill, market)
        self.touched.fills[fill.key] = None
        self.touched.balances = True

    def convert(self, market: Market, shares: tuple[int, int], cash: int) -> None:
        """Turn shares of both legs into cash."""
        for token, gone in zip(market.tokens, shares, strict=True):
            self._move(token, 0, -gone)
        self.cash += cash
        self.touched.balances = True

    def holds(self, market: Market) -> bool:
        """Return whether any shares of a market are held."""
        return any(token in self.shares for token in market.tokens)

    def tell(self, order: Order, now_ms: int) -> None:
        """Queue where an order stands, with the shares matched as proof."""
        self.news.append(ev.OrderMoved(now_ms, order.id, order.state, order.reason, order.filled))

    def settle_due(self, now_ms: int, markets: Mapping[str, Market], ended: Collection[str]) -> bool:
        """Take the steps of fills that are due; returns whether any failed, so that less is covered than before."""
        has_failed = False
        for key, status in self.settlement.take_due(now_ms):
            fill = self.fills[key]
            if status is FillStatus.FAILED and not self._can_fail(fill, markets, ended):
                self.settlement.resume(fill, now_ms)
                continue
            moved = fill.advance(status)
            if moved is fill:
                continue
            if status is FillStatus.FAILED:
                self.unbook(fill, markets[fill.market_id])
                self.touched.balances = has_failed = True
            self.fills[key] = moved
            self.touched.fills[key] = None
            self.settlement.taken(key, status)
            self.news.append(ev.FillMoved(now_ms, *key, status))
        return has_failed

    def restore(self, cash: int, shares: dict[str, int], orders: Iterable[Order], fills: Iterable[Fill]) -> None:
        """Set everything as it was written; fills not yet proven soon will be."""
        self.cash, self.shares = cash, dict(shares)
        self.fills = {fill.key: fill for fill in fills}
        for fill in self.fills.values():
            self.settlement.resume(fill, fill.at_ms)
        self.orders = {order.id: order for order in orders}
        self.open = {order.id: order for order in self.orders.values() if not order.is_terminal}

    def take_news(self) -> tuple[list[ev.Event], Touched]:
        """Return what must be told and written since the last call."""
        found = self.news, self.touched
        self.news, self.touched = [], Touched()
        return found

    def _can_fail(self, fill: Fill, markets: Mapping[str, Market], ended: Collection[str]) -> bool:
        """What was paid out, sold on or spent meanwhile can no longer be taken back: then the trade does settle."""
        if fill.market_id in ended:
            return False
        if fill.side is Side.SELL:
            return self.cash >= fill.money - fill.fee
        return self.shares.get(markets[fill.market_id].tokens[fill.leg], 0) >= fill.shares
