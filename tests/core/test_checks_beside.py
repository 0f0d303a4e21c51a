"""What is weighed together with other orders that begin at the same moment counts with all of their money."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.checks import check_whole
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg, Side
from cockpit.core.position import Position
from cockpit.core.units import SHARE, USD
from cockpit.core.worst_case import promised
from tests.core.builders import CRYPTO, legs, market, order, prices
from tests.core.guarded import ACCOUNT

RICH = replace(ACCOUNT, cash=1_000_000 * USD, exposure=3 * USD, event_exposure=2 * USD)
WIDE = Limits(max_position_size=10**12, max_total_exposure=10**14, max_event_exposure=10**14, max_unhedged=10**12)
FIRST = order("first", leg=Leg.YES, price=2_700, size="20")
SECOND = order("second", leg=Leg.NO, price=7_000, size="20")


def _reason(limits: Limits, *, is_beside: bool = True) -> Reason | None:
    beside = (FIRST,) if is_beside else ()
    answer = check_whole(SECOND, market(), Position("m"), (), RICH, limits, beside)
    return answer.reason if answer else None


@pytest.mark.parametrize(
    ("name", "used", "reason"),
    [
        ("max_total_exposure", 22_400_000, Reason.EXPOSURE),
        ("max_event_exposure", 21_400_000, Reason.EVENT_EXPOSURE),
    ],
)
def test_the_money_of_what_begins_beside_it_counts_against_both_limits_of_money(
    name: str, used: int, reason: Reason
) -> None:
    assert _reason(replace(WIDE, **{name: used})) is None
    assert _reason(replace(WIDE, **{name: used - 1})) is reason
    assert _reason(replace(WIDE, **{name: used - 1}), is_beside=False) is None


def test_a_sale_beside_it_costs_nothing() -> None:
    sale = replace(FIRST, side=Side.SELL)
    limits = replace(WIDE, max_total_exposure=17 * USD)
    assert check_whole(SECOND, market(), Position("m"), (), RICH, limits, (sale,)) is None


@given(legs, prices, prices, st.integers(1, 500), st.integers(1, 200), st.integers(1, 200))
def test_in_whichever_order_two_are_weighed_what_passes_fits_the_limit_together(
    leg: Leg, price: int, other_price: int, most: int, size: int, other_size: int
) -> None:
    listed = market(fees=CRYPTO)
    one = order("one", leg=leg, price=price, size=size * SHARE)
    two = order("two", leg=leg.other, price=other_price, size=other_size * SHARE)
    limits = replace(WIDE, max_total_exposure=most * USD)
    fits = RICH.exposure + promised((one, two), listed.fees) <= limits.max_total_exposure
    for first, second in ((one, two), (two, one)):
        answers = (
            check_whole(first, listed, Position("m"), (), RICH, limits),
            check_whole(second, listed, Position("m"), (), RICH, limits, (first,)),
        )
        assert (answers == (None, None)) == fits
