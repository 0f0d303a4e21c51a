"""Moving about: panes, cursor, zoom, filter, readers, palette, mouse, sizes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core import commands as c
from cockpit.core.state import Notice
from tests import frames as f
from tests.ui.stage import Stage, play


def test_panes_are_reached_by_number_and_by_tab() -> None:
    async def script(stage: Stage) -> None:
        seen = []
        for key in ("3", "tab", "tab", "tab", "shift+tab", "2"):
            await stage.press(key)
            seen.append(stage.app.cockpit_screen.focused_pane.id)
            assert f"━{stage.app.cockpit_screen.focused_pane.number} {seen[-1]}" in stage.text()
            assert sum("━" in line for line in stage.text().split("\n")) == 1
        assert seen == ["delta", "suggestions", "orders", "positions", "orders", "book"]

    play(script)


def test_below_110_columns_the_book_opens_full_width() -> None:
    async def script(stage: Stage) -> None:
        assert "2 book" not in stage.text()
        await stage.press("2")
        assert "━2 book  rates-dec-cut  Will the central bank" in stage.text()
        assert "1 positions" not in stage.text()
        await stage.press("escape")
        assert "━1 positions" in stage.text()
        await stage.press("2", "4")
        assert "━4 suggestions" in stage.text()
        await stage.press("tab", "tab")
        assert "2 book" not in stage.text()

    play(script, (80, 24))


def test_zoom_and_back() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "z")
        assert "P-0005" in stage.text()
        assert "1 positions" not in stage.text()
        await stage.press("z")
        assert "1 positions" in stage.text()

    play(script, (80, 24))


def test_filter_keeps_rows_with_the_text() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("slash", *"CHIEF")
        screen = stage.app.cockpit_screen
        assert screen.pane("positions").keys == ("m-game",)
        assert stage.link.watched[-1] == ["m-game"]
        assert stage.link.sent == []
        await stage.press("enter")
        assert screen.focused_pane.id == "positions"
        assert "/CHIEF" in stage.text()
        await stage.press("escape")
        assert len(screen.pane("positions").keys) == 5
        await stage.press("slash", "q", "escape")
        assert len(screen.pane("positions").keys) == 5
        await stage.press("slash", *"zzz", "enter")
        assert "nothing matches /zzz" in stage.text()

    play(script)


def test_the_cursor_stays_on_its_pair_when_rows_move() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("j")
        await stage.show(f.later(f.MAIN, pairs=(f.ETH, f.CPI, f.RATES)))
        assert stage.app.cockpit_screen.selected_market == "m-cpi"
        await stage.show(replace(f.later(f.MAIN, pairs=(f.ETH, f.RATES)), seq=9))
        assert stage.app.cockpit_screen.selected_market == "m-rates"
        await stage.press("g")
        assert stage.app.cockpit_screen.selected_market == "m-eth"

    play(script)


def test_a_long_list_scrolls_with_the_cursor() -> None:
    async def script(stage: Stage) -> None:
        pairs = tuple(replace(f.RATES, market_id=f"m-{n}", name=f"pair-{n}") for n in range(60))
        await stage.show(f.later(f.MAIN, pairs=pairs))
        assert "of 60" in stage.text()
        await stage.press("G")
        assert "> pair-59" in stage.text()
        await stage.press("pageup", "k")
        assert "pair-59" not in stage.text().split("3 delta")[0].split("\n")[-2]
        await stage.press("g", "pagedown")
        assert stage.app.cockpit_screen.selected_market != "m-0"

    play(script)


def test_too_small_still_shows_mode_and_halt_and_takes_k() -> None:
    async def script(stage: Stage) -> None:
        assert "needs 80x20, this is 72x18" in stage.text()
        await stage.press("a", "X", "5", "space", "colon", "K")
        assert stage.link.sent == [c.Halt("ui-1")]
        await stage.show(f.later(f.HALTED))
        lines = stage.text().split("\n")
        assert "PRACTICE" in lines[0]
        assert "HALTED" in lines[0]
        await stage.pilot.resize_terminal(120, 36)
        await stage.pilot.pause()
        assert "1 positions" in stage.text()

    play(script, (72, 18))


def test_help_shows_the_focused_pane_and_keys_of_the_key_map() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "f1")
        assert "help  orders" in stage.text()
        assert "f9" in stage.text()
        await stage.press("G", "g", "pagedown", "pageup", "j", "k", "escape", "f9")
        assert stage.link.sent == [c.CancelAll("ui-1")]

    play(script, keymap={"cancel-all": "f9", "nonsense": "q"})


def test_a_wrong_key_map_is_said() -> None:
    async def script(stage: Stage) -> None:
        assert stage.toasts() == ["settings: keymap: there is no action 'nonsense'"]

    play(script, keymap={"nonsense": "f8"})


def test_details_open_and_the_journal_is_live() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("enter")
        assert "Will the central bank cut rates" in stage.text()
        await stage.press("escape", "J")
        await stage.show(f.later(f.MAIN, notices=(*f.NOTICES, Notice(5, f.AT, "info", "something new"))))
        assert "something new" in stage.text()
        assert stage.link.sent == []

    play(script)


def test_the_palette_offers_only_our_commands() -> None:
    async def script(stage: Stage) -> None:
        commands = [text for text, _, _ in stage.app.cockpit_screen.commands()]
        assert "orders: cancel all" in commands
        assert "theme: mono" in commands
        assert "go: pair cpi-above-3" in commands
        assert not any("replay" in text or "release" in text for text in commands)
        for text, _, call in stage.app.cockpit_screen.commands():
            if text == "go: pair cpi-above-3":
                call()
        await stage.pilot.pause()
        assert stage.app.cockpit_screen.selected_market == "m-cpi"
        await stage.press("colon", *"cancel all")
        await stage.pilot.app.workers.wait_for_complete()
        await stage.press("enter", "enter")
        await stage.pilot.pause()
        assert stage.link.sent == [c.CancelAll("ui-1")]

    play(script)


def test_copy_takes_the_row_as_text() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("Y")
        assert stage.app.clipboard.startswith("rates-dec-cut")

    play(script)


def test_a_picture_is_saved_and_a_failure_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def script(stage: Stage) -> None:
        await stage.press("S")
        svg = (tmp_path / "cockpit-20261118-143207.svg").read_text(encoding="utf-8")
        assert svg.startswith("<svg")
        assert "url(" not in svg.replace("url(#", ""), "a picture must load nothing from the network"
        (tmp_path / "cockpit-20261118-143207.svg").unlink()
        (tmp_path / "cockpit-20261118-143207.svg").mkdir()
        await stage.press("S")
        assert "could not be saved" in stage.toasts()[-1]

    play(script)


def test_the_mouse_can_be_used_and_given_back() -> None:
    async def script(stage: Stage) -> None:
        await stage.pilot.click("#positions", offset=(5, 3))
        assert stage.app.cockpit_screen.selected_market == "m-cpi"
        await stage.pilot.click("#suggestions", offset=(5, 2))
        assert stage.app.cockpit_screen.focused_pane.id == "suggestions"
        text = stage.text().split("\n")[-1]
        await stage.pilot.click("#footer", offset=(text.index("X Cancel all") + 1, 0))
        await stage.pilot.pause()
        assert stage.link.sent == [c.CancelAll("ui-1")]
        await stage.press("m")
        assert "mouse" in stage.toasts()[-1]

    play(script)
