"""The gates an order passes before it may be sent, and `check`, whose answer is that of the first one closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from cockpit.core import check_words as w
from cockpit.core.book import Book
from cockpit.core.check_kinds import Asked, Check, number_problem
from cockpit.core.limits import MIN_LIFE_MS, MOST_SHARES, Account, Approved, Limits, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.position import Position
from cockpit.core.units import LOT, PRICE_ONE, pay, receive
from cockpit.core.worst_case import promised, raises_delta, worst_holding, worst_imbalance

MAX_SKEW_MS = 2_000
"""With a clock further off, expiries and ages mean nothing."""
GTD_EARLY_MS = 60_000
"""The venue ends an order this long before its stated expiry."""
Rows = Iterator[tuple[Check, bool, int, int]]
"""Gates in the order they are asked: which, whether it is open, what there is, what is needed or allowed."""
Group = Callable[[Asked], Rows]


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
    asked = asked_of(order, market, book, position, own, account, limits, approved_limit)
    return _first_closed(asked, _groups()) or Approved(order)


def asked_of(
    order: Order,
    market: Market,
    book: Book | None,
    position: Position,
    own: Iterable[Order],
    account: Account,
    limits: Limits,
    approved_limit: int,
) -> Asked:
    """Return an order and all that it is weighed against."""
    resting = tuple(own)
    lowers = is_lowering(order, position, resting)
    return Asked(order, market, book, position, resting, account, limits, approved_limit, lowers)


def each(asked: Asked) -> Rows:
    """Yield every gate of an order, in the order in which they are asked.

    A gate may rely on what those before it have let through: what cannot be asked because another is closed is left
    out.
    """
    for group in _groups():
        are_open = True
        for row in group(asked):
            are_open = are_open and row[1]
            yield row
        if group is _numbers and not are_open:
            return


def check_whole(
    order: Order,
    market: Market,
    position: Position,
    own: Iterable[Order],
    account: Account,
    limits: Limits,
    beside: Iterable[Order] = (),
) -> Refused | None:
    """Return why an order that is worked in parts could not be worked to its end, as far as that can be said now.

    It is weighed as one order of its whole size: whether it is covered, and what could come of it in the worst case.
    The orders `beside` it, of the same market, begin at the same moment: the account does not know them yet.
    """
    added = tuple(beside)
    account = _with(account, promised(added, market.fees))
    asked = asked_of(order, market, None, position, (*own, *added), account, limits, order.price)
    return _first_closed(asked, _groups_of_whole())


def _groups() -> tuple[Group, ...]:
    return (_numbers, _state, _order, _book, _funds, _sizes, _self_cross, _rate)


def _groups_of_whole() -> tuple[Group, ...]:
    return (_numbers, _state, _funds, _sizes)


def _first_closed(asked: Asked, groups: Iterable[Group]) -> Refused | None:
    for group in groups:
        for gate, is_open, have, need in group(asked):
            if not is_open:
                return gate.refusal(asked, have, need)
    return None


def _with(account: Account, cost: int) -> Account:
    """Return the account with more money at risk in the order's market."""
    exposure, event_exposure = account.exposure + cost, account.event_exposure + cost
    return replace(account, exposure=exposure, event_exposure=event_exposure) if cost else account


def is_lowering(order: Order, position: Position, own: Iterable[Order]) -> bool:
    """Return whether the order brings the pair nearer to balance and cannot, with all others, overshoot."""
    excess = -position.sure_delta if raises_delta(order) else position.sure_delta
    same_way = sum(other.possible for other in own if raises_delta(other) == raises_delta(order))
    return type(order.size) is int and order.size + same_way <= excess


def _numbers(asked: Asked) -> Rows:
    is_whole = not number_problem(asked.order, asked.account, asked.approved_limit)
    yield w.NUMBERS, is_whole, not is_whole, 0
    if is_whole:
        yield w.LARGEST, asked.order.size <= MOST_SHARES, asked.order.size, MOST_SHARES


def _state(asked: Asked) -> Rows:
    account, limits, market, lowers = asked.account, asked.limits, asked.market, asked.lowers
    yield w.HALTED, not account.halted, bool(account.halted), 0
    yield w.READY, account.is_ready, not account.is_ready, 0
    skew = abs(account.skew_ms)
    yield w.CLOCK, skew <= MAX_SKEW_MS, skew, MAX_SKEW_MS
    yield w.PAIR_HALTED, not account.pair_halted, bool(account.pair_halted), 0
    yield w.ENDED, not account.has_ended, account.has_ended, 0
    if market.closes_at_ms is not None:
        left = market.closes_at_ms - account.now_ms
        yield w.CLOSING, left >= limits.closing_ms, left, limits.closing_ms
    yield w.REDUCING, not account.reducing or lowers, bool(account.reducing) and not lowers, 0
    yield w.MARKED, account.is_marked or lowers, not (account.is_marked or lowers), 0
    yield w.DAILY_LOSS, account.day_pnl > -limits.max_daily_loss or lowers, -account.day_pnl, limits.max_daily_loss


def _order(asked: Asked) -> Rows:
    order, market, limits = asked.order, asked.market, asked.limits
    is_valid, is_in_lots = market.is_valid_price(order.price), order.size % LOT == 0
    yield w.PRICE, is_valid, not is_valid, 0
    yield w.SIZE, is_in_lots, not is_in_lots, 0
    yield w.MINIMUM, order.size >= market.min_size, order.size, market.min_size
    yield w.ORDER_SIZE, order.size <= limits.max_order_size, order.size, limits.max_order_size
    is_within = not order.side.is_beyond(order.price, asked.approved_limit)
    yield w.LIMIT_PRICE, is_within, order.price, asked.approved_limit
    can_be = order.can_rest or not order.post_only
    yield w.TYPE, can_be, not can_be, 0
    if order.type is OrderType.GTD:
        life = (order.expires_at_ms or 0) - GTD_EARLY_MS - asked.account.now_ms
        yield w.LIFE, life >= MIN_LIFE_MS, life, MIN_LIFE_MS
    if asked.account.equity > 0:
        # A large part of all there is was rather typed wrong than meant.
        value = pay(order.size, order.price) if order.side is Side.BUY else receive(order.size, order.price)
        most = asked.account.equity * limits.max_order_share // 10_000
        yield w.WORTH, value <= most, value, most


def _book(asked: Asked) -> Rows:
    book, order, limits = asked.book, asked.order, asked.limits
    if book is None or not book.synced:
        yield w.BOOK, False, 1, 0
        return
    yield w.BOOK, True, 0, 0
    yield w.CROSSED, not book.is_crossed, book.is_crossed, 0
    age, middle = book.age_ms(asked.account.now_ms), book.middle(order.leg)
    yield w.AGE, age <= limits.max_book_age_ms, age, limits.max_book_age_ms
    # A price far beyond the middle of the book was rather typed wrong than meant.
    furthest = middle + limits.price_collar if order.side is Side.BUY else middle - limits.price_collar
    yield w.COLLAR, not order.side.is_beyond(order.price, furthest), order.price, furthest


def _funds(asked: Asked) -> Rows:
    order, own, fees = asked.order, asked.own, asked.market.fees
    if order.side is Side.SELL:
        taken = sum(o.possible for o in own if o.side is Side.SELL and o.leg is order.leg)
        free = asked.position.sellable(order.leg) - taken
        yield w.HELD, order.size <= free, free, order.size
        return
    needed = pay(order.size, order.price) + fees.taker(order.size, order.price)
    free = asked.account.cash - promised(own, fees)
    yield w.BALANCE, needed <= free, free, needed


def _sizes(asked: Asked) -> Rows:
    order, own, account, limits = asked.order, asked.own, asked.account, asked.limits
    if order.side is Side.BUY:
        after = worst_holding(asked.position, order.leg, own) + order.size
        yield w.POSITION_SIZE, after <= limits.max_position_size, after, limits.max_position_size
        cost = promised((order,), asked.market.fees)
        total, of_event = account.exposure + cost, account.event_exposure + cost
        yield w.EXPOSURE, total <= limits.max_total_exposure, total, limits.max_total_exposure
        yield w.EVENT_EXPOSURE, of_event <= limits.max_event_exposure, of_event, limits.max_event_exposure
    worst = account.unhedged + worst_imbalance(asked.position, (*own, order))
    yield w.UNHEDGED, worst <= limits.max_unhedged or asked.lowers, worst, limits.max_unhedged


def _self_cross(asked: Asked) -> Rows:
    """Refuse to trade with ourselves, also across legs: a YES bid against our own NO bid is a mint."""
    is_bid, price = _as_yes(asked.order)
    found = 0
    for number, other in enumerate(asked.own, 1):
        if not other.possible:
            continue
        other_is_bid, other_price = _as_yes(other)
        if is_bid != other_is_bid and (price >= other_price if is_bid else price <= other_price):
            found = number
            break
    yield w.SELF_CROSS, not found, found, 0


def _as_yes(order: Order) -> tuple[bool, int]:
    if order.leg is Leg.YES:
        return order.side is Side.BUY, order.price
    return order.side is Side.SELL, PRICE_ONE - order.price


def _rate(asked: Asked) -> Rows:
    yield w.RATE, asked.account.has_rate, not asked.account.has_rate, 0
