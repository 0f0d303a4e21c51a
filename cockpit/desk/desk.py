"""The desk: one inbox, one fold, one writer of state.

Events come in through `deliver`, are journaled if they must survive, folded by `apply`, and wake the workers. People
speak through `submit`. Starting is recovering: there is no other way in.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

from cockpit.core import events as ev
from cockpit.core.commands import Command, Halt
from cockpit.core.fold import apply
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.core.order import OrderState
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.state import State
from cockpit.core.why import Why
from cockpit.desk.canceller import Canceller
from cockpit.desk.clock import Clock
from cockpit.desk.converter import Converter
from cockpit.desk.curve import Curve
from cockpit.desk.deciding import Deciding
from cockpit.desk.ending import Ending
from cockpit.desk.entering import Entering
from cockpit.desk.executor import Executor
from cockpit.desk.guard import Guard
from cockpit.desk.ids import Ids
from cockpit.desk.intake import Intake
from cockpit.desk.manager import Manager
from cockpit.desk.obey import Obedience
from cockpit.desk.orders import Orders
from cockpit.desk.picture import picture_of
from cockpit.desk.proof import Proof
from cockpit.desk.reconciler import Reconciler
from cockpit.desk.recovery import recover
from cockpit.desk.rules import DeskRules
from cockpit.desk.scanner import Scanner
from cockpit.desk.supervisor import Supervisor
from cockpit.desk.tapes import Tapes
from cockpit.desk.telemetry import TradeTelemetry
from cockpit.desk.wake import wake
from cockpit.desk.watch import watch_journal, watch_lag
from cockpit.storage.codec import is_fact
from cockpit.storage.history import History, NoHistory
from cockpit.storage.journal import Journal, JournalFenced
from cockpit.storage.latch import Latch, MemoryLatch
from cockpit.venues.base import Venue

MAX_RECEIPTS, MAX_PREVIEWS, MAX_WHYS = 50, 8, 8


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
        latch: Latch | None = None,
        history: History | None = None,
    ) -> None:
        self.venue = venue
        self.journal = journal
        self.latch: Latch = latch or MemoryLatch()
        self.history: History = history or NoHistory()
        self.clock = clock
        self.ids = ids
        self.rules = rules or DeskRules()
        self.state = State(mode=mode, account=venue.account, seed=seed)
        self.guard = Guard(self)
        self.manager = Manager(self)
        self.executor = Executor(self)
        self.orders = Orders(self)
        self.entering = Entering(self)
        self.scanner = Scanner(self)
        self.deciding = Deciding(self)
        self.tapes = Tapes(self)
        self.curve = Curve(self)
        self.telemetry = TradeTelemetry(self)
        self.proof = Proof(self)
        self.reconciler = Reconciler(self)
        self.canceller = Canceller(self)
        self.converter = Converter(self)
        self.ending = Ending(self)
        self.receipts: deque[Receipt] = deque(maxlen=MAX_RECEIPTS)
        self.previews: deque[PreviewRow] = deque(maxlen=MAX_PREVIEWS)
        self.whys: deque[Why] = deque(maxlen=MAX_WHYS)
        self.is_ready = False
        """Whether the venue has told everything once: before that nothing may be sent."""
        self.is_closing = False
        self.is_fenced = False
        """Another desk has taken the account over: its orders are no longer ours to cancel."""
        self.gaps = 0
        """How often the connection came back."""
        self.started_ms = 0
        self.changes = 0
        """Grows with everything folded: equal numbers mean that nothing happened in between."""
        self.mode, self.seed, self.place = mode, seed, place
        self._showing: tuple[int, float, tuple[str, ...]] | None = None
        self._listener = listener
        self._obedience = Obedience(self)
        self._supervisor = Supervisor()
        self.intake = Intake(self)
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Work until stopped, after `recover`. Raises what a critical task died of, after cancelling our orders."""
        for what, work in (
            ("intake", self.intake.run()),
            ("venue", self.venue.run(self.deliver)),
            ("reconciler", self.reconciler.run()),
            ("guard", self.guard.run()),
            ("manager", self.manager.run()),
            ("executor", self.executor.run()),
            ("proof", self.proof.run()),
            ("converter", self.converter.run()),
            ("commands", self._obedience.run()),
            ("tapes", self.tapes.run()),
            ("journal", watch_journal(self)),
            ("lag", watch_lag(self)),
        ):
            self._supervisor.start_endless(what, work)
        self.start_optional("scanner", self.scanner.run())
        failed = asyncio.ensure_future(self._supervisor.failure())
        asked = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({failed, asked}, return_when=asyncio.FIRST_COMPLETED)
            if failed.done():
                what, error = failed.result()
                self.is_fenced = isinstance(error, JournalFenced)
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

    def start_optional(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Run a task that trading can do without: when it dies people are told, and trading goes on."""
        self._supervisor.start_optional(what, work, self._degraded)

    def submit(self, command: Command) -> None:
        """Take a command. A halt acts at once; others wait their turn before any market data."""
        if isinstance(command, Halt):
            self.canceller.halt(command.reason, everything=command.everything)
            self.start("halt receipt", self.canceller.confirm(command.id))
        else:
            self._obedience.take(command)

    def answer(self, receipt: Receipt) -> None:
        """Publish what became of a command."""
        self.receipts.append(receipt)
        self.changes += 1

    def deliver(self, event: ev.Event) -> None:
        """Take an event from the venue; folded in order, soon."""
        self.intake.put(event)

    def record(self, event: ev.Event) -> None:
        """Journal (facts) and fold one event, and wake whoever must look at the change."""
        if is_fact(event):
            self.journal.append(event)
        apply(self.state, event)
        self.telemetry.take(event)
        self.changes += 1
        wake(self, event)
        if self._listener is not None:
            self._listener(event)

    def note(self, level: str, text: str, *, is_alert: bool = False) -> None:
        """Write a line for people: `info`, `warning` or `alarm`; an alert also reaches those who do not look."""
        self.record(ev.Noted(self.clock.now_ms(), level, text, is_alert))

    def move_order(self, order_id: str, state: OrderState, reason: str = "", venue_filled: int = 0) -> None:
        """Record an order's new state, unless newer knowledge is already in."""
        order = self.state.orders[order_id]
        is_move = state is not order.state and order.may_become(state)
        if is_move or venue_filled > order.venue_filled:
            self.record(ev.OrderMoved(self.clock.now_ms(), order_id, state, reason, venue_filled))

    def picture(self, watch: Iterable[str], before: Frame | None, *, is_due: bool = False) -> Frame | None:
        """Return the state as a frame; None when nothing has changed, unless one is due to show that we live."""
        watched = tuple(watch)
        showing = (self.changes, self.clock.speed, watched)
        if before is not None and showing == self._showing and not is_due:
            return None
        self._showing = showing
        return picture_of(self, watched, before)

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
        return _with_minimums(self.rules.rebalance, market.min_size, market.min_taker_cost)

    def recover(self) -> None:
        """Fold the journal with every effect off, then say that we are here. Raises: FailedError."""
        recover(self)

    def take(self, event: ev.Event) -> None:
        """Fold an event of the venue, unless it says nothing new."""
        self.intake.take(event)

    def distrust(self) -> None:
        """What happened in a gap is not known: nothing is sent until the venue has told."""
        self.gaps += 1
        if self.is_ready:
            self.is_ready = False
            self.start("catch up", self.reconciler.catch_up())

    def _degraded(self, what: str, error: BaseException) -> None:
        """Something that is not needed for trading has failed: trading goes on without it, and people are told."""
        self.note("alarm", f"{what} has failed and is off: {type(error).__name__}: {error}", is_alert=True)

    def _give_up(self, what: str) -> None:
        self.state.halted = self.state.halted or f"{what} failed"
        self.changes += 1

    async def _close(self) -> None:
        """Send nothing more, cancel what rests, write what is queued, end every task: each whatever the others did."""
        self.is_closing = True
        if not self.clock.speed:
            self.clock.set_speed(1.0)  # a venue that stands still could not even take a cancel
        try:
            if not self.is_fenced:
                await self.canceller.close()
        finally:
            try:
                await self._supervisor.stop()
            finally:
                try:
                    await self.venue.close()
                finally:
                    self.tapes.write(with_begun=True)
                    self.history.close()
                    self.journal.close()


@lru_cache(maxsize=100)
def _with_minimums(rules: RebalanceRules, min_size: int, min_taker_cost: int) -> RebalanceRules:
    """Return the rules with a market's minimums: asked for at every change of its book."""
    return replace(rules, min_size=min_size, min_taker_cost=min_taker_cost)
