"""One account: cash, shares, orders and fills. Nothing here decides whether something fills.

Money and shares move in `book`, `unbook` and `pay_out` only. What resting orders could need is not free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillKey, FillStatus, Order, OrderState, OrderType
from cockpit.core.units import pay, payout, receive
from cockpit.venues import rules
from cockpit.venues.base import OrderReport

NEVER_MS = 1 << 62
RESTING = (OrderType.GTC, OrderType.GTD)
"""Types whose rest stays in the book."""


class Account:
    """Money in 1/1,000,000 USD, shares by asset id."""

    def __init__(self, cash: int = 0, shares: dict[str, int] | None = None) -> None:
        self.cash = cash
        self.shares = dict(shares or {})
        """Never 0; what resting sales reserve is included."""
        self.orders: dict[str, Order] = {}
        self.open: dict[str, Order] = {}
        """Orders that have not ended, oldest first."""
        self.fills: dict[FillKey, Fill] = {}
        self.merging: dict[str, int] = {}
        """Market id -> pairs that merges on their way will take."""

    def free_cash(self) -> int:
        """Return cash not held for resting purchases."""
        return self.cash - sum(pay(o.size - o.filled, o.price) for o in self.open.values() if o.side is Side.BUY)

    def free_shares(self, market: Market, leg: Leg) -> int:
        """Return shares of a leg not held for resting sales, or for merges on their way."""
        selling = (o for o in self.open.values() if o.side is Side.SELL and o.market_id == market.id and o.leg is leg)
        held = self.shares.get(market.tokens[leg], 0) - self.merging.get(market.id, 0)
        return held - sum(o.size - o.filled for o in selling)

    def resting(self, market_id: str = "") -> Sequence[Order]:
        """Return the resting orders (of one market), oldest first; safe to end them while reading."""
        return [order for order in self.open.values() if market_id in ("", order.market_id)]

    def admit(self, order: Order) -> Order:
        """Take an order in that was accepted, and return it open with nothing filled."""
        order = replace(order, state=OrderState.OPEN, filled=0, money=0, fee=0, venue_filled=0, reason="")
        self.set(order)
        return order

    def set(self, order: Order) -> None:
        """Remember an order as it is now."""
        self.orders[order.id] = order
        if order.is_terminal:
            self.open.pop(order.id, None)
        else:
            self.open[order.id] = order

    def match(
        self, order_id: str, market: Market, trade_id: str, price: int, shares: int, at_ms: int, *, is_taker: bool
    ) -> tuple[Fill, Order]:
        """Book one match of an order at the maker's price (the leg's own); the fee is the taker's."""
        order = self.orders[order_id]
        money = pay(shares, price) if order.side is Side.BUY else receive(shares, price)
        fee = market.fees.taker(shares, price) if is_taker else 0
        fill = Fill(trade_id, order_id, market.id, order.leg, order.side, price, shares, money, fee, is_taker, at_ms)
        self.book(fill, market)
        filled = order.filled + shares
        order = replace(
            order,
            state=OrderState.FILLED if filled == order.size else OrderState.PARTIALLY_FILLED,
            filled=filled,
            venue_filled=filled,
            money=order.money + money,
            fee=order.fee + fee,
        )
        self.set(order)
        return fill, order

    def book(self, fill: Fill, market: Market) -> None:
        """Move cash and shares by one fill."""
        self.fills[fill.key] = fill
        sign = 1 if fill.side is Side.BUY else -1
        self._move(market.tokens[fill.leg], -sign * fill.money - fill.fee, sign * fill.shares)

    def unbook(self, fill: Fill, market: Market) -> None:
        """Take cash and shares of one fill back, as if it had never been; the caller marks it as failed."""
        sign = 1 if fill.side is Side.BUY else -1
        self._move(market.tokens[fill.leg], sign * fill.money + fill.fee, -sign * fill.shares)

    def end(self, order: Order, state: OrderState, reason: str) -> Order:
        """Take an order out and return it as it ended."""
        order = replace(order, state=state, reason=reason)
        self.set(order)
        return order

    def confirm(self, key: FillKey) -> None:
        """Mark a fill as proven."""
        self.fills[key] = self.fills[key].advance(FillStatus.CONFIRMED)

    def pay_out(self, market: Market, payout_yes: int) -> None:
        """Turn the shares of a market that ended into cash, rounded down."""
        yes, no = (self.shares.pop(token, 0) for token in market.tokens)
        self.cash += payout(yes, no, payout_yes)

    def report(self, order_id: str) -> OrderReport | None:
        """Return what became of an order, None for one that never arrived."""
        order = self.orders.get(order_id)
        return OrderReport(order.id, order.state, order.filled, order.reason) if order else None

    def _move(self, token: str, cash: int, shares: int) -> None:
        self.cash += cash
        self.shares[token] = self.shares.get(token, 0) + shares
        if not self.shares[token]:
            del self.shares[token]


def death_ms(order: Order) -> int:
    """Return when a resting order expires: a minute before its stated expiry, as at the venue."""
    return (order.expires_at_ms or NEVER_MS) - rules.GTD_EARLY_MS if order.type is OrderType.GTD else NEVER_MS
