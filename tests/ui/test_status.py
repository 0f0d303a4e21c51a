"""The lines around the panes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.state import Notice
from cockpit.ui import status
from cockpit.ui.rows import text_of, width_of
from tests import frames as f


def test_the_status_line_in_full() -> None:
    assert text_of(status.status_row(f.MAIN, 120)).rstrip() == (
        " PRACTICE   desk running 00:12:41  venue ok 12ms  risk ok"
        "  equity 10,012.40  day +12.40  2 live orders  14:32:07Z"
    )


@pytest.mark.parametrize("width", range(16, 140, 3))
def test_mode_and_halt_are_never_left_out(width: int) -> None:
    row = status.status_row(f.HALTED, width)
    assert width_of(row) == width
    assert text_of(row).startswith(" PRACTICE ")
    if width >= 20:
        assert "HALTED" in text_of(row)


def test_a_replay_shows_its_progress_at_80_columns() -> None:
    line = text_of(status.status_row(f.REPLAY, 80))
    assert line.rstrip() == " REPLAY 00:03:12 / 00:08:26 x10  dis 6  equity 10,012.40  day +12.40  2 live"
    wide = text_of(status.status_row(f.REPLAY, 140))
    assert "REPLAY 00:03:12 / 00:08:26 x10  frames 12,345  disagree 6  unparsed 0  risk ok" in wide
    assert f.REPLAY.feed is not None
    held = replace(f.REPLAY, feed=replace(f.REPLAY.feed, speed=0.0, disagreements=0))
    assert "00:08:26 PAUSED  risk ok" in text_of(status.status_row(held, 80))
    odd = replace(f.REPLAY, header=f.header(mode="replay", risk="delta"), feed=replace(f.REPLAY.feed, unparsed=1))
    assert text_of(status.status_row(odd, 80)).rstrip() == (
        " REPLAY 00:03:12 / 00:08:26 x10  dis 6  unp 1  risk delta  eq 10,012.40  +12.40"
    )


def test_which_journal_it_is_stands_behind_the_mode() -> None:
    frame = replace(f.MAIN, header=f.header(place="seed 7"))
    assert text_of(status.status_row(frame, 80)).startswith(" PRACTICE seed 7   desk running  ")
    halted = replace(f.HALTED, header=f.header(desk="HALTED", halted="x", place="seed 7"))
    assert text_of(status.status_row(halted, 20)) == " PRACTICE   HALTED  "


@pytest.mark.parametrize("width", [80, 120])
def test_before_cash_is_known_there_are_no_sums(width: int) -> None:
    line = text_of(status.status_row(f.NOTHING, width))
    assert "equity --  day --" in line
    assert "12.40" not in line
    assert "desk starting" in line


def test_a_live_mode_looks_different() -> None:
    row = status.status_row(replace(f.MAIN, header=f.header(mode="live")), 120)
    assert row[0] == (" LIVE ", "mode-live")


def test_a_venue_that_is_down_is_said_even_when_there_is_little_room() -> None:
    frame = replace(f.MAIN, header=f.header(venue="DOWN retry 4s", venue_is_up=False))
    assert "DOWN retry 4s" in text_of(status.status_row(frame, 80))


def test_the_bar_says_the_worst_first() -> None:
    assert status.bar_row(f.MAIN, None, 0, 80) is None
    halted = status.bar_row(f.HALTED, None, 0, 80)
    assert halted is not None
    assert "HALTED by a person" in text_of(halted)
    silent = status.bar_row(f.HALTED, None, 5, 80)
    assert silent is not None
    assert "no news from the desk for 5 s" in text_of(silent)
    gone = status.bar_row(f.HALTED, "disk full", 5, 80)
    assert gone is not None
    assert "the desk has stopped: disk full" in text_of(gone)


def test_a_newcomer_is_told_what_to_press() -> None:
    assert "practice market: press 4, then a, then y" in text_of(status.event_row(f.FIRST, 120))
    assert "press 4" not in text_of(status.event_row(f.MAIN, 120))
    assert "press 4" not in text_of(status.event_row(replace(f.FIRST, header=f.header(mode="live")), 120))
    assert "press 4" not in text_of(status.event_row(replace(f.FIRST, suggestions=(f.GAME_HOLD,)), 120))


def test_the_event_line_has_the_newest_first_and_fits() -> None:
    row = status.event_row(f.MAIN, 80)
    assert text_of(row).startswith(" 14:31:58 fill c-0022")
    assert width_of(row) <= 80
    loud = replace(f.MAIN, notices=(Notice(9, f.AT, "alarm", "journal \x1b[0mfailed"),))
    assert (status.event_row(loud, 80))[2] == ("journal [0mfailed", "alarm")
