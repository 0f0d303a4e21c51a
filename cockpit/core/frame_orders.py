"""Rows of a frame about orders: suggestions, parents and their orders, entries, previews and receipts."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.rebalance import Option


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a chart: money in 1/1,000,000 USD, or shares."""

    at_ms: int
    value: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Where a resting order stands in its queue. Shares in 1/1,000,000."""

    ahead: int
    least: int
    most: int
    arrived: int
    """Shares ahead when it came."""
    confidence: int
    """In 1/10,000."""


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One line of the suggestions pane. `state`: open, working, waiting (for another order), hold, dust."""

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
    type: str = ""
    """`FAK`, `GTD post-only` ..."""
    expires_at_ms: int | None = None
    is_proven_dead: bool = True
    may_sign_off: bool = False
    """Unknown for so long that a person may vouch for its end."""
    queue: QueueRow | None = None
    """For an order that rests."""
    fills: tuple[Point, ...] = ()
    """When it filled, and the shares."""


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
    created_ms: int = 0
    ends_at_ms: int = 0
    vwap: int = 0
    """Average price of all trades of its leg while it was worked; 0 when there were none."""
    style: str = ""
    """`take`, `rest` or `top`; empty for a single order."""
    at_end: str = ""
    profile: str = ""
    entry_id: str = ""
    suggestion_id: str = ""
    plan: tuple[Point, ...] = ()
    """When slices begin, and the shares that should be done by the end of each."""
    top_ms: int | None = None
    """Milliseconds at the top of the book, of those watched; None for one that is not kept there."""
    watched_ms: int = 0
    moves: int = 0
    """How often its order was moved to another price."""

    def slippage(self, benchmark: int) -> int | None:
        """Return how much worse than a benchmark the average is, in 1/10,000 USD: below 0 is better for us."""
        if not (self.filled and benchmark):
            return None
        return self.average - benchmark if self.side is Side.BUY else benchmark - self.average


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One entry: both legs of a pair, worked as two parents."""

    id: str
    market_id: str
    name: str
    kind: str
    shares: int
    prices: tuple[int, int]
    outcomes: tuple[str, str]
    filled: tuple[int, int]
    result: int
    """What it locks when both legs fill at their limits."""
    state: ParentState
    reason: str
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An entry that is possible now, and leaves the minimum spread."""

    market_id: str
    name: str
    kind: str
    first: Leg
    shares: int
    prices: tuple[int, int]
    outcomes: tuple[str, str]
    result: int
    cost: int


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """An order of the account that the desk did not send."""

    id: str
    market_id: str
    name: str
    outcome: str
    side: Side
    price: int
    size: int
    filled: int


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What a command would do now: the desk's own answer, by its own checks. Money and shares in 1/1,000,000."""

    command_id: str
    """The preview's own id."""
    reason: str = ""
    """A code from `limits.Reason` when it would be refused now."""
    problem: str = ""
    """The sentence that goes with it."""
    field: str = ""
    """The field it is about, empty when it is about none."""
    words: str = ""
    """The command in words."""
    effect: str = ""
    """What would trade or rest at once."""
    money: str = ""
    """What it costs at most or brings at least, and the most that fees can be."""
    plan: str = ""
    """How many children of which sizes, and when; empty for a single order."""
    profile: str = ""
    """Where the volume profile comes from."""
    risk: tuple[str, ...] = ()
    """For an entry: what it means if one leg fills alone."""
    limits: tuple[LimitRow, ...] = ()
    """Every limit it counts in, with what would be used of it in the worst case."""
    prices: tuple[int, int] = (0, 0)
    """Of an entry: limits of YES and NO, those that were left open filled in ..."""
    shares: int = 0
    """... and the shares of each leg."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How much of a limit is used, for dialogs: shares or money."""

    name: str
    used: int
    limit: int
    is_money: bool = True


@dataclass(frozen=True, slots=True)
class Receipt:
    """The desk's answer to one command."""

    command_id: str
    is_done: bool
    reason: str
    """A code from `limits.Reason` when refused."""
    text: str
    field: str = ""
    """Which field of the command a refusal is about, empty when it is about none."""
