"""Worker: nothing is sent that has not passed here, and what goes over a limit stops the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cockpit.core import events as ev
from cockpit.core.budget import TokenBucket
from cockpit.core.checks import asked_of, check, check_whole, each
from cockpit.core.gates import Row
from cockpit.core.limits import Account, Approved, Reason, Refused
from cockpit.core.order import Order
from cockpit.core.parent import ParentState
from cockpit.core.units import money_text
from cockpit.desk.alarms import Alarms
from cockpit.desk.committed import Committed
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
    """Checks orders, starts the trading day, watches the daily loss, the latch and the clock."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._alarms = Alarms(desk)
        self.committed = Committed(desk)
        self._new_day_ms: int | None = None
        """When a new day was first seen that could not begin yet: a mark was missing."""
        self._full_equity: int | None = None
        """Equity when it was last known in full."""
        self._zone = _zone(desk.rules.day_zone)
        budget = desk.venue.terms.orders
        self._orders = TokenBucket.part_of(budget.rate, budget.burst, SHARE_OF_RATE)

    def check(self, order: Order, approved_limit: int) -> Approved[Order] | Refused:
        """Return the order approved or the first reason against it, on the state as it is now."""
        own = (other for other in self._desk.state.live_orders(order.market_id) if other.id != order.id)
        return self._check(order, own, self.account(order.market_id, but=order.parent_id), approved_limit)

    def gates(self, order: Order, approved_limit: int) -> list[Row]:
        """Return every gate of an order with its numbers, as `check` asks them, on the state as it is now."""
        state, market_id = self._desk.state, order.market_id
        if market_id not in state.markets:
            return []
        own = (other for other in state.live_orders(market_id) if other.id != order.id)
        asked = asked_of(
            order,
            state.markets[market_id],
            state.books.get(market_id),
            state.position(market_id),
            own,
            self.account(market_id, but=order.parent_id),
            self._desk.rules.limits,
            approved_limit,
        )
        return list(each(asked))

    def check_instead(self, order: Order, approved_limit: int) -> Refused | None:
        """Return why an order could not be sent in place of all that its parent has out, as far as can be said now.

        What other open parents are still to send counts as if it were out.
        """
        parent_id, market_id = order.parent_id, order.market_id
        own = (other for other in self._desk.state.live_orders(market_id) if other.parent_id != parent_id)
        verdict = self._check(order, own, self.account(market_id, with_plans=True, but=parent_id), approved_limit)
        return verdict if isinstance(verdict, Refused) else None

    def check_whole(self, order: Order, beside: Iterable[Order] = ()) -> Refused | None:
        """Return why an order that is worked in parts could not be worked to its end, as far as can be said now.

        What open parents are still to send counts as if it were out, and so do the orders `beside` it. What its own
        parent has out already is a part of it.
        """
        state, market_id, parent_id = self._desk.state, order.market_id, order.parent_id
        return check_whole(
            order,
            state.markets[market_id],
            state.position(market_id),
            self.committed.orders(market_id, parent_id),
            self.account(market_id, with_plans=True, but=parent_id),
            self._desk.rules.limits,
            beside,
        )

    def lets_again(self, order: Order) -> bool:
        """Return whether an order that is out already would be sent now: for posting the identical one once more."""
        state = self._desk.state
        parent = state.parents.get(order.parent_id)
        if parent is None or parent.state is not ParentState.WORKING or order.market_id not in state.markets:
            return False
        return isinstance(self.check(order, parent.limit), Approved)

    def take_rate(self) -> bool:
        """Take one order's part of the venue's rate limit, if there is any left."""
        return self._orders.take(1, self._desk.clock.now_ms())

    def account(self, market_id: str, *, with_plans: bool = False, but: str = "") -> Account:
        """Return what the checks see of the account, for an order of this market: see `Committed.account`."""
        has_rate = self._orders.has(1, self._desk.clock.now_ms())
        return self.committed.account(market_id, with_plans=with_plans, has_rate=has_rate, but=but)

    def worst_of(self, market_id: str) -> int:
        """Return the largest imbalance that a pair's orders and unproven fills could bring."""
        return self.committed.of(market_id).imbalance

    def worst_unhedged(self) -> int:
        """Return the sum of all pairs' worst imbalances."""
        return self.committed.worst_unhedged()

    def _check(
        self, order: Order, own: Iterable[Order], account: Account, approved_limit: int
    ) -> Approved[Order] | Refused:
        """Return the verdict on an order beside others of ours, on its market as it is now."""
        state, limits, market_id = self._desk.state, self._desk.rules.limits, order.market_id
        market, book, position = state.markets.get(market_id), state.books.get(market_id), state.position(market_id)
        return check(order, market, book, position, tuple(own), account, limits, approved_limit)

    async def run(self) -> None:
        """Look once a second."""
        while True:
            self._obey(await self._desk.latch.look())
            self.look()
            await self._desk.clock.sleep(1.0)

    def look(self) -> None:
        """Notice a sleep, start the day, halt on the daily loss, say which limits are exceeded.

        A stop whose orders came back to life (one that was taken for dead, say) goes on.
        """
        self._sleep()
        self._desk.canceller.go_on()
        if not self._desk.is_ready:
            return
        self._day()
        self._loss()
        self._alarms.look()
        self._desk.curve.look()

    def _sleep(self) -> None:
        drift = self._desk.clock.drift_ms()
        if drift > MOST_DRIFT_MS:
            self._desk.clock.catch_up(self._desk.clock.now_ms() + drift)
            self._desk.orders.count_anew()
            self._desk.note("warning", f"the machine slept for {drift / 1000:.0f} s: asking the venue what happened")
            self._desk.distrust()

    def _obey(self, latched: LatchState | None) -> None:
        """Halt when somebody has latched it from outside, or wants more to end than we do."""
        state = self._desk.state
        if latched is not None and (not state.halted or latched.everything > state.halts_everything):
            self._desk.canceller.halt(latched.reason, everything=latched.everything)

    def _day(self) -> None:
        state = self._desk.state
        now = self._desk.clock.now_ms()
        if not state.unmarked:
            self._full_equity = state.equity
        today = self._today(now, self._zone)
        # A clock that steps back, or another time zone, must not start a day again.
        if state.day is not None and (today <= state.day.day or not self._is_over(state.day, now)):
            self._new_day_ms = None
            return
        self._new_day_ms = self._new_day_ms or now
        if state.unmarked and now - self._new_day_ms <= MARKS_BY_MS:
            return  # equity is too low while a mark is missing, and so would the day's loss be
        equity = max(state.equity, self._full_equity or 0)
        self._desk.record(ev.DayStarted(now, today, equity, self._desk.rules.day_zone))
        self._new_day_ms = None

    @staticmethod
    def _today(now: int, zone: tzinfo) -> str:
        return datetime.fromtimestamp(now / 1000, zone).date().isoformat()

    def _is_over(self, day: ev.DayStarted, now: int) -> bool:
        """Return whether a day has ended in the zone it began in, too."""
        return self._today(now, _zone(day.zone)) > day.day

    def _loss(self) -> None:
        state, limit = self._desk.state, self._desk.rules.limits.max_daily_loss
        # What nobody bids for counts as 0, which is too low to latch a stop on: it may be worth up to 1 USD a share.
        unknown = [m for m, mark in state.marks.items() if not mark.is_full] if state.unmarked else []
        at_best = state.day_pnl + sum(abs(state.position(market_id).delta) for market_id in unknown)
        if at_best <= -limit and not state.halted:
            lost = money_text(-state.day_pnl)
            self._desk.canceller.halt(f"{Reason.DAILY_LOSS}: lost {lost} USD today, limit {money_text(limit)}")


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)
