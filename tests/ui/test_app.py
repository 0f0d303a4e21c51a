"""Keys and what they send; what the screen does when frames come, stop coming, or bring trouble."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import Receipt
from cockpit.core.parent import ParentState
from cockpit.core.state import Notice
from tests import frames as f
from tests.ui.stage import Stage, play


def test_the_first_frame_is_shown_and_its_book_is_asked_for() -> None:
    async def script(stage: Stage) -> None:
        assert "rates-dec-cut" in stage.text()
        assert stage.link.watched == [["m-rates"]]
        await stage.press("j", "j")
        assert stage.link.watched == [["m-rates"], ["m-cpi"], ["m-eth"]]
        assert "─2 book  eth-5k-2026" in stage.text()
        await stage.press("G")
        assert stage.link.watched[-1] == ["m-snow"]

    play(script)


def test_before_the_first_frame_the_screen_waits() -> None:
    async def script(stage: Stage) -> None:
        assert "waiting for the desk" in stage.text()
        await stage.press("a", "x", "space", "?", "R", "enter", "J", "z", "n", "s", "b", "i", "r", "o")
        await stage.press("K")
        assert stage.link.sent == [c.Halt("ui-1")]
        await stage.press("q")

    stage = play(script, frame=None)
    assert stage.link.stopped == 1


def test_no_new_frame_means_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(stage: Stage) -> None:
        shown: list[Frame] = []
        monkeypatch.setattr(stage.app.cockpit_screen, "show", shown.append)
        for _ in range(5):
            await stage.look()
        assert shown == []
        await stage.show(f.later(f.MAIN))
        assert len(shown) == 1

    play(script)


@pytest.mark.parametrize(
    ("keys", "sent"),
    [
        (("d",), [c.Dismiss("ui-1", "s-1")]),
        (("X",), [c.CancelAll("ui-1")]),
        (("5", "space"), [c.Pause("ui-1", "P-0007", is_on=True)]),
        (("5", "x", "y"), [c.Cancel("ui-1", "P-0007")]),
        (("5", "x", "enter"), []),
        (("5", "x", "escape"), []),
        (("5", "o", "j", "x"), [c.Cancel("ui-1", f.WORKING.children[0].id)]),
        (("5", "j", "x"), [c.Cancel("ui-1", f.WORKING.children[2].id)]),
        (("5", "o", "j", "space"), [c.Pause("ui-1", "P-0007", is_on=True)]),
        (("5", "G", "x"), []),
        (("5", "G", "space"), []),
        (("K",), [c.Halt("ui-1")]),
        (("4", "j", "d"), []),
        (("plus",), []),
        (("R",), []),
    ],
)
def test_what_a_key_sends(keys: tuple[str, ...], sent: list[c.Command]) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys)
        assert stage.link.sent == sent

    play(script)


@pytest.mark.parametrize("inside", ["a", "q", "question_mark", "J", "enter"])
def test_halt_works_in_dialogs_and_readers(inside: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(inside, "K")
        assert stage.link.sent == [c.Halt("ui-1")]

    play(script)


def test_replay_keys() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("plus", "minus", "full_stop")
        await stage.show(f.later(f.REPLAY, feed=replace(f.REPLAY.feed or f.REPLAY.feed, speed=0.0)))  # type: ignore[type-var]
        await stage.press("full_stop")
        assert speeds(stage) == [20, 5, 0, 10]
        assert "+ Faster" in stage.text()

    play(script, (160, 36), frame=f.REPLAY)


def test_a_held_replay_goes_on_as_fast_as_before() -> None:
    async def script(stage: Stage) -> None:
        async def obey() -> None:
            assert f.REPLAY.feed is not None
            feed = replace(f.REPLAY.feed, speed=speeds(stage)[-1])
            await stage.show(replace(f.REPLAY, seq=len(stage.link.sent) + 1, feed=feed))

        for key, wanted in ((".", 0), (".", 10), (".", 0), ("+", 20), (".", 0), ("-", 10), (".", 0), (".", 10)):
            await stage.press({".": "full_stop", "+": "plus", "-": "minus"}[key])
            await obey()
            assert speeds(stage)[-1] == wanted
            assert ("PAUSED" in stage.text()) == (wanted == 0)

    play(script, (80, 24), frame=f.REPLAY)


def speeds(stage: Stage) -> list[float]:
    """Return the speeds that were asked for."""
    return [command.speed for command in stage.link.sent if isinstance(command, c.SetSpeed)]


def test_cancel_all_with_nothing_to_cancel_says_so() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("X")
        assert stage.toasts() == []
        await stage.show(f.later(f.MAIN, header=f.header(orders_live=0), parents=(f.DONE,)))
        await stage.press("X")
        assert stage.toasts() == ["nothing to cancel: no order is open or live"]
        assert stage.link.sent == [c.CancelAll("ui-1"), c.CancelAll("ui-2")]

    play(script)


def test_only_the_newest_alarm_lies_over_the_table() -> None:
    async def script(stage: Stage) -> None:
        first = tuple(Notice(n, f.AT, "alarm", f"alarm {n}") for n in (5, 6))
        await stage.show(f.later(f.HALTED, notices=first))
        assert stage.toasts() == ["ALARM: alarm 6"]
        await stage.show(replace(f.HALTED, seq=9, notices=(*first, Notice(7, f.AT, "alarm", "alarm 7"))))
        assert stage.toasts() == ["ALARM: alarm 7"]

    play(script)


def test_a_refusal_of_ours_is_said_once_and_others_are_not() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("X")
        receipts = (Receipt("someone-1", False, "HALTED", "no"), Receipt("ui-1", False, "VENUE", "[b]down"))
        await stage.show(f.later(f.MAIN, receipts=receipts))
        await stage.show(replace(f.later(f.MAIN, receipts=receipts), seq=9))
        assert stage.toasts() == ["cancel all refused: VENUE: [b]down"]

    play(script)


def test_what_was_done_makes_no_message() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("X")
        await stage.show(f.later(f.MAIN, receipts=(Receipt("ui-1", True, "", "cancelled"),)))
        assert stage.toasts() == []

    play(script)


def test_an_alarm_is_said_once_with_a_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(stage: Stage) -> None:
        bells: list[int] = []
        monkeypatch.setattr(stage.app, "bell", lambda: bells.append(1))
        notices = (*f.NOTICES, Notice(5, f.AT, "alarm", "a fill was taken back"))
        await stage.show(f.later(f.MAIN, notices=notices))
        await stage.show(replace(f.later(f.MAIN, notices=notices), seq=9))
        assert stage.toasts() == ["ALARM: a fill was taken back"]
        assert bells == [1]
        await stage.press("escape")
        assert stage.toasts() == []

    play(script)


def test_a_halt_is_everywhere_on_the_screen() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(f.HALTED))
        text = stage.text().split("\n")
        assert "HALTED" in text[0]
        assert "ORDERS NOT PROVEN ZERO - HALTED by a person" in text[1]
        assert "2 orders may still fill, nothing is sent" in text[2]
        assert stage.app.cockpit_screen.has_class("-halted")

    play(script)


def test_a_release_takes_the_alarms_away() -> None:
    async def script(stage: Stage) -> None:
        notices = (Notice(5, f.AT, "alarm", "HALTED by a person"),)
        await stage.show(f.later(f.HALTED, notices=notices))
        assert len(stage.toasts()) == 1
        await stage.show(replace(f.later(f.MAIN, notices=notices), seq=9))
        assert stage.toasts() == []

    play(script)


def test_the_release_needs_the_word() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("R", *"release", "enter")
        assert stage.link.sent == []
        assert "that was not RELEASE" in stage.text()
        await stage.press(*["backspace"] * 7, *"RELEASE", "enter")
        assert stage.link.sent == [c.Release("ui-1", "RELEASE")]

    play(script, frame=f.HALTED)


def test_a_paused_order_can_be_resumed() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(f.MAIN, parents=(replace(f.WORKING, state=ParentState.PAUSED),)))
        await stage.press("5", "space")
        assert stage.link.sent == [c.Pause("ui-1", "P-0007", is_on=False)]

    play(script)
