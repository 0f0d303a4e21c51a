"""The small dialogs: cancel a parent, leave the halt, leave the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from cockpit.core.frame import Frame, ParentRow
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER, Box, Dialog, buttons
from cockpit.ui.panes.orders import owner_of, side_words
from cockpit.ui.rows import Row, wrap

WORD = "RELEASE"


class CancelDialog(Dialog[bool]):
    """Ask before a parent order is cancelled. Returns True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Cancel it", show=False)]

    def __init__(self, frame: Frame, parent_order: ParentRow) -> None:
        super().__init__(frame, "Cancel order")
        self.parent_order = parent_order

    def rows(self) -> Sequence[Row]:
        """Return what is filled and what would not be bought or sold any more."""
        order = owner_of(self.newest, self.parent_order.id)[0] or self.parent_order
        left = max(order.size - order.filled, 0)
        return [
            ((f"{order.id}  {side_words(order)}  {words.clean(order.name)}", "bold"),),
            ((f"{words.shares(order.filled)} of {words.shares(order.size)} filled and kept,", ""),),
            ((f"{words.shares(left)} shares will not be traded; resting orders are cancelled.", ""),),
            (),
            buttons("Back", ("y", "Cancel the order", True)),
        ]

    def action_yes(self) -> None:
        """Cancel it."""
        self.dismiss(True)


class ReleaseDialog(Dialog[str]):
    """Leave the halt: the word has to be typed. Returns it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "Release the halt")
        self._problem = ""

    def inputs(self) -> ComposeResult:
        """One line to type in."""
        word = Input(id="word", placeholder=WORD, max_length=len(WORD), compact=True)
        word.cursor_blink = False
        yield word

    def on_mount(self) -> None:
        """Type at once."""
        super().on_mount()
        self.query_one(Input).focus()

    def rows(self) -> Sequence[Row]:
        """Return why it is halted and what releasing means."""
        why = words.clean(self.newest.header.halted) or "not halted any more"
        alive = self.newest.header.orders_live
        return [
            ((words.cut(f"halted: {why}", INNER), "alarm"),),
            ((f"{words.plural(alive, 'order')} not proven dead", "warning" if alive else "dim"),),
            (("After the release suggestions can be approved again.", ""),),
            ((self._problem, "warning bold"),),
            ((f"type {WORD} and enter    ", ""), ("esc", "key"), (" stays halted", "dim")),
        ]

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Take the word, if it is the word."""
        if event.value == WORD:
            self.dismiss(event.value)
        else:
            self._problem = f"that was not {WORD}"
            self.query_one(Box).paint(self.rows())


class QuitDialog(Dialog[bool]):
    """How to leave. Returns True to stop the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "stop", "Stop", show=False)]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "Quit")

    def rows(self) -> Sequence[Row]:
        """Return what the desk is doing and the ways out."""
        head = self.newest.header
        working = sum(1 for order in self.newest.parents if order.state.value in ("working", "paused"))
        held = sum(1 for pair in self.newest.pairs if pair.is_held)
        text = (
            f"The desk has {words.plural(working, 'open order')}, {words.plural(head.orders_live, 'live child order')} "
            f"and {words.plural(held, 'pair')} held."
        )
        lines: list[Row] = [((line, ""),) for line in wrap(text, INNER)]
        return [
            *[*lines, ()][:2],
            (("s", "key bold"), ("  stop: cancel what rests, keep the positions, leave", "")),
            (),
            buttons("Stay", ("s", "Stop and leave", True)),
        ]

    def action_stop(self) -> None:
        """Stop the desk and leave."""
        self.dismiss(True)
