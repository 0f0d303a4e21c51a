"""Cut a total into children. Pure planners: the executor works what they return."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.order import Slice
from cockpit.core.units import LOT, shares_text


@dataclass(frozen=True, slots=True)
class SliceRules:
    """What every child must respect, in 1/1,000,000 shares."""

    min_size: int
    max_size: int


@dataclass(frozen=True, slots=True)
class CannotSlice:
    """Why a total has no legal plan."""

    reason: str


def twap(
    total: int, start_ms: int, window_ms: int, rules: SliceRules, count: int | None = None
) -> tuple[Slice, ...] | CannotSlice:
    """Return equal children at equal intervals, the first at once: sizes sum to `total` exactly.

    `count` asks for that many; fewer are made when they would fall below the minimum, more when above the maximum.
    Sizes differ by at most one lot, the larger ones first.
    """
    if total <= 0 or total % LOT:
        return CannotSlice(f"total {shares_text(total)} is not a positive multiple of {shares_text(LOT)} shares")
    if window_ms < 0:
        return CannotSlice("the window must not be negative")
    least = -(-rules.min_size // LOT)
    most = rules.max_size // LOT
    lots = total // LOT
    if max(least, 1) > most or lots < least:
        return CannotSlice(
            f"{shares_text(total)} shares cannot be cut into children between {shares_text(rules.min_size)}"
            f" and {shares_text(rules.max_size)}"
        )
    fewest = -(-lots // most)
    largest_count = lots // max(least, 1)
    if fewest > largest_count:
        return CannotSlice(
            f"{shares_text(total)} shares cannot be cut evenly into children between {shares_text(rules.min_size)}"
            f" and {shares_text(rules.max_size)}"
        )
    number = min(max(count or fewest, fewest), largest_count)
    base, larger = divmod(lots, number)
    sizes = [base + (index < larger) for index in range(number)]
    plan = tuple(Slice(start_ms + window_ms * index // number, size * LOT) for index, size in enumerate(sizes))
    if sum(piece.size for piece in plan) != total:
        raise AssertionError("a plan must sum to its total")
    return plan
