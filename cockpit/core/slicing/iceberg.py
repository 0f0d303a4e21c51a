"""Iceberg: one chunk is shown, the next when it has filled; sizes vary within their bounds."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core.slicing.rules import CannotSlice, Draw, SliceRules, problem_of
from cockpit.core.units import LOT

MOST_DRAWS = 16


def next_chunk(left: int, rules: SliceRules, draw: Draw) -> int | CannotSlice:
    """Return a random size for the next chunk of what is left, after which the rest can be cut as well."""
    if problem := problem_of(left, 0, rules):
        return problem
    lots, after = left // LOT, replace(rules, fewest=max(rules.fewest - 1, 0))
    fewest, most = rules.counts(lots)
    for _ in range(MOST_DRAWS):
        size = rules.least + int(draw() * (min(rules.most, lots) - rules.least + 1))
        if after.can_cut(lots - size):
            return size * LOT
    # Tight bounds: an even part of the fewest children always leaves a rest that can be cut.
    return -(-lots // min(fewest, most)) * LOT
