"""Entries: what they cost, lock and leave, against fractions."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.book import Book
from cockpit.core.entry import (
    Alone,
    EntryKind,
    alone,
    cost_of,
    entry_problem,
    leaves,
    result_of,
    size_for,
    takes,
)
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD
from tests.core.builders import books, fee_schedules, legs, lots, market, prices
from tests.core.entry_costs import MAKER_MAKER, MAKER_TAKER, TAKER_TAKER, cost, fee

kinds = st.sampled_from(EntryKind)
pairs = st.tuples(prices, prices)
fine_prices = st.integers(1, PRICE_ONE - 1)


@given(kinds, legs, st.integers(0, 10**12), st.tuples(fine_prices, fine_prices), fee_schedules)
def test_a_pair_locks_one_usd_less_all_it_costs(
    kind: EntryKind, first: Leg, shares: int, at: tuple[int, int], fees: FeeSchedule
) -> None:
    assert cost_of(kind, first, shares, at, fees) == cost(kind, first, shares, at, fees)
    assert result_of(kind, first, shares, at, fees) == shares - cost(kind, first, shares, at, fees)
    assert [takes(kind, first, leg) for leg in (first, first.other)] == {
        MAKER_MAKER: [False, False],
        MAKER_TAKER: [False, True],
        TAKER_TAKER: [True, True],
    }[kind]


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12), st.integers(-500, PRICE_ONE))
def test_what_is_left_is_compared_exactly(result: int, shares: int, spread: int) -> None:
    assert leaves(result, shares, spread) == (Fraction(result, shares) >= Fraction(spread, PRICE_ONE))


@settings(max_examples=100)
@given(kinds, legs, st.integers(-USD, 500 * USD) | st.integers(0, 20_000), pairs, fee_schedules)
def test_the_size_is_the_most_lots_that_the_budget_pays_for(
    kind: EntryKind, first: Leg, budget: int, at: tuple[int, int], fees: FeeSchedule
) -> None:
    shares = size_for(kind, first, budget, at, fees)
    assert shares % LOT == 0
    assert shares >= 0
    assert shares == 0 or cost(kind, first, shares, at, fees) <= budget
    assert cost(kind, first, shares + LOT, at, fees) > budget
    if budget <= 20_000:
        fits = [n for n in range(1, 110) if cost(kind, first, n * LOT, at, fees) <= budget]
        assert shares == max(fits, default=0) * LOT


@given(books(), legs, lots, prices, fee_schedules, st.booleans())
def test_one_leg_alone_is_sold_back_to_the_bids_level_by_level(
    book_now: Book, leg: Leg, shares: int, price: int, fees: FeeSchedule, is_taker: bool
) -> None:
    bids = dict(book_now.bids) if leg is Leg.YES else {PRICE_ONE - at: size for at, size in book_now.asks.items()}
    left, brought, paid_fees = shares, Fraction(0), 0
    for at in sorted(bids, reverse=True):
        step = min(left, bids[at])
        if step:
            brought, paid_fees, left = (
                brought + Fraction(step * at, PRICE_ONE),
                paid_fees + fee(fees, step, at),
                left - step,
            )
    paid = ceil(Fraction(shares * price, PRICE_ONE)) + (fee(fees, shares, price) if is_taker else 0)
    expected = Alone(leg, paid, floor(brought) - paid_fees - paid, left == 0)
    assert alone(book_now, leg, shares, price, fees, is_taker=is_taker) == expected


@given(kinds, legs, st.integers(0, 40).map(lambda n: n * SHARE // 2), pairs)
def test_a_problem_is_named_exactly_where_the_venue_would_refuse_a_leg(
    kind: EntryKind, first: Leg, shares: int, at: tuple[int, int]
) -> None:
    listed = market()
    is_small = shares < 5 * SHARE
    cheap = [leg for leg in Leg if takes(kind, first, leg) and Fraction(shares * at[leg], PRICE_ONE) < USD]
    problem = entry_problem(listed, kind, first, shares, at)
    assert bool(problem) == (is_small or bool(cheap))
    if cheap and not is_small:
        assert problem == f"taking {listed.outcomes[cheap[0]]} for less than 1 USD is refused by the venue"
