"""What a check of an order is: a gate that also has a reason and a sentence to refuse with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.core.book import Book
from cockpit.core.gates import Kind, Words, flag
from cockpit.core.limits import Account, Limits, Reason, Refused
from cockpit.core.market import Market
from cockpit.core.order import Order
from cockpit.core.position import Position


@dataclass(slots=True)
class Asked:
    """One order and all that it is weighed against."""

    order: Order
    market: Market
    book: Book | None
    position: Position
    own: tuple[Order, ...]
    """Our orders of its market that are not proven dead, itself left out."""
    account: Account
    limits: Limits
    approved_limit: int
    """The worst price a person or rule agreed to."""
    lowers: bool
    """Whether it brings the pair nearer to balance and cannot overshoot."""


Says = Callable[[Asked, int, int], str]


def _nothing(_asked: Asked, _have: int, _need: int) -> str:
    return ""


@dataclass(frozen=True, slots=True, eq=False)
class Check(Kind):
    """A gate of an order, with the reason and the sentence it refuses with."""

    reason: Reason = Reason.VENUE
    says: Says = _nothing

    def refusal(self, asked: Asked, have: int, need: int) -> Refused:
        """Return the refusal of an order that this gate does not let through."""
        return Refused(self.reason, self.says(asked, have, need))


def check_flag(reason: Reason, name: str, good: str, opens: str, says: Says) -> Check:
    """Return a check without numbers."""
    kind = flag(name, good, "no", opens)
    return Check(kind.name, kind.shows, kind.opens, reason=reason, says=says)


def check_most(reason: Reason, name: str, unit: Callable[[int], str], opens: Words, says: Says) -> Check:
    """Return a check of a most that is allowed."""
    return Check(name, lambda have, need: f"{unit(have)}, limit {unit(need)}", opens, True, reason, says)


def check_least(reason: Reason, name: str, unit: Callable[[int], str], opens: Words, says: Says) -> Check:
    """Return a check of a least that is needed."""
    return Check(name, lambda have, need: f"{unit(have)}, at least {unit(need)}", opens, True, reason, says)


def number_problem(order: Order, account: Account, approved_limit: int) -> str:
    """Return which number is not a whole one, or nothing: NaN compares false with every limit, and would pass all."""
    for name, value in (("price", order.price), ("size", order.size), ("limit", approved_limit)):
        if type(value) is not int or value <= 0:
            return f"{name} {value!r} is not a whole number above 0"
    for name in _COUNTED:
        value = getattr(account, name)
        if type(value) is not int:
            return f"{name} {value!r} is not a whole number"
    if order.expires_at_ms is not None and type(order.expires_at_ms) is not int:
        return f"expiry {order.expires_at_ms!r} is not a whole number"
    return ""


_COUNTED = ("now_ms", "cash", "exposure", "unhedged", "day_pnl", "event_exposure", "equity", "skew_ms")
"""What of the account is compared with limits."""
