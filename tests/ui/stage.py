"""Run the app without a terminal: a clock that stands still, and frames that come when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from textual.pilot import Pilot

from cockpit.core.frame import Frame
from cockpit.ui.app import CockpitApp
from tests.frames import MAIN, FakeLink


class Watch:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


class Stage:
    """An app, its link and its clock."""

    def __init__(self, frame: Frame | None = MAIN, **options: Any) -> None:
        self.link = FakeLink(frame)
        self.watch = Watch()
        self.app = CockpitApp(self.link, monotonic=self.watch, **options)
        self.pilot: Pilot[int]

    async def press(self, *keys: str) -> None:
        """Press keys and let the app settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

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
