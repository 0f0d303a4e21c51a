"""A desk whose every answer a test can choose, served at a socket by a thread; and a client that may say anything."""

from __future__ import annotations

import asyncio
import json
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cockpit.core.commands import Cancel, Command, Explain, Preview
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.core.state import State
from cockpit.core.why import Why
from cockpit.link import wire
from cockpit.link.address import NAME, short_path
from cockpit.link.client import DeskClient, new_id
from cockpit.link.socket import DeskSocket, Patience
from tests.frames import MAIN


def until(condition: Callable[[], Any], what: str) -> Any:
    """Wait for another thread; fails after ten seconds."""
    deadline = time.monotonic() + 10
    pause = threading.Event()
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        pause.wait(0.005)
    raise AssertionError(f"still no {what}")


class FakeDesk:
    """Takes what it is given and answers as a test wishes."""

    def __init__(self, frame: Frame | None = MAIN) -> None:
        self.state = State(account="fake", mode="practice")
        self.receipts: deque[Receipt] = deque(maxlen=50)
        self.previews: deque[PreviewRow] = deque(maxlen=8)
        self.whys: deque[Why] = deque(maxlen=8)
        self.why = Why("", "c-0001", 0)
        """What why is answered with."""
        self.asked: list[str] = []
        """What why was asked about."""
        self.taken: list[Command] = []
        """Commands, in their order; previews are not among them."""
        self.weighed: list[Command] = []
        """What previews were asked for."""
        self.notes: list[str] = []
        self.frame = frame
        self.drawn = 0
        self.on_command: Callable[[Command], Receipt | None] = lambda command: Receipt(command.id, True, "", "done")
        self.preview = PreviewRow("", words="as typed", effect="rests", money="costs at most 46 USD")

    def submit(self, command: Command) -> None:
        """Remember, and answer at once, unless the test wants no answer."""
        if isinstance(command, Preview):
            self.weighed.append(command.command)
            self.previews.append(replace(self.preview, command_id=command.id))
            return
        if isinstance(command, Explain):
            self.asked.append(command.target)
            self.whys.append(replace(self.why, request_id=command.id))
            return
        self.taken.append(command)
        answer = self.on_command(command)
        if answer is not None:
            self.receipts.append(answer)

    def refuse(self, reason: str, text: str, field: str = "") -> None:
        """Refuse whatever comes, previews too."""
        self.on_command = lambda command: Receipt(command.id, False, reason, text, field)
        self.preview = PreviewRow("", reason, text, field)

    def picture(self, watch: Iterable[str], before: Frame | None, *, is_due: bool = False) -> Frame | None:
        """Return the frame the test has given."""
        self.drawn += 1
        return self.frame

    def note(self, level: str, text: str) -> None:
        """Remember."""
        self.notes.append(f"{level}: {text}")


@contextmanager
def serving(
    folder: Path, desk: FakeDesk, patience: Patience | None = None, uid: Callable[[], int] = os.getuid
) -> Iterator[FakeDesk]:
    """Serve a desk at a folder's socket in a thread of its own."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []

    async def serve() -> None:
        task = asyncio.ensure_future(DeskSocket(desk, folder, patience, uid).run())
        loops.append((asyncio.get_running_loop(), task))
        await asyncio.gather(task, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        until(lambda: desk.notes or _is_connectable(folder), "socket")
        yield desk
    finally:
        loop, task = loops[0]
        if thread.is_alive():
            loop.call_soon_threadsafe(task.cancel)
        thread.join()


def _is_connectable(folder: Path) -> bool:
    if not (folder / NAME).is_socket():
        return False
    try:
        Raw(folder).close()
    except ConnectionRefusedError:
        return False
    return True


def is_served(folder: Path) -> bool:
    """Return whether a new client has its command done."""
    with DeskClient(folder) as client:
        return client.send(Cancel(new_id(), "P-0001")).is_done


class Raw:
    """A connection on which a test says what it likes."""

    def __init__(self, folder: Path, *, says_hello: bool = False) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(10)
        try:
            with short_path(folder) as path:
                self.socket.connect(path)
        except OSError:
            self.socket.close()
            raise
        if says_hello:
            assert self.ask({"kind": "hello", "protocol": wire.PROTOCOL})["kind"] == "welcome"

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, message: Any) -> dict[str, Any]:
        """Say something (bytes as they are, anything else as JSON) and return the answer."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.socket.sendall(wire.LENGTH.pack(len(body)) + body)
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Return the next answer."""
        (length,) = wire.LENGTH.unpack(self._exactly(wire.LENGTH.size))
        found: dict[str, Any] = json.loads(self._exactly(length))
        return found

    def is_dropped(self) -> bool:
        """Wait for the other end to hang up, whatever it still says; fails when it does not."""
        try:
            while self.socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        return True

    def is_hung_up(self) -> bool:
        """Return whether the other end has hung up, without reading what it said before."""
        poll = select.poll()
        poll.register(self.socket, 0)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    def _exactly(self, length: int) -> bytes:
        found = b""
        while len(found) < length:
            part = self.socket.recv(length - len(found))
            assert part, "hung up"
            found += part
        return found
