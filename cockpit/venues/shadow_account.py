"""The account behind paper orders: cash, shares, orders and fills. Nothing here decides whether something fills."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cockpit.core.market import Market, Side
from cockpit.core.order import Fill, FillKey, FillStatus, Order, OrderState
from cockpit.core.units import PRICE_ONE, pay


@dataclass(slots=True)
class ShadowAccount:
    """Money in 1/1,000,000 USD, shares by asset id. What resting orders could need is not free."""

    cash: int
    shares: dict[str, int] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    open: dict[str, Order] = field(default_factory=dict)
    """Resting orders, oldest first."""
    fills: dict[FillKey, Fill] = field(default_factory=dict)

    def free_cash(self) -> int:
        """Return cash not held for resting purchases."""
        return self.cash - sum(pay(o.size - o.filled, o.price) for o in self.open.values() if o.side is Side.BUY)

    def free_shares(self, market: Market, order: Order) -> int:
        """Return shares of an order's leg not held for resting sales."""
        held = sum(
            other.size - other.filled
            for other in self.open.values()
            if other.side is Side.SELL and other.market_id == order.market_id and other.leg is order.leg
        )
        return self.shares.get(market.tokens[order.leg], 0) - held

    def set(self, order: Order) -> None:
        """Remember an order as it is now; it rests as long as it is open."""
        self.orders[order.id] = order
        if order.state in (OrderState.OPEN, OrderState.PARTIALLY_FILLED):
            self.open[order.id] = order
        else:
            self.open.pop(order.id, None)

    def book(self, fill: Fill, market: Market) -> None:
        """Move cash and shares by one fill."""
        token, sign = market.tokens[fill.leg], 1 if fill.side is Side.BUY else -1
        self.fills[fill.key] = fill
        self.cash -= sign * fill.money + fill.fee
        self.shares[token] = self.shares.get(token, 0) + sign * fill.shares

    def fill_order(self, fill: Fill, market: Market) -> Order:
        """Book a fill and return its order, moved on."""
        self.book(fill, market)
        order = self.orders[fill.order_id]
        filled = order.filled + fill.shares
        order = replace(
            order,
            filled=filled,
            venue_filled=filled,
            money=order.money + fill.money,
            fee=order.fee + fill.fee,
            state=OrderState.FILLED if filled == order.size else OrderState.PARTIALLY_FILLED,
        )
        self.set(order)
        return order

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
        self.cash += (yes * payout_yes + no * (PRICE_ONE - payout_yes)) // PRICE_ONE

    def of_market(self, market_id: str) -> Iterable[Order]:
        """Return the resting orders of a market, oldest first; safe to end them while reading."""
        return [order for order in self.open.values() if order.market_id == market_id]
