"""One market's resting orders in YES prices, first come first served at each price.

Other traders are anonymous: their orders that stand next to each other in a queue are one chunk, so a queue is only
as long as our own orders cut it. Invariant: the best bid is below the best ask, and no level is empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cockpit.core.units import PRICE_ONE
from cockpit.venues.mirror import ASK, BID

OTHERS = ""
"""The owner of every chunk that is not ours."""


@dataclass(frozen=True, slots=True)
class Match:
    """Shares that one resting order (or one chunk of others) gives at its own price."""

    order_id: str
    price: int
    shares: int


@dataclass(slots=True)
class Chunk:
    """One order of ours, or neighbouring orders of others, in a queue."""

    order_id: str
    shares: int


@dataclass(slots=True)
class Level:
    """The queue at one price, oldest first; two chunks of others never stand next to each other."""

    queue: list[Chunk] = field(default_factory=list)
    total: int = 0
    mine: int = 0


class Ladder:
    """Both sides of one market. Prices in 1/10,000 USD, sizes in 1/1,000,000 shares."""

    __slots__ = ("best", "sides")

    def __init__(self) -> None:
        self.sides: tuple[dict[int, Level], dict[int, Level]] = ({}, {})
        self.best = [0, PRICE_ONE]
        """Best bid (0 for none) and best ask (1 USD for none)."""

    def crosses(self, side: int, price: int) -> bool:
        """Return whether an order of this side and price would match at once."""
        return self.best[ASK] <= price < PRICE_ONE if side == BID else 0 < price <= self.best[BID]

    def total(self, side: int, price: int) -> int:
        """Return all shares at a price."""
        level = self.sides[side].get(price)
        return level.total if level else 0

    def others(self, side: int, price: int) -> int:
        """Return the other traders' shares at a price."""
        level = self.sides[side].get(price)
        return level.total - level.mine if level else 0

    def prices(self, side: int) -> list[int]:
        """Return the prices of a side, best first."""
        return sorted(self.sides[side], reverse=side == BID)

    def levels(self, side: int) -> tuple[tuple[int, int], ...]:
        """Return (price, total) of a side, best first."""
        own = self.sides[side]
        return tuple((price, own[price].total) for price in self.prices(side))

    def add(self, side: int, price: int, shares: int, order_id: str = OTHERS) -> None:
        """Queue shares behind all others at this price. The caller has matched what crosses."""
        level = self.sides[side].get(price)
        if level is None:
            level = self.sides[side][price] = Level()
            if price > self.best[BID] if side == BID else price < self.best[ASK]:
                self.best[side] = price
        if level.queue and order_id == OTHERS == level.queue[-1].order_id:
            level.queue[-1].shares += shares
        else:
            level.queue.append(Chunk(order_id, shares))
        level.total += shares
        if order_id != OTHERS:
            level.mine += shares

    def plan(self, side: int, limit: int, shares: int) -> list[Match]:
        """Return what an order for `shares` would take from this (resting) side, best price and oldest first."""
        found: list[Match] = []
        for price in self.prices(side):
            if shares <= 0 or (price < limit if side == BID else price > limit):
                break
            for chunk in self.sides[side][price].queue:
                step = min(chunk.shares, shares)
                if step <= 0:
                    break
                found.append(Match(chunk.order_id, price, step))
                shares -= step
        return found

    def consume(self, side: int, matches: list[Match]) -> None:
        """Take a plan made from the present queues out of them."""
        for match in matches:
            level = self.sides[side][match.price]
            head = level.queue[0]
            if head.order_id != match.order_id or head.shares < match.shares:
                raise AssertionError(f"plan {match} does not meet the head of the queue {head}")
            self._shrink(side, match.price, level, 0, match.shares)

    def withdraw(self, side: int, price: int, shares: int, where: float) -> int:
        """Take away up to `shares` of the other traders, beginning at the fraction `where` of their queue.

        Returns what went. Where it begins decides how much of it stood before our own orders.
        """
        level = self.sides[side].get(price)
        if level is None:
            return 0
        wanted = min(shares, level.total - level.mine)
        skip = int((level.total - level.mine - wanted) * where)
        taken, index = 0, 0
        while taken < wanted:
            chunk = level.queue[index]
            if chunk.order_id != OTHERS or skip >= chunk.shares:
                skip -= chunk.shares if chunk.order_id == OTHERS else 0
                index += 1
                continue
            step = min(chunk.shares - skip, wanted - taken)
            is_gone = step == chunk.shares
            self._shrink(side, price, level, index, step)
            taken, skip = taken + step, 0
            index += 0 if is_gone else 1
        return taken

    def remove(self, side: int, price: int, order_id: str) -> int:
        """Take one of our orders away; returns the shares that were left of it."""
        level = self.sides[side].get(price)
        if level is None:
            return 0
        for index, chunk in enumerate(level.queue):
            if chunk.order_id == order_id:
                left = chunk.shares
                self._shrink(side, price, level, index, left)
                return left
        return 0

    def promote(self, side: int, price: int, order_id: str) -> None:
        """Put one of our orders first in its queue."""
        level = self.sides[side][price]
        index = next(index for index, chunk in enumerate(level.queue) if chunk.order_id == order_id)
        level.queue.insert(0, level.queue.pop(index))
        self._join(level, index)
        self._join(level, index + 1)

    def _join(self, level: Level, index: int) -> None:
        """Make one chunk of two neighbours that are both of others."""
        if 0 < index < len(level.queue):
            left, right = level.queue[index - 1 : index + 1]
            if left.order_id == OTHERS == right.order_id:
                left.shares += right.shares
                del level.queue[index]

    def _shrink(self, side: int, price: int, level: Level, index: int, shares: int) -> None:
        chunk = level.queue[index]
        chunk.shares -= shares
        level.total -= shares
        if chunk.order_id != OTHERS:
            level.mine -= shares
        if not chunk.shares:
            del level.queue[index]
            self._join(level, index)
        if not level.total:
            del self.sides[side][price]
            if price == self.best[side]:
                own = self.sides[side]
                self.best[side] = max(own, default=0) if side == BID else min(own, default=PRICE_ONE)
