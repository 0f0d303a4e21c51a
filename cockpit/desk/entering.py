"""Worker on call: sees entries through: when both legs have ended, so has the entry, and it says what is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.entry import Entry, EntryKind
from cockpit.core.parent import Parent, ParentState
from cockpit.core.units import SHARE, shares_text
from cockpit.desk.working.children import done_of, move_parent

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Entering:
    """Looks at open entries whenever the executor has worked."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self) -> None:
        """End what has ended; a leg that is useless without the other ends too."""
        for entry in [entry for entry in self._desk.state.entries.values() if entry.is_open]:
            legs = self.legs(entry)
            if not any(leg.is_open for leg in legs):
                self._end(entry, legs)
            elif entry.kind is not EntryKind.MAKER_TAKER:
                self._end_useless(legs)

    def legs(self, entry: Entry) -> list[Parent]:
        """Return the parents of an entry."""
        return [parent for parent in self._desk.state.parents.values() if parent.entry_id == entry.id]

    def cancel(self, entry: Entry, why: str) -> list[str]:
        """End both legs; return the orders that have to be cancelled."""
        orders = []
        for parent in self.legs(entry):
            if parent.is_open:
                move_parent(self._desk, parent, ParentState.CANCELLED, why)
            orders += [order.id for order in self._desk.state.children_of(parent.id) if order.possible]
        return orders

    def _end_useless(self, legs: list[Parent]) -> None:
        """A leg goes on only as long as the other has filled more, or still can."""
        for leg, other in (legs, legs[::-1]) if len(legs) == 2 else ():
            theirs = done_of(self._desk, other)
            if (
                leg.is_open
                and not other.is_open
                and not theirs.live
                and done_of(self._desk, leg).filled >= theirs.filled
            ):
                move_parent(self._desk, leg, ParentState.CANCELLED, f"{other.id}, the other leg, has ended")
                orders = [order.id for order in self._desk.state.children_of(leg.id) if order.possible]
                if orders:
                    self._desk.start("cancel", self._desk.canceller.cancel(orders))

    def _end(self, entry: Entry, legs: list[Parent]) -> None:
        done = [done_of(self._desk, leg) for leg in legs]
        if any(one.live for one in done):
            return  # what still rests may fill yet
        desk, market = self._desk, self._desk.state.markets[entry.market_id]
        filled = {leg.leg: one.filled for leg, one in zip(legs, done, strict=True)}
        pairs = min(filled.values(), default=0)
        alone = [(leg, shares - pairs) for leg, shares in filled.items() if shares > pairs]
        words = f"{shares_text(pairs)} of {shares_text(entry.shares)} pairs"
        words += "".join(f", {shares_text(shares)} {market.outcomes[leg]} alone" for leg, shares in alone)
        is_cancelled = any(leg.state is not ParentState.DONE for leg in legs)
        state = ParentState.CANCELLED if is_cancelled else ParentState.DONE
        desk.record(ev.EntryMoved(desk.clock.now_ms(), entry.id, state, words))
        is_risk = any(shares >= SHARE for _, shares in alone)
        desk.note("alarm" if is_risk else "info", f"{entry.id} {state.value}: {words}", is_alert=is_risk)
