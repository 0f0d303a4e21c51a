"""Slicers that take, on a given stream of trades: the desk's own code, but every child fills at once and in full.

What is left of a desk here is its state, its fold and a clock that is set. `Slicer`, `Planner` and `Taking` are those
that a desk works with, so nothing of their rules is copied: when a child is due, how large it is, how a plan is made
anew from the volume that was seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import cast

import common  # noqa: F401 - puts the checkout on the path

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.fold import apply
from cockpit.core.limits import Approved, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.parent import Algorithm, AtEnd, How, Parent, Style
from cockpit.core.slicing.rules import CannotSlice
from cockpit.core.state import State
from cockpit.core.units import SHARE, pay
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.desk.working.bidder import Bidder
from cockpit.desk.working.keeper import Keeper
from cockpit.desk.working.planner import Planner
from cockpit.desk.working.sender import PASSING, Sender
from cockpit.desk.working.slicer import Slicer
from cockpit.desk.working.taking import Taking

START_MS = 1_800_000_000_000
MARKET = Market("m", "benchmark", "benchmark", ("1", "2"))
LIMIT = 9_900
_RULES = DeskRules()
_RULES = replace(_RULES, limits=replace(_RULES.limits, max_order_size=100_000 * SHARE, price_collar=10_000))


@dataclass(frozen=True, slots=True)
class Print:
    """One trade of the market: when, at which YES price (1/10,000 USD), how many shares (1/1,000,000)."""

    at_ms: int
    price: int
    shares: int


@dataclass(frozen=True, slots=True)
class Child:
    """One child that was sent, and filled."""

    at_ms: int
    shares: int


class _Fills(Sender):
    """Fills whatever is sent."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.children: list[Child] = []

    def send(
        self,
        parent: Parent,
        order: Order,
        number: int,
        verdict: Approved[Order] | Refused | None = None,
        waits: Collection[Reason] = PASSING,
    ) -> bool:
        now, record = self._desk.clock.now_ms(), self._desk.record
        if order.size <= 0:
            record(ev.SliceSkipped(now, parent.id, number, Reason.BELOW_MINIMUM, "nothing is due"))
            return True
        record(ev.OrderSending(now, order))
        terms = (order.leg, order.side, order.price, order.size, pay(order.size, order.price))
        trade = f"t{len(self.children)}"
        record(ev.FillSeen(now, Fill(trade, order.id, "m", *terms, 0, True, now, FillStatus.CONFIRMED)))
        record(ev.OrderMoved(now, order.id, OrderState.FILLED, "", order.size))
        self.children.append(Child(now, order.size))
        return True


class Pacer:
    """One parent that takes, from its start to its end."""

    def __init__(self, seed: int = 0) -> None:
        self.now_ms = START_MS
        self.state = State(mode="practice", account="benchmark", seed=None)
        stand_in = SimpleNamespace(
            state=self.state,
            rules=_RULES,
            ids=SeededIds(seed),
            venue=SimpleNamespace(account="benchmark"),
            clock=SimpleNamespace(now_ms=lambda: self.now_ms),
            guard=SimpleNamespace(check=lambda order, _limit: Approved(order)),
            record=lambda event: apply(self.state, event),
            note=lambda *_words: None,
        )
        self._desk = cast(Desk, stand_in)
        apply(self.state, ev.MarketListed(START_MS, MARKET))
        self.state.books["m"] = Book("m")
        self._sender = _Fills(self._desk)
        keeper, self._planner = Keeper(self._desk, self._sender), Planner(self._desk)
        taking = Taking(self._desk, self._sender, self._planner)
        self._slicer = Slicer(self._desk, keeper, Bidder(self._desk, keeper), self._planner, taking)

    def start(self, algorithm: Algorithm, total: int, window_ms: int, bounds: tuple[int, int], how: How) -> None:
        """Begin a parent now. `how` says the rest: seed, profile."""
        how = replace(how, style=Style.TAKE, at_end=AtEnd.CROSS, min_size=bounds[0], max_size=bounds[1])
        end, now = self.now_ms + window_ms, self.now_ms
        parent = Parent("P", "m", Leg.YES, Side.BUY, total, LIMIT, algorithm, (), end, now, how=how)
        plan = self._planner.first(parent)
        assert not isinstance(plan, CannotSlice), plan
        apply(self.state, ev.ParentStarted(self.now_ms, replace(parent, slices=plan)))

    def work(self, prints: Sequence[Print], until_ms: int) -> list[Child]:
        """Let the trades happen and the slicer work until it has ended; return its children."""
        due, position = self.now_ms, 0
        while due < until_ms and (parent := self.state.parents["P"]).is_open:
            while position < len(prints) and prints[position].at_ms <= due:
                self.tell(prints[position])
                position += 1
            self.now_ms = due
            wait = self._slicer.work(parent, due)
            due += max(1, round(wait * 1000))
        return self._sender.children

    def tell(self, trade: Print) -> None:
        """Take one trade of the market."""
        self.now_ms = trade.at_ms
        apply(self.state, ev.TradePrinted(trade.at_ms, "m", Leg.YES, True, trade.price, trade.shares, trade.at_ms))
