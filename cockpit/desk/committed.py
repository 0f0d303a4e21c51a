"""What the account could come to: by orders that are out, and by what open parents are still to send."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.core.fees import FeeSchedule
from cockpit.core.limits import Account
from cockpit.core.order import Order
from cockpit.core.worst_case import promised, worst_cost, worst_imbalance

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a market could come to in the worst case: shares out of balance, money at risk, money promised."""

    imbalance: int
    cost: int
    promised: int


class Committed:
    """Counts markets, and counts one anew only when an order or fill of it has moved."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Exposure] = {}

    def forget(self, market_id: str) -> None:
        """Count a market anew at the next look."""
        self._known.pop(market_id, None)

    def of(self, market_id: str) -> Exposure:
        """Return what a market's orders could come to."""
        known = self._known.get(market_id)
        if known is None:
            known = self._known[market_id] = self._count(market_id, self._desk.state.live_orders(market_id))
        return known

    def with_plans(self, market_id: str) -> Exposure:
        """Return what a market could come to once its open parents have sent all they are to send."""
        is_working = any(parent.market_id == market_id for parent in self._desk.state.all_open_parents())
        return self._count(market_id, self.orders(market_id)) if is_working else self.of(market_id)

    def orders(self, market_id: str) -> tuple[Order, ...]:
        """Return our orders of a market that are not proven dead, and what its open parents are still to send."""
        state, found = self._desk.state, list(self._desk.state.live_orders(market_id))
        for parent in state.all_open_parents():
            if parent.market_id == market_id:
                sent = sum(child.filled + child.possible for child in state.children_of(parent.id))
                if parent.size > sent:
                    found.append(parent.as_order(parent.size - sent, parent.limit))
        return tuple(found)

    def account(self, market_id: str, *, with_plans: bool, has_rate: bool) -> Account:
        """Return what the checks see of the account, for an order of this market."""
        state, of = self._desk.state, self.with_plans if with_plans else self.of
        working = {parent.market_id for parent in state.all_open_parents()} if with_plans else ()
        costs = {m: of(m).cost for m in dict.fromkeys((*state.positions, *state.live, *working))}
        event = state.markets[market_id].event if market_id in state.markets else ""
        same = [m for m in costs if event and m in state.markets and state.markets[m].event == event]
        others = dict.fromkeys((*(m for m, live in state.live.items() if live), *working))
        return Account(
            now_ms=self._desk.clock.now_ms(),
            is_ready=self._desk.may_send,
            halted=state.halted,
            pair_halted=state.pair_halted.get(market_id, ""),
            cash=state.cash - sum(of(m).promised for m in others if m != market_id),
            exposure=sum(costs.values()),
            unhedged=self.worst_unhedged(of, working) - of(market_id).imbalance,
            day_pnl=state.day_pnl,
            has_ended=market_id in state.ended,
            event_exposure=sum(costs[m] for m in same),
            equity=state.equity,
            reducing=state.reducing,
            skew_ms=self._desk.reconciler.skew_ms,
            has_rate=has_rate,
            is_marked=market_id not in state.marks or state.marks[market_id].is_full,
        )

    def worst_unhedged(self, of: Callable[[str], Exposure] | None = None, working: Iterable[str] = ()) -> int:
        """Return the sum of all pairs' worst imbalances."""
        state, count = self._desk.state, of or self.of
        moving = dict.fromkeys((*(m for m, live in state.live.items() if live), *state.unproven, *working))
        idle = state.exposure.unhedged - sum(abs(state.position(m).delta) for m in moving)
        return idle + sum(count(m).imbalance for m in moving)

    def _count(self, market_id: str, orders: Iterable[Order]) -> Exposure:
        """Return what orders could make of a market; with the usual fees where others trade in one we do not know."""
        state, own = self._desk.state, tuple(orders)
        market, position = state.markets.get(market_id), state.position(market_id)
        fees = market.fees if market is not None else FeeSchedule()
        return Exposure(worst_imbalance(position, own), worst_cost(position, own, fees), promised(own, fees))
