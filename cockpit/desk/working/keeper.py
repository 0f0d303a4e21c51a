"""Keeps one order of a parent in the book where it belongs: replaced only once the old one is proven dead.

What a child has filled, or may still fill, is never asked for again: a replacement is what is still wanted. Refusals
in a row are answered by longer and longer pauses, and in the end by stopping the parent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.parent import Parent
from cockpit.core.units import floor_lot
from cockpit.desk.working.children import IDLE_S, Done, child_of, most_of, resting_price, stop
from cockpit.desk.working.sender import Sender

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

RETRY_MS = 5_000
MOST_RETRY_MS = 60_000
MOST_REFUSALS = 5
"""Children refused in a row, by the venue or by ourselves, that end a parent."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The order a parent should have in the book now. Shares in 1/1,000,000."""

    size: int
    """Shares that should rest, those that do already included."""
    price: int
    """Sent at the collar around the middle where that is nearer: no worse for us, and the guard lets it through."""
    type: OrderType = OrderType.GTD
    post_only: bool = False
    expires_at_ms: int | None = None
    slice_index: int | None = None
    """The slice it belongs to: an order of another one is replaced. None: the next number, and none is replaced."""
    patience_ms: int = 0
    """Least time at a price before it is given up for a better one."""
    spares_rest: bool = False
    """Too little to be sent again stays where it is: better there than nowhere."""


class Keeper:
    """Carries wishes out."""

    def __init__(self, desk: Desk, sender: Sender) -> None:
        self._desk, self._sender = desk, sender

    def keep(self, parent: Parent, done: Done, wish: Wish, now: int) -> float:
        """Bring the book to what is wished; return how many seconds until it must be looked at again."""
        live = done.live
        if live:
            return self._adjust(parent, live, wish, now)
        size = floor_lot(min(wish.size, most_of(self._desk, parent)))
        if size < self._desk.state.markets[parent.market_id].min_size:
            return IDLE_S
        return self._send(parent, done.children, wish, size, now)

    def withdraw(self, live: list[Order]) -> None:
        """Cancel everything of a parent that rests."""
        self._cancel([order for order in live if order.can_rest])

    def _adjust(self, parent: Parent, live: list[Order], wish: Wish, now: int) -> float:
        """Cancel what rests elsewhere than wished, or beyond its size.

        There is a surplus when a child that was refused turns out to rest all the same: the newest go first.
        """
        wrong, wait = [], IDLE_S
        surplus = sum(order.possible for order in live) - wish.size
        for order in reversed(live):
            is_too_much, surplus = surplus > 0, surplus - order.possible
            waits_ms = self._waits_ms(parent, order, wish, now)
            if is_too_much or waits_ms == 0:
                wrong.append(order)
            elif waits_ms is not None:
                wait = min(wait, waits_ms / 1000)
        self._cancel(wrong)
        return wait

    def _waits_ms(self, parent: Parent, order: Order, wish: Wish, now: int) -> int | None:
        """Return how long an order may stay where it is; None when it is where it belongs, or cannot be replaced."""
        is_old = wish.slice_index is not None and order.slice_index != wish.slice_index
        if self._is_in_place(parent, order, wish) and not is_old:
            return None
        if order.side.is_beyond(order.price, parent.limit):
            return 0
        if wish.spares_rest and wish.size < self._desk.state.markets[parent.market_id].min_size:
            return None
        return 0 if is_old else max(0, order.created_ms + wish.patience_ms - now)

    def _is_in_place(self, parent: Parent, order: Order, wish: Wish) -> bool:
        """Return whether an order is where it is wished, or as near to it as the collar lets a new one be."""
        if order.price == wish.price or order.side.is_beyond(order.price, wish.price):
            return order.price == wish.price
        nearest = resting_price(self._desk, parent, wish.price)
        return nearest == order.price or order.side.is_beyond(order.price, nearest)

    def _cancel(self, orders: list[Order]) -> None:
        wrong = [order.id for order in orders if order.can_rest and not order.is_unwanted]
        if wrong:
            self._desk.start("replace", self._desk.canceller.cancel(wrong))

    def _send(self, parent: Parent, children: tuple[Order, ...], wish: Wish, size: int, now: int) -> float:
        desk = self._desk
        refusals = self._refusals(children) + desk.state.refusals.get(parent.id, 0)
        if refusals >= MOST_REFUSALS:
            stop(desk, parent, f"refused {refusals} times: {self._last_reason(parent, children)}")
            return IDLE_S
        pause = min(MOST_RETRY_MS, RETRY_MS * 2 ** (refusals - 1)) if refusals else 0
        due = desk.state.last_try.get(parent.id, 0) + pause
        if pause and now < due:
            return (due - now) / 1000
        number = len(children) if wish.slice_index is None else wish.slice_index
        order = child_of(
            desk,
            parent,
            number,
            size,
            resting_price(desk, parent, wish.price),
            now,
            type=wish.type,
            post_only=wish.post_only,
            expires_at_ms=wish.expires_at_ms,
        )
        self._sender.send(parent, order, number)
        return IDLE_S

    def _last_reason(self, parent: Parent, children: tuple[Order, ...]) -> str:
        """Return why the newest child was not sent, or was refused."""
        if self._desk.state.refusals.get(parent.id):  # no child was sent since
            return self._sender.refused.get(parent.id, "see the journal")
        return children[-1].reason

    @staticmethod
    def _refusals(children: tuple[Order, ...]) -> int:
        """Return how many of the newest children came to nothing without our asking for it."""
        count = 0
        for child in reversed(children):
            if not child.can_rest:
                break  # what takes may find nothing, and that says nothing about what rests
            is_refused = child.state in (OrderState.REJECTED, OrderState.DENIED) and not child.is_presumed
            # The venue ended it by itself: no balance, a game that starts. At once again would go on for ever.
            has_ended = child.state in (OrderState.CANCELLED, OrderState.EXPIRED) and not child.is_presumed
            is_thrown_out = has_ended and not (child.filled or child.is_unwanted)
            if not (is_refused or is_thrown_out):
                break
            count += 1
        return count
