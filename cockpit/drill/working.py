"""Whether parents are worked as they were asked to be: counted again from the plans and the orders that were decided.

The desk's own planners, pegs and sums are not used: what a child may be is worked out from the facts alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.entry import Entry, EntryKind
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order
from cockpit.core.parent import SLICED, Algorithm, AtEnd, Parent, ParentState, Slice, Style
from cockpit.core.state import State
from cockpit.core.units import LOT, PRICE_ONE

if TYPE_CHECKING:
    from cockpit.drill.universe import Universe

HURRY_MS = 30_000
"""So long before its end at most a parent may be ahead of its plan, to cross what is left."""
LEFT_FOR_MS = 3_600_000


class Working:
    """Watches plans, children and entries."""

    def __init__(self, universe: Universe, fail: Callable[[str, str], None]) -> None:
        self._universe = universe
        self._fail = fail
        self._plans: dict[str, tuple[Slice, ...]] = {}
        self._done: dict[str, int] = {}
        """Parent id -> what was done when its plan was made."""
        self._sent: dict[str, set[int]] = {}
        """Parent id -> slices that were taken."""

    def restart(self, state: State) -> None:
        """A new life goes on with the plans there are; what was decided and never became durable has not happened."""
        self._plans = {p.id: p.slices[p.planned_from :] for p in state.parents.values()}
        self._done = {p.id: p.planned_done for p in state.parents.values()}
        self._sent = {p: {state.orders[c].slice_index for c in state.children.get(p, ())} for p in state.parents}

    def seen(self, event: ev.Event) -> None:
        """The desk has folded an event."""
        if isinstance(event, ev.ParentStarted):
            self._plans[event.parent.id], self._done[event.parent.id] = event.parent.slices, 0
            self._sent[event.parent.id] = set()
            self._first(event.parent)
            self._planned(event.parent, event.parent.slices, event.parent.size)
        elif isinstance(event, ev.ParentPlanned):
            parent = self._universe.desk.state.parents[event.parent_id]
            self._plans[parent.id], self._done[parent.id] = event.slices, event.done
            self._planned(parent, event.slices, parent.size - event.done)
        elif isinstance(event, ev.EntryStarted):
            self._entered(event.entry)

    def decided(self, order: Order) -> None:
        """An order of a parent was decided."""
        state = self._universe.desk.state
        parent = state.parents.get(order.parent_id)
        if parent is None:
            return
        if parent.state is not ParentState.WORKING:
            self._fail("PS7", f"{order.label} is decided although {parent.id} is {parent.state}")
        if parent.algorithm in SLICED:
            self._slice(order, parent, state)
        if parent.is_pegged and order.post_only:
            self._top(order, state)
        if parent.algorithm is Algorithm.COMPLETE:
            self._completing(order, parent, state)

    # ---- plans ----

    def _first(self, parent: Parent) -> None:
        """What a parent begins with is all of it, to the micro-share; of an iceberg it is one chunk."""
        total = sum(piece.size for piece in parent.slices)
        if parent.algorithm in SLICED and parent.algorithm is not Algorithm.ICEBERG and total != parent.size:
            self._fail("PS7", f"{parent.id} plans {total}, not {parent.size}")

    def _planned(self, parent: Parent, slices: tuple[Slice, ...], left: int) -> None:
        total, how = sum(piece.size for piece in slices), parent.how
        if total > left and parent.algorithm in SLICED:
            self._fail("PS7", f"{parent.id} plans {total} of {left}")
        if parent.algorithm not in SLICED or parent.suggestion_id:
            return
        for piece in slices:
            is_rest = parent.algorithm is Algorithm.ICEBERG and piece.size // LOT == left // LOT
            if piece.size % LOT or piece.size > how.max_size or (piece.size < how.min_size and not is_rest):
                self._fail("PS7", f"{parent.id} plans a child of {piece.size}")
            if not parent.created_ms <= piece.at_ms <= parent.ends_at_ms:
                self._fail("PS7", f"{parent.id} plans a child outside its window")
            if piece.size >= parent.size:
                self._fail("PS7", f"{parent.id} plans to send all of it at once")

    def _slice(self, order: Order, parent: Parent, state: State) -> None:
        now = self._universe.now_ms()
        until = parent.ends_at_ms + (LEFT_FOR_MS if parent.how.at_end is AtEnd.LEAVE else 0)
        if now > until:
            self._fail("PS7", f"{order.label} is sent {now - until} ms after the window of {parent.id}")
        most = parent.how.max_size
        if order.size % LOT or (most and order.size > most):
            self._fail("PS7", f"{order.label} is of {order.size}, at most {most} are wanted")
        if order.size >= parent.size and not parent.suggestion_id:
            self._fail("PS7", f"{order.label} is all of {parent.id} at once")
        self._once(order, parent)
        if now < parent.ends_at_ms - HURRY_MS and not parent.suggestion_id:
            self._ahead(order, parent, state, now)

    def _once(self, order: Order, parent: Parent) -> None:
        """A slice that is taken is taken once; at the end of the plan what is left is tried again."""
        first = parent.planned_from
        is_planned = order.slice_index < first + len(self._plans[parent.id])
        if parent.how.style is Style.TAKE and is_planned and order.slice_index in self._sent[parent.id]:
            self._fail("PS7", f"{order.label} sends slice {order.slice_index} of {parent.id} again")
        self._sent[parent.id].add(order.slice_index)

    def _ahead(self, order: Order, parent: Parent, state: State, now: int) -> None:
        """Nothing is sent before its slice has begun."""
        begun = sum(piece.size for piece in self._plans[parent.id] if piece.at_ms <= now)
        children = [child for child in state.children_of(parent.id) if child.id != order.id]
        out = sum(child.filled + child.possible for child in children) + order.size
        if out > self._done[parent.id] + begun + self._dust(parent):
            self._fail("PS7", f"{order.label} brings {parent.id} to {out}, {self._done[parent.id] + begun} are due")

    def _dust(self, parent: Parent) -> int:
        """Return what the last child may take along: less than the venue takes as an order of its own."""
        return self._universe.desk.state.markets[parent.market_id].min_size

    # ---- the top of the book ----

    def _top(self, order: Order, state: State) -> None:
        """A pegged order neither crosses nor outbids anybody by more than a tick, least of all ourselves."""
        book, market = state.books[order.market_id], state.markets[order.market_id]
        is_bid = (order.side is Side.BUY) == (order.leg is Leg.YES)
        price = order.price if order.leg is Leg.YES else PRICE_ONE - order.price
        if (price >= book.best_ask) if is_bid else (price <= book.best_bid):
            self._fail("PS2", f"{order.label} at {order.price} would cross")
        left = dict(book.bids if is_bid else book.asks)
        for other in state.live_orders(order.market_id):
            at = other.price if other.leg is Leg.YES else PRICE_ONE - other.price
            if other.id != order.id and ((other.side is Side.BUY) == (other.leg is Leg.YES)) == is_bid and at in left:
                left[at] -= other.possible
        others = [at for at, shares in left.items() if shares > 0]
        if not others:
            return
        best = max(others) if is_bid else min(others)
        if (price > best + market.tick) if is_bid else (price < best - market.tick):
            self._fail("PS2", f"{order.label} at {order.price} outbids by more than a tick: others are at {best}")

    # ---- entries ----

    def _entered(self, entry: Entry) -> None:
        """What an entry locks after fees is at least the minimum, exactly."""
        state, least = self._universe.desk.state, self._universe.desk.rules.entry.min_spread
        fees = state.markets[entry.market_id].fees
        costs = entry.shares * sum(entry.prices)
        for leg in Leg:
            if entry.kind is EntryKind.TAKER_TAKER or (entry.kind is EntryKind.MAKER_TAKER and leg is not entry.first):
                costs += fees.taker(entry.shares, entry.prices[leg]) * PRICE_ONE
        if entry.shares * (PRICE_ONE - least) < costs:
            self._fail("AP1", f"{entry.id} leaves less than {least} a pair")

    def _completing(self, order: Order, parent: Parent, state: State) -> None:
        """The second leg completes what the first has filled, and on unproven fills no more than is allowed."""
        first = next(p for p in state.parents.values() if p.entry_id == parent.entry_id and p.id != parent.id)
        out = sum(child.filled + child.possible for child in state.children_of(parent.id) if child.id != order.id)
        filled = proven = 0
        for fill in state.fills.values():
            owner = state.orders.get(fill.order_id)
            if owner is not None and owner.parent_id == first.id and fill.status is not FillStatus.FAILED:
                filled += fill.shares
                proven += fill.shares if fill.status is FillStatus.CONFIRMED else 0
        most = min(filled, proven + self._universe.desk.rules.entry.max_unproven)
        if out + order.size > most:
            self._fail("AP1", f"{order.label} completes {out + order.size}, the first leg has {most}")
