"""Pane 5: parent orders with their progress, and the orders at the venue indented under each."""

from __future__ import annotations

from cockpit.core.frame import ChildRow, Frame, ParentRow
from cockpit.core.market import Side
from cockpit.core.order import OrderState, ParentState
from cockpit.ui import words
from cockpit.ui.rows import Column, Entry, Rows, Run, table_head, table_row, widths

ROOMY = 96
EMPTY = "nothing working - a suggestion you approve shows its progress here"
OPEN = (ParentState.WORKING, ParentState.PAUSED)
BAD = (OrderState.REJECTED, OrderState.DENIED, OrderState.UNKNOWN)


def rows(frame: Frame, width: int, height: int = 0) -> Rows:
    """Return every parent of the frame and its children."""
    columns = _columns(width)
    sizes = widths(columns, width)
    body = []
    for parent in frame.parents:
        body.append(Entry(parent.id, table_row(columns, sizes, _parent(parent, frame.at_ms, columns, sizes))))
        for child in parent.children:
            cells = _child(child, parent, columns, sizes)
            body.append(Entry(child.id, table_row(columns, sizes, cells)))
    head = (table_head(columns, sizes),) if body else ()
    return Rows("orders", _note(frame), head, tuple(body), empty=EMPTY)


def owner_of(frame: Frame, key: str) -> tuple[ParentRow | None, ChildRow | None]:
    """Return the parent a row belongs to, and the child when the row is one."""
    for parent in frame.parents:
        if parent.id == key:
            return parent, None
        for child in parent.children:
            if child.id == key:
                return parent, child
    return None, None


def side_words(parent: ParentRow) -> str:
    """Return `buy Yes`."""
    return f"{'buy' if parent.side is Side.BUY else 'sell'} {words.clean(parent.outcome)}"


def _note(frame: Frame) -> str:
    opened = [parent for parent in frame.parents if parent.state in OPEN]
    paused = sum(1 for parent in opened if parent.state is ParentState.PAUSED)
    ended = len(frame.parents) - len(opened)
    parts = [f"{len(opened) - paused} working", f"{paused} paused" if paused else "", f"{ended} ended" if ended else ""]
    return "  ".join(part for part in parts if part) if frame.parents else ""


def _columns(width: int) -> tuple[Column, ...]:
    if width >= ROOMY:
        return (
            Column("ORDER", 9),
            Column("PAIR", 16),
            Column("SIDE", 10),
            Column("FILLED / SIZE", 17, is_right=True),
            Column("PROGRESS", 18),
            Column("AVG", 6, is_right=True),
            Column("SLICE", 8, is_right=True),
            Column("STATE", 0),
        )
    return (
        Column("ORDER", 8),
        Column("PAIR", 12),
        Column("SIDE", 9),
        Column("FILLED / SIZE", 15, is_right=True),
        Column("PROGRESS", 12),
        Column("STATE", 0),
    )


def progress(filled: int, size: int, width: int) -> str:
    """Return `[####......]`; full only when everything filled."""
    inner = max(width - 2, 1)
    done = min(inner * filled // size, inner) if size > 0 else 0
    return f"[{'#' * done}{'.' * (inner - done)}]"


def _amounts(filled: int, size: int, width: int) -> str:
    half = (width - 3) // 2
    return f"{words.short_shares(filled, half):>{half}} / {words.short_shares(size, half):>{half}}"


def _parent(parent: ParentRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    is_open = parent.state in OPEN
    quiet = "" if is_open else "dim"
    side = quiet or ("bid" if parent.side is Side.BUY else "ask")
    slices = f"{parent.slice_number} of {parent.slice_count}"
    bar: Run = (progress(parent.filled, parent.size, sizes[4]), quiet or "key")
    cells: list[Run] = [
        (parent.id, quiet or "bold"),
        (parent.name, quiet),
        (side_words(parent), side),
        (_amounts(parent.filled, parent.size, sizes[3]), quiet),
        bar,
    ]
    if len(columns) == 8:
        average = words.price(parent.average, 10) if parent.filled else words.NOTHING
        return [*cells, (average, quiet), (slices, quiet), state_words(parent, now)]
    text, style = state_words(parent, now)
    short = f"{parent.slice_number}/{parent.slice_count} {parent.state.value}" if is_open else text
    return [*cells, (short, style)]


def state_words(parent: ParentRow, now: int) -> Run:
    """Return `working, next in 12s`, `paused`, `stopped: why`."""
    if parent.state is ParentState.WORKING:
        if parent.next_slice_ms is None:
            return "working", ""
        return f"working  next in {words.age(max(parent.next_slice_ms - now, 0) // 1000 * 1000)}".replace(
            ".0s", "s"
        ), ""
    if parent.state is ParentState.PAUSED:
        return "paused  space resumes", "warning"
    reason = f": {words.clean(parent.reason)}" if parent.reason else ""
    return f"{parent.state.value}{reason}", "dim" if parent.state is ParentState.DONE else "warning"


def _child(child: ChildRow, parent: ParentRow, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    is_wide = len(columns) == 8
    reason = f": {words.clean(child.reason)}" if child.reason else ""
    style = "warning" if child.state in BAD else "dim"
    cells: list[Run] = [
        (f"  {child.label}", "dim"),
        ("", ""),
        (words.price(child.price), "dim"),
        (_amounts(child.filled, child.size, sizes[3]), "dim"),
    ]
    state = (f"{child.state.value}{reason}", style)
    if is_wide:
        average = words.price(child.average, 10) if child.filled else words.NOTHING
        nth = f"{child.slice_index + 1}"
        return [*cells, (progress(child.filled, child.size, sizes[4]), "dim"), (average, "dim"), (nth, "dim"), state]
    return [*cells, (progress(child.filled, child.size, sizes[4]), "dim"), state]
