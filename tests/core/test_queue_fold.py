"""Places in queues as the fold keeps them: sent, shown by the level, traded around, told in any sequence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.queue import Queue
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import NOW, fill, market, order
from tests.core.one_level import US, Level

OURS = 10
both_ways = pytest.mark.parametrize(("leg", "side"), [(leg, side) for leg in Leg for side in Side])


class Bench:
    """A market and one of its levels, in which our order has a place. Whole shares."""

    def __init__(self, others: int, leg: Leg = Leg.YES, side: Side = Side.BUY) -> None:
        self.state, self.leg, self.side, self.price = State(), leg, side, 4_000
        self.is_bid = (leg is Leg.YES) == (side is Side.BUY)
        self.yes_price = self.price if leg is Leg.YES else PRICE_ONE - self.price
        apply(self.state, ev.MarketListed(NOW, market()))
        self.snapshot(others)

    def snapshot(self, total: int) -> None:
        levels = ((self.yes_price, total * SHARE),)
        bids, asks = (levels, ((9_900, SHARE),)) if self.is_bid else (((100, SHARE),), levels)
        apply(self.state, ev.BookSnapshot(NOW, "m", bids, asks, NOW))

    def send(self, order_id: str = "o", size: int = OURS, order_type: OrderType = OrderType.GTC) -> Order:
        terms = {"leg": self.leg, "side": self.side, "price": self.price, "order_type": order_type}
        sent = order(order_id, size=size * SHARE, **terms)  # type: ignore[arg-type]
        apply(self.state, ev.OrderSending(NOW, sent))
        return sent

    def move(self, state: OrderState, order_id: str = "o") -> None:
        apply(self.state, ev.OrderMoved(NOW, order_id, state))

    def level(self, total: int) -> None:
        apply(self.state, ev.LevelsChanged(NOW, "m", ((0 if self.is_bid else 1, self.yes_price, total * SHARE),), NOW))

    def elsewhere(self) -> None:
        """Change another level of the same market."""
        apply(self.state, ev.LevelsChanged(NOW, "m", ((0, 200, SHARE),), NOW))

    def print(self, shares: int, *, by_other_leg: bool = False, price: int | None = None) -> None:
        """Tell a trade of somebody who took from the level, by our leg or by the other one at the mirrored price."""
        leg, is_buy, price = self.leg, self.side is Side.SELL, price or self.price
        if by_other_leg:
            leg, is_buy, price = leg.other, not is_buy, PRICE_ONE - price
        apply(self.state, ev.TradePrinted(NOW, "m", leg, is_buy, price, shares * SHARE, NOW))

    def fill(self, shares: int, *, is_taker: bool = False, order_id: str = "o") -> None:
        name = f"t{len(self.state.fills)}"
        told = fill(name, order_id, leg=self.leg, side=self.side, price=self.price, shares=shares * SHARE)
        apply(self.state, ev.FillSeen(NOW, replace(told, is_taker=is_taker, status=FillStatus.MATCHED)))

    def place(self, order_id: str = "o") -> Queue:
        return self.state.queues["m"][order_id]

    def bounds(self, order_id: str = "o") -> tuple[int, int, int]:
        place = self.place(order_id)
        return place.least // SHARE, place.ahead // SHARE, place.most // SHARE

    def join(self, others: int, order_id: str = "o") -> None:
        """Send our order; the level shows it, the venue says so."""
        self.send(order_id)
        self.level(others + OURS)
        self.move(OrderState.OPEN, order_id)


@both_ways
@pytest.mark.parametrize("by_other_leg", [False, True])
def test_what_is_at_the_level_is_ahead_and_trades_there_on_either_leg_shorten_it(
    leg: Leg, side: Side, by_other_leg: bool
) -> None:
    bench = Bench(50, leg, side)
    bench.join(50)
    assert bench.bounds() == (50, 50, 50)
    bench.print(20, by_other_leg=by_other_leg)
    bench.level(30 + OURS)
    assert bench.bounds() == (30, 30, 30)


@both_ways
def test_trades_elsewhere_shorten_nothing(leg: Leg, side: Side) -> None:
    bench = Bench(50, leg, side)
    bench.join(50)
    bench.print(20, price=4_100)
    apply(bench.state, ev.TradePrinted(NOW, "m", leg, side is Side.BUY, bench.price, 20 * SHARE, NOW))  # the other side
    bench.elsewhere()
    assert bench.bounds() == (50, 50, 50)
    assert bench.place().traded == 0


def test_what_is_cancelled_before_we_arrive_was_ahead_of_us() -> None:
    bench = Bench(50)
    bench.send()
    bench.level(35)
    bench.level(35 + OURS)
    assert bench.bounds() == (35, 35, 35)


def test_shares_that_came_in_one_step_with_ours_may_stand_before_them() -> None:
    bench = Bench(50)
    bench.send()
    bench.move(OrderState.OPEN)
    bench.level(75 + OURS)
    assert bench.place().least <= 50 * SHARE
    assert bench.place().most == 75 * SHARE


def test_an_order_that_cannot_rest_has_no_place_and_one_that_is_dead_gives_it_up() -> None:
    bench = Bench(50)
    bench.send("fak", order_type=OrderType.FAK)
    assert not bench.state.queues
    bench.join(50)
    bench.move(OrderState.CANCELLING)
    assert bench.bounds() == (50, 50, 50)
    bench.move(OrderState.CANCELLED)
    assert not bench.state.queues


def test_a_part_of_ours_that_traded_as_a_maker_says_nobody_is_ahead() -> None:
    bench = Bench(50)
    bench.send()
    bench.fill(2, is_taker=True)  # what it took on arrival says nothing about the level it rests at
    assert bench.bounds() == (50, 50, 50)
    bench.level(50 + OURS - 2)
    assert bench.place().is_shown
    bench.fill(3)
    assert bench.bounds() == (0, 0, 0)
    bench.level(50 + OURS - 5)
    bench.elsewhere()
    assert bench.bounds() == (0, 0, 0)
    bench.fill(5)
    assert not bench.state.queues


def test_other_orders_of_ours_at_the_level_are_not_ahead() -> None:
    bench = Bench(50)
    bench.join(50, "first")
    bench.level(80 + OURS)
    bench.join(80 + OURS, "second")
    assert bench.bounds("first") == (50, 50, 50)
    assert bench.bounds("second") == (80, 80, 80)
    bench.level(2 * OURS)  # all of the others leave
    assert bench.bounds("first") == bench.bounds("second") == (0, 0, 0)


@settings(max_examples=100)
@given(
    st.lists(st.integers(1, 60), max_size=5),
    st.lists(
        st.tuples(st.sampled_from(["trade", "cancel", "join", "else"]), st.integers(1, 40), st.integers(0, 9)),
        max_size=20,
    ),
)
def test_the_truth_lies_within_the_bounds_whatever_happens_at_the_level(
    ahead: list[int], happens: list[tuple[str, int, int]]
) -> None:
    true = Level(list(enumerate(ahead)))
    bench = Bench(true.others)
    bench.join(true.others)
    true.add(US, OURS)
    for kind, shares, where in happens:
        ours = 0
        if kind == "trade":
            traded, ours = true.trade(shares)
            if ours:
                bench.fill(ours)  # news of our own come first
            bench.print(traded)
        elif kind == "cancel":
            true.cancel(where, shares)
        elif kind == "join":
            true.add(where, shares)
        else:
            bench.elsewhere()
        bench.level(true.others + true.ours)
        if not true.ours:
            assert "m" not in bench.state.queues
            return
        least, estimate, most = bench.bounds()
        assert least <= true.ahead <= most
        assert least <= estimate <= most


# ---- news that is late, lost, or not about us ----


def test_who_comes_while_we_are_on_our_way_is_ahead_of_us() -> None:
    bench = Bench(50)
    bench.send()
    bench.level(70)
    bench.level(70 + OURS)
    assert bench.place().most == 70 * SHARE


def test_a_level_that_has_not_changed_since_does_not_hold_our_order_yet() -> None:
    bench = Bench(50)
    bench.send()
    bench.move(OrderState.OPEN)  # the answer overtakes the market's news, as the desk's own lane always does
    bench.elsewhere()
    bench.level(50 + OURS)
    assert bench.place().most == 50 * SHARE


def test_after_a_gap_nobody_knows_how_many_of_them_are_still_ahead() -> None:
    bench = Bench(50)
    bench.join(50)
    apply(bench.state, ev.BookLost(NOW, "m"))
    bench.snapshot(50 + OURS)  # perhaps the same people, perhaps others who came behind us
    assert bench.place().least == 0
    assert bench.place().most == 50 * SHARE


def test_a_trade_with_an_order_of_ours_ahead_takes_none_of_the_others_away() -> None:
    bench = Bench(0)
    bench.join(0, "first")
    bench.level(50 + OURS)
    bench.join(50 + OURS, "second")
    bench.fill(OURS, order_id="first")
    bench.print(OURS)
    bench.level(50 + OURS)
    bench.level(80 + OURS)
    bench.level(70 + OURS)  # ten behind us leave, or ten ahead
    assert bench.place("second").most == 50 * SHARE
