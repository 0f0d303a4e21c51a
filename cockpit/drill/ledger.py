"""The drill's own count of what the desk has been told: fills and merges once each, positions as their sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind, ConversionState
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
        self._merges: dict[str, Conversion] = {}
        """Merges that were asked for and have not failed, and those that others have made."""
        self._merged: set[str] = set()

    def restart(self, state: State) -> None:
        """Count anew from what a new life has recovered; what it knows must add up."""
        self._fills, self._shares, self._ended = {}, {}, dict.fromkeys(state.ended)
        for key, fill in state.fills.items():
            self._fills[key] = fill
            self._add(fill, 1 if fill.status is not FillStatus.FAILED else 0)
        self._merges, self._merged = {}, set()
        for conversion in state.conversions.values():
            if conversion.kind is ConversionKind.MERGE and conversion.state is not ConversionState.FAILED:
                self._merges[conversion.id] = conversion
                if not conversion.is_pending:
                    self._take(conversion)
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

    def asked(self, conversion: Conversion) -> None:
        """The desk means to merge or redeem."""
        if conversion.kind is ConversionKind.MERGE:
            self._merges[conversion.id] = conversion

    def failed(self, name: str) -> None:
        """A conversion will not take effect."""
        if name not in self._merged:
            self._merges.pop(name, None)

    def merged(self, state: State, event: ev.PairsMerged) -> None:
        """The desk has folded a merge: it counts once."""
        known = self._merges.get(event.conversion_id) or Conversion(
            event.conversion_id, event.market_id, ConversionKind.MERGE, event.shares, event.at_ms
        )
        self._merges[known.id] = known
        if known.id not in self._merged:
            self._take(known)
        self._compare(state, event.market_id)

    def overmerged(self, wanted: Conversion, promised: tuple[int, int]) -> str:
        """Return what is wrong with a merge: confirmed shares only, which back no open sale and no other merge."""
        if wanted.kind is not ConversionKind.MERGE:
            return ""
        others = sum(m.shares for m in self._merges.values() if m.market_id == wanted.market_id and m.id != wanted.id)
        for leg in Leg:
            free = self._sure(wanted.market_id, leg) - others - promised[leg]
            if wanted.shares > free:
                return f"{wanted.id[:10]} merges {wanted.shares} pairs, {free} of {leg.name} are proven and free"
        return ""

    def oversold(self, order: Order, promised: int) -> str:
        """Return what is wrong with a sale: only shares proven to be there, and not promised already, may be sold."""
        if order.side is not Side.SELL:
            return ""
        merges = sum(m.shares for m in self._merges.values() if m.market_id == order.market_id)
        free = self._sure(order.market_id, order.leg) - merges - promised
        return f"{order.label} sells {order.size} shares, {free} are proven and free" if order.size > free else ""

    def _sure(self, market_id: str, leg: Leg) -> int:
        """Return confirmed purchases of a leg less every sale that has not failed."""
        sure = 0
        for fill in self._fills.values():
            if (fill.market_id, fill.leg) == (market_id, leg):
                if fill.side is Side.BUY:
                    sure += fill.shares if fill.status is FillStatus.CONFIRMED else 0
                else:
                    sure -= fill.shares if fill.status is not FillStatus.FAILED else 0
        return sure

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

    def _take(self, merge: Conversion) -> None:
        self._merged.add(merge.id)
        for leg in Leg:
            key = merge.market_id, leg
            self._shares[key] = self._shares.get(key, 0) - merge.shares

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
