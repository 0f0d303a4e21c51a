"""Time-weighted: equal children at equal intervals."""

from __future__ import annotations

from cockpit.core.parent import Slice
from cockpit.core.slicing.rules import CannotSlice, Plan, SliceRules, checked, problem_of
from cockpit.core.units import LOT


def twap(total: int, start_ms: int, window_ms: int, rules: SliceRules, count: int | None = None) -> Plan | CannotSlice:
    """Return equal children at equal intervals, the first at once: sizes sum to `total` exactly.

    `count` asks for that many; fewer are made when they would fall below the minimum, more when above the maximum.
    Sizes differ by at most one lot, the larger ones first.
    """
    if problem := problem_of(total, window_ms, rules):
        return problem
    lots = total // LOT
    fewest, most = rules.counts(lots)
    number = min(max(count or fewest, fewest), most)
    base, larger = divmod(lots, number)
    sizes = [base + (index < larger) for index in range(number)]
    plan = tuple(Slice(start_ms + window_ms * index // number, size * LOT) for index, size in enumerate(sizes))
    return checked(plan, total)
