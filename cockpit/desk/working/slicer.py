"""Works sliced parents: sends or rests what is due, follows the plan, and sees to the rest when the window ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.parent import Algorithm, AtEnd, Parent, ParentState, Style
from cockpit.desk.working.bidder import Bidder
from cockpit.desk.working.children import IDLE_S, Done, done_of, expiry_of, finish, most_of, price_of, stop
from cockpit.desk.working.disguise import hides, is_filled, shown
from cockpit.desk.working.iceberg import Icebergs
from cockpit.desk.working.keeper import Keeper, Wish
from cockpit.desk.working.planner import CATCH_UP, Planner
from cockpit.desk.working.taking import Taking, reserve_ms

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

CROSSED_PARTS = 4
"""No more than one of so many parts of the window is spent on crossing what has rested in vain."""
WITHDRAWN_MS = 2_000
"""So long what rests may take to be proven dead, before the rest is crossed."""
LEFT_FOR_MS = 3_600_000
"""How long what is left in the book at the end stays there."""


class Slicer:
    """Works TWAP, VWAP, ICEBERG and RANDOM parents."""

    def __init__(self, desk: Desk, keeper: Keeper, bidder: Bidder, planner: Planner, taking: Taking) -> None:
        self._desk, self._keeper, self._bidder, self._planner, self._taking = desk, keeper, bidder, planner, taking
        self._icebergs = Icebergs(desk, planner)

    def work(self, parent: Parent, now: int) -> float:
        """Do what is due for one parent; return how many seconds until it must be looked at again."""
        done = done_of(self._desk, parent)
        if done.left <= 0 and not done.live:
            finish(self._desk, parent, 0)
            return IDLE_S
        if parent.state is ParentState.PAUSED:
            return self._paused(parent, done, now)
        if now >= self._tail_ms(parent, done):
            return self._end(parent, done, now)
        if parent.algorithm is Algorithm.ICEBERG:
            return self._iceberg(parent, done, now)
        is_taken = parent.how.style is Style.TAKE
        # Volume may ask for children at any moment: none is planned before it may be sent.
        if is_taken and parent.algorithm is Algorithm.VWAP and (wait := self._taking.pause_s(parent, now)) > 0:
            return wait
        parent = self._planner.refresh(parent, done, now)
        if is_taken:
            return self._taking.work(parent, done, now)
        return self._rest(parent, done, now)

    def traded(self, market_id: str) -> None:
        """Somebody has traded: icebergs of this market wait anew."""
        self._icebergs.traded(market_id)

    def _paused(self, parent: Parent, done: Done, now: int) -> float:
        if done.live:
            self._keeper.withdraw(done.live)
        elif now >= self._over_ms(parent):
            stop(self._desk, parent, "its time window passed while it was paused")
        return IDLE_S

    @staticmethod
    def _over_ms(parent: Parent) -> int:
        """Return when nothing of it may be in the book any more."""
        return parent.ends_at_ms + (LEFT_FOR_MS if parent.how.at_end is AtEnd.LEAVE else 0)

    def _tail_ms(self, parent: Parent, done: Done) -> int:
        """Return when the rest is seen to: it is crossed in the last part of the window.

        What rests is given up in time for all of it. Children that take need that only where the plan leaves more than
        it has the time for.
        """
        if parent.how.at_end is not AtEnd.CROSS:
            return parent.ends_at_ms
        reserve = reserve_ms(parent)
        if parent.how.style is Style.TAKE:
            return parent.ends_at_ms - min(reserve, self._taking.crossing_ms(parent, done.left))
        if not self._taking.is_in_reach(parent):
            return parent.ends_at_ms - reserve  # while nothing can be taken somebody may yet come to what rests
        longest = max(reserve, parent.window_ms // CROSSED_PARTS)
        if self._taking.has_crossed(parent, done):
            return parent.ends_at_ms - longest  # it goes on, and what is left needs less time by now
        needed = WITHDRAWN_MS + self._taking.crossing_ms(parent, done.left + done.possible)
        return parent.ends_at_ms - min(max(reserve, needed), longest)

    def _rest(self, parent: Parent, done: Done, now: int) -> float:
        """Keep what is due and not done in the book until its slice ends."""
        count = parent.due(now)
        if not count:
            return (parent.slices[0].at_ms - now) / 1000 if parent.slices else IDLE_S
        least = self._desk.state.markets[parent.market_id].min_size
        if count == len(parent.slices) and not done.live and done.left < least:
            finish(self._desk, parent, done.left)
            return IDLE_S
        is_last = count >= len(parent.slices)
        until = self._tail_ms(parent, done) if is_last else parent.slices[count].at_ms
        # Never more at once than twice what was planned for a slice; what rests already is not taken back for it.
        most = max(CATCH_UP * self._planner.largest(parent), done.possible)
        if hides(parent) and not is_last and is_filled(done, count - 1):
            with_next = parent.planned(count + 1) - done.filled
            if with_next <= min(most, most_of(self._desk, parent)):
                return (until - now) / 1000  # what else is due comes with the next slice: at once would show
        size = min(parent.planned(count) - done.filled, most)
        wait = self._place(parent, done, size, count - 1, until, now)
        return min(wait, max(until - now, 0) / 1000)

    def _place(self, parent: Parent, done: Done, size: int, index: int, until: int, now: int) -> float:
        """Keep so many shares in the book, at the top or at the limit, as the parent's style is."""
        size = shown(self._desk, parent, done, size, index)
        if parent.how.style is Style.TOP:
            return self._bidder.keep(parent, done, size, until, now, index)
        price, expires = price_of(self._desk, parent), expiry_of(until, now)
        wish = Wish(size, price, expires_at_ms=expires, slice_index=index, spares_rest=True)
        return self._keeper.keep(parent, done, wish, now)

    def _iceberg(self, parent: Parent, done: Done, now: int) -> float:
        """Keep the chunk that is shown in the book; once it has filled, show the next when its time has come."""
        least = self._desk.state.markets[parent.market_id].min_size
        size = parent.planned(len(parent.slices)) - done.filled
        if not done.live and (size < least or is_filled(done, len(parent.slices) - 1)) and done.left > 0:
            wait = self._icebergs.wait_s(parent, now)
            if wait > 0:
                return wait
            if done.left < least:
                finish(self._desk, parent, done.left)
                return IDLE_S
            parent = self._planner.show_next(parent, done, now)
            size = parent.planned(len(parent.slices)) - done.filled
        until = self._tail_ms(parent, done)
        return self._place(parent, done, size, len(parent.slices) - 1, until, now)

    def _end(self, parent: Parent, done: Done, now: int) -> float:
        """The window ends: cross the rest, leave it in the book, or cancel it."""
        at_end = parent.how.at_end
        if at_end is AtEnd.LEAVE and now < self._over_ms(parent):
            return self._leave(parent, done, now)
        if resting := [order for order in done.live if order.can_rest]:
            self._keeper.withdraw(resting)
        elif done.live:
            return IDLE_S
        elif at_end is AtEnd.CROSS and now < parent.ends_at_ms and self._taking.can_cross(parent, done):
            return self._taking.cross(parent, done, now)
        else:
            finish(self._desk, parent, done.left)
        return IDLE_S

    def _leave(self, parent: Parent, done: Done, now: int) -> float:
        """Keep the rest in the book, a child at a time, for as long as it is left there."""
        if not done.live and done.left < self._desk.state.markets[parent.market_id].min_size:
            finish(self._desk, parent, done.left)
            return IDLE_S
        size, until = parent.size - done.filled, self._over_ms(parent)
        return self._place(parent, done, size, len(parent.slices), until, now)
