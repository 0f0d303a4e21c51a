"""What the guard lets through and what not, limit by limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.book import Book
from cockpit.core.checks import check, is_lowering
from cockpit.core.limits import MOST_SHARES, Limits, Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState
from cockpit.core.position import Position
from cockpit.core.units import LOT, SHARE, USD, parse_price, parse_shares
from cockpit.core.worst_case import worst_imbalance
from tests.core.builders import CRYPTO, NOW, book, held, levels, market, order
from tests.core.guarded import ACCOUNT, BOOK, approved, refusal, resting, verdict

S = OrderState


def test_an_order_within_everything_is_approved() -> None:
    approved(order())


def test_the_desk_must_run() -> None:
    assert "by a person" in refusal(order(), Reason.HALTED, account=replace(ACCOUNT, halted="by a person"))
    assert "reconciled" in refusal(order(), Reason.NOT_READY, account=replace(ACCOUNT, is_ready=False))
    words = "we count 5, the venue 4"
    assert refusal(order(), Reason.PAIR_HALTED, account=replace(ACCOUNT, pair_halted=words)) == words


def test_the_market_must_be_known_and_open() -> None:
    answer = check(order(), None, BOOK, Position("m"), (), ACCOUNT, Limits(), 5_000)
    assert answer == Refused(Reason.UNKNOWN_MARKET, "market m is not known")
    refusal(order(), Reason.MARKET_ENDED, account=replace(ACCOUNT, has_ended=True))
    detail = refusal(order(), Reason.MARKET_CLOSING, listed=market(closes_at_ms=NOW + 59_999))
    assert detail == "m closes in 59 s, less than 60 s"
    assert "closes in 0 s" in refusal(order(), Reason.MARKET_CLOSING, listed=market(closes_at_ms=NOW - 1))
    approved(order(), listed=market(closes_at_ms=NOW + 60_000))


def test_the_daily_loss_stops_at_the_limit_itself() -> None:
    detail = refusal(order(), Reason.DAILY_LOSS, account=replace(ACCOUNT, day_pnl=-500 * USD))
    assert detail == "lost 500 USD today, limit 500"
    approved(order(), account=replace(ACCOUNT, day_pnl=-500 * USD + 1))


def test_only_a_good_book_is_traded_on() -> None:
    refusal(order(), Reason.NO_BOOK, book_now=None)
    refusal(order(), Reason.NO_BOOK, book_now=Book("m"))
    lost = book(levels(("0.48", "1")))
    lost.lose()
    refusal(order(), Reason.NO_BOOK, book_now=lost)
    crossed = book(levels(("0.52", "1")), levels(("0.52", "1")))
    refusal(order(), Reason.CROSSED_BOOK, book_now=crossed)
    old = book(levels(("0.48", "1")), at_ms=NOW - 5_001)
    assert refusal(order(), Reason.STALE_BOOK, book_now=old) == "the book is 5.0 s old, limit 5.0 s"
    approved(order(), book_now=book(levels(("0.48", "1")), at_ms=NOW - 5_000))


@pytest.mark.parametrize("price", [1, 99, 10_000, 4_850, 10**12])
def test_absurd_prices_are_refused(price: int) -> None:
    assert "is not a multiple of 0.01" in refusal(order(price=price), Reason.BAD_PRICE)


@pytest.mark.parametrize("size", [1, LOT + 1, 5 * SHARE + 1, MOST_SHARES - 1])
def test_absurd_sizes_are_refused(size: int) -> None:
    assert "is not a positive multiple" in refusal(order(size=size), Reason.BAD_SIZE)


def test_sizes_lie_between_the_minimum_of_the_venue_and_our_limit() -> None:
    assert "4.99 is below the venue's minimum of 5" in refusal(order(size="4.99"), Reason.BELOW_MINIMUM)
    approved(order(size="100"))
    detail = refusal(order(size="100.01"), Reason.ORDER_SIZE)
    assert detail == "order of 100.01 shares is above the limit of 100"
    refusal(order(size=MOST_SHARES), Reason.ORDER_SIZE)
    refusal(order(size=MOST_SHARES + LOT), Reason.FAT_FINGER, limits=Limits(max_order_size=10**18))


def test_no_price_beyond_what_was_approved() -> None:
    detail = refusal(order(price="0.51"), Reason.LIMIT_PRICE, approved_limit=5_000)
    assert detail == "price 0.51 is beyond the approved 0.5"
    approved(order(price="0.49"), approved_limit=5_000)
    sale = order(side=Side.SELL, price="0.49")
    refusal(sale, Reason.LIMIT_PRICE, approved_limit=5_000, position=held("10"))
    approved(order(side=Side.SELL, price="0.51"), approved_limit=5_000, position=held("10"))


def test_only_free_shares_are_sold() -> None:
    sale = order(side=Side.SELL, size="10")
    assert refusal(sale, Reason.NOT_HELD) == "selling 10 shares but only 0 are free"
    own = (resting("s", side=Side.SELL, size="6", price="0.6"),)
    detail = refusal(sale, Reason.NOT_HELD, position=held("15"), own=own)
    assert detail == "selling 10 shares but only 9 are free"
    approved(sale, position=held("16"), own=own)
    other_leg = (resting("n", side=Side.SELL, leg=Leg.NO, size="6", price="0.7"),)
    approved(sale, position=held("10", "0.5", "6"), own=other_leg)
    short = replace(Position("m"), yes=replace(Position("m").yes, shares=-SHARE))
    assert "only 0 are free" in refusal(sale, Reason.NOT_HELD, position=short)


def test_cash_covers_every_purchase_that_may_still_fill_and_its_fee() -> None:
    own = (resting("b", size="100", price="0.4"),)
    poor = replace(ACCOUNT, cash=45 * USD)
    approved(order(size="10", price="0.5"), own=own, account=poor)
    detail = refusal(order(size="10.02", price="0.5"), Reason.BALANCE, own=own, account=poor)
    assert detail == "needs 5.01 USD, 5 are free"
    crypto = market(fees=CRYPTO)
    need = 45 * USD + CRYPTO.taker(100 * SHARE, 4_000) + CRYPTO.taker(10 * SHARE, 5_000)
    approved(order(), own=own, listed=crypto, account=replace(ACCOUNT, cash=need))
    refusal(order(), Reason.BALANCE, own=own, listed=crypto, account=replace(ACCOUNT, cash=need - 1))


def test_shares_that_arrived_are_not_promised_twice() -> None:
    done = order("b", size="100", price="0.4", state=S.CANCELLED, filled=40 * SHARE, venue_filled=50 * SHARE)
    approved(order(), own=(done,), account=replace(ACCOUNT, cash=9 * USD))
    refusal(order(), Reason.BALANCE, own=(done,), account=replace(ACCOUNT, cash=9 * USD - 1))


def test_a_position_does_not_outgrow_its_limit() -> None:
    limits = Limits(max_position_size=50 * SHARE)
    own = (resting("b", size="20", price="0.3"), resting("n", leg=Leg.NO, size="100", price="0.3"))
    approved(order(size="20"), position=held("10"), own=own, limits=limits)
    detail = refusal(order(size="20.01"), Reason.POSITION_SIZE, position=held("10"), own=own, limits=limits)
    assert detail == "could hold 50.01 shares, limit 50"


def test_exposure_counts_what_the_order_would_cost() -> None:
    account = replace(ACCOUNT, exposure=9_995 * USD)
    approved(order(size="10", price="0.5"), account=account)
    detail = refusal(order(size="10", price="0.51"), Reason.EXPOSURE, account=account)
    assert detail == "could have 10000.1 USD at risk, limit 10000"
    sale = order(side=Side.SELL)
    approved(sale, position=held("10"), account=replace(account, exposure=20_000 * USD))


def test_unhedged_shares_stay_within_their_limit() -> None:
    account = replace(ACCOUNT, unhedged=450 * SHARE)
    approved(order(size="50"), account=account)
    detail = refusal(order(size="50.01"), Reason.UNHEDGED, account=account)
    assert detail == "could be 500.01 shares out of balance, limit 500"


@pytest.mark.parametrize(("leg", "side"), [(Leg.NO, Side.BUY), (Leg.YES, Side.SELL)])
def test_a_reducing_order_passes_although_the_limit_is_exceeded(leg: Leg, side: Side) -> None:
    over = held("600")
    approved(order(leg=leg, side=side, size="100"), position=over)
    approved(order(leg=leg, side=side, size="100"), position=over, account=replace(ACCOUNT, unhedged=9_000 * SHARE))
    refusal(order(size="5"), Reason.UNHEDGED, position=over)


def test_many_reducing_orders_do_not_overshoot_to_the_other_side() -> None:
    position, limits = held("100"), Limits(max_unhedged=500 * SHARE, max_order_size=150 * SHARE)
    own: tuple[Order, ...] = ()
    for number in range(10):
        candidate = resting(f"n{number}", leg=Leg.NO, size="150", price="0.3")
        if isinstance(verdict(candidate, position=position, own=own, limits=limits), Refused):
            break
        own = (*own, candidate)
    assert len(own) == 4
    assert worst_imbalance(position, own) == 500 * SHARE


@pytest.mark.parametrize(
    ("leg", "side", "price", "crosses"),
    [
        (Leg.YES, Side.SELL, "0.45", True),
        (Leg.YES, Side.SELL, "0.44", True),
        (Leg.YES, Side.SELL, "0.46", False),
        (Leg.NO, Side.BUY, "0.55", True),
        (Leg.NO, Side.BUY, "0.56", True),
        (Leg.NO, Side.BUY, "0.54", False),
        (Leg.NO, Side.SELL, "0.60", False),
        (Leg.YES, Side.BUY, "0.60", False),
    ],
)
def test_no_order_trades_with_our_own_bid_for_yes_at_45(leg: Leg, side: Side, price: str, crosses: bool) -> None:
    own = (resting("mine", size="10", price="0.45"),)
    candidate = order(leg=leg, side=side, price=price)
    position = held("10", "0.5", "10")
    if crosses:
        detail = refusal(candidate, Reason.SELF_CROSS, own=own, position=position)
        assert detail == "would trade with our own order mine"
    else:
        approved(candidate, own=own, position=position)
    turned = (replace(candidate, state=S.OPEN),)
    assert isinstance(verdict(replace(own[0], state=S.CREATED), own=turned, position=position), Refused) == crosses


def test_an_order_that_cannot_fill_any_more_is_not_in_the_way() -> None:
    dead = order("mine", price="0.40", state=S.CANCELLED)
    approved(order(side=Side.SELL, price="0.40"), own=(dead,), position=held("10"))
    unknown = replace(dead, state=S.UNKNOWN)
    refusal(order(side=Side.SELL, price="0.40"), Reason.SELF_CROSS, own=(unknown,), position=held("10"))


def test_reducing_means_closer_to_even() -> None:
    position = held("10", "0.5", "4")
    assert is_lowering(order(leg=Leg.NO, size="6"), position, ())
    assert not is_lowering(order(leg=Leg.NO, size="6.01"), position, ())
    assert not is_lowering(order(leg=Leg.NO, size="12"), position, ())
    assert is_lowering(order(side=Side.SELL, size="5"), position, ())
    assert not is_lowering(order(size="5"), position, ())
    assert not is_lowering(order(size="5"), Position("m"), ())


def test_zero_limits_refuse_everything() -> None:
    none = Limits(max_position_size=0, max_total_exposure=0, max_order_size=0, max_unhedged=0)
    refusal(order(), Reason.ORDER_SIZE, limits=none)
    refusal(order(), Reason.POSITION_SIZE, limits=replace(none, max_order_size=parse_shares("100")))
    assert parse_price("0.5") == order().price
