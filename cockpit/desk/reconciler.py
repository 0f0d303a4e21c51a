"""Worker: compares orders, fills and balances with the venue: at start, after every gap, every minute, on demand.

Every difference that survives a second read while nothing is unsettled is a fact with a name and both numbers. It
halts its pair until news of the venue explain it or a person accepts the venue's number.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.checks import MAX_SKEW_MS
from cockpit.core.differences import Difference, find
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.pnl import mark
from cockpit.core.units import money_text, shares_text
from cockpit.desk.proof import RESTING, STUCK_MS, UNSURE
from cockpit.venues.base import Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

SECOND_READ_S = 10.0
CONVERTED_MS = 300_000
"""A merge or redemption that takes longer than this must not hide what differs."""
TRANSFER = "transfer"
"""Order id of fills that a person accepted: shares that came or went without a trade of ours."""


class Reconciler:
    """Makes the desk ready once the venue has told everything, and says where it disagrees."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked = asyncio.Event()
        self._trouble = ""
        """What people were told last of a venue that does not answer."""
        self.skew_ms = 0
        """How far the venue's clock was ahead of ours at the last read."""

    async def run(self) -> None:
        """Catch up, which makes the desk ready; then compare every minute, or when asked."""
        await self.catch_up()
        while True:
            await self._compare_once()
            sleeper = asyncio.ensure_future(self._desk.clock.sleep(self._desk.rules.reconcile_interval_s))
            waker = asyncio.ensure_future(self._asked.wait())
            try:
                await asyncio.wait([sleeper, waker], return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeper.cancel()
                waker.cancel()

    def ask(self) -> None:
        """Compare now."""
        self._asked.set()

    async def catch_up(self) -> None:
        """Ask until the venue has told everything once: after a start, and after every gap in the connection."""
        desk, wait = self._desk, 0.5
        while True:
            gap = desk.gaps
            desk.proof.doubt_everything()
            try:
                await self._read_clock()
                await desk.proof.read_fills()
                await desk.converter.read()
                await self._opening_cash()
                await self._settle_what_answers()
                await self.read_open_orders()
                if gap == desk.gaps:
                    break
            except Unanswered as error:
                self._complain(f"venue does not answer yet: {error}")
                await desk.clock.sleep(wait)
                wait = min(30.0, wait * 2)
        desk.become_ready()
        self._cancel_orphans()

    async def read_open_orders(self) -> list[str]:
        """Return the ids of all orders the account has resting; see which are not ours, and which we took for dead."""
        desk = self._desk
        resting = await desk.venue.open_orders()
        foreign = tuple(order for order in resting if order.id not in desk.state.orders)
        if foreign != desk.state.foreign:
            known = {order.id for order in desk.state.foreign}
            for order in foreign:
                if order.id not in known:
                    desk.note("warning", f"an order that is not ours rests: {order.side.name.lower()} {order.id[:12]}")
            desk.record(ev.ForeignOrders(desk.clock.now_ms(), foreign))
        for order in resting:
            ours = desk.state.orders.get(order.id)
            if ours is not None and ours.is_proven_dead:
                self._not_dead(ours, order.filled)
        return [order.id for order in resting]

    def _not_dead(self, order: Order, filled: int) -> None:
        """An order we hold for dead is shown: it lives, unless its end is the venue's own word and the read is old."""
        desk = self._desk
        if order.may_become(OrderState.OPEN):
            desk.take(ev.OrderMoved(desk.clock.now_ms(), order.id, OrderState.OPEN, "", filled))
            if not order.is_presumed:
                desk.note("alarm", f"{order.label} was {order.state} and rests all the same", is_alert=True)
        else:
            desk.start("cancel", desk.canceller.cancel_again(order.id))

    async def compare(self) -> None:
        """Compare with the venue; a difference that survives a second read is recorded. Raises: Unanswered."""
        desk = self._desk
        await self._read_clock()
        await self.read_open_orders()
        await desk.proof.read_fills()
        await desk.converter.read()
        first = await self._differences()
        self._explain(first)
        new = [key for key, found in first.items() if not self._is_told(found)]
        if not new:
            return
        await desk.clock.sleep(SECOND_READ_S)
        await desk.proof.read_fills()
        await desk.converter.read()
        second = await self._differences()
        for key in new:
            found = second.get(key)
            if found is not None and found == first[key] and not self._is_unsettled(found.market_id):
                self._tell(found)

    def accept(self, key: str, theirs: int) -> str | Refused:
        """Book the venue's number as a transfer: what we count follows, by a fact that says so."""
        desk = self._desk
        known = desk.state.differences.get(key)
        if known is None:
            return Refused(Reason.UNKNOWN_ID, f"there is no difference {key[:40]} any more")
        if known.theirs != theirs or self._ours(known) != known.ours:
            self.ask()
            return Refused(Reason.CHANGED, "the numbers have changed since you saw them; they are read again")
        now = desk.clock.now_ms()
        if key == "cash":
            desk.record(ev.CashMoved(now, theirs - known.ours, "accepted difference"))
            words = f"cash {money_text(theirs)} USD"
        elif key.startswith("shares/"):
            leg = Leg[key.rpartition("/")[2]]
            transfer = self._transfer(known.market_id, leg, theirs - known.ours)
            book, before = desk.state.books.get(known.market_id), desk.state.position(known.market_id)
            brought = mark(before.apply(transfer), book).value - mark(before, book).value
            desk.record(ev.FillSeen(now, transfer, is_external=True, brought=brought))
            words = f"{shares_text(theirs)} shares"
        else:
            return Refused(Reason.NOT_PROVEN, f"{known.name}: this cannot be accepted, only explained")
        desk.record(ev.DifferenceEnded(desk.clock.now_ms(), key, "accepted"))
        desk.note("warning", f"difference accepted by a person: {words}, {known.text}")
        return f"accepted: {words}"

    def _ours(self, known: ev.DifferenceSeen) -> int:
        """Return what we count now of what differed."""
        state = self._desk.state
        if known.key.startswith("shares/") and known.market_id not in state.ended:
            return state.position(known.market_id).holding(Leg[known.key.rpartition("/")[2]]).shares
        return state.cash_there if known.key == "cash" else known.ours

    def _transfer(self, market_id: str, leg: Leg, shares: int) -> Fill:
        now, number = self._desk.clock.now_ms(), len(self._desk.state.fills)
        side = Side.BUY if shares > 0 else Side.SELL
        trade_id = f"{TRANSFER}-{number}-{now}"
        return Fill(trade_id, TRANSFER, market_id, leg, side, 0, abs(shares), 0, 0, False, now, FillStatus.CONFIRMED)

    async def _compare_once(self) -> None:
        desk = self._desk
        self._asked.clear()
        desk.orders.forget()
        desk.proof.forget()
        with contextlib.suppress(Unanswered):  # asked again in a second, and compared all the same
            await desk.proof.settle(UNSURE + RESTING)
        try:
            await self.compare()
            self._trouble = ""
        except Unanswered as error:
            self._complain(f"could not compare with the venue: {error}")

    def _complain(self, words: str) -> None:
        """Say what is wrong with the venue, once as long as it stays the same."""
        if words != self._trouble:
            self._desk.note("warning", words)
        self._trouble = words

    async def _read_clock(self) -> None:
        desk = self._desk
        before = desk.clock.now_ms()
        theirs = await desk.venue.time_ms()
        middle = (before + desk.clock.now_ms()) // 2
        was_off, self.skew_ms = abs(self.skew_ms) > MAX_SKEW_MS, theirs - middle
        is_off = abs(self.skew_ms) > MAX_SKEW_MS
        if is_off != was_off:
            words = f"the venue's clock is {self.skew_ms / 1000:+.1f} s from ours"
            desk.note("alarm" if is_off else "info", words + (": nothing is sent" if is_off else ""), is_alert=True)

    async def _settle_what_answers(self) -> None:
        """Orders the venue does not answer for stay unknown, and count as live: no reason not to go on."""
        try:
            await self._desk.proof.settle(UNSURE)
        except Unanswered as error:
            self._desk.note("warning", f"an order is not answered yet: {error}")

    def _cancel_orphans(self) -> None:
        """Orders that still rest although their parent has ended were being cancelled when we stopped listening."""
        state = self._desk.state
        ended = {parent.id for parent in state.parents.values() if not parent.is_open}
        orphans = [order.id for order in state.all_live_orders() if order.parent_id in ended or order.is_unwanted]
        if orphans:
            self._desk.start("cancel", self._desk.canceller.cancel(orphans))

    async def _opening_cash(self) -> None:
        """On the first start the account's cash is what the venue says; fills have already moved part of it."""
        desk = self._desk
        while not desk.state.has_opening:
            before = len(desk.state.fills)
            balances = await desk.venue.balances()
            await desk.proof.read_fills()
            # A fill between the two reads would be counted in one and not in the other.
            if len(desk.state.fills) == before:
                opening = balances.cash - desk.state.cash_there
                desk.record(ev.CashMoved(desk.clock.now_ms(), opening, "opening balance"))

    async def _differences(self) -> dict[str, Difference]:
        balances = await self._desk.venue.balances()
        return find(self._desk.state, balances.cash, balances.shares)

    def _is_told(self, found: Difference) -> bool:
        known = self._desk.state.differences.get(found.key)
        return known is not None and known.theirs - known.ours == found.theirs - found.ours

    def _tell(self, found: Difference) -> None:
        desk, now = self._desk, self._desk.clock.now_ms()
        desk.record(
            ev.DifferenceSeen(now, found.key, found.name, found.market_id, found.ours, found.theirs, found.text)
        )
        desk.note("alarm", found.text, is_alert=True)

    def _explain(self, found: dict[str, Difference]) -> None:
        """End the differences that are no longer there."""
        desk, now = self._desk, self._desk.clock.now_ms()
        for key in [key for key in desk.state.differences if key not in found]:
            ended = desk.state.differences[key]
            desk.record(ev.DifferenceEnded(now, key, "explained"))
            desk.note("info", f"agrees with the venue again: {ended.text}", is_alert=True)
        for market_id in list(desk.state.pair_halted):
            if not any(seen.market_id == market_id for seen in desk.state.differences.values()):
                desk.record(ev.PairHalted(now, market_id, ""))

    def _is_unsettled(self, market_id: str) -> bool:
        """Return whether news of a market (of any, for cash) may be on their way.

        Orders that rest move nothing, and what has not settled for long must not hide what differs.
        """
        state, now = self._desk.state, self._desk.clock.now_ms()
        orders = state.live_orders(market_id) if market_id else state.all_live_orders()
        if any(now - conversion.asked_ms < CONVERTED_MS for conversion in state.converting(market_id)):
            return True
        fills = [state.fills[key] for key in state.unsettled]
        return any(order.state in UNSURE for order in orders) or any(
            now - fill.at_ms < STUCK_MS for fill in fills if market_id in ("", fill.market_id)
        )
