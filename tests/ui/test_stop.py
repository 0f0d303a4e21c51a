"""The kill switch on the screen: the preview before, the stop that is on, and the whole account only by its word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.ui.dialogs.word import WordDialog
from cockpit.ui.rows import plain, width_of
from cockpit.ui.stop import stop_rows
from tests import frames as f
from tests.ui import trouble as t
from tests.ui.stage import Stage, play


def test_the_preview_says_what_ends_what_stays_and_the_worst_case() -> None:
    text = plain(stop_rows(t.UNPROVEN, 76)).split("\n")
    assert text[0] == "what a stop would do"
    assert text[1:4] == [
        "cancels             3 orders of ours   1 of them unknown, counted as live",
        "ends                2 parent orders",
        "leaves alone        2 orders that are not ours",
    ]
    assert text[5:7] == [
        "stays unhedged      440 shares claimed, 410 proven",
        "worst case          508 shares   if orders fill in the worst way",
    ]
    assert [line.split() for line in text[-2:]] == [
        ["eth-5k-2026", "-300", "-300", "320"],
        ["cpi-above-3", "+140", "+110", "188"],
    ]


def test_the_stop_that_is_on_says_how_far_it_is() -> None:
    text = plain(stop_rows(t.NOT_PROVEN, 76))
    assert "state               ORDERS NOT PROVEN ZERO   for 00:00:09" in text
    assert "zero reads          1 of 2" in text
    assert "first cancel left   12 ms after the stop" in text
    assert "orders proven zero" in plain(stop_rows(t.PROVEN, 76))
    whole = replace(t.NOT_PROVEN, stop=replace(t.STOPPING, everything=True, first_cancel_ms=None, pairs=()))
    assert "every order of the account" in plain(stop_rows(whole, 76))
    assert "first cancel left   none yet" in plain(stop_rows(whole, 76))
    assert "no pair is out of balance" in plain(stop_rows(whole, 76))
    assert "not known before" in plain(stop_rows(f.NOTHING, 76))


@pytest.mark.parametrize("frame", [t.UNPROVEN, t.NOT_PROVEN, t.PROVEN])
@pytest.mark.parametrize("width", [76, 78, 118])
def test_nothing_of_the_preview_is_cut(frame: Frame, width: int) -> None:
    assert all(width_of(entry.row) <= width for entry in stop_rows(frame, width).body)


@pytest.mark.parametrize(
    ("keys", "sent"), [(("K",), [c.Halt("ui-1")]), (("escape",), []), (("enter",), []), (("y",), [])]
)
def test_from_the_preview_k_halts_and_nothing_else_does(keys: tuple[str, ...], sent: list[c.Command]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("P", *keys)
        assert stage.link.sent == sent

    play(script, frame=t.UNPROVEN)


@pytest.mark.parametrize("keys", [("P", "E"), ("E",)])
def test_the_whole_account_is_stopped_only_by_its_word(keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys, *"everything", "enter")
        assert "that was not EVERYTHING" in stage.text()
        assert "2 orders of the account that are not ours" in stage.text()
        assert stage.link.sent == []
        await stage.press(*["backspace"] * 10, *"EVERYTHING", "enter")
        assert stage.link.sent == [c.Halt("ui-1", everything=True)]

    play(script, frame=t.UNPROVEN)


def test_escape_leaves_the_whole_account_alone_and_k_still_halts_ours() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("P", "E", *"EVER", "escape")
        assert not isinstance(stage.app.screen, WordDialog)
        assert stage.link.sent == []
        await stage.press("E", *"EV", "K")
        assert stage.link.sent == [c.Halt("ui-1")]

    play(script, frame=t.UNPROVEN)


@pytest.mark.parametrize(("frame", "keys"), [(f.HALTED, ("R",)), (t.DIFFERENT, ("D", "A")), (t.RESTS, ("5", "j", "x"))])
def test_the_halt_works_where_a_word_is_typed(frame: Frame, keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys)
        assert isinstance(stage.app.screen, WordDialog)
        await stage.press("K")
        assert stage.link.sent == [c.Halt("ui-1")]

    play(script, frame=frame)


def test_the_preview_becomes_the_stop_once_it_is_on() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("P")
        assert "what a stop would do" in stage.text()
        await stage.show(f.later(t.NOT_PROVEN))
        assert "the stop that is on" in stage.text()

    play(script, (80, 24), frame=t.UNPROVEN)


def test_the_release_says_whether_the_stop_is_proven() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("R")
        assert "ORDERS NOT PROVEN ZERO: 3 orders may still fill" in stage.text()
        await stage.show(f.later(t.PROVEN))
        assert "│ orders proven zero " in stage.text()

    play(script, frame=t.NOT_PROVEN)


def test_a_word_in_a_terminal_too_small_to_read_does_nothing() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("E")
        await stage.pilot.resize_terminal(60, 24)
        await stage.pilot.pause()
        await stage.press(*"EVERYTHING", "enter")
        assert stage.link.sent == []

    play(script, frame=t.UNPROVEN)


def test_reducing_is_on_at_once_and_ends_only_after_a_question() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("e")
        assert stage.link.sent == [c.Reduce("ui-1", True)]
        await stage.show(f.later(t.UNPROVEN))
        await stage.press("e", "enter", "e", "escape", "e")
        assert "reducing: a number differs" in stage.text()
        assert len(stage.link.sent) == 1
        await stage.press("y")
        assert stage.link.sent[1:] == [c.Reduce("ui-2", False)]

    play(script)
