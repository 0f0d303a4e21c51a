"""Every number that differs from the venue's, with its sentence. Pure."""

from __future__ import annotations

from cockpit.core.frame import DifferenceRow, Frame
from cockpit.ui import words
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, table_head, table_row, widths, wrap

MORE = "\n"
"""Ends the key of the lines below a row: no key of the desk does."""
EMPTY = "nothing differs: orders, fills and balances are the venue's, as far as was looked - C compares now"


def difference_rows(frame: Frame, width: int) -> Rows:
    """Return a row for each difference and its text below."""
    columns = _columns(width)
    sizes = widths(columns, width)
    body: list[Entry] = []
    for row in frame.differences:
        body.append(Entry(row.key, table_row(columns, sizes, _cells(row, frame.at_ms))))
        says = words.clean(row.text) + ("" if row.may_accept else " - cannot be accepted")
        for index, line in enumerate(wrap(says, width - 2), start=1):
            body.append(Entry(row.key + MORE * index, ((f"  {line}", "dim"),)))
    note = words.plural(len(frame.differences), "number") + " not the venue's" if frame.differences else ""
    head: tuple[Row, ...] = (table_head(columns, sizes),) if body else ()
    return Rows("differences", note, head, tuple(body), empty=EMPTY)


def difference_at(frame: Frame, key: str) -> DifferenceRow | None:
    """Return the difference a row belongs to."""
    return next((row for row in frame.differences if row.key == key.rstrip(MORE)), None)


def _columns(width: int) -> tuple[Column, ...]:
    number = 16 if width >= 96 else 14
    return (
        Column("PAIR", 0),
        Column("WHAT", 22 if width >= 96 else 18),
        Column("OURS", number, is_right=True),
        Column("VENUE", number, is_right=True),
        Column("SINCE", 9, is_right=True),
    )


def _cells(row: DifferenceRow, now: int) -> list[Run]:
    since = f"{words.age(now - row.since_ms)} ago"
    return [
        (row.pair or "the account", "bold"),
        (row.name, ""),
        (words.exact(row.ours), ""),
        (words.exact(row.theirs), "warning"),
        (since, "dim"),
    ]
