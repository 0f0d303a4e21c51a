"""Rows of pane 4 about capital that can be freed: merges and redemptions. Pure."""

from __future__ import annotations

from cockpit.core.conversion import ConversionKind
from cockpit.core.frame import Frame
from cockpit.core.frame_capital import CapitalRow
from cockpit.ui import words
from cockpit.ui.panes.positions import gain
from cockpit.ui.rows import Run


def capital_key(row: CapitalRow) -> str:
    """Return what the cursor follows on such a row: never the key of a suggestion or an entry."""
    return f"free {row.market_id}"


def capital_of(frame: Frame, key: str) -> CapitalRow | None:
    """Return the merge or redemption a row shows."""
    return next((row for row in frame.capital if capital_key(row) == key), None)


def row_of(frame: Frame, market_id: str) -> CapitalRow | None:
    """Return a market's merge or redemption, the one on its way first."""
    return next((row for row in frame.capital if row.market_id == market_id), None)


def action_words(row: CapitalRow) -> str:
    """Return `merge 120 pairs`, `redeem`, or that it is on its way."""
    what = f"merge {words.shares(row.shares)} pairs" if row.kind is ConversionKind.MERGE else "redeem what won"
    return what if row.asked_ms is None else f"{what}: on its way"


def freed_words(row: CapitalRow) -> str:
    """Return how much sooner the money is there, and what selling would cost instead; empty for a redemption."""
    if row.kind is ConversionKind.REDEEM or row.asked_ms is not None:
        return ""
    sooner = f"{words.days(row.left_ms)} sooner" if row.left_ms is not None else "no end scheduled"
    return f"{sooner}, a sale brings {words.money(row.saved)} less" if row.saved > 0 else sooner


def capital_cells(row: CapitalRow, *, is_wide: bool) -> list[Run]:
    """Return the cells of such a row behind its number: pair, action, why, amount, what it is."""
    quiet = "" if row.asked_ms is None else "dim"
    cells: list[Run] = [(row.name, quiet or "bold"), (action_words(row), quiet or "key")]
    if is_wide:
        cells.append((freed_words(row), quiet))
    return [*cells, gain(row.amount, quiet or "bold"), ("cash", "dim")]
