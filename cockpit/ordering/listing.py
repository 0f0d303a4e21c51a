"""The list of orders: a table for people, rows for programs."""

from __future__ import annotations

from typing import Any

from cockpit.core.frame_orders import ChildRow, EntryRow, ParentRow
from cockpit.core.market import Side
from cockpit.core.parent import ParentState
from cockpit.core.units import duration_text, money_text, price_text, shares_text
from cockpit.link.wire import Picture

ENDED = 10
"""Of what has ended, the newest that people are shown."""
HEAD = ("id", "order", "filled", "average", "arrival", "VWAP", "slippage", "slice", "next in", "state")
NONE = "-"


def to_text(picture: Picture) -> str:
    """Return a table of what is worked, with its single orders, and of the newest that ended."""
    lines = []
    for title, is_open, most in (("", True, None), ("ended:", False, ENDED)):
        parents = [row for row in picture.parents if row.state.is_open is is_open][:most]
        entries = [row for row in picture.entries if row.state.is_open is is_open][:most]
        if title and (parents or entries):
            lines.append(title)
        lines += [_entry(row) for row in entries]
        lines += _table(parents, picture.at_ms, with_children=is_open)
    if picture.header is not None and picture.header.halted:
        lines.insert(0, f"HALTED: {picture.header.halted}")
    return "\n".join(lines or ["no orders"])


def _table(rows: list[ParentRow], at_ms: int, *, with_children: bool) -> list[str]:
    if not rows:
        return []
    cells = [HEAD, *(_cells(row, at_ms) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    lines = []
    for number, line in enumerate(cells):
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        if number and with_children:
            lines += [_child(child) for child in rows[number - 1].children if not child.is_proven_dead]
    return lines


def _cells(row: ParentRow, at_ms: int) -> tuple[str, ...]:
    sign = "<=" if row.side is Side.BUY else ">="
    how = f"{row.algorithm} {row.style}".strip()
    slippage = row.slippage(row.arrival)
    wait = NONE if row.next_slice_ms is None else duration_text(row.next_slice_ms - at_ms)
    return (
        row.id,
        f"{row.side.name.lower()} {row.outcome} {row.name} {sign} {price_text(row.limit)} {how}",
        f"{shares_text(row.filled)}/{shares_text(row.size)}",
        price_text(row.average) if row.average else NONE,
        price_text(row.arrival) if row.arrival else NONE,
        price_text(row.vwap) if row.vwap else NONE,
        NONE if slippage is None else f"{'+' if slippage > 0 else ''}{price_text(slippage)}",
        f"{row.slice_number} of {row.slice_count}" if row.style else NONE,
        wait if row.style else NONE,
        _state(row.state, row.reason),
    )


def _state(state: ParentState, reason: str) -> str:
    """Return a state with its reason, but for what goes on as it should."""
    return state.value if state is ParentState.WORKING or not reason else f"{state}: {reason}"


def _child(row: ChildRow) -> str:
    done = f"{shares_text(row.filled)}/{shares_text(row.size)}"
    return f"  {row.label}  {row.state.value}  {done} at {price_text(row.price)}"


def _entry(row: EntryRow) -> str:
    legs = " + ".join(
        f"{shares_text(filled)}/{shares_text(row.shares)} {outcome} <= {price_text(price)}"
        for filled, outcome, price in zip(row.filled, row.outcomes, row.prices, strict=True)
    )
    state = _state(row.state, row.reason)
    parents = f" ({', '.join(row.parents)})" if row.parents else ""
    return f"{row.id}  {state}  {row.kind} {row.name}: {legs}, locks {money_text(row.result)} USD{parents}"


def to_json(picture: Picture) -> dict[str, Any]:
    """Return all rows as plain values; shares and USD are decimal texts, nothing is rounded, null is not known."""
    header = picture.header
    return {
        "at_ms": picture.at_ms,
        "desk": header.desk if header is not None else "",
        "halted": header.halted if header is not None else "",
        "parents": [_parent_json(row, picture.at_ms) for row in picture.parents],
        "entries": [_entry_json(row) for row in picture.entries],
    }


def _parent_json(row: ParentRow, at_ms: int) -> dict[str, Any]:
    return {
        "id": row.id,
        "market": row.market_id,
        "name": row.name,
        "outcome": row.outcome,
        "side": row.side.name.lower(),
        "size": shares_text(row.size),
        "filled": shares_text(row.filled),
        "limit": price_text(row.limit),
        "average": _price(row.average),
        "arrival": _price(row.arrival),
        "vwap": _price(row.vwap),
        "slippage": _maybe(row.slippage(row.arrival)),
        "slippage_to_vwap": _maybe(row.slippage(row.vwap)),
        "fee": money_text(row.fee),
        "algorithm": row.algorithm,
        "style": row.style,
        "at_end": row.at_end,
        "slice": row.slice_number,
        "slices": row.slice_count,
        "next_slice_in_ms": None if row.next_slice_ms is None else max(row.next_slice_ms - at_ms, 0),
        "ends_at_ms": row.ends_at_ms,
        "state": row.state.value,
        "reason": row.reason,
        "entry": row.entry_id,
        "orders": [_child_json(child) for child in row.children],
    }


def _child_json(row: ChildRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "state": row.state.value,
        "price": price_text(row.price),
        "size": shares_text(row.size),
        "filled": shares_text(row.filled),
        "average": _price(row.average),
        "type": row.type,
        "reason": row.reason,
        "is_proven_dead": row.is_proven_dead,
    }


def _entry_json(row: EntryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "market": row.market_id,
        "name": row.name,
        "kind": row.kind,
        "size": shares_text(row.shares),
        "outcomes": list(row.outcomes),
        "limits": [price_text(price) for price in row.prices],
        "filled": [shares_text(filled) for filled in row.filled],
        "locks": money_text(row.result),
        "state": row.state.value,
        "reason": row.reason,
        "parents": list(row.parents),
    }


def _price(value: int) -> str | None:
    return price_text(value) if value else None


def _maybe(value: int | None) -> str | None:
    return None if value is None else price_text(value)
