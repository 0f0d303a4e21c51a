"""Pre-trade checks. `Approved[Order]` and `Refused` are different types: what has not passed cannot be sent.

Default deny: a missing book, a missing market or a number that makes no sense refuses. Orders not proven dead count as
filled in the worst way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from cockpit.core.book import Book
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order
from cockpit.core.position import Position
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, money_text, pay, price_text, shares_text


class Reason(StrEnum):
    """Why something was refused: a closed list."""

    HALTED = "HALTED"
    PAIR_HALTED = "PAIR_HALTED"
    NOT_READY = "NOT_READY"
    UNKNOWN_ID = "UNKNOWN_ID"
    UNKNOWN_MARKET = "UNKNOWN_MARKET"
    MARKET_ENDED = "MARKET_ENDED"
    MARKET_CLOSING = "MARKET_CLOSING"
    NO_BOOK = "NO_BOOK"
    STALE_BOOK = "STALE_BOOK"
    CROSSED_BOOK = "CROSSED_BOOK"
    BAD_PRICE = "BAD_PRICE"
    BAD_SIZE = "BAD_SIZE"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    ORDER_SIZE = "ORDER_SIZE"
    POSITION_SIZE = "POSITION_SIZE"
    UNHEDGED = "UNHEDGED"
    EXPOSURE = "EXPOSURE"
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
    VENUE = "VENUE"


@dataclass(frozen=True, slots=True)
class Refused:
    """An expected no: a reason code and a sentence with the numbers."""

    reason: Reason
    detail: str


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Approved(Generic[T]):
    """Something that passed every check. Only `check` makes one."""

    value: T


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the guard. Shares and money in 1/1,000,000."""

    max_position_size: int = 5_000 * SHARE
    max_total_exposure: int = 10_000 * USD
    max_daily_loss: int = 500 * USD
    max_order_size: int = 100 * SHARE
    max_unhedged: int = 500 * SHARE
    max_book_age_ms: int = 5_000
    closing_ms: int = 60_000


@dataclass(frozen=True, slots=True)
class Account:
    """What the checks look at beside the order itself, all of it as of now."""

    now_ms: int
    is_ready: bool
    """Connected, recovered and reconciled."""
    halted: str
    """Why the desk is halted; empty when it is not."""
    pair_halted: str
    cash: int
    """Less what buys in other markets may still take, fees included."""
    exposure: int
    """Cost of everything held plus worst case of every order not proven dead, in money."""
    unhedged: int
    """Sum over all pairs other than the order's of the worst abs(delta), see `worst_imbalance`."""
    day_pnl: int
    has_ended: bool = False


def check(
    order: Order,
    market: Market | None,
    book: Book | None,
    position: Position,
    own: Iterable[Order],
    account: Account,
    limits: Limits,
    approved_limit: int,
) -> Approved[Order] | Refused:
    """Return the order approved, or the first reason against it.

    `own` are our orders of this market that are not proven dead; `approved_limit` is the worst price a person or rule
    agreed to.
    """
    if market is None:
        return Refused(Reason.UNKNOWN_MARKET, f"market {order.market_id} is not known")
    resting = tuple(own)
    for refusal in (
        _state(order, market, account, limits),
        _order(order, market, limits, approved_limit),
        _book(order, book, account, limits),
        _funds(order, position, resting, account, market),
        _sizes(order, position, resting, account, limits),
        _self_cross(order, resting),
    ):
        if refusal is not None:
            return refusal
    return Approved(order)


def is_reducing(order: Order, position: Position) -> bool:
    """Return whether the order lowers the pair's imbalance."""
    sign = 1 if (order.side is Side.BUY) == (order.leg is Leg.YES) else -1
    return abs(position.delta + sign * order.size) < abs(position.delta)


def _state(order: Order, market: Market, account: Account, limits: Limits) -> Refused | None:
    if account.halted:
        return Refused(Reason.HALTED, f"the desk is halted: {account.halted}")
    if not account.is_ready:
        return Refused(Reason.NOT_READY, "the desk is not connected, or has not reconciled with the venue yet")
    if account.pair_halted:
        return Refused(Reason.PAIR_HALTED, account.pair_halted)
    if account.has_ended:
        return Refused(Reason.MARKET_ENDED, f"{market.name} has ended")
    if market.closes_at_ms is not None and market.closes_at_ms - account.now_ms < limits.closing_ms:
        left = max(0, market.closes_at_ms - account.now_ms) // 1000
        return Refused(
            Reason.MARKET_CLOSING, f"{market.name} closes in {left} s, less than {limits.closing_ms // 1000} s"
        )
    if account.day_pnl <= -limits.max_daily_loss:
        lost, allowed = money_text(-account.day_pnl), money_text(limits.max_daily_loss)
        return Refused(Reason.DAILY_LOSS, f"lost {lost} USD today, limit {allowed}")
    return None


def _order(order: Order, market: Market, limits: Limits, approved_limit: int) -> Refused | None:
    if problem := market.price_problem(order.price):
        return Refused(Reason.BAD_PRICE, problem)
    if problem := market.size_problem(order.size):
        is_small = 0 < order.size < market.min_size and order.size % LOT == 0
        return Refused(Reason.BELOW_MINIMUM if is_small else Reason.BAD_SIZE, problem)
    if order.size > limits.max_order_size:
        size, most = shares_text(order.size), shares_text(limits.max_order_size)
        return Refused(Reason.ORDER_SIZE, f"order of {size} shares is above the limit of {most}")
    if order.side.is_beyond(order.price, approved_limit):
        return Refused(
            Reason.LIMIT_PRICE, f"price {price_text(order.price)} is beyond the approved {price_text(approved_limit)}"
        )
    return None


def _book(order: Order, book: Book | None, account: Account, limits: Limits) -> Refused | None:
    if book is None or not book.synced:
        return Refused(Reason.NO_BOOK, "no order book")
    if book.is_crossed:
        return Refused(Reason.CROSSED_BOOK, "the book is crossed")
    age = book.age_ms(account.now_ms)
    if age > limits.max_book_age_ms:
        return Refused(
            Reason.STALE_BOOK, f"the book is {age / 1000:.1f} s old, limit {limits.max_book_age_ms / 1000:.1f} s"
        )
    return None


def _funds(
    order: Order, position: Position, own: tuple[Order, ...], account: Account, market: Market
) -> Refused | None:
    if order.side is Side.SELL:
        promised = sum(o.possible for o in own if o.side is Side.SELL and o.leg is order.leg)
        free = position.holding(order.leg).shares - promised
        if order.size > free:
            return Refused(
                Reason.NOT_HELD,
                f"selling {shares_text(order.size)} shares but only {shares_text(max(free, 0))} are free",
            )
        return None
    needed = pay(order.size, order.price) + market.fees.taker(order.size, order.price)
    promised = sum(pay(o.possible, o.price) + market.fees.taker(o.possible, o.price) for o in own if o.side is Side.BUY)
    if needed > account.cash - promised:
        return Refused(
            Reason.BALANCE, f"needs {money_text(needed)} USD, {money_text(account.cash - promised)} are free"
        )
    return None


def _sizes(
    order: Order, position: Position, own: tuple[Order, ...], account: Account, limits: Limits
) -> Refused | None:
    buys = [o for o in own if o.side is Side.BUY]
    if order.side is Side.BUY:
        held = position.holding(order.leg).shares
        after = held + order.size + sum(o.possible for o in buys if o.leg is order.leg)
        if after > limits.max_position_size:
            return Refused(
                Reason.POSITION_SIZE,
                f"could hold {shares_text(after)} shares, limit {shares_text(limits.max_position_size)}",
            )
        after = account.exposure + pay(order.size, order.price)
        if after > limits.max_total_exposure:
            return Refused(
                Reason.EXPOSURE,
                f"could have {money_text(after)} USD at risk, limit {money_text(limits.max_total_exposure)}",
            )
    before = account.unhedged + worst_imbalance(position, own)
    worst = account.unhedged + worst_imbalance(position, (*own, order))
    # Reducing alone is not enough: many such orders together can overshoot to the other side.
    is_harmless = worst <= before and is_reducing(order, position)
    if worst > limits.max_unhedged and not is_harmless:
        return Refused(
            Reason.UNHEDGED,
            f"could be {shares_text(worst)} shares out of balance, limit {shares_text(limits.max_unhedged)}",
        )
    return None


def worst_imbalance(position: Position, orders: Iterable[Order]) -> int:
    """Return the largest abs(delta) that fills could bring: all that raise it fill, none that lower it."""
    up = down = 0
    for order in orders:
        if (order.side is Side.BUY) == (order.leg is Leg.YES):
            up += order.possible
        else:
            down += order.possible
    return max(abs(position.delta + up), abs(position.delta - down))


def _self_cross(order: Order, own: tuple[Order, ...]) -> Refused | None:
    """Refuse to trade with ourselves, also across legs: a YES bid against our own NO bid is a mint."""
    is_bid, price = _as_yes(order)
    for other in own:
        if not other.possible:
            continue
        other_is_bid, other_price = _as_yes(other)
        if is_bid != other_is_bid and (price >= other_price if is_bid else price <= other_price):
            return Refused(Reason.SELF_CROSS, f"would trade with our own order {other.label}")
    return None


def _as_yes(order: Order) -> tuple[bool, int]:
    if order.leg is Leg.YES:
        return order.side is Side.BUY, order.price
    return order.side is Side.SELL, PRICE_ONE - order.price
