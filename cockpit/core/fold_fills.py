"""The fold of fills: positions, cash, results and marks that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core import fold_queues
from cockpit.core.book import NO_SHARES, Book, Shares
from cockpit.core.market import Side
from cockpit.core.order import Fill, FillKey, Order
from cockpit.core.pnl import mark
from cockpit.core.position import Position
from cockpit.core.results import Results, Tally, fold_pair
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE


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
        state.days[state.day.day].moved += event.brought
    fold_queues.fill(state, fill, event.at_ms)
    if fill.market_id in state.ended:
        refold(state, fill.market_id)
    elif fill.counts:
        before, results = state.position(fill.market_id), state.results.setdefault(fill.market_id, Results())
        after, counted = before.apply(fill), {day: replace(tally) for day, tally in results.days.items()}
        results.filled(fill, before, after, _today(state))
        _count(state, results.days, counted)
        _set_position(state, after)
    _refill_order(state, fill.order_id)


def fill_moved(state: State, event: ev.FillMoved) -> None:
    """Advance a fill's status."""
    key = event.trade_id, event.order_id
    known = state.fills.get(key)
    if known is None:
        state.early.setdefault(key, []).append(event.status)
    else:
        _advance(state, key, known.advance(event.status))


def refold(state: State, market_id: str) -> None:
    """Fold a market's fills anew: one failed, pairs were merged, or the market has ended."""
    fills = (state.fills[key] for key in state.fills_of.get(market_id, ()))
    merges, payout_yes = state.merges_of.get(market_id, ()), state.ended.get(market_id)
    before = state.results.get(market_id) or Results()
    position, results = fold_pair(market_id, fills, merges, payout_yes, before.booked, _today(state))
    state.results[market_id] = results
    _count(state, results.days, before.days)
    is_open = payout_yes is None
    _set_position(state, replace(position, merging=merging(state, market_id)) if is_open else position)
    reclaim(state, market_id)


def merging(state: State, market_id: str) -> int:
    """Return the pairs of a market that merges on their way will take."""
    return sum(conversion.shares for conversion in state.converting(market_id))


def reclaim(state: State, market_id: str) -> None:
    """Set what a resolved market still owes: what its shares pay, less what was redeemed."""
    if market_id not in state.claims:
        return
    results = state.results.get(market_id)
    claim = (results.paid if results is not None else 0) - state.redeemed.get(market_id, 0)
    state.owed += claim - state.claims[market_id]
    state.claims[market_id] = claim


def set_order(state: State, order: Order) -> None:
    """Remember an order as it is now, and whether it still counts."""
    state.orders[order.id] = order
    live = state.live.setdefault(order.market_id, {})
    if order.is_proven_dead:
        live.pop(order.id, None)
        queues = state.queues.get(order.market_id)
        if queues is not None and queues.pop(order.id, None) is not None and not queues:
            del state.queues[order.market_id]
    else:
        live[order.id] = order


def remark(state: State, market_id: str, book: Book | None, ours: Shares = NO_SHARES) -> None:
    """Value what is held of a market at its book as it is now; nobody else pays for what is `ours` in it."""
    position = state.positions[market_id]
    before = state.marks.get(market_id)
    after = mark(position, book, ours)
    state.marks[market_id] = after
    state.marked += after.value - (before.value if before else 0)
    state.unmarked += (not after.is_full) - (before is not None and not before.is_full)
    if book is not None and book.synced and book.bids and book.asks:
        middle = (book.best_bid + book.best_ask) // 2
        state.exposure.set_prices(market_id, middle, PRICE_ONE - middle)


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


def _refill_order(state: State, order_id: str) -> None:
    """Set an order's totals from its fills: those that count, and the shares of those that failed."""
    order = state.orders.get(order_id)
    if order is None:
        return
    fills = [state.fills[key] for key in state.fills_of_order.get(order_id, ())]
    counted = [fill for fill in fills if fill.counts]
    shares = sum(fill.shares for fill in counted)
    money, fee = sum(fill.money for fill in counted), sum(fill.fee for fill in counted)
    failed = sum(fill.shares for fill in fills if not fill.counts)
    set_order(state, order.with_fills(shares, money, fee, failed))


def _today(state: State) -> str:
    """Return the trading day; empty before the first one."""
    return state.day.day if state.day is not None else ""


def _count(state: State, after: Mapping[str, Tally], before: Mapping[str, Tally]) -> None:
    """Count what a pair's results have changed by: in all, and on the days on which they were counted."""
    for day in {**before, **after}:
        for tally in (state.tally, *([state.days[day].tally] if day in state.days else [])):
            tally.add(after.get(day) or Tally())
            tally.add(before.get(day) or Tally(), -1)


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
