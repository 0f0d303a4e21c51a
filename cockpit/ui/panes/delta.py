"""Pane 3: the delta gauge. `#` runs from 0 toward the imbalance, `|` is the soft limit, brackets the scale's ends."""

from __future__ import annotations

from cockpit.core.drift import Drift
from cockpit.core.frame import DeltaRow, Frame
from cockpit.core.units import SHARE
from cockpit.ui import words
from cockpit.ui.rows import Entry, Row, Rows, Run, fitted, width_of

EMPTY = "no positions, no delta - it shows here once a leg is held"
TALL = 2
SIGNS = {Drift.GROWING: "^", Drift.SHRINKING: "v", Drift.STEADY: "=", Drift.TURNED: "x"}
"""Stands for the word where there is room for one line only."""


def rows(frame: Frame, width: int, height: int) -> Rows:
    """Return the gauge in one or two lines; with one the unhedged shares stand in the title."""
    row = frame.delta
    if row is None:
        return Rows("delta", empty=EMPTY)
    is_tall = height >= TALL
    lines = _tall(row, width) if is_tall else [_short(row, width)]
    limits = _note(row)
    return Rows(
        "delta",
        limits if is_tall else f"{limits}  {_unhedged(row, f' of {words.shares(row.hard_limit)}')}",
        body=tuple(Entry(str(i), fitted(line, width)) for i, line in enumerate(lines)),
        note_style=style_of(row).replace("bold", "dim"),
    )


def _note(row: DeltaRow) -> str:
    if is_at_hard_limit(row):
        return "!! at the hard limit"
    return "! over the soft limit" if row.is_breached else "within limits"


def _unhedged(row: DeltaRow, limit: str) -> str:
    proven, worst = words.shares(row.proven_unhedged), words.shares(row.worst_unhedged)
    drift = _drift(row.drifts.unhedged if row.drifts else None, is_word=False)
    return f"unhedged {words.shares(row.unhedged)}{limit}{drift}  proven {proven}  worst {worst}"


def is_at_hard_limit(row: DeltaRow) -> bool:
    """Return whether the imbalances use the hard limit up."""
    return row.hard_limit > 0 and row.unhedged >= row.hard_limit


def style_of(row: DeltaRow) -> str:
    """Return how the net delta looks."""
    return "alarm" if is_at_hard_limit(row) else "warning" if row.is_breached else "bold"


def sign_of(row: DeltaRow) -> str:
    """Return ` !!` at the hard limit, ` !` over the soft one."""
    return " !!" if is_at_hard_limit(row) else " !" if row.is_breached else ""


def _drift(drift: Drift | None, *, is_word: bool) -> str:
    """Which way it went in the last minute: a sign, and a word where there is room."""
    if drift is None:
        return ""
    return f" {SIGNS[drift]} {drift}" if is_word else f" {SIGNS[drift]}"


def _net(row: DeltaRow, *, is_word: bool) -> list[Run]:
    """The net delta as claimed and as proven, both always there, and where it drifts."""
    net, proven = words.signed_shares(row.net), words.signed_shares(row.proven_net)
    differs = "warning" if row.proven_net != row.net else "dim"
    claimed: list[Run] = [("net ", "dim"), (" " * (6 - len(net)), ""), (net + sign_of(row), style_of(row))]
    drift = _drift(row.drifts.net if row.drifts else None, is_word=is_word)
    return [*claimed, (drift, ""), ("  proven ", "dim"), (proven, differs), ("  ", "")]


def _tall(row: DeltaRow, width: int) -> list[Row]:
    soft, hard = words.shares(row.soft_limit), words.shares(row.hard_limit)
    start = _net(row, is_word=True)
    limits: list[Run] = [("  soft ", "dim"), (soft, ""), ("  hard ", "dim"), (hard, "")]
    room = min(width - width_of(tuple(start + limits)), 75)
    return [(*start, *gauge(row, room), *limits), _below(row)]


def _below(row: DeltaRow) -> Row:
    is_proven, is_worst = row.proven_unhedged == row.unhedged, row.worst_unhedged > row.unhedged
    worst = f" {words.signed_shares(row.worst_delta)}" if row.worst_name else ""
    return (
        ("unhedged ", "dim"),
        (words.shares(row.unhedged), "bold"),
        (_drift(row.drifts.unhedged if row.drifts else None, is_word=True), ""),
        ("  proven ", "dim"),
        (words.shares(row.proven_unhedged), "" if is_proven else "warning"),
        ("  worst case ", "dim"),
        (words.shares(row.worst_unhedged), "warning" if is_worst else ""),
        ("    most ", "dim"),
        (words.cut(row.worst_name, 20) if row.worst_name else "none", ""),
        (worst, "bold"),
        ("    exposure ", "dim"),
        (words.money(row.exposure), ""),
        (f" ({words.percent(row.percent)})", "dim"),
    )


def _short(row: DeltaRow, width: int) -> Row:
    worst: list[Run] = []
    if row.worst_name:
        worst = [("  most ", "dim"), (words.cut(row.worst_name, 14), "")]
        worst += [(f" {words.signed_shares(row.worst_delta)}", "bold")]
    start = _net(row, is_word=False)
    bar = gauge(row, width - width_of(tuple(start + worst)))
    return (*start, *(bar or gauge(row, width - width_of(tuple(start)))), *(worst if bar else []))


def scale_of(row: DeltaRow) -> int:
    """Return what the gauge reaches to: 1, 2 or 5 times a power of ten that leaves room, at most the hard limit."""
    wanted = max(abs(row.net), row.soft_limit) * 3 // 2
    power = SHARE
    while power * 10 < wanted:
        power *= 10
    step = next(power * first for first in (1, 2, 5, 10) if power * first >= wanted)
    return min(step, row.hard_limit) if row.hard_limit > 0 else step


def _cells(row: DeltaRow, half: int) -> tuple[int, int]:
    """Return how many cells from 0 the bar is long and the soft limit lies; a bar beside the limit is beside its mark.

    The limit is never on the first cell or the last, so there is always one for a bar below it and one above.
    """
    scale, net = scale_of(row), abs(row.net)
    length = min(-(-half * net // scale), half)
    if not 0 < row.soft_limit < scale:
        return length, 0
    soft = min(max(half * row.soft_limit // scale, 2), half - 1)
    return (max(length, soft + 1) if net > row.soft_limit else min(length, soft - 1)), soft


def gauge(row: DeltaRow, width: int) -> list[Run]:
    """Return the bar in exactly `width` cells: an odd number of them between the brackets, 0 in the middle."""
    ends = words.short_shares(scale_of(row), 7)
    inner = width - 2 * (len(ends) + 3)
    inner -= 1 - inner % 2
    half = inner // 2
    if half < 3:
        return []
    length, soft = _cells(row, half)
    towards = 1 if row.net > 0 else -1
    cells = ["."] * inner
    for step in range(1, length + 1):
        cells[half + step * towards] = "#"
    if soft:
        cells[half - soft] = cells[half + soft] = "|"
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
