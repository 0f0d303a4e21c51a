"""A limit that shall change: what is left has to be workable at the new one, or it stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core.limits import MIN_LIFE_MS, Reason, Refused
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, Parent
from cockpit.core.units import shares_text
from cockpit.desk.placing.place import order_of
from cockpit.desk.placing.split import WAITS
from cockpit.desk.working.children import done_of, taking_price

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

REPLACED_IN_MS = 5_000
"""How long it may take until an order is proven dead and another one is sent in its place."""


def amend_problem(desk: Desk, parent: Parent, limit: int) -> Refused | None:
    """Return why the limit of an open parent may not become this one."""
    if parent.suggestion_id or parent.entry_id or parent.algorithm is Algorithm.COMPLETE:
        what = "a suggestion" if parent.suggestion_id else f"entry {parent.entry_id}"
        return Refused(Reason.BAD_TYPE, f"{parent.id} is part of {what}: its limit stays as approved", "id")
    market = desk.state.markets[parent.market_id]
    if type(limit) is not int or not market.is_valid_price(limit):
        problem = market.price_problem(limit) if type(limit) is int else f"limit {limit!r} is no price"
        return Refused(Reason.BAD_PRICE, problem, "limit")
    left = parent.size - done_of(desk, parent).filled
    if refusal := _replacement_problem(desk, parent, left):
        return refusal
    # A better limit risks nothing: whatever is over a limit now must not keep anybody from it.
    is_worse = parent.side.is_beyond(limit, parent.limit)
    return _worse_problem(desk, replace(parent, limit=limit), left) if is_worse and left > 0 else None


def _replacement_problem(desk: Desk, parent: Parent, left: int) -> Refused | None:
    """Return why an order that rests could be taken out of the book, but no other put in its place."""
    live = done_of(desk, parent).live
    if parent.algorithm is not Algorithm.LIMIT or not live:
        return None
    label, least = live[-1].label, desk.state.markets[parent.market_id].min_size
    if 0 < left < least:
        words = f"only {shares_text(left)} shares are left, and the venue takes none below {shares_text(least)}"
        return Refused(Reason.BELOW_MINIMUM, f"{label} cannot be replaced: {words}", "limit")
    life = parent.ends_at_ms - desk.clock.now_ms() - REPLACED_IN_MS
    if parent.type is OrderType.GTD and life < MIN_LIFE_MS:
        seconds, least_s = max(life, 0) // 1000, MIN_LIFE_MS // 1000
        words = f"it would live another {seconds} s, and the venue takes none below {least_s} s"
        return Refused(Reason.BAD_LIFE, f"{label} cannot be replaced: {words}", "limit")
    return None


def _worse_problem(desk: Desk, amended: Parent, left: int) -> Refused | None:
    """Return why what is left of a parent could not be worked at a worse limit.

    What passes by itself (a book that is stale for the moment) is no reason: the next order waits for it.
    """
    refusal = desk.guard.check_whole(amended.as_order(left, taking_price(desk, amended)))
    if refusal is None and amended.algorithm is Algorithm.LIMIT:
        order = order_of(desk, amended, left, desk.clock.now_ms())
        refusal = desk.guard.check_instead(order, amended.limit)
    return refusal if refusal is not None and refusal.reason not in WAITS else None
