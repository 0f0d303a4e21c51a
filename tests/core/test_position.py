from __future__ import annotations

import dataclasses
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.pnl import mark, total, unrealised
from cockpit.core.position import Holding, Position, position_of
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import books, fill, held, legs, lots, prices, sides

payouts = st.sampled_from([0, 5_000, PRICE_ONE])


@st.composite
def fill_lists(draw: st.DrawFn, can_fail: bool = True) -> list[Fill]:
    """Fills of both legs and sides in any order; sales may exceed what is held."""
    statuses = list(FillStatus) if can_fail else [FillStatus.MATCHED, FillStatus.CONFIRMED]
    return [
        fill(
            f"t{number}",
            leg=draw(legs),
            side=draw(sides),
            price=draw(prices),
            shares=draw(lots | st.integers(1, 3 * SHARE)),
            fee=draw(st.integers(0, USD)),
            status=draw(st.sampled_from(statuses)),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@given(fill_lists(), st.randoms(use_true_random=False))
def test_the_order_across_legs_does_not_matter(fills: list[Fill], random: Random) -> None:
    queues = [[one for one in fills if one.leg is leg] for leg in Leg]
    merged = []
    while any(queues):
        merged.append(random.choice([queue for queue in queues if queue]).pop(0))
    assert position_of("m", fills) == position_of("m", merged)


@given(fill_lists())
def test_failed_fills_are_as_if_they_had_never_been(fills: list[Fill]) -> None:
    assert position_of("m", fills) == position_of("m", [one for one in fills if one.counts])


@given(fill_lists())
def test_the_sums_are_those_of_the_fills(fills: list[Fill]) -> None:
    counted = [one for one in fills if one.counts]
    position = position_of("m", fills)
    for leg in Leg:
        signed = [(1 if one.side is Side.BUY else -1, one) for one in counted if one.leg is leg]
        assert position.holding(leg).shares == sum(sign * one.shares for sign, one in signed)
        assert position.holding(leg).proven == sum(sign * one.shares for sign, one in signed if one.is_proven)
    assert position.fees == sum(one.fee for one in counted)
    assert position.cash == sum((-one.money if one.side is Side.BUY else one.money) - one.fee for one in counted)
    assert position.delta == position.yes.shares - position.no.shares
    assert position.proven_delta == position.yes.proven - position.no.proven


@given(fill_lists(), books())
def test_profit_is_cash_plus_what_it_is_worth(fills: list[Fill], book_now: object) -> None:
    position = position_of("m", fills)
    marked = mark(position, book_now)  # type: ignore[arg-type]
    assert total(position, marked) == position.realised + unrealised(position, marked)
    assert total(position, marked) == position.cash + marked.value
    assert position.cash == position.realised - position.cost


@given(fill_lists())
def test_cost_is_never_negative_and_nothing_held_costs_nothing(fills: list[Fill]) -> None:
    position = Position("m")
    for one in fills:
        position = position.apply(one)
        for leg in Leg:
            assert position.holding(leg).cost >= 0
            if position.holding(leg).shares <= 0:
                assert position.holding(leg).cost == 0


@given(st.lists(st.tuples(lots, prices), min_size=1, max_size=5), st.lists(st.integers(1, 10**9), max_size=8))
def test_selling_everything_in_pieces_takes_all_of_the_cost(bought: list[tuple[int, int]], pieces: list[int]) -> None:
    position = position_of("m", [fill(f"b{n}", shares=s, price=p) for n, (s, p) in enumerate(bought)])
    cost, exact = position.yes.cost, Fraction(position.yes.cost, position.yes.shares)
    taken = 0
    for piece in [*pieces, 10**15]:
        size = min(piece, position.yes.shares)
        if not size:
            break
        before = position.yes
        position = position.apply(fill("s", side=Side.SELL, shares=size))
        out = before.cost - position.yes.cost
        assert out == before.cost * size // before.shares
        assert abs(position.yes.cost - position.yes.shares * exact) < len(pieces) + 2
        taken += out
    assert (position.yes.shares, position.yes.cost) == (0, 0)
    assert taken == cost


@given(fill_lists(), payouts)
def test_resolution_pays_once_and_leaves_nothing(fills: list[Fill], payout: int) -> None:
    position = position_of("m", fills)
    over = position.resolve(payout)
    paid = (position.yes.shares * payout + position.no.shares * (PRICE_ONE - payout)) // PRICE_ONE
    assert over.is_flat
    assert over.cost == 0
    assert over.cash == over.realised == position.cash + paid
    assert over.resolve(payout) == over
    assert over.fees == position.fees


@given(fill_lists())
def test_locked_is_the_worst_way_it_can_resolve(fills: list[Fill]) -> None:
    position = position_of("m", fills)
    assert position.if_yes == position.resolve(PRICE_ONE).cash
    assert position.if_no == position.resolve(0).cash
    assert position.locked == min(position.if_yes, position.if_no)
    assert position.locked == position.matched + position.cash
    assert position.resolve(5_000).cash >= position.locked


def test_a_void_pays_half_for_each_share() -> None:
    position = held("10", "0.48", "6", "0.49")
    assert position.resolve(5_000).cash == 8 * USD - 7_740_000
    odd = position_of("m", [fill(shares=1, price="0.5")])
    assert odd.resolve(5_000).cash == -1  # half a millionth is rounded against ourselves


def test_the_walkthrough_before_rebalancing() -> None:
    position = held("10", "0.48", "6", "0.49")
    assert position.cost == 7_740_000
    assert position.if_yes == 2_260_000
    assert position.if_no == position.locked == -1_740_000
    assert (position.matched, position.delta) == (6 * SHARE, 4 * SHARE)
    assert (position.yes.average, position.no.average) == (4_800, 4_900)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_the_average_is_rounded_half_up(cost: int, shares: int) -> None:
    exact = Fraction(cost * PRICE_ONE, shares)
    assert Fraction(-1, 2) < Holding(shares, cost).average - exact <= Fraction(1, 2)


def test_selling_more_than_is_held_goes_below_zero_at_no_cost() -> None:
    short = position_of("m", [fill("b", shares="5"), fill("s", side=Side.SELL, shares="8", price="0.6")])
    assert short.yes == Holding(-3 * SHARE, 0, proven=-3 * SHARE)
    assert short.yes.tradeable == 0
    assert short.realised == 4_800_000 - 2_500_000
    assert short.matched == -3 * SHARE


@pytest.mark.parametrize("fills", [[], [fill(fee=5)]])
def test_empty_and_flat(fills: list[Fill]) -> None:
    position = position_of("m", fills)
    assert position.is_empty == position.is_flat == (not fills)
    assert position.resolve(0).is_empty == (not fills)


def test_positions_are_values() -> None:
    position = held("1")
    with pytest.raises(dataclasses.FrozenInstanceError):
        position.cash = 1  # type: ignore[misc]
