"""`Dialog`: a box of rows with keys. It stays as it is while the numbers in it are painted again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input

from cockpit.core.frame import Frame
from cockpit.ui import words
from cockpit.ui.actions import BY_ID
from cockpit.ui.lines import CELLS, Lines
from cockpit.ui.rows import Row, Run

Result = TypeVar("Result")
WIDTH = 66
INNER = WIDTH - 4
READY_S = 0.3
"""A key that is held down must not send: what it sends has to be seen this long."""


def binding(action_id: str, action: str) -> Binding:
    """Return a key of the registry for a dialog."""
    known = BY_ID[action_id]
    return Binding(known.keys, action, known.words, id=action_id, show=False, tooltip=known.tooltip)


def buttons(back: str, *others: tuple[str, str, bool]) -> Row:
    """Return the line of buttons: back has the focus, the others are (key, words, whether they can be used)."""
    runs: list[Run] = [(f" esc {back} ", "button")]
    for key, text, is_on in others:
        runs += [("   ", ""), (key, "key bold" if is_on else "stale"), (f" {text}", "bold" if is_on else "button-off")]
    return tuple(runs)


class Box(Lines):
    """The rows of a dialog."""


class Dialog(ModalScreen[Result], Generic[Result], inherit_bindings=False):
    """A box in the middle. Escape and enter go back; nothing else happens by accident."""

    COMPONENT_CLASSES: ClassVar[set[str]] = CELLS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter", "back", "Back", show=False),
        binding("halt", "app.halt"),
    ]
    AUTO_FOCUS = ""
    BOX: ClassVar[type[Box]] = Box

    def __init__(self, frame: Frame, title: str) -> None:
        super().__init__()
        self.newest = frame
        self.heading = f"{title} - {words.clean(frame.header.mode).upper()}"

    def compose(self) -> ComposeResult:
        """A box, and what a dialog puts below its rows."""
        with Vertical(id="dialog"):
            yield self.BOX(id="box")
            yield from self.inputs()

    def inputs(self) -> ComposeResult:
        """Return widgets below the rows; none as a rule."""
        yield from ()

    def on_mount(self) -> None:
        """Take the height the rows need; it does not change afterwards."""
        rows = self.rows()
        outer, box = self.query_one("#dialog"), self.query_one(Box)
        outer.border_title = Content(self.heading)
        outer.styles.width = WIDTH
        box.styles.height = len(rows)
        self.call_after_refresh(self.again)

    def rows(self) -> Sequence[Row]:
        """Return what the box shows."""
        return ()

    def show(self, frame: Frame) -> None:
        """Take a newer frame."""
        self.newest = frame
        self.again()

    @property
    def is_whole(self) -> bool:
        """Whether the terminal shows all of it: nobody sends what cannot be read."""
        width, height = self.app.size
        return width >= WIDTH and height >= len(self.rows()) + len(self.query(Input)) + 2

    def again(self) -> None:
        """Paint the rows."""
        for box in self.query(Box):
            box.paint(self.rows())

    def action_back(self) -> None:
        """Leave without doing anything."""
        self.dismiss(None)
