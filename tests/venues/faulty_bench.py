"""A practice venue with faults on the thin world, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.units import SHARE
from cockpit.desk.clock import LoopClock
from cockpit.drill import virtual_time
from cockpit.drill.thin_world import ThinWorld
from cockpit.venues.practice.faults import Faults, parse_faults
from cockpit.venues.practice.faulty import FaultyVenue
from cockpit.venues.practice.venue import PracticeVenue

START = 1_790_000_100_000
T = TypeVar("T")
E = TypeVar("E")


class Bench:
    """One venue, and a listener that writes down what it hears."""

    def __init__(self, faults: str = "", seed: int = 1, **thin: Any) -> None:
        self.clock = LoopClock(START)
        self.faults = Faults(seed, parse_faults(faults))
        world = partial(ThinWorld, **{"events_per_s": 0.2} | thin)
        self.inner = PracticeVenue(self.clock.now_ms, self.clock.sleep, seed, world=world)
        self.venue = FaultyVenue(self.inner, self.faults, self.clock.now_ms, self.clock.sleep)
        self.exchange = self.inner.exchange
        self.events: list[ev.Event] = []
        self.task: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Listen, and wait until the first state was told."""
        self.task = asyncio.ensure_future(self.venue.run(self.events.append))
        await asyncio.sleep(0.001)

    def disconnect(self) -> None:
        """Stop listening, as a desk that dies does."""
        assert self.task is not None
        self.task.cancel()

    def mishap(self, word: str) -> None:
        """Let a fault that happens by itself happen now."""
        self.venue.mishaps.happen(word)

    @property
    def market(self) -> str:
        """The first market that runs, empty for none."""
        return next(iter(self.exchange.ladders), "")

    def order(self, price: int = 2_000, **more: Any) -> Order:
        """Return a purchase of 10 YES that rests, unless told otherwise."""
        name = more.pop("name", "1")
        made = Order(f"0x{name}", name, "p", self.market, Leg.YES, Side.BUY, price, 10 * SHARE, OrderType.GTC)
        return replace(made, **more)

    def heard(self, kind: type[E]) -> list[E]:
        """Return the events of one kind that were heard."""
        return [event for event in self.events if isinstance(event, kind)]


def play(scene: Callable[[Bench], Coroutine[Any, Any, T]], faults: str = "", seed: int = 1, **thin: Any) -> T:
    """Run a scene on a connected bench."""

    async def main() -> T:
        bench = Bench(faults, seed, **thin)
        await bench.connect()
        try:
            return await scene(bench)
        finally:
            await bench.venue.close()

    return virtual_time.run(main(), seed)
