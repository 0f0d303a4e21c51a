"""Signals to real processes, with and without a screen, and who is told of a halt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from cockpit.place import LATCH
from tests.emergency.accounts import an_account, latch_of, open_ids
from tests.end_to_end.processes import wait_until
from tests.end_to_end.running import HALTED, SEED, desk_on
from tests.end_to_end.terminal import Terminal


def test_a_running_desk_is_halted_by_a_signal_and_latches_it(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state", own=["own-1"])
    with desk_on(tmp_path) as desk:
        desk.process.send_signal(signal.SIGUSR1)
        desk.wait_for("StopProven")
        wait_until(lambda: latch_of(account).is_proven)
        assert open_ids(account) == set()
        assert desk.end() == (HALTED, "")
    assert "by signal" in json.dumps(desk.lines)


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
        with desk_on(tmp_path, COCKPIT_ALERT_URLS=address) as desk:
            desk.process.send_signal(signal.SIGUSR1)
            wait_until(lambda: any("HALTED by signal" in post["message"] for post in told))
            assert desk.end() == (HALTED, "")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "hidden-token" not in (tmp_path / "state" / "cockpit.log").read_text()


def test_the_screen_obeys_the_signal_and_the_release_is_typed_at_a_terminal(tmp_path: Path) -> None:
    account = an_account(tmp_path / "state")
    cockpit = ["-m", "cockpit"]
    screen = Terminal(sys.executable, [*cockpit, *SEED], tmp_path, 120, 36)
    screen.wait_for("sell 40 Yes", 8)
    screen.child.kill(signal.SIGUSR1)
    screen.wait_for("HALTED", 5)
    wait_until(lambda: latch_of(account).is_proven)
    screen.child.kill(signal.SIGTERM)
    assert screen.exit_code() == 128 + signal.SIGTERM
    terminal = Terminal(sys.executable, [*cockpit, "release", *SEED], tmp_path, 100, 10)
    terminal.wait_for("type RELEASE", 8)
    terminal.press("RELEASE\r")
    terminal.wait_for("released: it was halted for by signal", 8)
    assert terminal.exit_code() == 0
    assert not (account / LATCH).exists()


@pytest.mark.parametrize("number", [signal.SIGUSR1, signal.SIGUSR2])
def test_a_signal_before_there_is_a_desk_does_not_end_the_process(tmp_path: Path, number: int) -> None:
    an_account(tmp_path / "state")
    script = (
        "import os, signal, sys\nfrom cockpit import cli\n"
        "cli.run = lambda arguments: os.kill(os.getpid(), int(arguments[0])) or 0\ncli.main()"
    )
    done = subprocess.run([sys.executable, "-c", script, str(int(number))], env=dict(os.environ), timeout=30)
    assert done.returncode == 0
