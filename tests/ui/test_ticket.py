"""What the order form says about numbers, prices and the book, before anything is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame import Frame
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.units import SHARE
from cockpit.ui.form import Form
from cockpit.ui.ticket import Ticket, blank_form, check, checked_limit, crosses, ticket_words
from tests import frames as f
from tests.ui import trouble as t

GOOD = {"shares": "100", "limit": "0.46", "life": "10"}


def filled(**values: str) -> Form:
    """Return the order form of rates-dec-cut with these values."""
    form = blank_form(f.RATES)
    wanted = GOOD | {name.replace("_", "-"): value for name, value in values.items()}
    return replace(form, values=tuple(wanted.get(x.name, old) for x, old in zip(form.fields, form.values, strict=True)))


@pytest.mark.parametrize(
    ("values", "field", "problem"),
    [
        ({"shares": ""}, "shares", "how many shares?"),
        ({"shares": "1,250"}, "shares", "size '1,250' is not a plain decimal number"),
        ({"shares": "1.2.3"}, "shares", "size '1.2.3' is not a plain decimal number"),
        ({"shares": "-5"}, "shares", "size '-5' is not a plain decimal number"),
        ({"shares": ".5"}, "shares", "size '.5' is not a plain decimal number"),
        ({"shares": "0.0000001"}, "shares", "size '0.0000001' is finer than 6 decimals"),
        ({"shares": "10.005"}, "shares", "10.005 shares: the venue takes hundredths, 0.01 and more"),
        ({"shares": "0"}, "shares", "0 shares: the venue takes hundredths, 0.01 and more"),
        ({"limit": ""}, "limit", "at which price, at worst?"),
        ({"limit": "0,46"}, "limit", "price '0,46' is not a plain decimal number"),
        ({"limit": "1.01"}, "limit", "price '1.01' is above 1"),
        ({"limit": "0"}, "limit", "price 0 is not between 0 and 1"),
        ({"limit": "1"}, "limit", "price 1 is not between 0 and 1"),
        ({"limit": "0.465"}, "limit", "price 0.465 is not on the tick of 0.01"),
        ({"life": ""}, "life", "for how many minutes?"),
        ({"life": "0"}, "life", "life 0 is not a whole number of minutes from 1 to 10,080"),
        ({"life": "1.5"}, "life", "life 1.5 is not a whole number of minutes from 1 to 10,080"),
        ({"life": "99999"}, "life", "life 99999 is not a whole number of minutes from 1 to 10,080"),
        ({"post_only": "1", "limit": "0.48"}, "limit", "post-only must not trade at once, and the ask 0.48 is within"),
        ({"type": "2"}, "limit", "FAK would end with nothing: the best ask 0.48 is not reached"),
        ({"type": "3", "side": "1", "limit": "0.47"}, "limit", "FOK would end with nothing: the best bid 0.46 is not"),
    ],
)
def test_what_cannot_be_sent_is_named_with_its_field(values: dict[str, str], field: str, problem: str) -> None:
    found = check(filled(**values), f.MAIN, "m-rates")
    assert found.problem.startswith(problem)
    assert found.field == field
    assert found.ticket is None
    assert found.is_missing == problem.endswith("?")


@pytest.mark.parametrize(
    ("values", "effect", "money"),
    [
        ({}, "rests: the best ask 0.48 is not reached", "costs at most 46.00 before fees"),
        ({"limit": "0.48"}, "trades at once: best ask 0.48, the book has enough", "costs at most 48.00 before fees"),
        (
            {"limit": "0.49", "shares": "600"},
            "trades at once: best ask 0.48, 510 are there, the rest rests",
            "costs at most 294.00 before fees",
        ),
        (
            {"limit": "0.48", "shares": "600", "type": "2"},
            "trades at once: best ask 0.48, 100 are there, the rest ends",
            "costs at most 288.00 before fees",
        ),
        (
            {"side": "1", "limit": "0.47"},
            "rests: the best bid 0.46 is not reached",
            "brings at least 47.00 before fees",
        ),
        (
            {"leg": "1", "limit": "0.54"},
            "trades at once: best ask 0.54, 90 are there, the rest rests",
            "costs at most 54.00",
        ),
    ],
)
def test_what_can_be_sent_says_what_it_would_do(values: dict[str, str], effect: str, money: str) -> None:
    frame = replace(f.MAIN, ladders={"m-rates": replace(f.RATES_LADDER)})
    found = check(filled(**values), frame, "m-rates")
    assert (found.problem, found.effect) == ("", effect)
    assert found.money.startswith(money)


def test_the_ticket_is_what_was_typed() -> None:
    found = check(filled(side="1", limit="0.47", leg="0", shares="12.50", post_only="1"), f.MAIN, "m-rates")
    wanted = Ticket("m-rates", Leg.YES, Side.SELL, round(12.5 * SHARE), 4700, OrderType.GTD, True, 600)
    assert found.ticket == wanted
    assert ticket_words(wanted, "Yes") == "SELL 12.5 Yes >= 0.47  GTD post-only, 10 minutes"


def test_an_order_that_cannot_rest_uses_neither_post_only_nor_life() -> None:
    found = check(filled(type="2", limit="0.48", post_only="1", life="nonsense"), f.MAIN, "m-rates")
    assert found.problem == ""
    assert found.ticket is not None
    assert not found.ticket.post_only
    assert ticket_words(found.ticket, "Yes") == "BUY 100 Yes <= 0.48  FAK"


RATES_ONLY = replace(f.MAIN, ladders={})


@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (f.HALTED, "the desk is halted"),
        (replace(f.MAIN, pairs=(f.CPI,)), "the pair is gone"),
        (replace(f.MAIN, pairs=(replace(f.RATES, ended="Yes won"),)), "the market is over: Yes won"),
        (replace(f.MAIN, pairs=(replace(f.RATES, halted="x\x1b[0m"),)), "the pair is halted: x[0m"),
    ],
)
def test_where_nothing_can_be_sent_that_is_said_first(frame: Frame, problem: str) -> None:
    assert check(filled(shares="nonsense"), frame, "m-rates").problem == problem


def test_without_a_book_it_is_not_said_what_would_happen() -> None:
    frame = replace(f.MAIN, pairs=(replace(f.RATES, book_age_ms=None),), ladders={})
    found = check(filled(post_only="1", limit="0.60"), frame, "m-rates")
    assert found.effect == "no book yet: whether it trades at once is not known"
    assert found.ticket is not None
    empty = replace(f.MAIN, pairs=(replace(f.RATES, legs=(f.leg("Yes"), f.leg("No"))),), ladders={})
    assert check(filled(), empty, "m-rates").effect == "rests: there is no ask"
    assert check(filled(limit="0.48"), RATES_ONLY, "m-rates").effect.startswith("trades at once: the best ask 0.48")


def test_what_can_be_sent_but_better_be_known_is_a_caution() -> None:
    form = replace(filled(side="1", limit="0.70"), fields=blank_form(t.CPI_UNPROVEN).fields)
    sale = replace(form, values=("0", "1", "240", "0.70", "0", "0", "10"))
    assert check(sale, t.UNPROVEN, "m-cpi").caution == "only 220 Yes can be sold for sure"
    assert check(filled(), t.UNPROVEN, "m-rates").caution == "reducing: refused unless it lowers the exposure"
    stale = replace(f.MAIN, pairs=(replace(f.RATES, is_stale=True),))
    assert check(filled(), stale, "m-rates").caution == "the book is stale: this may not be so"
    assert check(filled(), f.MAIN, "m-rates").caution == ""


@pytest.mark.parametrize(
    ("side", "limit", "crossing"),
    [(Side.BUY, 4800, True), (Side.BUY, 4700, False), (Side.SELL, 4600, True), (Side.SELL, 4700, False)],
)
def test_an_order_crosses_at_the_other_sides_best_price(side: Side, limit: int, crossing: bool) -> None:
    assert crosses(side, limit, 4600, 4800) == crossing
    assert not crosses(side, limit, 0, 10_000)


def test_a_limit_between_two_ticks_of_a_fine_market_is_fine() -> None:
    assert checked_limit("0.465", 10) == 4650
