"""Orders a person places without a suggestion, and their change of mind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.limits import MIN_LIFE_MS, Reason, Refused
from cockpit.core.market import Side
from cockpit.core.order import OrderType, Parent, ParentState, Slice
from cockpit.core.units import floor_lot, price_text, shares_text
from cockpit.desk.resting import LIMIT, Resting

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MOST_LIFE_S = 7 * 86_400


class ByHand:
    """Turns what a person typed into a parent order, or says what is wrong with it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._resting = Resting(desk)

    def place(self, command: cmd.Place) -> str | Refused:
        """Start a parent that works one order at its limit."""
        desk, now = self._desk, self._desk.clock.now_ms()
        market = desk.state.markets.get(command.market_id)
        if market is None:
            return Refused(Reason.UNKNOWN_MARKET, f"market {command.market_id[:12]} is not known")
        if type(command.life_s) is not int or not 0 < command.life_s <= MOST_LIFE_S:
            return Refused(Reason.BAD_LIFE, f"life {command.life_s!r} s is not between 1 and {MOST_LIFE_S}")
        if command.type is OrderType.GTD and command.life_s * 1000 < MIN_LIFE_MS:
            return Refused(Reason.BAD_LIFE, f"a GTD order lives at least {MIN_LIFE_MS // 1000} s, not {command.life_s}")
        for name, value in (("size", command.shares), ("limit", command.limit)):
            if type(value) is not int or value <= 0:
                return Refused(Reason.BAD_NUMBER, f"{name} {value!r} is not a whole number above 0")
        book = desk.state.books[market.id]
        parent = Parent(
            id=f"P-{len(desk.state.parents) + 1:04d}",
            market_id=market.id,
            leg=command.leg,
            side=command.side,
            size=command.shares,
            limit=command.limit,
            algorithm=LIMIT,
            slices=(Slice(now, command.shares),),
            ends_at_ms=now + command.life_s * 1000,
            created_ms=now,
            arrival_price=book.best_for(command.side, command.leg) if book.synced else 0,
            type=command.type,
            post_only=command.post_only,
        )
        if not market.is_valid_price(command.limit):
            return Refused(Reason.BAD_PRICE, market.price_problem(command.limit))
        first = min(floor_lot(command.shares), desk.rules.limits.max_order_size)
        if problem := market.size_problem(command.shares):
            return Refused(Reason.BAD_SIZE, problem)
        verdict = desk.guard.check(self._resting.child(parent, 0, first, now), command.limit)
        if isinstance(verdict, Refused):
            return verdict
        desk.record(ev.ParentStarted(now, parent, command.id))
        what = f"{command.side.name.lower()} {shares_text(parent.size)} {market.outcomes[command.leg]} {market.name}"
        words = f"{parent.id} {what} at {price_text(parent.limit)} {parent.type}"
        desk.note("info", f"{words}, by a person")
        return words

    def amend(self, command: cmd.Amend) -> str | Refused:
        """Change a parent's limit: `resting` cancels what is at the old one, and replaces it once it is proven dead."""
        desk = self._desk
        parent = desk.state.parents.get(command.parent_id)
        if parent is None or not parent.is_open:
            return Refused(Reason.UNKNOWN_ID, f"no open parent {command.parent_id[:12]}")
        if parent.algorithm != LIMIT or parent.state not in (ParentState.WORKING, ParentState.PAUSED):
            return Refused(Reason.BAD_TYPE, f"{parent.id} is worked by {parent.algorithm}: its limit stays as approved")
        market = desk.state.markets[parent.market_id]
        if type(command.limit) is not int or not market.is_valid_price(command.limit):
            is_number = type(command.limit) is int
            problem = market.price_problem(command.limit) if is_number else f"limit {command.limit!r} is no price"
            return Refused(Reason.BAD_PRICE, problem)
        desk.record(ev.ParentAmended(desk.clock.now_ms(), parent.id, command.limit))
        side = "at most" if parent.side is Side.BUY else "at least"
        words = f"{parent.id} limit is now {side} {price_text(command.limit)}"
        desk.note("info", words)
        return words
