"""A report as text and as JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict

from cockpit.reporting.gather import Report
from cockpit.reporting.tables import Part, parts_of

MOST_TRADES = 40


def to_text(report: Report) -> str:
    """Return the report as lines for a terminal."""
    return "\n".join(line.rstrip() for part in parts_of(report, MOST_TRADES) for line in _lines(part)).rstrip() + "\n"


def to_json(report: Report) -> str:
    """Return the report as one JSON object: integers of the core, times in ms, rates in 1/10,000.

    Points over time are [at ms, value].
    """
    found = asdict(report)
    found["metrics"]["avoided"] = report.metrics.avoided
    for record, trade in zip(report.trades, found["trades"], strict=True):
        trade |= {
            "spread": record.spread,
            "execution_latency_ms": record.execution_latency_ms,
            "fill_latency_ms": record.fill_latency_ms,
            "time_to_balance_ms": record.time_to_balance_ms,
            "initial_hedge_ratio": record.initial_ratio,
            "final_hedge_ratio": record.final_ratio,
        }
    return json.dumps(found) + "\n"


def _lines(part: Part) -> Iterable[str]:
    rows = [tuple(map(_clean, row)) for row in (part.columns, *part.rows) if row]
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)] if rows else []
    yield part.title.upper()
    for row in rows:
        yield "  " + "  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True))
    if not part.rows:
        yield f"  {part.empty}"
    yield ""


def _clean(text: str) -> str:
    """Return a text without what could move the cursor: names come from the venue, and journals from files."""
    return "".join(one for one in text if unicodedata.category(one)[0] != "C")
