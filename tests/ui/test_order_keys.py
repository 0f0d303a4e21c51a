"""What o, x, space and r do to each kind of row of pane 5."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame_orders import EntryRow
from cockpit.core.units import SHARE
from tests import frames as f
from tests.ui import wanted as n
from tests.ui.stage import Stage, play


def keys(stage: Stage) -> tuple[str, ...]:
    return stage.app.cockpit_screen.pane("orders").keys


def cursor(stage: Stage) -> str:
    return stage.app.cockpit_screen.pane("orders").key


def test_o_unfolds_and_folds_and_the_cursor_stays_on_its_row() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", *["j"] * 5)
        assert cursor(stage) == "P-0014"
        await stage.press("o")
        assert cursor(stage) == "P-0014"
        assert [child.id for child in n.TOP.children] == list(keys(stage)[6:8])
        await stage.press("k", "k", "o")
        assert cursor(stage) == "P-0013"
        assert set(child.id for child in n.VWAP.children) < set(keys(stage))
        await stage.show(f.later(n.ENTERING))
        assert cursor(stage) == "P-0013"
        await stage.press("j", "j", "o")
        assert cursor(stage) == "P-0013", "folded from one of its orders the cursor goes to the parent"
        assert len(keys(stage)) == len(n.FOLDED) + 2

    play(script, frame=n.ENTERING)


def test_o_on_an_entry_unfolds_both_legs_and_without_orders_it_says_so() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "o")
        assert cursor(stage) == "E-0003"
        assert keys(stage)[:5] == ("E-0003", "P-0011", n.FIRST_CHILD.id, "P-0012", n.SECOND_CHILD.id)
        await stage.press("j", "o", "k", "o")
        assert n.FIRST_CHILD.id in keys(stage), "when one leg is folded, both are unfolded"
        await stage.press("o", "G", "o", "k", "k", "o")
        assert keys(stage) == n.FOLDED
        assert stage.toasts() == ["P-0004 has sent no order yet", "E-0001 has sent no order yet"]

    play(script, (80, 24), frame=n.ENTERING)


@pytest.mark.parametrize(("keys_", "target"), [((), "E-0003"), (("j",), "P-0011"), (("j", "j"), "P-0012")])
def test_space_pauses_an_entry_or_one_leg(keys_: tuple[str, ...], target: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", *keys_, "space")
        assert stage.link.sent == [c.Pause("ui-1", target, is_on=True)]

    play(script, (80, 24), frame=n.ENTERING)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (n.ENTRY, "10 Yes would be left alone, without the other leg."),
        (replace(n.ENTRY, filled=(5 * SHARE, 20 * SHARE)), "15 No would be left alone, without the other leg."),
        (replace(n.ENTRY, filled=(5 * SHARE, 5 * SHARE)), "resting orders of both legs are cancelled."),
    ],
)
def test_x_on_an_entry_asks_and_says_what_would_be_left_alone(entry: EntryRow, said: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "x")
        assert said in stage.dialog()
        assert f"{min(entry.filled) // SHARE} of 25.77 pairs are complete and kept" in stage.dialog()
        await stage.press("enter")
        assert stage.link.sent == []
        await stage.press("x", "y")
        assert stage.link.sent == [c.Cancel("ui-1", "E-0003")]

    play(script, (80, 24), frame=replace(n.ENTERING, entries=(entry, n.OVER)))


def test_x_on_a_leg_asks_for_that_leg_and_on_one_of_its_orders_cancels_that() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "j", "x")
        assert "P-0011 buy Yes rates-dec-cut" in stage.dialog()
        await stage.press("y", "o", "j", "x")
        assert stage.link.sent == [c.Cancel("ui-1", "P-0011"), c.Cancel("ui-2", n.FIRST_CHILD.id)]

    play(script, (80, 24), frame=n.ENTERING)


def test_an_entry_that_is_over_is_neither_cancelled_nor_paused_nor_changed() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "G", "k", "k")
        assert cursor(stage) == "E-0001"
        await stage.press("x", "space", "r")
        assert stage.link.sent == []
        assert stage.toasts() == [
            "E-0001 is done: nothing to cancel",
            "E-0001 is done: nothing to pause",
            "E-0001 is an entry: its limits stay as approved",
        ]

    play(script, frame=n.ENTERING)
