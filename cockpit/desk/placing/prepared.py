"""What the placing of every kind of order shares: what comes out of it, and the checks they all begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.entry import Entry
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.parent import Parent
from cockpit.core.units import duration_text, shares_text

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MOST_MS = 7 * 86_400_000
"""Nothing is worked for longer than a week."""
LEAST_MS = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be started: nothing of it has happened yet."""

    parents: tuple[Parent, ...]
    words: str
    facts: tuple[ev.Event, ...] = ()
    """What is recorded before the parents."""
    entry: Entry | None = None


def parent_id(desk: Desk, offset: int = 1) -> str:
    """Return the id of the next parent, or of one after it."""
    return f"P-{len(desk.state.parents) + offset:04d}"


def middle_of(desk: Desk, market_id: str, leg: Leg) -> int:
    """Return the middle of a leg's book, rounded half up: what parents are measured against. 0 without both sides."""
    book = desk.state.books[market_id]
    if not book.synced or not book.is_two_sided:
        return 0
    return (book.bid(leg) + book.ask(leg) + 1) // 2


def find_market(desk: Desk, market_id: str) -> Market | Refused:
    """Return a market that runs."""
    market = desk.state.markets.get(market_id)
    if market is None:
        return Refused(Reason.UNKNOWN_MARKET, f"market {market_id[:12]} is not known", "market")
    if desk.state.is_over(market_id):
        return Refused(Reason.MARKET_ENDED, f"{market.name} has ended", "market")
    return market


def number_problem(**values: object) -> Refused | None:
    """Return the first of these values that is not a whole number above 0."""
    for name, value in values.items():
        if type(value) is not int or value <= 0:
            return Refused(Reason.BAD_NUMBER, f"{name} {value!r} is not a whole number above 0", name)
    return None


def price_problem(market: Market, price: int, field: str = "limit") -> Refused | None:
    """Return why an order may not carry a price."""
    return None if market.is_valid_price(price) else Refused(Reason.BAD_PRICE, market.price_problem(price), field)


def size_problem(market: Market, shares: int, field: str = "total") -> Refused | None:
    """Return why an order may not be of a size."""
    problem = market.size_problem(shares)
    return Refused(Reason.BAD_SIZE, problem, field) if problem else None


def one_order_problem(desk: Desk, shares: int, what: str, field: str = "size") -> Refused | None:
    """Return that what leaves as one order, or not at all, is larger than the largest order."""
    most = desk.rules.limits.max_order_size
    if shares <= most:
        return None
    words = f"{what} of {shares_text(shares)} shares leaves as one, and MAX_ORDER_SIZE is {shares_text(most)} shares"
    return Refused(Reason.ORDER_SIZE, words, field)


def time_problem(desk: Desk, market: Market, ms: object, field: str, then_ms: int = 0) -> Refused | None:
    """Return why nothing can be worked for so long: too short, too long, or beyond the market's end.

    After it, `then_ms` more are needed to complete it.
    """
    if type(ms) is not int or not LEAST_MS <= ms <= MOST_MS:
        shown = duration_text(ms) if type(ms) is int else repr(ms)
        allowed = f"{duration_text(LEAST_MS)} to {duration_text(MOST_MS)}"
        return Refused(Reason.BAD_WINDOW, f"{field} {shown} is not between {allowed}", field)
    if market.closes_at_ms is None:
        return None
    left = market.closes_at_ms - desk.rules.limits.closing_ms - desk.clock.now_ms() - then_ms
    if left < LEAST_MS:
        return Refused(Reason.MARKET_CLOSING, f"{market.name} is about to close", "market")
    if ms <= left:
        return None
    words = f"{field} {duration_text(ms)} is too long: {market.name} can be traded for another {duration_text(left)}"
    kept = f", for the last {duration_text(then_ms)} are kept to complete it" if then_ms else ""
    return Refused(Reason.BAD_WINDOW, words + kept, field)


def what_words(desk: Desk, market: Market, leg: Leg, side: Side, shares: int) -> str:
    """Return `buy 100 Yes Harbour bill`."""
    return f"{side.name.lower()} {shares_text(shares)} {market.outcomes[leg]} {market.name}"
