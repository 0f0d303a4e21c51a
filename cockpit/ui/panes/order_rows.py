"""The cells of pane 5: how a parent, a child, an entry and somebody else's order are written. Pure."""

from __future__ import annotations

from cockpit.core.frame_orders import ChildRow, EntryRow, ForeignRow, ParentRow
from cockpit.core.market import Side
from cockpit.core.order import TERMINAL, OrderState
from cockpit.core.parent import Algorithm, ParentState
from cockpit.ui import words
from cockpit.ui.rows import Column, Run

ROOMY = 108
"""From this width on there is room for all columns and for what STATE has to say."""
WIDE_COLUMNS = 11
POST_ONLY = " post-only"
RESTS = (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
"""States of an order whose place in the queue matters: one that is being cancelled says so instead."""
BAD = (OrderState.REJECTED, OrderState.DENIED, OrderState.UNKNOWN)
FOLDED, UNFOLDED = "+", "-"
"""Before a parent: its children are hidden, or shown below."""
ORDER_WIDTH = 8
SAID = ("canceled", "cancelled")
"""Reasons that only repeat the state."""


def columns_of(width: int) -> tuple[Column, ...]:
    """Return the columns there is room for."""
    if width >= ROOMY:
        return (
            Column("ORDER", ORDER_WIDTH),
            Column("PAIR", min(max(width - 104, 12), 18)),
            Column("SIDE", 9),
            Column("FILLED / SIZE", 13, is_right=True),
            Column("PROGRESS", 8),
            Column("AVG", 6, is_right=True),
            Column("ARRIVAL", 7, is_right=True),
            Column("VWAP", 6, is_right=True),
            Column("SLIP", 7, is_right=True),
            Column("SLICE", 5, is_right=True),
            Column("STATE", 0),
        )
    return (
        Column("ORDER", ORDER_WIDTH),
        Column("PAIR", 11),
        Column("SIDE", 8),
        Column("FILLED / SIZE", 13, is_right=True),
        Column("PROGRESS", 8),
        Column("SLIP", 7, is_right=True),
        Column("STATE", 0),
    )


def side_words(row: ParentRow | ForeignRow) -> str:
    """Return `buy Yes`."""
    return f"{'buy' if row.side is Side.BUY else 'sell'} {words.clean(row.outcome)}"


def progress(filled: int, size: int, width: int) -> str:
    """Return `[####......]`; full only when everything filled."""
    inner = max(width - 2, 1)
    done = min(inner * filled // size, inner) if size > 0 else 0
    return f"[{'#' * done}{'.' * (inner - done)}]"


def slip_run(amount: int | None) -> Run:
    """Return slippage in USD a share with its sign: above 0 was lost, below 0 gained against the benchmark."""
    if amount is None:
        return words.NOTHING, "dim"
    sign = "-" if amount < 0 else "+" if amount > 0 else ""
    return f"{sign}{words.price(abs(amount), 1)}", "loss" if amount > 0 else "gain" if amount < 0 else "dim"


def amounts(filled: int, size: int, width: int) -> str:
    """Return `60 / 200` in exactly so many cells."""
    half = (width - 3) // 2
    return f"{words.short_shares(filled, half):>{half}} / {words.short_shares(size, half):>{half}}"


def parent_cells(
    parent: ParentRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...], *, is_unfolded: bool
) -> list[Run]:
    """Return a parent's row."""
    quiet = "" if parent.state.is_open else "dim"
    sign = (UNFOLDED if is_unfolded else FOLDED) if parent.children else " "
    indent = " " if parent.entry_id and len(parent.id) < ORDER_WIDTH - 1 else ""
    cells: list[Run] = [
        (f"{indent}{sign}{parent.id}", quiet or "bold"),
        (parent.name, quiet),
        (side_words(parent), quiet or ("bid" if parent.side is Side.BUY else "ask")),
        (amounts(parent.filled, parent.size, sizes[3]), quiet),
        (progress(parent.filled, parent.size, sizes[4]), quiet or "key"),
    ]
    slip_text, slip_style = slip_run(parent.slippage(parent.arrival))
    slip: Run = slip_text, quiet or slip_style
    text, style = state_words(parent, now)
    if len(columns) != WIDE_COLUMNS:
        of_many = parent.state.is_open and parent.slice_count > 1
        short = f"{parent.slice_number}/{parent.slice_count} {text.partition('  ')[0]}" if of_many else text
        return [*cells, slip, (short, style)]
    prices = (parent.average if parent.filled else 0, parent.arrival, parent.vwap)
    shown: list[Run] = [(words.price(price, 10) if price else words.NOTHING, quiet) for price in prices]
    return [*cells, *shown, slip, (f"{parent.slice_number}/{parent.slice_count}", quiet), (text, style)]


def state_words(parent: ParentRow, now: int) -> Run:
    """Return `next in 12s`, `top 61 %`, `paused`, `stopped: why`."""
    if parent.state is ParentState.WORKING:
        return _working(parent, now), ""
    if parent.state is ParentState.PAUSED:
        return "paused  space resumes", "warning"
    reason = f": {words.clean(parent.reason)}" if parent.reason else ""
    return f"{parent.state.value}{reason}", "dim" if parent.state is ParentState.DONE else "warning"


def _working(parent: ParentRow, now: int) -> str:
    if parent.algorithm == Algorithm.COMPLETE:
        return "follows other leg"
    if parent.next_slice_ms is not None:
        wait = words.age(max(parent.next_slice_ms - now, 0) // 1000 * 1000).replace(".0s", "s")
        return f"next in {wait}"
    top = f"top {parent.top_ms * 100 // parent.watched_ms} %" if parent.top_ms is not None and parent.watched_ms else ""
    return top or "working"


def type_words(child: ChildRow, now: int) -> str:
    """Return `GTD 4:12 post-only`: the type, what is left of its life while it lives, and what else is asked of it."""
    kind, _, more = words.clean(child.type).partition(" ")
    has_life = child.expires_at_ms is not None and not child.is_proven_dead
    life = words.countdown(child.expires_at_ms - now) if has_life and child.expires_at_ms is not None else ""
    return " ".join(part for part in (kind, life, more) if part)


def short_type(child: ChildRow, now: int) -> str:
    """Return `FAK`, `GTD 4:12`, and `post 4:12` for what is post-only: that stays where there is little room."""
    text = type_words(child, now)
    if not text.endswith(POST_ONLY):
        return text
    return f"post {text.removesuffix(POST_ONLY).removeprefix('GTD').strip()}".strip()


def child_state(child: ChildRow, now: int, *, is_short: bool = False) -> Run:
    """Return where an order stands: `120 ahead, 90 % sure` is the estimate of its place in the queue, if it is one.

    One whose fate is unknown says how long ago it was sent.
    """
    reason = f": {words.clean(child.reason)}" if child.reason and child.reason not in SAID else ""
    style = "warning" if child.state in BAD else "dim"
    if child.state is OrderState.UNKNOWN:
        age = words.age(now - child.created_ms)
        end = ", x signs off" if child.may_sign_off else reason
        return f"unknown {age}{'' if is_short else end}", "warning bold"
    if child.state in TERMINAL and not child.is_proven_dead:
        return f"{child.state.value}, not proven{reason}", "warning"
    if child.queue is not None and child.state in RESTS:
        ahead, percent = f"{words.short_shares(child.queue.ahead, 5)} ahead", child.queue.confidence // 100
        sure = "" if percent >= 100 else f", {percent} %" if is_short else f", {percent} % sure"
        return f"{ahead}{sure}", style
    return f"{child.state.value}{reason}", style


def child_cells(child: ChildRow, now: int, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    """Return a child's row, indented under its parent."""
    is_wide = len(columns) == WIDE_COLUMNS
    cells: list[Run] = [
        (f"  {child.label}", "dim"),
        (short_type(child, now), "dim"),
        (words.price(child.price), "dim"),
        (amounts(child.filled, child.size, sizes[3]), "dim"),
        (progress(child.filled, child.size, sizes[4]), "dim"),
    ]
    state = child_state(child, now, is_short=not is_wide)
    nothing: Run = ("", "")
    if not is_wide:
        return [*cells, nothing, state]
    average = words.price(child.average, 10) if child.filled else words.NOTHING
    return [*cells, (average, "dim"), nothing, nothing, nothing, (f"{child.slice_index + 1}", "dim"), state]


def entry_cells(entry: EntryRow, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    """Return an entry's row: pairs complete of those wanted, and what it locks or how it ended."""
    quiet = "" if entry.state.is_open else "dim"
    pairs = min(entry.filled)
    cells: list[Run] = [
        (f" {entry.id}", quiet or "bold"),
        (entry.name, quiet),
        ("enter", quiet),
        (amounts(pairs, entry.shares, sizes[3]), quiet),
        (progress(pairs, entry.shares, sizes[4]), quiet or "key"),
    ]
    nothing: Run = ("", "")
    return [*cells, *[nothing] * (len(columns) - len(cells) - 1), _entry_state(entry, sizes[-1])]


def _entry_state(entry: EntryRow, room: int) -> Run:
    """Return `10 alone, locks +0.77`: what one leg has without the other comes first, and is never cut."""
    is_open, more = entry.state.is_open, max(entry.filled) - min(entry.filled)
    alone = f"{words.shares(more)} alone"
    state = f"locks {words.signed_money(words.whole_cents(entry.result))}" if is_open else entry.state.value
    if more:
        return f"{alone}, {state}" if len(alone) + 2 + len(state) <= room else alone, "warning"
    reason = f": {words.clean(entry.reason)}" if entry.reason and not is_open else ""
    return f"{state}{reason}", "" if is_open else "dim"


def foreign_cells(row: ForeignRow, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Run]:
    """Return the row of an order that is not ours."""
    cells: list[Run] = [
        (f"  {row.id}", "dim"),
        (row.name, "dim"),
        (side_words(row), "dim"),
        (amounts(row.filled, row.size, sizes[3]), "dim"),
        (f"@ {words.price(row.price)}", "dim"),
    ]
    return [*cells, *[("", "")] * (len(columns) - 6), ("not ours", "dim")]
