"""The desk: one inbox, one fold, one writer of state.

Events come in through `deliver`, are journaled if they must survive, folded by `apply`, and wake the workers. People
speak through `submit`. Starting is recovering: there is no other way in.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Any

from cockpit.core import events as ev
from cockpit.core.commands import Command, Halt
from cockpit.core.fold import apply
from cockpit.core.frame import Frame, Receipt
from cockpit.core.market import Side
from cockpit.core.order import MOVES, OrderState
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.state import State
from cockpit.core.units import price_text, shares_text
from cockpit.desk.canceller import Canceller
from cockpit.desk.clock import Clock
from cockpit.desk.executor import Executor, least_child
from cockpit.desk.guard import Guard
from cockpit.desk.ids import Ids
from cockpit.desk.manager import Manager
from cockpit.desk.obey import Obedience
from cockpit.desk.reconciler import Reconciler
from cockpit.desk.rules import DeskRules
from cockpit.desk.supervisor import Supervisor
from cockpit.desk.view import frame_of
from cockpit.storage.codec import is_fact
from cockpit.storage.journal import Journal
from cockpit.venues.base import Venue

BATCH = 500
"""Events folded before other tasks get a turn."""
MAX_RECEIPTS = 50
_BOOK_EVENTS = (ev.LevelsChanged, ev.BookSnapshot, ev.BookLost)


class Desk:
    """Owns all trading state. Everything here runs on one event loop."""

    def __init__(
        self,
        *,
        venue: Venue,
        journal: Journal,
        clock: Clock,
        ids: Ids,
        rules: DeskRules | None = None,
        mode: str = "practice",
        seed: int | None = None,
        listener: Callable[[ev.Event], None] | None = None,
        place: str = "",
    ) -> None:
        self.venue = venue
        self.journal = journal
        self.clock = clock
        self.ids = ids
        self.rules = rules or DeskRules()
        self.state = State(mode=mode, account=venue.account, seed=seed)
        self.guard = Guard(self)
        self.manager = Manager(self)
        self.executor = Executor(self)
        self.reconciler = Reconciler(self)
        self.canceller = Canceller(self)
        self.receipts: deque[Receipt] = deque(maxlen=MAX_RECEIPTS)
        self.is_ready = False
        """Whether the venue has told everything once: before that nothing may be sent."""
        self.is_closing = False
        self.gaps = 0
        """How often the connection came back."""
        self.started_ms = 0
        self.changes = 0
        """Grows with everything folded: equal numbers mean that nothing happened in between."""
        self._mode, self._seed = mode, seed
        self._showing: tuple[int, float, tuple[str, ...]] | None = None
        self._place = place
        self._listener = listener
        self._obedience = Obedience(self)
        self._supervisor = Supervisor()
        self._inbox: deque[ev.Event] = deque()
        self._arrived = asyncio.Event()
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped, after `recover`. Raises what a critical task died of, after cancelling our orders."""
        for what, work in (
            ("fold", self._fold_inbox()),
            ("venue", self.venue.run(self.deliver)),
            ("reconciler", self.reconciler.run()),
            ("guard", self.guard.run()),
            ("manager", self.manager.run()),
            ("executor", self.executor.run()),
            ("commands", self._obedience.run()),
            ("journal", self._watch_journal()),
        ):
            self._supervisor.start_endless(what, work)
        failed = asyncio.ensure_future(self._supervisor.failure())
        asked = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({failed, asked}, return_when=asyncio.FIRST_COMPLETED)
            if failed.done():
                what, error = failed.result()
                self._give_up(what)
                raise error
        finally:
            failed.cancel()
            asked.cancel()
            await asyncio.shield(self._close())

    def stop(self) -> None:
        """Ask the desk to end: what rests is cancelled, positions stay."""
        self._stopping.set()

    def start(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task that belongs to the desk."""
        self._supervisor.start(what, work)

    def submit(self, command: Command) -> None:
        """Take a command. A halt acts at once; others wait their turn before any market data."""
        if isinstance(command, Halt):
            self.canceller.halt(command.reason)
            self.start("halt receipt", self.canceller.confirm(command.id))
        else:
            self._obedience.take(command)

    def answer(self, receipt: Receipt) -> None:
        """Publish what became of a command."""
        self.receipts.append(receipt)
        self.changes += 1

    def deliver(self, event: ev.Event) -> None:
        """Take an event from the venue; folded in order, soon."""
        self._inbox.append(event)
        self._arrived.set()

    def record(self, event: ev.Event) -> None:
        """Journal (facts) and fold one event, and wake whoever must look at the change."""
        if is_fact(event):
            self.journal.append(event)
        apply(self.state, event)
        self.changes += 1
        self._wake(event)
        if self._listener is not None:
            self._listener(event)

    def note(self, level: str, text: str) -> None:
        """Write a line for people: `info`, `warning` or `alarm`."""
        self.record(ev.Noted(self.clock.now_ms(), level, text))

    def move_order(self, order_id: str, state: OrderState, reason: str = "", venue_filled: int = 0) -> None:
        """Record an order's new state, unless newer knowledge is already in."""
        order = self.state.orders[order_id]
        if state in MOVES[order.state] or venue_filled > order.venue_filled:
            self.record(ev.OrderMoved(self.clock.now_ms(), order_id, state, reason, venue_filled))

    async def _watch_journal(self) -> None:
        """Notice a journal that cannot be written although nobody waits for it, and stop the desk."""
        while True:
            await self.clock.sleep(1.0)
            await self.journal.barrier()

    def picture(self, watch: Iterable[str], before: Frame | None, *, is_due: bool = False) -> Frame | None:
        """Return the state as a frame; None when nothing has changed, unless one is due to show that we live."""
        now, speed = self.clock.now_ms(), self.clock.speed
        watched = tuple(watch)
        showing = (self.changes, speed, watched)
        if before is not None and showing == self._showing and not is_due:
            return None
        self._showing = showing
        return frame_of(
            self.state,
            seq=before.seq + 1 if before else 1,
            now_ms=now,
            started_ms=self.started_ms,
            is_ready=self.is_ready,
            rules=self.rules,
            watch=watched,
            receipts=tuple(self.receipts),
            before=before,
            place=self._place,
            speed=speed,
        )

    @property
    def may_send(self) -> bool:
        """Whether orders may leave: the venue has told everything, it is there, and the desk is not ending."""
        up = self.state.connection is None or self.state.connection.is_up
        return self.is_ready and up and not self.is_closing

    def become_ready(self) -> None:
        """Called once the venue agrees with the journal: from here on orders may be sent."""
        self.is_ready = True
        self.guard.look()
        for market_id in self.state.positions:
            self.manager.touch(market_id)
        self.executor.touch()
        self.changes += 1

    def rules_for(self, market_id: str) -> RebalanceRules:
        """Return the rebalance rules with this market's own minimum sizes."""
        market = self.state.markets[market_id]
        return replace(self.rules.rebalance, min_size=market.min_size, min_taker_cost=market.min_taker_cost)

    def least_child(self, market_id: str, price: int) -> int:
        """Return the smallest child that this market takes at this price."""
        market = self.state.markets[market_id]
        return max(self.rules.min_child, least_child(market.min_size, market.min_taker_cost, price))

    def recover(self) -> None:
        """Fold the journal with every effect off, then say that we are here. Raises: FailedError."""
        latest = 0
        for number, fact in enumerate(self.journal.load(), 1):
            latest = max(latest, fact.at_ms)
            self._refold(number, fact)
        # Time never runs behind our own journal: a clock set back, or a practice market that ran faster.
        self.clock.catch_up(latest)
        self.started_ms = self.clock.now_ms()
        self.record(ev.DeskStarted(self.started_ms, self._mode, self.venue.account, self._seed))
        if self.state.halted:
            self.note("alarm", f"still HALTED from before: {self.state.halted}")

    def _refold(self, number: int, fact: ev.Event) -> None:
        """Fold a fact of the journal; one that cannot be folded is left out, and the desk starts halted."""
        try:
            apply(self.state, fact)
        except Exception as error:
            reason = f"fact {number} of the journal ({type(fact).__name__}) cannot be folded: {error!r}"
            self.state.halted = self.state.halted or reason

    async def _fold_inbox(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._inbox:
                for _ in range(min(BATCH, len(self._inbox))):
                    self.take(self._inbox.popleft())
                self.manager.weigh_dirty()
                await asyncio.sleep(0)

    def take(self, event: ev.Event) -> None:
        """Fold an event of the venue, unless it says nothing new."""
        match event:
            case ev.FillSeen(fill=fill) if fill.key in self.state.fills:
                self.take(ev.FillMoved(event.at_ms, fill.trade_id, fill.order_id, fill.status))
            case ev.FillSeen(fill=fill):
                self.record(replace(event, is_external=fill.order_id not in self.state.orders))
            case ev.FillMoved(trade_id=trade, order_id=order) if (trade, order) in self.state.fills:
                known = self.state.fills[trade, order]
                if known.advance(event.status) is not known:
                    self.record(event)
            case ev.FillMoved(trade_id=trade, order_id=order):
                if event.status not in self.state.early.get((trade, order), ()):
                    self.record(event)
            case ev.OrderMoved(order_id=order) if order not in self.state.orders:
                return
            case ev.MarketListed(market=market) if self.state.markets.get(market.id) == market:
                return
            case ev.MarketEnded(market_id=market_id) if market_id in self.state.ended:
                return
            case ev.ConnectionChanged(is_up=True) if self.state.connection and not self.state.connection.is_up:
                self.record(event)
                self._reconnected()
            case _:
                self.record(event)

    def _reconnected(self) -> None:
        """What happened in the gap is not known: nothing is sent until the venue has told."""
        self.gaps += 1
        if self.is_ready:
            self.is_ready = False
            self.start("catch up", self.reconciler.catch_up())

    def _wake(self, event: ev.Event) -> None:
        if isinstance(event, _BOOK_EVENTS):
            if event.market_id in self.state.positions:
                self.manager.touch(event.market_id)
        elif isinstance(event, ev.FillSeen):
            self.manager.filled(event.fill.market_id)
            self.manager.touch(event.fill.market_id)
            self.executor.touch()
            self._say_fill(event)
        elif isinstance(event, ev.FillMoved | ev.OrderMoved | ev.ParentMoved | ev.ParentStarted):
            self.executor.touch()
        elif isinstance(event, ev.TickChanged):
            self.manager.touch(event.market_id)

    def _say_fill(self, event: ev.FillSeen) -> None:
        if not self.is_ready:
            return
        fill = event.fill
        market = self.state.markets.get(fill.market_id)
        who = self.state.orders[fill.order_id].label if fill.order_id in self.state.orders else "foreign order"
        name = market.name if market else fill.market_id
        outcome = market.outcomes[fill.leg] if market else fill.leg.name
        verb = "bought" if fill.side is Side.BUY else "sold"
        self.note("info", f"{who} {verb} {shares_text(fill.shares)} {outcome} @ {price_text(fill.price)} {name}")

    def _give_up(self, what: str) -> None:
        self.state.halted = self.state.halted or f"{what} failed"
        self.changes += 1

    async def _close(self) -> None:
        """Send nothing more, cancel what rests, write what is queued, end every task: each whatever the others did."""
        self.is_closing = True
        if not self.clock.speed:
            self.clock.set_speed(1.0)  # a venue that stands still could not even take a cancel
        try:
            await self.canceller.close()
        finally:
            try:
                await self._supervisor.stop()
            finally:
                try:
                    await self.venue.close()
                finally:
                    self.journal.close()
