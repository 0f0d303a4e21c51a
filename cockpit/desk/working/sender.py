"""The one way in which children leave: checked by the guard, or not sent, with the reason told and remembered."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.limits import Approved, Reason, Refused
from cockpit.core.order import Order
from cockpit.core.parent import Parent

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

PASSING = frozenset(
    {
        Reason.NOT_READY,
        Reason.CLOCK,
        Reason.RATE,
        Reason.NO_BOOK,
        Reason.STALE_BOOK,
        Reason.CROSSED_BOOK,
        Reason.NO_MARK,
    }
)
"""Refusals that pass by themselves: they are waited for, and count for nothing."""
WAITED = PASSING | {Reason.COLLAR}
"""What the children of a parent that has begun wait for: the middle comes back, too."""


class Sender:
    """Sends children of open parents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[str, set[Reason]] = {}
        """Parent id -> what people were told it waits for since its last child."""
        self.refused: dict[str, str] = {}
        """Parent id -> why its last child was not sent."""

    def send(
        self,
        parent: Parent,
        order: Order,
        number: int,
        verdict: Approved[Order] | Refused | None = None,
        waits: Collection[Reason] = WAITED,
    ) -> bool:
        """Send a child, or say why not; return whether it is done with: what waits will be tried again.

        What is refused for one of the reasons in `waits` is told once, and no slice is used up by it.
        """
        desk = self._desk
        found = desk.guard.check(order, parent.limit) if verdict is None else verdict
        if not isinstance(found, Refused):
            self._told.pop(parent.id, None)
            self.refused.pop(parent.id, None)
            desk.deciding.sent(order, parent.limit)
            desk.guard.take_rate()
            desk.orders.send(found, lambda: desk.executor.unwanted(order))
            return True
        self.refused[parent.id] = f"{found.reason} {found.detail}"
        if found.reason in waits:
            told = self._told.setdefault(parent.id, set())
            if found.reason not in told:
                told.add(found.reason)
                desk.note("warning", f"{parent.id} waits: {found.reason} {found.detail}")
            return False
        now = desk.clock.now_ms()
        desk.deciding.skipped(parent, number, order, found)
        desk.record(ev.SliceSkipped(now, parent.id, number, found.reason, found.detail))
        desk.note("warning", f"{parent.id} slice {number + 1} not sent: {found.reason} {found.detail}")
        return True
