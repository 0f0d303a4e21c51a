"""A single order of a person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core.checks import GTD_EARLY_MS
from cockpit.core.limits import MIN_LIFE_MS, Reason, Refused
from cockpit.core.market import Side
from cockpit.core.order import Order, OrderType
from cockpit.core.parent import Algorithm, Parent, Slice
from cockpit.core.units import PRICE_ONE, floor_lot, price_text
from cockpit.desk.placing.prepared import (
    MOST_MS,
    Prepared,
    find_market,
    middle_of,
    number_problem,
    one_order_problem,
    parent_id,
    price_problem,
    size_problem,
    what_words,
)
from cockpit.desk.working.children import ON_ITS_WAY_MS, bound_of, child_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def prepare_place(desk: Desk, command: cmd.Place) -> Prepared | Refused:
    """Return a parent that works one order at its limit, or what is wrong with it."""
    now = desk.clock.now_ms()
    market = find_market(desk, command.market_id)
    if isinstance(market, Refused):
        return market
    if type(command.life_s) is not int or not 0 < command.life_s <= MOST_MS // 1000:
        return Refused(Reason.BAD_LIFE, f"life {command.life_s!r} s is not between 1 and {MOST_MS // 1000}", "life")
    if command.type is OrderType.GTD and command.life_s * 1000 < MIN_LIFE_MS:
        words = f"a GTD order lives at least {MIN_LIFE_MS // 1000} s, not {command.life_s}"
        return Refused(Reason.BAD_LIFE, words, "life")
    if problem := number_problem(size=command.shares, limit=command.limit):
        return problem
    if problem := price_problem(market, command.limit) or size_problem(market, command.shares, "size"):
        return problem
    parent = Parent(
        id=parent_id(desk),
        market_id=market.id,
        leg=command.leg,
        side=command.side,
        size=command.shares,
        limit=command.limit,
        algorithm=Algorithm.LIMIT,
        slices=(Slice(now, command.shares),),
        ends_at_ms=now + command.life_s * 1000,
        created_ms=now,
        arrival_price=middle_of(desk, market.id, command.leg),
        type=command.type,
        post_only=command.post_only,
    )
    refusal = (
        _type_problem(desk, parent)
        or first_problem(desk, parent, now)
        or desk.guard.check_whole(parent.as_order(parent.size, parent.limit))
    )
    if refusal:
        return refusal
    what = what_words(desk, market, command.leg, command.side, parent.size)
    kind = f"{parent.type} post-only" if parent.post_only else parent.type.value
    return Prepared((parent,), f"{parent.id} {what} at {price_text(parent.limit)} {kind}")


def _type_problem(desk: Desk, parent: Parent) -> Refused | None:
    """Return what its type does not allow: to be cut; on the book as it is, to trade at once, or to find nothing."""
    takes = not parent.type.can_rest
    if takes and parent.post_only:
        return Refused(Reason.BAD_TYPE, f"a {parent.type} order never rests: GTD and GTC can be post-only", "post-only")
    if takes and (refusal := one_order_problem(desk, parent.size, f"a {parent.type} order")):
        return refusal
    book = desk.state.books[parent.market_id]
    if not book.synced:
        return None
    best, name = book.best_for(parent.side, parent.leg), "ask" if parent.side is Side.BUY else "bid"
    meets = 0 < best < PRICE_ONE and not parent.side.is_beyond(best, parent.limit)
    quote = f"the best {name} is {price_text(best)}" if 0 < best < PRICE_ONE else f"there is no {name}"
    if parent.post_only and meets:
        return Refused(Reason.BAD_PRICE, f"post-only must not trade at once, and {quote}", "limit")
    if takes and not meets:
        return Refused(Reason.PRICE_MOVED, f"{parent.type} would end with nothing: {quote}", "limit")
    return None


def first_problem(desk: Desk, parent: Parent, now: int) -> Refused | None:
    """Return why the largest order of a LIMIT or COMPLETE parent could not be sent now."""
    verdict = desk.guard.check(order_of(desk, parent, parent.size, now), parent.limit)
    return verdict if isinstance(verdict, Refused) else None


def order_of(desk: Desk, parent: Parent, size: int, now: int) -> Order:
    """Return the order that a LIMIT or COMPLETE parent would send for so many shares: as much as fits in one."""
    return child_of(
        desk,
        parent,
        0,
        floor_lot(min(size, bound_of(desk, parent))),
        parent.limit,
        now,
        type=parent.type,
        post_only=parent.post_only,
        expires_at_ms=parent.ends_at_ms + ON_ITS_WAY_MS + GTD_EARLY_MS if parent.type is OrderType.GTD else None,
    )
