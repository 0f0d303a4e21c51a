"""A rebalance closes only what is there for sure, and sells only what cannot be taken back."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.position import Position, position_of
from cockpit.core.rebalance import Choice, Option, Quotes, RebalanceRules, Verdict, choose, closable, options_of
from cockpit.core.units import LOT, SHARE, USD, floor_lot
from tests.core.builders import fee_schedules, fill, legs, levels, prices, sides

FREE = FeeSchedule()
DEEP = Quotes(levels(("0.60", "500")), levels(("0.30", "500")))
RULES = RebalanceRules(threshold=10_000, max_position_cost=10_000 * USD)
C, M = FillStatus.CONFIRMED, FillStatus.MATCHED


def pair(*parts: tuple[Leg, Side, int, FillStatus]) -> Position:
    """Return a position of these whole shares, traded at 0.4."""
    return position_of(
        "m",
        [
            fill(f"t{number}", leg=leg, side=side, price="0.4", shares=shares * SHARE, status=status)
            for number, (leg, side, shares, status) in enumerate(parts)
        ],
    )


def weigh(position: Position, rules: RebalanceRules = RULES) -> tuple[Choice, dict[str, Option]]:
    found = options_of(position, DEEP, FREE, rules)
    return choose(position, found, rules), {option.action: option for option in found}


YES, NO, BUY, SELL = Leg.YES, Leg.NO, Side.BUY, Side.SELL


@pytest.mark.parametrize(
    "parts",
    [
        ((YES, BUY, 10, M),),
        ((NO, BUY, 10, M), (YES, BUY, 4, C)),
        # Nothing proven against something claimed, and one count against the other.
        ((YES, BUY, 10, C), (YES, SELL, 10, C), (NO, BUY, 5, M)),
        ((YES, BUY, 5, C), (NO, BUY, 15, M)),
    ],
)
def test_an_imbalance_that_is_not_proven_waits(parts: tuple[tuple[Leg, Side, int, FillStatus], ...]) -> None:
    choice, found = weigh(pair(*parts))
    assert (choice, found) == (Choice(Verdict.UNPROVEN), {})


def test_it_trades_once_the_imbalance_is_proven() -> None:
    bought = fill("t", price="0.4", shares="10", status=M)
    position = position_of("m", [bought])
    assert weigh(position)[0].verdict is Verdict.UNPROVEN
    choice, found = weigh(position.prove(bought))
    assert choice.verdict is Verdict.TRADE
    assert {option.shares for option in found.values()} == {10 * SHARE}
    assert not any(option.is_partial for option in found.values())


def test_of_a_partly_proven_imbalance_only_that_part_is_closed() -> None:
    position = pair((YES, BUY, 4, C), (YES, BUY, 6, M))
    choice, found = weigh(position)
    assert choice.verdict is Verdict.TRADE
    assert {action: option.shares for action, option in found.items()} == {"SELL_YES": 4 * SHARE, "BUY_NO": 4 * SHARE}
    assert not any(option.is_partial for option in found.values())


def test_a_purchase_is_not_reduced_by_coming_shares_beyond_what_they_take_from_the_imbalance() -> None:
    position = pair((YES, BUY, 10, C), (NO, BUY, 4, M))
    _, found = weigh(position)
    assert {action: option.shares for action, option in found.items()} == {"SELL_YES": 6 * SHARE, "BUY_NO": 6 * SHARE}


def test_what_may_fail_on_both_legs_is_not_counted_on() -> None:
    """5 YES and 5 NO are on their way: if only the NO arrive, 5 of the 10 are hedged already."""
    position = pair((YES, BUY, 10, C), (YES, BUY, 5, M), (NO, BUY, 5, M))
    assert position.delta == position.proven_delta == 10 * SHARE
    _, found = weigh(position)
    assert {option.shares for option in found.values()} == {5 * SHARE}


def test_a_sale_takes_only_shares_that_can_be_sold() -> None:
    # Of 12 held only 3 are confirmed and not sold; without the 9 that are coming the imbalance is 2.
    position = pair((YES, BUY, 13, C), (YES, SELL, 10, C), (YES, BUY, 9, M), (NO, BUY, 1, C))
    assert position.yes.tradeable == 3 * SHARE
    _, found = weigh(position)
    assert {action: option.shares for action, option in found.items()} == {"SELL_YES": 2 * SHARE, "BUY_NO": 2 * SHARE}


def test_an_unproven_sale_that_closed_the_pair_is_not_repeated() -> None:
    position = pair((YES, BUY, 10, C), (NO, BUY, 4, C), (YES, SELL, 6, M))
    assert position.delta == 0
    assert weigh(position)[0].verdict is Verdict.BALANCED
    assert closable(position) == 0


def test_too_little_for_sure_is_unproven_not_dust() -> None:
    rules = RebalanceRules(threshold=10_000, min_size=5 * SHARE)
    assert weigh(pair((YES, BUY, 4, C), (YES, BUY, 6, M)), rules)[0] == Choice(Verdict.UNPROVEN)
    assert weigh(pair((YES, BUY, 4, C)), rules)[0].verdict is Verdict.DUST
    assert weigh(pair((YES, BUY, 5, C), (YES, BUY, 6, M)), rules)[0].verdict is Verdict.TRADE


@st.composite
def fills(draw: st.DrawFn) -> list[Fill]:
    return [
        fill(
            f"t{number}",
            leg=draw(legs),
            side=draw(sides),
            price=draw(prices),
            shares=draw(st.integers(1, 2_000)) * LOT,
            status=draw(st.sampled_from([M, C, C])),
        )
        for number in range(draw(st.integers(1, 6)))
    ]


def fates(found: list[Fill]) -> list[Position]:
    """Return the position after every subset of its unproven fills was taken back."""
    unproven = [one.trade_id for one in found if not one.is_proven]
    return [
        position_of("m", [one for one in found if one.trade_id not in gone])
        for count in range(len(unproven) + 1)
        for gone in itertools.combinations(unproven, count)
    ]


@settings(max_examples=200)
@given(fills(), fee_schedules, st.booleans())
def test_whichever_fills_fail_the_trade_brings_the_pair_nearer_to_even(
    found: list[Fill], fees: FeeSchedule, prefer_sell: bool
) -> None:
    position = position_of("m", found)
    rules = RebalanceRules(10_000, -(10**6), prefer_sell, max_position_cost=10**15)
    for option in options_of(position, DEEP, fees, rules):
        assert 0 < option.shares <= closable(position) == floor_lot(abs(position.sure_delta))
        if option.side is Side.SELL:
            assert option.shares <= position.holding(option.leg).tradeable
        traded = fill("r", leg=option.leg, side=option.side, shares=option.shares)
        for then in fates(found):
            assert abs(then.apply(traded).delta) == abs(then.delta) - option.shares
            if option.side is Side.SELL:
                assert then.apply(traded).holding(option.leg).shares >= 0


@given(fills())
def test_a_verdict_of_unproven_says_that_less_than_the_least_size_is_sure(found: list[Fill]) -> None:
    position = position_of("m", found)
    rules = RebalanceRules(10_000, -(10**6), min_size=5 * SHARE, max_position_cost=10**15)
    choice = choose(position, options_of(position, DEEP, FREE, rules), rules)
    is_sure = floor_lot(min(abs(then.delta) for then in fates(found))) >= rules.min_size
    if choice.verdict is Verdict.UNPROVEN:
        assert closable(position) < rules.min_size <= floor_lot(abs(position.delta))
        assert position.yes.coming or position.yes.going or position.no.coming or position.no.going
    if choice.verdict is Verdict.TRADE:
        assert is_sure
