"""The drill's own count of what the desk has been told: fills once each, positions as their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillKey, FillStatus, Order
from cockpit.core.state import State

_ENDS = (FillStatus.CONFIRMED, FillStatus.FAILED)


class Ledger:
    """Counts fills as the desk learns of them, independently of its fold."""

    def __init__(self, fail: Callable[[str, str], None]) -> None:
        self._fail = fail
        self._fills: dict[FillKey, Fill] = {}
        self._shares: dict[tuple[str, Leg], int] = {}
        self._ended: dict[str, None] = {}

    def restart(self, state: State) -> None:
        """Count anew from what a new life has recovered; what it knows must add up."""
        self._fills, self._shares, self._ended = {}, {}, dict.fromkeys(state.ended)
        for key, fill in state.fills.items():
            self._fills[key] = fill
            self._add(fill, 1 if fill.status is not FillStatus.FAILED else 0)
        for market_id in state.positions:
            self._compare(state, market_id)

    def ended(self, market_id: str) -> None:
        """A market has ended: its shares are gone."""
        self._ended[market_id] = None

    def seen(self, state: State, key: FillKey, news: Fill | None) -> None:
        """The desk has folded news of a fill."""
        now, before = state.fills.get(key), self._fills.get(key)
        if now is None:
            if before is not None or news is not None:
                self._fail("I2", f"fill {key[0][:8]} is not counted")
            return
        if before is not None and before.status in _ENDS and now.status is not before.status:
            self._fail("I2", f"fill {key[0][:8]} was {before.status} and is {now.status}")
        if before is not None and (before.shares, before.money, before.leg) != (now.shares, now.money, now.leg):
            self._fail("I2", f"fill {key[0][:8]} has changed its numbers")
        counted = before is not None and before.status is not FillStatus.FAILED
        counts = now.status is not FillStatus.FAILED
        self._fills[key] = now
        self._add(now, counts - counted)
        self._compare(state, now.market_id)

    def oversold(self, order: Order, promised: int) -> str:
        """Return what is wrong with a sale: only shares proven to be there, and not promised already, may be sold."""
        if order.side is not Side.SELL:
            return ""
        sure = 0
        for fill in self._fills.values():
            if (fill.market_id, fill.leg) == (order.market_id, order.leg):
                if fill.side is Side.BUY:
                    sure += fill.shares if fill.status is FillStatus.CONFIRMED else 0
                else:
                    sure -= fill.shares if fill.status is not FillStatus.FAILED else 0
        free = sure - promised
        return f"{order.label} sells {order.size} shares, {free} are proven and free" if order.size > free else ""

    def room(self, order: Order, state: State) -> int:
        """Return how much of the imbalance an order closes is there for sure, less what its siblings may close."""
        claimed = proven = 0
        for fill in self._fills.values():
            if fill.market_id == order.market_id and fill.status is not FillStatus.FAILED:
                change = fill.shares if (fill.side is Side.BUY) == (fill.leg is Leg.YES) else -fill.shares
                claimed += change
                proven += change if fill.status is FillStatus.CONFIRMED else 0
        sign = -1 if (order.side is Side.BUY) == (order.leg is Leg.YES) else 1
        siblings = sum(o.possible for o in state.children_of(order.parent_id) if o.id != order.id)
        return max(0, min(sign * claimed, sign * proven)) - siblings

    def worst(self, market_id: str, orders: Iterable[Order]) -> int:
        """Return the largest imbalance that these orders, and fills that are not settled, could bring."""
        delta = up = down = 0
        for fill in self._fills.values():
            if fill.market_id == market_id and fill.status is not FillStatus.FAILED:
                raises = (fill.side is Side.BUY) == (fill.leg is Leg.YES)
                delta += fill.shares if raises else -fill.shares
                if fill.status is not FillStatus.CONFIRMED:
                    up, down = (up, down + fill.shares) if raises else (up + fill.shares, down)
        for order in orders:
            if (order.side is Side.BUY) == (order.leg is Leg.YES):
                up += order.possible
            else:
                down += order.possible
        return max(abs(delta + up), abs(delta - down))

    def _add(self, fill: Fill, times: int) -> None:
        key = fill.market_id, fill.leg
        sign = 1 if fill.side is Side.BUY else -1
        self._shares[key] = self._shares.get(key, 0) + times * sign * fill.shares

    def _compare(self, state: State, market_id: str) -> None:
        if market_id in self._ended or market_id in state.ended:
            return
        position = state.position(market_id)
        for leg in Leg:
            ours = self._shares.get((market_id, leg), 0)
            if position.holding(leg).shares != ours:
                self._fail("I3", f"position {leg.name} is {position.holding(leg).shares}, its fills sum to {ours}")
