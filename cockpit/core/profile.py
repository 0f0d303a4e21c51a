"""Volume profiles: how much is expected to trade when, learned from the trades that were seen.

A profile is the shares expected in equal parts of a time window. Where it comes from is said in words: earlier markets
of the same series, other days of the same market, its last hours, or nothing at all. Floats are statistics here; sizes
are made of them in whole lots by `core.slicing.vwap`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from cockpit.core.market import Market
from cockpit.core.tape import BAR_MS, Tape

DAY_MS = 86_400_000
PARTS = 24
"""Parts of a window a profile has, where its bars are short enough."""
MOST_EARLIER = 20
"""Earlier markets, or days, that a profile is the mean of."""
FEWEST_TRADES = 30
"""A profile of fewer trades would be their noise."""
LAST_MS = 3_600_000
PRIOR = 0.35
"""How much the expected volume of the whole window weighs against what was seen, as a part of it."""
SURPRISE = 0.85
"""How much of a sudden change of the volume is expected to last at first ..."""
FADE = 0.08
"""... and the part of the window in which that fades to a third."""
RECENT = 0.04
"""The part of the window that shows how busy it is now."""
QUIETEST, BUSIEST = 1 / 20, 100
"""What is expected of a moment lies between so many times the level, whatever the last trades were."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Where it comes from, and the shares expected in equal parts of the window; all 0 when nothing is known."""

    words: str
    curve: tuple[int, ...]


def series_of(market: Market) -> str:
    """Return what markets of the same kind and length have in common: their event without its time; empty for none."""
    name, count = re.subn(r"-\d{6,}$", "", market.event)
    return name if count else ""


def profile_of(
    market: Market, start_ms: int, window_ms: int, markets: dict[str, Market], tapes: Mapping[str, Tape]
) -> Profile:
    """Return what is expected to trade in a window, from the best source there is."""
    parts = max(1, min(PARTS, window_ms // BAR_MS))
    tape = tapes.get(market.id)
    return (
        _of_series(market, start_ms, window_ms, parts, markets, tapes)
        or (_of_days(tape, start_ms, window_ms, parts) if tape is not None else None)
        or (_of_last(tape, start_ms, window_ms, parts) if tape is not None else None)
        or Profile("even: no trades were seen yet", (0,) * parts)
    )


def _of_series(
    market: Market, start_ms: int, window_ms: int, parts: int, markets: dict[str, Market], tapes: Mapping[str, Tape]
) -> Profile | None:
    """Return the mean of earlier markets of the series, the same time before their end."""
    series = series_of(market)
    if not series or market.closes_at_ms is None:
        return None
    found = []
    for other in reversed(markets.values()):
        tape = tapes.get(other.id)
        if tape is None or other.id == market.id or series_of(other) != series or other.closes_at_ms is None:
            continue
        shift = market.closes_at_ms - other.closes_at_ms
        first = tape.first_ms
        # Only what the other market has lived already: the rest would count as silence.
        if shift >= max(window_ms, 1) and first is not None and first <= start_ms - shift:
            found.append((tape, start_ms - shift))
        if len(found) == MOST_EARLIER:
            break
    return _mean(found, window_ms, parts, f"{len(found)} earlier markets of {series}")


def _of_days(tape: Tape, start_ms: int, window_ms: int, parts: int) -> Profile | None:
    """Return the mean of the same hours of the days before."""
    first = tape.first_ms
    if first is None:
        return None
    days = [start_ms - DAY_MS * day for day in range(1, MOST_EARLIER + 1)]
    covered = [(tape, at_ms) for at_ms in days if first <= at_ms and at_ms + window_ms <= start_ms]
    words = "the same hours of yesterday" if len(covered) == 1 else f"the same hours of {len(covered)} days"
    return _mean(covered, window_ms, parts, words)


def _of_last(tape: Tape, start_ms: int, window_ms: int, parts: int) -> Profile | None:
    """Return an even profile at the volume of the last hour."""
    first = tape.first_ms
    if first is None:
        return None
    since = max(first, start_ms - LAST_MS)
    seen, long = tape.between(since, start_ms), start_ms - since
    if seen.trades < FEWEST_TRADES or long < 4 * BAR_MS:
        return None
    each = seen.volume * window_ms // (long * parts)
    return Profile(f"even, at the volume of the last {_minutes(long)}", (each,) * parts)


def _minutes(ms: int) -> str:
    return f"{ms // 60_000} minutes" if ms >= 120_000 else f"{ms // 1000} s"


def _mean(windows: Sequence[tuple[Tape, int]], window_ms: int, parts: int, words: str) -> Profile | None:
    """Return the mean volume of windows that begin at these times; None when too little traded in all of them."""
    sums, trades = [0] * parts, 0
    for tape, start_ms in windows:
        for part in range(parts):
            begin, end = (start_ms + window_ms * edge // parts for edge in (part, part + 1))
            bar = tape.between(begin, end)
            sums[part] += bar.volume
            trades += bar.trades
    if trades < FEWEST_TRADES:
        return None
    return Profile(words, tuple(volume // len(windows) for volume in sums))


def expected(curve: Sequence[int], place: float, seen: int, recent: int, parts: int = PARTS) -> tuple[float, ...]:
    """Return the volume expected in equal parts of the rest of the window, and so what is left to come.

    `place` is how much of the window has passed (0 to 1), `seen` the shares traded in it so far, `recent` those of its
    last `RECENT`. The level is what was seen against what was expected, drawn towards the expectation while little was
    seen; what goes beyond the level just now fades.
    """
    whole = sum(curve)
    if whole <= 0:
        return (0.0,) * parts
    due = _until(curve, place)
    level = (seen + PRIOR * whole) / (due + PRIOR * whole)
    usual = due - _until(curve, max(0.0, place - RECENT))
    surprise = SURPRISE * (recent / usual - level) if usual > 0 else 0.0
    edges = [place + (1 - place) * part / parts for part in range(parts + 1)]
    return tuple(_parts(curve, edges, place, level, surprise))


def least_part(curve: Sequence[int], place: float) -> float:
    """Return the part (0 to 1) that should be done by a place in the window however little is traded.

    Half of what the curve says, and more and more of it towards the end: where no volume comes there is nothing to hide
    in, and what waits for it would all be left for the last moment.
    """
    whole = sum(curve)
    usual = _until(curve, place) / whole if whole > 0 else place
    return usual * (1 + place) / 2


def _parts(
    curve: Sequence[int], edges: Sequence[float], place: float, level: float, surprise: float
) -> Iterable[float]:
    for begin, end in itertools.pairwise(edges):
        busy = level + surprise * exp(-((begin + end) / 2 - place) / FADE)
        busy = min(max(busy, QUIETEST * level), BUSIEST * level)
        # Two sums of floats: where nothing is expected, their difference may come out below 0.
        yield max(0.0, _until(curve, end) - _until(curve, begin)) * busy


def _until(curve: Sequence[int], place: float) -> float:
    """Return the volume of a curve up to a place between 0 and 1."""
    index = min(int(place * len(curve)), len(curve) - 1)
    return sum(curve[:index]) + curve[index] * (place * len(curve) - index)
