from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.units import LOT, PRICE_ONE, SHARE
from tests.core.builders import TICKS, market

ticks = st.sampled_from(TICKS)


@pytest.mark.parametrize("tick", TICKS)
def test_every_tick_accepts_its_first_and_last_price_and_nothing_outside(tick: int) -> None:
    listed = market(tick=tick)
    assert listed.price_problem(tick) == ""
    assert listed.price_problem(PRICE_ONE - tick) == ""
    for price in (0, -tick, PRICE_ONE, PRICE_ONE + tick):
        assert listed.price_problem(price)


@given(ticks, st.integers(-100, PRICE_ONE + 100))
def test_a_price_is_valid_exactly_when_it_is_on_the_grid(tick: int, price: int) -> None:
    grid = set(range(tick, PRICE_ONE, tick))
    listed = market(tick=tick)
    assert listed.is_valid_price(price) == (price in grid) == (listed.price_problem(price) == "")


@given(ticks, st.integers(0, PRICE_ONE))
def test_rounding_gives_the_nearest_price_an_order_may_carry(tick: int, price: int) -> None:
    listed = market(tick=tick)
    grid = range(tick, PRICE_ONE, tick)
    assert listed.round_down(price) == max((p for p in grid if p <= price), default=tick)
    assert listed.round_up(price) == min((p for p in grid if p >= price), default=PRICE_ONE - tick)


@given(ticks, st.integers(0, PRICE_ONE))
def test_rounding_mirrors_between_the_legs(tick: int, price: int) -> None:
    listed = market(tick=tick)
    assert listed.round_up(PRICE_ONE - price) == PRICE_ONE - listed.round_down(price)


@pytest.mark.parametrize(
    ("price", "words"),
    [(4_850, "0.485 is not a multiple of 0.01 between 0.01 and 0.99"), (0, "price 0 "), (PRICE_ONE, "price 1 ")],
)
def test_a_bad_price_is_explained_with_what_is_allowed(price: int, words: str) -> None:
    assert words in market().price_problem(price)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "not a positive multiple of 0.01"),
        (-5 * SHARE, "not a positive multiple"),
        (5 * SHARE + 1, "5.000001 is not a positive multiple"),
        (5 * SHARE - LOT, "4.99 is below the venue's minimum of 5"),
    ],
)
def test_a_bad_size_is_explained_with_what_is_allowed(size: int, words: str) -> None:
    assert words in market().size_problem(size)


@given(st.integers(-(10**9), 10**12))
def test_a_size_is_valid_exactly_in_whole_lots_from_the_minimum_on(size: int) -> None:
    assert (market().size_problem(size) == "") == (size >= 5 * SHARE and size % LOT == 0)


def test_tokens_lead_to_their_legs_and_others_to_none() -> None:
    listed = market()
    assert [listed.leg_of(token) for token in ("m-yes", "m-no", "x")] == [Leg.YES, Leg.NO, None]


def test_the_other_of_the_other_is_the_same() -> None:
    assert all(leg.other.other is leg and leg.other is not leg for leg in Leg)
    assert all(side.other.other is side and side.other is not side for side in Side)
