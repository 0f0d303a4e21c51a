"""The whole cockpit in a real terminal, as a newcomer uses it."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

SIZES = [(120, 36), (80, 24)]
HALTED = 5


def _cockpit(folder: Path, size: tuple[int, int], *arguments: str) -> Terminal:
    return Terminal(sys.executable, ["-m", "cockpit", *arguments], folder, *size)


def _approve(terminal: Terminal) -> None:
    """Approve the one suggestion; the dialog takes `y` once it has been visible for 300 ms."""
    terminal.wait_for("sell 40 Yes", 5)
    terminal.press("4")
    terminal.press("a")
    terminal.wait_for("Send")
    terminal.linger(0.5)
    terminal.press("y")
    terminal.wait_for("P-0001")


def _leave(terminal: Terminal, code: int = 0) -> None:
    """Quit as a person would, and look at the exit code."""
    terminal.press("q")
    terminal.wait_for("stop")
    terminal.press("s")
    assert terminal.exit_code() == code
    assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("size", SIZES)
def test_a_newcomer_approves_a_suggestion_and_watches_it_fill(tmp_path: Path, size: tuple[int, int]) -> None:
    terminal = _cockpit(tmp_path, size, "--seed", "7", "--speed", "4")
    _approve(terminal)
    terminal.wait_for(lambda text: "done" in text and re.search(r"40 /\s+40", text) is not None, 20)
    terminal.wait_for("within limits")
    _leave(terminal)


def test_the_halt_key_stops_at_once_is_latched_and_left_by_typing_the_word(tmp_path: Path) -> None:
    terminal = _cockpit(tmp_path, (120, 36), "--seed", "7")
    terminal.wait_for("sell 40 Yes", 5)
    terminal.press("K")
    terminal.wait_for("HALTED", 2)
    _leave(terminal, HALTED)
    terminal = _cockpit(tmp_path, (120, 36), "--seed", "7")
    terminal.wait_for("HALTED", 5)
    # A new desk proves zero anew before it lets itself be released.
    terminal.wait_for("orders proven zero: ", 8)
    terminal.press("R")
    terminal.wait_for("RELEASE")
    terminal.press("RELEASE\r")
    terminal.wait_for("desk running", 5)
    _leave(terminal)


def test_a_paused_replay_goes_on_where_it_stood(tmp_path: Path) -> None:
    terminal = _cockpit(tmp_path, (120, 36), "replay", "--speed", "2")
    terminal.wait_for(lambda text: re.search(r"frames\s+[1-9]", text) is not None, 10)
    terminal.press(".")
    terminal.wait_for("PAUSED", 3)
    stood = re.search(r"frames\s+([\d,]+)", terminal.wait_for("PAUSED"))
    terminal.linger(3.5)  # half a second longer than the screen waits for news
    assert stood is not None
    assert stood[0] in terminal.text
    assert "no news" not in terminal.text
    terminal.press(".")
    terminal.wait_for(lambda text: stood[0] not in text and "x2" in text, 5)
    _leave(terminal)


def test_a_terminal_that_cannot_move_its_cursor_is_refused_with_a_sentence(tmp_path: Path) -> None:
    terminal = Terminal("/usr/bin/env", ["TERM=dumb", sys.executable, "-m", "cockpit"], tmp_path, 120, 36)
    terminal.wait_for("TERM is 'dumb'", 5)
    assert terminal.exit_code() == 2


def test_the_packaged_recording_plays_and_ends(tmp_path: Path) -> None:
    terminal = _cockpit(tmp_path, (120, 36), "replay", "--speed", "20")
    terminal.wait_for("REPLAY", 8)
    terminal.wait_for(lambda text: re.search(r"frames\s+[\d,]{4,}", text) is not None, 15)
    _leave(terminal)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_when_the_terminal_goes_away_the_desk_ends_in_order(tmp_path: Path, number: signal.Signals) -> None:
    terminal = _cockpit(tmp_path, (80, 24), "--seed", "7")
    terminal.wait_for("sell 40 Yes", 5)
    terminal.child.kill(number)
    assert terminal.exit_code() == 128 + number
    log = (tmp_path / "state" / "cockpit.log").read_text()
    assert "error" not in log


def test_a_killed_cockpit_leaves_a_journal_that_the_next_start_goes_on_from(tmp_path: Path) -> None:
    terminal = _cockpit(tmp_path, (80, 24), "--seed", "7")
    _approve(terminal)
    terminal.child.kill(signal.SIGKILL)
    terminal.exit_code()
    terminal = _cockpit(tmp_path, (80, 24), "--seed", "7", "--speed", "4")
    terminal.wait_for("P-0001", 5)
    terminal.wait_for(lambda text: re.search(r"40 /\s+40", text) is not None, 25)
    _leave(terminal)
