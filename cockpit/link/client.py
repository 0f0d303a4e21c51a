"""Talks to the desk that runs on a folder, from another process. Everything here blocks: it is for commands."""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from pathlib import Path
from types import TracebackType

from cockpit.core.commands import Command
from cockpit.core.errors import CockpitError, FailedError
from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.core.why import Why
from cockpit.link import wire
from cockpit.link.address import short_path

ANSWER_S = 15.0
"""How long an answer is waited for."""
UNSURE = "it may have been done all the same: look with cockpit orders"
SURE = "nothing was sent"


class NoDeskError(CockpitError):
    """Nobody listens there."""

    exit_code = 4


def new_id() -> str:
    """Return an id for a command, never used before."""
    return f"cli-{secrets.token_hex(8)}"


def is_listening(folder: Path) -> bool:
    """Return whether a desk can be reached on a folder."""
    try:
        _connected(folder, 1.0).close()
    except (OSError, CockpitError):
        return False
    return True


class DeskClient:
    """One conversation with a desk; a command whose answer was lost is asked for once more, and done only once."""

    def __init__(self, folder: Path, timeout_s: float = ANSWER_S) -> None:
        """Connect. Raises: NoDeskError, FailedError."""
        self._folder, self._timeout_s = folder, timeout_s
        self._connection = self._connect()

    def __enter__(self) -> DeskClient:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def send(self, command: Command) -> Receipt:
        """Have a command done and return what became of it. Raises: FailedError when that cannot be learned."""
        over = time.monotonic() + self._timeout_s
        asking = wire.asking(command)
        try:
            try:
                answer = self._ask(asking)
            except _Lost:
                # It may or may not have arrived: with the same id it is done once, whatever came before.
                answer = self._ask_again(asking)
            while isinstance(answer, wire.Pending) and time.monotonic() < over:
                answer = self._ask(wire.AskReceipt(command.id))
        except _Silent as error:
            raise FailedError(f"{error}; {UNSURE}") from None
        if isinstance(answer, wire.Answered):
            return answer.receipt
        if isinstance(answer, wire.Pending):
            raise FailedError(f"the desk has not answered in {self._timeout_s:g} s; {UNSURE}")
        raise FailedError(_words(answer))

    def receipt(self, command_id: str) -> Receipt | None:
        """Return what became of a command, None when it never came or has no answer yet. Raises: FailedError."""
        answer = self._ask(wire.AskReceipt(command_id))
        return answer.receipt if isinstance(answer, wire.Answered) else None

    def preview(self, command: wire.Wanted) -> PreviewRow:
        """Return what a command would do now. Raises: FailedError."""
        answer = self._look(wire.asking_preview(command))
        if isinstance(answer, wire.Previewed):
            return answer.row
        raise FailedError(_words(answer))

    def why(self, target: str) -> Why:
        """Return why something was decided as it was. Raises: FailedError."""
        answer = self._look(wire.AskWhy(target))
        if isinstance(answer, wire.Explained):
            return answer.why
        raise FailedError(_words(answer))

    def picture(self, *parts: str) -> wire.Picture:
        """Return parts of what a screen would show. Raises: FailedError."""
        answer = self._look(wire.AskPicture(parts))
        if isinstance(answer, wire.Picture):
            return answer
        raise FailedError(_words(answer))

    def _connect(self) -> socket.socket:
        connection = _connected(self._folder, self._timeout_s)
        try:
            try:
                answer = _exchange(connection, wire.Hello(wire.PROTOCOL))
            except _Silent as error:
                raise FailedError(f"{error}; {SURE}") from None
            if not isinstance(answer, wire.Welcome):
                raise FailedError(_words(answer))
        except BaseException:
            connection.close()
            raise
        return connection

    def _ask(self, request: wire.Request) -> wire.Answer:
        return _exchange(self._connection, request)

    def _look(self, request: wire.Request) -> wire.Answer:
        """Ask for what changes nothing."""
        try:
            return self._ask(request)
        except _Silent as error:
            raise FailedError(f"{error}; {SURE}") from None

    def _ask_again(self, asking: wire.Ask) -> wire.Answer:
        self._connection.close()
        try:
            self._connection = self._connect()
            return self._ask(asking)
        except (NoDeskError, _Lost):
            raise FailedError(f"the desk ended before it answered; {UNSURE}, once a desk runs again") from None


class _Lost(FailedError):
    """The connection broke before the answer was there."""


class _Silent(FailedError):
    """The answer did not come in time."""


def _connected(folder: Path, timeout_s: float) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        with short_path(folder) as path:
            connection.connect(path)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        connection.close()
        raise NoDeskError(f"no desk runs on {folder}; start cockpit or cockpit serve") from None
    except (BlockingIOError, TimeoutError):
        connection.close()
        raise FailedError(f"the desk on {folder} takes no more connections: try again") from None
    except OSError as error:
        connection.close()
        raise FailedError(f"the desk on {folder} cannot be reached: {error.strerror or error}") from None
    return connection


def _exchange(connection: socket.socket, request: wire.Request) -> wire.Answer:
    """Send a message and return its answer. Raises: FailedError, of which `_Lost` and `_Silent` are kinds."""
    try:
        # A desk that hangs up has usually said why before: what it said can still be read.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(wire.packed(request))
        head = _exactly(connection, wire.LENGTH.size)
        return wire.answer_of(_exactly(connection, wire.length_of(head, wire.MOST_ANSWER)))
    except TimeoutError:
        raise _Silent(f"the desk has not answered in {connection.gettimeout():g} s") from None
    except (EOFError, OSError):
        raise _Lost("the desk has closed the connection") from None
    except wire.WireError as error:
        raise FailedError(f"the desk's answer makes no sense: {error}") from None


def _exactly(connection: socket.socket, length: int) -> bytes:
    parts, missing = [], length
    while missing:
        part = connection.recv(min(missing, 65_536))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _words(answer: wire.Answer) -> str:
    return answer.text if isinstance(answer, wire.Problem) else "the desk has not answered yet"
