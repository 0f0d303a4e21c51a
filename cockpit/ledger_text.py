"""The ledger as CSV, and its check as a table or as JSON. Numbers are exact decimal texts, never floats."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TextIO

from cockpit.core.ledger import Row
from cockpit.core.ledger_check import Check, Total
from cockpit.core.units import money_decimal, price_decimal
from cockpit.venues.text import clean

COLUMNS = (
    *("number", "at", "kind", "market_id", "market", "outcome", "shares_change", "cash_change", "claim_change"),
    *("balance_after", "position_after", "price", "order_id", "trade_id", "fee", "note"),
)
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would compute; tabs and line ends are cleaned away before."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_csv(rows: Iterable[Row], out: TextIO) -> None:
    """Write a header and the rows."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(cells(row) for row in rows)


def cells(row: Row) -> tuple[str, ...]:
    """Return the texts of a row, in the order of `COLUMNS`."""
    return (
        *(str(row.number), time_text(row.at_ms), row.kind.value),
        *(words(row.market_id), words(row.market), words(row.outcome)),
        *(amount(row.shares), amount(row.cash), amount(row.claim), amount(row.balance)),
        amount(row.position) if row.leg is not None else "",
        f"{price_decimal(row.price):.4f}" if row.price is not None else "",
        *(words(row.order_id), words(row.trade_id), amount(row.fee), words(row.note)),
    )


def words(text: str) -> str:
    """Return words for a cell: one clean line, behind an apostrophe where a spreadsheet would take it for a formula."""
    cleaned = clean(text)
    return f"'{cleaned}" if cleaned.startswith(FORMULA) else cleaned


def amount(value: int) -> str:
    """Return money or shares with six decimals: exactly what there is."""
    return f"{money_decimal(value):.6f}"


def time_text(at_ms: int) -> str:
    """Return a moment as ISO 8601 in UTC with milliseconds."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def table(check: Check, unknown: str) -> str:
    """Return the check for people; `unknown` says why there is nothing of the venue, or is empty."""
    shown = [total for total in check.totals if total.by_rows or total.by_account or not total.market_id]
    names = [_name(total) for total in shown]
    width = max(len(name) for name in names)
    lines = [f"{'':<{width}} {'by rows':>18} {'there is':>18} {'difference':>18}"]
    for name, total in zip(names, shown, strict=True):
        numbers = (total.by_rows, total.by_account, total.difference)
        lines.append(f"{name:<{width}} " + " ".join(f"{amount(number):>18}" for number in numbers))
    if len(shown) < len(check.totals):
        lines.append(f"and {len(check.totals) - len(shown)} outcomes of which nothing is held, by rows and account")
    lines += [f"left out: {clean(reason)}" for reason in check.left_out]
    if unknown:
        lines.append(f"not compared with the venue: {unknown}")
    lines += [f"differs: {clean(first)}" for first in check.first]
    if hint := _hint(check):
        lines.append(hint)
    lines.append(f"{'ok' if check.is_ok else 'NOT OK'}: {check.rows} rows, {len(check.totals)} sums")
    return "\n".join(lines) + "\n"


def to_json(check: Check, unknown: str) -> dict[str, Any]:
    """Return the check for programs."""
    return {
        "ok": check.is_ok,
        "rows": check.rows,
        "totals": [
            {
                "what": total.what,
                "market_id": total.market_id,
                "market": clean(total.market),
                "outcome": clean(total.outcome),
                "by_rows": amount(total.by_rows),
                "there_is": amount(total.by_account),
                "difference": amount(total.difference),
            }
            for total in check.totals
        ],
        "differs": [clean(first) for first in check.first],
        "left_out": [clean(reason) for reason in check.left_out],
        "venue": unknown or "compared",
    }


def _name(total: Total) -> str:
    return clean(" ".join(filter(None, (total.what, total.market, total.outcome))))


def _hint(check: Check) -> str:
    """Return what to do when only the venue is ahead of the journal."""
    off = [total for total in check.totals if total.difference]
    if not off or check.first or not all(total.what.endswith("at the venue") for total in off):
        return ""
    return "the venue did more than the journal was told: start the desk once, so that it reads it, and export again"
