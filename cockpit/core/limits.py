"""Pre-trade checks. `Approved[Order]` and `Refused` are different types: what has not passed cannot be sent.

Default deny: a missing book, a missing market or a number that makes no sense refuses. Orders not proven dead count as
filled in the worst way. The single checks are in `cockpit.core.checks`, their words in `check_words`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Generic, TypeVar

from cockpit.core.units import SHARE, USD


class Reason(StrEnum):
    """Why something was refused: a closed list."""

    HALTED = "HALTED"
    REDUCING = "REDUCING"
    PAIR_HALTED = "PAIR_HALTED"
    NOT_READY = "NOT_READY"
    CLOCK = "CLOCK"
    RATE = "RATE"
    UNKNOWN_ID = "UNKNOWN_ID"
    UNKNOWN_MARKET = "UNKNOWN_MARKET"
    MARKET_ENDED = "MARKET_ENDED"
    MARKET_CLOSING = "MARKET_CLOSING"
    NO_BOOK = "NO_BOOK"
    STALE_BOOK = "STALE_BOOK"
    CROSSED_BOOK = "CROSSED_BOOK"
    BAD_NUMBER = "BAD_NUMBER"
    BAD_PRICE = "BAD_PRICE"
    BAD_SIZE = "BAD_SIZE"
    BAD_LIFE = "BAD_LIFE"
    BAD_TYPE = "BAD_TYPE"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    ORDER_SIZE = "ORDER_SIZE"
    FAT_FINGER = "FAT_FINGER"
    COLLAR = "COLLAR"
    POSITION_SIZE = "POSITION_SIZE"
    UNHEDGED = "UNHEDGED"
    EXPOSURE = "EXPOSURE"
    EVENT_EXPOSURE = "EVENT_EXPOSURE"
    DAILY_LOSS = "DAILY_LOSS"
    LIMIT_PRICE = "LIMIT_PRICE"
    BALANCE = "BALANCE"
    NOT_HELD = "NOT_HELD"
    SELF_CROSS = "SELF_CROSS"
    WITHDRAWN = "WITHDRAWN"
    CHANGED = "CHANGED"
    PRICE_MOVED = "PRICE_MOVED"
    ALREADY_WORKING = "ALREADY_WORKING"
    CANNOT_SLICE = "CANNOT_SLICE"
    BAD_WINDOW = "BAD_WINDOW"
    SPREAD = "SPREAD"
    NO_MARK = "NO_MARK"
    NOT_PROVEN = "NOT_PROVEN"
    WRONG_WORD = "WRONG_WORD"
    VENUE = "VENUE"


@dataclass(frozen=True, slots=True)
class Refused:
    """An expected no: a reason code and a sentence with the numbers."""

    reason: Reason
    detail: str
    field: str = ""
    """Which field of what was asked for it is about: `limit`, `total` ...; empty when it is about none."""


TYPED = frozenset(
    {
        Reason.UNKNOWN_ID,
        Reason.UNKNOWN_MARKET,
        Reason.BAD_NUMBER,
        Reason.BAD_PRICE,
        Reason.BAD_SIZE,
        Reason.BAD_LIFE,
        Reason.BAD_TYPE,
        Reason.BAD_WINDOW,
        Reason.BELOW_MINIMUM,
        Reason.CANNOT_SLICE,
    }
)
"""Reasons that say what was typed is wrong, whatever the market does: exit code 2, where others are 3."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Approved(Generic[T]):
    """Something that passed every check. Only `checks.check` makes one."""

    value: T


MOST_SHARES = 100_000 * SHARE
"""No single order is ever larger, whatever the settings say: a unit mixed up must not reach the venue."""
MIN_LIFE_MS = 120_000
"""Shortest life of an order that ends by itself: the venue wants its stated expiry a minute later, at least 3 ahead."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the guard. Shares and money in 1/1,000,000."""

    max_position_size: int = 5_000 * SHARE
    max_total_exposure: int = 10_000 * USD
    max_event_exposure: int = 5_000 * USD
    """In all markets of one event."""
    max_daily_loss: int = 500 * USD
    max_order_size: int = 100 * SHARE
    max_order_share: int = 2_500
    """Most of the equity that one order may cost or bring, in 1/10,000: catches a size typed wrong."""
    price_collar: int = 1_000
    """How far beyond the middle of the book a price may lie, in 1/10,000 USD: catches a price typed wrong."""
    max_unhedged: int = 500 * SHARE
    max_book_age_ms: int = 5_000
    closing_ms: int = 60_000

    def __post_init__(self) -> None:
        """A limit that is not a whole number of 0 or more is no limit: NaN compares false with everything."""
        for item in fields(self):
            value = getattr(self, item.name)
            if type(value) is not int or value < 0:
                raise ValueError(f"limit {item.name} {value!r} is not a whole number of 0 or more")


@dataclass(frozen=True, slots=True)
class Account:
    """What the checks look at beside the order itself, all of it as of now. Money and shares in 1/1,000,000."""

    now_ms: int
    is_ready: bool
    """Connected, recovered and reconciled."""
    halted: str
    """Why the desk is halted; empty when it is not."""
    pair_halted: str
    cash: int
    """Less what buys in other markets may still take, fees included."""
    exposure: int
    """Worst case of everything held and every order not proven dead, in money: see `worst_case.worst_cost`."""
    unhedged: int
    """Sum over all pairs other than the order's of `worst_case.worst_imbalance`."""
    day_pnl: int
    has_ended: bool = False
    event_exposure: int = 0
    """The same as `exposure`, in the markets of the order's event only."""
    equity: int = 0
    reducing: str = ""
    """Why only orders that lower the exposure may be sent."""
    skew_ms: int = 0
    """How far the venue's clock is from ours."""
    has_rate: bool = True
    """Whether the venue's rate limit lets one more order through now."""
    is_marked: bool = True
    """Whether the bids would take all of the pair's excess: if not, nobody knows what it is worth."""
