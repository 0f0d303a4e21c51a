"""`Frame`: the immutable picture a desk publishes, all a user interface ever sees.

Numbers are the core's integers (prices 1/10,000 USD, shares and money 1/1,000,000), times are wall milliseconds (UTC);
`at_ms` is the desk's now, so an age is `at_ms - then`. Texts from outside were cleaned where they entered. Parts that
did not change are the same objects as in the frame before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cockpit.core.book import Levels
from cockpit.core.events import FeedStats
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState, ParentState
from cockpit.core.rebalance import Option
from cockpit.core.state import Notice


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


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One line of the suggestions pane. `state`: open, working, hold, dust."""

    id: str
    """Empty unless it can be approved."""
    market_id: str
    name: str
    state: str
    words: str
    """Why: the verdict in words, or what is in the way."""
    option: Option | None
    """What would be done."""
    options: tuple[Option, ...]
    outcome: str
    """The outcome name the option trades."""
    limit: int
    delta_before: int
    delta_after: int
    slices: int
    window_ms: int
    parent_id: str
    best_bid: int
    """Of the option's leg, now."""
    best_ask: int
    book_age_ms: int


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One order at the venue under its parent."""

    id: str
    label: str
    slice_index: int
    price: int
    size: int
    filled: int
    average: int
    state: OrderState
    reason: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class ParentRow:
    """One parent order and its progress."""

    id: str
    market_id: str
    name: str
    side: Side
    outcome: str
    leg: Leg
    size: int
    filled: int
    average: int
    fee: int
    limit: int
    arrival: int
    algorithm: str
    slice_number: int
    """Slices sent or skipped so far."""
    slice_count: int
    next_slice_ms: int | None
    state: ParentState
    reason: str
    children: tuple[ChildRow, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The desk's answer to one command."""

    command_id: str
    is_done: bool
    reason: str
    """A code from `limits.Reason` when refused."""
    text: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How much of a limit is used, for dialogs: shares or money."""

    name: str
    used: int
    limit: int


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
    feed: FeedStats | None = None
    """Progress of a replay; None elsewhere."""
