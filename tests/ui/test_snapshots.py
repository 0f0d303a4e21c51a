"""Pictures of the screen, from frames written by hand. Look at each one before it is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from cockpit.core.frame import Frame
from cockpit.ui.app import CockpitApp
from cockpit.ui.dialogs.base import Dialog
from tests import frames as f
from tests.ui import trouble as t
from tests.ui.stage import Watch

Compare = Callable[..., bool]
SMALL, LARGE = (80, 24), (120, 36)


class Picture:
    """An app whose clock stands still, ready for `snap_compare`."""

    def __init__(self, frame: Frame, **options: Any) -> None:
        self.watch = Watch()
        self.link = f.FakeLink(frame)
        self.app = CockpitApp(self.link, monotonic=self.watch, **options)

    def after(self, *keys: str) -> Callable[[Pilot[int]], Any]:
        """Return what to do before the picture is taken."""

        async def script(pilot: Pilot[int]) -> None:
            await pilot.pause()
            self.app.look()
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            self.watch.seconds += 1
            if isinstance(self.app.screen, Dialog):
                self.app.screen.again()
            await pilot.pause()

        return script


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("state", ["main", "empty", "approve", "halted"])
def test_screen(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    frame = {"main": f.MAIN, "empty": f.EMPTY, "approve": f.FIRST, "halted": f.HALTED}[state]
    picture = Picture(frame)
    keys = ("4", "a") if state == "approve" else ()
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))


TROUBLE: dict[str, tuple[Frame, tuple[str, ...]]] = {
    "not-proven": (t.NOT_PROVEN, ("5",)),
    "proven": (t.PROVEN, ()),
    "preview": (t.UNPROVEN, ("P",)),
    "differences": (t.DIFFERENT, ("D",)),
    "accept": (t.DIFFERENT, ("D", "A")),
    "unproven": (t.UNPROVEN, ("5", "G")),
    "unproven-pair": (t.UNPROVEN, ("j", "enter")),
    "order-form": (t.UNPROVEN, ("n", "down", "down", *"300", "down", *"0.465", "enter")),
    "order-form-checked": (f.MAIN, ("n", "down", "down", *"300", "down", *"0.46", "enter")),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("state", TROUBLE)
def test_trouble(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    frame, keys = TROUBLE[state]
    picture = Picture(frame)
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))


def test_book_full_width(snap_compare: Compare) -> None:
    picture = Picture(f.MAIN)
    assert snap_compare(picture.app, terminal_size=SMALL, run_before=picture.after("2"))


def test_help(snap_compare: Compare) -> None:
    picture = Picture(f.MAIN)
    assert snap_compare(picture.app, terminal_size=LARGE, run_before=picture.after("?"))


def test_too_small(snap_compare: Compare) -> None:
    picture = Picture(f.HALTED)
    assert snap_compare(picture.app, terminal_size=(72, 18), run_before=picture.after())


@pytest.mark.parametrize("theme", ["classic", "mono", "daylight"])
def test_theme(theme: str, snap_compare: Compare) -> None:
    picture = Picture(f.ODD, theme=theme)
    assert snap_compare(picture.app, terminal_size=LARGE, run_before=picture.after("5", "j"))


def test_replay(snap_compare: Compare) -> None:
    picture = Picture(f.REPLAY)
    assert snap_compare(picture.app, terminal_size=SMALL, run_before=picture.after())
