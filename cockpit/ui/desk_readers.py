"""Readers that can do something: the stop and its preview, and the differences to the venue."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.binding import Binding, BindingType

from cockpit.core.frame import DifferenceRow, Frame
from cockpit.ui.dialogs.base import binding
from cockpit.ui.dialogs.word import AcceptDialog, EverythingDialog
from cockpit.ui.differences import difference_at, difference_rows
from cockpit.ui.hands import Hands
from cockpit.ui.readers import Reader
from cockpit.ui.rows import Row
from cockpit.ui.stop import stop_rows

Status = Callable[[Frame | None, int], Row]


class StopReader(Reader):
    """What a stop would do, and the stop that is on."""

    BINDINGS: ClassVar[list[BindingType]] = [binding("everything", "everything")]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("E", "Stop the whole account"),)

    def __init__(self, hands: Hands, status: Status, frame: Frame) -> None:
        super().__init__(stop_rows, status, frame)
        self._hands = hands

    def action_everything(self) -> None:
        """Ask for the word."""
        self.app.push_screen(EverythingDialog(self.newest), self._stopped)

    def _stopped(self, word: str | None) -> None:
        if word:
            self._hands.halt(everything=True)


class DifferencesReader(Reader):
    """The differences. The cursor chooses the one to accept."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("A", "accept", "Accept", show=False),
        binding("reconcile", "reconcile"),
    ]
    HAS_CURSOR: ClassVar[bool] = True
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("A", "Accept"), ("C", "Compare now"))

    def __init__(self, hands: Hands, status: Status, frame: Frame) -> None:
        super().__init__(difference_rows, status, frame)
        self._hands = hands

    def action_accept(self) -> None:
        """Ask for the word, when the venue's number can be taken over."""
        row = difference_at(self.newest, self.pane.key)
        if row is None:
            self._hands.host.say("no difference is selected")
        elif not row.may_accept:
            self._hands.host.say("this one cannot be accepted: it has to be explained", severity="warning")
        else:
            self.app.push_screen(AcceptDialog(self.newest, row), lambda word: self._accepted(row, word))

    def action_choose(self) -> None:
        """Accept the difference the cursor is on."""
        self.action_accept()

    def _accepted(self, seen: DifferenceRow, word: str | None) -> None:
        if word:
            self._hands.accept(seen)

    def action_reconcile(self) -> None:
        """Compare with the venue now."""
        self._hands.reconcile()
        self._hands.host.say("comparing with the venue")
