"""Parent orders: a total, a limit, and how it is worked. Their children are orders at the venue."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType


class ParentState(StrEnum):
    """Where a parent order stands."""

    WORKING = "working"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"

    @property
    def is_open(self) -> bool:
        """Whether children may still be sent."""
        return self in (ParentState.WORKING, ParentState.PAUSED)


class Algorithm(StrEnum):
    """Who works a parent."""

    LIMIT = "LIMIT"
    """One order at the limit, replaced only by a changed limit."""
    TWAP = "TWAP"
    VWAP = "VWAP"
    ICEBERG = "ICEBERG"
    RANDOM = "RANDOM"
    TOP = "TOP"
    """The top bidder: one order at the top of the book, see `core.peg`."""
    COMPLETE = "COMPLETE"
    """The second leg of an entry: takes as much as the first leg has filled."""


SLICED = (Algorithm.TWAP, Algorithm.VWAP, Algorithm.ICEBERG, Algorithm.RANDOM)


class Style(StrEnum):
    """How the children of a sliced parent are placed."""

    TAKE = "take"
    """They take what the book offers within the limit; the rest of each is carried forward."""
    REST = "rest"
    """They rest at the limit until their slice ends."""
    TOP = "top"
    """They rest post-only at the top of the book until their slice ends."""


class AtEnd(StrEnum):
    """What becomes of the rest when the time window ends."""

    CROSS = "cross"
    """It takes what the book offers within the limit, in children, shortly before the end."""
    LEAVE = "leave"
    """It stays in the book at the limit, a child at a time."""
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Slice:
    """One planned child: when, and how many shares."""

    at_ms: int
    size: int


@dataclass(frozen=True, slots=True)
class How:
    """How a parent is worked, as a person or rule chose it. Shares in 1/1,000,000."""

    style: Style = Style.TAKE
    at_end: AtEnd = AtEnd.CANCEL
    min_size: int = 0
    """Of a child; the market's own minimum holds where it is larger."""
    max_size: int = 0
    """Of a child; 0 for no bound but the guard's."""
    threshold: int = 0
    """Fewer shares of others than this are not outbid: a lone tiny order is no competition."""
    stops_beyond: bool = False
    """The top bidder stops when it is outbid beyond the limit, instead of resting at the limit."""
    seed: int = 0
    """What random sizes and times were drawn from."""
    profile: str = ""
    """Which volume profile sizes follow, in words."""
    curve: tuple[int, ...] = ()
    """The profile: shares expected in equal parts of the time window."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A total, a limit and a plan. Its children are orders; what they filled is its progress."""

    id: str
    market_id: str
    leg: Leg
    side: Side
    size: int
    limit: int
    algorithm: Algorithm
    slices: tuple[Slice, ...]
    """The plan; an iceberg's holds the chunks that were shown so far."""
    ends_at_ms: int
    created_ms: int
    suggestion_id: str = ""
    arrival_price: int = 0
    """What it is measured against: the price seen when a suggestion was approved, else the middle of the book."""
    type: OrderType = OrderType.FAK
    """Of the children of a LIMIT parent."""
    post_only: bool = False
    state: ParentState = ParentState.WORKING
    reason: str = ""
    how: How = field(default_factory=How)
    entry_id: str = ""
    """The entry it is a leg of."""
    planned_from: int = 0
    """The slice that the plan as it is now begins with ..."""
    planned_done: int = 0
    """... and the shares that were filled, or could still fill, when it was made."""

    @property
    def is_open(self) -> bool:
        """Whether it may still send children."""
        return self.state.is_open

    @property
    def window_ms(self) -> int:
        """How long it may take."""
        return self.ends_at_ms - self.created_ms

    def as_order(self, size: int, price: int) -> Order:
        """Return so many of its shares as one order that was never sent, to weigh what could come of them."""
        return Order(
            id="",
            label=self.id,
            parent_id=self.id,
            market_id=self.market_id,
            leg=self.leg,
            side=self.side,
            price=price,
            size=size,
            type=OrderType.FAK,
        )

    def due(self, now_ms: int) -> int:
        """Return how many slices have begun by a time."""
        return sum(piece.at_ms <= now_ms for piece in self.slices)

    def planned(self, count: int) -> int:
        """Return how many shares should be done by the end of the first `count` slices."""
        return self.planned_done + sum(piece.size for piece in self.slices[self.planned_from : count])

    @property
    def is_pegged(self) -> bool:
        """Whether its children are kept at the top of the book."""
        return self.algorithm is Algorithm.TOP or (self.algorithm in SLICED and self.how.style is Style.TOP)
