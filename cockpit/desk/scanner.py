"""Worker that may fail: looks for entries that leave the minimum spread, and proposes them.

Both legs are read from one book at one moment, so what is proposed was there; it may be gone a moment later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.entry import Offer, offer_of
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
        desk, state = self._desk, self._desk.state
        if market.id in state.ended or state.halted or market.id in state.pair_halted or not desk.may_send:
            return False
        now = desk.clock.now_ms()
        is_closing = market.closes_at_ms is not None and market.closes_at_ms - now < desk.rules.entry.life_ms // 4
        is_stale = state.books[market.id].age_ms(now) > desk.rules.limits.max_book_age_ms
        return not is_closing and not is_stale and state.open_parent(market.id) is None

    def _is_news(self, market: Market) -> bool:
        now = self._desk.state.books[market.id].version, self._desk.state.position(market.id).cost
        is_news = self._looked.get(market.id) != now
        self._looked[market.id] = now
        return is_news

    def _weigh(self, market: Market) -> Offer | None:
        rules, state = self._desk.rules, self._desk.state
        budget = min(rules.entry.budget, rules.rebalance.max_position_cost - state.position(market.id).cost)
        return offer_of(market, state.books[market.id], rules.entry, budget) if budget > 0 else None

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
