"""Worker on call: sees entries through: when both legs have ended, so has the entry, and it says what is left alone.

A leg goes on only as long as the other can follow it. Of an entry that was not written down as a whole nothing is
worked: the process died between its legs, and nobody was told that it had begun.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.entry import Entry
from cockpit.core.market import Leg
from cockpit.core.parent import Algorithm, Parent, ParentState
from cockpit.core.units import SHARE, shares_text
from cockpit.desk.working.children import done_of, move_parent

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Entering:
    """Looks at open entries whenever the executor has worked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._legs: dict[str, tuple[str, ...]] = {}
        """Entry id -> its parents, once both are known."""

    def look(self) -> None:
        """End what has ended; a leg that is useless without the other ends too."""
        for entry in [entry for entry in self._desk.state.entries.values() if entry.is_open]:
            legs = self.legs(entry)
            if len(legs) == len(Leg):
                self._end_useless(legs)
            elif any(leg.is_open for leg in legs):
                self._cancel_orders(self.cancel(entry, "the other leg was never written down"))
            legs = self.legs(entry)
            if not any(leg.is_open for leg in legs):
                self._end(entry, legs)

    def legs(self, entry: Entry) -> list[Parent]:
        """Return the parents of an entry."""
        parents = self._desk.state.parents
        known = self._legs.get(entry.id)
        if known is None:
            known = tuple(parent.id for parent in parents.values() if parent.entry_id == entry.id)
            if len(known) == len(Leg):
                self._legs[entry.id] = known
        return [parents[parent_id] for parent_id in known]

    def of(self, parent: Parent | None) -> Entry | None:
        """Return the entry that a parent is a leg of, if it is one."""
        return self._desk.state.entries.get(parent.entry_id) if parent is not None else None

    def cancel(self, entry: Entry, why: str) -> list[str]:
        """End both legs; return the orders that have to be cancelled."""
        orders = []
        for parent in self.legs(entry):
            if parent.is_open:
                move_parent(self._desk, parent, ParentState.CANCELLED, why)
            orders += [order.id for order in self._desk.state.children_of(parent.id) if order.possible]
        return orders

    def most_of(self, parent: Parent) -> int:
        """Return the most shares a parent may have: a leg whose other leg has ended, no more than that one has filled.

        What the other's orders may still fill does not count: they are being cancelled.
        """
        entry = self.of(parent)
        if entry is None:
            return parent.size
        other = self._other(entry, parent)
        if other is None:
            return 0
        return parent.size if other.is_open else min(parent.size, done_of(self._desk, other).filled)

    def refilled(self, order_id: str) -> None:
        """The fills of an order have changed: an entry that has ended says anew what is alone now."""
        desk = self._desk
        order = desk.state.orders.get(order_id)
        entry = self.of(desk.state.parents.get(order.parent_id)) if order is not None else None
        if entry is None or entry.is_open:
            return
        words = self._words(entry, self.legs(entry))[0]
        if words != entry.reason:
            desk.record(ev.EntryMoved(desk.clock.now_ms(), entry.id, entry.state, words))
            desk.note("alarm", f"{entry.id} has changed since it ended, and is now: {words}", is_alert=True)

    def _other(self, entry: Entry, parent: Parent) -> Parent | None:
        return next((leg for leg in self.legs(entry) if leg.id != parent.id), None)

    def _end_useless(self, legs: Sequence[Parent]) -> None:
        """End a leg of which the other, which has ended, has filled no more that could be sent again."""
        for leg, other in (legs, legs[::-1]):
            if self._is_useless(leg, other):
                move_parent(self._desk, leg, ParentState.CANCELLED, f"{other.id}, the other leg, has ended")
                self._cancel_orders(order.id for order in self._desk.state.children_of(leg.id) if order.possible)

    def _is_useless(self, leg: Parent, other: Parent) -> bool:
        # A leg that completes ends by itself, once nothing is missing that could be sent.
        if not leg.is_open or other.is_open or leg.algorithm is Algorithm.COMPLETE:
            return False
        mine, theirs = done_of(self._desk, leg), done_of(self._desk, other)
        missing = theirs.filled - mine.filled
        if theirs.live:
            return False
        is_too_little = missing < self._desk.state.markets[leg.market_id].min_size
        return missing <= 0 or (is_too_little and not mine.live)

    def _end(self, entry: Entry, legs: Sequence[Parent]) -> None:
        if any(done_of(self._desk, leg).live for leg in legs):
            return  # what still rests may fill yet
        desk, is_half = self._desk, len(legs) < len(Leg)
        words, is_risk = self._words(entry, legs)
        is_cancelled = is_half or any(leg.state is not ParentState.DONE for leg in legs)
        state = ParentState.CANCELLED if is_cancelled else ParentState.DONE
        desk.record(ev.EntryMoved(desk.clock.now_ms(), entry.id, state, words))
        is_alarm = is_risk or is_half
        why = ", only part of it was written down before the desk died" if is_half else ""
        desk.note("alarm" if is_alarm else "info", f"{entry.id} {state.value}: {words}{why}", is_alert=is_alarm)

    def _words(self, entry: Entry, legs: Sequence[Parent]) -> tuple[str, bool]:
        """Return `8 of 20 pairs, 12 No alone`, and whether that is a risk; a leg that is missing has filled nothing."""
        filled = dict.fromkeys(Leg, 0) | {leg.leg: done_of(self._desk, leg).filled for leg in legs}
        outcomes, pairs = self._desk.state.markets[entry.market_id].outcomes, min(filled.values())
        alone = [(leg, shares - pairs) for leg, shares in filled.items() if shares > pairs]
        words = f"{shares_text(pairs)} of {shares_text(entry.shares)} pairs"
        words += "".join(f", {shares_text(shares)} {outcomes[leg]} alone" for leg, shares in alone)
        return words, any(shares >= SHARE for _, shares in alone)

    def _cancel_orders(self, order_ids: Iterable[str]) -> None:
        if ids := list(order_ids):
            self._desk.start("cancel", self._desk.canceller.cancel(ids))
