from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.fees import FeeSchedule
from cockpit.core.units import PRICE_ONE, SHARE, parse_money, parse_price, parse_rate

STEP = 10
schedules = st.builds(FeeSchedule, st.integers(0, PRICE_ONE), st.integers(0, 2))
shares_in_hand = st.integers(0, 10**12)
any_price = st.integers(0, PRICE_ONE)


def exact(schedule: FeeSchedule, shares: int, price: int) -> Fraction:
    p = Fraction(price, PRICE_ONE)
    return shares * Fraction(schedule.rate, PRICE_ONE) * (p * (1 - p)) ** schedule.exponent


@pytest.mark.parametrize(
    ("category", "rate", "fee"),
    [
        ("crypto", "0.07", "1.75"),
        ("sports", "0.05", "1.25"),
        ("politics", "0.04", "1"),
        ("culture", "0.05", "1.25"),
        ("geopolitics", "0", "0"),
    ],
)
def test_a_hundred_shares_at_one_half_cost_what_the_venue_lists(category: str, rate: str, fee: str) -> None:
    assert FeeSchedule(parse_rate(rate)).taker(100 * SHARE, 5_000) == parse_money(fee), category


@pytest.mark.parametrize(("price", "cents"), [("0.05", 33), ("0.10", 63), ("0.30", 147), ("0.50", 175), ("0.90", 63)])
def test_crypto_fees_are_the_table_of_the_venue(price: str, cents: int) -> None:
    assert round(FeeSchedule(700).taker(100 * SHARE, parse_price(price)) / 10_000) == cents


@given(schedules, shares_in_hand, any_price)
def test_the_fee_is_exact_rounded_up_to_a_step_and_nothing_below_one_step(
    schedule: FeeSchedule, shares: int, price: int
) -> None:
    fee, precise = schedule.taker(shares, price), exact(schedule, shares, price)
    assert fee % STEP == 0
    if precise < STEP:
        assert fee == 0
    else:
        assert 0 <= fee - precise < STEP


@given(schedules, shares_in_hand, shares_in_hand, any_price)
def test_more_shares_never_cost_less(schedule: FeeSchedule, one: int, other: int, price: int) -> None:
    small, large = sorted((one, other))
    assert schedule.taker(small, price) <= schedule.taker(large, price)


@given(schedules, shares_in_hand, any_price)
def test_both_legs_of_a_match_have_the_same_fee(schedule: FeeSchedule, shares: int, price: int) -> None:
    assert schedule.taker(shares, price) == schedule.taker(shares, PRICE_ONE - price)


@given(shares_in_hand, any_price)
def test_no_rate_means_no_fee(shares: int, price: int) -> None:
    assert FeeSchedule().taker(shares, price) == 0


@given(schedules, st.integers(0, 99), st.integers(1, 10**6))
def test_a_worse_price_never_nets_more(schedule: FeeSchedule, cents: int, lot_count: int) -> None:
    """Walking the levels relies on it: buying dearer costs more and selling cheaper brings less, fee included."""
    if schedule.exponent != 1:
        return
    low, high, shares = cents * 100, cents * 100 + 100, lot_count * 10_000
    assert (
        shares * low // PRICE_ONE + schedule.taker(shares, low)
        <= shares * high // PRICE_ONE + schedule.taker(shares, high) + STEP
    )
    assert (
        shares * low // PRICE_ONE - schedule.taker(shares, low)
        <= shares * high // PRICE_ONE - schedule.taker(shares, high) + STEP
    )
