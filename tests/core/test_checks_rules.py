"""Single rules of the guard at their edges: what lowers, collars, sizes against equity, lives, clocks, own orders."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.book import NO_ASK, NO_BID, Book
from cockpit.core.checks import MAX_SKEW_MS, is_lowering
from cockpit.core.limits import Approved, Limits, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.position import Position, position_of
from cockpit.core.units import PRICE_ONE, SHARE, USD, pay, receive
from cockpit.core.worst_case import worst_cost, worst_imbalance
from tests.core.builders import (
    CRYPTO,
    NOW,
    book,
    books,
    fee_schedules,
    fill,
    held,
    legs,
    levels,
    market,
    order,
    positions,
    prices,
    sides,
)
from tests.core.guarded import ACCOUNT, BOOK, approved, refusal, resting, verdict

REDUCING = replace(ACCOUNT, reducing="by a person")
LOST = replace(ACCOUNT, day_pnl=-500 * USD)
GTD = OrderType.GTD


@pytest.mark.parametrize(("account", "reason"), [(REDUCING, Reason.REDUCING), (LOST, Reason.DAILY_LOSS)])
def test_only_what_lowers_the_imbalance_is_sent_when_reducing_or_after_the_daily_loss(
    account: object, reason: Reason
) -> None:
    over = held("50")
    for leg, side in ((Leg.NO, Side.BUY), (Leg.YES, Side.SELL)):
        approved(order(leg=leg, side=side, size="20"), position=over, account=account)
        approved(order(leg=leg, side=side, size="50"), position=over, account=account)
    refusal(order(size="20"), reason, position=over, account=account)
    refusal(order(leg=Leg.NO, side=Side.SELL, size="20"), reason, position=held("50", "0.5", "30"), account=account)
    refusal(order(size="20"), reason, account=account)
    # More than twice the imbalance is a new one the other way.
    refusal(order(leg=Leg.NO, size="100"), reason, position=over, account=account)
    working = (resting("n", leg=Leg.NO, size="50", price="0.4"),)
    refusal(order(leg=Leg.NO, size="51"), reason, position=over, own=working, account=account)


@given(positions(), st.lists(st.tuples(legs, sides, st.integers(1, 60)), max_size=3), legs, sides, st.integers(1, 90))
def test_what_lowers_brings_the_pair_nearer_to_even_and_makes_no_worst_case_worse(
    position: Position, others: list[tuple[Leg, Side, int]], leg: Leg, side: Side, shares: int
) -> None:
    own = [resting(f"o{n}", leg=one, side=way, size=size * SHARE) for n, (one, way, size) in enumerate(others)]
    candidate = order(leg=leg, side=side, size=shares * SHARE)
    before, after = worst_imbalance(position, own), worst_imbalance(position, [*own, candidate])
    if is_lowering(candidate, position, own):
        assert after <= before
        alone = position.apply(fill("t", leg=leg, side=side, shares=candidate.size))
        assert abs(alone.delta) < abs(position.delta)
    elif not own and after > before:
        assert not is_lowering(candidate, position, ())


def furthest(book_now: Book, leg: Leg, side: Side, collar: int) -> int:
    bid, ask = book_now.bid(leg), book_now.ask(leg)
    return (bid + ask) // 2 + (collar if side is Side.BUY else -collar)


@given(books(), legs, sides, st.sampled_from([0, 100, 1_000, 2_500, PRICE_ONE]))
def test_the_collar_binds_on_both_sides_and_legs(book_now: Book, leg: Leg, side: Side, collar: int) -> None:
    limits, position = Limits(price_collar=collar), held("100", "0.5", "100")
    edge = furthest(book_now, leg, side, collar)
    for price in range(100, PRICE_ONE, 100):
        answer = verdict(order(leg=leg, side=side, price=price), book_now=book_now, position=position, limits=limits)
        is_refused = isinstance(answer, Refused) and answer.reason is Reason.COLLAR
        assert is_refused == side.is_beyond(price, edge), (price, answer)


@pytest.mark.parametrize(
    ("bids", "asks", "middle"),
    [
        ((("0.48", "9"),), (("0.52", "9"),), 5_000),
        ((("0.48", "9"),), (), (4_800 + NO_ASK) // 2),
        ((), (("0.52", "9"),), (NO_BID + 5_200) // 2),
        ((), (), (NO_BID + NO_ASK) // 2),
    ],
)
def test_a_side_without_orders_counts_as_the_end_of_the_scale(
    bids: tuple[tuple[str, str], ...], asks: tuple[tuple[str, str], ...], middle: int
) -> None:
    thin, limits, position = book(levels(*bids), levels(*asks)), Limits(price_collar=500), held("100", "0.5", "100")
    for leg, at in ((Leg.YES, middle), (Leg.NO, PRICE_ONE - middle)):
        for side, sign in ((Side.BUY, 1), (Side.SELL, -1)):
            within = order(leg=leg, side=side, price=at + sign * 500)
            approved(within, book_now=thin, position=position, limits=limits)
            beyond = replace(within, price=at + sign * 600)
            refusal(beyond, Reason.COLLAR, book_now=thin, position=position, limits=limits)


@given(sides, prices, st.integers(500, 10_000).map(lambda n: n * 10_000), st.integers(0, 300 * USD))
def test_no_order_moves_more_than_its_part_of_the_equity(side: Side, price: int, size: int, equity: int) -> None:
    candidate = order(side=side, price=price, size=size)
    wide = Limits(price_collar=PRICE_ONE)
    answer = verdict(candidate, account=replace(ACCOUNT, equity=equity), limits=wide, position=held("200"))
    value = pay(size, price) if side is Side.BUY else receive(size, price)
    is_refused = isinstance(answer, Refused) and answer.reason is Reason.FAT_FINGER
    assert is_refused == (equity > 0 and value > equity // 4)


def test_an_equity_that_is_not_known_yet_does_not_refuse() -> None:
    for equity in (0, -1):
        approved(order(size="100"), account=replace(ACCOUNT, equity=equity))


def test_the_edge_of_the_equity_itself_is_allowed() -> None:
    approved(order(size="10", price="0.5"), account=replace(ACCOUNT, equity=20 * USD))
    refusal(order(size="10", price="0.51"), Reason.FAT_FINGER, account=replace(ACCOUNT, equity=20 * USD))


@given(fee_schedules, st.integers(9_940, 10_000), st.integers(4_940, 5_000), st.booleans(), prices, sides)
def test_after_an_approval_the_worst_cost_is_within_both_limits_fees_included(
    fees: object, at_risk: int, of_event: int, is_poor: bool, price: int, side: Side
) -> None:
    listed = market(fees=fees)  # type: ignore[arg-type]
    account = replace(ACCOUNT, exposure=at_risk * USD, event_exposure=of_event * USD if is_poor else 0)
    limits, position = Limits(price_collar=PRICE_ONE), held("100")
    candidate = order(side=side, price=price, size="100")
    if isinstance(verdict(candidate, listed=listed, account=account, limits=limits, position=position), Approved):
        added = worst_cost(position, (candidate,), listed.fees) - worst_cost(position, (), listed.fees)
        if side is Side.BUY:
            assert account.exposure + added <= limits.max_total_exposure
            assert account.event_exposure + added <= limits.max_event_exposure
        else:
            assert added == 0


def test_exposure_counts_the_fee_too() -> None:
    crypto, limits = market(fees=CRYPTO), Limits(max_total_exposure=100 * USD)
    need = pay(10 * SHARE, 5_000) + CRYPTO.taker(10 * SHARE, 5_000)
    approved(order(), listed=crypto, limits=limits, account=replace(ACCOUNT, exposure=100 * USD - need))
    refusal(
        order(), Reason.EXPOSURE, listed=crypto, limits=limits, account=replace(ACCOUNT, exposure=100 * USD - need + 1)
    )


@pytest.mark.parametrize("order_type", [OrderType.FAK, OrderType.FOK])
def test_what_never_rests_cannot_be_post_only(order_type: OrderType) -> None:
    candidate = replace(order(order_type=order_type), post_only=True)
    assert str(order_type) in refusal(candidate, Reason.BAD_TYPE)


@pytest.mark.parametrize("order_type", [OrderType.GTC, GTD])
def test_what_rests_may_be_post_only(order_type: OrderType) -> None:
    approved(replace(order(order_type=order_type), post_only=True, expires_at_ms=NOW + 180_000))


@pytest.mark.parametrize(("ahead_ms", "left"), [(-(10**9), 0), (0, 0), (60_000, 0), (179_999, 119), (179_000, 119)])
def test_an_order_that_would_end_too_soon_is_refused(ahead_ms: int, left: int) -> None:
    candidate = replace(order(order_type=GTD), expires_at_ms=NOW + ahead_ms)
    detail = refusal(candidate, Reason.BAD_LIFE)
    assert detail == f"the order would live {left} s, at least 120 s are needed"


def test_a_life_of_exactly_120_seconds_is_enough_and_only_timed_orders_have_one() -> None:
    approved(replace(order(order_type=GTD), expires_at_ms=NOW + 60_000 + 120_000))
    for order_type in (OrderType.GTC, OrderType.FAK, OrderType.FOK):
        approved(replace(order(order_type=order_type), expires_at_ms=NOW - 1))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_further_off_than_two_seconds_stops_everything(sign: int) -> None:
    approved(order(), account=replace(ACCOUNT, skew_ms=sign * MAX_SKEW_MS))
    detail = refusal(order(), Reason.CLOCK, account=replace(ACCOUNT, skew_ms=sign * (MAX_SKEW_MS + 100)))
    assert f"{sign * 2.1:+.1f} s" in detail


def test_an_event_has_a_limit_of_its_own_that_sales_do_not_touch() -> None:
    full = replace(ACCOUNT, exposure=4_996 * USD, event_exposure=4_996 * USD)
    refusal(order(), Reason.EVENT_EXPOSURE, account=full)
    approved(order(), account=replace(full, event_exposure=4_995 * USD))
    approved(order(side=Side.SELL), account=full, position=held("10"))


def test_a_sale_counts_confirmed_shares_only() -> None:
    coming = fill("b", shares="6", status=FillStatus.MATCHED)
    position = position_of("m", [fill("a", shares="10"), coming])
    approved(order(side=Side.SELL, size="10"), position=position)
    detail = refusal(order(side=Side.SELL, size="10.01"), Reason.NOT_HELD, position=position)
    assert detail == "selling 10.01 shares but only 10 are free, 6 more are not confirmed yet"
    approved(order(side=Side.SELL, size="10.01"), position=position.prove(coming))


@given(legs, sides, prices, legs, sides, prices)
def test_no_two_of_our_orders_meet_within_a_leg_or_across_them(
    leg: Leg, side: Side, price: int, own_leg: Leg, own_side: Side, own_price: int
) -> None:
    mine = resting("mine", leg=own_leg, side=own_side, price=own_price)
    candidate = order(leg=leg, side=side, price=price)
    answer = verdict(candidate, own=(mine,), position=held("500", "0.5", "500"), limits=Limits(price_collar=PRICE_ONE))
    assert (isinstance(answer, Refused) and answer.reason is Reason.SELF_CROSS) == meet(candidate, mine)


def meet(one: Order, other: Order) -> bool:
    """Would they trade? Same leg: bid at or above ask. Both bids: a mint at 1 or more. Both asks: a merge at 1 or less.

    A bid and an ask of different legs stand on the same side of the book.
    """
    if one.leg is other.leg:
        if one.side is other.side:
            return False
        bid, ask = (one, other) if one.side is Side.BUY else (other, one)
        return bid.price >= ask.price
    if one.side is not other.side:
        return False
    both = one.price + other.price
    return both >= PRICE_ONE if one.side is Side.BUY else both <= PRICE_ONE


@pytest.mark.parametrize("state", sorted(OrderState))
def test_our_orders_are_in_the_way_until_they_are_proven_dead(state: OrderState) -> None:
    mine = order("mine", leg=Leg.NO, price="0.5", state=state)
    answer = verdict(order(price="0.5"), own=(mine,))
    assert isinstance(answer, Refused) == (not mine.is_proven_dead)
    presumed = replace(mine, state=OrderState.EXPIRED, venue_filled=5 * SHARE, is_presumed=True)
    approved(order(price="0.5"), own=(presumed,), book_now=BOOK)
