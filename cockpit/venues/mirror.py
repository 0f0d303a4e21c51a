"""Both legs in YES terms: a bid for NO at q is a YES ask at 1 - q."""

from __future__ import annotations

from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE

BID = 0
ASK = 1


def canonical(leg: Leg, side: Side, price: int) -> tuple[int, int]:
    """Return an order as (side of the YES book, YES price)."""
    return (BID if (side is Side.BUY) == (leg is Leg.YES) else ASK), mirror(leg, price)


def mirror(leg: Leg, price: int) -> int:
    """Turn a leg's price into a YES price, or back."""
    return price if leg is Leg.YES else PRICE_ONE - price
