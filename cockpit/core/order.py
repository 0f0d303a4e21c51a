"""Orders at the venue, and fills.

An order's state only moves along `MOVES`. `UNKNOWN` is a state of its own: a time-out is not a rejection, and an order
that is not proven dead counts as if it were filled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from cockpit.core.market import Leg, Side
from cockpit.core.units import pay, receive


class OrderState(StrEnum):
    """Where one order at the venue stands, as far as we know."""

    CREATED = "created"
    SENDING = "sending"
    OPEN = "open"
    PARTIALLY_FILLED = "partially filled"
    FILLED = "filled"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    DENIED = "denied"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


_S = OrderState
_LIVE_ENDS = frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELLING, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN})
MOVES: dict[OrderState, frozenset[OrderState]] = {
    _S.CREATED: frozenset({_S.SENDING, _S.DENIED}),
    _S.SENDING: _LIVE_ENDS | {_S.OPEN, _S.REJECTED, _S.DENIED},
    _S.UNKNOWN: _LIVE_ENDS - {_S.UNKNOWN} | {_S.OPEN, _S.REJECTED},
    _S.OPEN: _LIVE_ENDS,
    _S.PARTIALLY_FILLED: _LIVE_ENDS - {_S.PARTIALLY_FILLED},
    # Rejected and denied too: a cancel can overtake the answer to the order, or the order itself.
    _S.CANCELLING: frozenset({_S.FILLED, _S.CANCELLED, _S.REJECTED, _S.DENIED, _S.EXPIRED, _S.UNKNOWN}),
    # A fill can arrive after the end was reported; it counts, and completes the order if it was the last.
    _S.CANCELLED: frozenset({_S.FILLED}),
    _S.EXPIRED: frozenset({_S.FILLED}),
    # A fill or a report of an order we took for rejected proves that it was not: it counts as live again.
    _S.REJECTED: frozenset({_S.OPEN, _S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELLED, _S.EXPIRED}),
    _S.FILLED: frozenset(),
    _S.DENIED: frozenset(),
}
"""The legal moves."""
_SHOWN = frozenset({_S.OPEN, _S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELLED, _S.EXPIRED})
TERMINAL = frozenset({_S.FILLED, _S.CANCELLED, _S.REJECTED, _S.DENIED, _S.EXPIRED})


class IllegalMove(ValueError):
    """A state change that `MOVES` does not allow: our own error, never the venue's."""


class OrderType(StrEnum):
    """How long an order lives."""

    GTC = "GTC"
    GTD = "GTD"
    FOK = "FOK"
    FAK = "FAK"

    @property
    def can_rest(self) -> bool:
        """Whether what is not filled at once stays in the book."""
        return self in (OrderType.GTC, OrderType.GTD)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as it is (or would be) at the venue. Price in 1/10,000 USD, sizes in 1/1,000,000 shares."""

    id: str
    """The id the venue will know it by, computed before it is sent."""
    label: str
    """Ours, short: `c-0003`."""
    parent_id: str
    market_id: str
    leg: Leg
    side: Side
    price: int
    size: int
    type: OrderType = OrderType.FAK
    post_only: bool = False
    expires_at_ms: int | None = None
    created_ms: int = 0
    slice_index: int = 0
    state: OrderState = OrderState.CREATED
    filled: int = 0
    """Shares of the fills in hand that did not fail."""
    money: int = 0
    """What those fills cost or brought, fees not included."""
    fee: int = 0
    venue_filled: int = 0
    """Shares the venue says were matched; may be ahead of the fills in hand."""
    reason: str = ""
    """Why it ended, in the venue's words or ours."""
    failed: int = 0
    """Shares of the fills in hand that failed: matched once, and never to come."""
    is_acknowledged: bool = False
    """The venue has shown it to us once: then its absence proves nothing."""
    is_unwanted: bool = False
    """A cancel of it was asked for: whatever of it still rests is cancelled again."""
    is_presumed: bool = False
    """It ended by our conclusion or a person's word, not the venue's: news of it brings it back to life."""

    @property
    def remaining(self) -> int:
        """Shares that may still fill, as far as the fills in hand tell."""
        return self.size - self.filled

    @property
    def is_terminal(self) -> bool:
        """Whether the venue (or we, for a denied one) ended it."""
        return self.state in TERMINAL

    @property
    def can_rest(self) -> bool:
        """Whether what is not filled at once stays in the book."""
        return self.type.can_rest

    @property
    def is_proven_dead(self) -> bool:
        """Ended, with every share the venue matched in hand: only then it stops counting in the worst case."""
        return self.is_terminal and (self.is_presumed or self.filled + self.failed >= self.venue_filled)

    @property
    def possible(self) -> int:
        """Shares that may still arrive: 0 once it is proven dead."""
        if self.is_proven_dead:
            return 0
        coming = self.venue_filled - self.filled - self.failed if self.is_terminal else self.remaining
        return max(coming, 0)

    @property
    def amounts(self) -> tuple[int, int]:
        """(what we give, what we take) as signed for the venue, in millionths; exact for sizes in whole lots."""
        if self.side is Side.BUY:
            return pay(self.size, self.price), self.size
        return self.size, receive(self.size, self.price)

    def may_become(self, state: OrderState) -> bool:
        """Return whether a report of this state is news, and a legal move."""
        if self.is_presumed and state in _SHOWN:
            return True
        if state in (_S.REJECTED, _S.DENIED) and (self.is_acknowledged or self.filled or self.failed):
            return False  # the venue had it: a late refusal is that of a second copy
        return state in MOVES[self.state]

    def move(self, state: OrderState, reason: str = "", venue_filled: int = 0, *, is_presumed: bool = False) -> Order:
        """Return the order in its new state; filled without a number means all of it. Raises: IllegalMove."""
        if state is not self.state and not self.may_become(state):
            raise IllegalMove(f"order {self.label}: {self.state} cannot become {state}")
        if state is _S.FILLED and state is not self.state and not venue_filled:
            venue_filled = self.size
        return replace(
            self,
            state=state,
            reason=reason or self.reason,
            venue_filled=max(self.venue_filled, venue_filled),
            is_acknowledged=self.is_acknowledged or (state in _SHOWN and not is_presumed),
            is_unwanted=self.is_unwanted or state is _S.CANCELLING,
            is_presumed=is_presumed,
        )

    def with_fills(self, filled: int, money: int, fee: int, failed: int = 0) -> Order:
        """Return the order with its fills in hand set to these totals, moved as they demand."""
        state, is_news = self.state, filled > self.filled
        if filled >= self.size:
            state = OrderState.FILLED
        elif is_news and (self.is_presumed or state in (_S.SENDING, _S.UNKNOWN, _S.OPEN, _S.REJECTED)):
            state = OrderState.PARTIALLY_FILLED
        if state is not self.state and not self.may_become(state):
            raise IllegalMove(f"order {self.label}: {self.state} cannot become {state}")
        is_presumed = self.is_presumed and not is_news
        return replace(self, state=state, filled=filled, money=money, fee=fee, failed=failed, is_presumed=is_presumed)


class FillStatus(StrEnum):
    """How far a fill is proven. `FAILED` takes it back out."""

    MATCHED = "matched"
    MINED = "mined"
    CONFIRMED = "confirmed"
    RETRYING = "retrying"
    FAILED = "failed"


_RANK = {
    FillStatus.MATCHED: 0,
    FillStatus.RETRYING: 1,
    FillStatus.MINED: 2,
    FillStatus.CONFIRMED: 3,
    FillStatus.FAILED: 3,
}

FillKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fill:
    """One match of one of our orders. Shares and money are rounded once, here, and never again."""

    trade_id: str
    order_id: str
    market_id: str
    leg: Leg
    side: Side
    price: int
    shares: int
    money: int
    """Paid (buy) or received (sell), fee not included."""
    fee: int
    is_taker: bool
    at_ms: int
    status: FillStatus = FillStatus.MATCHED

    @property
    def key(self) -> FillKey:
        """(trade id, order id): one trade can fill several of our orders, and each counts once."""
        return self.trade_id, self.order_id

    @property
    def counts(self) -> bool:
        """Whether it is part of the position."""
        return self.status is not FillStatus.FAILED

    @property
    def is_proven(self) -> bool:
        """Whether it can no longer be taken back."""
        return self.status is FillStatus.CONFIRMED

    @property
    def is_settled(self) -> bool:
        """Whether its status can no longer change."""
        return self.status in (FillStatus.CONFIRMED, FillStatus.FAILED)

    def advance(self, status: FillStatus) -> Fill:
        """Return the fill with its status moved forward; confirmed and failed never change, nothing goes back."""
        return replace(self, status=status) if _RANK[status] > _RANK[self.status] else self
