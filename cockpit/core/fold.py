"""`apply(state, event)`: the one fold that changes anything the desk knows.

It never draws, reads a clock or sends. The same events in the same order give the same state, whether they come from
the venue or from the journal after a crash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cockpit.core import events as ev
from cockpit.core import fold_conversions as conversions
from cockpit.core import fold_decisions, fold_echoes
from cockpit.core import fold_fills as fills
from cockpit.core import fold_market as market_data
from cockpit.core import fold_trading as trading
from cockpit.core.book import Book
from cockpit.core.market import Stage
from cockpit.core.results import DayResult
from cockpit.core.state import Notice, State


def apply(state: State, event: ev.Event) -> None:
    """Fold one event into the state. Raises: KeyError for a type it does not know."""
    _APPLY[type(event)](state, event)


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
        state.suggestion_ids[event.market_id] = (chosen.action, f"S-{state.starts}-{state.suggestion_count}")


def _desk_started(state: State, event: ev.DeskStarted) -> None:
    state.mode, state.account, state.seed = event.mode, event.account, event.seed
    state.starts += 1
    state.is_stop_proven = False


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
    state.stages[event.market_id] = Stage.RESOLVED, event.at_ms
    if event.owes:
        state.claims[event.market_id] = 0
    state.weighed.pop(event.market_id, None)
    state.suggestion_ids.pop(event.market_id, None)
    if event.market_id in state.positions:
        fills.refold(state, event.market_id)
    else:
        fills.reclaim(state, event.market_id)


def _resolution_moved(state: State, event: ev.ResolutionMoved) -> None:
    if event.market_id not in state.ended:
        state.stages[event.market_id] = event.stage, event.at_ms


def _pair_mode_set(state: State, event: ev.PairModeSet) -> None:
    if event.mode:
        state.modes[event.market_id] = event.mode
    else:
        state.modes.pop(event.market_id, None)


def _cash_moved(state: State, event: ev.CashMoved) -> None:
    state.deposits += event.amount
    state.has_opening = True
    state.cash += event.amount
    if state.day is not None:
        state.moved_today += event.amount
        state.days[state.day.day].moved += event.amount


def _day_started(state: State, event: ev.DayStarted) -> None:
    state.day = event
    state.moved_today = 0
    state.days[event.day] = DayResult(event.day, event.equity)


def _foreign_orders(state: State, event: ev.ForeignOrders) -> None:
    state.foreign = event.orders


def _suggestion_approved(state: State, event: ev.SuggestionApproved) -> None:
    state.commands_done.add(event.command_id)
    number = event.suggestion_id.rpartition("-")[2]
    if number.isdecimal():
        state.suggestion_count = max(state.suggestion_count, int(number))


def _suggestion_dismissed(state: State, event: ev.SuggestionDismissed) -> None:
    state.dismissed[event.market_id] = event.suggestion_id


def _halted(state: State, event: ev.Halted) -> None:
    if not state.halted:
        state.halted, state.halted_ms = event.reason, event.at_ms
    state.halts_everything = state.halts_everything or event.everything
    state.is_stop_proven = False


def _stop_proven(state: State, _event: ev.StopProven) -> None:
    state.is_stop_proven = True


def _released(state: State, _event: ev.Released) -> None:
    state.halted, state.halted_ms = "", 0
    state.halts_everything = state.is_stop_proven = False


def _reducing_set(state: State, event: ev.ReducingSet) -> None:
    state.reducing = event.reason


def _difference_seen(state: State, event: ev.DifferenceSeen) -> None:
    state.differences[event.key] = event
    if event.market_id:
        state.pair_halted[event.market_id] = event.text


def _difference_ended(state: State, event: ev.DifferenceEnded) -> None:
    ended = state.differences.pop(event.key, None)
    if ended is None or not ended.market_id:
        return
    left = [other.text for other in state.differences.values() if other.market_id == ended.market_id]
    if left:
        state.pair_halted[ended.market_id] = left[0]
    else:
        state.pair_halted.pop(ended.market_id, None)


def _pair_halted(state: State, event: ev.PairHalted) -> None:
    if event.reason:
        state.pair_halted[event.market_id] = event.reason
    else:
        state.pair_halted.pop(event.market_id, None)


def _noted(state: State, event: ev.Noted) -> None:
    state.notice_count += 1
    state.notices.append(Notice(state.notice_count, event.at_ms, event.level, event.text))
    if event.limit and event.level == "info":
        state.limits_over.discard(event.limit)
    elif event.limit:
        state.limits_over.add(event.limit)


def _order_moved(state: State, event: ev.OrderMoved) -> None:
    before = state.orders.get(event.order_id)
    trading.order_moved(state, event)
    fold_echoes.left(state, before, event.at_ms)


def _fill_seen(state: State, event: ev.FillSeen) -> None:
    before = state.orders.get(event.fill.order_id)
    fills.fill_seen(state, event)
    if not event.fill.is_taker:  # what an order took on arrival was never in the book
        fold_echoes.left(state, before, event.at_ms)


_APPLY: dict[type[Any], Callable[[State, Any], None]] = {
    ev.BookSnapshot: market_data.book_snapshot,
    ev.LevelsChanged: market_data.levels_changed,
    ev.TradePrinted: market_data.trade_printed,
    ev.TapeLoaded: market_data.tape_loaded,
    ev.BookLost: market_data.book_lost,
    ev.ConnectionChanged: _connection_changed,
    ev.FeedStats: _feed_stats,
    ev.PairWeighed: _pair_weighed,
    ev.ForeignOrders: _foreign_orders,
    ev.DeskStarted: _desk_started,
    ev.MarketListed: _market_listed,
    ev.TickChanged: _tick_changed,
    ev.MarketEnded: _market_ended,
    ev.CashMoved: _cash_moved,
    ev.DayStarted: _day_started,
    ev.SuggestionApproved: _suggestion_approved,
    ev.SuggestionDismissed: _suggestion_dismissed,
    ev.ParentStarted: trading.parent_started,
    ev.ParentMoved: trading.parent_moved,
    ev.ParentPlanned: trading.parent_planned,
    ev.ParentAmended: trading.parent_amended,
    ev.EntryStarted: trading.entry_started,
    ev.EntryMoved: trading.entry_moved,
    ev.Decided: fold_decisions.decided,
    ev.SliceSkipped: trading.slice_skipped,
    ev.OrderSending: trading.order_sending,
    ev.OrderMoved: _order_moved,
    ev.FillSeen: _fill_seen,
    ev.FillMoved: fills.fill_moved,
    ev.PairsMerged: conversions.merged,
    ev.ClaimRedeemed: conversions.redeemed,
    ev.ConversionAsked: conversions.asked,
    ev.ConversionFailed: conversions.failed,
    ev.ResolutionMoved: _resolution_moved,
    ev.PairModeSet: _pair_mode_set,
    ev.Halted: _halted,
    ev.Released: _released,
    ev.StopProven: _stop_proven,
    ev.ReducingSet: _reducing_set,
    ev.DifferenceSeen: _difference_seen,
    ev.DifferenceEnded: _difference_ended,
    ev.PairHalted: _pair_halted,
    ev.Noted: _noted,
}
