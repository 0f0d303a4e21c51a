"""Numbers that are not the venue's: shown to the last digit, accepted only by a word and only as seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import DifferenceRow
from cockpit.ui.details import detail_rows
from cockpit.ui.dialogs.word import AcceptDialog
from cockpit.ui.differences import difference_at, difference_rows
from cockpit.ui.rows import plain
from tests import frames as f
from tests.ui import trouble as t
from tests.ui.stage import Stage, play

ACCEPTED = c.Accept("ui-1", "shares/m-cpi/NO", t.SHARES_DIFFER.theirs)


def test_every_difference_has_both_numbers_its_age_and_its_sentence() -> None:
    assert plain(difference_rows(t.DIFFERENT, 76)).split("\n") == [
        "differences 2 numbers not the venue's",
        "PAIR              WHAT                         OURS          VENUE     SINCE",
        "cpi-above-3       size discrepancy              110        90.0001   42s ago",
        "  No: our fills say 110, the venue holds 90.0001, in two reads 10 s apart",
        "  with nothing unsettled",
        "the account       cash                        9,500    9,499.99999   10m ago",
        "  cash is 0.00001 below what our fills and fees add up to - cannot be",
        "  accepted",
    ]
    assert difference_rows(f.MAIN, 76).empty.startswith("nothing differs")


def test_every_line_of_a_difference_belongs_to_it() -> None:
    keys = [entry.key for entry in difference_rows(t.DIFFERENT, 76).body]
    assert len(set(keys)) == len(keys)
    rows = [difference_at(t.DIFFERENT, key) for key in keys]
    assert rows == [t.SHARES_DIFFER] * 3 + [t.CASH_DIFFERS] * 3
    assert difference_at(t.DIFFERENT, "gone") is None


@pytest.mark.parametrize("key", ["A", "enter"])
def test_a_number_is_accepted_by_its_word_as_it_was_seen(key: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("D", key)
        assert "ours 110   venue 90.0001" in stage.text()
        assert "A transfer of -19.9999 is booked" in stage.text()
        await stage.press(*"accept", "enter")
        assert "that was not ACCEPT" in stage.text()
        await stage.press(*["backspace"] * 6, *"ACCEPT", "enter")
        assert stage.link.sent == [ACCEPTED]

    play(script, (80, 24), frame=t.DIFFERENT)


def test_escape_leaves_without_accepting() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("D", "A", *"ACCEP", "escape")
        assert not isinstance(stage.app.screen, AcceptDialog)
        await stage.press("escape")
        assert stage.link.sent == []

    play(script, frame=t.DIFFERENT)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ((), "the difference is gone: nothing to accept"),
        ((replace(t.SHARES_DIFFER, theirs=91_000_000),), "the venue's number is 91 now: esc, then again"),
        ((replace(t.SHARES_DIFFER, may_accept=False),), "this one cannot be accepted"),
    ],
)
def test_what_changed_meanwhile_is_not_accepted(now: tuple[DifferenceRow, ...], said: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("D", "A")
        await stage.show(f.later(t.DIFFERENT, differences=now))
        assert said in stage.text()
        await stage.press(*"ACCEPT", "enter")
        assert stage.link.sent == []

    play(script, frame=t.DIFFERENT)


def test_one_that_cannot_be_accepted_says_so() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("D", "G", "A")
        assert stage.toasts() == ["this one cannot be accepted: it has to be explained"]
        await stage.show(f.later(f.MAIN))
        await stage.press("A")
        assert stage.toasts()[-1] == "no difference is selected"
        assert stage.link.sent == []

    play(script, frame=t.DIFFERENT)


@pytest.mark.parametrize("keys", [("C",), ("D", "C")])
def test_comparing_now_is_one_key(keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys)
        assert stage.link.sent == [c.Reconcile("ui-1")]
        assert stage.toasts() == ["comparing with the venue"]

    play(script)


def test_a_halted_pair_says_why_with_both_numbers() -> None:
    text = plain(detail_rows("positions", "m-cpi", t.DIFFERENT, 78))
    assert "state               HALTED" in text
    assert "halted              No: ours 110, venue 90.0001" in text
    assert "size discrepancy    ours 110   venue 90.0001" in text


def test_hostile_texts_of_a_difference_stay_text() -> None:
    evil = "[red]\x1b[2Jx\u202e"
    row = replace(t.SHARES_DIFFER, name=evil, pair=evil, text=evil)
    text = plain(difference_rows(replace(t.DIFFERENT, differences=(row,)), 76))
    assert "\x1b" not in text
    assert "\u202e" not in text
