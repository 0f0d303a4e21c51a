"""Whether an order can be taken in: what it would do to the book it meets, and what it could cost."""

from __future__ import annotations

from cockpit.core.market import Market, Side
from cockpit.core.order import Order
from cockpit.core.units import pay, receive
from cockpit.venues import rules
from cockpit.venues.account import RESTING, Account
from cockpit.venues.base import Rejected
from cockpit.venues.mirror import mirror
from cockpit.venues.practice.ladder import Match
from cockpit.venues.practice.trades import as_trades, by_price


def refuse_arrival(
    account: Account, order: Order, market: Market, plan: list[Match], *, crosses: bool
) -> Rejected | None:
    """Weigh an order against the book and the balance: the worst it could cost, and exactly what it will."""
    steps = [(shares, mirror(order.leg, price)) for price, shares in by_price(plan)]
    taken = sum(shares for shares, _price in steps)
    value = sum(receive(shares, price) for shares, price in steps)
    whole = value + receive(order.size - taken, order.price)
    refused = rules.refuse_arrival(rules.Arrival(order, crosses, taken, whole), market)
    if refused:
        return refused
    if order.side is Side.SELL:
        held = account.free_shares(market, order.leg)
        return rules.no_balance(order, held, order.size) if order.size > held else None
    # Each trade rounds its fee up by less than one step, so price improvement alone does not bound the sum.
    fee = sum(market.fees.taker(sum(m.shares for m in t), mirror(order.leg, t[0].price)) for t in as_trades(plan))
    rest = order.size - taken if order.type in RESTING else 0
    worst = pay(order.size, order.price) + (market.fees.taker(order.size, order.price) if crosses else 0)
    needed, free = max(worst, value + fee + pay(rest, order.price)), account.free_cash()
    return rules.no_balance(order, free, needed) if needed > free else None
