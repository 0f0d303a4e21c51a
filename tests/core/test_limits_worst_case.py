"""Whatever fills after an approval, in any combination and to any part, stays within the limits."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.checks import check
from cockpit.core.fees import FeeSchedule
from cockpit.core.limits import Account, Approved, Limits
from cockpit.core.market import Leg, Side
from cockpit.core.order import TERMINAL, Order, OrderState
from cockpit.core.position import Position
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.core.worst_case import worst_cost
from tests.core.builders import NOW, book, fee_schedules, fill, legs, levels, market, order, prices, sides

BOOK = book(levels(("0.48", "100")), levels(("0.52", "100")))
LIMITS = Limits(
    max_position_size=120 * SHARE,
    max_total_exposure=60 * USD,
    max_order_size=60 * SHARE,
    max_unhedged=80 * SHARE,
)
STATES = sorted(set(OrderState) - {OrderState.CREATED, OrderState.DENIED})
small = st.integers(5, 70).map(lambda count: count * SHARE)


@st.composite
def live_orders(draw: st.DrawFn) -> list[Order]:
    """Up to five orders in any state, partly filled, some ended with a match not in hand."""
    found = []
    for number in range(draw(st.integers(0, 5))):
        size = draw(small)
        state = draw(st.sampled_from(STATES))
        in_hand = draw(st.integers(0, size - 1)) if state is not OrderState.FILLED else size
        found.append(
            order(
                f"o{number}",
                leg=draw(legs),
                side=draw(sides),
                price=draw(prices),
                size=size,
                state=state,
                filled=in_hand,
                venue_filled=draw(st.integers(in_hand, size)) if state in TERMINAL else 0,
            )
        )
    return [one for one in found if not one.is_proven_dead]


@st.composite
def holdings(draw: st.DrawFn) -> Position:
    """Up to 150 shares of each leg."""
    position = Position("m")
    for leg in Leg:
        shares = draw(st.integers(0, 150)) * SHARE
        if shares:
            position = position.apply(fill(leg.name, leg=leg, shares=shares))
    return position


def outcomes(orders: Iterable[Order]) -> Iterable[tuple[Order, ...]]:
    """Every subset of orders that could fill."""
    live = [one for one in orders if one.possible]
    return itertools.chain.from_iterable(itertools.combinations(live, n) for n in range(len(live) + 1))


def filled(position: Position, orders: Iterable[Order], fees: FeeSchedule) -> Position:
    for one in orders:
        fee = fees.taker(one.possible, one.price)
        position = position.apply(
            fill(one.id, leg=one.leg, side=one.side, price=one.price, shares=one.possible, fee=fee)
        )
    return position


@settings(max_examples=200)
@given(
    live_orders(),
    holdings(),
    st.builds(order, st.just("new"), leg=legs, side=sides, price=prices, size=small),
    fee_schedules,
    st.integers(0, 100).map(lambda dollars: dollars * USD),
    st.integers(0, 60).map(lambda shares: shares * SHARE),
)
def test_no_combination_of_fills_breaks_a_limit_after_an_approval(
    own: list[Order], position: Position, new: Order, fees: FeeSchedule, cash: int, elsewhere: int
) -> None:
    exposure = worst_cost(position, own, fees)
    account = Account(NOW, True, "", "", cash, exposure, elsewhere, 0)
    answer = check(new, market(fees=fees), BOOK, position, own, account, LIMITS, new.price)
    if not isinstance(answer, Approved):
        return
    before = max(abs(filled(position, subset, fees).delta) for subset in outcomes(own)) + elsewhere
    for subset in outcomes([*own, new]):
        then = filled(position, subset, fees)
        assert abs(then.delta) + elsewhere <= max(LIMITS.max_unhedged, before)
        if new.side is Side.BUY:
            bought = [one for one in subset if one.side is Side.BUY]
            most = filled(position, bought, fees)
            assert most.holding(new.leg).shares <= LIMITS.max_position_size
            assert cash + most.cash - position.cash >= 0
            assert worst_cost(position, bought, fees) <= LIMITS.max_total_exposure
        else:
            sold = [one for one in subset if one.side is Side.SELL and one.leg is new.leg]
            assert filled(position, sold, fees).holding(new.leg).shares >= 0
    for one in own:
        if one.possible:
            assert not meets(new, one)


def meets(one: Order, other: Order) -> bool:
    """Would the two trade with each other? Same leg opposite sides, or the same side of both legs (mint, merge)."""
    if one.leg is other.leg:
        buy, sell = sorted((one, other), key=lambda o: o.side)
        return buy.side is not sell.side and buy.price >= sell.price
    if one.side is not other.side:
        return False
    both = one.price + other.price
    return both >= PRICE_ONE if one.side is Side.BUY else both <= PRICE_ONE
