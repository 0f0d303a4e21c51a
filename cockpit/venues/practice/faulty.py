"""The practice venue with faults: everything that can go wrong between a desk and an exchange, from a seed.

The exchange runs on when its caller dies: a request that was sent arrives, and events go on, heard or not. A desk that
comes back is told the present state, like any that connects; what it missed it must read.

Bounds that a desk may rely on: an order arrives at most TIMEOUT_MS + 60 s after it was sent, a read is at most 20 s
old, and a look-up of an order older than 80 s does not miss it; together that stays within QUARANTINE_MS. After
`Faults.off` everything is as it should be within HEALED_MS: what lasts ends at once, what is on its way arrives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cockpit.core.conversion import Conversion
from cockpit.core.order import Fill, FillStatus, Order
from cockpit.venues.base import Accepted, Balances, OrderReport, Rejected, Sink, Terms
from cockpit.venues.practice.changes import Changes
from cockpit.venues.practice.episodes import Episodes
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.faulty_conversions import FaultyConversions
from cockpit.venues.practice.faulty_orders import FaultyOrders
from cockpit.venues.practice.faulty_reads import FaultyReads
from cockpit.venues.practice.gate import Gate
from cockpit.venues.practice.mishaps import Mishaps
from cockpit.venues.practice.relayer import TERMS
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.settlement import Course
from cockpit.venues.practice.stream import Stream
from cockpit.venues.practice.venue import PracticeVenue

QUARANTINE_MS = 90_000
HEALED_MS = 75_000
_STEP_MS = (200, 1_200)
_RETRY_MS = (1_000, 15_000)


class FaultyVenue:
    """Implements `cockpit.venues.base.Venue` around a practice venue that nobody else runs."""

    terms = Terms(quarantine_ms=QUARANTINE_MS, conversions=TERMS)

    def __init__(
        self,
        venue: PracticeVenue,
        faults: Faults,
        now_ms: Callable[[], int],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self.name, self.account, self.seed = venue.name, venue.account, venue.seed
        self.inner = venue
        self.faults = faults
        self.after: Callable[[Changes], None] | None = None
        """Told of every action that changed anything, when its events have left; use this one, not the inner one."""
        self._rig = Rig(now_ms, sleep)
        self._episodes = Episodes(faults, now_ms)
        self._stream = Stream(venue, faults, self._rig)
        gate = Gate(venue.exchange, self._episodes)
        self._orders = FaultyOrders(venue, faults, self._rig, gate)
        self._conversions = FaultyConversions(venue, faults, self._rig, gate)
        self._reads = FaultyReads(venue, faults, self._rig, gate, self._episodes, self._orders.sent_ms)
        self.mishaps = Mishaps(venue, faults, self._rig, self._stream, self._episodes)
        self._rig.on_failure = self._stream.fail
        self._is_running = False
        venue.after = self._changed
        venue.exchange.account.settlement.plan = self._plan
        faults.when_off.append(self._heal)

    async def run(self, sink: Sink) -> None:
        """Deliver events until cancelled; may be called again after that."""
        ended = self._stream.attach(sink, is_first=not self._is_running)
        if not self._is_running:
            self._is_running = True
            self._rig.start(self.inner.run(self._stream.take))
            self._rig.start(self.mishaps.run())
        try:
            await ended
        finally:
            self._stream.detach(ended)

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send one order. Raises: Unanswered."""
        return await self._rig.outlive(self._orders.place(order))

    def under_way(self) -> list[Order]:
        """Return the orders that were sent and will still arrive: they belong to the true worst case."""
        return self._orders.under_way()

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Ask for cancels. Raises: Unanswered."""
        await self._rig.outlive(self._orders.cancel(order_ids))

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.order(order_id))

    async def open_orders(self) -> Sequence[Order]:
        """Return the orders that rest, also those of others. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.open_orders())

    async def fills(self) -> Sequence[Fill]:
        """Return the account's fills. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.fills())

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Ask for a merge or a redemption. Raises: Unanswered."""
        return await self._rig.outlive(self._conversions.convert(conversion))

    async def conversions(self) -> Sequence[Conversion]:
        """Return all conversions. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.conversions())

    async def time_ms(self) -> int:
        """Return the venue's clock, which may be wrong. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.time_ms())

    async def balances(self) -> Balances:
        """Return cash and shares. Raises: Unanswered."""
        return await self._rig.outlive(self._reads.balances())

    async def close(self) -> None:
        """End everything that is on its way, and release the file."""
        await self._rig.stop()
        await self.inner.close()

    # ---- inside ----

    def _changed(self, changes: Changes) -> None:
        self._reads.note()
        if self.after is not None:
            self.after(changes)

    def _plan(self) -> Course | None:
        """Choose how a trade settles."""
        faults = self.faults
        word = faults.first("trade.stuck", "trade.fail", "trade.retrying")
        if not word:
            return None
        draw = faults.draw(word)
        steps: list[tuple[int, FillStatus]] = []
        at_ms = 0
        if word == "trade.retrying" or (word == "trade.fail" and draw.random() < 0.3):
            at_ms += draw.randint(*_STEP_MS)
            steps.append((at_ms, FillStatus.RETRYING))
            at_ms += draw.randint(*_RETRY_MS)
        if word == "trade.retrying" or (word == "trade.fail" and draw.random() < 0.3):
            at_ms += draw.randint(*_STEP_MS)
            steps.append((at_ms, FillStatus.MINED))
        if word != "trade.stuck":
            at_ms += draw.randint(*_STEP_MS)
            steps.append((at_ms, FillStatus.FAILED if word == "trade.fail" else FillStatus.CONFIRMED))
        mark = FillStatus.RETRYING if word == "trade.retrying" else FillStatus.FAILED
        return Course(tuple(steps), mark, lambda: faults.count(word))

    def _heal(self) -> None:
        """End what lasts."""
        self._episodes.end_all()
        account = self.inner.exchange.account
        account.settlement.unstick(account.fills, self._rig.now_ms())
        self.inner.exchange.relayer.hurry(self._rig.now_ms())
        self._rig.hurry()
