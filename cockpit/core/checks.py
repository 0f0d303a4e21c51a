"""The single checks an order passes before it may be sent, and `check`, which asks them all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cockpit.core.book import Book
from cockpit.core.limits import MIN_LIFE_MS, MOST_SHARES, Account, Approved, Limits, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.position import Position
from cockpit.core.units import LOT, PRICE_ONE, money_text, pay, price_text, receive, shares_text
from cockpit.core.worst_case import promised, raises_delta, worst_holding, worst_imbalance

MAX_SKEW_MS = 2_000
"""With a clock further off, expiries and ages mean nothing."""
GTD_EARLY_MS = 60_000
"""The venue ends an order this long before its stated expiry."""
_COUNTED = ("now_ms", "cash", "exposure", "unhedged", "day_pnl", "event_exposure", "equity", "skew_ms")
"""What of the account is compared with limits."""


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
    lowers = is_lowering(order, position, resting)
    # One after the other: a check may rely on what those before it have let through.
    return (
        _numbers(order, account, approved_limit)
        or _state(order, market, account, limits, lowers=lowers)
        or _order(order, market, account, limits, approved_limit)
        or _book(order, market, book, account, limits)
        or _funds(order, position, resting, account, market)
        or _sizes(order, position, resting, account, limits, market, lowers=lowers)
        or _self_cross(order, resting)
        or _rate(account)
        or Approved(order)
    )


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
    resting = (*own, *added)
    account = _with(account, promised(added, market.fees))
    lowers = is_lowering(order, position, resting)
    return (
        _numbers(order, account, order.price)
        or _state(order, market, account, limits, lowers=lowers)
        or _funds(order, position, resting, account, market)
        or _sizes(order, position, resting, account, limits, market, lowers=lowers)
    )


def _with(account: Account, cost: int) -> Account:
    """Return the account with more money at risk in the order's market."""
    exposure, event_exposure = account.exposure + cost, account.event_exposure + cost
    return replace(account, exposure=exposure, event_exposure=event_exposure) if cost else account


def is_lowering(order: Order, position: Position, own: Iterable[Order]) -> bool:
    """Return whether the order brings the pair nearer to balance and cannot, with all others, overshoot."""
    excess = -position.sure_delta if raises_delta(order) else position.sure_delta
    same_way = sum(other.possible for other in own if raises_delta(other) == raises_delta(order))
    return type(order.size) is int and order.size + same_way <= excess


def _numbers(order: Order, account: Account, approved_limit: int) -> Refused | None:
    """Refuse what is not a whole number: NaN compares false with every limit, and would pass them all."""
    for name, value in (("price", order.price), ("size", order.size), ("limit", approved_limit)):
        if type(value) is not int or value <= 0:
            return Refused(Reason.BAD_NUMBER, f"{name} {value!r} is not a whole number above 0")
    counted = [(name, getattr(account, name)) for name in _COUNTED]
    if order.expires_at_ms is not None:
        counted.append(("expiry", order.expires_at_ms))
    for name, value in counted:
        if type(value) is not int:
            return Refused(Reason.BAD_NUMBER, f"{name} {value!r} is not a whole number")
    if order.size > MOST_SHARES:
        size, most = shares_text(order.size), shares_text(MOST_SHARES)
        return Refused(Reason.FAT_FINGER, f"an order of {size} shares is never right: at most {most}")
    return None


def _state(order: Order, market: Market, account: Account, limits: Limits, *, lowers: bool) -> Refused | None:
    if account.halted:
        return Refused(Reason.HALTED, f"the desk is halted: {account.halted}")
    if not account.is_ready:
        return Refused(Reason.NOT_READY, "the desk is not connected, or has not reconciled with the venue yet")
    if abs(account.skew_ms) > MAX_SKEW_MS:
        off = account.skew_ms / 1000
        return Refused(Reason.CLOCK, f"the venue's clock is {off:+.1f} s from ours, at most {MAX_SKEW_MS // 1000} s")
    if account.pair_halted:
        return Refused(Reason.PAIR_HALTED, account.pair_halted)
    if account.has_ended:
        return Refused(Reason.MARKET_ENDED, f"{market.name} has ended")
    if market.closes_at_ms is not None and market.closes_at_ms - account.now_ms < limits.closing_ms:
        left = max(0, market.closes_at_ms - account.now_ms) // 1000
        return Refused(
            Reason.MARKET_CLOSING, f"{market.name} closes in {left} s, less than {limits.closing_ms // 1000} s"
        )
    if account.reducing and not lowers:
        return Refused(Reason.REDUCING, f"only orders that lower the exposure are sent: {account.reducing}")
    if not account.is_marked and not lowers:
        return Refused(Reason.NO_MARK, f"too few bids for what is held of {market.name}: nobody knows its worth")
    if account.day_pnl <= -limits.max_daily_loss and not lowers:
        lost, allowed = money_text(-account.day_pnl), money_text(limits.max_daily_loss)
        return Refused(Reason.DAILY_LOSS, f"lost {lost} USD today, limit {allowed}")
    return None


def _order(order: Order, market: Market, account: Account, limits: Limits, approved_limit: int) -> Refused | None:
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
    if order.post_only and not order.can_rest:
        return Refused(Reason.BAD_TYPE, f"a {order.type} order cannot be post-only: it never rests")
    return _life(order, account) or _worth(order, account, limits)


def _life(order: Order, account: Account) -> Refused | None:
    if order.type is not OrderType.GTD:
        return None
    life = (order.expires_at_ms or 0) - GTD_EARLY_MS - account.now_ms
    if life < MIN_LIFE_MS:
        left = max(life, 0) // 1000
        return Refused(Reason.BAD_LIFE, f"the order would live {left} s, at least {MIN_LIFE_MS // 1000} s are needed")
    return None


def _worth(order: Order, account: Account, limits: Limits) -> Refused | None:
    """Refuse an order that is a large part of all there is, unless limits allow it: rather typed wrong than meant."""
    value = pay(order.size, order.price) if order.side is Side.BUY else receive(order.size, order.price)
    most = account.equity * limits.max_order_share // 10_000
    if account.equity > 0 and value > most:
        return Refused(
            Reason.FAT_FINGER, f"{money_text(value)} USD are more than one order may move: {money_text(most)}"
        )
    return None


def _book(order: Order, market: Market, book: Book | None, account: Account, limits: Limits) -> Refused | None:
    if book is None or not book.synced:
        return Refused(Reason.NO_BOOK, "no order book")
    if book.is_crossed:
        return Refused(Reason.CROSSED_BOOK, "the book is crossed")
    age = book.age_ms(account.now_ms)
    if age > limits.max_book_age_ms:
        return Refused(
            Reason.STALE_BOOK, f"the book is {age / 1000:.1f} s old, limit {limits.max_book_age_ms / 1000:.1f} s"
        )
    return _collar(order, market, book, limits)


def _collar(order: Order, market: Market, book: Book, limits: Limits) -> Refused | None:
    """Refuse a price far beyond the middle of the book."""
    middle = book.middle(order.leg)
    furthest = middle + limits.price_collar if order.side is Side.BUY else middle - limits.price_collar
    if order.side.is_beyond(order.price, furthest):
        most, allowed = "most" if order.side is Side.BUY else "least", market.round_within(furthest, order.side)
        return Refused(
            Reason.COLLAR,
            f"price {price_text(order.price)} is more than {price_text(limits.price_collar)} beyond the middle "
            f"{price_text(middle)}: at {most} {price_text(allowed)} now",
        )
    return None


def _funds(
    order: Order, position: Position, own: tuple[Order, ...], account: Account, market: Market
) -> Refused | None:
    if order.side is Side.SELL:
        held = position.holding(order.leg)
        taken = sum(o.possible for o in own if o.side is Side.SELL and o.leg is order.leg)
        free = position.sellable(order.leg) - taken
        if order.size > free:
            more = f", {shares_text(held.coming)} more are not confirmed yet" if held.coming else ""
            more += f", {shares_text(position.merging)} are being merged" if position.merging else ""
            return Refused(
                Reason.NOT_HELD,
                f"selling {shares_text(order.size)} shares but only {shares_text(max(free, 0))} are free{more}",
            )
        return None
    needed = pay(order.size, order.price) + market.fees.taker(order.size, order.price)
    free = account.cash - promised(own, market.fees)
    if needed > free:
        return Refused(Reason.BALANCE, f"needs {money_text(needed)} USD, {money_text(free)} are free")
    return None


def _sizes(
    order: Order,
    position: Position,
    own: tuple[Order, ...],
    account: Account,
    limits: Limits,
    market: Market,
    *,
    lowers: bool,
) -> Refused | None:
    if order.side is Side.BUY:
        after = worst_holding(position, order.leg, own) + order.size
        if after > limits.max_position_size:
            return Refused(
                Reason.POSITION_SIZE,
                f"could hold {shares_text(after)} shares, limit {shares_text(limits.max_position_size)}",
            )
        cost = promised((order,), market.fees)
        for reason, before, limit, where in (
            (Reason.EXPOSURE, account.exposure, limits.max_total_exposure, ""),
            (Reason.EVENT_EXPOSURE, account.event_exposure, limits.max_event_exposure, " in its event"),
        ):
            if before + cost > limit:
                return Refused(
                    reason, f"could have {money_text(before + cost)} USD at risk{where}, limit {money_text(limit)}"
                )
    worst = account.unhedged + worst_imbalance(position, (*own, order))
    if worst > limits.max_unhedged and not lowers:
        return Refused(
            Reason.UNHEDGED,
            f"could be {shares_text(worst)} shares out of balance, limit {shares_text(limits.max_unhedged)}",
        )
    return None


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


def _rate(account: Account) -> Refused | None:
    if account.has_rate:
        return None
    return Refused(Reason.RATE, "the venue's rate limit for orders is used up for the moment")
