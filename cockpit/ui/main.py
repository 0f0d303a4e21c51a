"""`MainScreen`: the keys of the view: filter, readers, palette, themes, mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from textual import on
from textual.command import CommandPalette
from textual.widgets import Input

from cockpit.core.frame import Frame
from cockpit.ui import status, words
from cockpit.ui.actions import ACTIONS
from cockpit.ui.control import ControlScreen
from cockpit.ui.details import detail_rows
from cockpit.ui.hands import Hands
from cockpit.ui.order_reader import OrderReader
from cockpit.ui.palette import Command, Commands
from cockpit.ui.pane import Pane
from cockpit.ui.profit_screen import ProfitScreen
from cockpit.ui.readers import Reader, help_rows, journal_rows
from cockpit.ui.rows import Rows
from cockpit.ui.telemetry import telemetry_rows
from cockpit.ui.why import NOT_OURS, target_of
from cockpit.ui.why_reader import WhyReader


class MainScreen(ControlScreen):
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
        self.set_focus(field)  # at once: the next key is for the field already

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
            self.set_focus(pane)

    def action_back(self) -> None:
        """Leave the field of the filter without one; else what is most in the way."""
        if self._filtering is None:
            super().action_back()
        else:
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

    def action_profit(self) -> None:
        """Show what trading has brought."""
        if self.newest is not None:
            self.app.push_screen(ProfitScreen(self.hands, status.status_row, self.newest))

    def action_telemetry(self) -> None:
        """Show how trades went."""
        self._read(telemetry_rows)

    def action_open(self) -> None:
        """Show everything about the row."""
        pane = self.focused_pane
        kind = "positions" if pane.id in ("book", "delta") else str(pane.id)
        key = self.selected_market if kind == "positions" else pane.key
        if key and kind == "orders" and self.newest is not None:
            self.app.push_screen(OrderReader(key, status.status_row, self.newest))
        elif key:
            self._read(partial(detail_rows, kind, key))

    def action_why(self) -> None:
        """Show why the row is as it is."""
        frame, pane = self.newest, self.focused_pane
        if frame is None:
            return
        target = target_of(frame, str(pane.id), pane.key, self.selected_market)
        if target:
            self.app.push_screen(WhyReader(self.hands, status.status_row, frame, target))
        else:
            self.hands.host.say(NOT_OURS if pane.key else "no row is selected")

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
