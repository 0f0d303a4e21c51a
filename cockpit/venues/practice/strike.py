"""A fill that comes out of nowhere: somebody takes just this order, whatever stands before it."""

from __future__ import annotations

import random

from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.units import LOT
from cockpit.venues.account import RESTING
from cockpit.venues.mirror import BID, canonical
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.ladder import Match


def strikable(exchange: Exchange) -> list[Order]:
    """Return the orders of the account that rest in a book, oldest first."""
    return [
        order
        for order in exchange.account.resting()
        if order.type in RESTING and order.id not in exchange.held and order.market_id in exchange.ladders
    ]


def strike(exchange: Exchange, order: Order, draw: random.Random, now_ms: int) -> None:
    """Fill a resting order wholly, or in whole lots partly."""
    left = order.size - order.filled
    shares = left if draw.random() < 0.5 else max(LOT, draw.randrange(left + 1) // LOT * LOT)
    side, price = canonical(order.leg, order.side, order.price)
    exchange.ladders[order.market_id].promote(side, price, order.id)
    taker = Side.SELL if side == BID else Side.BUY
    plan = [Match(order.id, price, min(shares, left))]
    exchange.execute(exchange.markets[order.market_id], 1 - side, plan, now_ms, Leg.YES, taker)
