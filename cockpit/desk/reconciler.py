"""Worker: asks the venue what is true, at start, every minute and whenever an order's fate is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.market import Leg
from cockpit.core.order import Fill, Order, OrderState
from cockpit.core.units import SHARE, money_text, shares_text
from cockpit.venues.base import Balances, Unanswered

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

TOLERANCE = SHARE // 10_000
"""Differences up to 0.0001 share are rounding."""
SECOND_READ_S = 10.0
_ASK = (OrderState.SENDING, OrderState.UNKNOWN, OrderState.CANCELLING)


class Reconciler:
    """Adopts fills we have not seen, settles unknown orders, and halts a pair whose numbers differ."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """Reconcile until it works once, which makes the desk ready; then on a timer."""
        await self._first()
        self._desk.start("unknown orders", self._ask_about_unknown())
        while True:
            await self._desk.clock.sleep(self._desk.rules.reconcile_interval_s)
            try:
                await self.compare()
            except Unanswered as error:
                self._desk.note("warning", f"could not compare with the venue: {error}")

    async def _first(self) -> None:
        desk = self._desk
        wait = 0.5
        while True:
            try:
                self._lose_track_of_sending()
                await self.read_fills()
                await self._opening_cash()
                await self.settle_unknown()
                break
            except Unanswered as error:
                desk.note("warning", f"venue does not answer yet: {error}")
                await desk.clock.sleep(wait)
                wait = min(30.0, wait * 2)
        desk.become_ready()
        await self.compare()

    def _lose_track_of_sending(self) -> None:
        """Orders that were being sent when the last process ended: their fate is unknown."""
        for order in list(self._desk.state.orders.values()):
            if order.state is OrderState.SENDING:
                self._desk.move_order(order.id, OrderState.UNKNOWN, "the desk ended before the answer came")

    async def read_fills(self) -> None:
        """Fold every fill the venue lists that we do not have; orders we never sent make it external."""
        state = self._desk.state
        for fill in await self._desk.venue.fills():
            known = state.fills.get(fill.key)
            if known is None or known.status is not fill.status:
                self._adopt(fill)

    def _adopt(self, fill: Fill) -> None:
        is_external = fill.order_id not in self._desk.state.orders
        self._desk.record(ev.FillSeen(self._desk.clock.now_ms(), fill, is_external))

    async def _opening_cash(self) -> None:
        """On the first start the account's cash is what the venue says; our fills already moved part of it."""
        desk = self._desk
        if desk.state.deposits:
            return
        balances = await desk.venue.balances()
        opening = balances.cash - desk.state.cash
        if opening:
            desk.record(ev.CashMoved(desk.clock.now_ms(), opening, "opening balance"))

    async def _ask_about_unknown(self) -> None:
        while True:
            await self._desk.clock.sleep(1.0)
            try:
                await self.settle_unknown()
            except Unanswered:
                continue  # asked again in a second; until then they count as live

    async def settle_unknown(self) -> None:
        """Look up every order whose fate is not known. Only an answer decides; absence counts after the quarantine."""
        desk = self._desk
        for order in [o for live in desk.state.live.values() for o in live.values()]:
            if order.state in _ASK and self._is_due(order):
                await self._look_up(order)

    def _is_due(self, order: Order) -> bool:
        """An order that is just being sent has an answer coming."""
        return order.state is not OrderState.SENDING

    async def _look_up(self, order: Order) -> None:
        desk = self._desk
        report = await desk.venue.order(order.id)
        if report is None:
            if desk.clock.now_ms() - order.created_ms >= desk.venue.quarantine_ms:
                desk.move_order(order.id, OrderState.REJECTED, "the venue does not know it: it never arrived")
            return
        if report.filled > desk.state.orders[order.id].filled:
            await self.read_fills()
        desk.move_order(order.id, report.state, report.reason, report.filled)

    async def compare(self) -> None:
        """Compare balances with our fills; a difference that survives a second read halts that pair."""
        desk = self._desk
        if not self._differences(await desk.venue.balances()):
            self._lift()
            return
        await desk.clock.sleep(SECOND_READ_S)
        await self.read_fills()
        differences = self._differences(await desk.venue.balances())
        for market_id, words in differences.items():
            if market_id and desk.state.pair_halted.get(market_id) != words:
                desk.record(ev.PairHalted(desk.clock.now_ms(), market_id, words))
            desk.note("alarm", words)

    def _lift(self) -> None:
        for market_id in list(self._desk.state.pair_halted):
            self._desk.record(ev.PairHalted(self._desk.clock.now_ms(), market_id, ""))
            self._desk.note("info", f"{self._desk.state.markets[market_id].name}: agrees with the venue again")

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
