"""The lines around the panes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame import Frame
from cockpit.core.state import Notice
from cockpit.ui import status
from cockpit.ui.rows import text_of, width_of
from tests import frames as f
from tests.ui import trouble as t


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


def bar(frame: Frame, closed: str | None = None, silent_s: int = 0, width: int = 80) -> list[str]:
    """Return the lines of the bar."""
    return [text_of(row).rstrip() for row in status.bar_rows(frame, closed, silent_s, width)]


def test_the_bar_says_the_worst_first_and_keeps_what_is_not_proven() -> None:
    assert bar(f.MAIN) == []
    not_proven = " ORDERS NOT PROVEN ZERO for 9 s - HALTED by a person"
    assert bar(t.NOT_PROVEN, None, 5) == [" no news from the desk for 5 s", not_proven]
    assert bar(t.NOT_PROVEN, "disk full", 5) == [" the desk has stopped: disk full   q leaves", not_proven]
    assert bar(f.MAIN, "") == [" the desk has stopped: as asked   q leaves"]


def test_until_a_stop_is_proven_the_bar_counts_what_can_still_happen() -> None:
    assert bar(t.NOT_PROVEN) == [
        " ORDERS NOT PROVEN ZERO for 9 s - HALTED by a person",
        " 3 of ours may fill (1 unknown), zero reads 1 of 2 - unhedged 440, worst 508",
    ]
    whole = replace(t.NOT_PROVEN, stop=replace(t.STOPPING, everything=True, unknown_orders=0, zero_reads=0))
    assert bar(whole)[1] == " 3 of ours may fill, 2 not ours, zero reads 0 of 2 - unhedged 440, worst 508"


def test_a_halt_without_a_stop_to_show_counts_as_not_proven() -> None:
    for stop in (None, t.PREVIEW, replace(t.PREVIEW, is_proven=True)):
        assert bar(replace(f.HALTED, stop=stop)) == [
            " ORDERS NOT PROVEN ZERO - HALTED by a person",
            " 2 orders may still fill, nothing is sent   R releases",
        ]


def test_a_proven_stop_is_one_line_with_the_way_out() -> None:
    assert bar(t.PROVEN) == [" HALTED by a person - orders proven zero   R releases   unhedged 440, worst 440"]
    long = replace(t.PROVEN, header=f.header(desk="HALTED", halted="a reason of more words than the bar has room for"))
    assert "R releases" in bar(long)[0]


def test_what_is_restricted_or_unknown_is_said() -> None:
    wide = text_of(status.status_row(t.UNPROVEN, 120))
    assert "REDUCING a number differs  1 difference  1 unknown" in wide
    narrow = text_of(status.status_row(t.UNPROVEN, 60))
    assert "REDUCING  1 diff  1 unk" in narrow
    assert "REDUCING" in text_of(status.status_row(t.UNPROVEN, 24))
    line = text_of(status.status_row(f.MAIN, 160))
    assert not any(word in line for word in ("REDUCING", "difference", "unknown"))


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
