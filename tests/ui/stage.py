"""Run the app without a terminal: a clock that stands still, and frames that come when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual import events
from textual.pilot import Pilot

from cockpit.core.frame import Frame
from cockpit.ui.app import CockpitApp
from tests.frames import MAIN, FakeLink

NAMES = {".": "full_stop", ",": "comma", "-": "minus"}
"""Signs whose keys have a name."""


class Watch:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


class Stage:
    """An app, its link and its clock."""

    def __init__(self, frame: Frame | None = MAIN, *, link: FakeLink | None = None, **options: Any) -> None:
        self.link = link if link is not None else FakeLink(frame)
        self.watch = Watch()
        self.app = CockpitApp(self.link, monotonic=self.watch, **options)
        self.pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys, let the app settle, and let it see what the desk answers."""
        await self.pilot.press(*keys)
        await self.pilot.pause()
        await self.look()

    async def type(self, *keys: str) -> None:
        """Press keys faster than the app can follow, let it catch up, and let it see what the desk answers."""
        for key in keys:
            self.app.post_message(events.Key(NAMES.get(key, key), key if len(key) == 1 else None))
        for _ in range(3):
            await self.pilot.pause()
        await self.look()

    async def show(self, frame: Frame) -> None:
        """Let the desk publish a frame, and the app look."""
        self.link.shown = frame
        self.app.look()
        await self.pilot.pause()

    async def look(self) -> None:
        """Let the app look."""
        self.app.look()
        await self.pilot.pause()

    def text(self) -> str:
        """Return what is on the screen, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    def dialog(self) -> str:
        """Return what stands in the box that is open, in one line."""
        lines = [line.split("│")[1].strip() for line in self.text().split("\n") if line.count("│") == 2]
        return " ".join(" ".join(lines).split())

    def toasts(self) -> list[str]:
        """Return the messages that are up."""
        return [f"{note.title}: {note.message}".removeprefix(": ") for note in self.app._notifications]


def play(script: Callable[[Stage], Awaitable[None]], size: tuple[int, int] = (120, 36), **options: Any) -> Stage:
    """Run a script against the app at a size; whatever the app raises fails the test."""
    stage = Stage(**options)

    async def run() -> None:
        async with stage.app.run_test(size=size, notifications=True) as pilot:
            stage.pilot = pilot
            await pilot.pause()
            await stage.look()
            await script(stage)

    asyncio.run(run())
    return stage
