"""All markets and their crowds on one schedule, and the change from a window to the next.

The schedule is its own time: each step happens at the moment that was drawn for it, however late the process wakes,
so the same seed gives the same market. After a real gap (a sleeping laptop) it goes on from now.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cockpit.core.units import PRICE_ONE
from cockpit.venues.practice.bursts import Bursts
from cockpit.venues.practice.crowd import Crowd
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import BY_SLUG, FAMILIES, Family, Window, market_of, window_after, window_at
from cockpit.venues.practice.opening import open_account
from cockpit.venues.practice.resolution import Resolution
from cockpit.venues.practice.walk import Race, Walk

LEAD_MS = 60_000
"""A window's successor is listed this long before it ends."""
_GAP_MS = 2_000
FAIR_ONE = 1_000_000
"""Fair values are written in millionths."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One market as it is written: its window, and where it stood."""

    market_id: str
    window: Window
    tick: int
    fair: int
    payout_yes: int | None


class WorldLike(Protocol):
    """What the venue needs of a world: markets, and others who trade in them."""

    @property
    def next_ms(self) -> float:
        """When `step` has something to do next."""
        ...

    @property
    def windows(self) -> Mapping[str, Window]:
        """Every market listed, by id."""
        ...

    @property
    def crowds(self) -> Mapping[str, object]:
        """The markets that run, by id."""
        ...

    def listing(self, market_id: str) -> Listing:
        """Return one market as it should be written."""
        ...

    def list_saved(self, listings: Sequence[Listing]) -> None:
        """List the markets that were written; the account is set after this."""
        ...

    def revive(self, listings: Sequence[Listing], now_ms: int) -> None:
        """Go on from what was written, or begin."""
        ...

    def open_account(self, now_ms: int) -> None:
        """Give a new account its cash and holdings."""
        ...

    def step(self, now_ms: int) -> None:
        """Do the one thing that has been due the longest."""
        ...

    def end_market(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """Resolve a market before its time."""
        ...


class World:
    """The other traders of every market. `step` does one thing that is due."""

    def __init__(
        self, exchange: Exchange, seed: int, events_per_s: float, families: Sequence[Family] = FAMILIES
    ) -> None:
        self.windows: dict[str, Window] = {}
        """Every market listed, by id; of those that ended before this start only what the ledger still needs."""
        self.crowds: dict[str, Crowd] = {}
        self._exchange = exchange
        self._seed = seed
        self._rate = events_per_s / sum(family.kind.weight for family in families)
        self._families = families
        self._newest: dict[str, Window] = {}
        self._walks: dict[str, Walk] = {}
        self._bursts: dict[str, Bursts] = {}
        self._due: list[tuple[float, int, str]] = []
        self._count = 0
        self._roll_ms = 0
        self._resolution = Resolution(exchange, seed)

    @property
    def next_ms(self) -> float:
        """When `step` has something to do next."""
        return min(self._roll_ms, self._due[0][0] if self._due else self._roll_ms, self._resolution.next_ms)

    def listing(self, market_id: str) -> Listing:
        """Return one market as it should be written."""
        crowd = self.crowds.get(market_id)
        outcome = self._resolution.outcomes.get(market_id, PRICE_ONE // 2)
        fair = round(crowd.fair * FAIR_ONE) if crowd else outcome * FAIR_ONE // PRICE_ONE
        tick = self._exchange.markets[market_id].tick
        return Listing(market_id, self.windows[market_id], tick, fair, self._exchange.ended.get(market_id))

    def list_saved(self, listings: Sequence[Listing]) -> None:
        """List the markets that were written, without crowds yet: `revive` follows when the account is set."""
        for listing in listings:
            family, window = BY_SLUG[listing.window.family], listing.window
            self._exchange.relist(market_of(self._seed, family, window, listing.tick), listing.payout_yes)
            self.windows[listing.market_id] = window

    def revive(self, listings: Sequence[Listing], now_ms: int) -> None:
        """Resolve what ended while nobody was here, and let the others trade the rest from where it stood."""
        for listing in listings:
            if listing.payout_yes is not None:
                continue
            window = listing.window
            if window.closes_ms <= now_ms:
                chance = seeded(self._seed, "outcome", window.slug).random()
                payout = PRICE_ONE if chance * FAIR_ONE < listing.fair else 0
                self._exchange.resolve(listing.market_id, payout, now_ms)
                continue
            self._populate(BY_SLUG[window.family], window, listing.market_id, now_ms, listing.fair / FAIR_ONE)
        self.roll(now_ms)

    def roll(self, now_ms: int) -> None:
        """End the windows that are over and list those that are due."""
        for market_id in [market_id for market_id in self.crowds if self.windows[market_id].closes_ms <= now_ms]:
            crowd = self.crowds[market_id]
            crowd.fair = crowd.race.fair(crowd.race.closes_ms)
            self._forget(market_id)
            payout_yes = PRICE_ONE if crowd.fair >= 0.5 else 0
            self._resolution.begin(market_id, self.windows[market_id].slug, payout_yes, now_ms)
        for family in self._families:
            newest = self._newest.get(family.slug)
            if newest is None or newest.closes_ms <= now_ms:
                self._list(family, window_at(family, now_ms), now_ms)
            elif newest.closes_ms - now_ms <= LEAD_MS:
                self._list(family, window_after(family, newest), now_ms)
        closing = [self.windows[market_id].closes_ms for market_id in self.crowds]
        self._roll_ms = min(closing + [window.closes_ms - LEAD_MS for window in self._newest.values()])

    def open_account(self, now_ms: int) -> None:
        """Book the opening fills, where their markets exist, and the cash that is left."""
        open_account(self._exchange, {window.family: m for m, window in self.windows.items()}, now_ms)

    def end_market(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """Resolve a market that runs at once; its family goes on with its next window in time."""
        self._forget(market_id)
        self._exchange.resolve(market_id, payout_yes, now_ms)

    def _forget(self, market_id: str) -> None:
        """Let the others leave a market for good."""
        del self.crowds[market_id]
        for owned in (self._walks, self._bursts):
            owned.pop(self.windows[market_id].slug, None)

    def step(self, now_ms: int) -> None:
        """Do the one thing that has been due the longest."""
        if self._resolution.next_ms <= now_ms:
            self._resolution.step(now_ms)
            return
        if self._roll_ms <= now_ms and (not self._due or self._roll_ms <= self._due[0][0]):
            self.roll(now_ms)
            return
        due, _number, market_id = heapq.heappop(self._due)
        crowd = self.crowds.get(market_id)
        if crowd is None:
            return
        crowd.step(due if now_ms - due <= _GAP_MS else now_ms)
        self._push(market_id, crowd)

    def _list(self, family: Family, window: Window, now_ms: int) -> None:
        market = market_of(self._seed, family, window)
        self._newest[family.slug] = window
        if market.id in self.windows:
            return
        self._exchange.list_market(market)
        self._populate(family, window, market.id, now_ms, None)

    def _populate(self, family: Family, window: Window, market_id: str, now_ms: int, fair: float | None) -> None:
        """Give a listed market its crowd; `fair` is where it stood when it was written."""
        draw = seeded(self._seed, "fair", window.slug)
        newest = self._newest.get(family.slug)
        if newest is None or newest.closes_ms < window.closes_ms:
            self._newest[family.slug] = window
        walk_key = family.walk or window.slug
        walk = self._walks.get(walk_key)
        if walk is None:
            walk = Walk(seeded(self._seed, "walk", walk_key), family.kind.motion, now_ms)
            self._walks[walk_key] = walk
        crowd_key = family.crowd or window.slug
        bursts = self._bursts.get(crowd_key)
        if bursts is None:
            bursts = self._bursts[crowd_key] = Bursts(seeded(self._seed, "bursts", crowd_key), now_ms)
        starts_ms = window.starts_ms if family.kind.is_short else min(window.starts_ms, now_ms)
        race = Race(walk, starts_ms, window.closes_ms, family.lookback_s)
        # A short market's strike is set when its window begins; one that runs already has a price.
        if starts_ms <= now_ms:
            race.set_fair(draw.uniform(*family.fair) if fair is None else fair, now_ms)
        crowd = Crowd(self._exchange, self._exchange.markets[market_id], family.kind, race, bursts, self._seed)
        self.windows[market_id] = window
        self.crowds[market_id] = crowd
        crowd.open(now_ms, self._rate * family.kind.weight)
        self._push(market_id, crowd)

    def _push(self, market_id: str, crowd: Crowd) -> None:
        self._count += 1
        heapq.heappush(self._due, (crowd.next_ms, self._count, market_id))
