"""The command palette's commands: only ours, only what is possible now, grouped by a prefix."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

Command = tuple[str, str, Callable[[], Awaitable[None] | None]]
"""(words, help, what to call)"""


@runtime_checkable
class HasCommands(Protocol):
    """A screen the palette can be opened from."""

    def commands(self) -> Iterable[Command]:
        """Return what can be done now."""
        ...


class Commands(Provider):
    """Finds commands by their words."""

    def _all(self) -> Iterable[Command]:
        return self.screen.commands() if isinstance(self.screen, HasCommands) else ()

    async def discover(self) -> Hits:
        """Offer all commands before anything is typed."""
        for text, help_text, call in self._all():
            yield DiscoveryHit(Content(text), partial(_run, call), text=text, help=help_text)

    async def search(self, query: str) -> Hits:
        """Offer what matches."""
        matcher = self.matcher(query)
        for text, help_text, call in self._all():
            score = matcher.match(text)
            if score > 0:
                yield Hit(score, matcher.highlight(text), partial(_run, call), text=text, help=help_text)


async def _run(call: Callable[[], Awaitable[None] | None]) -> None:
    result = call()
    if result is not None:
        await result
