"""The ledger's cells: numbers are exact, and words stay words."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.ledger import Kind, Row
from cockpit.ledger_text import COLUMNS, FORMULA, amount, cells, time_text, words
from tests.core.builders import NOW


@settings(max_examples=50)
@given(st.text(max_size=20) | st.text("=+-@\t\r\n '", max_size=5))
def test_no_cell_of_words_begins_like_a_formula_or_has_a_second_line(text: str) -> None:
    cell = words(text)
    assert not cell.startswith((*FORMULA, "\t", "\r"))
    assert "\n" not in cell


@settings(max_examples=50)
@given(st.integers(-(10**24), 10**24))
def test_amounts_are_exact(value: int) -> None:
    text = amount(value)
    assert Decimal(text) * 1_000_000 == value
    assert len(text.partition(".")[2]) == 6


def test_a_row_has_its_columns_and_times_have_milliseconds() -> None:
    row = Row(NOW + 7, Kind.REBATE, cash=1, balance=1, number=1, fact=1)
    assert len(cells(row)) == len(COLUMNS)
    named = dict(zip(COLUMNS, cells(row), strict=True))
    assert (named["kind"], named["at"], named["price"], named["position_after"]) == (
        "rebate",
        time_text(NOW + 7),
        "",
        "",
    )
    assert time_text(NOW + 7) == "2023-11-14T22:13:20.007Z"
