"""Stretches of time and whole cents: what is printed reads back, and nothing is rounded in our favour."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.units import CENT, USD, UnitError, cents_text, costs_text, duration_text, parse_duration

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
money = st.integers(-(10**15), 10**15) | st.integers(-3 * CENT, 3 * CENT)


@given(st.integers(0, 99_999 * 86_400))
def test_a_time_that_is_printed_reads_back(seconds: int) -> None:
    assert parse_duration(duration_text(seconds * SECOND)) == seconds * SECOND


@given(st.integers(0, 10**12), st.integers(0, 999))
def test_parts_of_a_second_are_not_printed(seconds: int, ms: int) -> None:
    assert duration_text(seconds * SECOND + ms) == duration_text(seconds * SECOND)


@given(st.integers(0, 10**9))
def test_a_time_is_printed_the_large_parts_first_none_empty_and_none_too_large(seconds: int) -> None:
    text = duration_text(seconds * SECOND)
    parts = re.findall(r"(\d+)([dhms])", text)
    assert "".join(number + unit for number, unit in parts) == text
    assert [unit for _, unit in parts] == sorted({unit for _, unit in parts}, key="dhms".index)
    assert all(0 < int(number) < {"d": 10**6, "h": 24, "m": 60, "s": 60}[unit] for number, unit in parts if seconds)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90s", 90 * SECOND),
        ("60m", HOUR),
        ("1h30m", 90 * MINUTE),
        ("2d", 2 * DAY),
        ("1d2h3m4s", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND),
        ("1d1s", DAY + SECOND),
        ("5", 5 * MINUTE),  # a bare number is minutes
        ("0", 0),
        ("0s", 0),
        ("0090s", 90 * SECOND),
        (" 10m ", 10 * MINUTE),
    ],
)
def test_times_read(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (90 * SECOND, "1m30s"),
        (90 * MINUTE, "1h30m"),
        (DAY, "1d"),
        (DAY + SECOND, "1d1s"),
        (999, "0s"),
        (0, "0s"),
        (-5 * DAY, "0s"),
    ],
)
def test_times_print(ms: int, text: str) -> None:
    assert duration_text(ms) == text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "m", "s", "hms", "-5", "-5m", "+5m", "1.5h", "1,5h", "5M", "5 m", "1m1h", "1s1m", "1h1h", "5x", "1w",
        "nan", "inf", "1e3", "0x10", "５m", "٣", "5m\x00", "\x1b[31m5m", "12345678", "123456d", "1234567h", "99999999m",
        "123456789s", "5ms", "one hour", "½h", "5m5",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_what_was_typed(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_duration(text)
    assert repr(text.strip()[:40]) in str(caught.value)
    assert str(caught.value).startswith("time ")
    assert str(caught.value).isprintable()


@given(st.text(max_size=60))
def test_any_text_is_a_time_or_one_short_sentence(text: str) -> None:
    problem = ""
    try:
        assert parse_duration(text) >= 0
    except UnitError as error:
        problem = str(error)
    assert problem.isprintable()
    assert len(problem) < 600


def cents_of(amount: int, rounding: str) -> str:
    return f"{Decimal(amount).scaleb(-6).quantize(Decimal('0.01'), rounding=rounding):f}"


@given(money)
def test_cents_are_rounded_down_and_costs_up_below_zero_too(amount: int) -> None:
    for text, rounding in ((cents_text(amount), ROUND_FLOOR), (costs_text(amount), ROUND_CEILING)):
        assert Decimal(text) == Decimal(cents_of(amount, rounding))
        assert text.partition(".")[2].isdecimal()
        assert len(text.partition(".")[2]) == 2
        assert text != "-0.00"
    assert Decimal(cents_text(amount)) <= Decimal(amount).scaleb(-6) <= Decimal(costs_text(amount))
    assert (cents_text(amount) == costs_text(amount)) == (amount % CENT == 0)
    assert CENT * 100 == USD


@pytest.mark.parametrize(
    ("amount", "down", "up"),
    [
        (0, "0.00", "0.00"),
        (1, "0.00", "0.01"),
        (-1, "-0.01", "0.00"),
        (9_999, "0.00", "0.01"),
        (10_000, "0.01", "0.01"),
        (-10_001, "-0.02", "-0.01"),
        (-1_740_000, "-1.74", "-1.74"),
        (1_234_567_890, "1234.56", "1234.57"),
        (-995_000, "-1.00", "-0.99"),
    ],
)
def test_amounts_in_cents(amount: int, down: str, up: str) -> None:
    assert (cents_text(amount), costs_text(amount)) == (down, up)
