"""The worst case against brute force: every subset of orders fills, every subset of unproven fills is taken back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Side
from cockpit.core.order import TERMINAL, Fill, FillStatus, Order, OrderState
from cockpit.core.position import Position, position_of
from cockpit.core.units import SHARE
from cockpit.core.worst_case import promised, worst_cost, worst_holding, worst_imbalance
from tests.core.builders import fee_schedules, fill, legs, order, prices, sides

STATES = sorted(set(OrderState) - {OrderState.CREATED})
UNPROVEN = (FillStatus.MATCHED, FillStatus.MINED, FillStatus.RETRYING)


@st.composite
def fills(draw: st.DrawFn) -> list[Fill]:
    """Up to six fills of both legs and sides, most of them not proven."""
    return [
        fill(
            f"t{number}",
            leg=draw(legs),
            side=draw(sides),
            price=draw(prices),
            shares=draw(st.integers(1, 20)) * SHARE,
            status=draw(st.sampled_from([*UNPROVEN, FillStatus.CONFIRMED])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@st.composite
def orders(draw: st.DrawFn) -> list[Order]:
    """Up to four orders in any state, presumed dead and not, partly filled and failed."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        size, state = draw(st.integers(1, 20)), draw(st.sampled_from(STATES))
        filled = size if state is OrderState.FILLED else draw(st.integers(0, size - 1))
        one = order(
            f"o{number}",
            leg=draw(legs),
            side=draw(sides),
            price=draw(prices),
            size=size * SHARE,
            state=state,
            filled=filled * SHARE,
            venue_filled=draw(st.integers(filled, size)) * SHARE if state in TERMINAL else 0,
        )
        found.append(replace(one, is_presumed=state in TERMINAL and draw(st.booleans())))
    return found


def fates(seen: list[Fill], own: list[Order], fees: FeeSchedule) -> Iterator[tuple[Position, int]]:
    """Return every (position, money spent on purchases of the orders) that could come of it."""
    open_fills = [one.trade_id for one in seen if not one.is_proven]
    live = [one for one in own if one.possible]
    for gone in itertools.product((False, True), repeat=len(open_fills)):
        failed = {trade_id for trade_id, is_gone in zip(open_fills, gone, strict=True) if is_gone}
        kept = [one for one in seen if one.trade_id not in failed]
        for part in itertools.product((0, 1, 2), repeat=len(live)):
            more, spent, paid_fees = [], 0, 0
            for one, halves in zip(live, part, strict=True):
                if halves:
                    shares = one.possible * halves // 2
                    new = fill(one.id, one.id, leg=one.leg, side=one.side, price=one.price, shares=shares)
                    more.append(new)
                    if one.side is Side.BUY:
                        fee = fees.taker(shares, one.price)
                        spent, paid_fees = spent + new.money + fee, paid_fees + fee
            position = position_of("m", [*kept, *more])
            yield replace(position, fees=paid_fees), spent


@settings(max_examples=150)
@given(fills(), orders(), fee_schedules)
def test_the_worst_is_the_worst_of_all_that_can_happen(seen: list[Fill], own: list[Order], fees: FeeSchedule) -> None:
    now = position_of("m", seen)
    could = list(fates(seen, own, fees))
    assert worst_imbalance(now, own) == max(abs(then.delta) for then, _ in could)
    for leg in Leg:
        assert worst_holding(now, leg, own) == max(then.holding(leg).shares for then, _ in could)
    assert promised(own, fees) == max(spent for _, spent in could)
    # Every fold of a purchase or sale may round by a millionth.
    most = max(then.cost + then.fees for then, _ in could)
    assert worst_cost(now, own, fees) >= most - len(seen)
    is_plain = not (now.yes.going or now.no.going) and min(now.yes.shares, now.no.shares) >= 0
    if is_plain:
        assert worst_cost(now, own, fees) == most


@given(fills(), orders(), fee_schedules)
def test_the_worst_is_never_below_what_is(seen: list[Fill], own: list[Order], fees: FeeSchedule) -> None:
    now = position_of("m", seen)
    assert worst_imbalance(now, own) >= max(abs(now.delta), abs(now.proven_delta))
    for leg in Leg:
        assert worst_holding(now, leg, own) >= now.holding(leg).shares
    assert worst_cost(now, own, fees) >= now.cost
    assert promised(own, fees) >= 0


@given(fills(), orders(), fee_schedules)
def test_an_order_more_never_makes_the_worst_better(seen: list[Fill], own: list[Order], fees: FeeSchedule) -> None:
    now = position_of("m", seen)
    for number in range(len(own)):
        fewer, more = own[:number], own[: number + 1]
        assert worst_imbalance(now, fewer) <= worst_imbalance(now, more)
        assert worst_cost(now, fewer, fees) <= worst_cost(now, more, fees)
        assert promised(fewer, fees) <= promised(more, fees)
        assert all(worst_holding(now, leg, fewer) <= worst_holding(now, leg, more) for leg in Leg)


@given(fills(), orders(), st.data())
def test_whatever_comes_of_it_was_counted_before(seen: list[Fill], own: list[Order], data: st.DataObject) -> None:
    before, own_before = position_of("m", seen), own
    open_fills = [number for number, one in enumerate(seen) if not one.is_proven]
    live = [number for number, one in enumerate(own) if one.possible]
    if open_fills and (not live or data.draw(st.booleans())):
        number = data.draw(st.sampled_from(open_fills))
        status = data.draw(st.sampled_from([FillStatus.CONFIRMED, FillStatus.FAILED]))
        seen = [*seen[:number], replace(seen[number], status=status), *seen[number + 1 :]]
    elif live:
        number = data.draw(st.sampled_from(live))
        one = own[number]
        shares = data.draw(st.integers(1, one.possible))
        seen = [*seen, fill(one.id, one.id, leg=one.leg, side=one.side, shares=shares, status=FillStatus.MATCHED)]
        own = [*own[:number], replace(one, filled=one.filled + shares), *own[number + 1 :]]
    after = position_of("m", seen)
    assert worst_imbalance(after, own) <= worst_imbalance(before, own_before)
    for leg in Leg:
        assert worst_holding(after, leg, own) <= worst_holding(before, leg, own_before)
