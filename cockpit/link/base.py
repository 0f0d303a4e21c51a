"""`Link`: a user interface's only view of a desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cockpit.core.commands import Command
from cockpit.core.frame import Frame


class Link(Protocol):
    """Safe to call from the user interface's thread; nothing here blocks."""

    @property
    def frame(self) -> Frame | None:
        """The newest frame, None before the first; one comes at least every second, so silence means trouble."""
        ...

    @property
    def closed(self) -> str | None:
        """Why the desk is gone, once it is; an empty text when it stopped as asked."""
        ...

    def send(self, command: Command) -> None:
        """Hand a command over; its receipt arrives in a later frame."""
        ...

    def new_id(self) -> str:
        """Return an id for the next command, never used before."""
        ...

    def watch(self, market_ids: Iterable[str]) -> None:
        """Say whose ladders the next frames should carry."""
        ...

    def stop(self) -> None:
        """Ask the desk to stop: cancel what rests, keep positions, end."""
        ...
