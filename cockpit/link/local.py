"""A desk in a thread of this process: the frame is handed over by reference."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from cockpit.core.commands import Command
from cockpit.core.errors import CockpitError
from cockpit.core.frame import Frame

PUBLISH_S = 0.05
HEARTBEAT_S = 1.0
"""A frame comes at least this often, in real time, so that silence means trouble."""


class Served(Protocol):
    """What a link needs of a desk; it is given one, it does not know where from."""

    async def run(self) -> None:
        """Work until stopped."""
        ...

    def stop(self) -> None:
        """Ask for the end."""
        ...

    def submit(self, command: Command) -> None:
        """Take a command."""
        ...

    def picture(self, watch: Iterable[str], before: Frame | None, *, is_due: bool = False) -> Frame | None:
        """Return a new frame; None when nothing changed, unless one is due."""
        ...


class LocalLink:
    """Runs a desk on its own event loop in its own thread, so that a stalled terminal cannot stop it."""

    def __init__(self, make_desk: Callable[[], Served], who: str = "ui") -> None:
        self._make_desk = make_desk
        self._frame: Frame | None = None
        self._closed: str | None = None
        self._watch: tuple[str, ...] = ()
        self._numbers = itertools.count(1)
        self._who = who
        self._loop: asyncio.AbstractEventLoop | None = None
        self._desk: Served | None = None
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self.failure: BaseException | None = None
        """What the desk died of, for the exit code."""

    def open(self) -> None:
        """Start the desk. Raises: CockpitError when it cannot start."""
        self._thread.start()
        self._is_up.wait()
        if isinstance(self.failure, CockpitError):
            raise self.failure

    def close(self, timeout_s: float = 20.0) -> None:
        """Stop the desk and wait until it has cleaned up."""
        self.stop()
        self._thread.join(timeout_s)

    @property
    def frame(self) -> Frame | None:
        """The newest frame."""
        return self._frame

    @property
    def closed(self) -> str | None:
        """Why the desk is gone."""
        return self._closed

    def send(self, command: Command) -> None:
        """Hand a command to the desk's loop."""
        if self._desk is not None:
            self._call(self._desk.submit, command)

    def new_id(self) -> str:
        """Return an id for a command."""
        return f"{self._who}-{id(self):x}-{next(self._numbers)}"

    def watch(self, market_ids: Iterable[str]) -> None:
        """Choose the ladders of the next frames."""
        self._watch = tuple(market_ids)

    def stop(self) -> None:
        """Ask the desk to stop."""
        if self._desk is not None:
            self._call(self._desk.stop)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        loop = self._loop
        if loop is not None and self._closed is None:
            try:
                loop.call_soon_threadsafe(function, *arguments)
            except RuntimeError:
                return  # the loop has ended: `closed` says so at the next look

    def _work(self) -> None:
        try:
            asyncio.run(self._serve())
            self._closed = ""
        except CockpitError as error:
            self.failure = error
            self._closed = str(error)
        except Exception as error:  # top of the desk: whatever it was, the screen must say that it is gone
            self.failure = error
            self._closed = f"{type(error).__name__}: {error}"
        finally:
            self._is_up.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._desk = self._make_desk()
        self._is_up.set()
        work = asyncio.ensure_future(self._desk.run())
        shown_at = 0.0
        try:
            while not work.done():
                await asyncio.wait({work}, timeout=PUBLISH_S)
                is_due = self._loop.time() - shown_at >= HEARTBEAT_S
                frame = self._desk.picture(self._watch, self._frame, is_due=is_due)
                if frame is not None:
                    self._frame, shown_at = frame, self._loop.time()
        finally:
            # Also when a picture could not be made: a desk that nobody can see must not trade on.
            self._desk.stop()
            await work
