"""What a person (or a rule acting for one) asks of the desk. Each has an id, and its receipt carries it back."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, AtEnd, Style


@dataclass(frozen=True, slots=True)
class Approve:
    """Trade a suggestion as it was seen: what is approved is what is sent, or nothing is."""

    id: str
    suggestion_id: str
    action: str
    """`SELL_YES` ... as seen."""
    shares: int
    limit: int
    seen_price: int


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Hide a suggestion until its pair changes."""

    id: str
    suggestion_id: str


@dataclass(frozen=True, slots=True)
class Place:
    """Work an order of one's own, not made from a suggestion. Shares in 1/1,000,000, limit in 1/10,000 USD."""

    id: str
    market_id: str
    leg: Leg
    side: Side
    shares: int
    limit: int
    type: OrderType = OrderType.GTD
    post_only: bool = False
    life_s: int = 600
    """How long it is worked; a GTD order also ends at the venue by then."""


@dataclass(frozen=True, slots=True)
class Split:
    """Work a total quietly: cut into children over a time window. Shares in 1/1,000,000, limit in 1/10,000 USD."""

    id: str
    market_id: str
    leg: Leg
    side: Side
    shares: int
    limit: int
    algorithm: Algorithm
    window_ms: int
    min_size: int = 0
    """Of a child; 0 for what the settings say."""
    max_size: int = 0
    style: Style = Style.TOP
    at_end: AtEnd = AtEnd.CROSS


@dataclass(frozen=True, slots=True)
class Bid:
    """Keep an order at the top of the book until a total is done. `show` is the most that rests at a time."""

    id: str
    market_id: str
    leg: Leg
    side: Side
    shares: int
    limit: int
    show: int
    life_ms: int
    stops_beyond: bool = False
    """Outbid beyond the limit it ends, instead of resting at the limit."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Buy both legs of a pair. Prices of 0 are the best that qualify; either shares or a budget is given."""

    id: str
    market_id: str
    kind: EntryKind
    first: Leg = Leg.YES
    """The leg that rests, where only one does."""
    prices: tuple[int, int] = (0, 0)
    """Limits of YES and NO."""
    shares: int = 0
    budget: int = 0
    """USD for both legs, fees included; 0 for what the settings say."""
    life_ms: int = 0
    """0 for what the settings say."""


@dataclass(frozen=True, slots=True)
class Preview:
    """Ask what a command would do now, and what is in its way, without doing it."""

    id: str
    command: Place | Split | Bid | Enter


@dataclass(frozen=True, slots=True)
class Explain:
    """Ask why: about an order, slice, parent, entry, suggestion or market, by its id, label or name."""

    id: str
    target: str


@dataclass(frozen=True, slots=True)
class Amend:
    """Change a parent's limit: what rests is cancelled, proven dead, and replaced by what is left of it."""

    id: str
    parent_id: str
    limit: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel a parent (no further children, its resting ones too) or a single order."""

    id: str
    target_id: str


@dataclass(frozen=True, slots=True)
class CancelAll:
    """Cancel every parent and every order; new ones may follow."""

    id: str
    everything: bool = False
    """Every order of the account, not only ours."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause a parent or entry, or let it go on."""

    id: str
    parent_id: str
    is_on: bool | None = None
    """Pause it, or let it go on; None is the other of what it does now."""


@dataclass(frozen=True, slots=True)
class Halt:
    """Cancel everything and send nothing until a person releases the desk. Never refused."""

    id: str
    reason: str = "by a person"
    everything: bool = False
    """Cancel every order of the account, not only ours."""


@dataclass(frozen=True, slots=True)
class Release:
    """Leave the halt; `word` must be RELEASE, typed by a person."""

    id: str
    word: str


@dataclass(frozen=True, slots=True)
class Reduce:
    """Send only what lowers the exposure from now on, or (`is_on` false) everything again."""

    id: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class SignOff:
    """A person vouches that an order whose fate is unknown cannot fill any more; `word` must be DEAD."""

    id: str
    order_id: str
    word: str


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Compare orders, fills and balances with the venue now."""

    id: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Take the venue's number for a difference: it is booked as a transfer, and the pair may trade again."""

    id: str
    key: str
    theirs: int
    """The number that was seen: when it has changed since, nothing is accepted."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Merge pairs of a market into cash. Shares of each leg in 1/1,000,000; 0 for all that can be merged."""

    id: str
    market_id: str
    shares: int = 0


@dataclass(frozen=True, slots=True)
class Redeem:
    """Redeem what a resolved market owes."""

    id: str
    market_id: str


@dataclass(frozen=True, slots=True)
class SetMode:
    """Choose what the manager does with a pair: `suggest`, `auto` or `off`; empty for what the settings say."""

    id: str
    market_id: str
    mode: str


@dataclass(frozen=True, slots=True)
class SetSpeed:
    """Change how fast a replay runs; 0 pauses it."""

    id: str
    speed: float


Command = (
    Approve
    | Dismiss
    | Place
    | Split
    | Bid
    | Enter
    | Preview
    | Explain
    | Amend
    | Cancel
    | CancelAll
    | Pause
    | Halt
    | Release
    | Reduce
    | SignOff
    | Reconcile
    | Accept
    | Merge
    | Redeem
    | SetMode
    | SetSpeed
)
