"""The port every venue is reached through.

A venue turns its wire into core events (`Sink`) and answers orders. An answer is definitive (`Accepted`, `Rejected`)
or there is none (`Unanswered`): then the order is unknown and is looked up by the id computed before it was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cockpit.core.conversion import Conversion
from cockpit.core.events import Event
from cockpit.core.order import Fill, Order, OrderState

Sink = Callable[[Event], None]
"""Takes an event at once and never blocks; called from the desk's loop only."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The venue has the order; its fills and end come as events."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The venue refused; nothing rests and nothing was matched."""

    order_id: str
    code: str
    text: str


class Unanswered(Exception):
    """No definitive answer: a time-out, a broken connection, a 5xx. The order may exist."""


@dataclass(frozen=True, slots=True)
class OrderReport:
    """What the venue says of one order."""

    order_id: str
    state: OrderState
    filled: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """What the venue lets through: `rate` requests a second in the long run, `burst` at once."""

    rate: int
    burst: int


@dataclass(frozen=True, slots=True)
class Conversions:
    """How many merges and redemptions the venue carries out for us."""

    per_day: int
    per_minute: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a venue promises about orders; times in milliseconds."""

    quarantine_ms: int
    """How long after sending an order the venue may still receive it: before that, not found proves nothing."""
    expiry_margin_ms: int = 30_000
    """How long after an order's expiry a read that does not show it is trusted."""
    orders: Budget = Budget(40, 60)
    cancels: Budget = Budget(80, 120)
    cancel_chunk: int = 100
    """Most ids in one cancel request."""
    conversions: Conversions | None = None
    """None where nothing can be merged, and what has won is paid out by itself."""


@dataclass(frozen=True, slots=True)
class Balances:
    """What the venue says the account holds: money, and shares by asset id."""

    cash: int
    shares: dict[str, int]


class Venue(Protocol):
    """One venue. All coroutines run on the desk's loop."""

    name: str
    account: str
    terms: Terms

    async def run(self, sink: Sink) -> None:
        """Deliver events until cancelled. The first events list the markets and their books."""
        ...

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send one order. Raises: Unanswered."""
        ...

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Ask for cancels; the proof comes as an event or a look-up. Raises: Unanswered."""
        ...

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order, None when the venue does not know it. Raises: Unanswered."""
        ...

    async def open_orders(self) -> Sequence[Order]:
        """Return the account's orders that rest, also those of others, as the venue has them. Raises: Unanswered."""
        ...

    async def fills(self) -> Sequence[Fill]:
        """Return the account's fills, oldest first. Raises: Unanswered."""
        ...

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Ask for a merge or a redemption; its proof or failure comes as an event. Raises: Unanswered."""
        ...

    async def conversions(self) -> Sequence[Conversion]:
        """Return all conversions of the account that the venue knows of, oldest first. Raises: Unanswered."""
        ...

    async def time_ms(self) -> int:
        """Return the venue's wall time in milliseconds, UTC. Raises: Unanswered."""
        ...

    async def balances(self) -> Balances:
        """Return cash and shares. Raises: Unanswered."""
        ...

    async def close(self) -> None:
        """Release files and connections."""
        ...


class NoConversions:
    """The part of a venue at which nothing can be merged, and what has won is paid out by itself."""

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Refuse it."""
        return Rejected(conversion.id, "not here", "this venue merges and redeems nothing")

    async def conversions(self) -> Sequence[Conversion]:
        """Return none."""
        return ()
