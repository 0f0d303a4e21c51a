"""Numbers as people read them."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from cockpit.core.market import Side
from cockpit.ui import words


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (400_000_000, "400"),
        (1_250_250_000, "1,250.25"),
        (120_500_000, "120.5"),
        (999_999, "0.99"),
        (5_000, "<0.01"),
        (-5_000, ">-0.01"),
        (-300_000_000, "-300"),
    ],
)
def test_shares_are_cut_to_lots_and_never_rounded_up(number: int, text: str) -> None:
    assert words.shares(number) == text


def test_signs_are_always_printed_for_gains_and_losses() -> None:
    assert [words.signed_money(n) for n in (12_400_000, -1_750_000, 0)] == ["+12.40", "-1.75", "0.00"]
    assert [words.signed_money(n) for n in (1_000, -1_000)] == ["+0.00", "-0.00"]
    assert [words.signed_shares(n) for n in (140_000_000, -300_000_000, 0, 5_000)] == ["+140", "-300", "0", "+0"]


def test_money_is_rounded_to_the_cent() -> None:
    assert [words.money(n) for n in (10_012_400_000, 5_000, 4_999, -1_005_000)] == [
        "10,012.40",
        "0.01",
        "0.00",
        "-1.01",
    ]


@pytest.mark.parametrize(
    ("value", "tick", "text"),
    [
        (4600, 100, "0.46"),
        (4600, 10, "0.460"),
        (4600, 1, "0.4600"),
        (985, 100, "0.0985"),
        (5000, 1000, "0.50"),
        (10_000, 100, "1.00"),
        (0, 100, "0.00"),
    ],
)
def test_prices_have_the_decimals_of_the_tick(value: int, tick: int, text: str) -> None:
    assert words.price(value, tick) == text


def test_no_bid_and_no_ask_are_not_prices() -> None:
    assert [words.price_or_nothing(p) for p in (0, 10_000, 100)] == ["--", "--", "0.01"]


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-5, "0.0s"),
        (240, "0.2s"),
        (1_999, "1.9s"),
        (7_300, "7s"),
        (119_000, "119s"),
        (180_000, "3m"),
        (7_200_000, "2h"),
        (5 * 86_400_000, "5d"),
    ],
)
def test_ages_have_one_unit(ms: int, text: str) -> None:
    assert words.age(ms) == text


def test_durations_and_the_clock() -> None:
    assert words.duration(761_000) == "00:12:41"
    assert words.duration(2 * 86_400_000 + 3_723_000) == "2d 01:02:03"
    assert words.clock(1_795_012_327_000) == "14:32:07"


def test_control_characters_and_direction_marks_are_taken_out() -> None:
    assert words.clean("a\x1b[31mb\x07c\u202ed\n\u200be") == "a[31mbcd e"


@pytest.mark.parametrize("text", ["", "short", "a rather long name", "漢字漢字漢字", "é́e", "a\tb"])
@pytest.mark.parametrize("width", [1, 4, 5, 9])
def test_padding_counts_cells(text: str, width: int) -> None:
    assert cell_len(words.left(text, width)) == width
    assert cell_len(words.right(text, width)) == width


def test_what_is_cut_says_so() -> None:
    assert words.cut("rates-dec-cut", 8) == "rates-d…"
    assert words.cut("漢字漢字", 6) == "漢字…"


@pytest.mark.parametrize(
    ("number", "width", "text"),
    [
        (12_500, 6, "12,500"),
        (123_456, 6, "123.4k"),
        (123_456, 5, "123k"),
        (1_999, 4, "1.9k"),
        (12_000, 4, "12k"),
        (1_250_000_000, 6, "1,250M"),
        (20, 6, "20"),
    ],
)
def test_large_sizes_fit(number: int, width: int, text: str) -> None:
    assert words.short_shares(number * 1_000_000, width) == text


def test_numbers_that_hardly_differ_are_shown_to_the_last_digit() -> None:
    assert [words.exact(n) for n in (90_000_100, 9_499_999_990, -1, 0)] == ["90.0001", "9,499.99999", "-0.000001", "0"]


@pytest.mark.parametrize(("ms", "text"), [(-1, "0:00"), (252_999, "4:12"), (3_852_000, "1:04:12")])
def test_what_is_left_is_counted_down(ms: int, text: str) -> None:
    assert words.countdown(ms) == text


def test_small_words() -> None:
    assert words.limit_words(Side.BUY, 1100) == "<= 0.11"
    assert words.limit_words(Side.SELL, 9000) == ">= 0.90"
    assert [words.plural(n, "order") for n in (0, 1, 2_000)] == ["0 orders", "1 order", "2,000 orders"]
    assert [words.speed(s) for s in (10.0, 0.5, 0.0)] == ["x10", "x0.5", "PAUSED"]
    assert words.percent(4560) == "45.6 %"


@pytest.mark.parametrize(
    ("amount", "width", "text"),
    [
        (8_016_000, 7, "+8.01"),
        (-1_267_200, 7, "-1.27"),
        (0, 7, "0.00"),
        (-264_000_000, 7, "-264.00"),
        (-264_000_001, 6, "-265"),
        (1_999_990_000, 5, "+1k"),
        (1_999_990_000, 6, "+1,999"),
        (-1_500_000_000_000, 5, "-2M"),
    ],
)
def test_a_promised_gain_fits_and_is_never_rounded_up(amount: int, width: int, text: str) -> None:
    assert words.short_gain(amount, width) == text
