"""`MainScreen`: what each key does. Whatever sends goes through `hands`; whatever is risky opens a dialog first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from textual import events, on
from textual.command import CommandPalette
from textual.widgets import Input

from cockpit.core.frame import Frame, ParentRow, SuggestionRow
from cockpit.ui import status, words
from cockpit.ui.actions import ACTIONS
from cockpit.ui.details import detail_rows
from cockpit.ui.dialogs.approve import ApproveDialog
from cockpit.ui.dialogs.ask import CancelDialog, QuitDialog, ReleaseDialog
from cockpit.ui.footer import is_any_open
from cockpit.ui.hands import Hands
from cockpit.ui.layout import PaneScreen
from cockpit.ui.palette import Command, Commands
from cockpit.ui.pane import Pane
from cockpit.ui.panes import orders, suggestions
from cockpit.ui.readers import Reader, help_rows, journal_rows
from cockpit.ui.rows import Rows


class MainScreen(PaneScreen):
    """The cockpit."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._filtering: Pane | None = None

    @on(Pane.Opened)
    def _opened(self) -> None:
        self.action_open()

    def action_filter(self) -> None:
        """Type what rows must contain."""
        field = self.query_one("#filter", Input)
        field.value = self.focused_pane.filter_text
        field.display = True
        self._filtering = self.focused_pane
        field.focus()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        if self._filtering is not None:
            self._filtering.set_filter(event.value)

    @on(Input.Submitted, "#filter")
    def _filter_kept(self) -> None:
        self._leave_filter()

    def _leave_filter(self) -> None:
        pane, self._filtering = self._filtering, None
        self.query_one("#filter", Input).display = False
        if pane is not None:
            pane.focus()

    def on_key(self, event: events.Key) -> None:
        """Escape in the filter clears it."""
        if event.key == "escape" and self._filtering is not None:
            event.stop()
            event.prevent_default()
            self._filtering.set_filter("")
            self._leave_filter()

    def _read(self, build: Callable[[Frame, int], Rows]) -> None:
        if self.newest is not None:
            self.app.push_screen(Reader(build, status.status_row, self.newest))

    def action_help(self) -> None:
        """Show the keys."""
        self._read(partial(help_rows, str(self.focused_pane.id), self.hands.keymap))

    def action_journal(self) -> None:
        """Show all notices."""
        self._read(journal_rows)

    def action_open(self) -> None:
        """Show everything about the row."""
        pane = self.focused_pane
        kind = "positions" if pane.id in ("book", "delta") else str(pane.id)
        key = self.selected_market if kind == "positions" else pane.key
        if key:
            self._read(partial(detail_rows, kind, key))

    def action_copy(self) -> None:
        """Copy the row."""
        text = self.focused_pane.row_text
        if text:
            self.app.copy_to_clipboard(text)
            self.hands.host.say("row copied, if the terminal allows it")

    def action_palette(self) -> None:
        """Find a command."""
        self.app.push_screen(CommandPalette(providers=[Commands], placeholder="what to do"))

    def commands(self) -> Iterable[Command]:
        """Return what the palette offers: actions that are possible, themes, pairs."""
        for action in ACTIONS:
            if action.palette and self.is_possible(action):
                call = partial(self.run_action, action.action)
                yield f"{action.group}: {action.words.lower().removeprefix('go to ')}", action.tooltip, call
        for name in self.hands.host.theme_names():
            yield f"theme: {name}", "Use this theme", partial(self.hands.host.use_theme, name)
        for pair in self.newest.pairs if self.newest is not None else ():
            text = f"go: pair {words.clean(pair.name)}"
            yield text, words.clean(pair.title), partial(self._go_to_pair, pair.market_id)

    def _go_to_pair(self, market_id: str) -> None:
        pane = self.pane("positions")
        pane.set_filter("")
        self.action_go("positions")
        pane.move_to_key(market_id)

    def action_theme(self) -> None:
        """Use the next theme."""
        self.hands.host.next_theme()

    def action_mouse(self) -> None:
        """Take or give back the mouse."""
        self.hands.host.toggle_mouse()

    async def action_picture(self) -> None:
        """Save the screen."""
        await self.app.run_action("picture")

    def action_approve(self) -> None:
        """Open the dialog for the selected suggestion, or the first open one."""
        frame = self.newest
        if frame is None:
            return
        selected, focused = self.pane("suggestions").key, self.focused_pane.id
        here = selected if focused == "suggestions" else self.selected_market if focused != "orders" else ""
        row = suggestions.chosen(frame, here, selected)
        if row is None or not row.id:
            self.hands.host.say(suggestions.why_nothing(frame, row))
            return
        self.pane("suggestions").move_to_key(row.market_id)
        dialog = ApproveDialog(frame, row, self.hands)
        self.app.push_screen(dialog, partial(self._approved, row))

    def _approved(self, row: SuggestionRow, choice: str | None) -> None:
        if choice == "send":
            self.hands.approve(row)
        elif choice == "dismiss":
            self.hands.dismiss(row)

    def action_hide(self) -> None:
        """Hide the selected suggestion."""
        selected = self.pane("suggestions").key
        rows = self.newest.suggestions if self.newest is not None else ()
        row = next((row for row in rows if row.id and row.market_id == selected), None)
        if row is None:
            self.hands.host.say("the selected row is not an open suggestion")
        else:
            self.hands.dismiss(row)

    def action_cancel(self) -> None:
        """Ask for a parent, cancel a child at once."""
        parent, child_id = self._order()
        if parent is None or self.newest is None:
            self.hands.host.say("no order is selected: 5, then j and k")
        elif child_id:
            self.hands.cancel(child_id)
        elif parent.state not in orders.OPEN:
            self.hands.host.say(f"{parent.id} is {parent.state.value}: nothing to cancel")
        else:
            self.app.push_screen(CancelDialog(self.newest, parent), partial(self._cancelled, parent.id))

    def _order(self) -> tuple[ParentRow | None, str]:
        if self.newest is None:
            return None, ""
        parent, child = orders.owner_of(self.newest, self.pane("orders").key)
        return parent, child.id if child is not None else ""

    def _cancelled(self, parent_id: str, is_wanted: bool | None) -> None:
        if is_wanted:
            self.hands.cancel(parent_id)

    def action_cancel_all(self) -> None:
        """Cancel everything at once; it is sent in any case, for the desk may know more than the screen."""
        self.hands.cancel_all()
        frame = self.newest
        if frame is not None and not is_any_open(frame) and not frame.header.orders_live:
            self.hands.host.say("nothing to cancel: no order is open or live")

    def action_pause(self) -> None:
        """Pause or resume the parent."""
        parent, _ = self._order()
        if parent is None:
            self.hands.host.say("no order is selected: 5, then j and k")
        elif parent.state not in orders.OPEN:
            self.hands.host.say(f"{parent.id} is {parent.state.value}: nothing to pause")
        else:
            self.hands.pause(parent.id)

    def action_halt(self) -> None:
        """Halt at once."""
        self.hands.halt()

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
