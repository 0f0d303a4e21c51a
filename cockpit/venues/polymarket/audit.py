"""Our books against what the venue says of them, at the end of each batch.

A batch is one market and timestamp; it ends before the next timestamp, book, trade or tick change of that market, and
at the end of the recording. Only then reported best prices and hashes speak of the same book as ours.
"""

from __future__ import annotations

from collections.abc import Mapping

from cockpit.core.book import Book
from cockpit.core.market import Leg
from cockpit.venues.polymarket import numbers, wire
from cockpit.venues.polymarket.tokens import Place
from cockpit.venues.polymarket.wire import Entry, Frame, PriceChange

_ENDS_BATCH = (wire.BookFrame, wire.LastTrade, wire.TickSizeChange)


class Audit:
    """Counts checks, disagreements, crossed books and hashes per leg. Call `before` and `after` around each apply."""

    def __init__(self, books: Mapping[str, Book], places: Mapping[str, Place], *, with_hashes: bool) -> None:
        self.checks = 0
        self.disagreements = 0
        self.crossed = 0
        self.hash_ok = 0
        self.hash_bad = 0
        self._books = books
        self._places = places
        self._with_hashes = with_hashes
        self._last_trades: dict[str, str] = {}
        """Text of the last trade price of each asset: the venue hashes it, and never mirrors it."""
        self._batches: dict[str, tuple[str, dict[str, Entry]]] = {}

    def before(self, frame: Frame | None) -> None:
        """End the batch that this object does not belong to; the books are still as they were before it."""
        if isinstance(frame, PriceChange):
            batch = self._batches.get(frame.market)
            if batch is not None and batch[0] != frame.timestamp:
                self._end(frame.market)
        elif isinstance(frame, _ENDS_BATCH) and frame.market in self._batches:
            self._end(frame.market)

    def after(self, frame: Frame | None) -> None:
        """Take in what the object reports; the books hold its changes now."""
        if isinstance(frame, PriceChange):
            book = self._books.get(frame.market)
            if book is None or not book.synced:
                return
            batch = self._batches.get(frame.market)
            if batch is None:
                batch = self._batches[frame.market] = (frame.timestamp, {})
            for entry in frame.price_changes:
                batch[1][entry.asset_id] = entry
        elif isinstance(frame, wire.BookFrame):
            self._last_trades[frame.asset_id] = frame.last_trade_price or ""
        elif isinstance(frame, wire.LastTrade):
            self._last_trades[frame.asset_id] = frame.price

    def finish(self) -> None:
        """End all batches."""
        for market_id in list(self._batches):
            self._end(market_id)

    def _end(self, market_id: str) -> None:
        timestamp, entries = self._batches.pop(market_id)
        book = self._books[market_id]
        for token, entry in entries.items():
            leg = self._places[token][1]
            self._check_best(book, leg, entry)
            if self._with_hashes and entry.hash:
                if entry.hash == book.hash(leg, token, timestamp, self._last_trades.get(token, "")):
                    self.hash_ok += 1
                else:
                    self.hash_bad += 1

    def _check_best(self, book: Book, leg: Leg, entry: Entry) -> None:
        bid, ask = entry.best_bid, entry.best_ask
        if book.is_crossed:
            self.crossed += 1
        if bid is None and ask is None:
            return
        self.checks += 1
        is_bid_right = bid is None or numbers.best_bid(bid) == book.bid(leg)
        is_ask_right = ask is None or numbers.best_ask(ask) == book.ask(leg)
        if not (is_bid_right and is_ask_right):
            self.disagreements += 1
