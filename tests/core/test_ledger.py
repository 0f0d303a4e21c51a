"""The rows of the ledger sum to the account, whatever has happened and however often and late it was told."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.fold import apply
from cockpit.core.ledger import TAKEN_BACK, Kind, Ledger, Row, rows_of
from cockpit.core.ledger_check import Check, Holdings, check
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import NOW, fill, market
from tests.core.ledger import MARKETS, histories

OPENING: list[ev.Event] = [
    *(ev.MarketListed(NOW, market(name)) for name in MARKETS),
    ev.CashMoved(NOW, 100 * USD, "opening balance"),
]
BOUGHT = ev.FillSeen(NOW, fill("b", "buy", price="0.30", shares="20", fee=10, status=FillStatus.MATCHED))
NO_TOO = ev.FillSeen(NOW, fill("n", "buy 2", leg=Leg.NO, price="0.60", shares="20"))
FAILED = ev.FillMoved(NOW + 5, "b", "buy", FillStatus.FAILED)
MERGED = ev.PairsMerged(NOW, "m", 5 * SHARE, "x1")
ENDED = ev.MarketEnded(NOW, "m", PRICE_ONE, owes=True)


def booked(*facts: ev.Event) -> list[Row]:
    return rows_of([*OPENING, *facts])[1:]


def short(rows: list[Row]) -> list[tuple[str, Leg | None, int, int, int]]:
    return [(row.kind.value, row.leg, row.shares, row.cash, row.claim) for row in rows]


def checked(*facts: ev.Event) -> Check:
    return check([*OPENING, *facts], rows_of([*OPENING, *facts]))


# ---- every history ----


@settings(max_examples=100)
@given(histories())
def test_after_every_fact_the_rows_sum_to_cash_claims_and_positions(history: list[ev.Event]) -> None:
    state, ledger = State(), Ledger()
    for event in [*OPENING, *history]:
        if isinstance(event, ev.BookSnapshot | ev.BookLost):
            continue
        apply(state, event)
        ledger.book(event)
        assert sum(row.cash for row in ledger.rows) == state.cash_there
        assert sum(row.claim for row in ledger.rows) == state.owed
        shares: Counter[tuple[str, Leg]] = Counter()
        for row in ledger.rows:
            if row.leg is not None:
                shares[row.market_id, row.leg] += row.shares
        for name in MARKETS:
            for leg in Leg:
                assert shares[name, leg] == state.position(name).holding(leg).shares


@settings(max_examples=50)
@given(histories())
def test_fees_are_those_of_the_account_and_balances_follow_from_row_to_row(history: list[ev.Event]) -> None:
    facts = [*OPENING, *history]
    state, rows = State(), rows_of(facts)
    for event in facts:
        apply(state, event)
    assert -sum(row.cash for row in rows if row.kind is Kind.FEE) == sum(row.fee for row in rows) == state.tally.fees
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.shares or row.cash or row.claim for row in rows)
    assert rows[-1].balance == state.cash_there
    assert check(facts, rows).is_ok


@settings(max_examples=50)
@given(
    histories(),
    st.sampled_from(["cash", "shares", "claim", "balance", "position"]),
    st.integers(-5, 5).filter(bool),
    st.data(),
)
def test_one_wrong_number_in_one_row_is_found_and_named(
    history: list[ev.Event], name: str, by: int, data: st.DataObject
) -> None:
    facts = [*OPENING, *history, BOUGHT]
    rows = rows_of(facts)
    is_of_leg = name in ("shares", "position")
    at = data.draw(st.sampled_from([index for index, row in enumerate(rows) if row.leg is not None or not is_of_leg]))
    wrong = replace(rows[at], **{name: getattr(rows[at], name) + by})
    found = check(facts, [*rows[:at], wrong, *rows[at + 1 :]])
    assert not found.is_ok
    assert str(rows[at].number) in found.first[0]


def test_a_row_that_is_missing_and_one_of_no_fact_are_found() -> None:
    facts = [*OPENING, BOUGHT]
    rows = rows_of(facts)
    missing = check(facts, rows[:1])
    assert not missing.is_ok
    assert missing.first == ("no row of fact 4 (FillSeen): cash off by 6.00001, m Yes off by -20",)
    more = check(facts, [*rows, Row(NOW, Kind.FUNDING, cash=1, number=99, fact=99)])
    assert [total.difference for total in more.totals] == [1, 0, 0, 0]
    assert not more.is_ok


# ---- what is booked of each kind ----


def test_a_purchase_and_its_fee_are_two_rows_with_the_balances_after() -> None:
    buy, fee = booked(BOUGHT)
    assert (buy.kind, buy.shares, buy.cash, buy.fee, buy.price) == (Kind.BUY, 20 * SHARE, -6 * USD, 10, 3_000)
    assert (buy.market, buy.outcome, buy.order_id, buy.trade_id) == ("m", "Yes", "buy", "b")
    assert (buy.balance, buy.position) == (94 * USD, 20 * SHARE)
    assert (fee.kind, fee.shares, fee.cash, fee.balance, fee.trade_id) == (Kind.FEE, 0, -10, 94 * USD - 10, "b")


def test_a_fill_that_fails_is_taken_back_by_rows_of_its_own_at_that_time() -> None:
    rows = booked(BOUGHT, FAILED, FAILED)
    assert short(rows) == [
        ("buy", Leg.YES, 20 * SHARE, -6 * USD, 0),
        ("fee", Leg.YES, 0, -10, 0),
        ("buy", Leg.YES, -20 * SHARE, 6 * USD, 0),
        ("fee", Leg.YES, 0, 10, 0),
    ]
    assert [row.note for row in rows[2:]] == [TAKEN_BACK, TAKEN_BACK]
    assert rows[2].at_ms == NOW + 5


def test_a_fill_whose_failure_was_told_first_is_not_booked() -> None:
    assert booked(FAILED, BOUGHT) == []


def test_a_merge_takes_both_legs_and_brings_its_cash_once() -> None:
    rows = booked(BOUGHT, NO_TOO, MERGED, MERGED)
    assert short(rows)[3:] == [
        ("merge", Leg.YES, -5 * SHARE, 0, 0),
        ("merge", Leg.NO, -5 * SHARE, 5 * USD, 0),
    ]
    assert rows[-1].note == "conversion x1"


def test_a_resolution_moves_shares_to_a_claim_and_the_redemption_the_claim_to_cash() -> None:
    paid = ev.ClaimRedeemed(NOW, "m", 20 * USD, "x2")
    rows = booked(BOUGHT, NO_TOO, ENDED, ENDED, paid, paid)
    assert short(rows)[3:] == [
        ("resolution", Leg.YES, -20 * SHARE, 0, 20 * USD),
        ("resolution", Leg.NO, -20 * SHARE, 0, 0),
        ("redeem", None, 0, 20 * USD, -20 * USD),
    ]
    assert [row.price for row in rows[3:]] == [PRICE_ONE, 0, None]


def test_a_market_that_pays_at_once_brings_cash_at_its_end() -> None:
    assert short(booked(BOUGHT, replace(ENDED, owes=False)))[2:] == [("resolution", Leg.YES, -20 * SHARE, 20 * USD, 0)]


def test_a_redemption_told_before_the_end_is_booked_with_it() -> None:
    paid = ev.ClaimRedeemed(NOW, "m", 20 * USD, "x2")
    assert short(booked(BOUGHT, paid))[2:] == []
    assert short(booked(BOUGHT, paid, ENDED))[3:] == [("redeem", None, 0, 20 * USD, -20 * USD)]
    assert checked(BOUGHT, paid, ENDED).is_ok


def test_what_is_told_of_a_market_after_its_end_corrects_what_it_paid() -> None:
    rows = booked(BOUGHT, ENDED, FAILED)
    assert short(rows)[3:] == [
        ("buy", Leg.YES, -20 * SHARE, 6 * USD, 0),
        ("fee", Leg.YES, 0, 10, 0),
        ("resolution", Leg.YES, 20 * SHARE, 0, -20 * USD),
    ]
    assert rows[-1].note == "corrected: told after the end"
    assert rows[-1].position == 0


def test_a_redemption_is_booked_where_nothing_was_known_to_be_held() -> None:
    assert short(booked(ev.ClaimRedeemed(NOW, "m", USD), ENDED)) == [("redeem", None, 0, USD, -USD)]
    assert checked(ev.ClaimRedeemed(NOW, "m", USD), ENDED).is_ok


def test_a_merge_that_was_proven_before_it_was_asked_for_counts_once() -> None:
    asked = ev.ConversionAsked(NOW, Conversion("x1", "m", ConversionKind.MERGE, 5 * SHARE, NOW))
    assert checked(BOUGHT, NO_TOO, MERGED, asked, MERGED).is_ok


@pytest.mark.parametrize("side", Side)
def test_shares_that_a_person_accepted_as_transferred_are_funding(side: Side) -> None:
    gift = replace(fill("transfer-1", "transfer", side=side, shares="5"), price=0, money=0)
    (row,) = booked(ev.FillSeen(NOW, gift, is_external=True, brought=2 * USD))
    sign = 1 if side is Side.BUY else -1
    assert (row.kind, row.shares, row.cash, row.price) == (Kind.FUNDING, sign * 5 * SHARE, 0, None)


def test_fills_of_orders_placed_elsewhere_say_so() -> None:
    assert booked(replace(BOUGHT, is_external=True))[0].note == "not an order of this desk"


def test_a_market_that_was_never_listed_is_booked_without_its_name() -> None:
    (row,) = rows_of([ev.FillSeen(NOW, fill("t", market_id="unknown"))])
    assert (row.market_id, row.market, row.outcome) == ("unknown", "", "YES")


# ---- the check beside a venue ----


def test_the_venue_is_compared_except_for_shares_that_lie_there_to_be_redeemed() -> None:
    facts = [*OPENING, BOUGHT, ENDED, ev.FillSeen(NOW, fill("t", market_id="n", shares="5"))]
    rows, cash = rows_of(facts), 100 * USD - 6 * USD - 10 - 2_500_000
    there = {"m-yes": 20 * SHARE, "n-yes": 5 * SHARE}
    assert check(facts, rows, Holdings(cash, there)).is_ok
    assert not check(facts, rows, Holdings(cash + 1, there)).is_ok
    assert not check(facts, rows, Holdings(cash, there | {"n-no": 1})).is_ok
    assert not check(facts, rows, Holdings(cash, there | {"other": 1})).is_ok
    assert not check(facts, rows, Holdings(cash, {"m-yes": 20 * SHARE})).is_ok


def test_a_fact_that_cannot_be_folded_is_named() -> None:
    class Stranger:
        at_ms = NOW

    facts = [*OPENING, cast(ev.Event, Stranger())]
    found = check(facts, rows_of(facts))
    assert found.is_ok
    assert found.left_out[0].startswith("fact 4 of the journal (Stranger) cannot be folded")
