"""What every plan respects: the bounds of a child, and that what is left can still be cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.core.parent import Slice
from cockpit.core.units import LOT, shares_text

Draw = Callable[[], float]
"""Returns a number from 0 up to, not including, 1."""


@dataclass(frozen=True, slots=True)
class SliceRules:
    """What every child must respect, in 1/1,000,000 shares."""

    min_size: int
    max_size: int
    fewest: int = 0
    """Fewer children than this are no plan: 2 where a whole order sent at once would not be what was asked for."""

    @property
    def least(self) -> int:
        """The smallest child, in lots."""
        return max(-(-self.min_size // LOT), 1)

    @property
    def most(self) -> int:
        """The largest child, in lots."""
        return self.max_size // LOT

    def counts(self, lots: int) -> tuple[int, int]:
        """Return the fewest and the most children that so many lots can be cut into; (1, 0) when there are none."""
        if self.least > self.most or lots <= 0:
            return 1, 0
        return max(-(-lots // self.most), self.fewest), lots // self.least

    def can_cut(self, lots: int) -> bool:
        """Return whether so many lots can be cut into children; nothing needs none."""
        fewest, most = self.counts(lots)
        return fewest <= most or (lots == 0 and self.fewest == 0)

    def most_cut(self, lots: int) -> int:
        """Return the most of so many lots that can be cut into children; 0 when none of them can."""
        if self.can_cut(lots):
            return lots
        most = min(lots // self.least * self.most, lots)
        return most if self.can_cut(most) else 0

    def bounded(self, wanted: int, left: int, count: int) -> int:
        """Return the size nearest to the one wanted of the next of `count` children of `left`, all in lots.

        What is left for the others can be cut again, if `left` could be cut into `count`.
        """
        low = max(self.least, left - (count - 1) * self.most)
        high = min(self.most, left - (count - 1) * self.least)
        return min(max(wanted, low), high)


@dataclass(frozen=True, slots=True)
class CannotSlice:
    """Why a total has no legal plan."""

    reason: str


Plan = tuple[Slice, ...]


def problem_of(total: int, window_ms: int, rules: SliceRules) -> CannotSlice | None:
    """Return why a total has no legal plan, or None."""
    if total <= 0 or total % LOT:
        return CannotSlice(f"total {shares_text(total)} is not a positive multiple of {shares_text(LOT)} shares")
    if window_ms < 0:
        return CannotSlice("the window must not be negative")
    if rules.can_cut(total // LOT):
        return None
    number = f"{rules.fewest} children or more" if rules.fewest > 1 else "children"
    return CannotSlice(
        f"{shares_text(total)} shares cannot be cut into {number} between {shares_text(rules.min_size)}"
        f" and {shares_text(rules.max_size)}"
    )


def checked(plan: Plan, total: int) -> Plan:
    """Return the plan. Raises: AssertionError when it does not sum to its total, which would be our own error."""
    if sum(piece.size for piece in plan) != total:
        raise AssertionError("a plan must sum to its total")
    return plan
