"""Rows of text as values: what a pane shows, before any widget. Pure, so panes are tested as text.

A run is (text, style), where style is words from `TOKENS` with spaces between; a theme says how each looks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from cockpit.ui import words

Run = tuple[str, str]
Row = tuple[Run, ...]

TOKENS = (
    "plain",
    "dim",
    "head",
    "bold",
    "bid",
    "ask",
    "yes",
    "no",
    "gain",
    "loss",
    "warning",
    "alarm",
    "stale",
    "own",
    "key",
    "rule",
    "rule-focus",
    "mode",
    "mode-live",
    "cursor",
    "cursor-dim",
    "button",
    "button-off",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row the cursor can be on. The key names what it shows, so the cursor follows it."""

    key: str
    row: Row


@dataclass(frozen=True, slots=True)
class Rows:
    """What a pane shows. Heads and feet stay while the body scrolls; `empty` stands in for a missing body."""

    title: str = ""
    note: str = ""
    """Behind the title, quieter."""
    head: tuple[Row, ...] = ()
    body: tuple[Entry, ...] = ()
    foot: tuple[Row, ...] = ()
    empty: str = ""
    note_style: str = "dim"
    foot_of: Callable[[Sequence[str]], tuple[Row, ...]] | None = None
    """Makes the foot anew from the keys a filter lets through."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; width 0 takes what the others leave."""

    head: str
    width: int
    is_right: bool = False


def text_of(row: Row) -> str:
    """Return the row without its styles."""
    return "".join(text for text, _ in row)


def plain(rows: Rows) -> str:
    """Return everything as text, for tests and the clipboard."""
    lines = [f"{rows.title} {rows.note}".rstrip(), *map(text_of, rows.head)]
    lines += [text_of(entry.row) for entry in rows.body] or [rows.empty]
    return "\n".join(line.rstrip() for line in [*lines, *map(text_of, rows.foot)])


def width_of(row: Row) -> int:
    """Return how many cells the row takes."""
    return sum(cell_len(text) for text, _ in row)


def widths(columns: Sequence[Column], width: int) -> tuple[int, ...]:
    """Return the width of each column when the table has `width` cells, one cell between columns."""
    spare = width - sum(column.width for column in columns) - (len(columns) - 1)
    return tuple(column.width or max(spare, 4) for column in columns)


def table_row(columns: Sequence[Column], sizes: Sequence[int], cells: Iterable[Run]) -> Row:
    """Return the cells, each in its column."""
    runs: list[Run] = []
    for column, size, (text, style) in zip(columns, sizes, cells, strict=True):
        if runs:
            runs.append((" ", ""))
        text = words.cut(text, size)
        blank = (" " * (size - cell_len(text)), "")
        runs += [blank, (text, style)] if column.is_right else [(text, style), blank]
    return tuple(runs)


def table_head(columns: Sequence[Column], sizes: Sequence[int]) -> Row:
    """Return the headings, each in its column."""
    return table_row(columns, sizes, [(column.head, "head") for column in columns])


def styled(row: Row, style: str) -> Row:
    """Return the row with one more style on every run."""
    return tuple((text, f"{own} {style}".strip()) for text, own in row)


def fitted(row: Row, width: int) -> Row:
    """Return the row in at most `width` cells, cut with an ellipsis."""
    if width_of(row) <= width:
        return row
    runs: list[Run] = []
    for text, style in row:
        room = width - width_of(tuple(runs))
        if cell_len(text) > room:
            runs.append((words.cut(text, room), style))
            break
        runs.append((text, style))
    return tuple(runs)


def filled(row: Row, width: int, style: str = "") -> Row:
    """Return the row in exactly `width` cells, with blanks behind it."""
    row = fitted(row, width)
    return (*row, (" " * (width - width_of(row)), style))


def _cells(row: Row) -> list[tuple[str, str]]:
    return [(character, style) for text, style in row for character in text]


def changed_span(old: Row, new: Row, width: int) -> tuple[int, int] | None:
    """Return (left, right) of the cells that differ, the whole line when a character may be wide, None when equal."""
    if old == new:
        return None
    if not (text_of(old).isascii() and text_of(new).isascii()):
        return 0, width
    before, after = _cells(old), _cells(new)
    blank = (" ", "")
    longest = max(len(before), len(after))
    before += [blank] * (longest - len(before))
    after += [blank] * (longest - len(after))
    differing = [x for x in range(longest) if before[x] != after[x]]
    if not differing:
        return None
    return differing[0], min(differing[-1] + 1, width)


def wrap(text: str, width: int) -> list[str]:
    """Return the words of a sentence on lines of at most `width` cells."""
    lines = [""]
    for word in words.clean(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(words.cut(word, width))
    return lines


def wrap_to(text: str, width: int, count: int) -> list[str]:
    """Return a sentence on at most `count` lines; what has no room is marked by an ellipsis."""
    lines = wrap(text, width)
    return lines if len(lines) <= count else [*lines[: count - 1], words.cut(" ".join(lines[count - 1 :]), width)]
