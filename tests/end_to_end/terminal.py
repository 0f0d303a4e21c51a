"""A program in a real pseudo-terminal, and what a person would see of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pexpect
import pyte

from tests.end_to_end.processes import environment


class Terminal:
    """Types at a program and reads its screen."""

    def __init__(self, command: str, arguments: list[str], folder: Path, width: int, height: int, **extra: str) -> None:
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = bytearray()
        variables = environment(folder, TERM="xterm-256color", **extra)
        self.child = pexpect.spawn(
            command, arguments, env=variables, cwd=str(folder), dimensions=(height, width), timeout=10
        )

    @property
    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self._screen.display)

    def wait_for(self, what: str | Callable[[str], bool], timeout_s: float = 15) -> str:
        """Read until the screen shows a text (or satisfies a condition)."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            self._read(0.05)
            shown = self.text
            if what in shown if isinstance(what, str) else what(shown):
                return shown
        raise AssertionError(f"never saw {what!r}; the screen is:\n{self.text}")

    def press(self, keys: str) -> None:
        """Type."""
        self.child.send(keys)

    def linger(self, seconds: float) -> None:
        """Go on reading for a while."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(0.02)

    def exit_code(self, timeout_s: float = 20) -> int | None:
        """Wait for the end and return how it ended."""
        deadline = time.monotonic() + timeout_s
        while self.child.isalive() and time.monotonic() < deadline:
            self._read(0.05)
        self._read(0.05)
        self.child.close()
        status: int | None = self.child.exitstatus
        return status

    def _read(self, timeout_s: float) -> None:
        try:
            data = self.child.read_nonblocking(65536, timeout_s)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.raw += data
        self._stream.feed(data)
