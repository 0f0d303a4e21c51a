"""The invariants, checked after every event of the desk and every request, against the exchange's own books.

Nothing here uses the desk's own arithmetic where an error in it could hide itself: positions, worst cases and proofs
are counted again, from facts and from the exchange. The numbers I1 to I14 are explained in docs/reliability.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionState
from cockpit.core.order import TERMINAL, Order
from cockpit.core.parent import Parent
from cockpit.drill.ledger import Ledger
from cockpit.drill.rate import Meter
from cockpit.drill.truth import Truth
from cockpit.drill.working import Working
from cockpit.venues.base import Accepted, Rejected

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk
    from cockpit.drill.process import Process
    from cockpit.drill.universe import Universe

MOST_WAITING = 100_000
LOSS_PATIENCE_MS = 5_000
"""How long after the daily loss is reached the desk may take to halt."""


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold: when, and what was seen."""

    at_ms: int
    invariant: str
    text: str


class Checks:
    """Watches one universe, over all lives of its desk."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        self.violations: list[Violation] = []
        self.intents: dict[str, Order] = {}
        """Orders whose intent is committed."""
        self.conversions: dict[str, Conversion] = {}
        """Merges and redemptions whose intent is committed."""
        self.is_halted = False
        self._is_halt_durable = False
        self._day = self._durable_day = ""
        self._is_down = False
        self._is_told = False
        """Whether the venue has listed its fills since the desk started, or since the last gap."""
        self._lost_since: int | None = None
        self._parents: dict[str, int] = {}
        self._limits: dict[str, int] = {}
        self._dead: dict[str, bool] = {}
        """Order id -> whether its death was presumed, for those the desk has called proven dead."""
        self.ledger = Ledger(self.fail)
        self.working = Working(universe, self.fail)
        self.truth = Truth(universe)
        terms = universe.venue.terms
        self._converted: set[str] = set()
        self._orders, self._cancels = Meter(terms.orders), Meter(terms.cancels)

    def fail(self, invariant: str, text: str) -> None:
        """Note a violation, and stop the universe at it."""
        self.violations.append(Violation(self._universe.now_ms(), invariant, text))
        self._universe.over.set()

    # ---- the journal ----

    def committed(self, facts: Sequence[ev.Event]) -> None:
        """Facts have become durable, and with them everything that was recorded before."""
        self._durable_day = self._day
        for fact in facts:
            if isinstance(fact, ev.OrderSending):
                if fact.order.id in self.intents:
                    self.fail("I1", f"order {fact.order.label} was meant to be sent twice")
                self.intents[fact.order.id] = fact.order
            elif isinstance(fact, ev.ConversionAsked):
                self.conversions[fact.conversion.id] = fact.conversion
            elif isinstance(fact, ev.Halted):
                self._is_halt_durable = True
            elif isinstance(fact, ev.Released):
                self._is_halt_durable = False

    def recovered(self, desk: Desk) -> None:
        """A new life has folded the journal: it must know all that the old one had committed."""
        state = desk.state
        forgotten = [order.label for order in self.intents.values() if order.id not in state.orders]
        if forgotten:
            self.fail("I6", f"orders forgotten over a restart: {forgotten[:5]}")
        if any(name not in state.conversions for name in self.conversions):
            self.fail("I6", "conversions forgotten over a restart")
        self.is_halted = self._is_halt_durable or self._universe.latch.read() is not None
        if self.is_halted and not state.halted:
            self.fail("I5", "a latched stop was forgotten over a restart")
        self.ledger.restart(state)
        self.working.restart(state)
        self._is_told = self._is_down = False
        # What was decided and never became durable has not happened.
        self._parents = {parent.id: parent.size for parent in state.parents.values()}
        self._limits = {parent.id: parent.limit for parent in state.parents.values()}
        self._dead = {o.id: o.is_presumed for o in state.orders.values() if o.is_proven_dead}
        self._day = self._durable_day
        if self._day and (state.day is None or state.day.day < self._day):
            self.fail("I10", f"the trading day {self._day} was forgotten over a restart")

    def told(self) -> None:
        """The venue has listed its fills."""
        self._is_told = not self._is_down

    # ---- requests ----

    def placing(self, order: Order, process: Process) -> None:
        """A request to place an order leaves the desk."""
        universe = self._universe
        intent = self.intents.get(order.id)
        if intent is None or _terms(intent) != _terms(order):
            self.fail("I1", f"order {order.label} leaves without its intent on disk")
        if self.is_halted or universe.latch.read() is not None:
            self.fail("I5", f"order {order.label} leaves although the desk is halted")
        if process.fence != universe.fence:
            self.fail("I9", f"order {order.label} leaves from a desk that another has replaced")
        if not self._is_told:
            self.fail("I6", f"order {order.label} leaves before the venue has told everything")
        if not self._orders.pass_one(universe.now_ms()):
            self.fail("I14", "more orders than the venue's rate limit lets through")
        for invariant, text in self.truth.problems_of(order, self._parents):
            self.fail(invariant, text)
        if shortage := self.ledger.oversold(order, self.truth.promised_sales(order)):
            self.fail("BX1", shortage)
        self.truth.sent(order)

    def converting(self, conversion: Conversion, process: Process) -> None:
        """A request to merge or redeem leaves the desk."""
        universe, name = self._universe, conversion.id[:10]
        if conversion.id not in self.conversions:
            self.fail("I1", f"conversion {name} leaves without its intent on disk")
        if conversion.id in self._converted:
            self.fail("I1", f"conversion {name} leaves twice")
        self._converted.add(conversion.id)
        if self.is_halted or universe.latch.read() is not None:
            self.fail("I5", f"conversion {name} leaves although the desk is halted")
        if process.fence != universe.fence:
            self.fail("I9", f"conversion {name} leaves from a desk that another has replaced")
        if not self._is_told:
            self.fail("I6", f"conversion {name} leaves before the venue has told everything")
        if problem := self.ledger.overmerged(conversion, self.truth.promised_of(conversion.market_id)):
            self.fail("AP16", problem)

    def placed(self, order: Order, future: asyncio.Future[Accepted | Rejected]) -> None:
        """The exchange has answered, or nobody will."""
        is_refused = not future.cancelled() and future.exception() is None and isinstance(future.result(), Rejected)
        self.truth.answered(order, is_refused=is_refused)

    def cancelling(self, order_ids: Sequence[str]) -> None:
        """A request to cancel leaves the desk: only ours, unless a person asked for everything."""
        desk = self._universe.desk
        ours = desk.state.orders
        if not desk.state.halts_everything and any(order_id not in ours for order_id in order_ids):
            self.fail("I5", "a cancel of an order that is not ours")
        if not self._cancels.pass_some(len(order_ids), self._universe.now_ms()):
            self.fail("I14", "more cancels than the venue's rate limit lets through")

    # ---- the desk ----

    def seen(self, event: ev.Event) -> None:
        """The desk has folded an event."""
        state = self._universe.desk.state
        self.working.seen(event)
        if isinstance(event, ev.FillSeen):
            self.ledger.seen(state, event.fill.key, event.fill)
            self._order(event.fill.order_id)
        elif isinstance(event, ev.FillMoved):
            self.ledger.seen(state, (event.trade_id, event.order_id), None)
            self._order(event.order_id)
        elif isinstance(event, ev.OrderMoved):
            self._order(event.order_id)
        elif isinstance(event, ev.OrderSending):
            self._decided(event.order)
            self.working.decided(event.order)
            self._order(event.order.id)
        elif isinstance(event, ev.ParentStarted):
            self._parents[event.parent.id] = event.parent.size
            self._limits[event.parent.id] = event.parent.limit
            self._rebalance(event.parent)
        elif isinstance(event, ev.ParentAmended):
            self._limits[event.parent_id] = event.limit
        elif isinstance(event, ev.Halted):
            self.is_halted = True
        elif isinstance(event, ev.Released):
            self._released()
        elif isinstance(event, ev.StopProven):
            self._proven_zero()
        elif isinstance(event, ev.DayStarted):
            if event.day <= self._day:
                self.fail("I10", f"the trading day {event.day} began again, after {self._day}")
            self._day = event.day
        elif isinstance(event, ev.MarketEnded):
            self.ledger.ended(event.market_id)
        elif isinstance(event, ev.ConversionAsked):
            self.ledger.asked(event.conversion)
        elif isinstance(event, ev.ConversionFailed):
            self.ledger.failed(event.conversion_id)
            ask = self._universe.exchange.relayer.asks.get(event.conversion_id)
            if ask is not None and ask.conversion.state is not ConversionState.FAILED:
                self.fail("I4", f"conversion {event.conversion_id[:10]} is called failed, it is {ask.conversion.state}")
        elif isinstance(event, ev.PairsMerged):
            self.ledger.merged(state, event)
        elif isinstance(event, ev.ConnectionChanged):
            self._is_told = self._is_told and event.is_up and not self._is_down
            self._is_down = not event.is_up

    def _rebalance(self, parent: Parent) -> None:
        """A rebalance began: never of so little that the venue would take no order for it."""
        state = self._universe.desk.state
        least, delta = state.markets[parent.market_id].min_size, state.position(parent.market_id).delta
        if parent.suggestion_id and abs(delta) < least:
            self.fail("AP12", f"{parent.id} closes an imbalance of {delta}, the venue takes {least} or more")

    def _order(self, order_id: str) -> None:
        """An order moved: it may not come back from the dead, nor be called dead while it can still fill."""
        state = self._universe.desk.state
        order = state.orders.get(order_id)
        if order is None:
            return
        was_dead = order_id in self._dead
        if order.is_proven_dead and not was_dead:
            self._dead[order_id] = order.is_presumed
            if order.reason != "signed off by a person" and (why := self.truth.why_alive(order, state)):
                self.fail("I4", f"{order.label} is called {order.state}, but {why}")
        elif was_dead and not order.is_proven_dead and not self._dead.pop(order_id):
            self.fail("I2", f"{order.label} was proven dead and is {order.state} again")
        if order.state in TERMINAL and order.filled > order.size:
            self.fail("I2", f"{order.label} has filled {order.filled} of {order.size}")
        if order.parent_id in self._parents:
            children = state.children_of(order.parent_id)
            total = sum(child.filled + child.possible for child in children)
            if total > self._parents[order.parent_id]:
                self.fail("I7", f"{order.parent_id} of {self._parents[order.parent_id]} could come to {total}")

    def _decided(self, order: Order) -> None:
        """An order was decided: within its limits, and on a good book only."""
        desk, limit = self._universe.desk, self._limits.get(order.parent_id)
        if limit is not None and order.side.is_beyond(order.price, limit):
            self.fail("PS10", f"{order.label} at {order.price} is beyond the limit of {order.parent_id}, {limit}")
        if order.size > desk.rules.limits.max_order_size:
            self.fail("PS10", f"{order.label} is larger than one order may be")
        if desk.state.reducing and self.truth.raises(order):
            self.fail("PS10", f"{order.label} raises the exposure while only what lowers it may be sent")
        parent = desk.state.parents.get(order.parent_id)
        if parent is not None and parent.suggestion_id:
            room = self.ledger.room(order, desk.state)
            if order.size > room:
                self.fail("BX1", f"{order.label} closes {order.size}, {room} of the imbalance is there for sure")
        worst = self.ledger.worst(order.market_id, desk.state.live_orders(order.market_id))
        if desk.guard.worst_of(order.market_id) < worst:
            self.fail("I4", f"{order.label} was decided with a worst case below {worst / 1_000_000:g} shares")
        self._book(order)

    def _book(self, order: Order) -> None:
        desk = self._universe.desk
        book, market = desk.state.books.get(order.market_id), desk.state.markets[order.market_id]
        limit = desk.rules.limits.max_book_age_ms
        if book is None or not book.synced or book.best_bid >= book.best_ask:
            self.fail("I8", f"{order.label} was decided on a book that is lost or crossed")
        elif self._universe.now_ms() - book.received_ms > limit:
            self.fail("I8", f"{order.label} was decided on a book that is too old")
        if order.price % market.tick or not 0 < order.price < 10_000:
            self.fail("I8", f"{order.label} has a price of {order.price}, off the tick {market.tick}")

    def _released(self) -> None:
        self.is_halted = False
        if alive := self.truth.alive():
            self.fail("I5", f"released while orders can still fill: {alive[:3]}")

    def _proven_zero(self) -> None:
        if self._universe.latch.read() is None:
            self.fail("I5", "a stop was carried out that is not latched on disk")
        if alive := self.truth.alive():
            self.fail("I5", f"orders called proven zero while they can still fill: {alive[:3]}")

    def tick(self) -> None:
        """Look once a second: what no single event shows."""
        universe = self._universe
        desk, state, now = universe.desk, universe.desk.state, universe.now_ms()
        if len(desk.intake.inbox) > MOST_WAITING:
            self.fail("I14", "the inbox has no bound")
        is_lost = (
            desk.is_ready
            and not state.unmarked
            and state.day_pnl <= -desk.rules.limits.max_daily_loss
            and not state.halted
        )
        self._lost_since = (self._lost_since or now) if is_lost else None
        if self._lost_since is not None and now - self._lost_since > LOSS_PATIENCE_MS:
            self.fail("I10", "the daily loss is beyond its limit and the desk is not halted")
        if state.day is not None and self._day and state.day.day < self._day:
            self.fail("I10", "the trading day went back")


def _terms(order: Order) -> tuple[object, ...]:
    return (
        order.id,
        order.market_id,
        order.leg,
        order.side,
        order.price,
        order.size,
        order.type,
        order.post_only,
        order.expires_at_ms,
        order.parent_id,
    )
