"""Numbers and times of a report as text."""

from __future__ import annotations

from datetime import UTC, datetime

from cockpit.core.metrics import Times
from cockpit.core.units import cents_text, shares_text

NOTHING = "--"


def moment(at_ms: int | None) -> str:
    """Return `2026-11-18 14:32:07.120` (UTC)."""
    if at_ms is None:
        return NOTHING
    whole = datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{whole}.{at_ms % 1000:03d}"


def gain(money: int | None) -> str:
    """Return a gain or a loss in whole cents, rounded down, with its sign."""
    if money is None:
        return NOTHING
    return f"+{cents_text(money)}" if money > 0 else cents_text(money)


def ratio(value: int | None) -> str:
    """Return 1/10,000 as a percentage, cut to whole ones."""
    return NOTHING if value is None else f"{value // 100} %"


def took(ms: int | None) -> str:
    """Return how long something took: `520 ms`, `118.58 s`."""
    if ms is None:
        return NOTHING
    if ms < 1_000:
        return f"{ms} ms"
    return f"{ms // 1000}.{ms % 1000 // 10:02d} s" if ms < 600_000 else f"{ms // 60_000} min"


def both(two: tuple[int, int] | None) -> str:
    """Return shares of both legs: `10/6`."""
    return NOTHING if two is None else f"{shares_text(two[0])}/{shares_text(two[1])}"


def times(found: Times | None) -> tuple[str, ...]:
    """Return count, mean, p50, p95, p99 and most."""
    if found is None:
        return ("0", *[NOTHING] * 5)
    return (str(found.count), *map(took, (found.mean, found.p50, found.p95, found.p99, found.most)))
