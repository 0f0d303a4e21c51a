from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.units import (
    LOT,
    PRICE_ONE,
    SHARE,
    UnitError,
    floor_lot,
    money_decimal,
    money_text,
    parse_money,
    parse_price,
    parse_rate,
    parse_shares,
    pay,
    price_decimal,
    price_text,
    receive,
    shares_decimal,
    shares_text,
)

POISON = [
    "",
    " ",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "Infinity",
    "1e3",
    "1E3",
    "0_5",
    "1_000",
    "５",
    "٠.٥",
    "+1",
    "-1",
    "-0",
    ".5",
    "5.",
    "1,5",
    "1.2.3",
    " 0.5",
    "0.5 ",
    "0.5\n",
    "\t1",
    "0x10",
    "1/2",
    "None",
    "true",
    "²",
    "0.5\x00",
    "\x1b[31m0.5",
    "9" * 16,
    "1" + "0" * 400,
    "0." + "0" * 19,
    "0.0000001",
]
PARSERS = [parse_price, parse_shares, parse_money, parse_rate]
amounts = st.integers(0, 10**15)


@pytest.mark.parametrize("text", POISON)
@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_poison_is_refused(parse: Callable[[str], int], text: str) -> None:
    with pytest.raises(UnitError):
        parse(text)


@pytest.mark.parametrize("value", [0.5, 1, None, b"0.5", Decimal("0.5")])
@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_only_texts_are_read(parse: Callable[[object], int], value: object) -> None:
    with pytest.raises(TypeError):
        parse(value)


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused_with_one_short_printable_sentence(text: str) -> None:
    for parse in PARSERS:
        value, problem = 0, ""
        try:
            value = parse(text)
        except UnitError as error:
            problem = str(error)
        assert value >= 0
        assert problem.isprintable()
        assert len(problem) < 600


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("0", 0),
        ("0.0001", 1),
        ("0.48", 4_800),
        ("0.4800", 4_800),
        ("00.5", 5_000),
        ("0.50000000", 5_000),
        ("1", 10_000),
    ],
)
def test_prices_read_as_ten_thousandths(text: str, price: int) -> None:
    assert parse_price(text) == price


@pytest.mark.parametrize("text", ["1.0001", "1.01", "2", "100"])
def test_prices_and_rates_above_one_are_refused(text: str) -> None:
    for parse in (parse_price, parse_rate):
        with pytest.raises(UnitError, match="above 1"):
            parse(text)


def test_too_many_decimals_are_refused_not_rounded() -> None:
    with pytest.raises(UnitError, match="finer than 4"):
        parse_price("0.48001")
    with pytest.raises(UnitError, match="finer than 6"):
        parse_shares("0.0000001")


@given(st.integers(0, PRICE_ONE))
def test_prices_print_and_read_back(price: int) -> None:
    assert parse_price(price_text(price)) == price
    assert price_decimal(price) == Decimal(price_text(price))


@given(amounts)
def test_shares_and_money_print_and_read_back(value: int) -> None:
    assert parse_shares(shares_text(value)) == value == parse_money(money_text(value))
    assert shares_decimal(value) == Decimal(shares_text(value)) == money_decimal(value)


@pytest.mark.parametrize(
    ("money", "text"), [(0, "0"), (-1, "-0.000001"), (-1_740_000, "-1.74"), (10_000_000, "10"), (123_450_000, "123.45")]
)
def test_money_prints_without_trailing_zeros_and_with_its_sign(money: int, text: str) -> None:
    assert money_text(money) == text


@given(amounts, st.integers(0, PRICE_ONE))
def test_rounding_is_always_against_ourselves_and_by_less_than_one_unit(shares: int, price: int) -> None:
    exact = Fraction(shares * price, PRICE_ONE)
    assert 0 <= pay(shares, price) - exact < 1
    assert 0 <= exact - receive(shares, price) < 1


@given(st.lists(st.integers(0, 10**9), max_size=6), st.integers(0, PRICE_ONE))
def test_buying_in_pieces_never_costs_less_and_selling_never_brings_more(pieces: list[int], price: int) -> None:
    assert sum(pay(piece, price) for piece in pieces) >= pay(sum(pieces), price)
    assert sum(receive(piece, price) for piece in pieces) <= receive(sum(pieces), price)


@given(st.integers(0, 10**7), st.integers(0, PRICE_ONE))
def test_whole_lots_are_exact(count: int, price: int) -> None:
    assert pay(count * LOT, price) == receive(count * LOT, price)
    assert pay(count * LOT, price) + pay(count * LOT, PRICE_ONE - price) == count * LOT


@given(st.integers(0, 10**15))
def test_floor_lot_is_the_largest_size_the_venue_takes(shares: int) -> None:
    size = floor_lot(shares)
    assert size % LOT == 0
    assert 0 <= shares - size < LOT


def test_scales_are_what_they_say() -> None:
    assert (PRICE_ONE, SHARE, LOT) == (10_000, 1_000_000, 10_000)
    assert pay(10 * SHARE, 4_800) == 4_800_000
