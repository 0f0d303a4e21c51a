"""The same frames through other people's books: sortedcontainers, and nautilus_trader's own live code."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from cockpit.core.units import PRICE_ONE
from cockpit.venues.polymarket import numbers, wire

Best = tuple[int, int]
"""Best bid and ask of one token in 1/10,000 USD; 0 and 10,000 where a side is empty."""


class SortedBooks:
    """One pair of SortedDicts per token, keys by `number`; decoded by msgspec like ours."""

    def __init__(self, number: Callable[[str], Any]) -> None:
        from sortedcontainers import SortedDict

        self._sorted = SortedDict
        self._number = number
        self.books: dict[str, tuple[Any, Any]] = {}

    def take(self, raw: bytes) -> None:
        """Apply one frame and read the best prices of each token it changed."""
        number, books = self._number, self.books
        for frame in wire.parse(raw):
            if isinstance(frame, wire.PriceChange):
                for entry in frame.price_changes:
                    book = books.get(entry.asset_id)
                    if book is None:
                        book = books[entry.asset_id] = (self._sorted(), self._sorted())
                    side = book[0] if entry.side == "BUY" else book[1]
                    price, size = number(entry.price), number(entry.size)
                    if size:
                        side[price] = size
                    else:
                        side.pop(price, None)
                    bids, asks = book
                    _ = (bids.peekitem(-1)[0] if bids else None, asks.peekitem(0)[0] if asks else None)
            elif isinstance(frame, wire.BookFrame):
                bids = self._sorted({number(level.price): number(level.size) for level in frame.bids})
                asks = self._sorted({number(level.price): number(level.size) for level in frame.asks})
                books[frame.asset_id] = (bids, asks)

    def best(self, market_id: str, token: str) -> Best:
        """Return a token's best prices."""
        bids, asks = self.books[token]
        scale = PRICE_ONE if self._number is Decimal else 1
        return (
            int(bids.peekitem(-1)[0] * scale) if bids else 0,
            int(asks.peekitem(0)[0] * scale) if asks else PRICE_ONE,
        )


def as_integer(text: str) -> int:
    """Return a number as our own memory of texts gives it: the fairest keys for SortedDict."""
    known = numbers.prices.get(text)
    return known if known is not None else numbers.size(text)


class NautilusBooks:
    """nautilus_trader 1.221's own methods from its decoder to its local books, without its message bus and cache.

    They run unchanged on a stand-in for the client: `_handle_data` does nothing, subscriptions are a set instead of a
    list sorted at each call, and its clock is real. All of that flatters it.
    """

    def __init__(self, markets: dict[str, tuple[tuple[str, str], int]], *, with_quotes: bool) -> None:
        """`markets`: id -> (tokens, tick). `with_quotes`: subscribe quote ticks too, which is how it tells bests."""
        import msgspec
        from nautilus_trader.adapters.polymarket.common.symbol import get_polymarket_instrument_id
        from nautilus_trader.adapters.polymarket.data import PolymarketDataClient
        from nautilus_trader.adapters.polymarket.websocket.types import MARKET_WS_MESSAGE
        from nautilus_trader.common.component import LiveClock
        from nautilus_trader.model.book import OrderBook

        self.rejected = 0
        ids = {
            (market_id, token): get_polymarket_instrument_id(market_id, token)
            for market_id, (pair, _) in markets.items()
            for token in pair
        }
        self._ids = ids
        instruments = {ids[key]: _instrument(ids[key], markets[key[0]][1]) for key in ids}
        subscribed = frozenset(instruments)
        self._nautilus = SimpleNamespace(
            _decoder_market_msg=msgspec.json.Decoder(MARKET_WS_MESSAGE),
            _cache=SimpleNamespace(instrument=instruments.get, add_instrument=lambda instrument: None),
            _instrument_provider=SimpleNamespace(add=lambda instrument: None),
            _clock=LiveClock(),
            _local_books={},
            _last_quotes={},
            _config=SimpleNamespace(compute_effective_deltas=False, drop_quotes_missing_side=True),
            _log=SimpleNamespace(exception=self._refuse, error=_silent, warning=_silent, debug=_silent),
            _handle_data=_silent,
            subscribed_quote_ticks=(lambda: subscribed) if with_quotes else (lambda: frozenset()),
            subscribed_order_book_deltas=lambda: subscribed,
        )
        for name in (
            "_handle_raw_ws_message",
            "_handle_ws_message",
            "_handle_book_snapshot",
            "_handle_deltas",
            "_handle_quotes",
            "_handle_quote",
            "_handle_trade",
            "_handle_instrument_update",
            "_reset_local_book_after_tick_size_change",
            "_build_snapshot_from_book",
        ):
            setattr(self._nautilus, name, getattr(PolymarketDataClient, name).__get__(self._nautilus))
        self._nautilus._create_local_book = PolymarketDataClient._create_local_book.__get__(self._nautilus)
        self._book = OrderBook
        self.take: Callable[[bytes], object] = self._nautilus._handle_raw_ws_message

    def best(self, market_id: str, token: str) -> Best:
        """Return a token's best prices."""
        book = self._nautilus._local_books[self._ids[market_id, token]]
        bid, ask = book.best_bid_price(), book.best_ask_price()
        return (
            0 if bid is None else int(bid.as_decimal() * PRICE_ONE),
            PRICE_ONE if ask is None else int(ask.as_decimal() * PRICE_ONE),
        )

    def _refuse(self, *_: object) -> None:
        self.rejected += 1


def _silent(*_: object) -> None:
    return None


def _instrument(instrument_id: Any, tick: int) -> Any:
    from nautilus_trader.model.currencies import USDC
    from nautilus_trader.model.enums import AssetClass
    from nautilus_trader.model.identifiers import Symbol
    from nautilus_trader.model.instruments import BinaryOption
    from nautilus_trader.model.objects import Price, Quantity

    increment = Price.from_str(str(Decimal(tick) / PRICE_ONE))
    return BinaryOption(
        instrument_id=instrument_id,
        raw_symbol=Symbol(instrument_id.symbol.value),
        outcome="Yes",
        description="pair",
        asset_class=AssetClass.ALTERNATIVE,
        currency=USDC,
        price_precision=increment.precision,
        price_increment=increment,
        size_precision=6,
        size_increment=Quantity.from_str("0.000001"),
        activation_ns=0,
        expiration_ns=2**62,
        max_quantity=None,
        min_quantity=Quantity.from_int(5),
        maker_fee=Decimal(0),
        taker_fee=Decimal(0),
        ts_event=0,
        ts_init=0,
    )
