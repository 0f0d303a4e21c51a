"""The book beside the leg that is short: what the pair would lock at each price, as wide as there is room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.fees import FeeSchedule
from cockpit.core.frame import Frame
from cockpit.core.locks import Completion
from cockpit.core.market import Leg, Side
from cockpit.core.units import SHARE, USD
from cockpit.ui.panes import book
from cockpit.ui.panes.lock_columns import LETTERS, columns_of
from cockpit.ui.rows import plain, text_of, width_of
from tests import frames as f
from tests.ui.stage import Stage, play

CPI_LADDER = replace(
    f.ladder("m-cpi", f.levels(6300, -100, (1250, 40.5, 12500, 3)), f.levels(6500, 100, (90, 700, 8000))),
    own={(Leg.NO, Side.BUY, 3400): 40 * SHARE},
)
CPI = replace(f.MAIN, ladders={"m-cpi": CPI_LADDER})


def lines(frame: Frame, market_id: str, width: int, height: int = 13) -> list[str]:
    return plain(book.rows(frame, market_id, width, height)).split("\n")


def test_at_120_columns_each_price_of_the_short_leg_has_its_lock_and_a_letter() -> None:
    assert lines(f.MAIN, "m-eth", 43) == [
        "book eth-5k-2026",
        "Yes                 none   No  300 @ 0.88",
        " bid price  ask    lock     bid price  ask",
        "",
        "      0.12  900   -1.27 T",
        "      0.11  300   +1.82 T        0.92  200",
        "      0.10  250   +4.92 R        0.91  500",
        "----- 1t  last 0.09 -----  ----- 1t ------",
        " 500  0.09        +9.00 L   250  0.90",
        " 200  0.08       +12.00 L   300  0.89",
        "                            900  0.88",
        "",
        "age 0.2s  even take 0.09 rest 0.10",
    ]


def test_at_80_columns_the_whole_width_shows_taking_resting_and_the_word() -> None:
    assert lines(CPI, "m-cpi", 78) == [
        "book cpi-above-3  Will inflation be above 3 % in November?",
        "Yes           250 @ 0.62   No                                      110 @ 0.35",
        "      bid price       ask        bid price       ask      take      rest",
        "                                      0.40         3     -0.85     +0.50 thin",
        "           0.67     8,000             0.39    12,500     +0.56     +1.90 thin",
        "           0.66       700             0.38      40.5     +1.98     +3.30 thin",
        "           0.65        90             0.37     1,250     +3.39     +4.70 thin",
        "----- 2t  last 0.63 -----  ------------------ 2t  last 0.37 ------------------",
        "    1,250  0.63                   90  0.35               +6.22     +7.50 lock",
        "     40.5  0.62                  700  0.34 *40           +7.64     +8.90 lock",
        "   12,500  0.61                8,000  0.33               +9.06    +10.30 lock",
        "        3  0.60",
        "age 0.2s  locks +5.00 up to 0.35 taking, 0.36 resting    *40 our own orders",
    ]


def test_with_one_figure_an_ask_shows_taking_and_a_bid_resting() -> None:
    wide, narrow = lines(CPI, "m-cpi", 78), lines(CPI, "m-cpi", 43)
    for price, at_ask in (("0.38", True), ("0.35", False)):
        (both,) = [line.split() for line in wide[3:-1] if f" {price} " in line]
        (one,) = [line.split() for line in narrow[3:-1] if f" {price} " in line]
        assert one[-2] == both[-3 if at_ask else -2]


@pytest.mark.parametrize(("frame", "market_id"), [(f.MAIN, "m-eth"), (CPI, "m-cpi")])
def test_no_row_is_too_wide_and_the_locks_are_there_from_40_columns_on(frame: Frame, market_id: str) -> None:
    for width in range(24, 160):
        rows = book.rows(frame, market_id, width, 15)
        for row in (*rows.head, *(entry.row for entry in rows.body), *rows.foot):
            assert width_of(row) <= width
        cells = {text.strip() for entry in rows.body for text, _ in entry.row}
        assert bool(cells & {"lock", "L"}) == bool(cells & {"thin", "T"}) == (width >= 40)


def test_columns_are_dropped_one_after_the_other() -> None:
    found = [columns_of(f.ETH.completion, Leg.YES, spare) for spare in (26, 25, 16, 15, 10, 9, 8, 7)]
    shapes = [(columns.figures, columns.figure, columns.word) if columns else None for columns in found]
    assert shapes == [(2, 10, 6), (1, 10, 6), (1, 10, 6), (1, 8, 2), (1, 8, 2), (1, 6, 2), (1, 6, 2), None]
    assert columns_of(f.ETH.completion, Leg.NO, 26) is None
    assert columns_of(None, Leg.YES, 26) is None


def test_nothing_is_said_by_colour_alone() -> None:
    assert len(set(LETTERS.values())) == len(LETTERS)
    for width in (43, 78):
        for entry in book.rows(f.MAIN, "m-eth", width, 15).body:
            styles = [style for text, style in entry.row if text.strip() in ("lock", "rest", "thin", "loss", *"LRTX")]
            assert len(styles) <= 1


def test_fine_prices_keep_their_decimals_and_their_distance() -> None:
    short = Completion(Leg.NO, 120 * SHARE, 240 * SHARE, -200 * USD, FeeSchedule(500), 200, 25)
    ladder = f.ladder("m-game", f.levels(3100, -25, (500, 20.5, 7)), f.levels(3125, 25, (250, 300, 123_456)))
    frame = replace(f.MAIN, pairs=(replace(f.GAME, completion=short, tick=25),), ladders={"m-game": ladder})
    for width in (43, 78):
        text = lines(frame, "m-game", width)
        assert any(" 0.6900 " in line for line in text)
        assert "0.2825" in text[-1], "taking"
        assert "0.2925" in text[-1], "resting"


def test_where_no_price_locks_the_foot_says_so() -> None:
    lost = Completion(Leg.YES, 300 * SHARE, 300 * SHARE, -400 * USD, FeeSchedule(400), 200, 100)
    frame = replace(f.MAIN, pairs=(replace(f.ETH, completion=lost),))
    assert lines(frame, "m-eth", 43)[-1] == "age 0.2s  even take -- rest --"
    assert [line.split()[3] for line in lines(frame, "m-eth", 43)[4:7]] == ["X"] * 3


def test_a_pair_in_balance_has_no_such_column() -> None:
    text = plain(book.rows(f.MAIN, "m-rates", 78, 15))
    assert "lock" not in text
    assert "even" not in text
    assert "in step" in text


def test_a_stale_book_is_stale_all_over_and_keeps_its_break_even() -> None:
    frame = replace(f.MAIN, pairs=(replace(f.ETH, is_stale=True, book_age_ms=7_300),))
    rows = book.rows(frame, "m-eth", 43, 15)
    assert {style for entry in rows.body for _, style in entry.row} == {"stale"}
    assert text_of(rows.foot[0]) == "STALE 7s  even take 0.09 rest 0.10"


@pytest.mark.parametrize(("size", "zoom"), [((120, 36), ()), ((80, 24), ("2",))])
def test_the_screen_shows_the_locks_of_the_selected_pair(size: tuple[int, int], zoom: tuple[str, ...]) -> None:
    async def story(stage: Stage) -> None:
        await stage.press("j", "j", *zoom)
        text = stage.text()
        assert "+12.00" in text
        assert "0.09" in text
        assert ("even take 0.09 rest 0.10" in text) or ("up to 0.09 taking, 0.10 resting" in text)

    play(story, size=size)
