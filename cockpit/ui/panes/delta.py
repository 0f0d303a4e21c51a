"""Pane 3: the delta gauge. `#` runs from 0 toward the imbalance, `|` is the soft limit, brackets the hard one."""

from __future__ import annotations

from cockpit.core.frame import DeltaRow, Frame
from cockpit.ui import words
from cockpit.ui.rows import Entry, Row, Rows, Run, fitted, width_of

EMPTY = "no positions, no delta - it shows here once a leg is held"
TALL = 2


def rows(frame: Frame, width: int, height: int) -> Rows:
    """Return the gauge in one or two lines."""
    row = frame.delta
    if row is None:
        return Rows("delta", empty=EMPTY)
    lines = _tall(row, width) if height >= TALL else [_short(row, width)]
    return Rows(
        "delta",
        _note(row),
        body=tuple(Entry(str(i), fitted(line, width)) for i, line in enumerate(lines)),
        note_style=style_of(row).replace("bold", "dim"),
    )


def _note(row: DeltaRow) -> str:
    if is_at_hard_limit(row):
        return "!! at the hard limit"
    return "! over the soft limit" if row.is_breached else "within limits"


def is_at_hard_limit(row: DeltaRow) -> bool:
    """Return whether the imbalances use the hard limit up."""
    return row.hard_limit > 0 and row.unhedged >= row.hard_limit


def style_of(row: DeltaRow) -> str:
    """Return how the net delta looks."""
    return "alarm" if is_at_hard_limit(row) else "warning" if row.is_breached else "bold"


def sign_of(row: DeltaRow) -> str:
    """Return ` !!` at the hard limit, ` !` over the soft one."""
    return " !!" if is_at_hard_limit(row) else " !" if row.is_breached else ""


def _net(row: DeltaRow) -> list[Run]:
    net = words.signed_shares(row.net)
    return [("net ", "dim"), (" " * (7 - len(net)), ""), (net + sign_of(row), style_of(row)), ("  ", "")]


def _tall(row: DeltaRow, width: int) -> list[Row]:
    soft, hard = words.shares(row.soft_limit), words.shares(row.hard_limit)
    start = _net(row)
    limits: list[Run] = [("  soft ", "dim"), (soft, ""), ("  hard ", "dim"), (hard, "")]
    room = min(width - width_of(tuple(start + limits)), 75)
    below: list[Run] = [
        ("worst ", "dim"),
        (words.cut(row.worst_name, 24) if row.worst_name else "none", ""),
        (f" {words.signed_shares(row.worst_delta)}" if row.worst_name else "", "bold"),
        ("    unhedged ", "dim"),
        (f"{words.shares(row.unhedged)} shares", ""),
        ("    exposure ", "dim"),
        (words.money(row.exposure), ""),
        ("    delta is ", "dim"),
        (f"{words.percent(row.percent)} of it", ""),
    ]
    if row.proven_net != row.net:
        below += [("    proven ", "dim"), (words.signed_shares(row.proven_net), "")]
    return [(*start, *gauge(row, room), *limits), tuple(below)]


def _short(row: DeltaRow, width: int) -> Row:
    worst: list[Run] = []
    if row.worst_name:
        worst = [("  worst ", "dim"), (words.cut(row.worst_name, 14), "")]
        worst += [(f" {words.signed_shares(row.worst_delta)}", "bold")]
    start = _net(row)
    return (*start, *gauge(row, width - width_of(tuple(start + worst))), *worst)


def gauge(row: DeltaRow, width: int) -> list[Run]:
    """Return the bar in exactly `width` cells: an odd number of them between the brackets, 0 in the middle."""
    ends = words.short_shares(row.hard_limit, 7)
    inner = width - 2 * (len(ends) + 3)
    inner -= 1 - inner % 2
    half = inner // 2
    if half < 3:
        return []
    scale = max(row.hard_limit, abs(row.net), 1)
    cells = ["."] * inner
    soft = min(half * row.soft_limit // scale, half)
    if soft > 0:
        cells[half - soft] = cells[half + soft] = "|"
    length = min(-(-half * abs(row.net) // scale), half)
    for step in range(1, length + 1):
        cells[half + step * (1 if row.net > 0 else -1)] = "#"
    if 0 < soft < length:
        cells[half + soft * (1 if row.net > 0 else -1)] = "|"
    cells[half] = "0"
    first, last = (half + 1, half + length + 1) if row.net > 0 else (half - length, half)
    text = "".join(cells)
    return [
        (f"[-{ends} ", "dim"),
        (text[:first], "dim"),
        (text[first:last], style_of(row) if style_of(row) != "bold" else "key"),
        (text[last:], "dim"),
        (f" +{ends}]", "dim"),
    ]
