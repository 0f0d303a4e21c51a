"""Worker: asks the venue what is true, at start, every minute and whenever an order's fate is not known."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.market import Leg
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.units import SHARE, money_text, shares_text
from cockpit.venues.base import Balances, OrderReport, Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

TOLERANCE = SHARE // 10_000
"""Differences up to 0.0001 share are rounding."""
SECOND_READ_S = 10.0
_UNSURE = (OrderState.SENDING, OrderState.UNKNOWN, OrderState.CANCELLING)
_RESTING = (OrderState.OPEN, OrderState.PARTIALLY_FILLED)
_SETTLED = (FillStatus.CONFIRMED, FillStatus.FAILED)


class Reconciler:
    """Adopts fills we have not seen, settles orders whose fate is not known, halts a pair whose numbers differ."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._told: dict[str, str] = {}
        """Market id (empty for cash) -> the difference people were told last."""

    async def run(self) -> None:
        """Catch up, which makes the desk ready; then ask on timers."""
        await self.catch_up()
        self._desk.start("unknown orders", self._ask_about_unsure())
        while True:
            with contextlib.suppress(Unanswered):  # asked again in a second, and compared all the same
                await self.settle(_UNSURE + _RESTING)
            try:
                await self.compare()
            except Unanswered as error:
                self._desk.note("warning", f"could not compare with the venue: {error}")
            await self._desk.clock.sleep(self._desk.rules.reconcile_interval_s)

    async def catch_up(self) -> None:
        """Ask until the venue has told everything once: after a start, and after every gap in the connection."""
        desk = self._desk
        wait = 0.5
        while True:
            gap = desk.gaps
            self._doubt_everything()
            try:
                await self.read_fills()
                await self._opening_cash()
                await self._settle_what_answers()
                if gap == desk.gaps:
                    break
            except Unanswered as error:
                desk.note("warning", f"venue does not answer yet: {error}")
                await desk.clock.sleep(wait)
                wait = min(30.0, wait * 2)
        desk.become_ready()
        self._cancel_orphans()

    async def _settle_what_answers(self) -> None:
        """Orders the venue does not answer for stay unknown, and count as live: no reason not to go on."""
        try:
            await self.settle(_UNSURE)
        except Unanswered as error:
            self._desk.note("warning", f"an order is not answered yet: {error}")

    def _doubt_everything(self) -> None:
        """What happened to our orders while nobody listened is not known, whatever their last state was."""
        for order in self._desk.state.all_live_orders():
            if order.id not in self._desk.executor.in_flight:
                self._desk.move_order(order.id, OrderState.UNKNOWN, "nobody listened")

    def _cancel_orphans(self) -> None:
        """Orders that still rest although their parent has ended were being cancelled when we stopped listening."""
        state = self._desk.state
        ended = {parent.id for parent in state.parents.values() if not parent.is_open}
        orphans = [order.id for order in self._desk.state.all_live_orders() if order.parent_id in ended]
        if orphans:
            self._desk.start("cancel", self._desk.canceller.cancel(orphans))

    async def read_fills(self) -> None:
        """Fold every fill the venue lists that we do not have; orders we never sent make it external."""
        for fill in await self._desk.venue.fills():
            self._desk.take(ev.FillSeen(self._desk.clock.now_ms(), fill))

    async def _opening_cash(self) -> None:
        """On the first start the account's cash is what the venue says; fills have already moved part of it."""
        desk = self._desk
        while not desk.state.has_opening:
            before = len(desk.state.fills)
            balances = await desk.venue.balances()
            await self.read_fills()
            # A fill between the two reads would be counted in one and not in the other.
            if len(desk.state.fills) == before:
                opening = balances.cash - desk.state.cash
                desk.record(ev.CashMoved(desk.clock.now_ms(), opening, "opening balance"))

    async def _ask_about_unsure(self) -> None:
        while True:
            await self._desk.clock.sleep(1.0)
            try:
                await self.settle(_UNSURE)
            except Unanswered:
                continue  # asked again in a second; until then they count as live

    async def settle(self, states: tuple[OrderState, ...] = _UNSURE) -> None:
        """Look up every order in one of these states. Only an answer decides; absence counts after the quarantine."""
        again, unanswered = [], None
        for order in self._desk.state.all_live_orders():
            is_wanted = order.state in states or self._is_overdue(order)
            if is_wanted and order.id not in self._desk.executor.in_flight:
                try:
                    if await self._take(order, await self._desk.venue.order(order.id)):
                        again.append(order.id)
                except Unanswered as error:
                    unanswered = error
        if again:
            await self._desk.venue.cancel(again)
        if unanswered is not None:
            raise unanswered

    def _is_overdue(self, order: Order) -> bool:
        """An order that cannot rest should have ended long ago: its end was not told."""
        can_rest = order.type in (OrderType.GTC, OrderType.GTD)
        return not can_rest and self._desk.clock.now_ms() - order.created_ms > self._desk.venue.terms.quarantine_ms

    async def _take(self, order: Order, report: OrderReport | None) -> bool:
        """Fold what the venue says of an order; return whether its cancel must be asked again."""
        desk = self._desk
        if report is None:
            await self._missing(order)
            return False
        if report.filled > desk.state.orders[order.id].filled:
            await self.read_fills()
        if report.state in _RESTING and self._is_unwanted(desk.state.orders[order.id]):
            desk.move_order(order.id, OrderState.CANCELLING, venue_filled=report.filled)
            return True
        desk.move_order(order.id, report.state, report.reason, report.filled)
        return False

    def _is_unwanted(self, order: Order) -> bool:
        parent = self._desk.state.parents.get(order.parent_id)
        is_over = parent is not None and not parent.is_open
        return order.state is OrderState.CANCELLING or is_over or bool(self._desk.state.halted)

    async def _missing(self, order: Order) -> None:
        """The venue does not know it: dead only if it never showed it, filled nothing, and cannot get it any more."""
        desk = self._desk
        asked = desk.executor.asked_ms.get(order.id, max(order.created_ms, desk.started_ms))
        if desk.clock.now_ms() - asked < desk.venue.terms.quarantine_ms:
            return
        await self.read_fills()
        now = desk.state.orders[order.id]
        if not (now.filled or now.venue_filled or now.is_acknowledged):
            desk.executor.asked_ms.pop(order.id, None)
            desk.move_order(order.id, OrderState.REJECTED, "the venue does not know it: it never arrived")

    async def compare(self) -> None:
        """Compare balances with our fills; a difference that survives a second read halts that pair."""
        desk = self._desk
        first = self._differences(await desk.venue.balances())
        self._lift(first)
        if not first:
            return
        await desk.clock.sleep(SECOND_READ_S)
        await self.read_fills()
        second = self._differences(await desk.venue.balances())
        for market_id, words in second.items():
            if first.get(market_id) != words or self._is_unsettled(market_id) or self._told.get(market_id) == words:
                continue
            self._told[market_id] = words
            if market_id:
                desk.record(ev.PairHalted(desk.clock.now_ms(), market_id, words))
            desk.note("alarm", words)

    def _is_unsettled(self, market_id: str) -> bool:
        """Return whether orders or fills of a market (all of them, for cash) may still move its numbers."""
        state = self._desk.state
        markets = [market_id] if market_id else list(state.markets)
        if any(state.live.get(market) for market in markets):
            return True
        fills = (state.fills[key] for market in markets for key in state.fills_of.get(market, ()))
        return any(fill.status not in _SETTLED for fill in fills)

    def _lift(self, differences: dict[str, str]) -> None:
        state, now = self._desk.state, self._desk.clock.now_ms()
        for market_id in [told for told in self._told if told not in differences]:
            del self._told[market_id]
        for market_id in [halted for halted in state.pair_halted if halted not in differences]:
            self._desk.record(ev.PairHalted(now, market_id, ""))
            self._desk.note("info", f"{state.markets[market_id].name}: agrees with the venue again")

    def _differences(self, theirs: Balances) -> dict[str, str]:
        """Return market id -> sentence; the empty id stands for cash."""
        state = self._desk.state
        found: dict[str, str] = {}
        for market_id, market in state.markets.items():
            if market_id in state.ended:
                continue
            position = state.position(market_id)
            for leg in Leg:
                ours, shares = position.holding(leg).shares, theirs.shares.get(market.tokens[leg], 0)
                if abs(ours - shares) > TOLERANCE:
                    found[market_id] = (
                        f"{market.name} {market.outcomes[leg]}: we count {shares_text(ours)} shares, "
                        f"the venue {shares_text(shares)}"
                    )
        if theirs.cash != state.cash:
            found[""] = f"cash: we count {money_text(state.cash)} USD, the venue {money_text(theirs.cash)}"
        return found
