"""`Frame`: the immutable picture a desk publishes, all a user interface ever sees.

Numbers are the core's integers (prices 1/10,000 USD, shares and money 1/1,000,000), times are wall milliseconds (UTC);
`at_ms` is the desk's now, so an age is `at_ms - then`. Texts from outside were cleaned where they entered. Parts that
did not change are the same objects as in the frame before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cockpit.core.book import Levels
from cockpit.core.drift import Drifts
from cockpit.core.events import FeedStats
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.frame_orders import (
    EntryRow,
    ForeignRow,
    LimitRow,
    OfferRow,
    ParentRow,
    PreviewRow,
    Receipt,
    SuggestionRow,
)
from cockpit.core.frame_profit import Profit
from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.locks import Completion
from cockpit.core.market import Leg, Side
from cockpit.core.state import Notice
from cockpit.core.why import Why


@dataclass(frozen=True, slots=True)
class Header:
    """The status line."""

    mode: str
    """`practice`, `replay` ..."""
    desk: str
    """`starting`, `running`, `HALTED`, `stopped`."""
    started_ms: int
    venue: str
    """A word or two: `ok`, `STALE 7s`, `DOWN retry 4s`."""
    venue_is_up: bool
    latency_ms: int | None
    halted: str
    """Why it is halted, else empty."""
    risk: str
    """`ok`, or the first limit at or over: `daily loss` ..."""
    equity: int
    cash: int
    day_pnl: int
    orders_live: int
    """Orders not proven dead."""
    place: str = ""
    """Which of several journals this is, when it is not the usual one: `seed 7`."""
    reducing: str = ""
    """Why only orders that lower the exposure are sent, else empty."""
    differences: int = 0
    """How many numbers differ from the venue's."""
    unproven_orders: int = 0
    """Orders whose fate is not known: they count as if they would fill."""


@dataclass(frozen=True, slots=True)
class StopRow:
    """What a stop would do, or what one has done so far. Shares in 1/1,000,000."""

    is_on: bool
    """A stop is latched; otherwise this is the preview of one."""
    is_proven: bool
    """The venue has shown zero open orders twice, and none of ours can still arrive."""
    since_ms: int
    everything: bool
    """It ends every order of the account, not only ours."""
    own_orders: int
    """Of ours, not proven dead."""
    unknown_orders: int
    """Of these, the ones whose fate is not known."""
    foreign_orders: int
    """The account's other orders that rest: a stop leaves them alone, unless it is for everything."""
    parents: int
    """Open parent orders, which end with it."""
    zero_reads: int
    """How often in a row the venue has shown none of the orders that must end."""
    first_cancel_ms: int | None
    """Milliseconds from the stop to its first cancel."""
    unhedged: int
    """Sum of the imbalances that stay, as claimed."""
    worst_unhedged: int
    """The same if every order that can still fill did so in the worst way."""
    pairs: tuple[tuple[str, int, int, int], ...] = ()
    """Held or worked pairs out of balance: (name, delta, proven delta, worst imbalance), the worst first."""


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg of a pair."""

    outcome: str
    shares: int
    proven: int
    average: int
    bid: int
    """0 when there is none."""
    ask: int
    """10,000 when there is none."""
    tradeable: int = 0
    """Shares that can be sold for sure: confirmed purchases less every sale."""
    foreign: int = 0
    """Shares of it that came (or went, below 0) by fills of orders that are not ours."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair in the positions pane; pairs without shares are listed too, after the held ones."""

    market_id: str
    name: str
    title: str
    legs: tuple[LegRow, LegRow]
    delta: int
    pair_cost: int
    """Average of YES plus average of NO (a price); 0 when a leg is empty."""
    locked: int
    pnl: int
    is_marked: bool
    """False when the bids do not take all of the excess: its value is counted as 0."""
    is_held: bool
    book_age_ms: int | None
    """None before the first book."""
    is_stale: bool
    is_crossed: bool
    closes_at_ms: int | None
    ended: str
    """How it ended, for a market that is over: `Yes won`, `void`."""
    halted: str
    needs_rebalance: bool
    tick: int
    proven_delta: int = 0
    """YES minus NO shares by confirmed fills only."""
    worst_imbalance: int = 0
    """Largest imbalance that orders and fills not yet proven could bring."""
    tokens: tuple[str, str] = ("", "")
    """Asset ids of YES and NO."""
    min_size: int = 0
    """Least shares of an order, in 1/1,000,000."""
    mode: str = "suggest"
    """What the manager may do with it: `suggest`, `auto` or `off`."""
    claim: int = 0
    """What it still owes, once it has resolved."""
    stage: str = ""
    """The last step towards its resolution: `ended`, `proposed`, `disputed`."""
    merging: int = 0
    """Pairs on their way to be merged."""
    completion: Completion | None = None
    """What would complete it; None while it is balanced, or over."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Both legs of one book, best level first."""

    market_id: str
    bids: tuple[Levels, Levels]
    """By leg."""
    asks: tuple[Levels, Levels]
    own: Mapping[tuple[Leg, Side, int], int]
    """Our resting shares by leg, side and price."""
    last_trade: tuple[int | None, int | None]
    spread: int
    age_ms: int
    synced: bool
    version: int


@dataclass(frozen=True, slots=True)
class DeltaRow:
    """The delta gauge."""

    net: int
    unhedged: int
    exposure: int
    """Money."""
    soft_limit: int
    """abs(net) beyond this needs a rebalance (MAX_DELTA_PCT of exposure, in shares at the average mark)."""
    hard_limit: int
    """Largest sum of imbalances the guard allows."""
    percent: int
    """abs(net) / exposure in 1/100 %."""
    is_breached: bool
    worst_name: str
    worst_delta: int
    proven_net: int
    proven_unhedged: int = 0
    worst_unhedged: int = 0
    """Sum of the imbalances in the worst case: see `PairRow.worst_imbalance`."""
    drifts: Drifts | None = None
    """Which way net and unhedged went in the last minute; None before that can be said."""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One number that differs from the venue's. Shares or money in 1/1,000,000."""

    key: str
    name: str
    """What kind: a word of a closed list."""
    market_id: str
    pair: str
    ours: int
    theirs: int
    since_ms: int
    text: str
    may_accept: bool
    """Whether the venue's number can be taken over."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole picture at one moment."""

    seq: int
    at_ms: int
    header: Header
    pairs: tuple[PairRow, ...] = ()
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    """By market id, for the markets a client watches."""
    delta: DeltaRow | None = None
    suggestions: tuple[SuggestionRow, ...] = ()
    parents: tuple[ParentRow, ...] = ()
    """Open ones first, then the newest that ended."""
    limits: tuple[LimitRow, ...] = ()
    notices: tuple[Notice, ...] = ()
    """Oldest first, at most 200."""
    receipts: tuple[Receipt, ...] = ()
    """Oldest first, at most 50."""
    stop: StopRow | None = None
    """The stop that is on, or what one would do now; None before the desk has recovered."""
    differences: tuple[DifferenceRow, ...] = ()
    foreign: tuple[ForeignRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    """Open ones first, then the newest that ended."""
    offers: tuple[OfferRow, ...] = ()
    """The best first."""
    capital: tuple[CapitalRow, ...] = ()
    """What is being merged or redeemed, then what could be, the most worth it first."""
    previews: tuple[PreviewRow, ...] = ()
    """Oldest first, at most 8."""
    whys: tuple[Why, ...] = ()
    """Answers to why, oldest first, at most 8."""
    profit: Profit | None = None
    telemetry: TelemetryRows | None = None
    """None where it is off."""
    conflated: int = 0
    """Changes of levels merged into newer ones because the desk was late, since it started."""
    feed: FeedStats | None = None
    """Progress of a replay; None elsewhere."""
