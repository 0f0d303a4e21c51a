"""The desk without a screen, as a process."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cockpit.storage.intents import read_intents
from tests.emergency.accounts import an_account
from tests.end_to_end.processes import Desk, environment, finish, start, wait_until


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The lines of two seconds of a desk that prints everything, and has loaded no terminal library for it."""
    script = (
        "import sys\nfrom cockpit.cli import run\n"
        "code = run(['serve', '--seed', '7', '--for', '2', '--json', '--market-data'])\n"
        "assert 'textual' not in sys.modules and 'cockpit.ui' not in sys.modules\nsys.exit(code)"
    )
    folder = tmp_path_factory.mktemp("told")
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(folder), capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_serve_prints_one_json_object_per_event_and_a_summary(told: list[dict[str, Any]]) -> None:
    assert all("event" in line for line in told[:-1])
    assert told[0]["event"] == "DeskStarted"
    assert {"MarketListed", "FillSeen", "PairWeighed"} <= {line.get("event") for line in told}
    summary = told[-1]["summary"]
    assert summary["seed"] == 7
    assert any(row["yes"] != row["no"] for row in summary["positions"].values())
    assert summary["not_proven_dead"] == 0


def test_market_data_is_printed_when_asked_for(told: list[dict[str, Any]]) -> None:
    assert {"BookSnapshot", "LevelsChanged", "ConnectionChanged"} <= {line.get("event") for line in told}


def test_a_suggestion_is_there_within_two_seconds(told: list[dict[str, Any]]) -> None:
    trades = [line for line in told if line.get("event") == "PairWeighed" and line["choice"]["verdict"] == "trade"]
    assert trades
    assert trades[0]["at_ms"] - told[0]["at_ms"] < 2_000


def test_in_auto_mode_an_imbalance_is_worked_to_zero_by_itself_and_no_market_data_is_told(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "--seed", "7", "--speed", "20", COCKPIT_PAIR_MODE="auto")
    wait_until(lambda: any(line.get("event") == "ParentMoved" and line["state"] == "done" for line in desk.lines))
    assert desk.end() == (0, "")
    summary = desk.lines[-1]["summary"]
    (parent,) = summary["parents"].values()
    assert parent["state"] == "done"
    assert parent["filled"] == parent["size"]
    assert all(row["yes"] == row["no"] for row in summary["positions"].values())
    names = {line.get("event") for line in desk.lines}
    assert "LevelsChanged" not in names
    assert {"telemetry.rebalance_attempted", "rebalance_executed", "telemetry.position_balanced"} <= names


def test_sigterm_ends_it_cleanly_with_a_summary(tmp_path: Path) -> None:
    process = start(tmp_path, "serve", "--seed", "7", "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert '"summary"' in out.splitlines()[-1]
    assert err == ""


def test_a_second_desk_on_the_same_journal_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    first = start(tmp_path, "serve", "--seed", "7", "--json")
    assert first.stdout is not None
    first.stdout.readline()
    code, lines, err = finish(start(tmp_path, "serve", "--seed", "7", "--for", "1", "--json"))
    assert code == 3
    assert lines == []
    assert f"process {first.pid}" in err
    first.terminate()
    first.communicate(timeout=20)
    assert first.returncode == 0


def test_a_journal_of_a_newer_cockpit_is_exit_code_1_and_untouched(tmp_path: Path) -> None:
    path = an_account(tmp_path / "state") / "desk.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    rows = connection.execute("SELECT count(*) FROM events").fetchone()
    connection.close()
    code, _, err = finish(start(tmp_path, "serve", "--seed", "7", "--for", "0.1", "--json"))
    assert code == 1
    assert "newer cockpit" in err
    assert "Traceback" not in err
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM events").fetchone() == rows
    connection.close()


@pytest.mark.parametrize("arguments", [("--seed", "7"), ()])
def test_a_lost_journal_is_built_anew_from_what_the_exchange_says(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    _, lines, _ = finish(start(tmp_path, "serve", *arguments, "--for", "0.5", "--json"))
    before = lines[-1]["summary"]
    for path in (tmp_path / "state").glob("practice*/desk.sqlite*"):
        path.unlink()
    code, lines, err = finish(start(tmp_path, "serve", *arguments, "--for", "1", "--json"))
    assert (code, err) == (0, "")
    after = lines[-1]["summary"]
    assert (after["seed"], after["cash"]) == (before["seed"], before["cash"])
    assert {m: (row["yes"], row["no"]) for m, row in after["positions"].items()} == {
        m: (row["yes"], row["no"]) for m, row in before["positions"].items()
    }


def test_a_new_practice_account_keeps_the_old_one_beside_it(tmp_path: Path) -> None:
    an_account(tmp_path / "state")
    assert finish(start(tmp_path, "serve", "--seed", "7", "--for", "0.1", "--new", "--json"))[0] == 0
    folders = sorted(path.name for path in (tmp_path / "state").iterdir() if path.is_dir())
    assert len(folders) == 2
    assert folders[1].startswith("practice-7-until-")


def test_a_reader_that_goes_away_or_never_reads_does_not_stop_the_desk(tmp_path: Path) -> None:
    process = start(tmp_path, "serve", "--seed", "7", "--json", "--speed", "10", COCKPIT_PAIR_MODE="auto")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    wait_until(lambda: read_intents(tmp_path / "state" / "practice-7" / "desk.sqlite") != {})
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()
