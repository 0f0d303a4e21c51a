"""An order that is kept at the top of the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core.limits import Reason, Refused
from cockpit.core.parent import Algorithm, How, Parent, Slice, Style
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
from cockpit.desk.placing.split import sending_problem
from cockpit.desk.working.bidder import top_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def prepare_bid(desk: Desk, command: cmd.Bid) -> Prepared | Refused:
    """Return a parent for the top bidder, or what is wrong with it."""
    now = desk.clock.now_ms()
    market = find_market(desk, command.market_id)
    if isinstance(market, Refused):
        return market
    refusal = (
        number_problem(total=command.shares, limit=command.limit, show=command.show)
        or size_problem(market, command.shares)
        or price_problem(market, command.limit)
        or _show_problem(desk, market.min_size, command.show)
        or time_problem(desk, market, command.life_ms, "life")
    )
    if refusal:
        return refusal
    parent = Parent(
        id=parent_id(desk),
        market_id=market.id,
        leg=command.leg,
        side=command.side,
        size=command.shares,
        limit=command.limit,
        algorithm=Algorithm.TOP,
        slices=(Slice(now, command.shares),),
        ends_at_ms=now + command.life_ms,
        created_ms=now,
        arrival_price=middle_of(desk, market.id, command.leg),
        how=How(
            style=Style.TOP,
            max_size=command.show,
            threshold=desk.rules.top_threshold,
            stops_beyond=command.stops_beyond,
        ),
    )
    refusal = _beyond_problem(desk, parent) or sending_problem(desk, parent, min(command.show, command.shares))
    if refusal:
        return refusal
    what = what_words(desk, market, command.leg, command.side, parent.size)
    limit = f"{'<=' if command.side.name == 'BUY' else '>='} {price_text(parent.limit)}"
    shown = f"showing {shares_text(command.show)}"
    return Prepared((parent,), f"{parent.id} {what} {limit} at the top, {shown}, for {duration_text(command.life_ms)}")


def _beyond_problem(desk: Desk, parent: Parent) -> Refused | None:
    """Return that a bid that stops when it is outbid beyond its limit would stop at once."""
    found = top_of(desk, parent, parent.limit, parent.created_ms) if parent.how.stops_beyond else None
    if found is None or not found.is_outbid or found.others is None:
        return None
    limit, best = price_text(parent.limit), price_text(found.others)
    return Refused(Reason.PRICE_MOVED, f"others are at {best}, the limit is {limit}: it would stop at once", "limit")


def _show_problem(desk: Desk, least: int, show: int) -> Refused | None:
    most = desk.rules.limits.max_order_size
    if show % LOT or show < least:
        words = f"show {shares_text(show)} is not in hundredths of a share from {shares_text(least)} on"
        return Refused(Reason.BAD_SIZE, words, "show")
    if show > most:
        words = f"show {shares_text(show)} is above MAX_ORDER_SIZE, {shares_text(most)} shares"
        return Refused(Reason.ORDER_SIZE, words, "show")
    return None
