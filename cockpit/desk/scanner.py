"""Worker that may fail: looks for entries that leave the minimum spread, and proposes them.

Both legs are read from one book at one moment, so what is proposed was there; it may be gone a moment later.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.core import check_words as c
from cockpit.core import entry_words as w
from cockpit.core import pair_words as p
from cockpit.core.entry import Offer, best_of, offer_gates
from cockpit.core.gates import Row
from cockpit.core.market import Market

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

EVERY_S = 1.0
MOST_OFFERS = 5
AT_ONCE = 200
"""Markets looked at in one go."""


class Scanner:
    """Keeps the best offer of each market that has one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked: dict[str, tuple[int, int]] = {}
        """Market id -> (book version, cost of what is held) as of the last look."""
        self.offers: dict[str, Offer] = {}
        self.seen: dict[str, tuple[int, tuple[int, int]]] = {}
        """Market id -> (when its offer was seen first, at which prices), for as long as it has had one since."""

    async def run(self) -> None:
        """Look once a second."""
        while True:
            if self._desk.rules.scans:
                self.look()
            await self._desk.clock.sleep(EVERY_S)

    def look(self) -> None:
        """Weigh the markets whose book has changed; forget what is no longer possible."""
        looked = 0
        for market in self._desk.state.markets.values():
            if not self._is_possible(market):
                self._set(market.id, None)
            elif looked < AT_ONCE and self._is_news(market):
                self._set(market.id, self._weigh(market))
                looked += 1

    def best(self) -> list[Offer]:
        """Return the offers that lock most, the best first."""
        return sorted(self.offers.values(), key=lambda offer: -offer.result)[:MOST_OFFERS]

    def _is_possible(self, market: Market) -> bool:
        return all(is_open for _, is_open, _, _ in self.gates(market))

    def gates(self, market: Market) -> Iterator[Row]:
        """Yield what a market must pass before its book is looked at for an entry."""
        desk, state = self._desk, self._desk.state
        has_ended, is_halted, may_send = state.is_over(market.id), bool(state.halted), desk.may_send
        yield c.ENDED, not has_ended, has_ended, 0
        yield c.HALTED, not is_halted, is_halted, 0
        yield c.PAIR_HALTED, market.id not in state.pair_halted, market.id in state.pair_halted, 0
        yield c.READY, may_send, not may_send, 0
        now = desk.clock.now_ms()
        if market.closes_at_ms is not None:
            left, least = market.closes_at_ms - now, desk.rules.entry.life_ms // 4
            yield w.CLOSING, left >= least, left, least
        age, most = state.books[market.id].age_ms(now), desk.rules.limits.max_book_age_ms
        yield c.AGE, age <= most, age, most
        is_worked = state.open_parent(market.id) is not None
        yield p.FREE, not is_worked, is_worked, 0

    def offer_gates(self, market: Market, found: list[Offer]) -> Iterator[Row]:
        """Yield what an entry of a market must pass, of what is `found` in its book: see `core.entry`."""
        rules, state = self._desk.rules, self._desk.state
        budget = min(rules.entry.budget, rules.rebalance.max_position_cost - state.position(market.id).cost)
        return offer_gates(market, state.books[market.id], rules.entry, budget, found)

    def _is_news(self, market: Market) -> bool:
        now = self._desk.state.books[market.id].version, self._desk.state.position(market.id).cost
        is_news = self._looked.get(market.id) != now
        self._looked[market.id] = now
        return is_news

    def _weigh(self, market: Market) -> Offer | None:
        found: list[Offer] = []
        are_open = all(is_open for _, is_open, _, _ in self.offer_gates(market, found))
        return best_of(found) if are_open else None

    def _set(self, market_id: str, offer: Offer | None) -> None:
        if self.offers.get(market_id) == offer:
            return
        if offer is None:
            del self.offers[market_id]
            self._looked.pop(market_id, None)
            self.seen.pop(market_id, None)
        else:
            self.offers[market_id] = offer
            self.seen.setdefault(market_id, (self._desk.clock.now_ms(), offer.prices))
        self._desk.changes += 1
