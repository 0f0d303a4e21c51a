"""Makes plans, and makes them anew: for volume as it really comes, for what was missed, for an iceberg's next chunk.

Every plan is a fact, so a restart goes on with the plan there was, whatever was drawn or expected to make it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.parent import Algorithm, Parent, Slice, Style
from cockpit.core.profile import PARTS, RECENT, expected, least_part
from cockpit.core.slicing.iceberg import next_chunk
from cockpit.core.slicing.randomised import randomised
from cockpit.core.slicing.rules import CannotSlice, Draw, Plan, SliceRules
from cockpit.core.slicing.twap import twap
from cockpit.core.slicing.vwap import vwap
from cockpit.core.units import LOT, floor_lot
from cockpit.desk.working.children import Done, bound_of, least_of, most_of, price_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

CATCH_UP = 2
"""What was missed is caught up at no more than so many times the pace a parent was begun with."""
LEAST_LATE_MS = 3_000
"""A slice is not overdue sooner: the child before it may still be on its way, or less than a second ago."""


class Planner:
    """Plans what is left of a parent."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._weighed_ms: dict[str, int] = {}
        """Parent id -> when it was planned anew last by the volume seen."""
        self._missed: dict[str, int] = {}
        """Parent id -> shares it did not do when they were planned, and that are in no plan for now."""
        self._largest: dict[str, int] = {}
        """Parent id -> the largest child it was begun with."""

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
        is_behind = self._is_behind if parent.how.style is Style.TAKE else self._is_late
        return self._catch_up(parent, done, now) if is_behind(parent, done, now) else parent

    def largest(self, parent: Parent) -> int:
        """Return the largest child of the plan that a parent was begun with."""
        if parent.id not in self._largest:
            plan: Plan | CannotSlice = parent.slices
            if parent.planned_from or sum(piece.size for piece in parent.slices) != parent.size:
                count = self._desk.rules.slice_count if parent.suggestion_id else None
                plan = self.first(replace(parent, slices=()), count)
            slices = parent.slices if isinstance(plan, CannotSlice) else plan
            self._largest[parent.id] = max((piece.size for piece in slices), default=parent.size)
        return self._largest[parent.id]

    def skip(self, parent: Parent, done: Done, now: int) -> Parent:
        """Return a parent whose child was cancelled by a person: what is left of its slice comes with later ones.

        What the child may still fill counts as not done: were it done, it would be sent again once it is dead.
        """
        count = parent.due(now)
        slices = parent.slices[count:]
        if slices and not (parent.algorithm is Algorithm.VWAP and any(parent.how.curve)):  # that catches up anyway
            total = max(parent.planned(len(parent.slices)) - done.filled, 0)
            slices = self._cut_most(parent, total, slices[0].at_ms, parent.ends_at_ms - slices[0].at_ms)
        return self._planned(parent, count, slices, replace(done, possible=0), "a child was cancelled by a person")

    def show_next(self, parent: Parent, done: Done, now: int) -> Parent:
        """Return an iceberg with its next chunk."""
        number = len(parent.slices)
        left = floor_lot(done.left)
        size = next_chunk(left, self.rules(parent, left), self._draw(parent, number))
        if isinstance(size, CannotSlice):
            size = floor_lot(min(done.left, bound_of(self._desk, parent)))  # the rest of it, or all that one may be
        return self._planned(parent, number, (Slice(now, size),), done, "the chunk before it has filled")

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
        return due - begun > 1 or missing > min(most_of(self._desk, parent), CATCH_UP * self.largest(parent))

    def _is_late(self, parent: Parent, done: Done, now: int) -> bool:
        """Return whether nothing could rest for half a slice or more, and more is missing than a slice.

        What rests unfilled is no reason to plan anew: it would only lose its place in the queue.
        """
        missing = parent.planned(parent.due(now)) - done.filled
        return not done.live and self._is_overdue(parent, now) and missing > self.largest(parent)

    def _catch_up(self, parent: Parent, done: Done, now: int) -> Parent:
        """Cut what is left over what is left of the window, no faster than `CATCH_UP` times the first pace."""
        window = max(parent.ends_at_ms - now, 0)
        pace = CATCH_UP * parent.size * window // max(parent.window_ms, 1)
        slices = self._cut_most(parent, max(0, min(done.left, pace)), now, window)
        begun = self._desk.state.next_slice[parent.id]
        return self._planned(parent, begun, slices, done, "slices were missed: what is left is cut anew")

    def _cut_most(self, parent: Parent, total: int, start: int, window: int) -> Plan:
        """Return a plan of the most of so many shares that can be cut, no child above twice what it was begun with."""
        rules = self.rules(parent, total)
        rules = replace(rules, max_size=min(rules.max_size, max(CATCH_UP * self.largest(parent), rules.min_size)))
        left = rules.most_cut(total // LOT) * LOT
        plan = self._cut(parent, left, start, window, rules) if left else ()
        return () if isinstance(plan, CannotSlice) else plan

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
        fraction = max(seen / whole if whole > 0 else place, least_part(parent.how.curve, place))
        behind = int(parent.size * fraction) - done.filled - done.possible
        window = max(parent.ends_at_ms - now, 1)
        missed = self._missed_of(parent, done, number, behind, now)
        made_up = min(missed, self._made_up(parent, number, now))
        self._missed[parent.id] = missed - made_up
        places = [0.0, *((piece.at_ms - now) / window for piece in parent.slices[number + 1 :] if piece.at_ms > now)]
        left = floor_lot(done.left - missed + made_up)
        rules = self.rules(parent, left)
        left = rules.most_cut(left // LOT) * LOT if missed else left
        behind += made_up - missed
        plan = vwap(left, now, window, rules, coming, behind=behind, places=places) if left or not missed else ()
        if isinstance(plan, CannotSlice):
            return parent
        first = min(number, max(self._desk.state.next_slice[parent.id], parent.planned_from))
        return self._planned(parent, first, plan, done, f"volume so far {seen // 1_000_000:,} shares")

    def _missed_of(self, parent: Parent, done: Done, number: int, behind: int, now: int) -> int:
        """Return the shares that were not done when they were planned: those are made up for slowly.

        What volume brings beyond what was expected is none of them. Which is which is not known after a while without
        a look, or a restart: all that is behind counts as missed then.
        """
        has_begun = bool(parent.planned_from or parent.planned_done or done.children)
        is_known = parent.id in self._missed or not has_begun
        undone = parent.planned(number) - done.filled - done.possible
        missed = self._missed.get(parent.id, 0) + max(undone, 0)
        if not is_known or self._is_overdue(parent, now):
            late, until = now - parent.slices[number].at_ms, self._next_ms(parent, number, now)
            missed += parent.slices[number].size * late // max(late + until - now, 1)
            missed = max(missed, behind)
        return max(0, min(missed, done.left))

    def _made_up(self, parent: Parent, number: int, now: int) -> int:
        """Return how much of what was missed may come with the child that is due: the first pace until the next one."""
        wait = max(self._next_ms(parent, number, now) - now, 0)
        return min((CATCH_UP - 1) * parent.size * wait // max(parent.window_ms, 1), self.largest(parent))

    @staticmethod
    def _next_ms(parent: Parent, number: int, now: int) -> int:
        """Return when the next slice begins, or the window ends."""
        return next((piece.at_ms for piece in parent.slices[number + 1 :] if piece.at_ms > now), parent.ends_at_ms)

    def _is_overdue(self, parent: Parent, now: int) -> bool:
        """Return whether the next slice should have begun half a slice ago, or longer."""
        begun = self._desk.state.next_slice[parent.id]
        if begun >= len(parent.slices):
            return False
        half = parent.window_ms // (2 * len(parent.slices))
        return now - parent.slices[begun].at_ms > max(half, LEAST_LATE_MS)

    def _volumes(self, parent: Parent, now: int) -> tuple[int, int]:
        """Return the shares traded since the parent began, and those of the last part of its window."""
        state = self._desk.state
        tape = state.tapes.get(parent.market_id)
        if tape is None:
            return 0, 0
        since = now - int(RECENT * parent.window_ms)
        return tape.volume - state.tape_marks[parent.id][0], tape.recent(since, now + 1)

    def _planned(self, parent: Parent, first: int, slices: Plan, done: Done, why: str) -> Parent:
        now = self._desk.clock.now_ms()
        self._desk.record(ev.ParentPlanned(now, parent.id, first, slices, done.filled + max(done.possible, 0), why))
        return self._desk.state.parents[parent.id]
