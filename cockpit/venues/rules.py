"""What the venue refuses before an order reaches the book, in its own words.

Texts and codes follow the venue's error table; codes it does not publish are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.market import Market
from cockpit.core.order import Order, OrderType
from cockpit.core.units import LOT, money_text, price_text, shares_text
from cockpit.venues.base import Rejected

GTD_MIN_AHEAD_MS = 180_000
"""A stated expiry must lie at least this far ahead ..."""
GTD_EARLY_MS = 60_000
"""... and the order dies this long before it."""
RESOLVED = "CANCELED_MARKET_RESOLVED"
UNCOVERED = "CANCELED_NOT_ENOUGH_BALANCE"
UNMATCHED = "unmatched: nothing was left when the delay was over"
FAK_REST = "canceled: the rest of a FAK order"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order and what it meets: shares it would take, and its value at the makers' prices, the rest at its own."""

    order: Order
    crosses: bool
    shares: int
    value: int


def duplicate(order: Order) -> Rejected:
    """Return the refusal of an id that was used before."""
    return Rejected(order.id, "duplicated", f"order {order.id} is invalid. Duplicated.")


def not_ready(order: Order) -> Rejected:
    """Return the refusal of a market that is not open."""
    return Rejected(order.id, "market_not_ready", "the market is not yet ready to process new orders")


def refuse_shape(order: Order, market: Market, sent_ms: int) -> Rejected | None:
    """Return why price, size or expiry of an order sent at `sent_ms` are not acceptable, or None."""
    prefix = f"order {order.id} is invalid."
    if not market.is_valid_price(order.price):
        text = f"{prefix} Price ({price_text(order.price)}) breaks minimum tick size rule: {price_text(market.tick)}"
        return Rejected(order.id, "invalid_price", text)
    if order.size <= 0 or order.size % LOT:
        return Rejected(order.id, "invalid_size", f"{prefix} Size ({shares_text(order.size)}) is not in steps of 0.01")
    if order.size < market.min_size:
        text = f"{prefix} Size ({shares_text(order.size)}) lower than the minimum: {shares_text(market.min_size)}"
        return Rejected(order.id, "invalid_size", text)
    if order.type is OrderType.GTD and (order.expires_at_ms or 0) < sent_ms + GTD_MIN_AHEAD_MS:
        return Rejected(order.id, "invalid_expiration", "invalid expiration")
    if order.post_only and not order.can_rest:
        return Rejected(order.id, "invalid_post_only", "invalid post-only order: only GTC and GTD can be post-only")
    return None


def refuse_dead(order: Order) -> Rejected:
    """Return the refusal of an order that arrives after its end."""
    return Rejected(order.id, "invalid_expiration", "invalid expiration")


def refuse_arrival(arrival: Arrival, market: Market) -> Rejected | None:
    """Return why an order cannot act on the book it meets, or None."""
    order = arrival.order
    if order.post_only and arrival.crosses:
        return Rejected(order.id, "post_only_would_cross", "invalid post-only order: order crosses book")
    if order.type is OrderType.FOK and arrival.shares < order.size:
        text = "order couldn't be fully filled. FOK orders are fully filled or killed."
        return Rejected(order.id, "fok_not_filled", text)
    if order.type is OrderType.FAK and not arrival.shares:
        text = (
            "no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found."
        )
        return Rejected(order.id, "fak_not_filled", text)
    if arrival.crosses and arrival.value < market.min_taker_cost:
        text = f"invalid amount for a marketable {order.side.name} order (${money_text(arrival.value)}), min size: $1"
        return Rejected(order.id, "invalid_amount", text)
    return None


def no_balance(order: Order, held: int, needed: int) -> Rejected:
    """Return the refusal of an order the account cannot cover; both amounts in millionths."""
    text = f"not enough balance / allowance: the balance is not enough -> balance: {held}, order amount: {needed}"
    return Rejected(order.id, "not_enough_balance", text)
