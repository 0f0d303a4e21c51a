"""Worker: nothing is sent that has not passed here, and what goes over a limit stops the desk."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.limits import Account, Approved, Reason, Refused, check, worst_imbalance
from cockpit.core.market import Side
from cockpit.core.order import Order
from cockpit.core.units import PRICE_ONE, money_text, pay, shares_text

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MARKS_BY_MS = 60_000
"""A day starts without full marks if they are not there after this long: somewhere nobody bids."""


class Guard:
    """Checks orders, starts the trading day, watches the daily loss and the book's delta."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_breached = False

    def check(self, order: Order, approved_limit: int) -> Approved[Order] | Refused:
        """Return the order approved or the first reason against it, on the state as it is now."""
        state, limits = self._desk.state, self._desk.rules.limits
        return check(
            order,
            state.markets.get(order.market_id),
            state.books.get(order.market_id),
            state.position(order.market_id),
            tuple(state.live_orders(order.market_id)),
            self.account(order.market_id),
            limits,
            approved_limit,
        )

    def account(self, market_id: str) -> Account:
        """Return what the checks see of the account, for an order of this market."""
        state = self._desk.state
        promised = {m: self._promised(m) for m in state.live}
        working = {m: worst_imbalance(state.position(m), live.values()) for m, live in state.live.items() if live}
        idle = state.exposure.unhedged - sum(abs(state.position(m).delta) for m in {*working, market_id})
        return Account(
            now_ms=self._desk.clock.now_ms(),
            is_ready=self._desk.may_send,
            halted=state.halted,
            pair_halted=state.pair_halted.get(market_id, ""),
            cash=state.cash - sum(amount for m, amount in promised.items() if m != market_id),
            exposure=sum(position.cost for position in state.positions.values()) + sum(promised.values()),
            unhedged=idle + sum(worst for m, worst in working.items() if m != market_id),
            day_pnl=state.day_pnl,
            has_ended=market_id in state.ended,
        )

    def _promised(self, market_id: str) -> int:
        """Return what this market's buys may still take, fees included."""
        fees = self._desk.state.markets[market_id].fees
        buys = [order for order in self._desk.state.live_orders(market_id) if order.side is Side.BUY]
        return sum(pay(o.possible, o.price) + fees.taker(o.possible, o.price) for o in buys)

    async def run(self) -> None:
        """Look once a second."""
        while True:
            self.look()
            await self._desk.clock.sleep(1.0)

    def look(self) -> None:
        """Start the day if it is a new one, halt on the daily loss, say when the delta leaves its bounds or returns."""
        if not self._desk.is_ready:
            return
        self._day()
        self._loss()
        self._delta()

    def _day(self) -> None:
        state = self._desk.state
        now = self._desk.clock.now_ms()
        today = datetime.fromtimestamp(now / 1000, UTC).date().isoformat()
        # A clock that steps back must not start an older day again, and equity is too low while a mark is missing.
        is_new = state.day is None or today > state.day.day
        is_known = not state.unmarked or now - self._desk.started_ms > MARKS_BY_MS
        if is_new and is_known:
            self._desk.record(ev.DayStarted(now, today, state.equity))

    def _loss(self) -> None:
        state, limit = self._desk.state, self._desk.rules.limits.max_daily_loss
        # What nobody bids for counts as 0, which is too low to latch a stop on: it may be worth up to 1 USD a share.
        unknown = [m for m, mark in state.marks.items() if not mark.is_full] if state.unmarked else []
        at_best = state.day_pnl + sum(abs(state.position(market_id).delta) for market_id in unknown)
        if at_best <= -limit and not state.halted:
            lost = money_text(-state.day_pnl)
            self._desk.canceller.halt(f"{Reason.DAILY_LOSS}: lost {lost} USD today, limit {money_text(limit)}")

    def _delta(self) -> None:
        state = self._desk.state
        is_breached = state.exposure.breaches(self._desk.rules.max_delta_pct, 10_000, PRICE_ONE)
        if is_breached != self._is_breached:
            self._is_breached = is_breached
            net = shares_text(state.exposure.delta)
            words = f"delta {net} is beyond its limit" if is_breached else f"delta {net} is back within its limit"
            self._desk.note("warning" if is_breached else "info", words)
