"""The matching engine: the venue's rules, fills, balances, and what leaves in which order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.fees import FeeSchedule
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.position import Position, position_of
from cockpit.core.state import State
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD
from cockpit.venues.base import Accepted, Rejected
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.exchange import Exchange

MARKET = Market("0xm", "M", "Market?", ("11", "22"), fees=FeeSchedule(500))
START = 1_790_000_000_000


def exchange(cash: int = 1_000 * USD) -> Exchange:
    found = Exchange(7)
    found.account.cash = cash
    found.list_market(MARKET)
    for step in range(1, 5):
        found.quote(MARKET.id, BID, 5_000 - 100 * step, 50 * SHARE, START)
        found.quote(MARKET.id, ASK, 5_000 + 100 * step, 50 * SHARE, START)
    found.take_changes(START)
    return found


def order(
    price: int = 5_100, size: int = 10 * SHARE, leg: Leg = Leg.YES, side: Side = Side.BUY, **more: object
) -> Order:
    made = Order("0x1", "c-1", "", MARKET.id, leg, side, price, size, type=OrderType.GTC)
    return replace(made, **more)  # type: ignore[arg-type]


def own(found: Exchange, now: int = START) -> list[ev.Event]:
    kept = (ev.FillSeen, ev.OrderMoved, ev.FillMoved, ev.MarketEnded)
    return [event for event in found.take_changes(now).events if isinstance(event, kept)]


def refusal(found: Exchange, one: Order) -> tuple[str, str]:
    before = (
        found.account.cash,
        dict(found.account.shares),
        found.ladders[MARKET.id].levels(BID),
        found.ladders[MARKET.id].levels(ASK),
    )
    answer = found.place(one, START)
    assert isinstance(answer, Rejected)
    after = (
        found.account.cash,
        dict(found.account.shares),
        found.ladders[MARKET.id].levels(BID),
        found.ladders[MARKET.id].levels(ASK),
    )
    assert before == after
    assert one.id not in found.account.orders
    return answer.code, answer.text


def test_a_taker_pays_the_makers_price_and_the_fee() -> None:
    found = exchange()
    assert found.place(order(5_300, 60 * SHARE, type=OrderType.FAK), START) == Accepted("0x1")
    first, second = found.account.fills.values()
    assert (first.price, first.shares, first.fee) == (5_100, 50 * SHARE, MARKET.fees.taker(50 * SHARE, 5_100))
    assert (second.price, second.shares, second.is_taker) == (5_200, 10 * SHARE, True)
    assert found.account.cash == 1_000 * USD - first.money - second.money - first.fee - second.fee
    assert found.account.shares == {"11": 60 * SHARE}


def test_buying_no_takes_the_yes_bids() -> None:
    found = exchange()
    found.place(order(5_100, leg=Leg.NO, type=OrderType.FOK), START)
    (fill,) = found.account.fills.values()
    assert (fill.leg, fill.price) == (Leg.NO, 5_100)
    assert found.ladders[MARKET.id].total(BID, 4_900) == 40 * SHARE
    assert found.account.shares == {"22": 10 * SHARE}


def test_a_resting_order_is_filled_as_maker_without_a_fee_in_time_priority() -> None:
    found = exchange()
    found.place(order(4_900, 20 * SHARE), START)
    assert [event.state for event in own(found) if isinstance(event, ev.OrderMoved)] == [OrderState.OPEN]
    found.take(MARKET.id, Leg.YES, Side.SELL, 55 * SHARE, 4_900, START + 1)
    (fill,) = found.account.fills.values()
    assert (fill.shares, fill.fee, fill.is_taker) == (5 * SHARE, 0, False)
    seen, moved = own(found)
    assert isinstance(seen, ev.FillSeen)
    assert moved == ev.OrderMoved(START + 1, "0x1", OrderState.PARTIALLY_FILLED, "", 5 * SHARE)


def test_others_who_cross_our_resting_order_trade_with_it() -> None:
    found = exchange()
    found.place(order(5_000, 10 * SHARE), START)
    found.quote(MARKET.id, ASK, 4_950, 30 * SHARE, START)
    assert found.account.orders["0x1"].state is OrderState.FILLED
    assert found.ladders[MARKET.id].levels(ASK)[0] == (4_950, 20 * SHARE)


def test_fak_takes_what_is_there_and_cancels_the_rest_after_its_fills() -> None:
    found = exchange()
    found.place(order(5_100, 80 * SHARE, type=OrderType.FAK), START)
    seen, moved = own(found)
    assert isinstance(seen, ev.FillSeen)
    assert isinstance(moved, ev.OrderMoved)
    assert (moved.state, moved.venue_filled) == (OrderState.CANCELLED, 50 * SHARE)


def test_gtc_that_crosses_takes_first_and_rests_with_the_remainder() -> None:
    found = exchange()
    found.place(order(5_100, 80 * SHARE), START)
    kinds = [event.state if isinstance(event, ev.OrderMoved) else "fill" for event in own(found)]
    assert kinds == [OrderState.OPEN, "fill", OrderState.PARTIALLY_FILLED]
    assert found.ladders[MARKET.id].levels(BID)[0] == (5_100, 30 * SHARE)
    assert found.account.free_cash() == found.account.cash - 30 * 510_000


@pytest.mark.parametrize(
    ("one", "code", "text"),
    [
        (order(5_150), "invalid_price", "breaks minimum tick size rule: 0.01"),
        (order(0), "invalid_price", "breaks minimum tick size rule"),
        (order(size=4 * SHARE), "invalid_size", "lower than the minimum: 5"),
        (order(size=5 * SHARE + 1), "invalid_size", "steps of 0.01"),
        (order(post_only=True), "post_only_would_cross", "order crosses book"),
        (order(size=51 * SHARE, type=OrderType.FOK), "fok_not_filled", "fully filled or killed"),
        (order(4_000, type=OrderType.FAK), "fak_not_filled", "no orders found to match"),
        (order(5_100, 5_000 * SHARE), "not_enough_balance", "not enough balance / allowance"),
        (order(4_900, side=Side.SELL), "not_enough_balance", "not enough balance / allowance"),
        (order(type=OrderType.GTD, expires_at_ms=START + 100_000), "invalid_expiration", "invalid expiration"),
        (order(market_id="0xnone"), "market_not_ready", "not yet ready"),
    ],
)
def test_refusals_use_the_venues_words_and_leave_no_trace(one: Order, code: str, text: str) -> None:
    found_code, found_text = refusal(exchange(), one)
    assert found_code == code
    assert text in found_text


def test_a_marketable_order_below_one_dollar_is_refused_and_a_resting_one_is_not() -> None:
    found = exchange()
    found.quote(MARKET.id, ASK, 5_000, 5 * SHARE, START)
    found.withdraw(MARKET.id, BID, 4_900, 1 << 60, 0.0)
    for price in (4_800, 4_700, 4_600):
        found.withdraw(MARKET.id, BID, price, 1 << 60, 0.0)
    found.quote(MARKET.id, ASK, 1_500, 5 * SHARE, START)
    assert refusal(found, order(1_500, 5 * SHARE))[0] == "invalid_amount"
    assert isinstance(found.place(order(1_400, 5 * SHARE), START), Accepted)


def test_an_id_is_accepted_once() -> None:
    found = exchange()
    found.place(order(4_000), START)
    answer = found.place(order(4_000), START)
    assert isinstance(answer, Rejected)
    assert answer.text.endswith("Duplicated.")


def test_resting_orders_reserve_cash_and_shares() -> None:
    found = exchange(cash=10 * USD)
    assert isinstance(found.place(order(4_000, 20 * SHARE, id="0xa"), START), Accepted)
    assert isinstance(found.place(order(4_000, 20 * SHARE, id="0xb"), START), Rejected)
    found.cancel(["0xa"], START)
    assert isinstance(found.place(order(4_000, 20 * SHARE, id="0xb"), START), Accepted)
    found.cancel(["0xb"], START)
    found.place(order(5_100, 10 * SHARE, id="0xc", type=OrderType.FAK), START)
    assert isinstance(found.place(order(6_000, 8 * SHARE, side=Side.SELL, id="0xd"), START), Accepted)
    assert isinstance(found.place(order(6_000, 8 * SHARE, side=Side.SELL, id="0xe"), START), Rejected)


def test_our_own_orders_may_meet_and_both_are_filled_by_one_trade() -> None:
    found = exchange()
    found.place(order(5_000, 10 * SHARE, id="0xa", leg=Leg.NO), START)
    found.place(order(5_000, 10 * SHARE, id="0xb"), START)
    maker, taker = found.account.fills.values()
    assert maker.trade_id == taker.trade_id
    assert (maker.order_id, taker.order_id) == ("0xa", "0xb")
    assert found.account.shares == {"11": 10 * SHARE, "22": 10 * SHARE}
    assert found.account.cash == 1_000 * USD - 10 * USD - MARKET.fees.taker(10 * SHARE, 5_000)


def test_fills_are_mined_after_about_one_second_and_confirmed_after_about_two() -> None:
    found = exchange()
    found.place(order(), START)
    own(found)
    assert 750 <= found.account.next_ms - START <= 1_250
    found.advance(START + 700)
    assert own(found) == []
    for later, status in ((1_250, FillStatus.MINED), (2_500, FillStatus.CONFIRMED)):
        found.advance(START + later)
        (moved,) = own(found)
        assert isinstance(moved, ev.FillMoved)
        assert moved.status is status


def test_a_gtd_order_dies_a_minute_before_its_stated_expiry() -> None:
    found = exchange()
    found.place(order(4_000, type=OrderType.GTD, expires_at_ms=START + 300_000), START)
    found.advance(START + 239_999)
    assert [one.state for one in found.account.orders.values()] == [OrderState.OPEN]
    found.advance(START + 240_000)
    assert [one.state for one in found.account.orders.values()] == [OrderState.EXPIRED]
    assert found.ladders[MARKET.id].total(BID, 4_000) == 0


def redemption() -> Conversion:
    return Conversion("0xr", MARKET.id, ConversionKind.REDEEM, 0, START)


def test_resolution_cancels_what_rests_then_pays_the_winners() -> None:
    found = exchange()
    found.place(order(5_100, 30 * SHARE, id="0xa", type=OrderType.FAK), START)
    found.place(order(4_000, 10 * SHARE, id="0xb"), START)
    cash = found.account.cash
    own(found)
    found.resolve(MARKET.id, PRICE_ONE, START + 5)
    moved, ended = own(found)
    assert isinstance(moved, ev.OrderMoved)
    assert (moved.state, moved.reason) == (OrderState.CANCELLED, "CANCELED_MARKET_RESOLVED")
    assert ended == ev.MarketEnded(START + 5, MARKET.id, PRICE_ONE, owes=True)
    assert found.account.cash == cash, "it is owed until it is redeemed"
    assert isinstance(found.convert(redemption(), START + 6), Accepted)
    assert isinstance(found.convert(redemption(), START + 7), Rejected), "the same conversion is done once"
    found.advance(START + 10_000)
    assert found.account.cash == cash + 30 * USD
    assert found.account.shares == {}
    assert isinstance(found.place(order(4_000, id="0xc"), START), Rejected)


def test_resting_orders_stay_when_the_tick_changes_and_new_ones_must_fit() -> None:
    found = exchange()
    found.place(order(4_000), START)
    found.set_tick(MARKET.id, 10, START)
    assert isinstance(found.place(order(4_010, id="0x2"), START), Accepted)
    assert len(found.account.resting()) == 2


STEPS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2**32)), min_size=1, max_size=60)


@given(STEPS)
def test_money_and_shares_move_only_by_fills_and_payouts_and_the_desk_sees_the_same(
    steps: list[tuple[int, int]],
) -> None:
    found, state, book = exchange(), State(), Book(MARKET.id)
    apply(state, ev.MarketListed(START, MARKET))
    apply(state, found.snapshot(MARKET.id, START))
    first = found.snapshot(MARKET.id, START)
    book.snapshot(first.bids, first.asks, START, START)
    for number, (what, seed) in enumerate(steps):
        draw = random.Random(seed)
        now = START + number * 700
        price, size = draw.randint(44, 56) * 100, draw.randint(500, 9_000) * LOT
        leg, side = draw.choice(list(Leg)), draw.choice(list(Side))
        if what <= 2:
            one = order(price, size, leg, side, id=f"0x{number}", type=draw.choice(list(OrderType)))
            one = replace(one, expires_at_ms=now + 200_000, post_only=draw.random() < 0.1)
            apply(state, ev.OrderSending(now, one))
            answer = found.place(one, now)
            if isinstance(answer, Rejected):
                apply(state, ev.OrderMoved(now, one.id, OrderState.REJECTED, answer.text))
            if one.type is OrderType.FOK and isinstance(answer, Accepted):
                assert found.account.orders[one.id].filled == one.size
        elif what == 3:
            found.cancel([draw.choice(list(found.account.orders))] if found.account.orders else [], now)
        elif what == 4:
            found.take(MARKET.id, leg, side, size, price, now)
        elif what == 5:
            found.quote(MARKET.id, draw.randint(0, 1), price, size, now)
        else:
            found.withdraw(MARKET.id, draw.randint(0, 1), price, size, draw.random())
        found.advance(now)
        for event in found.take_changes(now).events:
            apply(state, event)
            if isinstance(event, ev.LevelsChanged):
                book.change(event.changes, event.venue_ms, event.at_ms)
        ladder = found.ladders[MARKET.id]
        assert book.bids == dict(ladder.levels(BID))
        assert book.asks == dict(ladder.levels(ASK))
        assert not book.is_crossed
        assert found.account.cash >= 0
        assert found.account.free_cash() >= 0
        assert all(found.account.free_shares(MARKET, leg) >= 0 for leg in Leg)
        for one in found.account.orders.values():
            assert 0 <= one.filled <= one.size
            known = state.orders[one.id]
            assert (known.filled, known.is_terminal, known.is_proven_dead) == (
                one.filled,
                one.is_terminal,
                one.is_terminal,
            )
    position = position_of(MARKET.id, found.account.fills.values())
    assert found.account.cash == 1_000 * USD + position.cash
    held = {Leg.YES: found.account.shares.get("11", 0), Leg.NO: found.account.shares.get("22", 0)}
    assert held == {leg: position.holding(leg).shares for leg in Leg}
    assert state.positions.get(MARKET.id, Position(MARKET.id)).cash == position.cash
    found.resolve(MARKET.id, PRICE_ONE, START + 10**6)
    assert found.account.cash == 1_000 * USD + position.cash
    found.convert(redemption(), START + 10**6)
    found.advance(START + 2 * 10**6)
    assert found.account.cash == 1_000 * USD + position.resolve(PRICE_ONE).cash
    assert not found.account.resting()


@pytest.mark.parametrize("kind", [OrderType.FAK, OrderType.GTC])
def test_a_buyer_must_have_the_fee_as_well(kind: OrderType) -> None:
    fee = MARKET.fees.taker(10 * SHARE, 5_100)
    assert refusal(exchange(cash=5_100_000), order(type=kind))[0] == "not_enough_balance"
    assert refusal(exchange(cash=5_100_000 + fee - 1), order(type=kind))[0] == "not_enough_balance"
    assert isinstance(exchange(cash=5_100_000 + fee).place(order(type=kind), START), Accepted)


def test_a_taker_must_be_able_to_pay_its_own_limit_however_good_the_price_is() -> None:
    one, fee = order(5_300, type=OrderType.FAK), MARKET.fees.taker(10 * SHARE, 5_300)
    assert refusal(exchange(cash=5_300_000 + fee - 1), one)[0] == "not_enough_balance"
    assert isinstance(exchange(cash=5_300_000 + fee).place(one, START), Accepted)


@pytest.mark.parametrize("missing", [0, 1])
def test_a_taker_must_have_the_fee_of_each_trade_rounded_up(missing: int) -> None:
    found = exchange()
    found.withdraw(MARKET.id, ASK, 5_100, 45 * SHARE, 0.0)
    found.place(order(4_900, 5 * SHARE, leg=Leg.NO, id="0xa"), START)
    each = MARKET.fees.taker(5 * SHARE, 5_100)
    assert 2 * each > MARKET.fees.taker(10 * SHARE, 5_100)
    found.account.cash += 5_100_000 + 2 * each - missing - found.account.free_cash()
    assert isinstance(found.place(order(5_100, type=OrderType.FAK), START), Rejected if missing else Accepted)
