"""The emergency commands as a person types them, with real processes: halt, cancel-all, release, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cockpit.place import JOURNAL, LATCH
from cockpit.storage.latch import FileLatch
from tests.end_to_end.accounts import an_account, open_ids
from tests.end_to_end.processes import Desk, finish, start, wait_until
from tests.end_to_end.terminal import Terminal

HALTED = 5
SEED = ("--seed", "7")


def _run(folder: Path, *arguments: str, **extra: str) -> tuple[int, str, str]:
    process = start(folder, *arguments, *SEED, **extra)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    return process.returncode, out, err


@contextmanager
def _desk(folder: Path, *arguments: str, **extra: str) -> Iterator[Desk]:
    desk = Desk(folder, *SEED, *arguments, **extra)
    try:
        desk.wait_for("PairWeighed")
        yield desk
    finally:
        desk.end(signal.SIGKILL)


def _names(desk: Desk) -> list[str]:
    return [line.get("event", "") for line in desk.lines]


def test_a_halt_without_a_desk_ends_our_orders_and_holds_until_it_is_released(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    code, out, err = _run(tmp_path, "halt", "--reason", "fire", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert (found["halted"], found["proven"]) == ("fire", True)
    assert [row["id"] for row in found["cancelled"]] == ["own-1"]
    assert [row["id"] for row in found["foreign"]] == ["theirs"]
    assert open_ids(account) == {"theirs"}

    code, lines, _ = finish(start(tmp_path, "serve", *SEED, "--for", "1", "--json", COCKPIT_PAIR_MODE="auto"))
    assert code == HALTED
    assert "fire" in lines[-1]["summary"]["halted"]
    assert "OrderSending" not in [line.get("event") for line in lines]

    assert _run(tmp_path, "release", "--word", "PLEASE")[0] == 2
    assert _run(tmp_path, "release", "--word", "RELEASE")[0] == 0
    code, lines, _ = finish(start(tmp_path, "serve", *SEED, "--for", "1", "--json"))
    assert code == 0
    assert lines[-1]["summary"]["halted"] == ""


def test_a_running_desk_is_halted_by_the_command_and_not_released_by_one(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    with _desk(tmp_path) as desk:
        code, out, err = _run(tmp_path, "halt", "--reason", "fire")
        assert (code, err) == (0, "")
        assert f"done by the desk that runs there (process {desk.process.pid}" in out
        assert "cancelled 1 order\n" in out
        assert out.endswith("proven: the venue has shown none of them twice\n")
        desk.wait_for("StopProven")
        assert open_ids(account) == {"theirs"}
        code, _, err = _run(tmp_path, "release", "--word", "RELEASE")
        assert code == 3
        assert "a desk runs" in err
        assert desk.end() == (HALTED, "")


def test_a_running_desk_is_halted_by_a_signal_and_latches_it(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with _desk(tmp_path) as desk:
        desk.process.send_signal(signal.SIGUSR1)
        desk.wait_for("StopProven")
        latch = FileLatch(account / LATCH)
        wait_until(lambda: (state := latch.read()) is not None and state.is_proven)
        assert open_ids(account) == set()
        assert desk.end() == (HALTED, "")
    assert "by signal" in json.dumps(desk.lines)


def test_a_running_desk_widens_its_halt_to_the_whole_account_when_asked(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    with _desk(tmp_path) as desk:
        assert _run(tmp_path, "halt")[0] == 0
        assert open_ids(account) == {"theirs"}
        code, out, _ = _run(tmp_path, "halt", "--everything")
        assert code == 0, out
        assert open_ids(account) == set()
        assert desk.end() == (HALTED, "")


def test_cancel_all_reaches_a_running_desk_and_does_not_halt_it(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    with _desk(tmp_path) as desk:
        code, out, err = _run(tmp_path, "cancel-all")
        assert (code, err) == (0, "")
        assert "cancelled 1 order\n" in out
        assert open_ids(account) == {"theirs"}
        code, _, err = _run(tmp_path, "cancel-all", "--everything")
        assert code == 3
        assert "halt --everything" in err
        assert desk.end() == (0, "")
    assert "Halted" not in _names(desk)


def test_with_an_unreadable_journal_a_halt_says_so_and_cancels_only_when_everything_may_go(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"], foreign=["theirs"])
    (account / JOURNAL).write_bytes(b"no database" * 1000)
    code, out, _ = _run(tmp_path, "halt")
    assert code == HALTED
    assert "own orders cannot be told from others'" in out
    assert out.endswith("ORDERS NOT PROVEN ZERO\n")
    assert open_ids(account) == {"own-1", "theirs"}
    assert (account / LATCH).exists()
    assert _run(tmp_path, "release", "--word", "RELEASE")[0] == 1
    assert _run(tmp_path, "halt", "--everything")[0] == 0
    assert open_ids(account) == set()


def test_a_desk_that_hangs_is_named_and_once_it_is_killed_the_command_does_it_itself(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with _desk(tmp_path) as desk:
        desk.process.send_signal(signal.SIGSTOP)
        code, out, _ = _run(tmp_path, "halt", "--wait", "0.5")
        assert code == HALTED
        assert f"process {desk.process.pid}" in out
        assert out.endswith("ORDERS NOT PROVEN ZERO\n")
        desk.end(signal.SIGKILL)
        assert open_ids(account) == {"own-1"}
        assert _run(tmp_path, "halt")[0] == 0
        assert open_ids(account) == set()


def test_plans_of_a_killed_desk_do_not_go_on_after_halt_and_release(tmp_path: Path) -> None:
    an_account(tmp_path / "state")
    with _desk(tmp_path, "--speed", "10", COCKPIT_PAIR_MODE="auto", TIME_WINDOW_MINUTES="60") as desk:
        desk.wait_for("OrderSending")
        desk.end(signal.SIGKILL)
    assert _run(tmp_path, "halt")[0] == 0
    assert _run(tmp_path, "release", "--word", "RELEASE")[0] == 0
    code, lines, _ = finish(start(tmp_path, "serve", *SEED, "--for", "1.5", "--json"))
    assert code == 0
    assert [parent["state"] for parent in lines[-1]["summary"]["parents"].values()] == ["stopped"]
    assert "OrderSending" not in [line.get("event") for line in lines]


def test_a_desk_whose_account_was_taken_over_ends_and_says_by_whom(tmp_path: Path) -> None:
    an_account(tmp_path / "state")
    with _desk(tmp_path) as first:
        # A lock that somebody deleted, or that a file system does not keep, must not lead to two desks.
        (tmp_path / "state" / "practice-7.lock").unlink()
        with _desk(tmp_path) as second:
            # The journal looks every second whether it may still write; a halt writes at once.
            first.process.send_signal(signal.SIGUSR1)
            first.process.wait(timeout=30)
            code, err = first.end()
            assert code == 3
            assert "another desk has taken over" in err
            assert f"process {second.process.pid}" in err
            second.end()


def test_a_halt_is_told_to_the_addresses_for_alerts(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        an_account(tmp_path / "state")
        address = f"json://127.0.0.1:{server.server_port}/hidden-token"
        with _desk(tmp_path, COCKPIT_ALERT_URLS=address) as desk:
            desk.process.send_signal(signal.SIGUSR1)
            wait_until(lambda: any("HALTED by signal" in post["message"] for post in told))
            assert desk.end() == (HALTED, "")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "hidden-token" not in (tmp_path / "state" / "cockpit.log").read_text()


def test_the_screen_obeys_the_signal_and_the_release_is_typed_at_a_terminal(tmp_path: Path) -> None:
    an_account(tmp_path / "state")
    cockpit = ["-m", "cockpit"]
    screen = Terminal(sys.executable, [*cockpit, *SEED], tmp_path, 120, 36)
    screen.wait_for("sell 40 Yes", 8)
    screen.child.kill(signal.SIGUSR1)
    screen.wait_for("HALTED", 5)
    latch = FileLatch(tmp_path / "state" / "practice-7" / LATCH)
    wait_until(lambda: (state := latch.read()) is not None and state.is_proven)
    screen.child.kill(signal.SIGTERM)
    assert screen.exit_code() == 128 + signal.SIGTERM
    terminal = Terminal(sys.executable, [*cockpit, "release", *SEED], tmp_path, 100, 10)
    terminal.wait_for("type RELEASE", 8)
    terminal.press("RELEASE\r")
    terminal.wait_for("released: it was halted for by signal", 8)
    assert terminal.exit_code() == 0
    assert latch.read() is None


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_before_there_is_a_desk_does_not_end_the_process(tmp_path: Path, number: int) -> None:
    an_account(tmp_path / "state")
    script = (
        "import os, signal, sys\nfrom cockpit import cli\n"
        "cli.run = lambda arguments: os.kill(os.getpid(), int(arguments[0])) or 0\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script, str(int(number))], env=dict(os.environ), timeout=30)
    assert done.returncode == 0
