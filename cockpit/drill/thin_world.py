"""A cheap world for long runs: two or three markets in which little happens, but everything that can.

Others quote a few levels around a fair price that walks slowly, take now and then, and sometimes quote through
somebody's price; one market closes and is followed by the next. Integers and seeded draws only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market
from cockpit.core.units import PRICE_ONE, USD
from cockpit.drill.thin_crowd import STEP, ThinCrowd
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import Window
from cockpit.venues.practice.opening import Purchase, book_purchase
from cockpit.venues.practice.world import Listing

MOST_EVENTS_PER_S = 5.0
_LONG_MS = 30 * 24 * 3_600_000
_LEAD_MS = 60_000
_RELIST_MS = 5_000
_GAP_MS = 2_000
_NEVER_MS = 1 << 62
HOLDINGS = (
    Purchase("thin-0", Leg.YES, 60, 4_400, 12),
    Purchase("thin-0", Leg.NO, 20, 4_700, 4),
    Purchase("thin-1", Leg.NO, 30, 4_600, 9),
    Purchase("thin-1", Leg.YES, 30, 4_600, 8),
)
"""One pair out of balance and one that has locked a profit. Families are `thin-<number>`."""


class ThinWorld:
    """Implements `cockpit.venues.practice.world.WorldLike`."""

    def __init__(
        self,
        exchange: Exchange,
        seed: int,
        *,
        events_per_s: float = 1.0,
        markets: int = 3,
        closing: Sequence[int] = (2,),
        period_ms: int = 20 * 60_000,
        worth: int = 1_000 * USD,
        holdings: Sequence[Purchase] = HOLDINGS,
    ) -> None:
        """`events_per_s` counts over all markets; those numbered in `closing` end every `period_ms`.

        A new account gets `holdings`, and in cash what is left of `worth` (in 1/1,000,000 USD).
        """
        if not 0 < events_per_s <= MOST_EVENTS_PER_S:
            raise ValueError(f"events_per_s {events_per_s} is not above 0 and at most {MOST_EVENTS_PER_S}")
        self.windows: dict[str, Window] = {}
        self.crowds: dict[str, ThinCrowd] = {}
        self.next_ms = 0.0
        self._exchange = exchange
        self._seed = seed
        self._draw = seeded(seed, "thin world")
        self._gap_ms = 1000 / events_per_s
        self._families = [f"thin-{number}" for number in range(markets)]
        self._closing = {f"thin-{number}" for number in closing}
        self._period_ms = period_ms
        self._worth = worth
        self._holdings = holdings
        self._roll_ms = 0
        self._act_ms = 0.0
        self._listed_until: dict[str, int] = {}
        """Family -> when its newest market ends: then (or a little before) the next is listed."""

    # ---- as the venue asks ----

    def listing(self, market_id: str) -> Listing:
        """Return one market as it should be written."""
        thin = self.crowds.get(market_id)
        fair = (thin.fair if thin else PRICE_ONE // 2) * 100
        tick = self._exchange.markets[market_id].tick
        return Listing(market_id, self.windows[market_id], tick, fair, self._exchange.ended.get(market_id))

    def list_saved(self, listings: Sequence[Listing]) -> None:
        """List the markets that were written."""
        for listing in listings:
            self._exchange.relist(self._market(listing.window, listing.tick), listing.payout_yes)
            self.windows[listing.market_id] = listing.window

    def revive(self, listings: Sequence[Listing], now_ms: int) -> None:
        """Let the markets that were written trade on, or list the first ones."""
        for listing in listings:
            if listing.payout_yes is None:
                self._populate(listing.window, listing.market_id, listing.fair // 100, now_ms)
        self._act_ms = now_ms + self._pause()
        self._roll(now_ms)

    def open_account(self, now_ms: int) -> None:
        """Book the opening holdings and the cash that is left."""
        self._exchange.account.cash = self._worth
        market_of = {thin.window.family: thin.market_id for thin in self.crowds.values()}
        for number, bought in enumerate(self._holdings):
            if bought.family in market_of:
                book_purchase(self._exchange, bought, market_of[bought.family], number, now_ms)

    def end_market(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """Resolve a market that runs; the next of its kind is listed within seconds."""
        thin = self.crowds.pop(market_id)
        self._exchange.resolve(market_id, payout_yes, now_ms)
        if all(other.window.family != thin.window.family for other in self.crowds.values()):
            self._listed_until[thin.window.family] = now_ms + _RELIST_MS
        self._schedule()

    def step(self, now_ms: int) -> None:
        """Do the one thing that has been due the longest."""
        if self._roll_ms <= self._act_ms:
            self._roll(now_ms)
            return
        at_ms = int(self._act_ms) if now_ms - self._act_ms <= _GAP_MS else now_ms
        self._act_ms = at_ms + self._pause()
        if self.crowds:
            self._draw.choice(list(self.crowds.values())).act(at_ms)
        self._schedule()

    # ---- markets ----

    def _roll(self, now_ms: int) -> None:
        """End what is over and list what is due."""
        for thin in list(self.crowds.values()):
            if thin.window.closes_ms <= now_ms:
                is_yes = self._draw.randrange(PRICE_ONE) < thin.fair
                self.end_market(thin.market_id, PRICE_ONE if is_yes else 0, now_ms)
        for family in self._families:
            until = self._listed_until.get(family, now_ms)
            if until - (_LEAD_MS if family in self._closing and self._is_open(family) else 0) <= now_ms:
                self._list(family, max(until, now_ms) if self._is_open(family) else now_ms, now_ms)
        self._schedule()

    def _is_open(self, family: str) -> bool:
        return any(thin.window.family == family for thin in self.crowds.values())

    def _list(self, family: str, starts_ms: int, now_ms: int) -> None:
        length = self._period_ms if family in self._closing else _LONG_MS
        window = Window(family, starts_ms, starts_ms + length)
        market = self._market(window)
        self._exchange.list_market(market)
        fair = 4_950 if family == self._families[0] else self._draw.randrange(3_500, 6_500, STEP) + STEP // 2
        self._populate(window, market.id, fair, now_ms)

    def _populate(self, window: Window, market_id: str, fair: int, now_ms: int) -> None:
        crowd = ThinCrowd(self._exchange, market_id, window, fair, self._draw)
        self.windows[market_id] = window
        self.crowds[market_id] = crowd
        self._listed_until[window.family] = max(window.closes_ms, self._listed_until.get(window.family, 0))
        crowd.requote(now_ms)

    def _market(self, window: Window, tick: int = 100) -> Market:
        name = f"{window.family} {window.starts_ms // 1000 % 100_000}"
        ids = [_hash(self._seed, window, what) for what in ("condition", "0", "1")]
        return Market(
            id="0x" + ids[0],
            name=name,
            title=f"Will {name} happen?",
            tokens=(str(int(ids[1], 16)), str(int(ids[2], 16))),
            tick=tick,
            fees=FeeSchedule(0 if window.family == self._families[0] else 500),
            closes_at_ms=window.closes_ms,
            event=window.family,
        )

    def _pause(self) -> float:
        return max(1000 / MOST_EVENTS_PER_S, self._draw.expovariate(1 / self._gap_ms))

    def _schedule(self) -> None:
        leads = (self._listed_until[f] - (_LEAD_MS if self._is_open(f) else 0) for f in self._listed_until)
        closing = (thin.window.closes_ms for thin in self.crowds.values())
        self._roll_ms = min(min(leads), min(closing, default=_NEVER_MS))
        self.next_ms = min(self._roll_ms, self._act_ms)


def _hash(seed: int, window: Window, what: str) -> str:
    return hashlib.sha256(f"thin:{seed}:{window.family}-{window.starts_ms}:{what}".encode()).hexdigest()
