"""What must survive: journaled, and folded again after a restart.

Every fact carries the wall time it happened at (`at_ms`, UTC). Adding a field needs a default; a changed meaning needs
a new version in `storage.codec`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.conversion import Conversion
from cockpit.core.entry import Entry
from cockpit.core.gates import Input, Measured
from cockpit.core.market import Market, Stage
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.parent import Parent, ParentState, Slice


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
    owes: bool = False
    """What the shares pay is owed until it is redeemed; otherwise it is paid at once."""


@dataclass(frozen=True, slots=True)
class ResolutionMoved:
    """A market went a step towards its resolution: trading ended, an outcome was proposed, or is disputed."""

    at_ms: int
    market_id: str
    stage: Stage


@dataclass(frozen=True, slots=True)
class PairModeSet:
    """What the manager may do with a pair: suggest, act by itself, or nothing; empty for what the settings say."""

    at_ms: int
    market_id: str
    mode: str


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
    zone: str = "UTC"
    """The time zone the day is counted in."""


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
    command_id: str = ""
    """The command that asked for it: a command that comes twice is done once, over a restart too."""


@dataclass(frozen=True, slots=True)
class ParentMoved:
    """A parent changed state: paused, working again, done, cancelled, stopped."""

    at_ms: int
    parent_id: str
    state: ParentState
    reason: str
    vwap: int = 0
    """Average price of all trades of the leg while it was worked, at its end; 0 when not known."""


@dataclass(frozen=True, slots=True)
class ParentPlanned:
    """The plan of a parent changed: what was planned from slice `first` on is replaced by these slices."""

    at_ms: int
    parent_id: str
    first: int
    slices: tuple[Slice, ...]
    done: int
    """Shares of the parent that were filled, or could still fill, when this was planned: the slices come on top."""
    why: str


@dataclass(frozen=True, slots=True)
class ParentAmended:
    """A parent's limit changed; what rests at the old one is cancelled, proven dead, and replaced."""

    at_ms: int
    parent_id: str
    limit: int


@dataclass(frozen=True, slots=True)
class SliceSkipped:
    """A slice was due and not sent; its size is carried forward."""

    at_ms: int
    parent_id: str
    slice_index: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class EntryStarted:
    """An entry began; its legs follow as parents of their own."""

    at_ms: int
    entry: Entry
    command_id: str = ""
    seen_ms: int = 0
    """When the offer it takes was seen first; 0 where there was none."""
    seen_prices: tuple[int, int] | None = None
    """Of YES and NO, then."""


@dataclass(frozen=True, slots=True)
class EntryMoved:
    """An entry ended."""

    at_ms: int
    entry_id: str
    state: ParentState
    reason: str


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
    is_presumed: bool = False
    """An end the venue did not report: our conclusion from expiry and a clean read, or a person's word."""


@dataclass(frozen=True, slots=True)
class FillSeen:
    """A fill of ours. `is_external` when the order is not one the desk has sent."""

    at_ms: int
    fill: Fill
    is_external: bool = False
    brought: int = 0
    """Value that came (or went, below 0) with an accepted transfer: no gain or loss of the day."""


@dataclass(frozen=True, slots=True)
class FillMoved:
    """How far a fill is proven changed."""

    at_ms: int
    trade_id: str
    order_id: str
    status: FillStatus


@dataclass(frozen=True, slots=True)
class PairsMerged:
    """Pairs were merged into cash, proven by the venue: one share of each leg for 1 USD."""

    at_ms: int
    market_id: str
    shares: int
    """Of each leg, in 1/1,000,000."""
    conversion_id: str = ""
    """Which conversion it proves; that of somebody else on the account is not known yet."""


@dataclass(frozen=True, slots=True)
class ClaimRedeemed:
    """What a resolved market owed was paid, proven by the venue."""

    at_ms: int
    market_id: str
    amount: int
    conversion_id: str = ""


@dataclass(frozen=True, slots=True)
class ConversionAsked:
    """The intent to merge or redeem, durable before the request leaves."""

    at_ms: int
    conversion: Conversion
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class ConversionFailed:
    """A conversion did not and will not take effect, in the venue's words or by our proof."""

    at_ms: int
    conversion_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Halted:
    """Nothing new is sent until released. Latched: a restart does not clear it."""

    at_ms: int
    reason: str
    everything: bool = False
    """Cancel every order of the account, not only the desk's own."""


@dataclass(frozen=True, slots=True)
class StopProven:
    """The venue has shown none of the orders that a stop must end, twice, and none can still arrive."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Released:
    """A person lifted the halt."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class ReducingSet:
    """Only orders that lower the exposure may be sent; an empty reason lifts it."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class DifferenceSeen:
    """Our numbers differ from the venue's, in a read and in the one after it. Halts its pair until it is gone."""

    at_ms: int
    key: str
    """What differs: `shares/<market>/YES`, `cash`. One difference has one key."""
    name: str
    """A word of the closed list in `cockpit.core.differences`."""
    market_id: str
    """Empty for the account's cash."""
    ours: int
    theirs: int
    """Shares or money."""
    text: str


@dataclass(frozen=True, slots=True)
class DifferenceEnded:
    """A difference is gone: `explained` by news of the venue, or `accepted` by a person."""

    at_ms: int
    key: str
    how: str


@dataclass(frozen=True, slots=True)
class PairHalted:
    """One pair may not trade: its numbers differ from the venue's. An empty reason lifts it."""

    at_ms: int
    market_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decided:
    """Why something was done or left: what was looked at, and each gate with its numbers. See `core.why`."""

    at_ms: int
    subject: str
    """An order's id, a suggestion's, `P-0001/3` for a slice, or a market's id for the verdict about its pair."""
    kind: str
    """`order`, `suggestion`, `slice` or `pair`."""
    market_id: str
    decision: str
    gates: tuple[Measured, ...]
    """Those with numbers, and those that are closed: the others were open."""
    inputs: tuple[Input, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    """A line for people: alarms, recoveries, refusals."""

    at_ms: int
    level: str
    text: str
    is_alert: bool = False
    """A breach, or its end: told to people who do not look at a screen, too."""
    limit: str = ""
    """The limit it is about: exceeded, or kept again when the level is `info`."""
