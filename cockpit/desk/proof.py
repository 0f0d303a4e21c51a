"""Worker: finds out what became of orders whose fate is not known. A timer may ask, it never decides.

An order is proven dead by a terminal status with all its fills in hand; by its expiry plus a margin and a clean read
that shows neither the order nor a fill we do not have; or by a person's word. Until then it counts as live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.limits import Reason, Refused
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.venues.base import OrderReport, Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

UNSURE = (OrderState.SENDING, OrderState.UNKNOWN, OrderState.CANCELLING)
RESTING = (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
READ_EVERY_MS = 10_000
"""How often fills are read while some have not settled for longer than that."""
STUCK_MS = 120_000
"""From this age on a fill that is not settled is an alarm."""
SIGN_OFF_WORD = "DEAD"
MOST_POSTS, POST_EVERY_MS = 5, 60_000
"""How often an identical order is posted again at the most, and how soon."""
AT_ONCE = 10
"""Look-ups under way at the same time."""


class Proof:
    """Looks orders and unsettled fills up until their fate is known."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read_ms = 0
        self._stuck: set[tuple[str, str]] = set()
        self._looked_ms: dict[str, int] = {}
        """Order id -> when it was looked up last."""
        self._posts: dict[str, tuple[int, int]] = {}
        """Order id -> how often it was posted again, and when last."""
        self._told: dict[str, None] = {}
        """Orders that people were asked to sign off."""

    async def run(self) -> None:
        """Ask once a second about what is not known."""
        while True:
            await self._desk.clock.sleep(1.0)
            try:
                if not self._desk.canceller.is_stopping:  # a stop looks by itself
                    await self.settle(UNSURE)
                await self._unsettled_fills()
            except Unanswered:
                continue  # asked again in a second; until then they count as live

    async def settle(self, states: tuple[OrderState, ...] = UNSURE, only: Collection[str] | None = None) -> None:
        """Look up every order in one of these states (of those in `only`) that is not under way, some at a time.

        Raises: Unanswered, after asking all.
        """
        desk, again, unanswered = self._desk, [], None
        wanted = [
            order.id
            for order in desk.state.all_live_orders()
            if order.id not in desk.orders.in_flight
            and (only is None or order.id in only)
            and (order.state in states or self._needs_look(order))
        ]
        for start in range(0, len(wanted), AT_ONCE):
            for found in await asyncio.gather(*(self._look(i) for i in wanted[start : start + AT_ONCE])):
                if isinstance(found, Unanswered):
                    unanswered = found
                elif found:
                    again.append(found)
        if again and not desk.canceller.is_stopping:
            await desk.canceller.ask(again)
        if unanswered is not None:
            raise unanswered

    async def _look(self, order_id: str) -> str | Unanswered:
        """Look one order up; return its id when its cancel must be asked again, or that nobody answered."""
        self._looked_ms[order_id] = self._desk.clock.now_ms()
        try:
            is_wanted = await self._take(order_id, await self._desk.venue.order(order_id))
        except Unanswered as error:
            return error
        return order_id if is_wanted else ""

    async def read_fills(self) -> None:
        """Fold every fill the venue lists that we do not have; orders we never sent make it external."""
        self._read_ms = self._desk.clock.now_ms()
        for fill in await self._desk.venue.fills():
            self._desk.take(ev.FillSeen(self._desk.clock.now_ms(), fill))

    def doubt_everything(self) -> None:
        """What happened to our orders while nobody listened is not known, whatever their last state was."""
        for order in self._desk.state.all_live_orders():
            if order.id not in self._desk.orders.in_flight:
                self._desk.move_order(order.id, OrderState.UNKNOWN, "nobody listened")

    def forget(self) -> None:
        """Forget when orders were looked up that are proven dead."""
        live = {order.id: None for order in self._desk.state.all_live_orders()}
        self._looked_ms = {order_id: at for order_id, at in self._looked_ms.items() if order_id in live}
        self._posts = {order_id: posts for order_id, posts in self._posts.items() if order_id in live}

    def may_sign_off(self, order: Order) -> bool:
        """Return whether a person may vouch for an order's end: unknown, and too old to arrive any more."""
        is_unsure = order.state in UNSURE or (order.is_terminal and not order.is_proven_dead)
        waited = self._desk.clock.now_ms() - self._desk.orders.asked_ms(order)
        is_old = waited >= self._desk.venue.terms.quarantine_ms
        return is_unsure and not order.is_proven_dead and is_old and order.id not in self._desk.orders.in_flight

    def sign_off(self, order_id: str, word: str) -> str | Refused:
        """Take a person's word that an order cannot fill any more."""
        order = self._desk.state.orders.get(order_id)
        if order is None:
            return Refused(Reason.UNKNOWN_ID, f"no order {order_id[:12]}")
        if not self.may_sign_off(order):
            return Refused(
                Reason.NOT_PROVEN, f"{order.label} is {order.state}: only a long unknown order is signed off"
            )
        if word != SIGN_OFF_WORD:
            return Refused(Reason.WRONG_WORD, f"type {SIGN_OFF_WORD} to vouch that {order.label} cannot fill any more")
        now = self._desk.clock.now_ms()
        end = order.state if order.is_terminal else OrderState.CANCELLED
        self._desk.record(ev.OrderMoved(now, order.id, end, "signed off by a person", is_presumed=True))
        self._desk.note("warning", f"{order.label} signed off by a person")
        return f"{order.label} signed off"

    def _needs_look(self, order: Order) -> bool:
        """Return whether an order should have ended, or has ended without all its fills."""
        now, terms = self._desk.clock.now_ms(), self._desk.venue.terms
        if order.is_terminal:  # a fill of it is missing: the venue may never list it
            return now - self._looked_ms.get(order.id, 0) > READ_EVERY_MS
        if order.is_unwanted and order.state in RESTING:
            return True
        if order.type is OrderType.GTD:
            return now > (order.expires_at_ms or 0) + terms.expiry_margin_ms
        return not order.can_rest and now - order.created_ms > terms.quarantine_ms

    async def _take(self, order_id: str, report: OrderReport | None) -> bool:
        """Fold what the venue says of an order; return whether its cancel must be asked again."""
        desk = self._desk
        if report is None:
            await self._missing(order_id)
            return False
        known = desk.state.orders[order_id]
        if report.filled > known.filled + known.failed:
            await self.read_fills()
            self._miss_fills(order_id)
        order = desk.state.orders[order_id]
        desk.move_order(order_id, report.state, report.reason, report.filled)
        if order.is_proven_dead and not desk.state.orders[order_id].is_proven_dead:
            desk.note("alarm", f"{order.label} was taken for dead and is not", is_alert=True)
        return report.state in RESTING and self._is_unwanted(desk.state.orders[order_id])

    def _is_unwanted(self, order: Order) -> bool:
        parent = self._desk.state.parents.get(order.parent_id)
        is_over = parent is not None and not parent.is_open
        return order.is_unwanted or is_over or bool(self._desk.state.halted)

    async def _missing(self, order_id: str) -> None:
        """The venue does not show it: that alone proves nothing. See whether its time is over, and read cleanly."""
        desk = self._desk
        order = desk.state.orders[order_id]
        now, terms = desk.clock.now_ms(), desk.venue.terms
        if now - desk.orders.asked_ms(order) < terms.quarantine_ms:
            return
        if order.type is OrderType.GTC:
            await self._end_by_posting_again(order)
            return
        # By the venue's clock, or ours where that is behind.
        venue_now = now + min(0, desk.reconciler.skew_ms)
        if order.type is OrderType.GTD and venue_now <= (order.expires_at_ms or 0) + terms.expiry_margin_ms:
            return
        await self.read_fills()
        shown = {resting.id for resting in await desk.venue.open_orders()}
        order = desk.state.orders[order_id]
        if order.id in shown or order.filled + order.failed < order.venue_filled or order.is_proven_dead:
            return
        is_new = not (order.filled or order.failed or order.is_acknowledged)
        if order.type is OrderType.GTD and order.state is not OrderState.REJECTED:
            end, why = OrderState.EXPIRED, "its expiry has passed and the venue does not show it"
        elif is_new:
            end, why = OrderState.REJECTED, "the venue does not know it: it never arrived"
        else:
            end, why = OrderState.CANCELLED, "it cannot rest and the venue does not show it"
        if order.may_become(end):
            desk.record(ev.OrderMoved(desk.clock.now_ms(), order.id, end, why, is_presumed=True))

    async def _end_by_posting_again(self, order: Order) -> None:
        """End an unknown order without expiry: post the same bytes again, so that there is something to cancel."""
        desk = self._desk
        is_new = not (order.is_acknowledged or order.filled or order.failed)
        posts, last_ms = self._posts.get(order.id, (0, 0))
        if posts >= MOST_POSTS:
            self._ask_to_sign_off(order, f"was posted {posts} times more without an answer")
        elif is_new and desk.guard.lets_again(order):
            now = desk.clock.now_ms()
            if now - last_ms < POST_EVERY_MS:
                return
            self._posts[order.id] = posts + 1, now
            desk.guard.take_rate()
            if await desk.orders.post_again(order):
                await desk.canceller.ask([order.id])
        else:
            self._ask_to_sign_off(order, "the venue does not show it")

    def _miss_fills(self, order_id: str) -> None:
        """Alarm when an order has ended long ago and fills of it are still not listed."""
        order, now = self._desk.state.orders[order_id], self._desk.clock.now_ms()
        if order.is_terminal and not order.is_proven_dead and now - self._desk.orders.asked_ms(order) > STUCK_MS:
            self._ask_to_sign_off(order, "the venue does not list all its fills")

    def _ask_to_sign_off(self, order: Order, why: str) -> None:
        if order.id not in self._told:
            self._told[order.id] = None
            words = f"{order.label} is {order.state} and {why}: sign it off if it is gone"
            self._desk.note("alarm", words, is_alert=True)

    async def _unsettled_fills(self) -> None:
        """Read fills again while some have not settled for long: the news of their end may have been lost."""
        state, now = self._desk.state, self._desk.clock.now_ms()
        old = [key for key in state.unsettled if now - state.fills[key].at_ms > READ_EVERY_MS]
        if old and now - self._read_ms > READ_EVERY_MS:
            await self.read_fills()
        for key in old:
            if now - state.fills[key].at_ms > STUCK_MS and key in state.unsettled and key not in self._stuck:
                self._stuck.add(key)
                fill = state.fills[key]
                self._desk.note("alarm", f"fill {fill.trade_id[:8]} is {fill.status} for 2 minutes", is_alert=True)
