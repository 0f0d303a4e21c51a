"""A total that is worked quietly: its plan is made, or it is refused, before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Market
from cockpit.core.order import OrderType
from cockpit.core.parent import SLICED, Algorithm, How, Parent, Style
from cockpit.core.profile import profile_of
from cockpit.core.slicing.rules import CannotSlice
from cockpit.core.units import LOT, duration_text, price_text, shares_text
from cockpit.desk.placing.prepared import (
    Prepared,
    find_market,
    middle_of,
    number_problem,
    parent_id,
    price_problem,
    size_problem,
    time_problem,
    what_words,
)
from cockpit.desk.working.children import child_of, expiry_of, taking_price, venue_least
from cockpit.desk.working.sender import PASSING

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

LEAST_INTERVAL_MS = 1_000
"""Children come no closer together than this on the average."""
USUAL_CHILDREN = 4
"""Without a word on the largest child a total is cut into so many at least, if the venue's minimum allows."""
WAITS = PASSING - {Reason.NOT_READY, Reason.CLOCK, Reason.NO_MARK}
"""What a parent may begin with: its first child waits until it has passed."""


def prepare_split(desk: Desk, command: cmd.Split) -> Prepared | Refused:
    """Return a parent with its plan, or what is wrong with it."""
    now = desk.clock.now_ms()
    market = find_market(desk, command.market_id)
    if isinstance(market, Refused):
        return market
    if refusal := _typed_problem(desk, market, command):
        return refusal
    parent = Parent(
        id=parent_id(desk),
        market_id=market.id,
        leg=command.leg,
        side=command.side,
        size=command.shares,
        limit=command.limit,
        algorithm=command.algorithm,
        slices=(),
        ends_at_ms=now + command.window_ms,
        created_ms=now,
        arrival_price=middle_of(desk, market.id, command.leg),
        how=_how(desk, market, command, now),
    )
    plan = desk.executor.planner.first(parent)
    if isinstance(plan, CannotSlice):
        return Refused(Reason.CANNOT_SLICE, plan.reason, "total")
    if len(plan) * LEAST_INTERVAL_MS > max(command.window_ms, LEAST_INTERVAL_MS):
        words = f"window {duration_text(command.window_ms)} is too short for {len(plan)} children: a second each"
        return Refused(Reason.BAD_WINDOW, words, "window")
    parent = replace(parent, slices=plan)
    if refusal := sending_problem(desk, parent, plan[0].size):
        return refusal
    what = what_words(desk, market, command.leg, command.side, parent.size)
    limit = f"{'<=' if command.side.name == 'BUY' else '>='} {price_text(parent.limit)}"
    words = f"{parent.id} {what} {limit} by {command.algorithm} over {duration_text(command.window_ms)}"
    return Prepared((parent,), words)


def _typed_problem(desk: Desk, market: Market, command: cmd.Split) -> Refused | None:
    """Return what is wrong with what was typed, whatever the market does."""
    if command.algorithm not in SLICED:
        return Refused(Reason.BAD_TYPE, f"{command.algorithm} is not a way to split", "algo")
    if command.algorithm is Algorithm.ICEBERG and command.style is Style.TAKE:
        return Refused(Reason.BAD_TYPE, "an iceberg shows chunks that rest: its style is rest or top", "style")
    for name, value in (("min", command.min_size), ("max", command.max_size)):
        if type(value) is not int or value < 0 or value % LOT:
            return Refused(Reason.BAD_SIZE, f"{name} {value!r} is not in hundredths of a share", name)
    most = desk.rules.limits.max_order_size
    if command.max_size > most:
        words = f"max {shares_text(command.max_size)} is above MAX_ORDER_SIZE, {shares_text(most)} shares"
        return Refused(Reason.ORDER_SIZE, words, "max")
    if command.max_size and command.min_size > command.max_size:
        words = f"min {shares_text(command.min_size)} is above max {shares_text(command.max_size)}"
        return Refused(Reason.BAD_SIZE, words, "min")
    return (
        number_problem(total=command.shares, limit=command.limit)
        or size_problem(market, command.shares)
        or price_problem(market, command.limit)
        or time_problem(desk, market, command.window_ms, "window")
        or _bounds_problem(desk, market, command)
    )


def _bounds_problem(desk: Desk, market: Market, command: cmd.Split) -> Refused | None:
    """Return that children were asked for that are smaller than the venue takes at the limit."""
    least = venue_least(desk, market.id, command.limit)
    for name, value in (("min", command.min_size), ("max", command.max_size)):
        if 0 < value < least:
            at = f"at {price_text(command.limit)} the venue takes no fewer than {shares_text(least)}"
            return Refused(Reason.BELOW_MINIMUM, f"{name} {shares_text(value)} is too few shares: {at}", name)
    return None


def _how(desk: Desk, market: Market, command: cmd.Split, now: int) -> How:
    """Return how the parent is worked: seeds and profiles are looked up now, and kept with it."""
    how = How(
        style=command.style,
        at_end=command.at_end,
        min_size=command.min_size or desk.rules.min_child,
        max_size=command.max_size or _usual_most(desk, market, command),
        threshold=desk.rules.top_threshold,
    )
    if command.algorithm in (Algorithm.RANDOM, Algorithm.ICEBERG):
        return replace(how, seed=desk.ids.seed(parent_id(desk)))
    if command.algorithm is Algorithm.VWAP:
        state = desk.state
        profile = profile_of(market, now, command.window_ms, state.markets, state.tapes)
        return replace(how, profile=profile.words, curve=profile.curve)
    return how


def _usual_most(desk: Desk, market: Market, command: cmd.Split) -> int:
    """Return the largest child where none was asked for: a part of the total, and room for sizes to differ."""
    least = max(command.min_size or desk.rules.min_child, venue_least(desk, market.id, command.limit))
    part = -(-command.shares // (USUAL_CHILDREN * LOT)) * LOT
    return min(desk.rules.limits.max_order_size, max(part, 2 * least))


def sending_problem(desk: Desk, parent: Parent, first: int) -> Refused | None:
    """Return why a parent could not be worked: not to its end, or not even begun.

    What passes by itself (a book that is stale for the moment) is no reason: its first child waits for it.
    """
    price = taking_price(desk, parent)
    if refusal := desk.guard.check_whole(parent.as_order(parent.size, price)):
        return refusal
    rests = parent.how.style is not Style.TAKE
    now = desk.clock.now_ms()
    kind = OrderType.GTD if rests else OrderType.FAK
    # A pegged order finds its own price: the middle of the book stands for it here.
    price = _resting_price(desk, parent, price) if rests else price
    expires = expiry_of(parent.ends_at_ms, now) if rests else None
    order = child_of(desk, parent, 0, first, price, now, type=kind, expires_at_ms=expires)
    verdict = desk.guard.check(order, parent.limit)
    return verdict if isinstance(verdict, Refused) and verdict.reason not in WAITS else None


def _resting_price(desk: Desk, parent: Parent, furthest: int) -> int:
    if not parent.is_pegged:
        return parent.limit
    market, middle = desk.state.markets[parent.market_id], middle_of(desk, parent.market_id, parent.leg)
    near = market.round_within(middle, parent.side)
    return furthest if parent.side.is_beyond(near, furthest) else near
