"""Leaving the screen, and what it shows when the desk or the screen itself is gone."""

from __future__ import annotations

import pytest

from cockpit.core.frame import Frame
from cockpit.ui.app import CockpitApp
from tests import frames as f
from tests.ui.stage import Stage, Watch, play


def test_quitting_says_what_is_going_on() -> None:
    async def script(stage: Stage) -> None:
        def said() -> str:
            lines = [line.split("│")[1].strip() for line in stage.text().split("\n") if line.count("│") == 2]
            return " ".join(lines).split("  ")[0]

        await stage.press("q")
        assert "1 order is being worked, 2 orders are live at the venue, 4 pairs are held." in said()
        assert "A worked order goes on at the next start, if its time window has not passed by then." in said()
        await stage.show(f.later(f.EMPTY))
        assert said().startswith("No order is being worked, nothing rests at the venue, no pair is held.")
        assert "next start" not in said()

    play(script)


def test_a_desk_that_is_gone_turns_keys_off_and_keeps_the_picture() -> None:
    async def script(stage: Stage) -> None:
        stage.link.gone = "the journal failed: disk full"
        await stage.look()
        text = stage.text()
        assert "the desk has stopped: the journal failed: disk full" in text
        assert "rates-dec-cut" in text
        assert "a Approve" not in text
        assert "1 open - the desk has stopped" in text
        await stage.press("K", "X", "a", "d", "5", "space")
        assert stage.link.sent == []
        await stage.press("q")

    stage = play(script)
    assert stage.link.stopped == 0
    assert stage.app.return_code == 1


def test_silence_is_said_and_news_end_it() -> None:
    async def script(stage: Stage) -> None:
        stage.watch.seconds += 2.9
        await stage.look()
        assert "no news" not in stage.text()
        stage.watch.seconds += 2.3
        await stage.look()
        assert "no news from the desk for 5 s" in stage.text()
        await stage.show(f.later(f.MAIN))
        assert "no news" not in stage.text()

    play(script)


def test_quit_asks_and_s_stops_the_desk() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("q", "escape", "q", "enter")
        assert stage.link.stopped == 0
        await stage.press("q", "s")

    stage = play(script)
    assert stage.link.stopped == 1
    assert stage.app.return_code == 0


def test_ctrl_c_twice_leaves_also_from_a_dialog() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("ctrl+c")
        stage.watch.seconds += 5
        await stage.press("ctrl+c", "ctrl+q", "a")
        assert stage.link.stopped == 0
        await stage.press("ctrl+c")

    stage = play(script)
    assert stage.link.stopped == 1


def test_a_failure_is_one_sentence_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    link = f.FakeLink(f.MAIN)
    app = CockpitApp(link, monotonic=Watch())

    async def fail(_: object) -> None:
        def broken(_: Frame) -> None:
            secret = "do not print me"
            raise ValueError(f"a row was wrong ({len(secret)})")

        monkeypatch.setattr(app, "_show", broken)
        link.shown = f.later(f.MAIN)
        app.call_later(app.look)

    app.run(headless=True, size=(80, 24), auto_pilot=fail)
    said = capsys.readouterr()
    assert app.return_code == 1
    assert "the screen failed: ValueError: a row was wrong (15)" in (said.out + said.err).replace("\n", " ")
    assert "Traceback" not in said.out + said.err
    assert "do not print me" not in said.out + said.err
