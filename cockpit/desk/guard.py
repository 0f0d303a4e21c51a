"""Worker: nothing is sent that has not passed here, and what goes over a limit stops the desk."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cockpit.core import events as ev
from cockpit.core.budget import TokenBucket
from cockpit.core.checks import check
from cockpit.core.fees import FeeSchedule
from cockpit.core.limits import Account, Approved, Reason, Refused
from cockpit.core.order import Order
from cockpit.core.units import PRICE_ONE, money_text, shares_text
from cockpit.core.worst_case import promised, worst_cost, worst_imbalance
from cockpit.storage.latch import LatchState

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MARKS_BY_MS = 60_000
"""A day starts without full marks if they are not there after this long: somewhere nobody bids."""
SHARE_OF_RATE = 80
"""Percent of the venue's rate limits that we use: others may trade on the same account."""
MOST_DRIFT_MS = 2_000
"""The machine's clock this far ahead of ours means that it slept."""


class Guard:
    """Checks orders, starts the trading day, watches the daily loss, the delta, the latch and the clock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_breached = False
        self._zone: tzinfo = UTC if desk.rules.day_zone == "UTC" else ZoneInfo(desk.rules.day_zone)
        budget = desk.venue.terms.orders
        self._orders = TokenBucket(
            max(1, budget.rate * SHARE_OF_RATE // 100), max(1, budget.burst * SHARE_OF_RATE // 100)
        )

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

    def take_rate(self) -> bool:
        """Take one order's part of the venue's rate limit, if there is any left."""
        return self._orders.take(1, self._desk.clock.now_ms())

    def account(self, market_id: str) -> Account:
        """Return what the checks see of the account, for an order of this market."""
        state, now = self._desk.state, self._desk.clock.now_ms()
        costs = {m: self._cost(m) for m in dict.fromkeys((*state.positions, *state.live))}
        event = state.markets[market_id].event if market_id in state.markets else ""
        same = [m for m in costs if event and m in state.markets and state.markets[m].event == event]
        elsewhere = sum(self._promised(m) for m in state.live if m != market_id)
        return Account(
            now_ms=now,
            is_ready=self._desk.may_send,
            halted=state.halted,
            pair_halted=state.pair_halted.get(market_id, ""),
            cash=state.cash - elsewhere,
            exposure=sum(costs.values()),
            unhedged=self.worst_unhedged() - self.worst_of(market_id),
            day_pnl=state.day_pnl,
            has_ended=market_id in state.ended,
            event_exposure=sum(costs[m] for m in same),
            equity=state.equity,
            reducing=state.reducing,
            skew_ms=self._desk.reconciler.skew_ms,
            has_rate=self._orders.has(1, now),
        )

    def worst_of(self, market_id: str) -> int:
        """Return the largest imbalance that a pair's orders and unproven fills could bring."""
        return worst_imbalance(self._desk.state.position(market_id), self._desk.state.live_orders(market_id))

    def worst_unhedged(self) -> int:
        """Return the sum of all pairs' worst imbalances."""
        state = self._desk.state
        open_ended = dict.fromkeys((*(m for m, live in state.live.items() if live), *state.unproven))
        idle = state.exposure.unhedged - sum(abs(state.position(m).delta) for m in open_ended)
        return idle + sum(self.worst_of(m) for m in open_ended)

    def _cost(self, market_id: str) -> int:
        state = self._desk.state
        return worst_cost(state.position(market_id), state.live_orders(market_id), self._fees(market_id))

    def _promised(self, market_id: str) -> int:
        state = self._desk.state
        return promised(state.live_orders(market_id), self._fees(market_id))

    def _fees(self, market_id: str) -> FeeSchedule:
        """Return a market's fees; the usual ones for a market that others trade in and we do not know."""
        market = self._desk.state.markets.get(market_id)
        return market.fees if market is not None else FeeSchedule()

    async def run(self) -> None:
        """Look once a second."""
        while True:
            self.look()
            await self._desk.clock.sleep(1.0)

    def look(self) -> None:
        """Obey the latch, notice a sleep, start the day, halt on the daily loss, say when the delta leaves its bounds.

        A stop whose orders came back to life (one that was taken for dead, say) goes on.
        """
        self._sleep()
        self._latch()
        self._desk.canceller.go_on()
        if not self._desk.is_ready:
            return
        self._day()
        self._loss()
        self._delta()
        self._remember()

    def _sleep(self) -> None:
        drift = self._desk.clock.drift_ms()
        if drift > MOST_DRIFT_MS:
            self._desk.clock.catch_up(self._desk.clock.now_ms() + drift)
            self._desk.note("warning", f"the machine slept for {drift / 1000:.0f} s: asking the venue what happened")
            self._desk.distrust()

    def _latch(self) -> None:
        if self._desk.state.halted:
            return
        latched: LatchState | None = self._desk.latch.read()
        if latched is not None:
            self._desk.canceller.halt(latched.reason, everything=latched.everything)

    def _day(self) -> None:
        state = self._desk.state
        now = self._desk.clock.now_ms()
        today = datetime.fromtimestamp(now / 1000, self._zone).date().isoformat()
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
            self._desk.note("warning" if is_breached else "info", words, is_alert=True)

    def _remember(self) -> None:
        """Keep how delta and equity went, for charts."""
        state, now, history = self._desk.state, self._desk.clock.now_ms(), self._desk.history
        history.record("delta", now, "", state.exposure.delta)
        history.record("unhedged", now, "", state.exposure.unhedged)
        history.record("equity", now, "", state.equity)
