"""How long after the last trade others place their orders: an iceberg that shows its next chunk has to look the same.

An attacker who looks for icebergs asks of every new order how long ago the last trade was, because a chunk is followed
by the next one soon after it was traded. `Arrivals` learns the rate at which others' orders arrive by that age, and
`draw_age` draws an age of that rate. If a new trade comes before it is reached, it has to be drawn again from there;
then the ages at which chunks appear have the very density of everybody else's: rate(age) x P(no trade until age).
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass, field

from cockpit.core.slicing.rules import Draw

EDGES_MS = tuple(
    round(edge)
    for edge in (
        *range(0, 200, 20),
        *range(200, 1_000, 50),
        *range(1_000, 4_000, 250),
        *range(4_000, 16_000, 1_000),
        *(16_000, 20_000, 25_000, 30_000, 40_000, 60_000),
    )
)
"""Where the classes of ages begin; the last one has no end."""
LONGEST_MS = EDGES_MS[-1]
ENOUGH = 200
"""Arrivals from which on the rates are worth using."""
FALLBACK_MS = 6_000
"""Without enough of them an age is drawn evenly up to this."""
KEPT = 0.97
"""The part of others' arrivals whose ages are imitated: the longest would make every chunk wait for as long."""


@dataclass(slots=True)
class Arrivals:
    """Arrivals of others' orders on one side of a book, by the time since the last trade."""

    counts: list[int] = field(default_factory=lambda: [0] * len(EDGES_MS))
    spent_ms: list[int] = field(default_factory=lambda: [0] * len(EDGES_MS))
    """How long the market was at each age."""
    total: int = 0

    def arrived(self, age_ms: int) -> None:
        """Count an order that came so long after the last trade."""
        if 0 <= age_ms < LONGEST_MS:
            self.counts[bisect_right(EDGES_MS, age_ms) - 1] += 1
            self.total += 1

    def traded(self, age_ms: int) -> None:
        """Count the time until a trade that came so long after the one before."""
        for index, (begin, end) in enumerate(itertools.pairwise(EDGES_MS)):
            if age_ms <= begin:
                break
            self.spent_ms[index] += min(age_ms, end) - begin

    def draw_age(self, earliest_ms: int, draw: Draw) -> int:
        """Return an age of at least `earliest_ms`, so that chunks shown at such ages look like others' orders."""
        weights = self._weights(earliest_ms)
        whole = sum(weight for weight, _, _ in weights)
        if self.total < ENOUGH or whole <= 0:
            return earliest_ms + int(draw() * FALLBACK_MS)
        left = draw() * whole
        for weight, begin, end in weights:
            if left < weight:
                return begin + int((end - begin) * left / weight)
            left -= weight
        return weights[-1][2]

    def _weights(self, earliest_ms: int) -> list[tuple[float, int, int]]:
        """Return (orders expected, begin, end) of the classes of ages that are imitated, from the earliest one on."""
        found, before = [], 0
        for index, (begin, end) in enumerate(itertools.pairwise(EDGES_MS)):
            begin = max(begin, earliest_ms)
            spent = self.spent_ms[index]
            if begin < end and spent > 0:
                found.append((self.counts[index] * (end - begin) / spent, begin, end))
            before += self.counts[index]
            if before >= KEPT * self.total and found:
                break
        return found
