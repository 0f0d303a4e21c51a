"""The desk weighs what is typed: what it has not answered, or would refuse by now, cannot be sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame_orders import PreviewRow
from tests import frames as f
from tests.ui import filling as k
from tests.ui.stage import Stage, play

ASKING = "asking the desk what it would do ..."
OK = PreviewRow("", effect="rests: the best ask is 0.48", money="costs at most 46.00 USD, no fees")
NO = PreviewRow("", reason="UNHEDGED", problem="could be 640 shares out of balance, limit 500")


@pytest.mark.parametrize("kind", ["split", "entry"])
def test_what_is_typed_wrong_is_said_before_the_desk_is_asked(kind: str) -> None:
    async def script(stage: Stage) -> None:
        name = next(iter(k.GOOD[kind]))
        field = next(x for x in k.filled(kind).fields if x.name == name)
        place = k.filled(kind).at_field(name).at
        await stage.type(k.KEYS[kind][0], *["down"] * place, *"1,2", "down", "down", "enter")
        assert f"> {field.label:<12} 1,2_" in stage.text()
        assert "'1,2' is not a plain decimal number" in stage.text()
        assert all(isinstance(command, c.Enter) for command in stage.link.weighed)

    play(script, (80, 24))


@pytest.mark.parametrize("kind", ["split", "entry"])
def test_nothing_is_sent_before_the_desk_has_answered(kind: str) -> None:
    link = k.SlowLink()

    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS[kind])
        assert ASKING in stage.text()
        await stage.press("enter")
        stage.watch.seconds += 0.5
        await stage.press("y")
        assert ASKING in stage.text()
        await stage.show(link.answered(OK))
        assert "costs at most 46.00" in stage.text()
        await stage.press("enter")
        stage.watch.seconds += 0.4
        await stage.press("y")
        assert [replace(sent, id="ui-1") for sent in link.sent] == [k.COMMANDS[kind]]

    play(script, link=link)


def test_an_answer_to_what_was_typed_before_is_not_one_to_what_is_typed_now() -> None:
    link = k.SlowLink()

    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS["order"], "backspace", "5")
        assert [preview.command.limit for preview in link.asked if isinstance(preview.command, c.Place)] == [
            *(4000, 4600, 4000, 4500)
        ]
        await stage.show(link.answered(replace(OK, effect="of 0.46"), to=1))
        assert "of 0.46" not in stage.text()
        assert ASKING in stage.text()
        await stage.show(link.answered(replace(OK, effect="of 0.45")))
        assert "of 0.45" in stage.text()
        await stage.show(link.answered(replace(OK, effect="of 0.4"), to=2))
        assert "of 0.45" in stage.text()
        await stage.press("backspace", "6")
        assert ASKING in stage.text()

    play(script, link=link)


def test_a_desk_that_needs_longer_than_until_the_next_question_is_heard_too() -> None:
    link = k.SlowLink()

    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS["bid"])
        first = len(link.asked) - 1
        for _ in range(3):
            stage.watch.seconds += 1.1
            link.frame_now = f.later(link.frame_now)
            await stage.show(link.frame_now)
        assert len(link.asked) == first + 4
        assert ASKING in stage.text()
        await stage.show(link.answered(OK, to=first))
        assert "costs at most 46.00" in stage.text()
        await stage.show(link.answered(replace(OK, money="costs at most 47.00"), to=first + 2))
        assert "costs at most 47.00" in stage.text()

    play(script, link=link)


def test_the_desk_is_asked_once_and_again_each_second() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS["split"], "down", "up")
        asked = len(stage.link.weighed)
        for _ in range(3):
            await stage.show(f.later(stage.link.shown or f.MAIN))
        assert len(stage.link.weighed) == asked
        stage.watch.seconds += 1
        await stage.show(f.later(stage.link.shown or f.MAIN))
        assert len(stage.link.weighed) == asked + 1

    play(script)


@pytest.mark.parametrize("kind", ["order", "entry"])
def test_what_the_desk_would_refuse_by_now_cannot_be_sent(kind: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS[kind])
        await stage.press("enter")
        stage.watch.seconds += 1
        stage.link.answer = NO
        await stage.show(f.later(stage.link.shown or f.MAIN))
        await stage.look()
        assert "could be 640 shares out of balance" in stage.text()
        assert "y Send (off)" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.link.answer = OK
        stage.watch.seconds += 1
        await stage.show(f.later(stage.link.shown or f.MAIN))
        await stage.look()
        await stage.press("y")
        assert stage.link.sent == [k.COMMANDS[kind]]

    play(script, (80, 24))


@pytest.mark.parametrize("kind", ["bid", "entry"])
def test_a_desk_that_is_halted_or_gone_is_not_asked_and_sent_nothing(kind: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS[kind])
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.show(replace(f.HALTED, seq=99))
        asked = len(stage.link.weighed)
        assert "the desk is halted" in stage.text()
        await stage.press("y")
        stage.link.gone = "stopped"
        await stage.look()
        assert "the desk has stopped" in stage.text()
        stage.watch.seconds += 5
        await stage.show(replace(f.MAIN, seq=100))
        await stage.press("y", "escape", "up", "enter", "y")
        assert stage.link.sent == []
        assert len(stage.link.weighed) == asked

    play(script)
