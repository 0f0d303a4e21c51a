"""Keys that come faster than the screen follows, as over a slow line: they act in the order they were pressed."""

from __future__ import annotations

from textual import events

from cockpit.core import commands as c
from tests.ui.stage import Stage, play

NAMES = {".": "full_stop", "/": "slash", "?": "question_mark"}


async def at_once(stage: Stage, *keys: str) -> None:
    """Post keys without letting the app do anything in between."""
    for key in keys:
        stage.app.post_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))
    for _ in range(5):
        await stage.pilot.pause()


def test_what_is_typed_into_a_form_goes_to_the_field_it_was_meant_for() -> None:
    async def script(stage: Stage) -> None:
        await at_once(stage, "b", "down", "down", *"100", "down", *"0.46", "down", "backspace")
        text = stage.text()
        assert "total        100 shares" in text
        assert "limit price  0.46 tick 0.01" in text
        assert "> show         10_ shares at a time" in text

    play(script)


def test_what_is_typed_into_the_filter_is_never_a_command() -> None:
    async def script(stage: Stage) -> None:
        await at_once(stage, "/", *"snowXK")
        assert "nothing matches /snowXK" in stage.text()
        assert stage.link.sent == []
        await at_once(stage, "escape", "K")
        assert stage.link.sent == [c.Halt("ui-1")]

    play(script)


def test_a_screen_that_was_just_opened_takes_the_next_key() -> None:
    async def script(stage: Stage) -> None:
        await at_once(stage, "J", "j", "G", "escape", "?", "pagedown", "escape", "2", "4", "j")
        assert stage.app.screen is stage.app.cockpit_screen
        assert stage.app.cockpit_screen.focused_pane.id == "suggestions"
        assert stage.app.cockpit_screen.pane("suggestions").key == "m-cpi"

    play(script)
