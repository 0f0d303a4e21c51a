"""Screens to read: help, journal and the details of a row. Their rows are pure functions of the frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from cockpit.core.frame import Frame
from cockpit.ui import words
from cockpit.ui.actions import ACTIONS, shown_keys
from cockpit.ui.dialogs.base import binding
from cockpit.ui.lines import CELLS, Lines
from cockpit.ui.pane import Pane
from cockpit.ui.rows import Entry, Row, Rows, filled, wrap

HEADINGS = {
    "orders": "orders",
    "desk": "the desk",
    "go": "moving",
    "view": "the screen",
    "replay": "replay",
}
ABOUT = {
    "positions": "Every pair. DELTA is first leg minus second leg, COST what one share of each cost together, LOCKED "
    "the worst result at the end, P&L the result with pairs at 1 USD and the rest sold to the bids. A pair "
    "that is not held shows what a share of each leg costs now.",
    "book": "Both legs of the selected pair: asks above, bids below, best in the middle. Beside the leg that is short "
    "stands what the pair would lock if it were completed at each price: by taking, with the fee, and by an order that "
    "rests. With room for one figure that is taking at the asks, resting at the bids. The line below has the highest "
    "prices that lock the minimum profit.",
    "delta": "How far all pairs together are out of balance: claimed by all fills, proven by confirmed ones. Worst is "
    "what it would be if every order that can still fill did so in the worst way. Growing, shrinking and steady are "
    "against a minute ago.",
    "suggestions": "What would close an imbalance, and below it entries: both legs of a pair for less than 1 USD. "
    "a opens the dialog, y sends; enter never sends.",
    "orders": "What is being worked, and entries above their legs; o shows the orders at the venue of each. SLIP is "
    "how much worse than ARRIVAL, the middle when it was approved, the average is. VWAP is what all trades since then "
    "paid. SLICE counts slices sent. What is not ours is listed last: x does not cancel it.",
}
IN_DIALOGS = (
    ("y", "Yes, send", "Taken after 0.3 s"),
    ("esc enter", "Back", "Nothing is sent"),
    ("up down", "Next field", "In a form; left right make a choice"),
    ("enter", "Check", "In a form: shows what y would send"),
    ("A", "Accept", "In differences: take the venue's number"),
)
LEGEND: tuple[tuple[str, str, str], ...] = (
    (">", "key", "the row the cursor is on"),
    ("*40", "own", "our own order of 40 shares in the book"),
    ("bid", "bid", "bids and purchases, left of the price"),
    ("ask", "ask", "asks and sales, right of the price"),
    ("+1.00", "gain", "a gain; the sign is always printed"),
    ("-1.00", "loss", "a loss"),
    ("!", "warning", "out of balance, over the soft limit"),
    ("!!", "alarm", "at the hard limit"),
    ("S X ?", "stale", "book stale, crossed, not there yet"),
    ("~+110", "warning", "the proven delta, behind a claimed one that differs"),
    ("~", "dim", "not all fills proven, or too few bids to value all shares"),
    ("H =", "dim", "pair halted, market over"),
    ("3t", "dim", "the spread, in ticks"),
    ("^ v = x", "bold", "the imbalance grows, shrinks, is steady, lies on the other side now"),
    ("L lock", "gain", "completed there, the pair locks the minimum profit"),
    ("R rest", "key", "it does only by an order that rests: taking costs a fee"),
    ("T thin", "dim", "resting loses nothing, and misses the minimum profit"),
    ("X loss", "loss", "it locks a loss, taking or resting"),
    ("+ -", "bold", "before an order: its orders at the venue are folded, or shown below"),
    ("post 9:30", "dim", "a post-only order, and what is left of its life"),
)


def help_rows(focused: str, keymap: Mapping[str, str], frame: Frame, width: int) -> Rows:
    """Return the focused pane's text, the keys by group, and the legend. All keys come from the registry."""
    body: list[Row] = [((line, ""),) for line in wrap(ABOUT.get(focused, ""), width - 2)]
    for group, heading in HEADINGS.items():
        if group == "replay" and frame.feed is None:
            continue
        body += [(), ((heading, "bold"),)]
        for action in ACTIONS:
            if action.group == group:
                keys = words.left(shown_keys(action, keymap), 11)
                body.append(((keys, "key"), (words.left(action.words, 18), ""), (action.tooltip, "dim")))
    body += [(), (("in dialogs", "bold"),)]
    for keys, name, meaning in IN_DIALOGS:
        body.append(((words.left(keys, 11), "key"), (words.left(name, 18), ""), (meaning, "dim")))
    body += [(), (("signs and colours", "bold"),)]
    body += [((words.left(sign, 11), style), (meaning, "")) for sign, style, meaning in LEGEND]
    return Rows(f"help  {focused}", "j k move, esc leaves", body=_numbered(body))


def journal_rows(frame: Frame, width: int) -> Rows:
    """Return all notices, newest first."""
    body: list[Row] = []
    for notice in reversed(frame.notices):
        style = {"alarm": "alarm", "warning": "warning"}.get(notice.level, "")
        for index, line in enumerate(wrap(notice.text, max(width - 20, 20))):
            start = f"{words.clock(notice.at_ms)}  {notice.level}" if index == 0 else ""
            body.append(((words.left(start, 19), "dim"), (line, style)))
    note = f"{words.plural(len(frame.notices), 'notice')}, newest first - esc leaves"
    return Rows("journal", note, body=_numbered(body), empty="nothing happened yet")


def _numbered(body: list[Row]) -> tuple[Entry, ...]:
    return tuple(Entry(str(index), row) for index, row in enumerate(body))


class ReaderKeys(Lines):
    """The last line of a reader."""

    def __init__(self, more: tuple[tuple[str, str], ...]) -> None:
        super().__init__(id="reader-keys")
        self._more = more

    def on_resize(self) -> None:
        """Paint the keys."""
        row: Row = ((" esc", "key"), (" Back  ", "dim"))
        for key, text in self._more:
            row = (*row, (key, "key"), (f" {text}  ", ""))
        row = (*row, ("j k pgdn pgup g G", "key"), (" Move  ", "dim"))
        self.paint([filled((*row, ("K", "key"), (" HALT", "bold")), self.size.width)])


class Reader(ModalScreen[None], inherit_bindings=False):
    """A full screen of rows to scroll."""

    COMPONENT_CLASSES: ClassVar[set[str]] = CELLS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Back", show=False),
        Binding("enter", "choose", "Back", show=False),
        binding("down", "move(1)"),
        binding("up", "move(-1)"),
        binding("page-down", "page(1)"),
        binding("page-up", "page(-1)"),
        binding("top", "top"),
        binding("bottom", "bottom"),
        binding("halt", "app.halt"),
        binding("picture", "app.picture"),
    ]
    HAS_CURSOR: ClassVar[bool] = False
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys of its own, for its last line: (key, words)."""

    def __init__(
        self, build: Callable[[Frame, int], Rows], status: Callable[[Frame | None, int], Row], frame: Frame
    ) -> None:
        super().__init__()
        self._build, self._status, self.newest = build, status, frame

    @property
    def pane(self) -> Pane:
        """The rows."""
        return self.query_one(Pane)

    def compose(self) -> ComposeResult:
        """Status line, the rows, the keys."""
        yield Lines(id="reader-status")
        has_cursor = self.HAS_CURSOR
        yield Pane("", lambda frame, width, _height: self._build(frame, width), has_cursor=has_cursor, id="reader")
        yield ReaderKeys(self.KEYS)

    def on_mount(self) -> None:
        """Show the frame that was there."""
        self.pane.focus()
        self.call_after_refresh(self.show, self.newest)

    def on_resize(self) -> None:
        """Fill the status line anew."""
        self.call_after_refresh(self.show, self.newest)

    def show(self, frame: Frame) -> None:
        """Take a newer frame."""
        self.newest = frame
        self.pane.show(frame)
        line = self.query_one("#reader-status", Lines)
        line.paint([self._status(frame, line.size.width)])

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_choose(self) -> None:
        """Go back: there is nothing to choose as a rule."""
        self.action_leave()

    def action_move(self, step: int) -> None:
        """Move by rows."""
        self.pane.move(step)

    def action_page(self, pages: int) -> None:
        """Move by what fits."""
        self.pane.move_page(pages)

    def action_top(self) -> None:
        """Go to the first row."""
        self.pane.move_to(0)

    def action_bottom(self) -> None:
        """Go to the last row."""
        self.pane.move_to_end()
