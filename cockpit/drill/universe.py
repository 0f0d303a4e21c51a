"""One universe: a desk, its store and an exchange full of faults, in virtual time, from a seed.

First the safety phase: everything goes wrong, the desk is killed and comes back, and no invariant may break. Then the
liveness phase: the faults end, and within a bounded time everything must add up.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from cockpit.core import events as ev
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.drill import virtual_time
from cockpit.drill.checks import Checks, Violation
from cockpit.drill.convergence import missing
from cockpit.drill.harness import Crash, Disk, Timetable
from cockpit.drill.person import Person
from cockpit.drill.plan import Plan
from cockpit.drill.process import GateJournal, GateVenue, Process
from cockpit.drill.thin_world import ThinWorld
from cockpit.drill.wishes import MOST_LIFE_S
from cockpit.storage import codec
from cockpit.storage.journal import JournalFailed
from cockpit.storage.latch import MemoryLatch
from cockpit.storage.store import Store
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.faulty import HEALED_MS, FaultyVenue
from cockpit.venues.practice.venue import PracticeVenue

EVENTS_PER_S = 1.0
"""Of market data, in all: realism belongs to the practice screen."""
CONVERGES_WITHIN_S = MOST_LIFE_S + 60 + 30 + 90 + HEALED_MS // 1000 + 240
"""Longest life of an order, a minute early, margin, quarantine, healing, and some rounds of looking."""
_LOOK_EVERY_S = 15.0
_DOWN_MS = (500, 20_000)


@dataclass(slots=True)
class Outcome:
    """What became of a universe."""

    seed: int
    violations: list[Violation]
    fired: dict[str, int]
    points: dict[str, int]
    trace_hash: str
    simulated_s: float
    orders: int
    fills: int
    restarts: int
    trail: list[str] = field(default_factory=list)
    """The newest domain events, for a person who replays it."""


class Universe:
    """Everything there is."""

    def __init__(self, plan: Plan, *, until_s: float | None = None, desk_type: Callable[..., Desk] = Desk) -> None:
        self.plan = plan
        self.clock = LoopClock()
        self.began_ms = self.now_ms()
        self.over = asyncio.Event()
        self.store = Store(None)
        self.engine = self.store._engine
        self.latch = MemoryLatch()
        self.faults = Faults(plan.seed, plan.rates)
        inner = PracticeVenue(self.now_ms, self._sleep, plan.seed, quiet_ms=None, world=_world)
        self.exchange: Exchange = inner.exchange
        self.venue = FaultyVenue(inner, self.faults, self.now_ms, self._sleep)
        self.crash, self.disk = Crash(plan, self.clock), Disk(plan, self.clock)
        words = ("proc.term", "proc.second", "clock.step", "suspend")
        self._times = {word: Timetable(plan, word, self.now_ms()) for word in words}
        self.checks = Checks(self)
        self.person = Person(self)
        self.is_alive = False
        self.fence = 0
        """The number of the newest desk that took the journal over."""
        self.restarts = 0
        self._until_s = until_s
        self._desk_type = desk_type
        self._hash = hashlib.blake2b(digest_size=16)
        self.trail: list[str] = []
        self._ids = SeededIds(plan.seed)
        self.process: Process
        self.desk: Desk

    def now_ms(self) -> int:
        """Return the exchange's time."""
        return self.clock.now_ms()

    async def _sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    @property
    def is_halting(self) -> bool:
        """Whether a stop is being carried out."""
        return bool(self.desk.state.halted)

    @property
    def is_recovering(self) -> bool:
        """Whether the desk is still asking the venue what happened."""
        return not self.desk.is_ready

    async def run(self) -> Outcome:
        """Live through both phases."""
        tasks = [asyncio.ensure_future(work) for work in (self._lives(), self.person.run(), self._time())]
        try:
            await self._wait(self.plan.hours * 3600 if self._until_s is None else self._until_s)
            if self._until_s is None and not self.over.is_set():
                self._end_faults()
                await self._converge()
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
            await self._sweep()
            await self.venue.close()
            self.store.close()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return self._outcome()

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.over.wait()

    def _end_faults(self) -> None:
        self.faults.off()
        self.crash.off()
        self.disk.off()
        for times in self._times.values():
            times.off()
        self.person.is_quiet = True

    async def _converge(self) -> None:
        """Wait until everything adds up; a violation if it does not in time."""
        why = "nothing was looked at"
        for _ in range(round(CONVERGES_WITHIN_S / _LOOK_EVERY_S)):
            await self._wait(_LOOK_EVERY_S)
            if self.over.is_set():
                return
            if self.is_alive:
                self.person.settle(self.desk)
                why = missing(self)
                if not why:
                    return
        self.checks.fail("liveness", why)

    # ---- lives ----

    async def _lives(self) -> None:
        """Start the desk again whenever it has died."""
        while True:
            await self._live()
            self.restarts += 1
            await self._sleep(self.crash.down_ms(_DOWN_MS) / 1000)

    async def _live(self) -> None:
        self.process = Process(self)
        self.desk = self._desk_type(
            venue=GateVenue(self.process),
            journal=GateJournal(self.process),
            clock=self.clock,
            ids=self._ids,
            rules=self.plan.rules,
            mode="practice",
            seed=self.plan.seed,
            listener=self._listen,
            latch=self.latch,
        )
        self.desk.recover()
        self.checks.recovered(self.desk)
        self.is_alive = True
        work = asyncio.ensure_future(self.desk.run())
        death = asyncio.ensure_future(self.process.died.wait())
        try:
            await asyncio.wait([work, death], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.is_alive = False
            death.cancel()
            if not work.done():
                await self._sweep_desk(work)
        if not self.process.is_dead and work.done():
            # A desk may stop by itself when its disk fails, or when another has replaced it; it must not fall over.
            error = work.exception()
            if error is not None and not isinstance(error, JournalFailed):
                self.checks.fail("crash", repr(error))

    async def _sweep_desk(self, work: asyncio.Future[None]) -> None:
        """Take a killed desk's tasks away: nothing of what they still do has any effect."""
        self.process.kill()
        self.desk.is_fenced = True
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    async def _sweep(self) -> None:
        leftover = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in leftover:
            task.cancel()
        await asyncio.gather(*leftover, return_exceptions=True)

    async def _time(self) -> None:
        """Once a second: look at what no event shows, and let time do what it does."""
        while True:
            await self._sleep(1.0)
            if not self.is_alive:
                continue
            self.checks.tick()
            now = self.now_ms()
            if self._times["suspend"].is_due(now):
                self.clock.suspend(self._times["suspend"].draw.randint(10_000, 3_600_000))
            if self._times["clock.step"].is_due(now):
                self.clock.suspend(-self._times["clock.step"].draw.randint(1_000, 300_000))
            if self._times["proc.term"].is_due(now):
                self.desk.stop()
            if self._times["proc.second"].is_due(now):
                self._second_desk()
            self.process.idle()

    def _second_desk(self) -> None:
        """Let another desk take the journal over: the first one, which does not know, may not send any more."""
        self.fence = self.store.take_over()

    # ---- the trace ----

    def _listen(self, event: ev.Event) -> None:
        if self.process.is_dead:
            return
        self.checks.seen(event)
        if codec.is_fact(event):
            name, _, body = codec.encode(event)
            self._hash.update(name.encode())
            self._hash.update(body.encode())
            if self._until_s is not None:
                self.trail.append(f"{(event.at_ms - self.began_ms) / 1000:10.3f} {name} {body}")

    def _outcome(self) -> Outcome:
        own = {word: times.fired for word, times in self._times.items()} | self.disk.fired
        return Outcome(
            seed=self.plan.seed,
            violations=self.checks.violations,
            fired=self.faults.fired | own | {"proc.kill9": self.crash.fired},
            points=self.crash.at,
            trace_hash=self._hash.hexdigest(),
            simulated_s=asyncio.get_running_loop().time(),
            orders=len(self.checks.intents),
            fills=len(self.exchange.account.fills),
            restarts=self.restarts,
            trail=self.trail,
        )


def _world(exchange: Exchange, seed: int) -> ThinWorld:
    return ThinWorld(exchange, seed, events_per_s=EVENTS_PER_S)


def simulate(plan: Plan, *, until_s: float | None = None, desk_type: Callable[..., Desk] = Desk) -> Outcome:
    """Return what becomes of a universe, run in virtual time."""

    async def live() -> Outcome:
        return await Universe(plan, until_s=until_s, desk_type=desk_type).run()

    return virtual_time.run(live(), plan.seed)
