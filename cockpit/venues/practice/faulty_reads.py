"""What reads answer when they answer old, in part, or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from cockpit.core.conversion import Conversion
from cockpit.core.order import Fill, Order
from cockpit.venues.base import Balances, OrderReport, Unanswered
from cockpit.venues.practice.episodes import Episodes
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.faulty_orders import WAIT_MS
from cockpit.venues.practice.gate import Gate
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.venue import PracticeVenue

T = TypeVar("T")
LAG_MS = (1_000, 20_000)
MISS_MS = (1_000, 30_000)
MISS_UNTIL_MS = 80_000
"""Only an order sent less long ago than this can be missing: after the quarantine, not found is a proof."""
_OUTAGE_MS = (10_000, 120_000)


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that reads can tell, as it was."""

    at_ms: int
    orders: dict[str, Order]
    open: tuple[Order, ...]
    fills: tuple[Fill, ...]
    conversions: tuple[Conversion, ...]
    balances: Balances


class FaultyReads:
    """Reads."""

    def __init__(
        self, venue: PracticeVenue, faults: Faults, rig: Rig, gate: Gate, episodes: Episodes, sent_ms: dict[str, int]
    ) -> None:
        self._venue = venue
        self._faults = faults
        self._rig = rig
        self._gate = gate
        self._episodes = episodes
        self._sent_ms = sent_ms
        self._past: deque[_View] = deque()
        self._missing: dict[str, int] = {}
        """Order id -> until when it is not found."""

    def note(self) -> None:
        """Remember the present state, for reads that lag; called after each change."""
        if not self._faults.is_on("get.lag"):
            self._past.clear()
            return
        self._past.append(self._now())
        while len(self._past) > 1 and self._past[1].at_ms <= self._rig.now_ms() - LAG_MS[1]:
            self._past.popleft()

    async def order(self, order_id: str) -> OrderReport | None:
        """Return what became of an order. Raises: Unanswered."""
        await self._reach()
        found = await self._venue.order(order_id)
        old = self._lagging()
        if old is not None:
            then = old.orders.get(order_id)
            report = OrderReport(order_id, then.state, then.filled, then.reason) if then else None
            if report != found:
                self._faults.count("get.lag")
                found = report
        return None if found is not None and self._misses(order_id) else found

    async def open_orders(self) -> Sequence[Order]:
        """Return the orders that rest. Raises: Unanswered."""
        await self._reach()
        found, old = tuple(await self._venue.open_orders()), self._lagging()
        return self._older(found, old.open) if old else found

    async def fills(self) -> Sequence[Fill]:
        """Return the fills, oldest first, as the pages came. Raises: Unanswered."""
        await self._reach()
        found, old = tuple(await self._venue.fills()), self._lagging()
        rows = self._older(found, old.fills) if old else found
        return self._shifted(rows) if rows and self._faults.strikes("get.page_shift") else rows

    async def conversions(self) -> Sequence[Conversion]:
        """Return all conversions. Raises: Unanswered."""
        await self._reach()
        found, old = tuple(await self._venue.conversions()), self._lagging()
        return self._older(found, old.conversions) if old else found

    async def balances(self) -> Balances:
        """Return cash and shares. Raises: Unanswered."""
        await self._reach()
        found, old = await self._venue.balances(), self._lagging()
        return self._older(found, old.balances) if old else found

    async def time_ms(self) -> int:
        """Return the venue's clock. Raises: Unanswered."""
        await self._reach(is_private=False)
        found = await self._venue.time_ms()
        return found + self._episodes.amount("clock.skew") if self._episodes.bites("clock.skew") else found

    async def _reach(self, *, is_private: bool = True) -> None:
        """Raises: Unanswered when a read does not get through."""
        faults, draw = self._faults, self._faults.draw("get.code")
        if faults.strikes("get.code"):
            faults.count("get.code")
            if draw.random() < 1 / 6:
                self._episodes.begin("get.code", draw.randint(*_OUTAGE_MS))
            raise Unanswered("502 Bad Gateway")
        if self._episodes.is_running("get.code"):
            await self._rig.pause(draw.randint(5, 2_000))
            raise Unanswered("the name of the host could not be resolved")
        if faults.strikes("get.slow"):
            faults.count("get.slow")
            await self._rig.pause(faults.draw("get.slow").randint(*WAIT_MS))
        if faults.strikes("h2.goaway"):
            faults.count("h2.goaway")
            raise Unanswered("GOAWAY: the server closed")
        if is_private:
            self._gate.check_private()
        else:
            self._gate.check_any()

    def _now(self) -> _View:
        account = self._venue.exchange.account
        return _View(
            self._rig.now_ms(),
            dict(account.orders),
            tuple(account.open.values()),
            tuple(account.fills.values()),
            tuple(ask.conversion for ask in self._venue.exchange.relayer.asks.values()),
            Balances(account.cash, dict(account.shares)),
        )

    def _lagging(self) -> _View | None:
        """Return the state some seconds ago when this read lags."""
        if not self._past or not self._faults.strikes("get.lag"):
            return None
        then = self._rig.now_ms() - self._faults.draw("get.lag").randint(*LAG_MS)
        return next((view for view in reversed(self._past) if view.at_ms <= then), self._past[0])

    def _older(self, now: T, then: T) -> T:
        if now != then:
            self._faults.count("get.lag")
        return then

    def _misses(self, order_id: str) -> bool:
        """Return whether an order that exists is not found by this look-up."""
        now = self._rig.now_ms()
        if order_id not in self._sent_ms or self._faults.is_quiet:
            return False
        if now >= self._missing.get(order_id, 0):
            if not self._faults.strikes("get.miss"):
                return False
            until = now + self._faults.draw("get.miss").randint(*MISS_MS)
            self._missing[order_id] = min(until, self._sent_ms[order_id] + MISS_UNTIL_MS)
        if now >= self._missing[order_id]:
            return False
        self._faults.count("get.miss")
        return True

    def _shifted(self, rows: Sequence[Fill]) -> Sequence[Fill]:
        """A row came in while the pages were read: one is missing, or some are there twice."""
        draw = self._faults.draw("get.page_shift")
        self._faults.count("get.page_shift")
        at = draw.randrange(len(rows))
        if draw.random() < 0.5:
            return (*rows[:at], *rows[at + 1 :])
        return (*rows[: at + 2], *rows[at:])
