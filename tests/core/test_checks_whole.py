"""What is worked in parts, weighed as a whole before it begins; and orders where the bids say nothing about worth."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.checks import check, check_whole
from cockpit.core.limits import MOST_SHARES, TYPED, Account, Limits, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order
from cockpit.core.position import Position, position_of
from cockpit.core.units import LOT, SHARE, USD
from tests.core.builders import CRYPTO, NOW, fill, held, legs, lots, market, order, positions, prices, sides
from tests.core.guarded import ACCOUNT, BOOK, approved, refusal, resting

RICH = replace(ACCOUNT, cash=1_000_000 * USD)
UNMARKED = replace(ACCOUNT, is_marked=False)
WIDE = Limits(max_position_size=10**12, max_total_exposure=10**14, max_event_exposure=10**14, max_unhedged=10**12)


def whole(
    candidate: Order,
    *,
    position: Position | None = None,
    own: tuple[Order, ...] = (),
    account: Account = RICH,
    limits: Limits = WIDE,
) -> Refused | None:
    return check_whole(candidate, market(), position or Position("m"), own, account, limits)


def reason(answer: Refused | None) -> Reason | None:
    return answer.reason if answer is not None else None


def test_a_whole_may_be_larger_than_one_order_and_far_from_the_book_for_its_parts_are_weighed_again() -> None:
    assert whole(order(size=5_000 * SHARE)) is None
    assert whole(order(size=5_000 * SHARE, price=9_900)) is None
    assert whole(order(size=LOT, price=9_900)) is None
    refusal(order(size=5_000 * SHARE), Reason.ORDER_SIZE, account=RICH, limits=WIDE)


@pytest.mark.parametrize(
    ("expected", "candidate", "context"),
    [
        (Reason.BAD_NUMBER, order(size=0), {}),
        (Reason.BAD_NUMBER, order(price=-1), {}),
        (Reason.BAD_NUMBER, order(), {"account": replace(RICH, day_pnl=float("nan"))}),  # type: ignore[arg-type]
        (Reason.FAT_FINGER, order(size=MOST_SHARES + LOT), {}),
        (Reason.HALTED, order(), {"account": replace(RICH, halted="by a person")}),
        (Reason.NOT_READY, order(), {"account": replace(RICH, is_ready=False)}),
        (Reason.CLOCK, order(), {"account": replace(RICH, skew_ms=3_000)}),
        (Reason.PAIR_HALTED, order(), {"account": replace(RICH, pair_halted="differs")}),
        (Reason.MARKET_ENDED, order(), {"account": replace(RICH, has_ended=True)}),
        (Reason.REDUCING, order(), {"account": replace(RICH, reducing="by a person")}),
        (Reason.NO_MARK, order(), {"account": replace(RICH, is_marked=False)}),
        (Reason.DAILY_LOSS, order(), {"account": replace(RICH, day_pnl=-500 * USD)}),
        (Reason.BALANCE, order(size="100"), {"account": replace(RICH, cash=49 * USD)}),
        (Reason.BALANCE, order(size="100"), {"account": replace(RICH, cash=60 * USD), "own": (resting("r"),) * 3}),
        (Reason.NOT_HELD, order(side=Side.SELL, size="31"), {"position": held("30")}),
        (Reason.POSITION_SIZE, order(size="100"), {"limits": replace(WIDE, max_position_size=99 * SHARE)}),
        (Reason.EXPOSURE, order(size="100"), {"limits": replace(WIDE, max_total_exposure=49 * USD)}),
        (Reason.EVENT_EXPOSURE, order(size="100"), {"limits": replace(WIDE, max_event_exposure=49 * USD)}),
        (Reason.UNHEDGED, order(size="100"), {"limits": replace(WIDE, max_unhedged=99 * SHARE)}),
    ],
)
def test_what_would_stop_it_on_the_way_refuses_the_whole(
    expected: Reason, candidate: Order, context: dict[str, object]
) -> None:
    assert reason(whole(candidate, **context)) is expected  # type: ignore[arg-type]


def test_a_whole_that_the_market_does_not_outlive_is_refused() -> None:
    closing = market(closes_at_ms=NOW + 59_000)
    answer = check_whole(order(), closing, Position("m"), (), RICH, WIDE)
    assert reason(answer) is Reason.MARKET_CLOSING


def test_fees_of_the_whole_are_part_of_what_it_needs() -> None:
    candidate, listed = order(size="100"), market(fees=CRYPTO)
    for cash, is_enough in ((51_749_999, False), (51_750_000, True)):  # 50 USD, and 7 % of a quarter of them
        answer = check_whole(candidate, listed, Position("m"), (), replace(RICH, cash=cash), WIDE)
        assert (answer is None) == is_enough


@settings(max_examples=80)
@given(
    positions(),
    st.lists(st.tuples(legs, sides, prices, st.integers(5, 60)), max_size=3),
    legs,
    sides,
    prices,
    lots,
    st.integers(1, 100),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_if_the_whole_passes_no_part_of_it_lacks_funds_or_breaks_a_limit(
    position: Position,
    others: list[tuple[Leg, Side, int, int]],
    leg: Leg,
    side: Side,
    price: int,
    total: int,
    percent: int,
    cash: int,
    most: int,
) -> None:
    own = tuple(
        resting(f"r{n}", leg=one[0], side=one[1], price=one[2], size=one[3] * SHARE) for n, one in enumerate(others)
    )
    account = replace(ACCOUNT, cash=cash * USD)
    limits = Limits(max_position_size=most * SHARE, max_total_exposure=most * USD, max_unhedged=most * SHARE)
    candidate = order(leg=leg, side=side, price=price, size=total)
    part = order(leg=leg, side=side, price=price, size=max(LOT, total * percent // 100 // LOT * LOT))
    if check_whole(candidate, market(), position, own, account, limits) is None:
        assert check_whole(part, market(), position, own, account, limits) is None


# ---- no mark ----


def test_without_bids_for_what_is_held_only_what_lowers_it_is_sent() -> None:
    excess = held("50", no="10")
    refusal(order(), Reason.NO_MARK, position=excess, account=UNMARKED)
    refusal(order(leg=Leg.NO, side=Side.SELL), Reason.NO_MARK, position=excess, account=UNMARKED)
    approved(order(side=Side.SELL, size="40"), position=excess, account=UNMARKED)
    approved(order(leg=Leg.NO, size="40"), position=excess, account=UNMARKED)
    refusal(order(side=Side.SELL, size="40.01"), Reason.NO_MARK, position=excess, account=UNMARKED)
    assert reason(whole(order(side=Side.SELL, size="40"), position=excess, account=UNMARKED)) is None
    assert reason(whole(order(side=Side.SELL, size="41"), position=excess, account=UNMARKED)) is Reason.NO_MARK


def test_what_may_be_taken_back_lowers_nothing_for_sure() -> None:
    coming = position_of("m", [fill("a", shares="40", status=FillStatus.MATCHED)])
    refusal(order(leg=Leg.NO, size="40"), Reason.NO_MARK, position=coming, account=UNMARKED)


@given(legs, sides, st.integers(5, 60), st.integers(-60, 60))
def test_a_missing_mark_refuses_exactly_what_does_not_lower_the_imbalance(
    leg: Leg, side: Side, size: int, delta: int
) -> None:
    position = held(str(60 + max(delta, 0)), no=str(60 + max(-delta, 0)))
    sign = 1 if (side is Side.BUY) == (leg is Leg.YES) else -1
    lowers = abs(delta + sign * size) < abs(delta) and abs(delta) >= size
    answer = whole(order(leg=leg, side=side, size=size * SHARE), position=position, account=UNMARKED)
    assert reason(answer) is (None if lowers else Reason.NO_MARK)


def test_it_comes_behind_what_is_wrong_for_everybody_and_before_the_daily_loss() -> None:
    both = replace(UNMARKED, day_pnl=-(10**12))
    refusal(order(), Reason.NO_MARK, account=both)
    refusal(order(), Reason.DAILY_LOSS, account=replace(both, is_marked=True))
    refusal(order(), Reason.REDUCING, account=replace(both, reducing="by a person"))


# ---- whose fault it is ----


def test_reasons_that_time_or_the_market_can_take_away_are_not_typed_wrong() -> None:
    passing = {
        Reason.HALTED, Reason.REDUCING, Reason.PAIR_HALTED, Reason.NOT_READY, Reason.CLOCK, Reason.RATE, Reason.NO_BOOK,
        Reason.STALE_BOOK, Reason.CROSSED_BOOK, Reason.DAILY_LOSS, Reason.BALANCE, Reason.NOT_HELD, Reason.SELF_CROSS,
        Reason.NO_MARK, Reason.SPREAD, Reason.EXPOSURE, Reason.EVENT_EXPOSURE, Reason.UNHEDGED, Reason.POSITION_SIZE,
        Reason.COLLAR, Reason.PRICE_MOVED, Reason.CHANGED, Reason.ALREADY_WORKING, Reason.VENUE, Reason.NOT_PROVEN,
    }  # fmt: skip
    assert not TYPED & passing
    assert set(Reason) >= TYPED


@pytest.mark.parametrize(
    ("candidate", "context"),
    [
        (order(price=0), {}),
        (order(price=5_050), {}),
        (order(size=10 * SHARE + 1), {}),
        (order(size="4"), {}),
        (replace(order(), post_only=True), {}),
    ],
)
def test_what_is_wrong_whatever_the_market_does_was_typed_wrong(candidate: Order, context: dict[str, object]) -> None:
    answer = check(candidate, market(), BOOK, Position("m"), (), ACCOUNT, Limits(), max(candidate.price, 1))
    assert isinstance(answer, Refused)
    assert answer.reason in TYPED


def test_a_refusal_is_about_no_field_unless_it_says_so() -> None:
    assert Refused(Reason.RATE, "later").field == ""
    assert Refused(Reason.BAD_PRICE, "no", "limit").field == "limit"
    assert [item.name for item in fields(Refused)] == ["reason", "detail", "field"]
