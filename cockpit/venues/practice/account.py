"""Our account at the exchange: cash, shares, orders and fills, and what resting orders reserve.

Money and shares move in `book` and `pay_out` only. What changed is noted for the ledger, what must be told is queued;
the exchange takes both at the end of an action.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cockpit.core import events as ev
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillKey, FillStatus, Order, OrderState, OrderType
from cockpit.core.units import PRICE_ONE, pay, receive
from cockpit.venues import rules
from cockpit.venues.practice.draws import seeded

CONFIRM_MS = (1_500, 2_500)
"""How long a fill takes from matched to confirmed."""
NEVER_MS = 1 << 62


@dataclass(slots=True)
class Touched:
    """What of the account must be written: names in the order they changed."""

    orders: dict[str, None] = field(default_factory=dict)
    fills: dict[FillKey, None] = field(default_factory=dict)
    balances: bool = False


class Account:
    """One account. `markets` is the exchange's own dict, shared."""

    def __init__(self, seed: int, markets: dict[str, Market]) -> None:
        self.cash = 0
        self.shares: dict[str, int] = {}
        """By asset id; what resting sales reserve is included."""
        self.orders: dict[str, Order] = {}
        self.fills: dict[FillKey, Fill] = {}
        self.news: list[ev.Event] = []
        self.touched = Touched()
        self._markets = markets
        self._open: dict[str, Order] = {}
        self._confirm: list[tuple[int, FillKey]] = []
        self._draw = seeded(seed, "confirm")

    @property
    def next_ms(self) -> int:
        """When the next fill is confirmed or the next order expires."""
        expiry = min((death_ms(order) for order in self._open.values()), default=NEVER_MS)
        return min(expiry, self._confirm[0][0] if self._confirm else NEVER_MS)

    def resting(self) -> Sequence[Order]:
        """Return the orders that rest, oldest first."""
        return tuple(self._open.values())

    def free_cash(self) -> int:
        """Return cash not reserved by resting purchases."""
        held = (pay(o.size - o.filled, o.price) for o in self._open.values() if o.side is Side.BUY)
        return self.cash - sum(held)

    def free_shares(self, token: str) -> int:
        """Return shares of an asset not reserved by resting sales."""
        selling = (o for o in self._open.values() if o.side is Side.SELL)
        held = sum(o.size - o.filled for o in selling if self._token(o.market_id, o.leg) == token)
        return self.shares.get(token, 0) - held

    def admit(self, order: Order, now_ms: int, *, rests: bool) -> None:
        """Take an order in that the exchange has accepted; one that will rest is told as open."""
        order = replace(order, state=OrderState.OPEN, filled=0, money=0, fee=0, venue_filled=0, reason="")
        self.orders[order.id] = order
        self.touched.orders[order.id] = None
        if rests:
            self._open[order.id] = order
            self.tell(order, now_ms)

    def fill(self, order_id: str, trade_id: str, yes_price: int, shares: int, now_ms: int, *, is_taker: bool) -> None:
        """Book one match of an order at the maker's price; the fee is the taker's."""
        order = self.orders[order_id]
        price = own_price(order.leg, yes_price)
        money = pay(shares, price) if order.side is Side.BUY else receive(shares, price)
        fee = self._markets[order.market_id].fees.taker(shares, price) if is_taker else 0
        fill = Fill(
            trade_id, order_id, order.market_id, order.leg, order.side, price, shares, money, fee, is_taker, now_ms
        )
        self.book(fill)
        heapq.heappush(self._confirm, (now_ms + self._draw.randint(*CONFIRM_MS), fill.key))
        filled = order.filled + shares
        is_full = filled == order.size
        order = replace(
            order,
            state=OrderState.FILLED if is_full else OrderState.PARTIALLY_FILLED,
            filled=filled,
            venue_filled=filled,
            money=order.money + money,
            fee=order.fee + fee,
        )
        self.orders[order_id] = order
        self.touched.orders[order_id] = None
        self.news.append(ev.FillSeen(now_ms, fill))
        if is_full:
            self._open.pop(order_id, None)
        elif order_id in self._open:
            self._open[order_id] = order
        if is_full or not is_taker:
            self.tell(order, now_ms)

    def book(self, fill: Fill) -> None:
        """Move the cash and the shares of one fill."""
        token = self._token(fill.market_id, fill.leg)
        sign = 1 if fill.side is Side.BUY else -1
        self.fills[fill.key] = fill
        self.cash -= sign * fill.money + fill.fee
        self.shares[token] = self.shares.get(token, 0) + sign * fill.shares
        if not self.shares[token]:
            del self.shares[token]
        self.touched.fills[fill.key] = None
        self.touched.balances = True

    def pay_out(self, market_id: str, payout_yes: int) -> None:
        """Turn the shares of a market that ended into cash."""
        yes, no = (self.shares.pop(token, 0) for token in self._markets[market_id].tokens)
        self.cash += (yes * payout_yes + no * (PRICE_ONE - payout_yes)) // PRICE_ONE
        self.touched.balances = True

    def end(self, order: Order, state: OrderState, reason: str, now_ms: int) -> bool:
        """End an order that is not filled; returns whether it was resting."""
        order = replace(order, state=state, reason=reason)
        self.orders[order.id] = order
        self.touched.orders[order.id] = None
        self.tell(order, now_ms)
        return self._open.pop(order.id, None) is not None

    def tell(self, order: Order, now_ms: int) -> None:
        """Queue where an order stands, with the shares matched as proof."""
        self.news.append(ev.OrderMoved(now_ms, order.id, order.state, order.reason, order.filled))

    def confirm(self, now_ms: int) -> None:
        """Confirm the fills that are due."""
        while self._confirm and self._confirm[0][0] <= now_ms:
            _due, key = heapq.heappop(self._confirm)
            self.fills[key] = self.fills[key].advance(FillStatus.CONFIRMED)
            self.touched.fills[key] = None
            self.news.append(ev.FillMoved(now_ms, *key, FillStatus.CONFIRMED))

    def restore(self, cash: int, shares: dict[str, int], orders: Iterable[Order], fills: Iterable[Fill]) -> None:
        """Set everything as it was written; fills not yet confirmed will be soon."""
        self.cash, self.shares = cash, dict(shares)
        self.fills = {fill.key: fill for fill in fills}
        for fill in self.fills.values():
            if fill.status is FillStatus.MATCHED:
                heapq.heappush(self._confirm, (fill.at_ms + self._draw.randint(*CONFIRM_MS), fill.key))
        self.orders = {order.id: order for order in orders}
        self._open = {order.id: order for order in self.orders.values() if not order.is_terminal}

    def take_news(self) -> tuple[list[ev.Event], Touched]:
        """Return what must be told and written since the last call."""
        found = self.news, self.touched
        self.news, self.touched = [], Touched()
        return found

    def _token(self, market_id: str, leg: Leg) -> str:
        return self._markets[market_id].tokens[leg]


def death_ms(order: Order) -> int:
    """Return when a resting order expires: a minute before its stated expiry, as at the venue."""
    return (order.expires_at_ms or NEVER_MS) - rules.GTD_EARLY_MS if order.type is OrderType.GTD else NEVER_MS


def own_price(leg: Leg, yes_price: int) -> int:
    """Return a YES price as the price of a leg."""
    return yes_price if leg is Leg.YES else PRICE_ONE - yes_price
