"""What entries cost, counted with fractions: the oracle of the tests about them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from cockpit.core.entry import EntryKind
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg
from cockpit.core.units import PRICE_ONE

MAKER_MAKER, MAKER_TAKER, TAKER_TAKER = EntryKind.MAKER_MAKER, EntryKind.MAKER_TAKER, EntryKind.TAKER_TAKER


def fee(fees: FeeSchedule, shares: int, price: int) -> int:
    """Return the venue's fee: shares x rate x (p (1 - p)) ^ exponent, in steps of 0.00001 USD, up."""
    p = Fraction(price, PRICE_ONE)
    exact = shares * Fraction(fees.rate, 10_000) * (p * (1 - p)) ** fees.exponent
    return 0 if exact < 10 else ceil(exact / 10) * 10


def cost(kind: EntryKind, first: Leg, shares: int, at: tuple[int, int], fees: FeeSchedule) -> int:
    """Return what both legs cost, leg by leg, each rounded up."""
    taken = {MAKER_MAKER: (), MAKER_TAKER: (first.other,), TAKER_TAKER: (Leg.YES, Leg.NO)}[kind]
    paid = sum(ceil(Fraction(shares * price, PRICE_ONE)) for price in at)
    return paid + sum(fee(fees, shares, at[leg]) for leg in taken)
