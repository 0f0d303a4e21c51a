"""Orders typed in another terminal, beside real desks: one without a screen, one with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cockpit.cli import run
from cockpit.link.address import NAME
from tests.end_to_end.processes import Desk, environment, wait_until
from tests.end_to_end.running import SEED, desk_on
from tests.end_to_end.terminal import Terminal

Typed = Callable[..., tuple[int, str, str]]
SPLIT = [
    *("split", "--market", "harbour", "--side", "buy", "--total", "60", "--limit", "0.36", "--max", "20"),
    *("--algo", "twap", "--window", "10m", "--style", "take"),
]
BID = ["bid", "--market", "Harbour bill", "--total", "40", "--limit", "0.3", "--show", "10"]
ENTER = ["enter", "--market", "coast", "--kind", "maker-taker", "--first", "no", "--size", "10", "--confirm"]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Run a command line in this process, which is faster; return exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_it(*arguments: str) -> tuple[int, str, str]:
        code = run([*arguments, *SEED])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_it


def _explains(typed: Typed) -> None:
    """Ask why about an order that was sent, its parent, an entry, a market and nothing that there is."""
    code, out, err = typed("why", "c-0001", "--json")
    assert err == ""
    found = json.loads(out)
    assert (code, found["kind"], found["decision"], found["first_blocking"]) == (0, "order", "sent", None)
    assert {gate["name"] for gate in found["gates"]} >= {"order size", "cash free", "unhedged at worst"}
    code, out, _ = typed("why", "P-0001")
    assert code == 0
    assert "first gate closed       next slice is due: in " in out
    assert json.loads(typed("why", "e-0001", "--json")[1])["kind"] == "entry"
    assert json.loads(typed("why", "harbour", "--json")[1])["kind"] in ("pair", "offer")
    code, out, err = typed("why", "P-0099")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("cockpit: ID P-0099: there is no order, suggestion or market of that name; there are ")


def _rows(typed: Typed) -> dict[str, dict[str, Any]]:
    code, out, err = typed("orders", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    return {row["id"]: row for row in (*found["parents"], *found["entries"])}


def test_what_is_typed_in_another_terminal_is_worked_by_the_desk_that_runs(tmp_path: Path, typed: Typed) -> None:
    account = tmp_path / "state" / "practice-7"
    with desk_on(tmp_path) as desk:
        wait_until(lambda: typed(*SPLIT, "--dry-run")[0] == 0)  # until the venue has told the desk everything
        code, out, err = typed(*SPLIT, "--dry-run")
        assert (code, err) == (0, "")
        assert "3 children of 20, every 3m20s" in out
        assert typed(*SPLIT) == (0, "P-0001 buy 60 Yes Harbour bill <= 0.36 by TWAP over 10m\n", "")
        assert typed(*BID)[1].startswith("P-0002 buy 40 Yes Harbour bill <= 0.3 at the top, showing 10, for 1h")
        code, out, _ = typed(*ENTER, "--json")
        assert (code, json.loads(out)["id"], len(json.loads(out)["risk"])) == (0, "E-0001", 2)
        code, out, err = typed(*(word.replace("0.36", "0.365") for word in SPLIT))
        assert (code, out) == (2, "")
        assert err == "cockpit: --limit 0.365: price 0.365 is not a multiple of 0.01 between 0.01 and 0.99\n"
        wait_until(lambda: _rows(typed)["P-0001"]["filled"] == "20")
        rows = _rows(typed)
        assert (rows["P-0001"]["slice"], rows["P-0001"]["slices"], rows["E-0001"]["parents"]) == (
            *(1, 3, ["P-0003", "P-0004"]),
        )  # fmt: skip
        _explains(typed)
        assert typed("pause", "P-0001")[1] == "P-0001 paused\n"
        assert typed("amend", "P-0002", "--limit", "0.305")[0] == 2
        assert typed("amend", "P-0002", "--limit", "0.29")[1] == "P-0002 limit is now at most 0.29\n"
        assert typed("cancel", "E-0001")[1] == "E-0001 cancelled\n"
        wait_until(lambda: _rows(typed)["E-0001"]["state"] == "cancelled")
        _lists_without_a_terminal_library(tmp_path)
        assert desk.end() == (0, "")
    _were_journaled(desk)
    assert not (account / NAME).exists()
    code, out, err = typed("why", "P-0001/1")
    assert (code, "order size              20 shares, limit 100 shares" in out) == (0, True), out
    assert err.endswith("this is what its journal says\n")
    assert typed("orders") == (4, "", f"cockpit: no desk runs on {account}; start cockpit or cockpit serve\n")


def _lists_without_a_terminal_library(folder: Path) -> None:
    script = (
        "import sys\nfrom cockpit.cli import run\ncode = run(['orders', '--seed', '7'])\n"
        "assert not {'textual', 'sqlalchemy', 'cockpit.ui', 'cockpit.desk.desk'} & set(sys.modules)\nsys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(folder), capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (0, "")
    (paused,) = (line for line in done.stdout.splitlines() if line.startswith("P-0001"))
    assert paused.endswith("  paused: by a person")


def _were_journaled(desk: Desk) -> None:
    started = {line["parent"]["id"]: line for line in desk.lines if line.get("event") == "ParentStarted"}
    assert set(started) == {"P-0001", "P-0002", "P-0003", "P-0004"}
    assert started["P-0001"]["command_id"].startswith("socket-cli-")


def test_a_desk_with_a_screen_takes_them_too_and_shows_them(tmp_path: Path, typed: Typed) -> None:
    screen = Terminal(sys.executable, ["-m", "cockpit", *SEED], tmp_path, 120, 36)
    screen.wait_for("sell 40 Yes", 8)
    assert typed(*BID)[0] == 0
    screen.wait_for("P-0001", 5)
    screen.child.kill(signal.SIGTERM)
    assert screen.exit_code() == 128 + signal.SIGTERM
    assert typed("orders")[0] == 4
