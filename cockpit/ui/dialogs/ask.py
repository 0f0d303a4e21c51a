"""The small dialogs: cancel a parent, end reducing, leave the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import EntryRow, ParentRow
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER, Dialog, buttons
from cockpit.ui.panes.orders import entry_of, owner_of, side_words
from cockpit.ui.rows import Row, wrap


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


class CancelEntryDialog(Dialog[bool]):
    """Ask before both legs of an entry are cancelled. Returns True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Cancel it", show=False)]

    def __init__(self, frame: Frame, entry: EntryRow) -> None:
        super().__init__(frame, "Cancel entry")
        self.entry = entry

    def rows(self) -> Sequence[Row]:
        """Return how many pairs are complete, and what would be left alone."""
        entry = entry_of(self.newest, self.entry.id) or self.entry
        pairs = min(entry.filled)
        leg = 0 if entry.filled[0] > entry.filled[1] else 1
        alone = entry.filled[leg] - pairs
        left = f"{words.shares(alone)} {words.clean(entry.outcomes[leg])} would be left alone, without the other leg."
        return [
            ((f"{entry.id}  enter {words.clean(entry.name)}", "bold"),),
            ((f"{words.shares(pairs)} of {words.shares(entry.shares)} pairs are complete and kept;", ""),),
            ((left, "warning") if alone else ("resting orders of both legs are cancelled.", ""),),
            (),
            buttons("Back", ("y", "Cancel the entry", True)),
        ]

    def action_yes(self) -> None:
        """Cancel it."""
        self.dismiss(True)


class ReduceDialog(Dialog[bool]):
    """Ask before everything may be sent again. Returns True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Send everything", show=False)]

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "End reducing")

    def rows(self) -> Sequence[Row]:
        """Return why only exposure is lowered, and what ending that means."""
        why = words.clean(self.newest.header.reducing) or "not on any more"
        return [
            ((words.cut(f"reducing: {why}", INNER), "warning"),),
            (("Orders that raise the exposure may be sent again.", ""),),
            (),
            buttons("Back", ("y", "Send everything again", True)),
        ]

    def action_yes(self) -> None:
        """End it."""
        self.dismiss(True)


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
        return sum(1 for order in self.newest.parents if order.state.is_open)

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
