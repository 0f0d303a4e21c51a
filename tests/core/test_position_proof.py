"""What of a position is proven: as if every confirmation had come with its fill, and never more than is there."""

from __future__ import annotations

import itertools
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.position import Holding, Position, position_of
from cockpit.core.units import SHARE, USD
from tests.core.builders import fill, legs, prices, sides

F = FillStatus


@st.composite
def fills(draw: st.DrawFn, most: int = 7) -> list[Fill]:
    """Fills of both legs and sides in any status."""
    return [
        fill(
            f"t{number}",
            leg=draw(legs),
            side=draw(sides),
            price=draw(prices),
            shares=draw(st.integers(1, 20 * SHARE)),
            fee=draw(st.integers(0, USD)),
            status=draw(st.sampled_from(F)),
        )
        for number in range(draw(st.integers(0, most)))
    ]


def total(found: list[Fill], leg: Leg, side: Side, *, proven: bool | None = None) -> int:
    return sum(
        one.shares
        for one in found
        if one.counts and one.leg is leg and one.side is side and proven in (None, one.is_proven)
    )


@given(fills(), st.randoms(use_true_random=False))
def test_proving_fills_later_in_any_order_is_as_if_they_had_come_confirmed(found: list[Fill], random: Random) -> None:
    counted = [one for one in found if one.counts]
    position = position_of("m", [replace(one, status=F.MATCHED) for one in counted])
    proven = [one for one in counted if one.is_proven]
    random.shuffle(proven)
    for one in proven:
        position = position.prove(one)
    assert position == position_of("m", counted)


@given(fills(), st.randoms(use_true_random=False))
def test_confirmations_between_the_fills_change_nothing_either(found: list[Fill], random: Random) -> None:
    position, waiting = Position("m"), list[Fill]()
    counted = [one for one in found if one.counts]
    for one in counted:
        position = position.apply(replace(one, status=F.MATCHED))
        if one.is_proven:
            waiting.append(one)
        while waiting and random.random() < 0.5:
            position = position.prove(waiting.pop(random.randrange(len(waiting))))
    for one in waiting:
        position = position.prove(one)
    assert position == position_of("m", counted)


@given(fills())
def test_what_is_proven_coming_going_and_tradeable_are_sums_of_fills(found: list[Fill]) -> None:
    position = position_of("m", found)
    for leg in Leg:
        held = position.holding(leg)
        bought, sold = total(found, leg, Side.BUY), total(found, leg, Side.SELL)
        sure = total(found, leg, Side.BUY, proven=True)
        assert held.shares == bought - sold
        assert held.proven == sure - total(found, leg, Side.SELL, proven=True)
        assert held.coming == bought - sure
        assert held.going == total(found, leg, Side.SELL, proven=False)
        assert held.tradeable == max(0, sure - sold)
        assert held.tradeable <= max(0, held.proven)
        assert held.tradeable <= max(0, held.shares)


@given(fills())
def test_shares_that_can_be_sold_are_there_whichever_fills_are_taken_back(found: list[Fill]) -> None:
    position = position_of("m", found)
    for then in fates(found):
        for leg in Leg:
            assert then.holding(leg).shares >= position.holding(leg).tradeable or not position.holding(leg).tradeable


def fates(found: list[Fill]) -> list[Position]:
    """Return the position after every subset of unproven fills was taken back."""
    unproven = [one.trade_id for one in found if one.counts and not one.is_proven]
    return [
        position_of("m", [one for one in found if one.trade_id not in gone])
        for count in range(len(unproven) + 1)
        for gone in itertools.combinations(unproven, count)
    ]


@given(fills())
def test_the_sure_imbalance_is_the_least_that_can_come_of_it(found: list[Fill]) -> None:
    position = position_of("m", found)
    deltas = [then.delta for then in fates(found)]
    assert {position.delta, position.proven_delta} <= set(deltas)
    sure = position.sure_delta
    for bound in (position.delta, position.proven_delta):
        assert sure == 0 or (sure > 0) == (bound > 0)
        assert abs(sure) <= abs(bound)
    has_zero_between = min(deltas) <= 0 <= max(deltas)
    assert sure == (0 if has_zero_between else min(deltas, key=abs))


@pytest.mark.parametrize(
    ("yes", "yes_coming", "no", "no_coming", "sure"),
    [
        (10, 0, 0, 0, 10),
        (10, 0, 4, 0, 6),
        (10, 0, 0, 4, 6),
        (0, 10, 0, 0, 0),
        (4, 6, 0, 0, 4),
        (10, 0, 0, 10, 0),
        (10, 0, 0, 12, 0),
        # Both counts say 10; but when the YES fail and the NO do not, only 5 are left.
        (10, 5, 0, 5, 5),
        (0, 0, 7, 0, -7),
        (0, 0, 7, 3, -7),
        (0, 5, 7, 0, -2),
    ],
)
def test_sure_imbalances(yes: int, yes_coming: int, no: int, no_coming: int, sure: int) -> None:
    position = Position(
        "m",
        Holding((yes + yes_coming) * SHARE, 0, yes * SHARE, yes_coming * SHARE),
        Holding((no + no_coming) * SHARE, 0, no * SHARE, no_coming * SHARE),
    )
    assert position.sure_delta == sure * SHARE
