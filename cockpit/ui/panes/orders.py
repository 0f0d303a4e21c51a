"""Pane 5: parent orders with their progress, the orders at the venue indented under each, and what is not ours."""

from __future__ import annotations

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import ChildRow, ForeignRow, ParentRow
from cockpit.core.market import Side
from cockpit.core.order import TERMINAL, OrderState
from cockpit.core.parent import ParentState
from cockpit.ui import words
from cockpit.ui.rows import Column, Entry, Rows, Run, table_head, table_row, widths

ROOMY = 96
EMPTY = "nothing working - a suggestion you approve shows its progress here"
OPEN = (ParentState.WORKING, ParentState.PAUSED)
BAD = (OrderState.REJECTED, OrderState.DENIED, OrderState.UNKNOWN)
RESTS = "LIMIT"
"""The algorithm of a parent that rests at its limit: the only one whose limit can be changed."""
NOT_OURS = "not ours"


def rows(frame: Frame, width: int, height: int = 0) -> Rows:
    """Return every parent of the frame and its children."""
    columns = _columns(width)
    sizes = widths(columns, width)
    body = []
    for parent in frame.parents:
        body.append(Entry(parent.id, table_row(columns, sizes, _parent(parent, frame.at_ms, columns, sizes))))
        for child in parent.children:
            cells = _child(child, frame.at_ms, columns, sizes)
            body.append(Entry(child.id, table_row(columns, sizes, cells)))
    if frame.foreign:
        body.append(Entry(NOT_OURS, ((f"{NOT_OURS}: x does not cancel these", "dim bold"),)))
        rows_ = [(foreign_key(row), _foreign(row, columns, sizes)) for row in frame.foreign]
        body += [Entry(key, table_row(columns, sizes, cells)) for key, cells in rows_]
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
    """Return whether the limit can be changed: it is open, and rests."""
    return parent.state in OPEN and parent.algorithm == RESTS


def side_words(row: ParentRow | ForeignRow) -> str:
    """Return `buy Yes`."""
    return f"{'buy' if row.side is Side.BUY else 'sell'} {words.clean(row.outcome)}"


def _note(frame: Frame) -> str:
    opened = [parent for parent in frame.parents if parent.state in OPEN]
    paused = sum(1 for parent in opened if parent.state is ParentState.PAUSED)
    ended = len(frame.parents) - len(opened)
    parts = [f"{len(opened) - paused} working", f"{paused} paused" if paused else "", f"{ended} ended" if ended else ""]
    shown = [part for part in parts if part] if frame.parents else []
    return "  ".join([*shown, f"{len(frame.foreign)} {NOT_OURS}"] if frame.foreign else shown)


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


def type_words(child: ChildRow, now: int) -> str:
    """Return `GTD 4:12 post-only`: the type, what is left of its life while it lives, and what else is asked of it."""
    kind, _, more = words.clean(child.type).partition(" ")
    has_life = child.expires_at_ms is not None and not child.is_proven_dead
    life = words.countdown(child.expires_at_ms - now) if has_life and child.expires_at_ms is not None else ""
    return " ".join(part for part in (kind, life, more) if part)


def child_state(child: ChildRow, now: int, *, is_short: bool = False) -> Run:
    """Return where an order stands; one whose fate is unknown says how long ago it was sent."""
    reason = f": {words.clean(child.reason)}" if child.reason else ""
    style = "warning" if child.state in BAD else "dim"
    if child.state is OrderState.UNKNOWN:
        age = words.age(now - child.created_ms)
        end = ", x signs off" if child.may_sign_off else reason
        return f"unknown {age}{'' if is_short else end}", "warning bold"
    if child.state in TERMINAL and not child.is_proven_dead:
        return f"{child.state.value}, not proven{reason}", "warning"
    return f"{child.state.value}{reason}", style


def _child(child: ChildRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    is_wide = len(columns) == 8
    cells: list[Run] = [
        (f"  {child.label}", "dim"),
        (type_words(child, now), "dim"),
        (words.price(child.price), "dim"),
        (_amounts(child.filled, child.size, sizes[3]), "dim"),
        (progress(child.filled, child.size, sizes[4]), "dim"),
    ]
    state = child_state(child, now, is_short=not is_wide)
    if is_wide:
        average = words.price(child.average, 10) if child.filled else words.NOTHING
        return [*cells, (average, "dim"), (f"{child.slice_index + 1}", "dim"), state]
    return [*cells, state]


def _foreign(row: ForeignRow, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    cells: list[Run] = [
        (f"  {row.id}", "dim"),
        (row.name, "dim"),
        (side_words(row), "dim"),
        (_amounts(row.filled, row.size, sizes[3]), "dim"),
        (f"@ {words.price(row.price)}", "dim"),
    ]
    return [*cells, *[("", "")] * (len(columns) - 6), (NOT_OURS, "dim")]
