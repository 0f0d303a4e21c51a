"""`Pane`: a titled rule and the rows of one builder, with a cursor that follows its row, a scroll and a filter."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from cockpit.core.frame import Frame
from cockpit.ui import words
from cockpit.ui.lines import Lines
from cockpit.ui.rows import Entry, Row, Rows, filled, fitted, styled, text_of, width_of, wrap

Build = Callable[[Frame, int, int], Rows]
"""(frame, width, height) -> rows. Width is what a row may take, height what head, body and foot may take."""

MARGIN = 2


class Pane(Lines, can_focus=True):
    """One pane. It shows what its builder makes of the newest frame."""

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    class Opened(Message):
        """A row was clicked that the cursor was on already."""

    def __init__(self, number: str, build: Build, *, has_cursor: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self.number = number
        self.build = build
        self.has_cursor = has_cursor
        self.filter_text = ""
        self._newest: Frame | None = None
        self._entries: tuple[Entry, ...] = ()
        self._key = ""
        self._row = 0
        self._top = 0
        self._head_count = 0
        self._room = 1

    @property
    def key(self) -> str:
        """What the cursor is on: the key of its row, empty when there is none."""
        return self._key

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of all rows that pass the filter."""
        return tuple(entry.key for entry in self._entries)

    @property
    def row_text(self) -> str:
        """The text of the row the cursor is on."""
        return text_of(self._entries[self._row].row).strip() if self._entries else ""

    def show(self, frame: Frame | None) -> None:
        """Show this frame."""
        self._newest = frame
        self.again()

    def again(self) -> None:
        """Build and paint once more: the size, the cursor, the filter or the focus changed."""
        width, height = self.size.width, self.size.height
        if width < 4 or height < 1:
            return
        rows = Rows(empty="waiting for the desk") if self._newest is None else self._built(self._newest, width, height)
        self._entries = self._passing(rows.body)
        self._head_count = len(rows.head)
        foot = rows.foot_of(self.keys) if rows.foot_of is not None and self.filter_text else rows.foot
        if len(foot) and 1 + len(rows.head) + len(self._entries) + len(foot) > height:
            foot = ()
        self._room = max(height - 1 - self._head_count - len(foot), 1)
        self._settle()
        self.paint([self._title(rows, width), *self._lines(rows, foot, width, height)][:height])

    def _built(self, frame: Frame, width: int, height: int) -> Rows:
        return self.build(frame, width - MARGIN, height - 1)

    def _passing(self, body: tuple[Entry, ...]) -> tuple[Entry, ...]:
        needle = self.filter_text.casefold()
        return tuple(entry for entry in body if needle in text_of(entry.row).casefold()) if needle else body

    def _settle(self) -> None:
        """Put the cursor back on its key, or as near as can be, and the cursor into view."""
        last = max(len(self._entries) - 1, 0)
        if self.has_cursor:
            found = next((i for i, entry in enumerate(self._entries) if entry.key == self._key), None)
            self._row = min(self._row, last) if found is None else found
            self._key = self._entries[self._row].key if self._entries else ""
            self._top = min(max(self._top, self._row - self._room + 1), self._row)
        self._top = max(0, min(self._top, len(self._entries) - self._room))

    def _title(self, rows: Rows, width: int) -> Row:
        line, style = ("━", "rule-focus") if self.has_focus else ("─", "rule")
        name = f"{self.number} {rows.title}".strip()
        parts = [(line, style), (name, "rule-focus bold" if self.has_focus else "dim bold")]
        parts += [("  ", style), (rows.note, rows.note_style)] if rows.note else []
        if self.filter_text:
            parts += [("  /", "key"), (words.clean(self.filter_text), "key")]
        title = fitted((*parts, (" ", style)), width)
        hidden = len(self._entries) > self._room
        place = f" {self._top + 1}-{min(self._top + self._room, len(self._entries))} of {len(self._entries)} "
        spare = width - width_of(title) - (len(place) + 1 if hidden else 0)
        if hidden and spare >= 0:
            return (*title, (line * spare, style), (place, "dim"), (line, style))
        return (*title, (line * (width - width_of(title)), style))

    def _lines(self, rows: Rows, foot: tuple[Row, ...], width: int, height: int) -> list[Row]:
        margin = (" " * MARGIN, "")
        lines: list[Row] = [(margin, *row) for row in rows.head]
        if not self._entries:
            empty = f"nothing matches /{self.filter_text} - esc clears" if self.filter_text else rows.empty
            lines += [(margin, (text, "dim")) for text in wrap(empty, width - MARGIN)]
        for index in range(self._top, min(self._top + self._room, len(self._entries))):
            lines.append(self._line(index, width))
        if foot and len(self._entries) + 1 <= self._room and self.has_cursor:
            lines.append(())
        return lines + [(margin, *row) for row in foot]

    def _line(self, index: int, width: int) -> Row:
        row = self._entries[index].row
        if not self.has_cursor or index != self._row:
            return fitted(((" " * MARGIN, ""), *row), width)
        marked = filled(((">" + " " * (MARGIN - 1), "key" if self.has_focus else "dim"), *row), width)
        return styled(marked, "cursor" if self.has_focus else "cursor-dim")

    def move(self, step: int) -> None:
        """Move the cursor by rows, or scroll when there is none."""
        self.move_to((self._row if self.has_cursor else self._top) + step)

    def move_page(self, pages: int) -> None:
        """Move by what fits."""
        self.move(pages * max(self._room - 1, 1))

    def move_to(self, row: int) -> None:
        """Move to a row, or the nearest there is."""
        row = max(0, min(row, len(self._entries) - 1))
        if not self.has_cursor:
            self._top = row
            self.again()
            return
        key = self._entries[row].key if self._entries else ""
        if key != self._key:
            self._row, self._key = row, key
            self.again()
            self.post_message(self.Moved(self))

    def move_to_key(self, key: str) -> bool:
        """Move to the row with this key; return whether there is one."""
        if key not in self.keys:
            return False
        self.move_to(self.keys.index(key))
        return True

    def move_to_end(self) -> None:
        """Move to the last row."""
        self.move_to(len(self._entries) - 1)

    def set_filter(self, text: str) -> None:
        """Show only rows that contain this text."""
        self.filter_text = text
        self._top = 0
        self.again()
        self.post_message(self.Moved(self))

    def on_resize(self) -> None:
        """Build for the new size."""
        self.again()

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show in the rule whether the focus is here."""
        super().watch_has_focus(has_focus)
        self.again()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row; a click on its row opens it."""
        row = self._top + event.y - 1 - self._head_count
        if event.y > self._head_count and self.has_cursor and row < len(self._entries):
            if row == self._row and event.chain > 1:
                self.post_message(self.Opened())
            self.move_to(row)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move down."""
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move up."""
        event.stop()
        self.move(-1)
