"""Random histories: the same events give the same state, and every running sum is what a fresh sum would be."""

from __future__ import annotations

import copy
from dataclasses import fields
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.exposure import Exposure
from cockpit.core.fold import apply
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.pnl import mark
from cockpit.core.position import position_of
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import NOW, fill, legs, market, order, prices, sides

MARKETS = ("m", "n", "o")
markets = st.sampled_from(MARKETS)
ladders = st.dictionaries(prices, st.integers(0, 200 * SHARE), max_size=4).map(lambda found: tuple(found.items()))
changes = st.lists(st.tuples(st.integers(0, 1), prices, st.integers(0, 200 * SHARE)), max_size=4).map(tuple)
statuses = st.sampled_from(FillStatus)
order_states = st.sampled_from(sorted(set(OrderState) - {OrderState.CREATED, OrderState.DENIED}))


@st.composite
def histories(draw: st.DrawFn) -> list[ev.Event]:
    """Orders, fills in any status and order, books, ends: the things that move sums."""
    orders = [
        order(f"o{n}", market_id=draw(markets), leg=draw(legs), side=draw(sides), price=draw(prices), size=40 * SHARE)
        for n in range(3)
    ]
    events: list[ev.Event] = [ev.MarketListed(NOW, market(name)) for name in MARKETS]
    events += [ev.OrderSending(NOW, one) for one in orders]
    matches = [_match(draw, number, draw(st.sampled_from(orders))) for number in range(draw(st.integers(1, 6)))]
    later = st.one_of(
        st.builds(ev.FillSeen, st.just(NOW), st.sampled_from(matches)),
        st.builds(ev.FillSeen, st.just(NOW), st.sampled_from(matches)),
        st.tuples(st.sampled_from(matches), statuses).map(
            lambda pair: ev.FillMoved(NOW, pair[0].trade_id, pair[0].order_id, pair[1])
        ),
        st.builds(ev.BookSnapshot, st.just(NOW), markets, ladders, ladders, st.just(NOW)),
        st.builds(ev.LevelsChanged, st.just(NOW), markets, changes, st.just(NOW)),
        st.builds(ev.BookLost, st.just(NOW), markets),
        st.builds(ev.CashMoved, st.just(NOW), st.integers(-(10**9), 10**9), st.just("transfer")),
        st.builds(ev.OrderMoved, st.just(NOW), st.sampled_from([one.id for one in orders]), order_states),
        st.builds(ev.MarketEnded, st.just(NOW), markets, st.sampled_from([0, 5_000, PRICE_ONE])),
    )
    return events + draw(st.lists(later, max_size=25))


def _match(draw: st.DrawFn, number: int, of: Order) -> Fill:
    return fill(
        f"t{number}",
        of.id if draw(st.booleans()) else "external",
        market_id=of.market_id,
        leg=of.leg,
        side=of.side,
        price=draw(prices),
        shares=draw(st.integers(1, 15 * SHARE)),
        fee=draw(st.integers(0, 1_000)),
        status=draw(statuses),
    )


def picture(value: Any) -> Any:
    """Return a state as plain values that compare."""
    if isinstance(value, State):
        return {field.name: picture(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Book):
        return {name: picture(getattr(value, name)) for name in Book.__slots__}
    if isinstance(value, Exposure):
        return [dict(value.items()), value.delta, value.unhedged, value.yes, value.no]
    if isinstance(value, dict):
        return [(key, picture(item)) for key, item in value.items()]
    return list(value) if isinstance(value, list | tuple) or hasattr(value, "maxlen") else value


@settings(max_examples=120)
@given(histories())
def test_every_running_sum_is_what_a_fresh_sum_would_be(history: list[ev.Event]) -> None:
    state = State()
    for event in history:
        apply(state, event)
        assert state.cash == state.deposits + sum(position.cash for position in state.positions.values())
        assert state.marked == sum(marked.value for marked in state.marks.values())
        assert state.unmarked == sum(not marked.is_full for marked in state.marks.values())
        assert state.equity == state.cash + state.marked
    for market_id, position in state.positions.items():
        again = position_of(market_id, (state.fills[key] for key in state.fills_of[market_id]))
        if market_id in state.ended:
            again = again.resolve(state.ended[market_id])
        assert position == again
        assert state.marks[market_id] == mark(position, state.books.get(market_id))
    sums = Exposure()
    for market_id, weight in state.exposure.items():
        position = state.positions[market_id]
        sums.set_shares(market_id, position.yes.shares, position.no.shares)
        sums.set_prices(market_id, weight.yes_price, weight.no_price)
    assert picture(state.exposure) == picture(sums)


@given(histories())
def test_the_same_events_give_the_same_state(history: list[ev.Event]) -> None:
    one, other = State(), State()
    for event in history:
        apply(one, event)
    for event in copy.deepcopy(history):
        apply(other, event)
    assert picture(one) == picture(other)


@given(histories())
def test_orders_show_their_fills_and_live_ones_are_listed(history: list[ev.Event]) -> None:
    state = State()
    for event in history:
        apply(state, event)
    for one in state.orders.values():
        fills = [state.fills[key] for key in state.fills_of_order.get(one.id, ())]
        counted = [match for match in fills if match.counts]
        assert one.filled == sum(match.shares for match in counted)
        assert one.money == sum(match.money for match in counted)
        assert one.fee == sum(match.fee for match in counted)
        assert one.failed == sum(match.shares for match in fills) - one.filled
        assert (state.live[one.market_id].get(one.id) is one) == (not one.is_proven_dead)
        assert one.possible >= 0


@given(histories())
def test_fills_and_ends_repeated_after_a_reconnect_move_nothing(history: list[ev.Event]) -> None:
    state = State()
    for event in history:
        apply(state, event)
    before = (dict(state.positions), state.cash, state.marked)
    for event in history:
        if isinstance(event, ev.FillSeen | ev.MarketEnded):
            apply(state, event)
    assert (dict(state.positions), state.cash, state.marked) == before
