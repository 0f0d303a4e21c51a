"""A book with others and us in it, on both legs, and what is to be pegged there."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from cockpit.core.book import Book
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.peg import Peg, as_yes, peg
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import book, legs, order, sides

LIVE = (OrderState.SENDING, OrderState.OPEN, OrderState.PARTIALLY_FILLED, OrderState.CANCELLING, OrderState.UNKNOWN)


@dataclass(frozen=True)
class Resting:
    """One order in the book, whose it is, in its own leg's prices."""

    leg: Leg
    side: Side
    price: int
    size: int
    is_ours: bool

    def seen_from(self, leg: Leg) -> tuple[Side, int]:
        """Return (side, price) as somebody who trades this leg sees it: an offer of NO at q is a bid for YES."""
        return (self.side, self.price) if leg is self.leg else (self.side.other, PRICE_ONE - self.price)


@dataclass(frozen=True)
class Scene:
    """A book, who is in it, and what is to be pegged."""

    resting: tuple[Resting, ...]
    leg: Leg
    side: Side
    limit: int
    tick: int
    threshold: int

    @property
    def book(self) -> Book:
        sides: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for one in self.resting:
            side, price = one.seen_from(Leg.YES)
            sides[side][price] = sides[side].get(price, 0) + one.size
        made = book(sides[0].items(), sides[1].items())
        made.tick = self.tick
        return made

    @property
    def own(self) -> tuple[Order, ...]:
        return tuple(
            order(
                f"o{number}",
                leg=one.leg,
                side=one.side,
                price=one.price,
                size=one.size + 3 * SHARE,
                filled=3 * SHARE,
                state=LIVE[number % len(LIVE)],
                order_type=OrderType.GTC,
            )
            for number, one in enumerate(self.resting)
            if one.is_ours
        )

    def side_of(self, side: Side, *, with_ours: bool) -> dict[int, int]:
        """Return price -> shares of one side, as seen from the leg that is traded."""
        found: dict[int, int] = {}
        for one in self.resting:
            seen, price = one.seen_from(self.leg)
            if seen is side and (with_ours or not one.is_ours):
                found[price] = found.get(price, 0) + one.size
        return found

    def pegged(self) -> Peg | None:
        return peg(self.book, self.own, self.leg, self.side, self.limit, self.tick, self.threshold)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Books that are not crossed, narrow ones often, at the ends of the scale too, ours among the others."""
    tick = draw(st.sampled_from([10, 100, 100, 1_000]))
    steps = PRICE_ONE // tick
    split = draw(st.integers(1, steps - 1) | st.sampled_from([1, 2, steps - 2, steps - 1]))
    gap = draw(st.sampled_from([0, 0, 1, 2, 9]))
    resting = []
    for is_bid_side in (True, False):
        near, far = (split, max(1, split - 6)) if is_bid_side else (split + 1 + gap, split + 7 + gap)
        low, high = min(near, far), max(near, far)
        if low > steps - 1:
            continue
        for _ in range(draw(st.integers(0, 5))):
            price = draw(st.integers(low, min(high, steps - 1))) * tick
            leg = draw(legs)
            side = Side.BUY if is_bid_side == (leg is Leg.YES) else Side.SELL
            size = draw(st.sampled_from([1, SHARE, 5 * SHARE, 40 * SHARE]))
            resting.append(Resting(leg, side, as_yes(leg, price), size, draw(st.integers(0, 2)) == 0))
    threshold = draw(st.sampled_from([0, 0, 1, 5 * SHARE, 10 * SHARE, 10**12]))
    return Scene(tuple(resting), draw(legs), draw(sides), draw(st.integers(1, PRICE_ONE - 1)), tick, threshold)
