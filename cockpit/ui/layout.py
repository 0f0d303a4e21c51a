"""`PaneScreen`: the five panes, the lines around them, and how to move between them. It only shows frames."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from cockpit.core.frame import Frame
from cockpit.ui import status, words
from cockpit.ui.actions import ACTIONS, PANES, Action, bindings
from cockpit.ui.footer import Footer, footer_keys, footer_row, is_offered
from cockpit.ui.hands import Hands
from cockpit.ui.lines import CELLS, Lines
from cockpit.ui.pane import Pane
from cockpit.ui.panes import book, delta, orders, positions, suggestions
from cockpit.ui.rows import Row, Rows, filled

LEAST_WIDTH, LEAST_HEIGHT = 80, 20
WIDE = 110
WHEN_SMALL = ("halt", "quit")
"""What still works below the least size: nobody should act on what cannot be seen."""
_BY_CALL = {action.action.split("(")[0]: action for action in ACTIONS}


class PaneScreen(Screen[None], inherit_bindings=False):
    """Panes and lines. What keys do beyond moving is in `MainScreen`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = CELLS
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    AUTO_FOCUS = "#positions"
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, hands: Hands) -> None:
        super().__init__()
        self.hands = hands
        self.newest: Frame | None = None
        self.zoomed = ""
        self.unfolded: set[str] = set()
        """Parents whose orders are shown."""
        self._watched = ""

    def compose(self) -> ComposeResult:
        """Status, bar, the five panes, events, footer."""
        yield Lines(id="status")
        yield Lines(id="bar")
        with Vertical(id="body"):
            with Horizontal(id="top"):
                yield Pane("1", positions.rows, id="positions")
                yield Pane("2", self._book_rows, has_cursor=False, id="book")
            yield Pane("3", delta.rows, has_cursor=False, id="delta")
            yield Pane("4", self._suggestion_rows, id="suggestions")
            yield Pane("5", self._order_rows, id="orders")
        yield Lines(id="small")
        field = Input(id="filter", placeholder="filter: type, enter keeps it, esc clears", compact=True)
        field.cursor_blink = False
        yield field
        yield Lines(id="events")
        yield Footer(lambda action: self.call_later(self.run_action, action.action))

    def _book_rows(self, frame: Frame, width: int, height: int) -> Rows:
        return book.rows(frame, self.selected_market, width, height)

    def _suggestion_rows(self, frame: Frame, width: int, height: int) -> Rows:
        return suggestions.rows(frame, width, height, is_gone=self.hands.closed is not None)

    def _order_rows(self, frame: Frame, width: int, height: int) -> Rows:
        return orders.rows(frame, width, height, unfolded=self.unfolded)

    def pane(self, name: str) -> Pane:
        """Return a pane by its name."""
        return self.query_one(f"#{name}", Pane)

    @property
    def panes(self) -> list[Pane]:
        """All panes, by number."""
        return [self.pane(name) for name in PANES]

    @property
    def focused_pane(self) -> Pane:
        """The pane with the focus, the first when none has it."""
        return self.focused if isinstance(self.focused, Pane) else self.pane("positions")

    @property
    def selected_market(self) -> str:
        """The market the positions cursor is on."""
        return self.pane("positions").key

    def show(self, frame: Frame) -> None:
        """Show a newer frame. Nothing is laid out anew but by a halt."""
        self.newest = frame
        for pane in self.panes:
            if pane.display:
                pane.show(frame)
        self._watch()
        self.set_class(bool(frame.header.halted), "-halted")
        self.show_lines()
        self.show_footer()

    def show_lines(self) -> None:
        """Paint status, bar and events."""
        width = self.size.width
        line = self.query_one("#bar", Lines)
        rows = status.bar_rows(self.newest, self.hands.closed, self.hands.silent_s, width)
        line.display = bool(rows)
        line.set_class(len(rows) > 1, "-two")
        line.paint(rows)
        self.set_class(self.hands.closed is not None, "-gone")
        self.query_one("#status", Lines).paint([status.status_row(self.newest, width)])
        self.query_one("#events", Lines).paint([status.event_row(self.newest, width)])

    def show_footer(self) -> None:
        """Paint the keys that do something now."""
        footer = self.query_one(Footer)
        keymap = self.hands.keymap
        footer.placed = footer_keys(
            keymap, self.size.width, lambda action: self.is_possible(action) and is_offered(action, self.newest)
        )
        footer.paint([filled(footer_row(footer.placed, keymap), self.size.width)])

    def is_possible(self, action: Action) -> bool:
        """Return whether a key acts now, be it only to say why it does nothing."""
        if action.acts and self.hands.closed is not None:
            return False
        if self.has_class("-small") and action.id not in WHEN_SMALL:
            return False
        if action.id == "release":
            return self.newest is not None and bool(self.newest.header.halted)
        return not action.replay or (self.newest is not None and self.newest.feed is not None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Turn keys off that would do nothing."""
        known = _BY_CALL.get(action)
        return known is None or self.is_possible(known)

    def _watch(self) -> None:
        market_id = self.selected_market
        if market_id and market_id != self._watched:
            self._watched = market_id
            self.hands.watch(market_id)

    @on(Pane.Moved)
    def _moved(self, event: Pane.Moved) -> None:
        if event.pane.id == "positions":
            self._watch()
            self.pane("book").again()

    def on_resize(self, event: events.Resize) -> None:
        """Say when the terminal is too small; else fill it."""
        width, height = event.size
        is_small = width < LEAST_WIDTH or height < LEAST_HEIGHT
        self.set_class(is_small, "-small")
        if is_small:
            needs = f"needs {LEAST_WIDTH}x{LEAST_HEIGHT}, this is {width}x{height}"
            text: list[Row] = [(), ((words.left(f" {needs}", width), "bold"),), ((" K halts, q leaves", "dim"),)]
            self.query_one("#small", Lines).paint(text)
        if self.zoomed == "book" and width >= WIDE and self.focused_pane.id != "book":
            self.zoom("")
        self.call_after_refresh(self.again)

    def again(self) -> None:
        """Paint everything for the size it has now."""
        for pane in self.panes:
            if pane.display:
                pane.show(self.newest)
        self.show_lines()
        self.show_footer()

    def on_screen_resume(self) -> None:
        """Paint what changed behind a dialog."""
        self.call_after_refresh(self.again)

    def zoom(self, name: str) -> None:
        """Give one pane the body, or all of them their places."""
        self.zoomed = name
        self.set_class(bool(name), "-zoomed")
        self.query_one("#top").set_class(name in ("positions", "book"), "-zoom")
        for pane in self.panes:
            pane.set_class(pane.id == name, "-zoom")
        self.call_after_refresh(self.again)

    def action_go(self, name: str) -> None:
        """Go to a pane; a book that has no place gets the whole body."""
        is_narrow = self.size.width < WIDE
        if name == "book" and is_narrow:
            self.zoom("book")
        elif self.zoomed and self.zoomed != name:
            self.zoom("")
        self.set_focus(self.pane(name))  # at once: the next key is for it

    def _step(self, step: int) -> None:
        if self.zoomed:
            self.zoom("")
        names = [name for name in PANES if name != "book" or self.size.width >= WIDE]
        here = self.focused_pane.id
        index = names.index(here) if here in names else 0
        self.action_go(names[(index + step) % len(names)])

    def action_next_pane(self) -> None:
        """Go to the next pane."""
        self._step(1)

    def action_previous_pane(self) -> None:
        """Go to the pane before."""
        self._step(-1)

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.focused_pane.move(step)

    def action_page(self, pages: int) -> None:
        """Move by what fits."""
        self.focused_pane.move_page(pages)

    def action_top(self) -> None:
        """Go to the first row."""
        self.focused_pane.move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.focused_pane.move_to_end()

    def action_zoom(self) -> None:
        """Zoom the pane, or not any more."""
        self.zoom("" if self.zoomed else str(self.focused_pane.id))

    def action_back(self) -> None:
        """Clear the filter, leave the zoom, and take the messages away."""
        pane = self.focused_pane
        if pane.filter_text:
            pane.set_filter("")
        elif self.zoomed:
            was = self.zoomed
            self.zoom("")
            if was == "book" and self.size.width < WIDE:
                self.set_focus(self.pane("positions"))
        self.app.clear_notifications()
