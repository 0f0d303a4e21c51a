"""`State` and `apply(state, event)`: the one fold that changes anything the desk knows.

`apply` never draws, reads a clock or sends. The same events in the same order give the same state, whether they come
from the venue or from the journal after a crash.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.exposure import Exposure
from cockpit.core.market import Market
from cockpit.core.order import MOVES, Fill, FillKey, FillStatus, Order, OrderState, Parent
from cockpit.core.pnl import Mark, mark
from cockpit.core.position import Position, position_of
from cockpit.core.units import PRICE_ONE

MAX_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for people; ids only grow, so a reader knows what it has missed."""

    id: int
    at_ms: int
    level: str
    text: str


@dataclass(slots=True)
class State:
    """Everything the desk knows. Changed by `apply` only."""

    mode: str = "practice"
    account: str = ""
    seed: int | None = None
    starts: int = 0
    markets: dict[str, Market] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    """Market id -> what a YES share paid."""
    orders: dict[str, Order] = field(default_factory=dict)
    live: dict[str, dict[str, Order]] = field(default_factory=dict)
    """Market id -> orders not proven dead."""
    parents: dict[str, Parent] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=dict)
    next_slice: dict[str, int] = field(default_factory=dict)
    fills: dict[FillKey, Fill] = field(default_factory=dict)
    fills_of: dict[str, list[FillKey]] = field(default_factory=dict)
    """Market id -> its fills in the order they were seen."""
    fills_of_order: dict[str, list[FillKey]] = field(default_factory=dict)
    external: set[FillKey] = field(default_factory=set)
    early: dict[FillKey, list[FillStatus]] = field(default_factory=dict)
    """What was reported of fills not seen yet: a failure must not be forgotten because it came first."""
    positions: dict[str, Position] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    exposure: Exposure = field(default_factory=Exposure)
    deposits: int = 0
    cash: int = 0
    """Deposits plus the cash of all positions."""
    marked: int = 0
    """Sum of all marks."""
    unmarked: int = 0
    """Pairs whose mark is not full: while there are any, `day_pnl` may be too low and must not latch a stop."""
    day: ev.DayStarted | None = None
    moved_today: int = 0
    """Cash that came in today other than by trading."""
    halted: str = ""
    pair_halted: dict[str, str] = field(default_factory=dict)
    weighed: dict[str, ev.PairWeighed] = field(default_factory=dict)
    suggestion_ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Market id -> (action, suggestion id): the id lives as long as the action stays the same."""
    dismissed: dict[str, str] = field(default_factory=dict)
    suggestion_count: int = 0
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=MAX_NOTICES))
    notice_count: int = 0
    connection: ev.ConnectionChanged | None = None
    feed: ev.FeedStats | None = None
    commands_done: set[str] = field(default_factory=set)
    late_reports: int = 0
    """Order reports that came behind newer knowledge and were not applied."""

    @property
    def equity(self) -> int:
        """Cash plus marked positions."""
        return self.cash + self.marked

    @property
    def day_pnl(self) -> int:
        """Equity against the day's start, net of transfers."""
        return self.equity - self.day.equity - self.moved_today if self.day else 0

    def position(self, market_id: str) -> Position:
        """Return what is held of a pair; an empty position where nothing ever was."""
        return self.positions.get(market_id) or Position(market_id)

    def live_orders(self, market_id: str) -> Iterable[Order]:
        """Return our orders of a market that are not proven dead."""
        return self.live.get(market_id, {}).values()

    def children_of(self, parent_id: str) -> list[Order]:
        """Return a parent's orders in the order they were sent."""
        return [self.orders[order_id] for order_id in self.children.get(parent_id, ())]

    def open_parent(self, market_id: str) -> Parent | None:
        """Return the parent that still works this market."""
        for parent in self.parents.values():
            if parent.is_open and parent.market_id == market_id:
                return parent
        return None


def apply(state: State, event: ev.Event) -> None:
    """Fold one event into the state. Raises: KeyError for a type it does not know."""
    _APPLY[type(event)](state, event)


def _book_snapshot(state: State, event: ev.BookSnapshot) -> None:
    book = state.books.get(event.market_id)
    if book is None:
        book = state.books[event.market_id] = Book(event.market_id)
    if event.tick is not None:
        book.tick = event.tick
    if event.last_trade is not None:
        leg, price = event.last_trade
        book.last_trade[leg] = price
    book.snapshot(event.bids, event.asks, event.venue_ms, event.at_ms)
    if event.market_id in state.positions:
        _remark(state, event.market_id, book)


def _levels_changed(state: State, event: ev.LevelsChanged) -> None:
    book = state.books.get(event.market_id)
    if book is None:
        book = state.books[event.market_id] = Book(event.market_id)
    book.change(event.changes, event.venue_ms, event.at_ms)
    if event.market_id in state.positions:
        _remark(state, event.market_id, book)


def _trade_printed(state: State, event: ev.TradePrinted) -> None:
    book = state.books.get(event.market_id)
    if book is not None:
        book.traded(event.leg, event.price, event.at_ms)


def _book_lost(state: State, event: ev.BookLost) -> None:
    book = state.books.get(event.market_id)
    if book is None:
        return
    book.lose()
    if event.market_id in state.positions:
        _remark(state, event.market_id, book)


def _connection_changed(state: State, event: ev.ConnectionChanged) -> None:
    state.connection = event


def _feed_stats(state: State, event: ev.FeedStats) -> None:
    state.feed = event


def _pair_weighed(state: State, event: ev.PairWeighed) -> None:
    state.weighed[event.market_id] = event
    chosen = event.choice.chosen
    if chosen is None:
        state.suggestion_ids.pop(event.market_id, None)
    elif state.suggestion_ids.get(event.market_id, ("", ""))[0] != chosen.action:
        state.suggestion_count += 1
        state.suggestion_ids[event.market_id] = (chosen.action, f"S-{state.suggestion_count}")


def _desk_started(state: State, event: ev.DeskStarted) -> None:
    state.mode, state.account, state.seed = event.mode, event.account, event.seed
    state.starts += 1


def _market_listed(state: State, event: ev.MarketListed) -> None:
    market = event.market
    state.markets[market.id] = market
    book = state.books.get(market.id)
    if book is None:
        state.books[market.id] = Book(market.id, market.tick)
    else:
        book.tick = market.tick


def _tick_changed(state: State, event: ev.TickChanged) -> None:
    if event.market_id in state.markets:
        state.markets[event.market_id] = replace(state.markets[event.market_id], tick=event.tick)
    if event.market_id in state.books:
        state.books[event.market_id].tick = event.tick


def _market_ended(state: State, event: ev.MarketEnded) -> None:
    if event.market_id in state.ended:
        return
    state.ended[event.market_id] = event.payout_yes
    state.weighed.pop(event.market_id, None)
    state.suggestion_ids.pop(event.market_id, None)
    if event.market_id in state.positions:
        _refold(state, event.market_id)


def _cash_moved(state: State, event: ev.CashMoved) -> None:
    state.deposits += event.amount
    state.cash += event.amount
    if state.day is not None:
        state.moved_today += event.amount


def _day_started(state: State, event: ev.DayStarted) -> None:
    state.day = event
    state.moved_today = 0


def _suggestion_approved(state: State, event: ev.SuggestionApproved) -> None:
    state.commands_done.add(event.command_id)
    number = event.suggestion_id.rpartition("-")[2]
    if number.isdecimal():
        state.suggestion_count = max(state.suggestion_count, int(number))


def _suggestion_dismissed(state: State, event: ev.SuggestionDismissed) -> None:
    state.dismissed[event.market_id] = event.suggestion_id


def _parent_started(state: State, event: ev.ParentStarted) -> None:
    state.parents[event.parent.id] = event.parent
    state.children[event.parent.id] = []
    state.next_slice[event.parent.id] = 0


def _parent_moved(state: State, event: ev.ParentMoved) -> None:
    parent = state.parents[event.parent_id]
    state.parents[event.parent_id] = replace(parent, state=event.state, reason=event.reason)


def _slice_skipped(state: State, event: ev.SliceSkipped) -> None:
    state.next_slice[event.parent_id] = max(state.next_slice[event.parent_id], event.slice_index + 1)


def _order_sending(state: State, event: ev.OrderSending) -> None:
    order = event.order.move(OrderState.SENDING)
    _set_order(state, order)
    if order.parent_id in state.children:
        state.children[order.parent_id].append(order.id)
        state.next_slice[order.parent_id] = max(state.next_slice[order.parent_id], order.slice_index + 1)


def _order_moved(state: State, event: ev.OrderMoved) -> None:
    order = state.orders.get(event.order_id)
    if order is None:
        return
    if event.state not in MOVES[order.state] and event.state is not order.state:
        state.late_reports += 1
        if event.venue_filled > order.venue_filled:
            _set_order(state, replace(order, venue_filled=event.venue_filled))
        return
    _set_order(state, order.move(event.state, event.reason, event.venue_filled))


def _fill_seen(state: State, event: ev.FillSeen) -> None:
    fill = event.fill
    if fill.key in state.fills:
        _advance(state, fill.key, fill)
        return
    for status in state.early.pop(fill.key, ()):
        fill = fill.advance(status)
    state.fills[fill.key] = fill
    state.fills_of.setdefault(fill.market_id, []).append(fill.key)
    state.fills_of_order.setdefault(fill.order_id, []).append(fill.key)
    if event.is_external:
        state.external.add(fill.key)
    state.dismissed.pop(fill.market_id, None)
    if fill.market_id in state.ended:
        _refold(state, fill.market_id)
    elif fill.counts:
        _set_position(state, state.position(fill.market_id).apply(fill))
    _refill_order(state, fill.order_id)


def _fill_moved(state: State, event: ev.FillMoved) -> None:
    key = event.trade_id, event.order_id
    known = state.fills.get(key)
    if known is None:
        state.early.setdefault(key, []).append(event.status)
    else:
        _advance(state, key, known.advance(event.status))


def _advance(state: State, key: FillKey, newer: Fill) -> None:
    before = state.fills[key]
    after = before.advance(newer.status)
    if after is before:
        return
    state.fills[key] = after
    _refold(state, after.market_id)
    if not after.counts:
        _refill_order(state, after.order_id)


def _halted(state: State, event: ev.Halted) -> None:
    state.halted = state.halted or event.reason


def _released(state: State, _event: ev.Released) -> None:
    state.halted = ""


def _pair_halted(state: State, event: ev.PairHalted) -> None:
    if event.reason:
        state.pair_halted[event.market_id] = event.reason
    else:
        state.pair_halted.pop(event.market_id, None)


def _noted(state: State, event: ev.Noted) -> None:
    state.notice_count += 1
    state.notices.append(Notice(state.notice_count, event.at_ms, event.level, event.text))


def _set_order(state: State, order: Order) -> None:
    state.orders[order.id] = order
    live = state.live.setdefault(order.market_id, {})
    if order.is_proven_dead:
        live.pop(order.id, None)
    else:
        live[order.id] = order


def _refill_order(state: State, order_id: str) -> None:
    """Set an order's totals from its fills: those that count, and the shares of those that failed."""
    order = state.orders.get(order_id)
    if order is None:
        return
    fills = [state.fills[key] for key in state.fills_of_order.get(order_id, ())]
    counted = [fill for fill in fills if fill.counts]
    filled = sum(fill.shares for fill in counted)
    money, fee = sum(fill.money for fill in counted), sum(fill.fee for fill in counted)
    failed = sum(fill.shares for fill in fills if not fill.counts)
    _set_order(state, order.with_fills(filled, money, fee, failed))


def _refold(state: State, market_id: str) -> None:
    position = position_of(market_id, (state.fills[key] for key in state.fills_of.get(market_id, ())))
    if market_id in state.ended:
        position = position.resolve(state.ended[market_id])
    _set_position(state, position)


def _set_position(state: State, position: Position) -> None:
    market_id = position.market_id
    before = state.positions.get(market_id)
    state.positions[market_id] = position
    state.cash += position.cash - (before.cash if before else 0)
    state.exposure.set_shares(market_id, position.yes.shares, position.no.shares)
    book = state.books.get(market_id)
    weight = state.exposure.get(market_id)
    if weight is not None and not weight.yes_price:
        state.exposure.set_prices(market_id, *_entry_prices(position))
    _remark(state, market_id, book)


def _entry_prices(position: Position) -> tuple[int, int]:
    """Return entry prices as marks until a two-sided book is seen, one the mirror of the other where it is missing."""
    yes, no = position.yes.average, position.no.average
    return yes or PRICE_ONE - no, no or PRICE_ONE - yes


def _remark(state: State, market_id: str, book: Book | None) -> None:
    position = state.positions[market_id]
    before = state.marks.get(market_id)
    after = mark(position, book)
    state.marks[market_id] = after
    state.marked += after.value - (before.value if before else 0)
    state.unmarked += (not after.is_full) - (before is not None and not before.is_full)
    if book is not None and book.synced and book.bids and book.asks:
        middle = (book.best_bid + book.best_ask) // 2
        state.exposure.set_prices(market_id, middle, PRICE_ONE - middle)


_APPLY: dict[type[Any], Callable[[State, Any], None]] = {
    ev.BookSnapshot: _book_snapshot,
    ev.LevelsChanged: _levels_changed,
    ev.TradePrinted: _trade_printed,
    ev.BookLost: _book_lost,
    ev.ConnectionChanged: _connection_changed,
    ev.FeedStats: _feed_stats,
    ev.PairWeighed: _pair_weighed,
    ev.DeskStarted: _desk_started,
    ev.MarketListed: _market_listed,
    ev.TickChanged: _tick_changed,
    ev.MarketEnded: _market_ended,
    ev.CashMoved: _cash_moved,
    ev.DayStarted: _day_started,
    ev.SuggestionApproved: _suggestion_approved,
    ev.SuggestionDismissed: _suggestion_dismissed,
    ev.ParentStarted: _parent_started,
    ev.ParentMoved: _parent_moved,
    ev.SliceSkipped: _slice_skipped,
    ev.OrderSending: _order_sending,
    ev.OrderMoved: _order_moved,
    ev.FillSeen: _fill_seen,
    ev.FillMoved: _fill_moved,
    ev.Halted: _halted,
    ev.Released: _released,
    ev.PairHalted: _pair_halted,
    ev.Noted: _noted,
}
