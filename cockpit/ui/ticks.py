"""Where the marks of a chart's axes stand, and what they say. Pure: no drawing library is loaded for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cockpit.core.units import CENT, USD
from cockpit.ui import words

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
STEPS = (
    *(seconds * 1000 for seconds in (5, 10, 15, 30)),
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
"""How far apart marks of time may be."""
DATED = 2 * DAY
"""A longer time than this is marked by dates."""


def time_ticks(start_ms: int, end_ms: int, most: int) -> list[int]:
    """Return at most `most` round times between two times."""
    step = next((step for step in STEPS if (end_ms - start_ms) // step < most), STEPS[-1])
    if end_ms - start_ms > DATED:
        step = max(step, DAY)
    first = -(-start_ms // step) * step
    return list(range(first, end_ms + 1, step))[: max(most, 0)]


def time_labels(ticks: Sequence[int]) -> list[str]:
    """Return `14:30`, with seconds where marks are closer than a minute, `11-18` where they are days apart."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else MINUTE
    if step >= DAY:
        return [f"{datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=tick):%m-%d}" for tick in ticks]
    return [words.clock(tick)[: 8 if step < MINUTE else 5] for tick in ticks]


def money_range(low: int, high: int) -> tuple[int, int]:
    """Return the ends of an axis that holds both amounts with a little room around them."""
    room = max((high - low) // 16, CENT)
    return low - room, high + room


def money_ticks(bottom: int, top: int, most: int) -> list[int]:
    """Return at most `most` round amounts between two amounts, at least one."""
    step = CENT
    while True:
        for wide in (step, 2 * step, 5 * step):
            first = -(-bottom // wide) * wide
            if (top - first) // wide < max(most, 2):
                return list(range(first, top + 1, wide))
        step *= 10


def money_labels(ticks: Sequence[int]) -> list[str]:
    """Return amounts with their sign, without cents where all of them are whole."""
    are_whole = all(tick % USD == 0 for tick in ticks)
    return [words.signed_money(tick).removesuffix(".00") if are_whole else words.signed_money(tick) for tick in ticks]
