"""Changing the limit of an order that rests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.core.parent import ParentState
from cockpit.ui.dialogs.place import AmendDialog
from tests import frames as f
from tests.ui import trouble as t
from tests.ui import wanted as n
from tests.ui.stage import Stage, play


def test_the_limit_of_a_resting_order_is_changed_by_enter_and_y() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "r")
        assert "P-0009  buy No  cpi-above-3  <= 0.34" in stage.text()
        await stage.press(*"0.345", "enter")
        assert "price 0.345 is not on the tick of 0.01" in stage.text()
        await stage.press("backspace", "enter")
        assert "0.34 is the limit already" in stage.text()
        await stage.press("backspace", *"7")
        assert "it would trade at once" in stage.text()
        await stage.press("enter")
        assert "send limit <= 0.34  to  <= 0.37" in stage.text()
        stage.watch.seconds += 1
        await stage.press("y")
        assert stage.link.sent == [c.Amend("ui-1", "P-0009", 3700)]

    play(script, frame=t.RESTS)


def test_a_child_under_the_cursor_means_its_parent() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "o", "j", "j")
        assert stage.app.cockpit_screen.pane("orders").key == t.RESTING.children[1].id
        await stage.press("r", *"0.33", "enter")
        stage.watch.seconds += 1
        await stage.press("y")
        assert stage.link.sent == [c.Amend("ui-1", "P-0009", 3300)]

    play(script, frame=t.RESTS)


@pytest.mark.parametrize(
    ("frame", "keys", "said"),
    [
        (f.MAIN, ("5",), "P-0007 is part of a suggestion or an entry: its limit stays as approved"),
        (n.ENTERING, ("5", "j"), "P-0011 is part of a suggestion or an entry: its limit stays as approved"),
        (n.ENTERING, ("5",), "E-0003 is an entry: its limits stay as approved"),
        (t.RESTS, ("5", "j", "j"), "P-0008 is stopped: nothing to change"),
        (t.RESTS, ("5", "G"), "not ours: only a stop of the whole account ends it (P)"),
        (f.EMPTY, ("5",), "no order is selected: 5, then j and k"),
    ],
)
def test_why_a_limit_cannot_be_changed_is_said(frame: Frame, keys: tuple[str, ...], said: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys, "r")
        assert stage.toasts() == [said]
        assert not isinstance(stage.app.screen, AmendDialog)

    play(script, frame=frame)


def test_an_order_that_ends_meanwhile_cannot_get_another_limit() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "r", *"0.33", "enter")
        stage.watch.seconds += 1
        await stage.show(f.later(t.RESTS, parents=(replace(t.RESTING, state=ParentState.DONE),)))
        assert "P-0009 is done" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []

    play(script, frame=t.RESTS)
