"""The forms: typing, choosing, seeing what would be sent, and sending it with two keys and never with one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from cockpit.core import commands as c
from cockpit.core.frame_orders import Receipt
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.units import SHARE
from cockpit.ui.dialogs.form import FormDialog
from cockpit.ui.form import Field, Form
from tests import frames as f
from tests.ui.stage import Stage, play

FILL_IN = ("n", "down", "down", *"100", "down", *"0.46")
PLACED = c.Place("ui-1", "m-rates", Leg.YES, Side.BUY, 100 * SHARE, 4600, OrderType.GTD, False, 600)


def is_open(stage: Stage) -> bool:
    return isinstance(stage.app.screen, FormDialog)


def test_a_form_is_filled_in_field_by_field() -> None:
    form = Form((Field("a", "a", ("x", "y", "z")), Field("b", "b")), ("0", ""))
    assert form.typed("5") == form.erased() == form.cleared() == form
    assert form.turned(-1).pick("a") == 2
    assert form.turned(1).turned(1).turned(1) == form
    number = form.moved(1).typed("1").typed(".\x1b5")
    assert number.text("b") == "1.5"
    assert number.turned(1) == number
    assert number.erased().text("b") == "1."
    assert number.cleared().text("b") == ""
    assert number.moved(1).at == 0
    assert len(number.typed("9" * 99).text("b")) == 16


def test_a_number_that_one_comes_to_is_selected_what_is_typed_takes_its_place() -> None:
    form = Form((Field("a", "a"), Field("b", "b")), ("60", "")).moved(1).moved(1)
    assert form.typed("3").typed("0").text("a") == "30"
    assert form.erased().typed("5").text("a") == "65"
    assert form.at_field("a").typed("7").text("a") == "7"
    assert form.cleared().typed("8").text("a") == "8"
    assert form.typed("\x1b").text("a") == "60"
    assert form.moved(1).moved(1).text("a") == "60"


def test_a_duration_typed_over_the_one_that_stands_there_is_the_one_that_is_sent() -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*FILL_IN, "down", "down", "down")
        assert "> life         10_ minutes" in stage.text()
        await stage.press("3")
        assert "> life         3_ minutes" in stage.text()
        assert "GTD, 3 minutes" in stage.text()

    play(script)


def test_an_order_is_sent_by_enter_and_then_y_once_it_was_seen() -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*FILL_IN)
        stage.watch.seconds += 1
        await stage.press("y", "y")
        assert stage.link.sent == []
        await stage.press("enter")
        assert "send BUY 100 Yes <= 0.46  GTD, 10 minutes" in stage.text()
        assert "Send  (in a moment)" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.watch.seconds += 0.31
        await stage.press("y")
        assert stage.link.sent == [PLACED]
        assert not is_open(stage)

    play(script)


@pytest.mark.parametrize(
    "keys", [("enter",), ("escape",), ("enter", "enter", "enter"), ("space",), ("9", "down", "tab")]
)
def test_seeing_it_no_other_key_sends_or_changes_it(keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*FILL_IN)
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press(*keys)
        assert stage.link.sent == []
        assert is_open(stage)
        assert "limit price  0.46" in stage.text()

    play(script)


def test_escape_goes_back_to_the_form_and_then_away_and_nothing_is_lost() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*FILL_IN)
        await stage.press("enter", "escape")
        assert is_open(stage)
        await stage.press("escape")
        assert not is_open(stage)
        await stage.press("n")
        assert "limit price  0.46" in stage.text()
        await stage.press("escape", "j", "n")
        assert "cpi-above-3" in stage.text()
        assert "how many shares?" in stage.text()
        assert stage.link.sent == []

    play(script)


def test_after_a_refusal_the_form_opens_as_it_was_and_after_a_placing_empty() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*FILL_IN)
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press("y", "n")
        assert "how many shares?" in stage.text()
        await stage.type("escape", *FILL_IN)
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press("y")
        refused = Receipt("ui-2", False, "BELOW_MINIMUM", "size 100 is below the minimum")
        await stage.show(f.later(f.MAIN, receipts=(refused,)))
        assert stage.toasts() == ["order refused: BELOW_MINIMUM: size 100 is below the minimum"]
        await stage.press("n")
        assert "limit price  0.46" in stage.text()

    play(script)


def test_what_is_wrong_is_said_in_the_form_and_enter_goes_there() -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = replace(stage.link.answer, effect="rests: the best ask is 0.48")
        await stage.press("n", "down", "down", *"1,250", "down", *"0.46")
        assert "size '1,250' is not a plain decimal number" in stage.text()
        assert stage.link.weighed == []
        await stage.press("enter")
        assert "> shares       1,250_" in stage.text()
        await stage.press("ctrl+u", *"12500", "backspace")
        assert "BUY 1,250 Yes <= 0.46  GTD, 10 minutes" in stage.text()
        assert "rests: the best ask is 0.48" in stage.text()

    play(script)


def test_a_pasted_number_is_taken_as_it_is() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("n", "down", "down")
        stage.app.screen.post_message(events.Paste(" 1e3\n"))
        await stage.pilot.pause()
        assert "size '1e3' is not a plain decimal number" in stage.text()

    play(script)


def test_choices_are_turned_and_what_a_type_does_not_use_is_said() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("n", "right", "down", "space", "up", "up", "up", "up", "left", "left")
        text = stage.text()
        assert " Yes  [No]" in text
        assert " buy  [sell]" in text
        assert "[FAK]" in text
        assert text.count("not used") == 2
        assert "takes what is there at once, the rest ends" in text

    play(script, (80, 24))


def test_a_click_goes_to_its_field() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("n")
        await stage.pilot.click("#box", offset=(5, 4))
        await stage.press("7")
        assert "> shares       7_" in stage.text()

    play(script)


def test_news_turn_sending_off_and_say_why() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*FILL_IN)
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.show(f.later(f.HALTED))
        assert "the desk is halted" in stage.text()
        assert "y Send (off)" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.link.gone = "stopped"
        await stage.look()
        assert "the desk has stopped" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []

    play(script)


def test_a_form_that_does_not_fit_sends_nothing_and_says_so() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*FILL_IN)
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.pilot.resize_terminal(80, 16)
        await stage.pilot.pause()
        await stage.press("y")
        assert stage.link.sent == []
        assert "make the terminal larger" in stage.toasts()[0]
        await stage.pilot.resize_terminal(80, 20)
        await stage.pilot.pause()
        await stage.press("y")
        assert stage.link.sent == [PLACED]

    play(script)


@pytest.mark.parametrize("keys", [("n",), ("n", "down", "down")])
def test_the_halt_works_in_a_form(keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys, "K")
        assert stage.link.sent == [c.Halt("ui-1")]

    play(script)


def test_without_a_pair_there_is_no_order_form() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("n", "s", "b", "i")
        assert stage.toasts() == ["no pair is selected: 1, then j and k"] * 4

    play(script, frame=f.NOTHING)
