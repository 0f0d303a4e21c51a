"""Makes plans, and makes them anew: for volume as it really comes, for what was missed, for an iceberg's next chunk.

Every plan is a fact, so a restart goes on with the plan there was, whatever was drawn or expected to make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.parent import Algorithm, Parent, Slice, Style
from cockpit.core.profile import PARTS, RECENT, expected
from cockpit.core.slicing.iceberg import next_chunk
from cockpit.core.slicing.randomised import randomised
from cockpit.core.slicing.rules import CannotSlice, Draw, Plan, SliceRules
from cockpit.core.slicing.twap import twap
from cockpit.core.slicing.vwap import vwap
from cockpit.core.units import floor_lot
from cockpit.desk.working.children import Done, bound_of, least_of, most_of, price_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

CATCH_UP = 2
"""What was missed is caught up at no more than so many times the pace a parent was begun with."""


class Planner:
    """Plans what is left of a parent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._weighed_ms: dict[str, int] = {}
        """Parent id -> when it was planned anew last by the volume seen."""

    def first(self, parent: Parent, count: int | None = None) -> Plan | CannotSlice:
        """Return the plan of a parent that has not begun: all of it, from its start to its end."""
        rules = self.rules(parent, parent.size)
        if parent.algorithm is Algorithm.ICEBERG:
            size = next_chunk(parent.size, rules, self._draw(parent, 0))
            return size if isinstance(size, CannotSlice) else (Slice(parent.created_ms, size),)
        return self._cut(parent, parent.size, parent.created_ms, parent.window_ms, rules, count)

    def rules(self, parent: Parent, left: int) -> SliceRules:
        """Return the bounds of a parent's children: its own, the guard's and the venue's.

        What was asked to be split never leaves as a whole; a rebalance, which was not, may be too small for two.
        """
        least, most = least_of(self._desk, parent, price_of(self._desk, parent)), bound_of(self._desk, parent)
        return SliceRules(least, most, 2 if left >= parent.size and not parent.suggestion_id else 0)

    def refresh(self, parent: Parent, done: Done, now: int) -> Parent:
        """Return the parent, planned anew if a slice is due that wants it or too much was missed."""
        if parent.algorithm is Algorithm.VWAP and any(parent.how.curve):
            return self._follow_volume(parent, done, now)
        is_behind = parent.how.style is Style.TAKE and self._is_behind(parent, done, now)
        return self._catch_up(parent, done, now) if is_behind else parent

    def show_next(self, parent: Parent, done: Done, now: int) -> Parent:
        """Return an iceberg with its next chunk."""
        number = len(parent.slices)
        left = floor_lot(done.left)
        size = next_chunk(left, self.rules(parent, left), self._draw(parent, number))
        if isinstance(size, CannotSlice):
            size = floor_lot(min(done.left, bound_of(self._desk, parent)))  # the rest of it, or all that one may be
        return self._planned(parent, number, (Slice(now, size),), done, "the chunk before it has filled")

    def forget(self, parent_id: str) -> None:
        """A parent has ended."""
        self._weighed_ms.pop(parent_id, None)

    def _cut(
        self, parent: Parent, total: int, start: int, window: int, rules: SliceRules, count: int | None = None
    ) -> Plan | CannotSlice:
        """Return the plan of `total` shares by the parent's algorithm."""
        if parent.algorithm is Algorithm.RANDOM:
            return randomised(total, start, window, rules, self._draw(parent, len(parent.slices)))
        if parent.algorithm is Algorithm.VWAP:
            return vwap(total, start, window, rules, parent.how.curve)
        return twap(total, start, window, rules, count)

    def _draw(self, parent: Parent, number: int) -> Draw:
        return self._desk.ids.draws(f"{parent.how.seed} {number}")

    def _is_behind(self, parent: Parent, done: Done, now: int) -> bool:
        """Return whether slices were slept through, or more is due than one child may make up for."""
        begun = self._desk.state.next_slice[parent.id]
        due = parent.due(now)
        if due <= begun:
            return False
        missing = parent.planned(due) - done.filled - done.possible
        largest = max((piece.size for piece in parent.slices), default=0)
        return due - begun > 1 or missing > min(most_of(self._desk, parent), 2 * largest)

    def _catch_up(self, parent: Parent, done: Done, now: int) -> Parent:
        """Cut what is left over what is left of the window, no faster than `CATCH_UP` times the first pace."""
        window = max(parent.ends_at_ms - now, 0)
        pace = CATCH_UP * parent.size * window // max(parent.window_ms, 1)
        left = floor_lot(max(0, min(done.left, pace)))
        plan = self._cut(parent, left, now, window, self.rules(parent, left)) if left else ()
        slices = () if isinstance(plan, CannotSlice) else plan
        begun = self._desk.state.next_slice[parent.id]
        return self._planned(parent, begun, slices, done, "slices were missed: what is left is cut anew")

    def _follow_volume(self, parent: Parent, done: Done, now: int) -> Parent:
        """Plan what is left by the volume that has come and is now to be expected, whenever a slice is due."""
        number = parent.due(now) - 1
        is_taken = parent.how.style is Style.TAKE and number < self._desk.state.next_slice[parent.id]
        if number < parent.planned_from or is_taken or done.left <= 0:
            return parent
        if parent.slices[number].at_ms <= self._weighed_ms.get(parent.id, 0):
            return parent
        self._weighed_ms[parent.id] = now
        place = min(max((now - parent.created_ms) / max(parent.window_ms, 1), 0.0), 1.0)
        seen, recent = self._volumes(parent, now)
        coming = expected(parent.how.curve, place, seen, recent, PARTS)
        whole = seen + sum(coming)
        fraction = seen / whole if whole > 0 else place
        behind = int(parent.size * fraction) - done.filled - done.possible
        window = max(parent.ends_at_ms - now, 1)
        places = [0.0, *((piece.at_ms - now) / window for piece in parent.slices[number + 1 :] if piece.at_ms > now)]
        left = floor_lot(done.left)
        plan = vwap(left, now, window, self.rules(parent, left), coming, behind=behind, places=places)
        if isinstance(plan, CannotSlice):
            return parent
        return self._planned(parent, number, plan, done, f"volume so far {seen // 1_000_000:,} shares")

    def _volumes(self, parent: Parent, now: int) -> tuple[int, int]:
        """Return the shares traded since the parent began, and those of the last part of its window."""
        state = self._desk.state
        tape = state.tapes.get(parent.market_id)
        if tape is None:
            return 0, 0
        since = now - int(RECENT * parent.window_ms)
        return tape.volume - state.tape_marks[parent.id][0], tape.between(since, now + 1).volume

    def _planned(self, parent: Parent, first: int, slices: Plan, done: Done, why: str) -> Parent:
        now = self._desk.clock.now_ms()
        self._desk.record(ev.ParentPlanned(now, parent.id, first, slices, done.filled + max(done.possible, 0), why))
        return self._desk.state.parents[parent.id]
