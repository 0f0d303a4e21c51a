"""What a venue tells of markets, and what the desk makes of it at once: folded and forgotten, never journaled."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.book import Change
from cockpit.core.market import Leg
from cockpit.core.order import Order
from cockpit.core.rebalance import Choice


@dataclass(slots=True)
class BookSnapshot:
    """The whole book of a market, in YES prices."""

    at_ms: int
    market_id: str
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    venue_ms: int
    tick: int | None = None
    last_trade: tuple[Leg, int] | None = None


@dataclass(slots=True)
class LevelsChanged:
    """New totals of some levels, in YES prices."""

    at_ms: int
    market_id: str
    changes: tuple[Change, ...]
    venue_ms: int


@dataclass(slots=True)
class TradePrinted:
    """Somebody traded. `leg`, `is_buy` and price are the taker's."""

    at_ms: int
    market_id: str
    leg: Leg
    is_buy: bool
    price: int
    shares: int
    venue_ms: int


@dataclass(slots=True)
class TapeLoaded:
    """Trades of an earlier life of the desk: (start of a bar, shares, shares x YES price, trades), oldest first."""

    at_ms: int
    market_id: str
    bars: tuple[tuple[int, int, int, int], ...]


@dataclass(slots=True)
class BookLost:
    """A gap: the book is unusable until the next snapshot."""

    at_ms: int
    market_id: str


@dataclass(slots=True)
class ConnectionChanged:
    """The link to the venue: `state` is a word for the status line, empty text when all is well."""

    at_ms: int
    state: str
    is_up: bool
    latency_ms: int | None = None


@dataclass(slots=True)
class FeedStats:
    """What a replay (or any feed) has counted so far, for the screen."""

    at_ms: int
    position_ms: int
    """Time of the newest frame since the first."""
    length_ms: int
    frames: int
    unparsed: int
    disagreements: int
    crossed: int
    is_finished: bool = False
    speed: float = 1.0


@dataclass(slots=True)
class PairWeighed:
    """The manager's verdict about a pair, at the book version it was made from."""

    at_ms: int
    market_id: str
    choice: Choice
    limit: int
    book_version: int


@dataclass(slots=True)
class ForeignOrders:
    """The account's resting orders that the desk did not send, as of the last read."""

    at_ms: int
    orders: tuple[Order, ...]


MarketData = (
    BookSnapshot
    | LevelsChanged
    | TradePrinted
    | TapeLoaded
    | BookLost
    | ConnectionChanged
    | FeedStats
    | PairWeighed
    | ForeignOrders
)
