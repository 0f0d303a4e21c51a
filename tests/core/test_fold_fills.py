"""News of fills in any sequence: repeated, backwards, failed before they were seen. The last truth decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillKey, FillStatus
from cockpit.core.pnl import total
from cockpit.core.position import Position
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import NOW, fill, legs, market, order, prices, sides

F = FillStatus
RANK = {F.MATCHED: 0, F.RETRYING: 1, F.MINED: 2, F.CONFIRMED: 3, F.FAILED: 3}
MARKETS = ("m", "n")
statuses = st.sampled_from(F)


@st.composite
def matches(draw: st.DrawFn) -> list[Fill]:
    """Fills of two orders of ours and of somebody else, one trade id filling several of them."""
    ours = [order(f"o{n}", market_id=draw(st.sampled_from(MARKETS)), leg=draw(legs), side=draw(sides)) for n in (0, 1)]
    found = []
    for number in range(draw(st.integers(1, 5))):
        whose = draw(st.sampled_from([*ours, None]))
        found.append(
            fill(
                f"t{number // 2}",
                whose.id if whose else f"theirs{number}",
                market_id=whose.market_id if whose else draw(st.sampled_from(MARKETS)),
                leg=whose.leg if whose else draw(legs),
                side=whose.side if whose else draw(sides),
                price=draw(prices),
                shares=draw(st.integers(1, 2 * SHARE)),
                fee=draw(st.integers(0, 1_000)),
            )
        )
    return list({one.key: one for one in found}.values())


@st.composite
def news(draw: st.DrawFn) -> list[ev.FillSeen | ev.FillMoved]:
    """Any sequence of reports about them."""
    found = draw(matches())
    told: list[ev.FillSeen | ev.FillMoved] = []
    for one, status, is_whole in draw(
        st.lists(st.tuples(st.sampled_from(found), statuses, st.booleans()), min_size=1, max_size=20)
    ):
        if is_whole:
            told.append(seen(replace(one, status=status)))
        else:
            told.append(ev.FillMoved(NOW, one.trade_id, one.order_id, status))
    return told


def seen(one: Fill) -> ev.FillSeen:
    return ev.FillSeen(NOW, one, is_external=one.order_id.startswith("theirs"))


def begun(orders: set[tuple[str, str, Leg, Side]], ended: dict[str, int] | None = None) -> State:
    state = State()
    for name in MARKETS:
        apply(state, ev.MarketListed(NOW, market(name)))
    apply(state, ev.CashMoved(NOW, 100 * USD, "opening balance"))
    for order_id, market_id, leg, side in sorted(orders):
        apply(state, ev.OrderSending(NOW, order(order_id, market_id=market_id, leg=leg, side=side, size="10")))
    for market_id, payout in (ended or {}).items():
        apply(state, ev.MarketEnded(NOW, market_id, payout))
    return state


def orders_of(told: list[ev.FillSeen | ev.FillMoved]) -> set[tuple[str, str, Leg, Side]]:
    fills = [event.fill for event in told if isinstance(event, ev.FillSeen)]
    return {(f.order_id, f.market_id, f.leg, f.side) for f in fills if not f.order_id.startswith("theirs")}


def last_truth(told: list[ev.FillSeen | ev.FillMoved]) -> dict[FillKey, Fill]:
    """Return the fills that were seen, in that order, with the furthest status: the first end that was told stays."""
    status: dict[FillKey, FillStatus] = {}
    fills: dict[FillKey, Fill] = {}
    for event in told:
        if isinstance(event, ev.FillSeen):
            key, now = event.fill.key, event.fill.status
            fills.setdefault(key, event.fill)
        else:
            key, now = (event.trade_id, event.order_id), event.status
        if key not in status or RANK[now] > RANK[status[key]]:
            status[key] = now
    return {key: replace(one, status=status[key]) for key, one in fills.items()}


def picture(state: State) -> dict[str, Any]:
    """Return all of a state that fills decide."""
    return {
        "fills": state.fills,
        "fills_of": state.fills_of,
        "fills_of_order": state.fills_of_order,
        "positions": {key: one for key, one in state.positions.items() if one != Position(key)},
        "cash": state.cash,
        "foreign": {key: shares for key, shares in state.foreign_shares.items() if shares},
        "unsettled": set(state.unsettled),
        "unproven": set(state.unproven),
        "external": state.external,
        "live": {key: set(live) for key, live in state.live.items()},
        "totals": {key: (o.filled, o.money, o.fee, o.failed) for key, o in state.orders.items()},
        "delta": (state.exposure.delta, state.exposure.unhedged),
    }


@settings(max_examples=400)
@given(news(), st.dictionaries(st.sampled_from(MARKETS), st.sampled_from([0, 5_000, PRICE_ONE])))
def test_any_sequence_ends_where_a_fresh_fold_of_the_last_truth_does(
    told: list[ev.FillSeen | ev.FillMoved], ended: dict[str, int]
) -> None:
    orders, truth = orders_of(told), last_truth(told)
    state, fresh = begun(orders, ended), begun(orders, ended)
    for event in told:
        apply(state, event)
    for one in truth.values():
        apply(fresh, seen(one))
    assert picture(state) == picture(fresh)
    assert set(state.early).isdisjoint(state.fills)


@given(news())
def test_the_sums_are_those_of_the_fills_that_did_not_fail(told: list[ev.FillSeen | ev.FillMoved]) -> None:
    state = begun(orders_of(told))
    for event in told:
        apply(state, event)
    counted = [one for one in last_truth(told).values() if one.status is not F.FAILED]
    assert state.cash == 100 * USD + sum((-f.money if f.side is Side.BUY else f.money) - f.fee for f in counted)
    for name in MARKETS:
        here = [f for f in counted if f.market_id == name]
        assert state.position(name).delta == sum(
            f.shares if (f.side is Side.BUY) == (f.leg is Leg.YES) else -f.shares for f in here
        )
        proven = [f for f in here if f.status is F.CONFIRMED]
        assert state.position(name).proven_delta == sum(
            f.shares if (f.side is Side.BUY) == (f.leg is Leg.YES) else -f.shares for f in proven
        )
        assert (name in state.unproven) == (len(proven) < len(here))
        for leg in Leg:
            foreign = [f for f in here if f.leg is leg and f.order_id.startswith("theirs")]
            expected = sum(f.shares if f.side is Side.BUY else -f.shares for f in foreign)
            assert state.foreign_shares.get((name, leg), 0) == expected
    assert list(state.unsettled) == [
        key for key in state.fills if state.fills[key].status not in (F.CONFIRMED, F.FAILED)
    ]


@given(news())
def test_an_end_never_changes_and_nothing_goes_back(told: list[ev.FillSeen | ev.FillMoved]) -> None:
    state = begun(orders_of(told))
    before: dict[FillKey, FillStatus] = {}
    for event in told:
        apply(state, event)
        for key, one in state.fills.items():
            if key in before:
                assert RANK[one.status] >= RANK[before[key]]
                assert one.status is before[key] or before[key] not in (F.CONFIRMED, F.FAILED)
        before = {key: one.status for key, one in state.fills.items()}


@given(matches())
def test_what_failed_leaves_position_profit_and_delta_as_they_were(found: list[Fill]) -> None:
    told: list[ev.FillSeen | ev.FillMoved] = [seen(replace(one, status=F.MATCHED)) for one in found]
    state = begun(orders_of(told))
    for event in told:
        apply(state, event)
    for one in reversed(found):
        apply(state, ev.FillMoved(NOW, one.trade_id, one.order_id, F.FAILED))
    for name in MARKETS:
        assert state.position(name) == Position(name)
        if name in state.marks:
            assert total(state.position(name), state.marks[name]) == 0
    assert (state.cash, state.equity, state.exposure.delta, state.exposure.unhedged) == (100 * USD, 100 * USD, 0, 0)
    assert not any(state.foreign_shares.values())
    assert not state.unsettled
    assert not state.unproven
    assert all(one.filled == one.money == one.fee == 0 for one in state.orders.values())


def test_a_failure_told_before_the_fill_outlives_a_fill_that_is_called_confirmed() -> None:
    told: list[ev.FillSeen | ev.FillMoved] = [ev.FillMoved(NOW, "t", "o0", F.FAILED), seen(fill("t", "o0"))]
    state = begun(orders_of(told))
    for event in told:
        apply(state, event)
    assert state.fills["t", "o0"].status is F.FAILED
    assert state.position("m").is_empty
