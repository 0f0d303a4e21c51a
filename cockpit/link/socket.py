"""A desk's socket: commands from other terminals come in, and their answers go out.

It runs on the desk's own loop and keeps nothing of a client but one message: each is read, answered and written before
the next is looked at. A client that stalls, lies or leaves is dropped, and the desk never waits for one.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cockpit.link import wire
from cockpit.link.address import CannotListen, Listening
from cockpit.link.answering import Answering, Served

MOST_CLIENTS = 16
REST_S = 0.1
"""How long no connection is taken after one could not be."""
_PASSING = {errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ECONNABORTED}
"""Troubles in which a connection cannot be taken, and a later one may."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a client has."""

    idle: float = 60.0
    """To begin its next message."""
    message: float = 5.0
    """To say hello, to end a message it has begun, to take an answer."""
    answer: float = 5.0
    """How long an answer of the desk is waited for before the client is told to ask again."""


class DeskSocket:
    """Serves a desk in a folder whose lock the caller holds."""

    def __init__(
        self, desk: Served, folder: Path, patience: Patience | None = None, uid: Callable[[], int] = os.getuid
    ) -> None:
        self._desk, self._folder, self._uid = desk, folder, uid
        self._patience = patience or Patience()
        self._answering = Answering(desk, self._patience.answer)
        self._connections: set[socket.socket] = set()

    async def run(self) -> None:
        """Listen until cancelled. Where there can be no socket the desk is told so, and that is all."""
        try:
            listening = Listening(self._folder)
        except CannotListen as error:
            self._desk.note("warning", f"no commands from other terminals: {error}")
            return
        try:
            async with asyncio.TaskGroup() as talks:
                while True:
                    await _readable(listening.socket)
                    connection = self._accepted(listening.socket)
                    if connection is None:
                        await asyncio.sleep(REST_S)
                    elif self._may_talk(connection):
                        self._connections.add(connection)
                        talks.create_task(self._talk(connection))
        finally:
            for connection in self._connections:
                connection.close()  # of a talk that was ended before it began
            listening.close()

    def _accepted(self, listener: socket.socket) -> socket.socket | None:
        """Return the next connection, None where it cannot be taken. Nothing is awaited: none can get lost."""
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno not in _PASSING:
                raise
            return None
        connection.setblocking(False)
        return connection

    def _may_talk(self, connection: socket.socket) -> bool:
        """Return whether a connection is one of ours, and there is room for it; else it is closed."""
        is_own = is_of(connection, self._uid())
        if is_own and len(self._connections) < MOST_CLIENTS:
            return True
        if is_own:
            busy = wire.Problem("busy", f"the desk talks to {MOST_CLIENTS} other terminals: try again")
            with contextlib.suppress(OSError):
                connection.send(wire.packed(busy))
        connection.close()
        return False

    async def _talk(self, connection: socket.socket) -> None:
        try:
            with connection:
                await self._converse(connection)
        except (OSError, TimeoutError, EOFError):
            return  # it left, or took too long: what it has asked for is done all the same
        except Exception as error:  # a mistake of ours in one conversation is no reason to end the others
            self._desk.note("alarm", f"a terminal was dropped: {type(error).__name__}: {error}")
        finally:
            self._connections.discard(connection)

    async def _converse(self, connection: socket.socket) -> None:
        """Answer one message after the other, until the client leaves or cannot be understood any more."""
        is_welcome, patience = False, self._patience.message
        while True:
            async with asyncio.timeout(patience):
                head = await _exactly(connection, wire.LENGTH.size)
            try:
                length = wire.length_of(head, wire.MOST_REQUEST)
            except wire.WireError as error:
                # Where the next message begins is not known any more.
                await self._write(connection, wire.Problem("bad request", str(error)))
                return
            async with asyncio.timeout(self._patience.message):
                body = await _exactly(connection, length)
            try:
                request = wire.request_of(body)
                answer = await self._answering.answer(request) if is_welcome else self._answering.welcome(request)
            except wire.WireError as error:
                answer = wire.Problem("bad request", str(error))
            await self._write(connection, answer)
            is_welcome = is_welcome or isinstance(answer, wire.Welcome)
            if not is_welcome:
                return
            patience = self._patience.idle

    async def _write(self, connection: socket.socket, answer: wire.Answer) -> None:
        message = wire.packed(answer)
        if len(message) > wire.MOST_ANSWER:
            message = wire.packed(wire.Problem("bad request", "the answer is too long: ask for fewer parts"))
        async with asyncio.timeout(self._patience.message):
            await asyncio.get_running_loop().sock_sendall(connection, message)


async def _readable(listener: socket.socket) -> None:
    """Return once somebody wants to connect."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(listener, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(listener)


async def _exactly(connection: socket.socket, length: int) -> bytes:
    """Return this many bytes. Raises: EOFError when the client leaves before."""
    loop, parts, missing = asyncio.get_running_loop(), [], length
    while missing:
        part = await loop.sock_recv(connection, min(missing, 65_536))
        if not part:
            raise EOFError
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def is_of(connection: socket.socket, uid: int) -> bool:
    """Return whether the process at the other end is a user's own, as far as the system tells."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    try:
        found = connection.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i"))
    except OSError:
        return False
    _, peer, _ = struct.unpack("3i", found)
    return bool(peer == uid)
