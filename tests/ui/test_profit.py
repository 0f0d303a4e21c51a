"""P&L: numbers as text, the chart only when it changed, and keys that work over it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import Point
from cockpit.core.units import USD
from cockpit.ui import profit, profit_screen
from cockpit.ui.profit import DAYS, PAIRS
from cockpit.ui.profit_screen import ProfitScreen
from cockpit.ui.rows import plain, text_of, width_of
from cockpit.ui.ticks import DAY, HOUR, MINUTE, money_labels, money_range, money_ticks, time_labels, time_ticks
from tests import frames as f
from tests.ui import worked as w
from tests.ui.stage import Stage, play

ROOT = Path(__file__).parents[2]


def lines(frame: Frame, width: int, **options: Any) -> list[str]:
    """Return the table as text."""
    return plain(profit.rows(frame, width, **options)).split("\n")


def test_a_wide_screen_has_all_columns_side_by_side() -> None:
    text = lines(w.PROFIT, 117)
    assert text[:8] == [
        "P&L by pair tab: by day",
        "all +18.65 ~ too few bids for all shares   realised +12.50   unrealised +6.15   fees 4.12   "
        "deposits 10,000.00",
        "PAIR                      P&L     REALISED UNREALISED     FEES ENTRY 1ST 2ND WON/LOST   RATE  AVG WIN "
        "AVG LOSS FACTOR",
        "all                    +18.65 ~     +12.50      +6.15     4.12     --     --      9/3   75 %    +2.42    "
        "-3.08   2.35",
        "rates-dec-cut          +16.25        +4.25     +12.00     0.60   0.46   0.51      3/0  100 %    +1.42       "
        "--     --",
        "cpi-above-3             -1.75        -1.75       0.00     1.52 0.6213   0.35      2/3   40 %    +3.75    "
        "-3.08   0.81",
        "eth-5k-2026             -5.85 ~       0.00      -5.85     0.00     --   0.88      0/0     --       --       "
        "--     --",
        "snow-nyc-nov           +10.00       +10.00       0.00     2.00     --     --      4/0  100 %    +2.50       "
        "--     --",
    ]
    assert "A closing is what realises a result: a sale" in " ".join(text[8:])
    assert "BOUGHT" in lines(w.PROFIT, 150)[2]


def test_days_have_their_volume_in_the_place_of_entries() -> None:
    text = lines(w.PROFIT, 117, view=DAYS)
    assert text[0] == "P&L by day tab: by pair"
    assert text[2].split()[:7] == ["DAY", "P&L", "REALISED", "UNREALISED", "FEES", "BOUGHT", "SOLD"]
    assert text[4].split()[:7] == ["2026-11-18", "+12.40", "+2.50", "+9.90", "1.12", "823.40", "101.50"]
    assert text[4].split()[7:] == ["4/1", "80", "%", "+1.06", "-1.75", "2.43"]


def test_a_narrow_screen_has_two_pages_of_columns() -> None:
    money, closings = lines(w.PROFIT, 77), lines(w.PROFIT, 77, page=1)
    assert money[0] == "P&L by pair tab: by day - right: more columns (1 of 2)"
    assert money[3].split() == ["PAIR", "P&L", "REALISED", "UNREALISED", "FEES", "ENTRY", "1ST", "2ND"]
    assert closings[3].split() == ["PAIR", "P&L", "WON/LOST", "RATE", "AVG", "WIN", "AVG", "LOSS", "FACTOR"]
    assert closings[6].split() == ["cpi-above-3", "-1.75", "2/3", "40", "%", "+3.75", "-3.08", "0.81"]
    assert lines(w.PROFIT, 77, page=2) == money
    assert lines(w.PROFIT, 77, page=-1) == closings


def test_without_a_loss_there_is_no_factor_and_it_is_said() -> None:
    text = lines(w.NO_LOSS, 117)
    assert text[0] == "P&L by pair tab: by day - no loss yet"
    assert text[3].split()[-4:] == ["%", "+2.42", "--", "--"]
    assert "~" not in text[1]
    assert profit.factor(w.CPI) == ("0.81", "")


def test_what_is_not_there_is_said() -> None:
    assert profit.rows(f.MAIN, 117).empty == "not known yet: the desk has not read the venue"
    assert "no pair has brought anything yet" in lines(w.NOTHING_EARNED, 77)
    assert "no trading day yet" in lines(w.NOTHING_EARNED, 77, view=DAYS)
    assert profit.chart_words(None) == profit.UNKNOWN
    assert profit.chart_words(w.NOTHING_EARNED.profit) == profit.NO_CHART
    unmarked = replace(w.EARNED, curve=())
    assert profit.chart_words(unmarked) == profit.NO_MARK
    assert profit.chart_words(w.EARNED) == ""


def test_the_title_says_what_the_chart_shows() -> None:
    title = text_of(profit.chart_title(w.EARNED, 79))
    assert title.startswith("─profit  over 00:10:00  least -0.41  most +18.42  last +18.42  ──")
    assert len(title) == 79
    assert text_of(profit.chart_title(None, 40)).rstrip("─") == "─profit "


@pytest.mark.parametrize("width", [77, 90, 116, 117, 139, 140, 200])
def test_no_row_is_wider_than_the_screen_and_no_name_is_markup(width: int) -> None:
    evil = replace(w.RATES, name="[red]\x1b[2Jx\u202e" * 9, pnl=-123_456_789_000_000, averages=(4612, 9999))
    frame = replace(w.PROFIT, profit=replace(w.EARNED, pairs=(evil, w.CPI)))
    for view in (PAIRS, DAYS):
        for page in (0, 1):
            rows = profit.rows(frame, width, view=view, page=page)
            for row in (*rows.head, *(entry.row for entry in rows.body)):
                assert width_of(row) <= width
            assert not {"\x1b", "\u202e"} & set(plain(rows))


def test_times_of_the_axis_are_round_and_have_dates_when_they_need_them() -> None:
    start = f.AT - 10 * MINUTE
    assert time_labels(time_ticks(start, f.AT, 7)) == ["14:24", "14:26", "14:28", "14:30", "14:32"]
    assert time_labels(time_ticks(f.AT - 40_000, f.AT, 5)) == ["14:31:30", "14:31:40", "14:31:50", "14:32:00"]
    assert time_labels(time_ticks(f.AT - 30 * HOUR, f.AT, 4)) == ["12:00", "00:00", "12:00"]
    assert time_labels(time_ticks(f.AT - 5 * DAY, f.AT, 9)) == ["11-14", "11-15", "11-16", "11-17", "11-18"]
    for span in (1, 999, MINUTE, HOUR, 47 * HOUR, 49 * HOUR, 40 * DAY, 4000 * DAY):
        for most in (1, 2, 3, 7):
            assert len(time_ticks(f.AT - span, f.AT, most)) <= most


def test_amounts_of_the_axis_are_round_and_signed() -> None:
    assert money_labels(money_ticks(-2 * USD, 19 * USD, 6)) == ["0", "+5", "+10", "+15"]
    assert money_labels(money_ticks(-60 * f.CENT, 55 * f.CENT, 3)) == ["-0.50", "0.00", "+0.50"]
    for low, high in ((0, 0), (-5, 5), (1, 10**13), (-(10**9), 10**6), (1_234_567, 1_234_568)):
        bottom, top = money_range(low, high)
        for most in (1, 2, 4):
            ticks = money_ticks(bottom, top, most)
            assert 1 <= len(ticks) <= max(most, 2)
            assert all(bottom <= tick <= top for tick in ticks)


async def opened(stage: Stage, *keys: str) -> ProfitScreen:
    """Press `p`, wait for the chart, press more keys; return the screen."""
    await stage.press("p")
    await stage.app.workers.wait_for_complete()
    await stage.press(*keys)
    assert isinstance(stage.app.screen, ProfitScreen)
    return stage.app.screen


@pytest.mark.parametrize("size", [(80, 20), (120, 36)])
def test_chart_and_table_share_the_screen(size: tuple[int, int]) -> None:
    async def script(stage: Stage) -> None:
        await opened(stage)
        text = stage.text()
        assert "─profit  over 00:10:00" in text
        assert " +10 ┫" in text
        assert "14:30" in text
        assert "snow-nyc-nov" in text
        await stage.press("tab")
        assert "2026-11-17" in stage.text()
        await stage.press("tab", "right")
        assert "AVG WIN" in stage.text()
        assert ("ENTRY" in stage.text()) == (size[0] > 80)
        await stage.press("left", "G", "g")
        assert "ENTRY 1ST 2ND" in stage.text()

    play(script, size, frame=w.PROFIT)


def test_the_chart_takes_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def script(stage: Stage) -> None:
        screen = await opened(stage, "S")
        assert "14:25" in (tmp_path / "cockpit-20261118-143207.svg").read_text(encoding="utf-8")
        await stage.pilot.click("#chart")
        assert screen.focused is screen.pane
        before = stage.text()
        await stage.press("j", "j")
        assert stage.text() != before
        await stage.press("k", "k", "plus", "minus", "r", "up", "K")
        assert stage.link.sent == [c.Halt("ui-1")]
        await stage.press("escape")
        assert stage.app.screen is stage.app.cockpit_screen
        await opened(stage)
        await stage.press("q")
        assert stage.app.screen is stage.app.cockpit_screen

    play(script, (80, 24), frame=w.PROFIT)


def test_the_chart_is_painted_when_it_changed_and_not_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(stage: Stage) -> None:
        from cockpit.ui.chart import Chart

        drawn: list[int] = []
        monkeypatch.setattr(Chart, "draw", lambda _, points: drawn.append(len(points)))
        await opened(stage)
        assert drawn == [61]
        frame, longer = w.PROFIT, w.EARNED
        for waited, length in ((1.0, 61), (0.5, 62), (0.4, 63), (0.2, 63), (9.0, 63), (0.1, 64)):
            stage.watch.seconds += waited
            if length > len(longer.curve):
                longer = replace(longer, curve=(*longer.curve, Point(f.AT + length, length)))
            frame = f.later(frame, profit=replace(longer))
            await stage.show(frame)
        assert drawn == [61, 63, 64]

    play(script, frame=w.PROFIT)


def test_a_chart_comes_once_there_are_two_points() -> None:
    async def script(stage: Stage) -> None:
        await opened(stage)
        assert "no chart yet: it needs two points" in stage.text()
        await stage.show(replace(w.PROFIT, seq=9))
        await stage.pilot.pause()
        assert "no chart yet" not in stage.text()
        assert " +10 ┫" in stage.text()

    play(script, frame=w.NOTHING_EARNED)


def test_without_the_library_the_table_is_still_there(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise ImportError("no numpy here")

    monkeypatch.setattr(profit_screen, "_chart_class", missing)

    async def script(stage: Stage) -> None:
        await opened(stage)
        assert "the chart cannot be drawn here" in stage.text()
        assert "rates-dec-cut" in stage.text()

    play(script, frame=w.PROFIT)


def test_starting_loads_no_drawing_library() -> None:
    code = (
        "import sys, cockpit.cli, cockpit.show\n"
        "from tests.ui import worked\nfrom tests.ui.stage import play\n"
        "async def script(stage): await stage.press('?', 'escape', 'J', 'escape')\n"
        "play(script, frame=worked.PROFIT)\n"
        "print(sorted({'numpy', 'textual_plot', 'textual_hires_canvas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
