"""The approve dialog: nothing is sent by accident, and what is sent is what was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import SuggestionRow
from cockpit.core.units import SHARE
from cockpit.ui.dialogs.approve import ApproveDialog, obstacle
from tests import frames as f
from tests.ui.stage import Stage, play

SENT = c.Approve("ui-1", "s-1", "BUY_YES", 300 * SHARE, 1100, 1000)


def with_suggestion(row: SuggestionRow | None) -> Frame:
    rest = f.MAIN.suggestions[1:]
    return f.later(f.MAIN, suggestions=(row, *rest) if row is not None else rest)


def test_y_sends_what_was_seen_once_the_dialog_was_seen() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("4", "a")
        assert "Approve suggestion - PRACTICE" in stage.text()
        assert "Send  (in a moment)" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.watch.seconds += 0.29
        await stage.press("y")
        assert stage.link.sent == []
        stage.watch.seconds += 0.02
        await stage.press("y")
        assert stage.link.sent == [SENT]
        assert not isinstance(stage.app.screen, ApproveDialog)

    play(script)


@pytest.mark.parametrize("keys", [("enter",), ("escape",), ("enter", "enter"), ("tab", "enter"), ("space",)])
def test_no_other_key_sends(keys: tuple[str, ...]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        await stage.press(*keys)
        assert [type(command) for command in stage.link.sent] == []

    play(script)


def test_d_dismisses() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a", "d")
        assert stage.link.sent == [c.Dismiss("ui-1", "s-1")]

    play(script)


def test_numbers_stay_live_and_the_seen_ones_are_sent() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        option = replace(f.ETH_BUY, price=1100, shares=250 * SHARE)
        await stage.show(with_suggestion(replace(f.ETH_OPEN, option=option, best_ask=1100)))
        line = next(line for line in stage.text().split("\n") if "│ price" in line)
        assert line.split("│")[1].split() == ["price", "0.10", "0.11"]
        money = next(line for line in stage.text().split("\n") if "│ costs at most" in line)
        assert money.split("│")[1].split() == ["costs", "at", "most", "33.00", "before", "fees"]
        await stage.press("y")
        assert stage.link.sent == [SENT]

    play(script)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (None, "withdrawn: the pair is balanced"),
        (replace(f.ETH_OPEN, id="", state="hold", words="hold: nobody quotes"), "withdrawn: hold: nobody quotes"),
        (replace(f.ETH_OPEN, id="s-2"), "replaced by a newer suggestion"),
        (replace(f.ETH_OPEN, option=f.ETH_SELL), "it would now do something else"),
        (replace(f.ETH_OPEN, best_ask=1200), "the ask 0.12 is above the limit 0.11"),
        (replace(f.ETH_OPEN, best_ask=10_000), "the ask -- is above the limit 0.11"),
    ],
)
def test_send_greys_out_and_says_why(row: SuggestionRow | None, said: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        await stage.show(with_suggestion(row))
        assert f"Send is off: {said}" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        await stage.show(replace(f.MAIN, seq=20))
        await stage.press("y")
        assert stage.link.sent == [SENT]

    play(script)


def test_a_sale_is_off_once_the_bid_is_below_its_limit() -> None:
    seen = replace(f.ETH_OPEN, option=f.ETH_SELL, limit=8900, best_bid=9000, outcome="No")
    assert obstacle(replace(f.MAIN, suggestions=(seen,)), seen) == ""
    now = replace(f.MAIN, suggestions=(replace(seen, best_bid=8800),))
    assert obstacle(now, seen) == "the bid 0.88 is below the limit 0.89"


def test_a_halted_desk_takes_nothing() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        await stage.show(f.later(f.HALTED))
        assert "Send is off: the desk is halted" in stage.text()
        assert "y Send (off)" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []

    play(script)


def test_a_dialog_that_does_not_fit_sends_nothing() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        await stage.pilot.resize_terminal(72, 12)
        await stage.pilot.pause()
        await stage.press("y")
        assert stage.link.sent == []
        await stage.pilot.resize_terminal(80, 20)
        await stage.pilot.pause()
        await stage.press("y")
        assert stage.link.sent == [SENT]

    play(script)


def test_a_desk_that_went_away_gets_nothing() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("a")
        stage.watch.seconds += 1
        stage.link.gone = "stopped"
        await stage.look()
        assert "Send is off: the desk has stopped" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []

    play(script)


def test_without_an_open_suggestion_a_says_why() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(f.MAIN, suggestions=(f.GAME_HOLD,)))
        await stage.press("a")
        assert stage.toasts() == ["nothing to approve: hold: gain -0.004 a share, needs 0.02"]
        await stage.show(replace(f.later(f.MAIN, suggestions=()), seq=9))
        await stage.press("a")
        assert stage.toasts()[-1] == "nothing to approve: all pairs are balanced"

    play(script)


def test_the_selected_suggestion_is_the_one_that_opens() -> None:
    other = replace(f.ETH_OPEN, id="s-9", market_id="m-rates", name="rates-dec-cut")

    async def script(stage: Stage) -> None:
        await stage.show(f.later(f.MAIN, suggestions=(f.ETH_OPEN, other, f.GAME_HOLD)))
        await stage.press("4", "j", "a")
        assert isinstance(stage.app.screen, ApproveDialog)
        assert stage.app.screen.seen.id == "s-9"
        await stage.press("escape", "j", "a")
        assert isinstance(stage.app.screen, ApproveDialog)
        assert stage.app.screen.seen.id == "s-1"

    play(script)


def test_a_pair_that_is_worked_is_not_offered_again() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("j", "a")
        assert stage.toasts() == ["already working as P-0007"]
        await stage.press("escape", "4", "j", "a")
        assert stage.toasts() == ["already working as P-0007"]
        await stage.press("5", "a")
        assert isinstance(stage.app.screen, ApproveDialog)

    play(script)


def test_the_pair_under_the_cursor_is_the_one_that_opens() -> None:
    other = replace(f.ETH_OPEN, id="s-9", market_id="m-rates", name="rates-dec-cut")

    async def script(stage: Stage) -> None:
        await stage.show(f.later(f.MAIN, suggestions=(f.ETH_OPEN, other)))
        await stage.press("a")
        assert isinstance(stage.app.screen, ApproveDialog)
        assert stage.app.screen.seen.id == "s-9"

    play(script)
