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
from cockpit.ui.panes.orders import OPEN, owner_of, side_words
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


def _are(number: int, noun: str) -> str:
    """Return `no order is`, `1 order is`, `4 pairs are`."""
    return f"{words.plural(number, noun) if number else f'no {noun}'} {'is' if number < 2 else 'are'}"


class QuitDialog(Dialog[bool]):
    """How to leave. Returns True to stop the desk."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "stop", "Stop", show=False)]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "Quit")
        self._has_note = self._worked > 0 and frame.feed is None  # the height stays as it was when it opened

    @property
    def _worked(self) -> int:
        return sum(1 for order in self.newest.parents if order.state in OPEN)

    def rows(self) -> Sequence[Row]:
        """Return what the desk is doing and the ways out."""
        live = self.newest.header.orders_live
        held = sum(1 for pair in self.newest.pairs if pair.is_held)
        text = (
            f"{_are(self._worked, 'order')} being worked, "
            f"{_are(live, 'order') + ' live' if live else 'nothing rests'} at the venue, "
            f"{_are(held, 'pair')} held."
        )
        note = "A worked order goes on at the next start, if its time window has not passed by then."
        lines: list[Row] = [((line, ""),) for line in wrap(text[0].upper() + text[1:], INNER)]
        more: list[Row] = [((line, "dim"),) for line in wrap(note, INNER)] if self._has_note else []
        return [
            *[*lines, ()][:2],
            *(more if self._worked else [()] * len(more)),
            (),
            (("s", "key bold"), ("  stop: cancel what rests, keep the positions, leave", "")),
            (),
            buttons("Stay", ("s", "Stop and leave", True)),
        ]

    def action_stop(self) -> None:
        """Stop the desk and leave."""
        self.dismiss(True)
