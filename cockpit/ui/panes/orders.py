"""Pane 5: parent orders with their progress, the orders at the venue folded beneath, entries, and what is not ours."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import ChildRow, EntryRow, ForeignRow, ParentRow
from cockpit.core.order import TERMINAL, OrderState
from cockpit.core.parent import Algorithm, ParentState
from cockpit.ui.panes.order_rows import (
    child_cells,
    child_state,
    columns_of,
    entry_cells,
    foreign_cells,
    parent_cells,
    progress,
    side_words,
    state_words,
    type_words,
)
from cockpit.ui.rows import Column, Entry, Rows, Run, table_head, table_row, widths

__all__ = ["child_state", "progress", "side_words", "state_words", "type_words"]

EMPTY = "nothing working - a suggestion you approve shows its progress here; n s b i open order forms"
NOT_OURS = "not ours"


def rows(frame: Frame, width: int, height: int = 0, *, unfolded: Collection[str] = ()) -> Rows:
    """Return every parent of the frame; children of those that are unfolded, and all whose fate is not known."""
    columns = columns_of(width)
    sizes = widths(columns, width)
    body = [Entry(key, table_row(columns, sizes, cells)) for key, cells in _body(frame, columns, sizes, unfolded)]
    if frame.foreign:
        body.append(Entry(NOT_OURS, ((f"{NOT_OURS}: x does not cancel these", "dim bold"),)))
        rows_ = [(foreign_key(row), foreign_cells(row, columns, sizes)) for row in frame.foreign]
        body += [Entry(key, table_row(columns, sizes, cells)) for key, cells in rows_]
    head = (table_head(columns, sizes),) if body else ()
    return Rows("orders", _note(frame), head, tuple(body), empty=EMPTY)


def _body(
    frame: Frame, columns: tuple[Column, ...], sizes: tuple[int, ...], unfolded: Collection[str]
) -> Iterable[tuple[str, list[Run]]]:
    """Yield entries with their legs first, then the other parents, as the frame has them."""
    parents = {parent.id: parent for parent in frame.parents}
    listed = [entry for entry in frame.entries if any(name in parents for name in entry.parents)]
    opened = [entry for entry in listed if entry.state.is_open]
    legs = {name for entry in listed for name in entry.parents}
    for entry in opened:
        yield from _entry(entry, parents, frame.at_ms, columns, sizes, unfolded)
    for parent in frame.parents:
        if parent.id not in legs:
            yield from _parent(parent, frame.at_ms, columns, sizes, unfolded)
    for entry in listed:
        if not entry.state.is_open:
            yield from _entry(entry, parents, frame.at_ms, columns, sizes, unfolded)


def _entry(
    entry: EntryRow,
    parents: dict[str, ParentRow],
    now: int,
    columns: tuple[Column, ...],
    sizes: tuple[int, ...],
    unfolded: Collection[str],
) -> Iterable[tuple[str, list[Run]]]:
    yield entry.id, entry_cells(entry, columns, sizes)
    for name in entry.parents:
        if name in parents:
            yield from _parent(parents[name], now, columns, sizes, unfolded)


def _parent(
    parent: ParentRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...], unfolded: Collection[str]
) -> Iterable[tuple[str, list[Run]]]:
    is_unfolded = parent.id in unfolded
    yield parent.id, parent_cells(parent, now, columns, sizes, is_unfolded=is_unfolded)
    for child in parent.children:
        if is_unfolded or needs_look(child):
            yield child.id, child_cells(child, now, columns, sizes)


def needs_look(child: ChildRow) -> bool:
    """Return whether an order is shown although its parent is folded: its fate is not known."""
    return child.state is OrderState.UNKNOWN or (child.state in TERMINAL and not child.is_proven_dead)


def owner_of(frame: Frame, key: str) -> tuple[ParentRow | None, ChildRow | None]:
    """Return the parent a row belongs to, and the child when the row is one."""
    for parent in frame.parents:
        if parent.id == key:
            return parent, None
        for child in parent.children:
            if child.id == key:
                return parent, child
    return None, None


def entry_of(frame: Frame, key: str) -> EntryRow | None:
    """Return the entry a row shows."""
    return next((entry for entry in frame.entries if entry.id == key), None)


def foreign_key(row: ForeignRow) -> str:
    """Return the key of a row that is not ours: never one of an order of ours."""
    return f"{NOT_OURS} {row.id}"


def is_foreign(key: str) -> bool:
    """Return whether this is the key of something that is not ours."""
    return key.startswith(NOT_OURS)


def foreign_of(frame: Frame, key: str) -> ForeignRow | None:
    """Return the order of somebody else a row shows."""
    return next((row for row in frame.foreign if foreign_key(row) == key), None)


def may_amend(parent: ParentRow) -> bool:
    """Return whether the limit can be changed: it is open, and neither of a suggestion nor of an entry."""
    is_bound = parent.suggestion_id or parent.entry_id or parent.algorithm == Algorithm.COMPLETE
    return parent.state.is_open and not is_bound


def _note(frame: Frame) -> str:
    opened = [parent for parent in frame.parents if parent.state.is_open]
    paused = sum(1 for parent in opened if parent.state is ParentState.PAUSED)
    ended = len(frame.parents) - len(opened)
    entering = sum(1 for entry in frame.entries if entry.state.is_open)
    parts = [
        f"{len(opened) - paused} working",
        f"{paused} paused" if paused else "",
        f"{entering} entering" if entering else "",
        f"{ended} ended" if ended else "",
    ]
    shown = [part for part in parts if part] if frame.parents else []
    return "  ".join([*shown, f"{len(frame.foreign)} {NOT_OURS}"] if frame.foreign else shown)
