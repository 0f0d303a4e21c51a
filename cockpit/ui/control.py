"""`ControlScreen`: the keys of the desk itself: halt, release, stop, differences, reducing, replay, leaving."""

from __future__ import annotations

from cockpit.ui import status
from cockpit.ui.desk_readers import DifferencesReader, StopReader
from cockpit.ui.dialogs.ask import QuitDialog, ReduceDialog
from cockpit.ui.dialogs.word import EverythingDialog, ReleaseDialog
from cockpit.ui.trading import TradingScreen


class ControlScreen(TradingScreen):
    """What keys do to the desk. The safe direction is instant, the risky one asks."""

    def action_halt(self) -> None:
        """Halt at once."""
        self.hands.halt()

    def action_stop_preview(self) -> None:
        """Show what a stop would do, or has done."""
        if self.newest is not None:
            self.app.push_screen(StopReader(self.hands, status.status_row, self.newest))

    def action_everything(self) -> None:
        """Ask for the word that stops the whole account."""
        if self.newest is not None:
            self.app.push_screen(EverythingDialog(self.newest), self._stopped)

    def _stopped(self, word: str | None) -> None:
        if word:
            self.hands.halt(everything=True)

    def action_differences(self) -> None:
        """Show what is not as the venue has it."""
        if self.newest is not None:
            self.app.push_screen(DifferencesReader(self.hands, status.status_row, self.newest))

    def action_reconcile(self) -> None:
        """Compare with the venue now."""
        self.hands.reconcile()
        self.hands.host.say("comparing with the venue")

    def action_reduce(self) -> None:
        """Reduce only from now on, at once; ask before everything may be sent again."""
        if self.newest is None or not self.newest.header.reducing:
            self.hands.reduce(is_on=True)
        else:
            self.app.push_screen(ReduceDialog(self.newest), self._reduced)

    def _reduced(self, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.reduce(is_on=False)

    def action_release(self) -> None:
        """Ask for the word."""
        if self.newest is not None:
            self.app.push_screen(ReleaseDialog(self.newest), self._released)

    def _released(self, word: str | None) -> None:
        if word:
            self.hands.release(word)

    def action_speed(self, direction: int) -> None:
        """Double or halve the replay's speed."""
        if self.newest is not None and self.newest.feed is not None:
            self.hands.change_speed(self.newest.feed.speed, direction)

    def action_hold(self) -> None:
        """Pause the replay, or go on."""
        if self.newest is not None and self.newest.feed is not None:
            self.hands.hold(self.newest.feed.speed)

    def action_ask_to_quit(self) -> None:
        """Ask how to leave; when there is no desk any more, leave."""
        if self.hands.closed is not None or self.newest is None:
            self.hands.host.leave()
        else:
            self.app.push_screen(QuitDialog(self.newest), self._quit)

    def _quit(self, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.host.leave()
