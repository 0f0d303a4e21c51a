"""Worker on call: sends what the guard approved, and is the only one that places orders.

The intent is durable before the request leaves. What comes back without a definitive answer is unknown, never
rejected: `proof` finds out what became of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.limits import Approved
from cockpit.core.order import Order, OrderState
from cockpit.venues.base import Rejected, Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

FIRST_LATENCY_MS, MOST_LATENCY_MS = 50, 1_000
KNOWN_ALREADY = "duplicated"
"""The venue has an order of this id: no refusal, but news that it exists."""


class Orders:
    """Sends orders and remembers which requests are under way."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.in_flight: set[str] = set()
        """Orders whose request is being prepared or sent: their answer is still coming."""
        self._asked_ms: dict[str, int] = {}
        self.latency_ms = FIRST_LATENCY_MS
        """How long an order takes to be answered, as of late."""

    def asked_ms(self, order: Order) -> int:
        """Return when the last request for an order can have left: from then on its quarantine counts."""
        return self._asked_ms.get(order.id, max(order.created_ms, self._desk.started_ms))

    def count_anew(self) -> None:
        """Let all quarantines begin again: the clock has jumped, and what it counted so far means nothing."""
        now = self._desk.clock.now_ms()
        self._asked_ms = {order.id: now for order in self._desk.state.all_live_orders()}

    def forget(self) -> None:
        """Forget when orders were asked for that are proven dead."""
        live = {order.id: None for order in self._desk.state.all_live_orders()}
        self._asked_ms = {order_id: asked for order_id, asked in self._asked_ms.items() if order_id in live}

    def send(self, approved: Approved[Order], unwanted: Callable[[], str]) -> None:
        """Record the intent now, so that the next check counts it, and send it once it is durable.

        `unwanted` is asked again right before it leaves; what it returns is the reason not to.
        """
        order = approved.value
        self._desk.record(ev.OrderSending(self._desk.clock.now_ms(), order))
        self.in_flight.add(order.id)
        self._desk.start(f"send {order.label}", self._send(order, unwanted))

    async def _send(self, order: Order, unwanted: Callable[[], str]) -> None:
        desk = self._desk
        try:
            began = desk.clock.now_ms()
            await desk.journal.barrier()
            durable = desk.clock.now_ms()
            desk.history.record("order.durable_ms", durable, order.label, durable - began)
            if why := unwanted() or self._is_late(order, durable):
                desk.move_order(order.id, OrderState.DENIED, f"{why} before it was sent")
                return
            await self._place(order)
            answered = desk.clock.now_ms()
            desk.history.record("order.answer_ms", answered, order.label, answered - durable)
            self.latency_ms += round((min(answered - durable, MOST_LATENCY_MS) - self.latency_ms) / 8)
        finally:
            self.in_flight.discard(order.id)
            desk.executor.touch()

    async def _place(self, order: Order) -> None:
        desk = self._desk
        try:
            answer = await desk.venue.place(order)
        except Unanswered as error:
            desk.move_order(order.id, OrderState.UNKNOWN, f"no answer: {error}")
            return
        finally:
            # Also when it was answered: whoever answers late has not told everything yet.
            self._asked_ms[order.id] = desk.clock.now_ms()
        if isinstance(answer, Rejected) and answer.code == KNOWN_ALREADY:
            desk.move_order(order.id, OrderState.UNKNOWN, f"the venue knows it already: {answer.text}")
        elif isinstance(answer, Rejected):
            desk.move_order(order.id, OrderState.REJECTED, f"{answer.code}: {answer.text}")
        elif desk.state.orders[order.id].state is OrderState.SENDING:
            desk.move_order(order.id, OrderState.OPEN)

    async def post_again(self, order: Order) -> bool:
        """Post the identical order (same id) once more; return whether the venue has it now, or had it all along.

        For an order that rests until cancelled and whose fate is unknown: then it can be cancelled. Another refusal
        proves nothing, for the first copy may still arrive.
        """
        self.in_flight.add(order.id)
        try:
            answer = await self._desk.venue.place(order)
            if not isinstance(answer, Rejected):
                self._desk.move_order(order.id, OrderState.OPEN)
            return not isinstance(answer, Rejected) or answer.code == KNOWN_ALREADY
        finally:
            self._asked_ms[order.id] = self._desk.clock.now_ms()
            self.in_flight.discard(order.id)

    def _is_late(self, order: Order, now_ms: int) -> str:
        """Return a reason when the decision has grown old while the disk was slow or the machine slept."""
        waited = now_ms - order.created_ms
        return f"decided {waited / 1000:.1f} s ago" if waited > self._desk.rules.limits.max_book_age_ms else ""
