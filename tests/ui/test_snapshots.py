"""Pictures of the screen, from frames written by hand. Look at each one before it is committed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import PreviewRow
from cockpit.ui.app import CockpitApp
from cockpit.ui.dialogs.base import Dialog
from tests import frames as f
from tests.ui import explained as y
from tests.ui import filling as k
from tests.ui import told as m
from tests.ui import trouble as t
from tests.ui import wanted as n
from tests.ui import worked as w
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
            for key in keys:
                await pilot.press(key)
                self.app.look()  # at what the desk answers, before the next key
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
            self.watch.seconds += 1
            if isinstance(self.app.screen, Dialog):
                self.app.screen.again()
            self.app.look()
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
    "order-form-checked": (f.MAIN, (*k.KEYS["order"], "enter")),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("state", TROUBLE)
def test_trouble(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    frame, keys = TROUBLE[state]
    picture = Picture(frame)
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))


FORMS: dict[str, tuple[PreviewRow, tuple[str, ...]]] = {
    "order": (n.PLACED, ("n", "down", "down", *"600", "down", *"0.49", "down", "right", "right")),
    "split": (n.SPLIT, (*k.KEYS["split"], "down", "right", "down", "down", *"5", "down", *"60")),
    "bid": (n.BID, k.KEYS["bid"]),
    "entry": (n.ENTERED, ("i", "down", "down", "down", "down", *"25", "enter")),
}
PANES: dict[str, tuple[str, ...]] = {
    "entry": ("5", "o"),
    "vwap": ("5", "j", "j", "j", "o", "j", "j", "j"),
    "top": ("5", "j", "j", "j", "j", "j", "o", "j", "j"),
    "offers": ("4", "G"),
}


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("state", FORMS)
def test_form(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    answer, keys = FORMS[state]
    picture = Picture(f.MAIN)
    picture.link.answer = answer
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("state", PANES)
def test_pane(state: str, size: tuple[int, int], snap_compare: Compare) -> None:
    picture = Picture(n.OFFERED if state == "offers" else n.ENTERING)
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*PANES[state]))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
@pytest.mark.parametrize("subject", y.KEYS)
def test_why(subject: str, size: tuple[int, int], snap_compare: Compare) -> None:
    picture = Picture(f.MAIN)
    picture.link.why = y.ANSWERS[subject]
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*y.KEYS[subject]))


def test_book_full_width(snap_compare: Compare) -> None:
    picture = Picture(f.MAIN)
    assert snap_compare(picture.app, terminal_size=SMALL, run_before=picture.after("2"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
def test_completing(size: tuple[int, int], snap_compare: Compare) -> None:
    picture = Picture(f.DRIFTING)
    keys = ("j", "j", "2") if size == SMALL else ("j", "j")
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))


def test_help(snap_compare: Compare) -> None:
    picture = Picture(f.MAIN)
    assert snap_compare(picture.app, terminal_size=LARGE, run_before=picture.after("?"))


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
def test_metrics(size: tuple[int, int], snap_compare: Compare) -> None:
    picture = Picture(m.MEASURED)
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after("M"))


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


@pytest.mark.parametrize(
    ("keys", "size", "theme"),
    [
        (("p",), LARGE, "harbour"),
        (("p", "right"), SMALL, "daylight"),
        (("5", "j", "j", "j", "enter"), LARGE, "harbour"),
    ],
    ids=["profit-120x36", "profit-80x24", "order-120x36"],
)
def test_chart(keys: tuple[str, ...], size: tuple[int, int], theme: str, snap_compare: Compare) -> None:
    picture = Picture(w.WORKED, theme=theme)
    assert snap_compare(picture.app, terminal_size=size, run_before=picture.after(*keys))
