"""Every reason that the checks can give: alone, with its numbers in the sentence, and in the order they are asked."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.core import check_words, checks
from cockpit.core.book import Book
from cockpit.core.checks import check
from cockpit.core.limits import MOST_SHARES, Account, Approved, Limits, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import FillStatus, Order, OrderType
from cockpit.core.position import Position, position_of
from cockpit.core.units import LOT, SHARE, USD
from tests.core.builders import NOW, book, fill, levels, market, order
from tests.core.guarded import ACCOUNT, BOOK, resting

CROSSED = book(levels(("0.52", "1")), levels(("0.52", "1")), at_ms=NOW - 6_000)
OLD = book(levels(("0.48", "1")), levels(("0.52", "1")), at_ms=NOW - 6_000)


@dataclass(frozen=True)
class Case:
    """An order and all that is looked at beside it; as it stands, everything is in order."""

    order: Order = field(default_factory=order)
    market: Market | None = field(default_factory=market)
    book: Book | None = field(default_factory=lambda: BOOK)
    position: Position = field(default_factory=lambda: Position("m"))
    own: tuple[Order, ...] = ()
    account: Account = ACCOUNT
    limits: Limits = field(default_factory=Limits)
    approved_limit: int = 9_999

    def answer(self) -> Approved[Order] | Refused:
        return check(
            self.order,
            self.market,
            self.book,
            self.position,
            self.own,
            self.account,
            self.limits,
            self.approved_limit,
        )


def account(**fields: Any) -> dict[str, Any]:
    return {"account": replace(ACCOUNT, **fields)}


def limits(**fields: int) -> dict[str, Any]:
    return {"limits": Limits(**fields)}


COMING = position_of("m", [fill("a", shares="4"), fill("b", shares="6", status=FillStatus.MATCHED)])
CASES: tuple[tuple[Reason, dict[str, Any], str], ...] = (
    (Reason.UNKNOWN_MARKET, {"market": None}, "market m is not known"),
    (Reason.BAD_NUMBER, {"order": order(price=0)}, "price 0 is not a whole number above 0"),
    (Reason.BAD_NUMBER, {"order": order(size=-5)}, "size -5 is not a whole number above 0"),
    (Reason.BAD_NUMBER, {"approved_limit": 0}, "limit 0 is not a whole number above 0"),
    (
        Reason.FAT_FINGER,
        {"order": order(size=MOST_SHARES + LOT)},
        "an order of 100000.01 shares is never right: at most 100000",
    ),
    (Reason.HALTED, account(halted="by a person"), "the desk is halted: by a person"),
    (Reason.NOT_READY, account(is_ready=False), "the desk is not connected, or has not reconciled with the venue yet"),
    (Reason.CLOCK, account(skew_ms=-2_100), "the venue's clock is -2.1 s from ours, at most 2 s"),
    (Reason.PAIR_HALTED, account(pair_halted="we count 5, the venue 4"), "we count 5, the venue 4"),
    (Reason.MARKET_ENDED, account(has_ended=True), "m has ended"),
    (Reason.MARKET_CLOSING, {"market": market(closes_at_ms=NOW + 59_999)}, "m closes in 59 s, less than 60 s"),
    (Reason.REDUCING, account(reducing="by a person"), "only orders that lower the exposure are sent: by a person"),
    (
        Reason.NO_MARK,
        account(is_marked=False),
        "too few bids for what is held of m: nobody knows its worth",
    ),
    (Reason.DAILY_LOSS, account(day_pnl=-501 * USD), "lost 501 USD today, limit 500"),
    (Reason.BAD_PRICE, {"order": order(price=5_050)}, "price 0.505 is not a multiple of 0.01 between 0.01 and 0.99"),
    (
        Reason.BAD_SIZE,
        {"order": order(size=10 * SHARE + 1)},
        "size 10.000001 is not a positive multiple of 0.01 shares",
    ),
    (Reason.BELOW_MINIMUM, {"order": order(size="4.99")}, "size 4.99 is below the venue's minimum of 5 shares"),
    (Reason.ORDER_SIZE, {"order": order(size="100.01")}, "order of 100.01 shares is above the limit of 100"),
    (Reason.LIMIT_PRICE, {"approved_limit": 4_900}, "price 0.5 is beyond the approved 0.49"),
    (
        Reason.BAD_TYPE,
        {"order": replace(order(), post_only=True)},
        "a FAK order cannot be post-only: it never rests",
    ),
    (
        Reason.BAD_LIFE,
        {"order": replace(order(order_type=OrderType.GTD), expires_at_ms=NOW + 179_999)},
        "the order would live 119 s, at least 120 s are needed",
    ),
    (
        Reason.FAT_FINGER,
        account(equity=19_999_999),
        "5 USD are more than one order may move: 4.999999",
    ),
    (Reason.NO_BOOK, {"book": None}, "no order book"),
    (Reason.CROSSED_BOOK, {"book": CROSSED}, "the book is crossed"),
    (Reason.STALE_BOOK, {"book": OLD}, "the book is 6.0 s old, limit 5.0 s"),
    (
        Reason.COLLAR,
        {"order": order(price="0.61")},
        "price 0.61 is more than 0.1 beyond the middle 0.5: at most 0.6 now",
    ),
    (Reason.BALANCE, account(cash=4_990_000), "needs 5 USD, 4.99 are free"),
    (
        Reason.NOT_HELD,
        {"order": order(side=Side.SELL), "approved_limit": 1},
        "selling 10 shares but only 0 are free",
    ),
    (
        Reason.NOT_HELD,
        {"order": order(side=Side.SELL), "approved_limit": 1, "position": COMING},
        "selling 10 shares but only 4 are free, 6 more are not confirmed yet",
    ),
    (Reason.POSITION_SIZE, limits(max_position_size=9 * SHARE), "could hold 10 shares, limit 9"),
    (Reason.EXPOSURE, account(exposure=9_996 * USD), "could have 10001 USD at risk, limit 10000"),
    (
        Reason.EVENT_EXPOSURE,
        account(exposure=4_996 * USD, event_exposure=4_996 * USD),
        "could have 5001 USD at risk in its event, limit 5000",
    ),
    (Reason.UNHEDGED, account(unhedged=491 * SHARE), "could be 501 shares out of balance, limit 500"),
    (
        Reason.SELF_CROSS,
        {"own": (resting("mine", leg=Leg.NO, price="0.5"),)},
        "would trade with our own order mine",
    ),
    (Reason.RATE, account(has_rate=False), "the venue's rate limit for orders is used up for the moment"),
)


def test_as_it_stands_the_order_is_approved() -> None:
    case = Case()
    assert case.answer() == Approved(case.order)


@pytest.mark.parametrize(("reason", "changes", "words"), CASES, ids=[f"{n} {c[0]}" for n, c in enumerate(CASES)])
def test_a_single_fault_gives_its_reason_and_its_numbers(reason: Reason, changes: dict[str, Any], words: str) -> None:
    assert replace(Case(), **changes).answer() == Refused(reason, words)


def test_the_table_has_every_reason_the_checks_can_give() -> None:
    texts = (Path(str(module.__file__)).read_text(encoding="utf-8") for module in (checks, check_words))
    named = {
        node.attr
        for text in texts
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Reason"
    }
    assert named == {reason.name for reason, _, _ in CASES}


def of(**fields: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, **fields)


def with_order(**fields: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, order=replace(case.order, **fields))


def with_account(**fields: Any) -> Callable[[Case], Case]:
    return lambda case: replace(case, account=replace(case.account, **fields))


def with_limits(**fields: int) -> Callable[[Case], Case]:
    return lambda case: replace(case, limits=replace(case.limits, **fields))


EVERYTHING_WRONG = Case(
    order=replace(order(price=0, size=0), post_only=True),
    market=None,
    book=None,
    own=(resting("mine", leg=Leg.NO, price="0.5"),),
    account=Account(
        now_ms=NOW,
        is_ready=False,
        halted="halted",
        pair_halted="differs",
        cash=0,
        exposure=100_000 * USD,
        unhedged=0,
        day_pnl=-(10**12),
        has_ended=True,
        event_exposure=100_000 * USD,
        equity=1 * USD,
        reducing="reducing",
        skew_ms=60_000,
        has_rate=False,
    ),
    limits=Limits(max_position_size=0, max_unhedged=0),
    approved_limit=5_500,
)
MENDED: tuple[tuple[Reason, Callable[[Case], Case]], ...] = (
    (Reason.UNKNOWN_MARKET, of(market=market(closes_at_ms=NOW))),
    (Reason.BAD_NUMBER, with_order(price=6_550, size=MOST_SHARES + 1)),
    (Reason.FAT_FINGER, with_order(size=4 * SHARE + 1)),
    (Reason.HALTED, with_account(halted="")),
    (Reason.NOT_READY, with_account(is_ready=True)),
    (Reason.CLOCK, with_account(skew_ms=2_000)),
    (Reason.PAIR_HALTED, with_account(pair_halted="")),
    (Reason.MARKET_ENDED, with_account(has_ended=False)),
    (Reason.MARKET_CLOSING, of(market=market())),
    (Reason.REDUCING, with_account(reducing="")),
    (Reason.DAILY_LOSS, with_account(day_pnl=0)),
    (Reason.BAD_PRICE, with_order(price=6_500)),
    (Reason.BAD_SIZE, with_order(size=4 * SHARE)),
    (Reason.BELOW_MINIMUM, with_order(size=101 * SHARE)),
    (Reason.ORDER_SIZE, with_order(size=100 * SHARE)),
    (Reason.LIMIT_PRICE, of(approved_limit=6_500)),
    (Reason.BAD_TYPE, with_order(type=OrderType.GTD)),
    (Reason.BAD_LIFE, with_order(expires_at_ms=NOW + 180_000)),
    (Reason.FAT_FINGER, with_account(equity=1_000 * USD)),
    (Reason.NO_BOOK, of(book=CROSSED)),
    (Reason.CROSSED_BOOK, of(book=OLD)),
    (Reason.STALE_BOOK, of(book=BOOK)),
    (Reason.COLLAR, with_order(price=6_000)),
    (Reason.BALANCE, with_account(cash=1_000 * USD)),
    (Reason.POSITION_SIZE, with_limits(max_position_size=5_000 * SHARE)),
    (Reason.EXPOSURE, with_account(exposure=0)),
    (Reason.EVENT_EXPOSURE, with_account(event_exposure=0)),
    (Reason.UNHEDGED, with_limits(max_unhedged=500 * SHARE)),
    (Reason.SELF_CROSS, of(own=())),
    (Reason.RATE, with_account(has_rate=True)),
)


def test_the_first_reason_is_the_most_general_one_all_the_way_down() -> None:
    case = EVERYTHING_WRONG
    for number, (reason, mend) in enumerate(MENDED):
        answer = case.answer()
        assert isinstance(answer, Refused)
        assert answer.reason is reason, (number, answer)
        case = mend(case)
    assert case.answer() == Approved(case.order)
