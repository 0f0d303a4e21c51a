"""How a parent's next order at the venue is made, and how a parent ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.market import Side
from cockpit.core.order import Order, Parent, ParentState
from cockpit.core.units import shares_text
from cockpit.desk.ids import with_id

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def price_of(desk: Desk, parent: Parent) -> int:
    """Return a parent's limit on its market's tick as it is now, rounded to our side."""
    market = desk.state.markets[parent.market_id]
    return market.round_down(parent.limit) if parent.side is Side.BUY else market.round_up(parent.limit)


def child_of(
    desk: Desk, parent: Parent, number: int, size: int, price: int, now: int, expires_at_ms: int | None = None
) -> Order:
    """Return a parent's next order, with a label and an id of its own."""
    order = Order(
        id="",
        label=f"c-{len(desk.state.orders) + 1:04d}",
        parent_id=parent.id,
        market_id=parent.market_id,
        leg=parent.leg,
        side=parent.side,
        price=price,
        size=size,
        type=parent.type,
        post_only=parent.post_only,
        expires_at_ms=expires_at_ms,
        created_ms=now,
        slice_index=number,
    )
    return with_id(order, desk.venue.account, desk.ids.salt())


def finish(desk: Desk, parent: Parent, left: int) -> None:
    """End a parent that has done what it could, and say how much of it is left."""
    why = f"{shares_text(left)} of {shares_text(parent.size)} left" if left else "complete"
    desk.record(ev.ParentMoved(desk.clock.now_ms(), parent.id, ParentState.DONE, why))
    desk.note("info", f"{parent.id} done: {why}")
