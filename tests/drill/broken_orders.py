"""Broken in how orders are sent, ended and proven."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cockpit.core import events as ev
from cockpit.core import fold_fills, fold_trading, worst_case
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.units import floor_lot
from cockpit.desk import desk as desk_module
from cockpit.desk import orders, proof
from cockpit.desk.canceller import Canceller
from cockpit.desk.ids import with_id
from cockpit.desk.working import children, keeper, slicer, taking
from cockpit.venues.base import Rejected, Unanswered
from tests.drill.broken import Patch, broken


@broken
def cancel_answer_is_proof(patch: Patch) -> None:
    """A cancel that was answered counts as a dead order."""
    ask = Canceller.ask

    async def wrong(self: Canceller, order_ids: list[str], *, is_ours: bool = True) -> None:
        await ask(self, order_ids, is_ours=is_ours)
        for order_id in order_ids if is_ours else ():
            self._desk.move_order(order_id, OrderState.CANCELLED, "cancelled")

    patch(Canceller, "ask", wrong)


@broken
def timeout_is_a_rejection(patch: Patch) -> None:
    """An order that was not answered counts as rejected."""

    async def wrong(self: orders.Orders, order: Order) -> None:
        try:
            answer = await self._desk.venue.place(order)
        except Unanswered as error:
            self._desk.move_order(order.id, OrderState.REJECTED, str(error))
            return
        state = OrderState.REJECTED if isinstance(answer, Rejected) else OrderState.OPEN
        if self._desk.state.orders[order.id].state is OrderState.SENDING:
            self._desk.move_order(order.id, state)

    patch(orders.Orders, "_place", wrong)


@broken
def duplicated_is_a_rejection(patch: Patch) -> None:
    """`Duplicated` counts as a refusal, though it says that the venue has the order."""
    patch(orders, "KNOWN_ALREADY", "never")


@broken
def sends_again_after_a_timeout(patch: Patch) -> None:
    """An order that was not answered is sent again with a new salt."""
    place = orders.Orders._place

    async def wrong(self: orders.Orders, order: Order) -> None:
        await place(self, order)
        if self._desk.state.orders[order.id].state is OrderState.UNKNOWN:
            again = with_id(order, self._desk.venue.account, self._desk.ids.salt())
            try:
                await self._desk.venue.place(again)
            except Unanswered:
                return

    patch(orders.Orders, "_place", wrong)


@broken
def sends_before_the_intent_is_on_disk(patch: Patch) -> None:
    """The order leaves before its intent is durable."""

    async def wrong(self: orders.Orders, order: Order, unwanted: Any) -> None:
        try:
            if not unwanted():
                await self._place(order)
            await self._desk.journal.barrier()
        finally:
            self.in_flight.discard(order.id)
            self._desk.executor.touch()

    patch(orders.Orders, "_send", wrong)


@broken
def quarantine_is_too_short(patch: Patch) -> None:
    """An order that is not found counts as never arrived, though it can still be on its way."""
    asked = orders.Orders.asked_ms
    patch(orders.Orders, "asked_ms", lambda self, order: asked(self, order) - 80_000)


@broken
def not_found_is_dead(patch: Patch) -> None:
    """An order that a read does not show counts as dead at once."""

    async def wrong(self: proof.Proof, order_id: str) -> None:
        order = self._desk.state.orders[order_id]
        end = next((e for e in (OrderState.REJECTED, OrderState.CANCELLED) if order.may_become(e)), None)
        if end is not None:
            self._desk.record(ev.OrderMoved(self._desk.clock.now_ms(), order_id, end, "not found", is_presumed=True))

    patch(proof.Proof, "_missing", wrong)


@broken
def errors_count_as_not_found(patch: Patch) -> None:
    """A read that fails three times counts as an order that does not exist."""
    misses: dict[str, int] = {}

    async def wrong(self: proof.Proof, states: Any = proof.UNSURE, only: Any = None) -> None:
        for order in self._desk.state.all_live_orders():
            if order.state not in states or order.id in self._desk.orders.in_flight:
                continue
            try:
                await self._take(order.id, await self._desk.venue.order(order.id))
            except Unanswered:
                misses[order.id] = misses.get(order.id, 0) + 1
                if misses[order.id] >= 3 and order.may_become(OrderState.REJECTED):
                    now = self._desk.clock.now_ms()
                    self._desk.record(ev.OrderMoved(now, order.id, OrderState.REJECTED, "gone", is_presumed=True))

    patch(proof.Proof, "settle", wrong)


@broken
def expiry_alone_is_proof(patch: Patch) -> None:
    """An order whose stated expiry is less than two minutes away counts as dead without a read."""
    run = proof.Proof._unsettled_fills

    async def wrong(self: proof.Proof) -> None:
        now = self._desk.clock.now_ms()
        for order in self._desk.state.all_live_orders():
            is_over = order.type is OrderType.GTD and now > (order.expires_at_ms or 0) - 120_000
            if is_over and order.may_become(OrderState.EXPIRED):
                self._desk.record(ev.OrderMoved(now, order.id, OrderState.EXPIRED, "", is_presumed=True))
        await run(self)

    patch(proof.Proof, "_unsettled_fills", wrong)


@broken
def unknown_order_without_expiry_is_given_up(patch: Patch) -> None:
    """An order that rests until cancelled and is not found counts as dead after a while."""

    async def wrong(self: proof.Proof, order: Order) -> None:
        now = self._desk.clock.now_ms()
        if order.may_become(OrderState.REJECTED) or order.may_become(OrderState.CANCELLED):
            end = OrderState.CANCELLED if order.is_acknowledged else OrderState.REJECTED
            self._desk.record(ev.OrderMoved(now, order.id, end, "given up", is_presumed=True))

    patch(proof.Proof, "_end_by_posting_again", wrong)
    asked = orders.Orders.asked_ms
    patch(orders.Orders, "asked_ms", lambda self, order: asked(self, order) - 60_000)


@broken
def terminal_before_all_fills(patch: Patch) -> None:
    """An order that ended counts as dead although fills of it are missing."""
    patch(Order, "is_proven_dead", property(lambda self: self.is_terminal))


@broken
def reported_fills_are_not_read(patch: Patch) -> None:
    """What the venue says was matched is not compared with the fills in hand."""
    move = Order.move

    def wrong(self: Order, state: OrderState, reason: str = "", venue_filled: int = 0, **more: Any) -> Order:
        moved = move(self, state, reason, 0, **more)
        return replace(moved, venue_filled=moved.filled)

    async def nothing(_self: proof.Proof) -> None:
        return None

    patch(Order, "move", wrong)
    patch(proof.Proof, "_unsettled_fills", nothing)


@broken
def cancelling_no_longer_counts(patch: Patch) -> None:
    """An order whose cancel was asked for no longer counts as live."""
    set_order = fold_fills.set_order

    def wrong(state: Any, order: Order) -> None:
        set_order(state, order)
        if order.state is OrderState.CANCELLING:
            state.live[order.market_id].pop(order.id, None)

    patch(fold_fills, "set_order", wrong)
    patch(fold_trading, "set_order", wrong)


@broken
def replaces_before_the_proof(patch: Patch) -> None:
    """A replacement is sent as soon as the cancel was asked for."""
    keep = keeper.Keeper.keep

    def wrong(self: keeper.Keeper, parent: Any, done: Any, wish: Any, now: int) -> float:
        if any(order.is_unwanted for order in done.live) and wish.size > 5_000_000:
            return self._send(parent, done.children, wish, floor_lot(min(wish.size, 40_000_000)), now)
        return keep(self, parent, done, wish, now)

    patch(keeper.Keeper, "keep", wrong)


@broken
def what_may_still_fill_is_sliced_again(patch: Patch) -> None:
    """A parent sends again what its children may still fill."""

    def wrong(desk: Any, parent: Any) -> children.Done:
        done = children.done_of(desk, parent)
        return replace(done, possible=0, left=parent.size - done.filled)

    patch(slicer, "done_of", wrong)
    patch(taking.Taking, "_room", lambda self, parent, done: parent.size)


@broken
def worst_case_ignores_unknown(patch: Patch) -> None:
    """Orders whose fate is not known do not count in the worst case."""
    patch(Order, "possible", _possible(lambda order: order.state is OrderState.UNKNOWN))


@broken
def worst_case_ignores_what_is_on_its_way(patch: Patch) -> None:
    """Orders that are being sent, or are still to be sent, do not count in the worst case."""
    from cockpit.desk.committed import Committed

    patch(Order, "possible", _possible(lambda order: order.state is OrderState.SENDING))
    patch(Committed, "_plan", lambda _self, _parent: ())


def _possible(is_ignored: Any) -> Any:
    old: Any = Order.__dict__["possible"]
    return property(lambda self: 0 if is_ignored(self) else old.fget(self))


@broken
def worst_case_trusts_unproven_fills(patch: Patch) -> None:
    """A fill that is only matched counts as one that cannot be taken back."""

    def wrong(position: Any, own: Any) -> int:
        up = sum(o.possible for o in own if worst_case.raises_delta(o))
        down = sum(o.possible for o in own if not worst_case.raises_delta(o))
        return int(max(abs(position.delta + up), abs(position.delta - down)))

    from cockpit.core import checks
    from cockpit.desk import committed

    for module in (worst_case, checks, committed):
        patch(module, "worst_imbalance", lambda position, own: wrong(position, tuple(own)))


@broken
def sends_before_the_venue_has_told(patch: Patch) -> None:
    """Orders leave before the desk has caught up with the venue."""
    patch(desk_module.Desk, "may_send", property(lambda self: not self.is_closing))


@broken
def a_gap_is_not_noticed(patch: Patch) -> None:
    """After a gap in the connection nobody asks what happened."""

    async def nothing(_self: Any) -> None:
        return None

    patch(desk_module.Desk, "distrust", lambda self: None)
    patch(proof.Proof, "_unsettled_fills", nothing)
    patch(proof.Proof, "_needs_look", lambda self, order: False)


@broken
def a_slow_answer_revives_a_dead_order(patch: Patch) -> None:
    """An accepted answer makes an order open, whatever was learnt of it meanwhile."""
    may_become = Order.may_become

    def wrong(self: Order, state: OrderState) -> bool:
        return state is OrderState.OPEN or may_become(self, state)

    async def place(self: orders.Orders, order: Order) -> None:
        try:
            answer = await self._desk.venue.place(order)
        except Unanswered as error:
            self._desk.move_order(order.id, OrderState.UNKNOWN, str(error))
            return
        self._desk.move_order(
            order.id, OrderState.REJECTED if isinstance(answer, Rejected) else OrderState.OPEN, "answered"
        )

    patch(Order, "may_become", wrong)
    patch(orders.Orders, "_place", place)
