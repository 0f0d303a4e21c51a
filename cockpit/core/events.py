"""What happened. Facts are journaled and folded again after a restart; market data is folded and forgotten.

Every event carries the wall time it happened at (`at_ms`, UTC). Adding a field needs a default; a changed meaning
needs a new version in `storage.journal`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.book import Change
from cockpit.core.market import Leg, Market
from cockpit.core.order import Fill, FillStatus, Order, OrderState, Parent, ParentState
from cockpit.core.rebalance import Choice

# ---- market data: never journaled ------------------------------------------------------------------------------


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


MarketData = BookSnapshot | LevelsChanged | TradePrinted | BookLost | ConnectionChanged | FeedStats | PairWeighed

# ---- facts: journaled --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeskStarted:
    """A process took the desk over."""

    at_ms: int
    mode: str
    account: str
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class MarketListed:
    """A market became known, or its description changed."""

    at_ms: int
    market: Market


@dataclass(frozen=True, slots=True)
class TickChanged:
    """The venue changed a market's tick size."""

    at_ms: int
    market_id: str
    tick: int


@dataclass(frozen=True, slots=True)
class MarketEnded:
    """A market resolved; `payout_yes` is what a YES share pays, in 1/10,000 USD (5,000 for a void)."""

    at_ms: int
    market_id: str
    payout_yes: int


@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash that came or went other than by trading: the opening balance, a transfer."""

    at_ms: int
    amount: int
    why: str


@dataclass(frozen=True, slots=True)
class DayStarted:
    """A trading day (UTC) began with this equity; the daily loss is counted from here."""

    at_ms: int
    day: str
    equity: int


@dataclass(frozen=True, slots=True)
class SuggestionApproved:
    """A person or a rule approved a suggestion: what was seen, and every number the rule used."""

    at_ms: int
    command_id: str
    suggestion_id: str
    market_id: str
    action: str
    shares: int
    limit: int
    seen_price: int
    gain: int
    by: str


@dataclass(frozen=True, slots=True)
class SuggestionDismissed:
    """A person does not want to see this suggestion until the pair's position changes."""

    at_ms: int
    suggestion_id: str
    market_id: str


@dataclass(frozen=True, slots=True)
class ParentStarted:
    """A parent order with its plan."""

    at_ms: int
    parent: Parent


@dataclass(frozen=True, slots=True)
class ParentMoved:
    """A parent changed state: paused, working again, done, cancelled, stopped."""

    at_ms: int
    parent_id: str
    state: ParentState
    reason: str


@dataclass(frozen=True, slots=True)
class SliceSkipped:
    """A slice was due and not sent; its size is carried forward."""

    at_ms: int
    parent_id: str
    slice_index: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class OrderSending:
    """The intent to send, durable before the request leaves."""

    at_ms: int
    order: Order


@dataclass(frozen=True, slots=True)
class OrderMoved:
    """An order's state as the venue (or our knowledge of it) changed."""

    at_ms: int
    order_id: str
    state: OrderState
    reason: str = ""
    venue_filled: int = 0


@dataclass(frozen=True, slots=True)
class FillSeen:
    """A fill of ours. `is_external` when the order is not one the desk has sent."""

    at_ms: int
    fill: Fill
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class FillMoved:
    """How far a fill is proven changed."""

    at_ms: int
    trade_id: str
    order_id: str
    status: FillStatus


@dataclass(frozen=True, slots=True)
class Halted:
    """Nothing new is sent until released. Latched: a restart does not clear it."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """A person lifted the halt."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class PairHalted:
    """One pair may not trade: its numbers differ from the venue's. An empty reason lifts it."""

    at_ms: int
    market_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A line for people: alarms, recoveries, refusals."""

    at_ms: int
    level: str
    text: str


Fact = (
    DeskStarted
    | MarketListed
    | TickChanged
    | MarketEnded
    | CashMoved
    | DayStarted
    | SuggestionApproved
    | SuggestionDismissed
    | ParentStarted
    | ParentMoved
    | SliceSkipped
    | OrderSending
    | OrderMoved
    | FillSeen
    | FillMoved
    | Halted
    | Released
    | PairHalted
    | Noted
)
FACTS: tuple[type[Fact], ...] = Fact.__args__
Event = MarketData | Fact
