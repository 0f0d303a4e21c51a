"""Numbers that are typed: the integers they mean, or the sentence that says why they mean none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, UnitError
from cockpit.ui import typed
from cockpit.ui.form import Field, Form

MINUTE = 60_000


def form(text: str, name: str = "x") -> Form:
    """Return a form of one field."""
    return Form((Field(name, name),), (text,))


def price(form: Form, name: str) -> int:
    """Return a price of a market with a tick of a cent."""
    return typed.price(form, name, 100)


@pytest.mark.parametrize(
    ("read", "text", "means"),
    [
        (typed.shares, "100", 100 * SHARE),
        (typed.shares, "0.01", LOT),
        (typed.shares, "12.50", 12 * SHARE + SHARE // 2),
        (typed.shares, "007", 7 * SHARE),
        (price, "0.46", 4600),
        (price, "0.4600", 4600),
        (price, "0.01", 100),
        (price, "0.99", 9900),
        (typed.money, "25", 25 * USD),
        (typed.money, "0.000001", 1),
        (typed.minutes, "10", 10 * MINUTE),
        (typed.minutes, "0.5", 30_000),
        (typed.minutes, "2.25", 135_000),
        (typed.minutes, "0.01", 600),
        (typed.minutes, "10080", 10_080 * MINUTE),
    ],
)
def test_what_is_typed_is_what_is_meant(read: Callable[[Form, str], int], text: str, means: int) -> None:
    assert read(form(text), "x") == means


def test_a_price_lies_on_the_tick_of_its_market() -> None:
    assert typed.checked_limit("0.465", 10) == 4650
    assert typed.checked_limit("0.4655", 0) == 4655
    with pytest.raises(UnitError, match=r"price 0\.4655 is not on the tick of 0\.001"):
        typed.checked_limit("0.4655", 10)


@pytest.mark.parametrize(
    ("read", "name"),
    [(typed.shares, "total"), (price, "limit"), (typed.money, "budget"), (typed.minutes, "window")],
)
def test_what_is_missing_is_asked_for_and_is_not_an_error(read: Callable[[Form, str], int], name: str) -> None:
    with pytest.raises(typed.Wrong) as caught:
        read(form("", name), name)
    check = caught.value.check
    assert check.is_missing
    assert check.problem.endswith("?")
    assert check.field == name
    assert check.command is None


@pytest.mark.parametrize("read", [typed.shares, price, typed.money, typed.minutes])
@given(text=st.text("0123456789.,-+e \u0661\u00b2\x00", max_size=16))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_a_number_in_bounds_or_a_sentence_about_its_field(
    read: Callable[[Form, str], int], text: str
) -> None:
    check, found = None, 0
    try:
        found = read(form(text, "limit"), "limit")
    except typed.Wrong as wrong:
        check = wrong.check
    if check is not None:
        assert check.problem
        assert (check.field, check.command) == ("limit", None)
        return
    assert text.isascii()
    assert found > 0
    if read is typed.shares:
        assert found % LOT == 0
    if read is price:
        assert found < PRICE_ONE
        assert found % 100 == 0
    if read is typed.minutes:
        assert found <= typed.MOST_MINUTES * MINUTE
