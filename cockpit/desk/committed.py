"""What the account could come to: by orders that are out, and by what open parents are still to send."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cockpit.core.fees import FeeSchedule
from cockpit.core.limits import Account
from cockpit.core.order import Order
from cockpit.core.parent import Algorithm, Parent
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

    def with_plans(self, market_id: str, but: str = "") -> Exposure:
        """Return what a market could come to once its open parents have sent all they are to send.

        One parent can be left out, with all it has out and is still to send.
        """
        is_working = any(parent.market_id == market_id for parent in self._desk.state.all_open_parents())
        return self._count(market_id, self.orders(market_id, but)) if is_working else self.of(market_id)

    def orders(self, market_id: str, but: str = "") -> tuple[Order, ...]:
        """Return our orders of a market that are not proven dead, and what its open parents are still to send.

        One parent can be left out, with all it has out and is still to send.
        """
        state = self._desk.state
        live = [order for order in state.live_orders(market_id) if not but or order.parent_id != but]
        parents = (p for p in state.all_open_parents() if p.market_id == market_id and p.id != but)
        return (*live, *(order for parent in parents for order in self._plan(parent)))

    def account(self, market_id: str, *, with_plans: bool, has_rate: bool, but: str = "") -> Account:
        """Return what the checks see of the account, for an order of this market.

        Without plans, what second legs of entries are still to take counts all the same: once the first has filled,
        nobody else may have spent their money. `but` is the parent that the order is of: what it is still to send is
        that order, and with plans so is what it has out.
        """
        state = self._desk.state
        of = partial(self.with_plans, but=but) if with_plans else self.of
        working = {parent.market_id for parent in state.all_open_parents()} if with_plans else ()
        costs = {m: of(m).cost for m in dict.fromkeys((*state.positions, *state.live, *working))}
        kept = {} if with_plans else self._kept(but)
        event = state.markets[market_id].event if market_id in state.markets else ""
        same = {m for m in (*costs, *kept) if event and m in state.markets and state.markets[m].event == event}
        others = dict.fromkeys((*(m for m, live in state.live.items() if live), *working))
        return Account(
            now_ms=self._desk.clock.now_ms(),
            is_ready=self._desk.may_send,
            halted=state.halted,
            pair_halted=state.pair_halted.get(market_id, ""),
            cash=state.cash_there - sum(of(m).promised for m in others if m != market_id) - sum(kept.values()),
            exposure=sum(costs.values()) + sum(kept.values()),
            unhedged=self.worst_unhedged(of, working) - of(market_id).imbalance,
            day_pnl=state.day_pnl,
            has_ended=state.is_over(market_id),
            event_exposure=sum(costs.get(m, 0) + kept.get(m, 0) for m in same),
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

    def _plan(self, parent: Parent) -> tuple[Order, ...]:
        """Return what a parent is still to send as one order, or nothing when all of it is out or filled."""
        sent = sum(child.filled + child.possible for child in self._desk.state.children_of(parent.id))
        return (parent.as_order(parent.size - sent, parent.limit),) if parent.size > sent else ()

    def _kept(self, but: str) -> dict[str, int]:
        """Return the money that second legs of entries are still to spend, by market; not that of one parent."""
        kept: dict[str, int] = {}
        for parent in self._desk.state.all_open_parents():
            if parent.algorithm is Algorithm.COMPLETE and parent.id != but:
                money = promised(self._plan(parent), self._fees(parent.market_id))
                kept[parent.market_id] = kept.get(parent.market_id, 0) + money
        return kept

    def _fees(self, market_id: str) -> FeeSchedule:
        """Return a market's fees; the usual ones where others trade in one we do not know."""
        market = self._desk.state.markets.get(market_id)
        return market.fees if market is not None else FeeSchedule()

    def _count(self, market_id: str, orders: Iterable[Order]) -> Exposure:
        """Return what orders could make of a market."""
        own, position, fees = tuple(orders), self._desk.state.position(market_id), self._fees(market_id)
        return Exposure(worst_imbalance(position, own), worst_cost(position, own, fees), promised(own, fees))
