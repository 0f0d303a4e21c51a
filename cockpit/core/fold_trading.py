"""The fold of trading: parents, orders, fills, and the positions and marks that follow from them."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.market import Side
from cockpit.core.order import Fill, FillKey, Order, OrderState
from cockpit.core.pnl import mark
from cockpit.core.position import Position, position_of
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE


def parent_started(state: State, event: ev.ParentStarted) -> None:
    """Take a parent with its plan."""
    state.parents[event.parent.id] = event.parent
    state.open_parents[event.parent.id] = None
    if event.command_id:
        state.commands_done.add(event.command_id)
    state.children[event.parent.id] = []
    state.next_slice[event.parent.id] = 0


def parent_moved(state: State, event: ev.ParentMoved) -> None:
    """Set a parent's state."""
    parent = replace(state.parents[event.parent_id], state=event.state, reason=event.reason)
    state.parents[parent.id] = parent
    if parent.is_open:
        state.open_parents[parent.id] = None
    else:
        state.open_parents.pop(parent.id, None)


def parent_amended(state: State, event: ev.ParentAmended) -> None:
    """Set a parent's limit."""
    state.parents[event.parent_id] = replace(state.parents[event.parent_id], limit=event.limit)


def slice_skipped(state: State, event: ev.SliceSkipped) -> None:
    """Count a slice as used without a child."""
    state.next_slice[event.parent_id] = max(state.next_slice[event.parent_id], event.slice_index + 1)
    state.last_try[event.parent_id] = event.at_ms
    state.refusals[event.parent_id] = state.refusals.get(event.parent_id, 0) + 1


def order_sending(state: State, event: ev.OrderSending) -> None:
    """Take an order that is about to be sent."""
    order = event.order.move(OrderState.SENDING)
    _set_order(state, order)
    if order.parent_id in state.children:
        state.children[order.parent_id].append(order.id)
        state.next_slice[order.parent_id] = max(state.next_slice[order.parent_id], order.slice_index + 1)
        state.last_try[order.parent_id] = event.at_ms
        state.refusals.pop(order.parent_id, None)


def order_moved(state: State, event: ev.OrderMoved) -> None:
    """Move an order, unless newer knowledge is already in."""
    order = state.orders.get(event.order_id)
    if order is None:
        return
    has_matched_more = event.venue_filled > order.venue_filled
    if event.state is not order.state and not order.may_become(event.state):
        state.late_reports += 1
        if has_matched_more:
            _set_order(state, replace(order, venue_filled=event.venue_filled, is_presumed=False))
        return
    # The same end told again leaves what we presumed, unless the venue matched more than we knew.
    is_repeated = order.is_presumed and event.state is order.state and not has_matched_more
    is_presumed = event.is_presumed or is_repeated
    _set_order(state, order.move(event.state, event.reason, event.venue_filled, is_presumed=is_presumed))


def fill_seen(state: State, event: ev.FillSeen) -> None:
    """Count a fill once; a repeated one can only advance its status."""
    fill = event.fill
    if fill.key in state.fills:
        _advance(state, fill.key, fill)
        return
    told = [*state.early.pop(fill.key, []), fill.status]
    fill = replace(fill, status=told[0])
    for status in told[1:]:
        fill = fill.advance(status)
    state.fills[fill.key] = fill
    if not fill.is_settled:
        state.unsettled[fill.key] = None
    state.fills_of.setdefault(fill.market_id, []).append(fill.key)
    state.fills_of_order.setdefault(fill.order_id, []).append(fill.key)
    if event.is_external:
        state.external.add(fill.key)
        if fill.counts:
            _count_foreign(state, fill, 1)
    state.dismissed.pop(fill.market_id, None)
    if state.day is not None:
        state.moved_today += event.brought
    if fill.market_id in state.ended:
        refold(state, fill.market_id)
    elif fill.counts:
        _set_position(state, state.position(fill.market_id).apply(fill))
    _refill_order(state, fill.order_id)


def fill_moved(state: State, event: ev.FillMoved) -> None:
    """Advance a fill's status."""
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
    if after.is_settled:
        state.unsettled.pop(key, None)
    if not after.counts:
        if key in state.external:
            _count_foreign(state, after, -1)
        refold(state, after.market_id)
        _refill_order(state, after.order_id)
    elif after.is_proven and after.market_id not in state.ended:
        _set_position(state, state.positions[after.market_id].prove(after))


def _count_foreign(state: State, fill: Fill, sign: int) -> None:
    shares = fill.shares if fill.side is Side.BUY else -fill.shares
    key = fill.market_id, fill.leg
    state.foreign_shares[key] = state.foreign_shares.get(key, 0) + sign * shares


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


def refold(state: State, market_id: str) -> None:
    """Fold a market's fills anew: one failed, or the market has ended."""
    position = position_of(market_id, (state.fills[key] for key in state.fills_of.get(market_id, ())))
    if market_id in state.ended:
        position = position.resolve(state.ended[market_id])
    _set_position(state, position)


def _set_position(state: State, position: Position) -> None:
    market_id = position.market_id
    before = state.positions.get(market_id)
    state.positions[market_id] = position
    if any(leg.coming or leg.going for leg in (position.yes, position.no)):
        state.unproven[market_id] = None
    else:
        state.unproven.pop(market_id, None)
    state.cash += position.cash - (before.cash if before else 0)
    state.exposure.set_shares(market_id, position.yes.shares, position.no.shares)
    book = state.books.get(market_id)
    weight = state.exposure.get(market_id)
    if weight is not None and not weight.yes_price:
        state.exposure.set_prices(market_id, *_entry_prices(position))
    remark(state, market_id, book)


def _entry_prices(position: Position) -> tuple[int, int]:
    """Return entry prices as marks until a two-sided book is seen, one the mirror of the other where it is missing."""
    yes, no = position.yes.average, position.no.average
    return yes or PRICE_ONE - no, no or PRICE_ONE - yes


def remark(state: State, market_id: str, book: Book | None) -> None:
    """Value what is held of a market at its book as it is now."""
    position = state.positions[market_id]
    before = state.marks.get(market_id)
    after = mark(position, book)
    state.marks[market_id] = after
    state.marked += after.value - (before.value if before else 0)
    state.unmarked += (not after.is_full) - (before is not None and not before.is_full)
    if book is not None and book.synced and book.bids and book.asks:
        middle = (book.best_bid + book.best_ask) // 2
        state.exposure.set_prices(market_id, middle, PRICE_ONE - middle)
