"""A market of two outcomes, its legs and sides, and what the venue accepts there.

One YES and one NO of the same market pay 1 USD together, so the venue runs one book for both: a bid for YES at p
is an offer of NO at 1 - p.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from cockpit.core.fees import FeeSchedule
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, price_text, shares_text


class Leg(IntEnum):
    """One of a market's two outcomes, in the venue's order."""

    YES = 0
    NO = 1

    @property
    def other(self) -> Leg:
        """The opposite outcome."""
        return Leg.NO if self is Leg.YES else Leg.YES


class Side(IntEnum):
    """Which way an order goes."""

    BUY = 0
    SELL = 1

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side.SELL if self is Side.BUY else Side.BUY

    def is_beyond(self, price: int, limit: int) -> bool:
        """Return whether a price is worse than a limit: above it when buying, below it when selling."""
        return price > limit if self is Side.BUY else price < limit


class Stage(StrEnum):
    """A step of a market towards its resolution; nothing is realised before it has resolved."""

    ENDED = "ended"
    """Nobody trades any more."""
    PROPOSED = "proposed"
    """An outcome is proposed, and may be disputed."""
    DISPUTED = "disputed"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Market:
    """What does not change often about a market. Sizes in 1/1,000,000 shares, prices in 1/10,000 USD."""

    id: str
    """The venue's condition id."""
    name: str
    """Short, for rows; cleaned of control characters where it entered."""
    title: str
    tokens: tuple[str, str]
    """Asset ids of YES and NO."""
    outcomes: tuple[str, str] = ("Yes", "No")
    """The venue's own names: always shown instead of YES and NO."""
    tick: int = 100
    min_size: int = 5 * SHARE
    min_taker_cost: int = 1 * USD
    """A marketable order below this is refused."""
    fees: FeeSchedule = field(default_factory=FeeSchedule)
    closes_at_ms: int | None = None
    """Scheduled end, UTC; None where none is scheduled."""
    event: str = ""
    """The venue's event; markets of one event share a cap."""

    def leg_of(self, token: str) -> Leg | None:
        """Return which outcome an asset id stands for."""
        return Leg.YES if token == self.tokens[0] else Leg.NO if token == self.tokens[1] else None

    def is_valid_price(self, price: int) -> bool:
        """Return whether an order may carry this price: on the tick and in [tick, 1 - tick]."""
        return self.tick <= price <= PRICE_ONE - self.tick and price % self.tick == 0

    def price_problem(self, price: int) -> str:
        """Return a sentence that says what is wrong with an order price, or nothing."""
        if self.is_valid_price(price):
            return ""
        low, high = price_text(self.tick), price_text(PRICE_ONE - self.tick)
        return f"price {price_text(price)} is not a multiple of {low} between {low} and {high}"

    def size_problem(self, size: int) -> str:
        """Return a sentence that says what is wrong with an order size, or nothing."""
        if size <= 0 or size % LOT:
            return f"size {shares_text(size)} is not a positive multiple of {shares_text(LOT)} shares"
        if size < self.min_size:
            return f"size {shares_text(size)} is below the venue's minimum of {shares_text(self.min_size)} shares"
        return ""

    def round_down(self, price: int) -> int:
        """Return the nearest price an order may carry that is not above, at least one tick."""
        return min(PRICE_ONE - self.tick, max(self.tick, price - price % self.tick))

    def round_up(self, price: int) -> int:
        """Return the nearest price an order may carry that is not below, at most 1 - tick."""
        return max(self.tick, min(PRICE_ONE - self.tick, price + -price % self.tick))

    def round_within(self, price: int, side: Side) -> int:
        """Return the nearest price an order may carry that is no worse for whoever trades on this side."""
        return self.round_down(price) if side is Side.BUY else self.round_up(price)
