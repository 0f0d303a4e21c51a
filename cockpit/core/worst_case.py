"""The worst that orders and fills not yet proven could still do: all that raise a measure happen, none that lower it.

An order counts with every share that may still fill; a fill that is not confirmed may be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.position import Position
from cockpit.core.units import pay


def worst_imbalance(position: Position, orders: Iterable[Order]) -> int:
    """Return the largest abs(YES minus NO) that could come of it, in 1/1,000,000 shares."""
    up = position.yes.going + position.no.coming
    down = position.no.going + position.yes.coming
    for order in orders:
        if raises_delta(order):
            up += order.possible
        else:
            down += order.possible
    return max(abs(position.delta + up), abs(position.delta - down))


def worst_holding(position: Position, leg: Leg, orders: Iterable[Order]) -> int:
    """Return the most shares of a leg that could be held: every purchase fills, no sale does or is proven."""
    held = position.holding(leg)
    return held.shares + held.going + sum(o.possible for o in orders if o.side is Side.BUY and o.leg is leg)


def worst_cost(position: Position, orders: Iterable[Order], fees: FeeSchedule) -> int:
    """Return the most money that could be at risk in a market: what is held, sales taken back, and every purchase.

    A sale that is taken back counts with 1 USD a share, the most that it can have cost.
    """
    return position.cost + position.yes.going + position.no.going + promised(orders, fees)


def promised(orders: Iterable[Order], fees: FeeSchedule) -> int:
    """Return what purchases may still take, fees included."""
    buys = (order for order in orders if order.side is Side.BUY)
    return sum(pay(o.possible, o.price) + fees.taker(o.possible, o.price) for o in buys)


def raises_delta(order: Order) -> bool:
    """Return whether a fill of the order makes YES minus NO larger."""
    return (order.side is Side.BUY) == (order.leg is Leg.YES)
