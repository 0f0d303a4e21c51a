"""Telemetry: what each trade went through, and when. A fold of facts beside the desk's own; it changes nothing.

A trade is the life of one pair's holding: from an entry's start, or else from the first fill while the pair was flat,
until its market has resolved or the pair is flat again with no entry under way. The same facts give the same trades,
whether they come one by one or from the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cockpit.core import events as ev
from cockpit.core.order import Fill, FillKey, Order
from cockpit.core.parent import Parent
from cockpit.core.position import Position
from cockpit.core.rebalance import is_balanced
from cockpit.core.state import State
from cockpit.core.trade import Name, TelemetryEvent, Trade
from cockpit.core.trade_record import RebalanceStatus, Shares, TradeEnd, TradeRecord, locked_value
from cockpit.core.trade_view import has_filled, progress_of
from cockpit.core.trades import Trades


class Telemetry:
    """All trades so far."""

    def __init__(self, threshold: int) -> None:
        """`threshold`: hedge ratio (1/10,000) from which a pair counts as balanced."""
        self._threshold = threshold
        self.events: list[TelemetryEvent] = []
        self._trades = Trades()
        self._trade_of: dict[FillKey | str, Trade] = {}
        """Fill, or parent of a rebalance -> the trade it belongs to."""

    @property
    def version(self) -> int:
        """Grows with every fact that concerns a trade."""
        return self._trades.version

    def fold(self, state: State, fact: ev.Event) -> None:
        """Take a fact that was just folded into `state`; anything else changes nothing."""
        handler = _FOLD.get(type(fact))
        if handler is not None:
            handler(self, state, fact)

    def records(self, state: State) -> tuple[TradeRecord, ...]:
        """Return every trade as it is now, oldest first."""
        return self._trades.records(state)

    # ---- facts ----

    def _market_listed(self, state: State, fact: ev.MarketListed) -> None:
        if self._trades.last_of(fact.market.id) is not None:
            self._trades.touch(state, fact.market.id)  # it may have another name now

    def _entry_started(self, state: State, fact: ev.EntryStarted) -> None:
        entry, trade = fact.entry, self._trades.open_of(fact.entry.market_id)
        if trade is None:
            trade = self._trades.begin(entry.market_id, fact.at_ms)
            trade.detected_ms, trade.prices = fact.seen_ms or fact.at_ms, fact.seen_prices or entry.prices
            self._tell(Name.DETECTED, trade.detected_ms, trade)
        trade.entries.append(entry.id)
        self._trades.touch(state, entry.market_id)

    def _entry_moved(self, state: State, fact: ev.EntryMoved) -> None:
        entry = state.entries[fact.entry_id]
        trade = self._trades.open_of(entry.market_id)
        if trade is None or entry.is_open:
            return
        if trade.entries[:1] == [entry.id]:
            self._executed(trade)
        self._look(state, trade, fact.at_ms)

    def _approved(self, state: State, fact: ev.SuggestionApproved) -> None:
        trade = self._trades.open_of(fact.market_id)
        if trade is not None:
            self._tell(Name.OPPORTUNITY, fact.at_ms, trade)
            self._trades.touch(state, fact.market_id)

    def _parent_started(self, state: State, fact: ev.ParentStarted) -> None:
        parent = fact.parent
        trade = self._trades.open_of(parent.market_id)
        if trade is None or not parent.suggestion_id:
            return
        trade.rebalances.append(parent.id)
        trade.attempted_ms[parent.id] = fact.at_ms
        self._trade_of[parent.id] = trade
        self._executed(trade)
        self._seek(trade, fact.at_ms)
        self._tell(Name.ATTEMPTED, fact.at_ms, trade)
        self._trades.touch(state, parent.market_id)

    def _parent_moved(self, state: State, fact: ev.ParentMoved) -> None:
        parent = state.parents[fact.parent_id]
        if parent.is_open:
            return
        trade = self._trade_of.get(parent.id)
        if trade is not None:
            self._rebalance_ended(state, trade, parent, fact.at_ms)
        trade = self._trades.open_of(parent.market_id)
        if trade is not None and trade.first_parent == parent.id and trade.initial is None:
            self._executed(trade)
            self._look(state, trade, fact.at_ms)
        self._trades.touch(state, parent.market_id)

    def _rebalance_ended(self, state: State, trade: Trade, parent: Parent, at_ms: int) -> None:
        filled, status = progress_of(state, parent)
        if filled:
            self._tell(Name.EXECUTED, at_ms, trade)
        if status is RebalanceStatus.SUCCESS:
            self._tell(Name.SUCCEEDED, at_ms, trade)
        elif status is RebalanceStatus.FAILED:
            self._tell(Name.FAILED, at_ms, trade)

    def _order_sending(self, state: State, fact: ev.OrderSending) -> None:
        trade, parent = self._trades.open_of(fact.order.market_id), state.parents.get(fact.order.parent_id)
        if trade is None or parent is None or trade.placed_ms is not None or parent.entry_id not in trade.entries:
            return
        trade.placed_ms = fact.at_ms
        self._tell(Name.PLACED, fact.at_ms, trade)
        self._trades.touch(state, fact.order.market_id)

    def _fill_seen(self, state: State, fact: ev.FillSeen) -> None:
        fill = state.fills[fact.fill.key]
        if fill.key in self._trade_of:
            self._fill_changed(state, fill, fact.at_ms)  # told again: its status may have moved
            return
        if not fill.counts:
            return  # it failed before it was seen: nothing of it was ever held
        trade = self._trades.current(state, fill.market_id) or self._trades.begin(fill.market_id, fact.at_ms)
        trade.fills.append(fill.key)
        self._trade_of[fill.key] = trade
        order = state.orders.get(fill.order_id)
        owner = self._trade_of.get(order.parent_id) if order is not None else None
        if owner is not None and fill.market_id not in state.ended:
            before, after = self._trades.before(fill.market_id), state.position(fill.market_id)
            owner.gains[fill.key] = locked_value(after) - locked_value(before)
        if trade.filled_ms is None and order is not None:
            self._first_fill(state, trade, order, fact.at_ms)
        self._after(state, trade, fact.at_ms)

    def _first_fill(self, state: State, trade: Trade, order: Order, at_ms: int) -> None:
        trade.filled_ms = at_ms
        if trade.placed_ms is None:
            trade.placed_ms = order.created_ms
            self._tell(Name.PLACED, order.created_ms, trade)
        self._tell(Name.FILLED, at_ms, trade)
        if trade.entries or trade.initial is not None:
            return  # executed once the entry has ended
        parent = state.parents.get(order.parent_id)
        if parent is not None and parent.is_open:
            trade.first_parent = parent.id
        else:
            trade.initial = _shares(state.position(trade.market_id))

    def _fill_moved(self, state: State, fact: ev.FillMoved) -> None:
        fill = state.fills.get((fact.trade_id, fact.order_id))
        if fill is not None and fill.key in self._trade_of:
            self._fill_changed(state, fill, fact.at_ms)

    def _fill_changed(self, state: State, fill: Fill, at_ms: int) -> None:
        trade = self._trades.last_of(fill.market_id)
        if trade is not None and not fill.counts:
            self._after(state, self._reopened(state, trade), at_ms)

    def _merged(self, state: State, fact: ev.PairsMerged) -> None:
        if state.position(fact.market_id).cash == self._trades.before(fact.market_id).cash:
            return  # proven once already
        trade = self._trades.last_of(fact.market_id) or self._trades.begin(fact.market_id, fact.at_ms)
        self._after(state, self._reopened(state, trade), fact.at_ms, TradeEnd.MERGED)

    def _market_ended(self, state: State, fact: ev.MarketEnded) -> None:
        trade = self._trades.open_of(fact.market_id)
        if trade is not None:
            self._resolved(state, trade, fact.at_ms)
        self._trades.touch(state, fact.market_id)

    # ---- what follows from them ----

    def _after(self, state: State, trade: Trade, at_ms: int, how: TradeEnd = TradeEnd.SOLD) -> None:
        """Look at a trade whose position has changed."""
        if trade.market_id in state.ended:
            if trade.ended_ms is None:
                self._resolved(state, trade, at_ms)
            self._trades.touch(state, trade.market_id)
        else:
            self._look(state, trade, at_ms, how)

    def _look(self, state: State, trade: Trade, at_ms: int, how: TradeEnd = TradeEnd.SOLD) -> None:
        """Say whether it is balanced, is to be rebalanced, or has ended."""
        position = state.position(trade.market_id)
        is_filled = not position.is_flat or has_filled(state, trade)
        if trade.filled_ms is not None:
            self._weigh(trade, at_ms, is_filled=is_filled, is_even=is_balanced(position, self._threshold))
        is_entering = any(state.entries[entry_id].is_open for entry_id in trade.entries)
        if position.is_flat and not is_entering and trade.ended_ms is None:
            self._end(trade, at_ms, how if is_filled else TradeEnd.UNFILLED, (0, 0))
        self._trades.touch(state, trade.market_id)

    def _weigh(self, trade: Trade, at_ms: int, *, is_filled: bool, is_even: bool) -> None:
        if not is_filled or not is_even:
            trade.balanced_ms = None
            if is_filled and trade.initial is not None:
                self._seek(trade, at_ms)
        elif trade.balanced_ms is None:
            trade.balanced_ms = at_ms
            self._tell(Name.BALANCED, at_ms, trade)

    def _executed(self, trade: Trade) -> None:
        """The first execution of a trade is over: what is held now is what it brought."""
        if trade.initial is None:
            trade.initial = _shares(self._trades.before(trade.market_id))

    def _seek(self, trade: Trade, at_ms: int) -> None:
        if trade.rebalance_started_ms is None:
            trade.rebalance_started_ms = at_ms
            self._tell(Name.STARTED, at_ms, trade)

    def _resolved(self, state: State, trade: Trade, at_ms: int) -> None:
        end = TradeEnd.RESOLVED if has_filled(state, trade) else TradeEnd.UNFILLED
        self._end(trade, at_ms, end, _shares(self._trades.before(trade.market_id)))

    def _end(self, trade: Trade, at_ms: int, end: TradeEnd, final: Shares) -> None:
        self._executed(trade)
        trade.ended_ms, trade.end, trade.final = at_ms, end, final
        self._tell(Name.RESOLVED, at_ms, trade)

    def _reopened(self, state: State, trade: Trade) -> Trade:
        """Return a trade, open again when it had ended and its pair holds something after all: a fill has failed."""
        is_held = trade.market_id not in state.ended and not state.position(trade.market_id).is_flat
        if is_held and trade.ended_ms is not None:
            trade.ended_ms, trade.end, trade.final = None, TradeEnd.OPEN, None
        return trade

    def _tell(self, name: Name, at_ms: int, trade: Trade) -> None:
        self.events.append(TelemetryEvent(name, at_ms, trade.id))


def _shares(position: Position) -> Shares:
    return position.yes.shares, position.no.shares


_FOLD: dict[type[Any], Callable[[Telemetry, State, Any], None]] = {
    ev.MarketListed: Telemetry._market_listed,
    ev.EntryStarted: Telemetry._entry_started,
    ev.EntryMoved: Telemetry._entry_moved,
    ev.SuggestionApproved: Telemetry._approved,
    ev.ParentStarted: Telemetry._parent_started,
    ev.ParentMoved: Telemetry._parent_moved,
    ev.OrderSending: Telemetry._order_sending,
    ev.FillSeen: Telemetry._fill_seen,
    ev.FillMoved: Telemetry._fill_moved,
    ev.PairsMerged: Telemetry._merged,
    ev.MarketEnded: Telemetry._market_ended,
}
