"""Our account at the exchange: what changed is noted for the ledger, what must be told is queued.

The exchange takes both at the end of an action.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from cockpit.core import events as ev
from cockpit.core.market import Market
from cockpit.core.order import Fill, FillKey, FillStatus, Order, OrderState
from cockpit.venues.account import NEVER_MS, Account, death_ms
from cockpit.venues.practice.draws import seeded

CONFIRM_MS = (1_500, 2_500)
"""How long a fill takes from matched to confirmed."""


@dataclass(slots=True)
class Touched:
    """What of the account must be written: names in the order they changed."""

    orders: dict[str, None] = field(default_factory=dict)
    fills: dict[FillKey, None] = field(default_factory=dict)
    balances: bool = False


class PracticeAccount(Account):
    """An account whose changes are written and told."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.news: list[ev.Event] = []
        self.touched = Touched()
        self._unproven: list[tuple[int, FillKey]] = []
        self._draw = seeded(seed, "confirm")

    @property
    def next_ms(self) -> int:
        """When the next fill is confirmed or the next order expires."""
        expiry = min((death_ms(order) for order in self.open.values()), default=NEVER_MS)
        return min(expiry, self._unproven[0][0] if self._unproven else NEVER_MS)

    def set(self, order: Order) -> None:
        """Remember an order as it is now."""
        super().set(order)
        self.touched.orders[order.id] = None

    def fill(
        self, order_id: str, market: Market, trade_id: str, price: int, shares: int, now_ms: int, *, is_taker: bool
    ) -> None:
        """Book one match of an order at the maker's price (the leg's own), and queue the news of it."""
        fill, order = self.match(order_id, market, trade_id, price, shares, now_ms, is_taker=is_taker)
        heapq.heappush(self._unproven, (now_ms + self._draw.randint(*CONFIRM_MS), fill.key))
        self.news.append(ev.FillSeen(now_ms, fill))
        if order.state is OrderState.FILLED or not is_taker:
            self.tell(order, now_ms)

    def book(self, fill: Fill, market: Market) -> None:
        """Move cash and shares by one fill."""
        super().book(fill, market)
        self.touched.fills[fill.key] = None
        self.touched.balances = True

    def pay_out(self, market: Market, payout_yes: int) -> None:
        """Turn the shares of a market that ended into cash, rounded down."""
        super().pay_out(market, payout_yes)
        self.touched.balances = True

    def tell(self, order: Order, now_ms: int) -> None:
        """Queue where an order stands, with the shares matched as proof."""
        self.news.append(ev.OrderMoved(now_ms, order.id, order.state, order.reason, order.filled))

    def confirm_due(self, now_ms: int) -> None:
        """Confirm the fills that are due."""
        while self._unproven and self._unproven[0][0] <= now_ms:
            _due, key = heapq.heappop(self._unproven)
            self.confirm(key)
            self.touched.fills[key] = None
            self.news.append(ev.FillMoved(now_ms, *key, FillStatus.CONFIRMED))

    def restore(self, cash: int, shares: dict[str, int], orders: Iterable[Order], fills: Iterable[Fill]) -> None:
        """Set everything as it was written; fills not yet confirmed will be soon."""
        self.cash, self.shares = cash, dict(shares)
        self.fills = {fill.key: fill for fill in fills}
        for fill in self.fills.values():
            if fill.status is FillStatus.MATCHED:
                heapq.heappush(self._unproven, (fill.at_ms + self._draw.randint(*CONFIRM_MS), fill.key))
        self.orders = {order.id: order for order in orders}
        self.open = {order.id: order for order in self.orders.values() if not order.is_terminal}

    def take_news(self) -> tuple[list[ev.Event], Touched]:
        """Return what must be told and written since the last call."""
        found = self.news, self.touched
        self.news, self.touched = [], Touched()
        return found
