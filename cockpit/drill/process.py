"""One life of the desk: the walls around it, through which nothing passes once it has been killed.

A kill is a point in time: what was committed or sent before it has happened, everything after it never does, however
long the dead desk's tasks take to be swept away.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion
from cockpit.core.order import Fill, Order
from cockpit.storage.journal import JournalFailed, failure_of, row_of
from cockpit.storage.writer import Fenced, Row, Writer
from cockpit.venues.base import Accepted, Balances, OrderReport, Rejected, Sink

if TYPE_CHECKING:
    from cockpit.drill.universe import Universe

T = TypeVar("T")


class Process:
    """One incarnation; `fence` is its number."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.fence = universe.fence = universe.store.take_over()
        self.is_dead = False
        self.died = asyncio.Event()

    def kill(self) -> None:
        """End it now: from here on nothing of it has any effect."""
        self.is_dead = True
        self.died.set()

    def idle(self) -> None:
        """Let a kill strike that was meant for no special moment."""
        if not self.is_dead and self.universe.crash.strikes("idle"):
            self.kill()

    async def point(self, name: str) -> None:
        """Pass a place where a kill may strike; a dead process never gets past it."""
        if not self.is_dead and self.universe.crash.strikes(name):
            self.kill()
        if self.is_dead:
            await asyncio.get_running_loop().create_future()


class GateJournal:
    """The journal as one life sees it: the real tables, committed in the caller's thread."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._universe = process.universe
        self._writer = Writer(process.universe.engine)
        self._writer.fence = process.fence
        self._facts: list[ev.Event] = []
        self._rows: list[Row] = []

    def load(self) -> Iterator[ev.Event]:
        """Yield all committed facts."""
        return self._universe.store.load()

    def append(self, fact: ev.Event) -> None:
        """Queue one fact."""
        if not self._process.is_dead:
            self._facts.append(fact)
            self._rows.append(row_of(fact))

    async def barrier(self) -> None:
        """Commit what is queued, with all that can go wrong before, while and after it does."""
        await self._process.point("before commit")
        await self._universe.disk.wait()
        self._commit()
        await self._process.point("after commit")

    def close(self) -> None:
        """Commit what is queued, unless the process was killed."""
        if not self._process.is_dead:
            self._commit()

    def _commit(self) -> None:
        if problem := self._universe.disk.problem():
            raise JournalFailed(sqlite3.OperationalError(problem))
        try:
            self._writer.write(self._rows)
        except (Fenced, sqlite3.Error) as error:
            raise failure_of(error) from error
        self._universe.checks.committed(self._facts)
        self._facts, self._rows = [], []


class GateVenue:
    """The venue as one life sees it: requests that were sent go on without it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._venue = process.universe.venue
        self.name, self.account, self.terms = self._venue.name, self._venue.account, self._venue.terms

    async def run(self, sink: Sink) -> None:
        """Deliver events, none of them to the dead."""

        def deliver(event: ev.Event) -> None:
            if not self._process.is_dead:
                sink(event)

        await self._venue.run(deliver)

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send an order: a kill may strike before it leaves, on its way, or when it is answered."""
        await self._process.point("before send")
        self._process.universe.checks.placing(order, self._process)
        sent = asyncio.ensure_future(self._venue.place(order))
        sent.add_done_callback(lambda future: self._process.universe.checks.placed(order, future))
        await self._process.point("sent")
        answer = await asyncio.shield(sent)
        await self._process.point("answered")
        return answer

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Send a cancel."""
        await self._process.point("halting" if self._process.universe.is_halting else "cancel sent")
        self._process.universe.checks.cancelling(order_ids)
        await self._request(lambda: self._venue.cancel(order_ids))

    async def order(self, order_id: str) -> OrderReport | None:
        """Look an order up."""
        await self._process.point("look-up")
        return await self._request(lambda: self._venue.order(order_id))

    async def open_orders(self) -> Sequence[Order]:
        """List what rests."""
        return await self._request(self._venue.open_orders)

    async def fills(self) -> Sequence[Fill]:
        """List fills."""
        await self._process.point("recovering" if self._process.universe.is_recovering else "look-up")
        found = await self._request(self._venue.fills)
        self._process.universe.checks.told()
        return found

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Ask for a conversion: a kill may strike before it leaves, or when it is answered."""
        await self._process.point("before send")
        self._process.universe.checks.converting(conversion, self._process)
        answer = await self._request(lambda: self._venue.convert(conversion))
        await self._process.point("answered")
        return answer

    async def conversions(self) -> Sequence[Conversion]:
        """List conversions."""
        await self._process.point("recovering" if self._process.universe.is_recovering else "look-up")
        return await self._request(self._venue.conversions)

    async def time_ms(self) -> int:
        """Ask for the time."""
        return await self._request(self._venue.time_ms)

    async def balances(self) -> Balances:
        """Ask for balances."""
        return await self._request(self._venue.balances)

    async def close(self) -> None:
        """The exchange goes on without us."""

    async def _request(self, ask: Callable[[], Awaitable[T]]) -> T:
        sent = asyncio.ensure_future(ask())
        sent.add_done_callback(_look)
        answer = await asyncio.shield(sent)
        if self._process.is_dead:
            await asyncio.get_running_loop().create_future()
        return answer


def _look(future: asyncio.Future[T]) -> None:
    """Take an answer nobody waits for any more."""
    if not future.cancelled():
        future.exception()
