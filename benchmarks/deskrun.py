"""One desk on the practice exchange in virtual time, with a single family of markets and nothing it need not do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import common  # noqa: F401 - puts the checkout on the path

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.limits import Limits
from cockpit.core.market import Leg, Market
from cockpit.core.order import Order
from cockpit.core.parent import Parent
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.storage.history import NoHistory
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import BY_SLUG, Family
from cockpit.venues.practice.venue import PracticeVenue
from cockpit.venues.practice.world import World, WorldLike

T = TypeVar("T")
CASH = 100_000 * USD
START_MS = 1_790_000_000_000
_LARGE = 1_000_000 * SHARE
LIMITS = Limits(
    max_position_size=_LARGE,
    max_total_exposure=1_000_000 * USD,
    max_event_exposure=1_000_000 * USD,
    max_daily_loss=100_000 * USD,
    max_unhedged=_LARGE,
    max_book_age_ms=30_000,
)
RULES = DeskRules(limits=LIMITS, pair_mode="off", scans=False, reconcile_interval_s=3_600.0)


class RichWorld(World):
    """The practice market with an account that can pay for everything, and holds nothing yet."""

    def __init__(self, exchange: Exchange, seed: int, events_per_s: float, families: Sequence[Family]) -> None:
        super().__init__(exchange, seed, events_per_s, families)
        self._account = exchange.account

    def open_account(self, now_ms: int) -> None:
        """Book the cash alone."""
        self._account.cash = CASH


@dataclass(slots=True)
class Rig:
    """A desk, its exchange, and what was traded while it ran."""

    venue: PracticeVenue
    desk: Desk
    clock: LoopClock
    prints: list[ev.TradePrinted] = field(default_factory=list)

    @property
    def market(self) -> Market:
        """The first market of the world."""
        return next(iter(self.desk.state.markets.values()))

    def split(self, command: cmd.Split) -> Parent:
        """Ask for a split; return its parent as it was begun. The desk's answer must be yes."""
        self.desk.submit(command)
        return next(reversed(self.desk.state.parents.values()))

    def children(self, parent: Parent) -> list[Order]:
        """Return everything that was sent for a parent, oldest first."""
        return list(self.desk.state.children_of(parent.id))


World_ = Callable[[Exchange, int], WorldLike]


def practice(families: Sequence[str], events_per_s: float) -> World_:
    """Return a world of these families alone."""
    return partial(_rich, events_per_s, tuple(BY_SLUG[name] for name in families))


def _rich(events_per_s: float, families: Sequence[Family], exchange: Exchange, seed: int) -> WorldLike:
    return RichWorld(exchange, seed, events_per_s, families)


def with_desk(
    seed: int,
    world: World_,
    work: Callable[[Rig], Awaitable[T]],
    rules: DeskRules = RULES,
    start_ms: int = START_MS,
) -> T:
    """Run a desk in a world, in virtual time, while `work` works; return what that returns."""
    return run(_with_desk(seed, world, work, rules, start_ms))


async def _with_desk(
    seed: int, world: World_, work: Callable[[Rig], Awaitable[T]], rules: DeskRules, start_ms: int
) -> T:
    clock = LoopClock(start_ms)
    venue = PracticeVenue(clock.now_ms, clock.sleep, seed, world=world)
    prints: list[ev.TradePrinted] = []

    def listen(event: ev.Event) -> None:
        if isinstance(event, ev.TradePrinted):
            prints.append(event)

    desk = Desk(
        venue=venue,
        journal=DirectJournal(Store(None)),
        clock=clock,
        ids=SeededIds(seed),
        rules=rules,
        listener=listen,
        history=NoHistory(),
    )
    desk.recover()
    task = asyncio.get_running_loop().create_task(desk.run())
    try:
        return await work(Rig(venue, desk, clock, prints))
    finally:
        desk.stop()
        await task


def yes_price(leg: Leg, price: int) -> int:
    """Return a leg's price in YES prices."""
    return price if leg is Leg.YES else PRICE_ONE - price
