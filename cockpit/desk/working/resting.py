"""Works a parent with a single order at its limit: one child at a time, until it is filled or its time is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.checks import GTD_EARLY_MS
from cockpit.core.limits import MIN_LIFE_MS
from cockpit.core.order import OrderType
from cockpit.core.parent import Parent, ParentState
from cockpit.desk.working.children import IDLE_S, ON_ITS_WAY_MS, done_of, finish, price_of
from cockpit.desk.working.keeper import Keeper, Wish

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


class Resting:
    """Keeps what is left of a parent in the book at its limit."""

    def __init__(self, desk: Desk, keeper: Keeper) -> None:
        self._desk, self._keeper = desk, keeper

    def work(self, parent: Parent, now: int) -> float:
        """Do what is due for one parent; return how many seconds until it must be looked at again."""
        done = done_of(self._desk, parent)
        has_tried = bool(done.children) and not parent.type.can_rest
        is_over = has_tried or now >= parent.ends_at_ms or self._is_short(parent, now)
        if not done.live and (is_over or done.left < self._desk.state.markets[parent.market_id].min_size):
            finish(self._desk, parent, done.left)
        elif done.live and (now >= parent.ends_at_ms or parent.state is not ParentState.WORKING):
            self._keeper.withdraw(done.live)
        elif parent.state is ParentState.WORKING:
            most = self._desk.entering.most_of(parent)
            return self._keeper.keep(parent, done, self.wish(parent, most - done.filled), now)
        return IDLE_S

    def wish(self, parent: Parent, size: int) -> Wish:
        """Return the order for so many shares; one that ends by itself ends with its parent."""
        expires = parent.ends_at_ms + ON_ITS_WAY_MS + GTD_EARLY_MS if parent.type is OrderType.GTD else None
        return Wish(size, price_of(self._desk, parent), parent.type, parent.post_only, expires)

    def _is_short(self, parent: Parent, now: int) -> bool:
        """Return whether too little time is left for another order that ends by itself."""
        return parent.type is OrderType.GTD and parent.ends_at_ms + ON_ITS_WAY_MS - now < MIN_LIFE_MS
