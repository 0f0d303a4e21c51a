"""`State`: everything the desk knows. Changed by `cockpit.core.fold.apply` only."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from cockpit.core import events as ev
from cockpit.core.book import Book, Place
from cockpit.core.conversion import Conversion
from cockpit.core.entry import Entry
from cockpit.core.exposure import Exposure
from cockpit.core.market import Leg, Market, Stage
from cockpit.core.order import Fill, FillKey, FillStatus, Order
from cockpit.core.parent import Parent
from cockpit.core.pnl import Mark
from cockpit.core.position import Position
from cockpit.core.queue import Queue
from cockpit.core.results import DayResult, Merge, Results, Tally
from cockpit.core.tape import Tape
from cockpit.core.top_time import TopTime

MAX_NOTICES = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for people; ids only grow, so a reader knows what it has missed."""

    id: int
    at_ms: int
    level: str
    text: str


@lru_cache(maxsize=10_000)
def _flat(market_id: str) -> Position:
    """Return the position of a pair in which nothing was ever held: asked for many times a second."""
    return Position(market_id)


@dataclass(slots=True)
class State:
    """Everything the desk knows. Changed by `apply` only."""

    mode: str = "practice"
    account: str = ""
    seed: int | None = None
    starts: int = 0
    markets: dict[str, Market] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    """Market id -> what a YES share paid."""
    stages: dict[str, tuple[Stage, int]] = field(default_factory=dict)
    """Market id -> the last step towards its resolution, and when it was taken."""
    modes: dict[str, str] = field(default_factory=dict)
    """Market id -> what the manager may do with the pair, where a person has said so."""
    conversions: dict[str, Conversion] = field(default_factory=dict)
    pending: dict[str, None] = field(default_factory=dict)
    """Those of them that may still take effect, oldest first."""
    claims: dict[str, int] = field(default_factory=dict)
    """Resolved market -> money it still owes; 0 once it was redeemed."""
    redeemed: dict[str, int] = field(default_factory=dict)
    owed: int = 0
    """Sum of all claims: part of `cash`, but not there to be spent."""
    orders: dict[str, Order] = field(default_factory=dict)
    live: dict[str, dict[str, Order]] = field(default_factory=dict)
    """Market id -> orders not proven dead."""
    parents: dict[str, Parent] = field(default_factory=dict)
    open_parents: dict[str, None] = field(default_factory=dict)
    """Those of them that may still send children, oldest first."""
    children: dict[str, list[str]] = field(default_factory=dict)
    next_slice: dict[str, int] = field(default_factory=dict)
    last_try: dict[str, int] = field(default_factory=dict)
    """Parent id -> when a slice of it was last sent or refused."""
    refusals: dict[str, int] = field(default_factory=dict)
    """Parent id -> how many slices in a row were refused before they were sent."""
    entries: dict[str, Entry] = field(default_factory=dict)
    tapes: dict[str, Tape] = field(default_factory=dict)
    """Market id -> what was traded."""
    tape_marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Open parent id -> (volume, product) of the tape when it began."""
    vwaps: dict[str, int] = field(default_factory=dict)
    """Ended parent id -> average price of all trades while it was worked."""
    queues: dict[str, dict[str, Queue]] = field(default_factory=dict)
    """Market id -> order id -> place in its queue, of orders that rest or are sent to."""
    echoes: dict[str, dict[Place, tuple[int, int]]] = field(default_factory=dict)
    """Market id -> place -> (shares of ours that have left and may still be shown there, until when)."""
    falls: dict[str, dict[Place, tuple[int, int]]] = field(default_factory=dict)
    """Market id -> place of ours -> (shares that its level has fallen by, when), not told of our orders yet."""
    pegged: dict[str, dict[str, None]] = field(default_factory=dict)
    """Market id -> open parents whose orders are kept at the top of its book."""
    top_times: dict[str, TopTime] = field(default_factory=dict)
    """Pegged parent id -> how long it has led, since this process started."""
    fills: dict[FillKey, Fill] = field(default_factory=dict)
    fills_of: dict[str, list[FillKey]] = field(default_factory=dict)
    """Market id -> its fills in the order they were seen."""
    fills_of_order: dict[str, list[FillKey]] = field(default_factory=dict)
    unsettled: dict[FillKey, None] = field(default_factory=dict)
    """Fills neither confirmed nor failed, oldest first."""
    external: set[FillKey] = field(default_factory=set)
    early: dict[FillKey, list[FillStatus]] = field(default_factory=dict)
    """What was reported of fills not seen yet: a failure must not be forgotten because it came first."""
    unproven: dict[str, None] = field(default_factory=dict)
    """Markets with fills that may still be taken back."""
    foreign_shares: dict[tuple[str, Leg], int] = field(default_factory=dict)
    """(market id, leg) -> shares that came or went by fills of orders that are not ours."""
    merges_of: dict[str, list[Merge]] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    results: dict[str, Results] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    """All pairs' results together."""
    days: dict[str, DayResult] = field(default_factory=dict)
    """Trading day -> its results, oldest first."""
    marks: dict[str, Mark] = field(default_factory=dict)
    exposure: Exposure = field(default_factory=Exposure)
    deposits: int = 0
    has_opening: bool = False
    """Whether the opening balance was ever booked."""
    cash: int = 0
    """Deposits plus the cash of all positions."""
    marked: int = 0
    """Sum of all marks."""
    unmarked: int = 0
    """Pairs whose mark is not full: while there are any, `day_pnl` may be too low and must not latch a stop."""
    day: ev.DayStarted | None = None
    moved_today: int = 0
    """Cash that came in today other than by trading."""
    halted: str = ""
    halted_ms: int = 0
    halts_everything: bool = False
    """The stop ends every order of the account, not only ours."""
    is_stop_proven: bool = False
    """The venue has shown zero open orders twice since the stop, or since the last start."""
    reducing: str = ""
    """Why only orders that lower the exposure may be sent; empty when all may."""
    differences: dict[str, ev.DifferenceSeen] = field(default_factory=dict)
    """What differs from the venue, by key."""
    pair_halted: dict[str, str] = field(default_factory=dict)
    foreign: tuple[Order, ...] = ()
    """The account's resting orders that are not ours, as of the last read."""
    weighed: dict[str, ev.PairWeighed] = field(default_factory=dict)
    suggestion_ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Market id -> (action, suggestion id): the id lives as long as the action stays the same."""
    dismissed: dict[str, str] = field(default_factory=dict)
    suggestion_count: int = 0
    decisions: dict[str, tuple[ev.Decided, ...]] = field(default_factory=dict)
    """Subject -> its newest decisions, oldest first: see `cockpit.core.fold_decisions`."""
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=MAX_NOTICES))
    notice_count: int = 0
    limits_over: set[str] = field(default_factory=set)
    """Limits that people were told are exceeded, and not yet that they are kept again."""
    connection: ev.ConnectionChanged | None = None
    feed: ev.FeedStats | None = None
    commands_done: set[str] = field(default_factory=set)
    late_reports: int = 0
    """Order reports that came behind newer knowledge and were not applied."""

    def converting(self, market_id: str = "") -> Iterable[Conversion]:
        """Return the conversions (of one market) that may still take effect, oldest first."""
        pending = (self.conversions[name] for name in self.pending)
        return (conversion for conversion in pending if market_id in ("", conversion.market_id))

    def is_over(self, market_id: str) -> bool:
        """Return whether nobody trades in a market any more; it may not have resolved yet."""
        return market_id in self.stages

    @property
    def cash_there(self) -> int:
        """Cash that is at the venue: without what resolved markets still owe."""
        return self.cash - self.owed

    @property
    def equity(self) -> int:
        """Cash plus marked positions."""
        return self.cash + self.marked

    @property
    def pnl(self) -> int:
        """What all trading has brought: equity less deposits."""
        return self.equity - self.deposits

    @property
    def day_pnl(self) -> int:
        """Equity against the day's start, net of transfers."""
        return self.equity - self.day.equity - self.moved_today if self.day else 0

    def position(self, market_id: str) -> Position:
        """Return what is held of a pair; an empty position where nothing ever was."""
        return self.positions.get(market_id) or _flat(market_id)

    def live_orders(self, market_id: str) -> Iterable[Order]:
        """Return our orders of a market that are not proven dead."""
        return self.live.get(market_id, {}).values()

    def own_orders(self, market_id: str) -> Iterable[Order]:
        """Return every order of the account in a market: those that are live, and those sent from elsewhere."""
        yield from self.live_orders(market_id)
        yield from (order for order in self.foreign if order.market_id == market_id)

    def all_live_orders(self) -> list[Order]:
        """Return all our orders that are not proven dead."""
        return [order for orders in self.live.values() for order in orders.values()]

    def children_of(self, parent_id: str) -> list[Order]:
        """Return a parent's orders in the order they were sent."""
        return [self.orders[order_id] for order_id in self.children.get(parent_id, ())]

    def open_parent(self, market_id: str) -> Parent | None:
        """Return the parent that still works this market."""
        return next((p for p in self.all_open_parents() if p.market_id == market_id), None)

    def all_open_parents(self) -> list[Parent]:
        """Return the parents that may still send children, oldest first."""
        return [self.parents[parent_id] for parent_id in self.open_parents]
