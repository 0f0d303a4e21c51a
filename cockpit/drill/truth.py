"""What is really so: the exchange's books, and the requests that are on their way to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order
from cockpit.core.state import State
from cockpit.core.units import SHARE, pay

if TYPE_CHECKING:
    from cockpit.drill.universe import Universe

ARRIVES_WITHIN_MS = 75_000
"""A request that was not answered can still arrive this long after it was sent: 10 s of waiting, 60 s of being late."""
_SETTLED = (FillStatus.CONFIRMED, FillStatus.FAILED)


class Truth:
    """Reads the exchange, and counts what is under way."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self._account = universe.exchange.account
        self._wire: dict[str, tuple[Order, int]] = {}
        """Order id -> (order, when it was sent) until it has arrived, was refused, or cannot arrive any more."""
        self._orders: dict[str, Order] = {}
        """Every order that was ever sent."""
        self._again: dict[str, None] = {}
        """Those that were posted a second time, byte for byte."""
        self._opening = dict(self._account.fills)

    def sent(self, order: Order) -> None:
        """An order is on its way, for the first time or again."""
        if order.id in self._orders:
            self._again[order.id] = None
        self._wire[order.id] = order, self._universe.now_ms()
        self._orders[order.id] = order

    def answered(self, order: Order, *, is_refused: bool) -> None:
        """The exchange has answered: refused for good, or it has the order, or nobody knows."""
        # A refusal of the second copy says nothing of the first.
        if is_refused and order.id not in self._again:
            self._wire.pop(order.id, None)

    def wire(self) -> list[Order]:
        """Return orders that may still arrive."""
        now = self._universe.now_ms()
        for order_id, (_, sent_ms) in list(self._wire.items()):
            if order_id in self._account.orders or now - sent_ms > ARRIVES_WITHIN_MS:
                del self._wire[order_id]
        return [order for order, _ in self._wire.values()]

    def alive(self) -> list[str]:
        """Return the labels of our orders that rest, or may still arrive."""
        resting = [order.label for order in self._account.open.values() if order.id in self._orders]
        return resting + [order.label for order in self.wire()]

    def why_alive(self, order: Order, state: State) -> str:
        """Return why an order the desk calls proven dead is not: empty when it is."""
        if order.id in self._account.open:
            return "it rests at the exchange"
        if any(waiting.id == order.id for waiting in self.wire()):
            return "it may still arrive at the exchange"
        known = state.fills_of_order.get(order.id, ())
        missing = [fill for fill in self.fills_of(order.id) if fill.key not in known]
        return f"{len(missing)} of its fills are not known" if missing else ""

    def fills_of(self, order_id: str) -> Iterable[Fill]:
        """Return the exchange's fills of one order, failed ones too."""
        return (fill for fill in self._account.fills.values() if fill.order_id == order_id)

    def promised_sales(self, order: Order) -> int:
        """Return shares of an order's leg that other orders of ours may still sell."""
        return sum(
            left
            for other, left in self._possible()
            if other.id != order.id
            and other.side is Side.SELL
            and (other.market_id, other.leg) == (order.market_id, order.leg)
        )

    def promised_of(self, market_id: str) -> tuple[int, int]:
        """Return the shares of both legs that our orders may still sell."""
        found = [0, 0]
        for order, left in self._possible():
            if order.side is Side.SELL and order.market_id == market_id:
                found[order.leg] += left
        return found[0], found[1]

    def raises(self, order: Order) -> bool:
        """Return whether an order makes the worst imbalance of all markets larger."""
        possible = [(other, left) for other, left in self._possible() if other.id != order.id]
        return self._unhedged([*possible, (order, order.size)]) > self._unhedged(possible)

    def problems_of(self, order: Order, parents: dict[str, int]) -> Iterable[tuple[str, str]]:
        """Yield what is wrong with sending an order, by the exchange's own numbers."""
        limits = self._universe.desk.rules.limits
        possible = [(other, left) for other, left in self._possible() if other.id != order.id]
        before, after = self._unhedged(possible), self._unhedged([*possible, (order, order.size)])
        slack = self._foreign()
        if after > limits.max_unhedged + slack and after > before:
            yield "I4", f"{order.label}: {after / SHARE:g} shares out of balance in the worst case"
        if order.side is Side.BUY:
            held = self._worst_holding(order.market_id, order.leg, possible) + order.size
            if held > limits.max_position_size + slack:
                yield "I4", f"{order.label}: {held / SHARE:g} shares of one leg in the worst case"
            money = sum(pay(left, other.price) for other, left in possible if other.side is Side.BUY)
            cost = sum(position.cost for position in self._universe.desk.state.positions.values())
            total = cost + money + pay(order.size, order.price)
            if total > limits.max_total_exposure + slack:
                yield "I4", f"{order.label}: {total} at risk in the worst case"
        if order.parent_id in parents:
            total = self._of_parent(order.parent_id, possible) + order.size
            if total > parents[order.parent_id]:
                yield "I7", f"{order.parent_id} of {parents[order.parent_id]} is sent {total}"

    def _possible(self) -> Iterable[tuple[Order, int]]:
        """Yield our orders that may still fill, with how many shares."""
        for order in self._account.open.values():
            if order.id in self._orders:
                yield order, order.size - order.filled
        for order in self.wire():
            yield order, order.size

    def _of_parent(self, parent_id: str, possible: list[tuple[Order, int]]) -> int:
        filled = sum(
            fill.shares
            for fill in self._account.fills.values()
            if fill.status is not FillStatus.FAILED
            and fill.order_id in self._orders
            and self._orders[fill.order_id].parent_id == parent_id
        )
        return filled + sum(left for order, left in possible if order.parent_id == parent_id)

    def _unhedged(self, possible: list[tuple[Order, int]]) -> int:
        """Return the sum over all markets of the largest imbalance that fills and failures could bring."""
        up: dict[str, int] = {}
        down: dict[str, int] = {}
        for order, left in possible:
            side = up if (order.side is Side.BUY) == (order.leg is Leg.YES) else down
            side[order.market_id] = side.get(order.market_id, 0) + left
        for fill in self._account.fills.values():
            if fill.status not in _SETTLED:
                side = down if (fill.side is Side.BUY) == (fill.leg is Leg.YES) else up
                side[fill.market_id] = side.get(fill.market_id, 0) + fill.shares
        total = 0
        for market_id, market in self._universe.exchange.markets.items():
            if market_id in self._universe.exchange.ended:
                continue
            yes, no = (self._account.shares.get(token, 0) for token in market.tokens)
            total += max(abs(yes - no + up.get(market_id, 0)), abs(yes - no - down.get(market_id, 0)))
        return total

    def _worst_holding(self, market_id: str, leg: Leg, possible: list[tuple[Order, int]]) -> int:
        token = self._universe.exchange.markets[market_id].tokens[leg]
        buys = (left for o, left in possible if o.side is Side.BUY and (o.market_id, o.leg) == (market_id, leg))
        return self._account.shares.get(token, 0) + sum(buys)

    def _foreign(self) -> int:
        """Return the shares that others have moved on the account: limits can only be held against our own orders."""
        return sum(
            fill.shares
            for fill in self._account.fills.values()
            if fill.order_id not in self._orders and fill.key not in self._opening
        )
