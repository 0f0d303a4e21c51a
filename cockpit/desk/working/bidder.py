"""The top bidder: keeps an order one tick better than the best of the others, within its limit, never crossing.

Alone as a parent of its own, or for the children of a sliced one. Where an order belongs is `core.peg`'s to say; that
the old one is proven dead before the next is sent is `keeper`'s to see to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.fold_echoes import echoes_of
from cockpit.core.parent import Parent, ParentState
from cockpit.core.peg import Peg, peg
from cockpit.core.units import price_text
from cockpit.desk.working.children import IDLE_S, Done, done_of, expiry_of, finish, price_of, stop
from cockpit.desk.working.keeper import Keeper, Wish

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

PULL_AFTER_MS = 3_000
"""A book that is lost or crossed for so long has our pegged orders taken out of it."""


def top_of(desk: Desk, parent: Parent, limit: int, now: int) -> Peg | None:
    """Return where a parent's order belongs at the top of the book; None while that cannot be used."""
    state = desk.state
    book, tick = state.books[parent.market_id], state.markets[parent.market_id].tick
    own, gone = tuple(state.own_orders(parent.market_id)), echoes_of(state, parent.market_id, now)
    return peg(book, own, parent.leg, parent.side, limit, tick, parent.how.threshold, gone)


class Bidder:
    """Works TOP parents, and places the children of others at the top."""

    def __init__(self, desk: Desk, keeper: Keeper) -> None:
        self._desk, self._keeper = desk, keeper
        self._unusable_ms: dict[str, int] = {}
        """Market id -> since when its book cannot be used."""

    def work(self, parent: Parent, now: int) -> float:
        """Do what is due for one parent; return how many seconds until it must be looked at again."""
        done = done_of(self._desk, parent)
        is_over = now >= parent.ends_at_ms
        if not done.live and (is_over or done.left < self._desk.state.markets[parent.market_id].min_size):
            finish(self._desk, parent, done.left)
        elif is_over or parent.state is not ParentState.WORKING:
            self._keeper.withdraw(done.live)
        else:
            size = min(parent.size - done.filled, parent.how.max_size or parent.size)
            return self.keep(parent, done, size, parent.ends_at_ms, now)
        return IDLE_S

    def keep(self, parent: Parent, done: Done, size: int, until: int, now: int, index: int | None = None) -> float:
        """Keep so many shares at the top of the book until then; return how many seconds until the next look."""
        place = self._place(parent, now)
        if place is None:
            return self._unusable(parent, done, now)
        self._unusable_ms.pop(parent.market_id, None)
        if place.is_outbid and parent.how.stops_beyond:
            return self._stop(parent, done, place)
        price = self._price(parent, done, place)
        wish = Wish(
            size,
            price,
            post_only=True,
            expires_at_ms=expiry_of(until, now),
            slice_index=index,
            patience_ms=self._desk.rules.top_pause_ms,
            spares_rest=True,
        )
        return min(self._keeper.keep(parent, done, wish, now), self._desk.rules.poll_interval_s)

    def _place(self, parent: Parent, now: int) -> Peg | None:
        """Return where its order belongs; None while the book cannot be used."""
        return top_of(self._desk, parent, price_of(self._desk, parent), now)

    def _price(self, parent: Parent, done: Done, place: Peg) -> int:
        """Return the price to be at: alone in the book an order stays where it is, as long as that is legal."""
        resting = next((order.price for order in done.live if order.can_rest), None)
        market = self._desk.state.markets[parent.market_id]
        if place.others is not None or resting is None or not market.is_valid_price(resting):
            return place.price
        return place.price if parent.side.is_beyond(resting, price_of(self._desk, parent)) else resting

    def _unusable(self, parent: Parent, done: Done, now: int) -> float:
        """The book is lost or crossed: nothing is decided on it, and after a while what rests is taken out."""
        since = self._unusable_ms.setdefault(parent.market_id, now)
        if now - since >= PULL_AFTER_MS:
            self._keeper.withdraw(done.live)
        return IDLE_S

    def _stop(self, parent: Parent, done: Done, place: Peg) -> float:
        """The top is beyond the limit, and the person wants it to end there."""
        if done.live:
            self._keeper.withdraw(done.live)
        else:
            best = price_text(place.others) if place.others is not None else "?"
            limit = price_text(parent.limit)
            stop(self._desk, parent, f"outbid beyond its limit: others are at {best}, the limit is {limit}")
        return IDLE_S
