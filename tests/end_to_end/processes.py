"""Real processes of the cockpit, each with its own folders."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def environment(folder: Path, **extra: str) -> dict[str, str]:
    """What a process sees: no settings of ours, no secret, its own state folder."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "COCKPIT_STATE_DIR": str(folder / "state"),
        "PYTHONWARNINGS": "error",
        **extra,
    }


def start(folder: Path, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """Start a cockpit command with its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "cockpit", *arguments],
        env=environment(folder, **extra),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], timeout_s: float = 60) -> tuple[int, list[dict[str, Any]], str]:
    """Wait; return the exit code, the JSON lines and standard error."""
    out, err = process.communicate(timeout=timeout_s)
    return process.returncode, [json.loads(line) for line in out.splitlines()], err


def wait_until(condition: Callable[[], bool], timeout_s: float = 15) -> None:
    """Wait for a condition, with a deadline."""
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, "never came true"
        threading.Event().wait(0.02)


class Desk:
    """A running `serve`; its lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str, **extra: str) -> None:
        self.process = start(folder, "serve", "--json", *arguments, **extra)
        self.lines: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._ended: tuple[int, str] | None = None

    def wait_for(self, event: str) -> None:
        """Wait until a line names an event."""
        wait_until(lambda: any(line.get("event") == event for line in self.lines))

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """End it, once; return the exit code and standard error."""
        if self._ended is not None:
            return self._ended
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self._reader.join()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        err = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self._ended = code, err
        return self._ended

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
