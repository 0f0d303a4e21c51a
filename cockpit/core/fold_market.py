"""The fold of market data: books, trades, and what is read from them about our own resting orders."""

from __future__ import annotations

from cockpit.core import events as ev
from cockpit.core import fold_echoes, fold_fills, fold_queues
from cockpit.core.book import Book, Change
from cockpit.core.market import Leg
from cockpit.core.peg import as_yes, is_on_top
from cockpit.core.state import State
from cockpit.core.tape import BAR_MS, Tape
from cockpit.core.top_time import TopTime

NEAR = 500
"""Orders further than this from the best price of their side (in 1/10,000 USD) say nothing about who refills there."""


def book_snapshot(state: State, event: ev.BookSnapshot) -> None:
    """Take a whole book."""
    book = _book(state, event.market_id)
    if event.tick is not None:
        book.tick = event.tick
    if event.last_trade is not None:
        leg, price = event.last_trade
        book.last_trade[leg] = price
    fold_echoes.snapshot(state, book, event)
    book.snapshot(event.bids, event.asks, event.venue_ms, event.at_ms)
    _changed(state, event.market_id, book, event.at_ms)


def levels_changed(state: State, event: ev.LevelsChanged) -> None:
    """Take new totals of some levels."""
    book = _book(state, event.market_id)
    tape = state.tapes.get(event.market_id)
    if tape is not None and tape.last_ms is not None:
        _count_arrivals(state, tape, book, event.changes, event.at_ms)
    fold_echoes.levels_changed(state, book, event)
    book.change(event.changes, event.venue_ms, event.at_ms)
    _changed(state, event.market_id, book, event.at_ms)


def book_lost(state: State, event: ev.BookLost) -> None:
    """A gap: the book is unusable until the next snapshot."""
    book = state.books.get(event.market_id)
    if book is not None:
        book.lose()
        _changed(state, event.market_id, book, event.at_ms)


def trade_printed(state: State, event: ev.TradePrinted) -> None:
    """Count a trade: on the tape, and for whoever of ours waits at its level."""
    book = state.books.get(event.market_id)
    if book is not None:
        # Levels that were merged while the desk was late may be newer than the print behind them.
        book.traded(event.leg, event.price, max(event.at_ms, book.received_ms))
    tape = state.tapes.get(event.market_id)
    if tape is None:
        tape = state.tapes[event.market_id] = Tape()
    tape.add(event.leg, event.price, event.shares, event.at_ms)
    if event.market_id in state.queues:
        place = (event.leg is Leg.YES) is not event.is_buy, as_yes(event.leg, event.price)
        fold_queues.trade(state, event.market_id, place, event.shares, event.at_ms)


def tape_loaded(state: State, event: ev.TapeLoaded) -> None:
    """Take the trades of an earlier life; parents that were open then are measured against them too."""
    tape = state.tapes.get(event.market_id)
    if tape is None:
        tape = state.tapes[event.market_id] = Tape()
    tape.load(event.bars)
    for parent in state.all_open_parents():
        if parent.market_id == event.market_id:
            # From the bar in which it began: the trades of one bar cannot be told apart any more.
            seen = tape.between(parent.created_ms - parent.created_ms % BAR_MS, event.at_ms)
            state.tape_marks[parent.id] = (tape.volume - seen.volume, tape.product - seen.product)


def _book(state: State, market_id: str) -> Book:
    book = state.books.get(market_id)
    if book is None:
        book = state.books[market_id] = Book(market_id)
    return book


def _changed(state: State, market_id: str, book: Book, at_ms: int) -> None:
    """Look again at what rests on a book that has changed."""
    if market_id in state.positions:
        fold_fills.remark(state, market_id, book, fold_echoes.shown_of(state, market_id, at_ms))
    if market_id in state.queues:
        if book.synced:
            fold_queues.move(state, market_id, book, at_ms)
        else:
            fold_queues.lose(state, market_id)
    if market_id in state.pegged:
        look_at_top(state, market_id, at_ms)


# ---- whether we lead ----


def look_at_top(state: State, market_id: str, at_ms: int) -> None:
    """Count for how long the pegged orders of a market have led its book."""
    book = state.books.get(market_id)
    for parent_id in state.pegged.get(market_id, ()):
        parent = state.parents[parent_id]
        own, gone = tuple(state.own_orders(market_id)), fold_echoes.echoes_of(state, market_id, at_ms)
        is_top = (
            book is not None
            and book.synced
            and any(
                order.parent_id == parent_id
                and order.is_acknowledged
                and is_on_top(book, own, order, parent.how.threshold, gone)
                for order in own
            )
        )
        state.top_times.setdefault(parent_id, TopTime()).look(at_ms, is_top=is_top)


# ---- when others place their orders ----


def _count_arrivals(state: State, tape: Tape, book: Book, changes: tuple[Change, ...], at_ms: int) -> None:
    """Count orders of others that arrive near the best price, by how long the last trade is ago."""
    for side, price, size in changes:
        levels, best = (book.bids, book.best_bid) if side == 0 else (book.asks, book.best_ask)
        grown = size - levels.get(price, 0)
        if grown <= 0 or abs(price - best) > NEAR:
            continue
        if not fold_queues.is_ours(state, book.market_id, (side == 0, price), grown):
            tape.arrived(side, at_ms)
