"""Paper orders: only volume through the price fills what rests, and nothing shown is taken twice."""

from __future__ import annotations

import pytest

from cockpit.core import events as ev
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.units import SHARE, USD
from cockpit.venues.account import Account
from cockpit.venues.base import Accepted, Rejected
from cockpit.venues.shadow import Pace, Shadow

M = Market("m", "m", "m", ("yes", "no"))
YES, NO, BUY, SELL = Leg.YES, Leg.NO, Side.BUY, Side.SELL
FAK, FOK, GTC, GTD = OrderType.FAK, OrderType.FOK, OrderType.GTC, OrderType.GTD


class Desk:
    """A shadow with one market, 100 USD and 100 shares of each leg, and everything it said."""

    def __init__(self, market: Market = M, cash: int = 100 * USD) -> None:
        account = Account(cash, {"yes": 100 * SHARE, "no": 100 * SHARE})
        self.shadow = Shadow(account, Pace(latency_ms=50, settle_ms=2_000), "t")
        self.account = account
        self.events: list[ev.Event] = []
        self.count = 0
        self.now = 0
        self.see(ev.MarketListed(0, market))
        self.see(
            ev.BookSnapshot(
                0, "m", ((4800, 30 * SHARE), (4700, 50 * SHARE)), ((5200, 20 * SHARE), (5300, 50 * SHARE)), 0
            )
        )

    def see(self, event: ev.Event) -> None:
        self.events += self.shadow.see(event)

    def send(
        self, leg: Leg, side: Side, price: int, shares: int, kind: OrderType = GTC, *, post_only: bool = False,
        expires_at_ms: int | None = None,
    ) -> Accepted | Rejected:  # fmt: skip
        self.count += 1
        order = Order(f"o{self.count}", f"c{self.count}", "p", "m", leg, side, price, shares * SHARE, kind, post_only,
                      expires_at_ms)  # fmt: skip
        answers: list[Accepted | Rejected] = []
        self.shadow.submit(order, self.now, answers.append)
        assert not answers
        self.wait(50)
        (answer,) = answers
        return answer

    def wait(self, ms: int) -> None:
        self.now += ms
        self.events += self.shadow.advance(self.now)

    def trade(self, price: int, shares: int, *, leg: Leg = YES, is_buy: bool = False) -> None:
        self.see(ev.TradePrinted(self.now, "m", leg, is_buy, price, shares * SHARE, self.now))

    def fills(self) -> list[tuple[str, int, int]]:
        found = [event.fill for event in self.events if isinstance(event, ev.FillSeen)]
        return [(fill.order_id, fill.price, fill.shares // SHARE) for fill in found]

    def state(self, order_id: str) -> OrderState:
        return self.account.orders[order_id].state


def test_a_print_at_our_price_does_not_fill_and_one_through_it_does() -> None:
    desk = Desk()
    assert isinstance(desk.send(YES, BUY, 4800, 10), Accepted)
    desk.trade(4800, 1_000)
    assert desk.fills() == []
    desk.trade(4700, 4)
    assert desk.fills() == [("o1", 4800, 4)]
    desk.trade(4700, 100)
    assert desk.fills() == [("o1", 4800, 4), ("o1", 4800, 6)]
    assert desk.state("o1") is OrderState.FILLED


def test_a_print_from_before_the_order_arrived_does_not_fill_it() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4800, 10)
    for venue_ms in (0, 49):
        desk.see(ev.TradePrinted(desk.now, "m", YES, False, 4700, 100 * SHARE, venue_ms))
    assert desk.fills() == []
    desk.see(ev.TradePrinted(desk.now, "m", YES, False, 4700, 3 * SHARE, 50))
    assert desk.fills() == [("o1", 4800, 3)]


def test_prints_of_the_other_leg_and_of_the_other_direction() -> None:
    desk = Desk()
    desk.send(NO, BUY, 4700, 10)
    desk.trade(4600, 5, leg=NO, is_buy=True)
    assert desk.fills() == []
    desk.trade(5400, 5, leg=YES, is_buy=True)
    assert desk.fills() == [("o1", 4700, 5)]


def test_each_prints_volume_is_given_away_once_by_price_then_time() -> None:
    desk = Desk()
    for price in (4500, 4600, 4500):
        desk.send(YES, BUY, price, 10)
    desk.trade(4400, 25)
    assert desk.fills() == [("o2", 4600, 10), ("o1", 4500, 10), ("o3", 4500, 5)]


def test_a_book_moving_through_a_resting_order_fills_nothing() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4800, 10)
    desk.see(ev.LevelsChanged(1, "m", ((1, 4500, 99 * SHARE),), 1))
    assert desk.fills() == []


def test_taking_walks_the_shown_depth_and_what_was_taken_stays_gone() -> None:
    desk = Desk()
    desk.send(YES, BUY, 5300, 30, FAK)
    assert desk.fills() == [("o1", 5200, 20), ("o1", 5300, 10)]
    assert isinstance(desk.send(YES, BUY, 5200, 5, FAK), Rejected)
    desk.send(YES, BUY, 5300, 60, FAK)
    assert desk.fills()[2:] == [("o3", 5300, 40)]
    assert desk.state("o3") is OrderState.CANCELLED


def test_a_level_that_is_reported_again_can_be_taken_again() -> None:
    desk = Desk()
    desk.send(YES, BUY, 5200, 20, FAK)
    desk.see(ev.LevelsChanged(1, "m", ((1, 5300, 70 * SHARE),), 1))
    assert isinstance(desk.send(YES, BUY, 5200, 20, FAK), Rejected)
    desk.see(ev.LevelsChanged(2, "m", ((1, 5200, 8 * SHARE),), 2))
    desk.send(YES, BUY, 5200, 20, FAK)
    assert desk.fills()[1:] == [("o3", 5200, 8)]


def test_no_leg_takes_the_mirrored_side() -> None:
    desk = Desk()
    desk.send(NO, BUY, 5300, 40, FAK)
    assert desk.fills() == [("o1", 5200, 30), ("o1", 5300, 10)]
    assert desk.account.shares["no"] == 140 * SHARE


def test_an_order_meets_the_book_of_its_arrival() -> None:
    desk = Desk()
    order = Order("x", "x", "p", "m", YES, BUY, 5200, 10 * SHARE, FAK)
    answers: list[Accepted | Rejected] = []
    desk.shadow.submit(order, 0, answers.append)
    assert (desk.shadow.next_ms, desk.shadow.advance(49)) == (50, [])
    desk.see(ev.LevelsChanged(49, "m", ((1, 5200, 0),), 49))
    desk.shadow.advance(50)
    assert isinstance(answers[0], Rejected)


def test_a_crossing_limit_order_takes_and_the_rest_waits() -> None:
    desk = Desk()
    desk.send(YES, BUY, 5200, 30, GTC)
    assert desk.fills() == [("o1", 5200, 20)]
    assert desk.state("o1") is OrderState.PARTIALLY_FILLED
    desk.trade(5100, 3)
    assert desk.fills()[1:] == [("o1", 5200, 3)]


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ((YES, BUY, 5250, 10, GTC), "invalid_price"),
        ((YES, BUY, 4000, 4, GTC), "invalid_size"),
        ((YES, BUY, 5200, 21, FOK), "fok_not_filled"),
        ((YES, BUY, 5100, 10, FAK), "fak_not_filled"),
        ((YES, BUY, 9900, 500, GTC), "not_enough_balance"),
        ((YES, SELL, 4900, 101, GTC), "not_enough_balance"),
        ((YES, BUY, 4000, 10, GTD), "invalid_expiration"),
    ],
)
def test_the_venues_rules_apply(order: tuple[Leg, Side, int, int, OrderType], code: str) -> None:
    desk = Desk()
    answer = desk.send(*order)
    assert isinstance(answer, Rejected)
    assert answer.code == code
    assert desk.events == []


def test_small_marketable_orders_and_crossing_post_only_are_refused() -> None:
    desk = Desk()
    desk.see(ev.BookSnapshot(1, "m", ((100, 500 * SHARE),), ((1_000, 500 * SHARE),), 1))
    small, crossing = desk.send(YES, BUY, 1_000, 9, FAK), desk.send(YES, BUY, 1_000, 50, GTC, post_only=True)
    assert isinstance(small, Rejected)
    assert isinstance(crossing, Rejected)
    assert (small.code, crossing.code) == ("invalid_amount", "post_only_would_cross")
    assert isinstance(desk.send(YES, BUY, 900, 50, GTC, post_only=True), Accepted)


def test_what_rests_is_reserved() -> None:
    desk = Desk()
    desk.send(YES, SELL, 6000, 80)
    assert isinstance(desk.send(YES, SELL, 6000, 21), Rejected)
    desk.send(YES, BUY, 4000, 200)
    assert isinstance(desk.send(NO, BUY, 4000, 51), Rejected)


def test_takers_pay_the_schedules_fee_and_makers_none() -> None:
    fees = FeeSchedule(300)
    desk = Desk(Market("m", "m", "m", ("yes", "no"), fees=fees))
    desk.send(YES, BUY, 5200, 10, FAK)
    desk.send(YES, BUY, 4800, 10)
    desk.trade(4700, 10)
    taken, made = (event.fill for event in desk.events if isinstance(event, ev.FillSeen))
    assert (taken.fee, taken.is_taker) == (fees.taker(10 * SHARE, 5200), True)
    assert (made.fee, made.is_taker) == (0, False)
    assert desk.account.cash == 100 * USD - 5_200_000 - taken.fee - 4_800_000


def test_a_buyer_must_have_the_fee_as_well() -> None:
    market = Market("m", "m", "m", ("yes", "no"), fees=FeeSchedule(300))
    fee = market.fees.taker(10 * SHARE, 5200)
    answer = Desk(market, 5_200_000 + fee - 1).send(YES, BUY, 5200, 10, FAK)
    assert isinstance(answer, Rejected)
    assert answer.code == "not_enough_balance"
    assert isinstance(Desk(market, 5_200_000 + fee).send(YES, BUY, 5200, 10, FAK), Accepted)


def test_fills_are_matched_first_and_confirmed_later_with_numbered_ids() -> None:
    desk = Desk()
    desk.send(YES, BUY, 5200, 10, FAK)
    desk.wait(1_999)
    assert [fill.status for fill in desk.account.fills.values()] == [FillStatus.MATCHED]
    desk.wait(1)
    assert desk.events[-1] == ev.FillMoved(2_050, "t-1", "o1", FillStatus.CONFIRMED)
    assert [fill.status for fill in desk.account.fills.values()] == [FillStatus.CONFIRMED]


def test_cancel_reaches_what_still_rests() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4800, 10)
    done: list[bool] = []
    desk.shadow.submit_cancel(["o1", "unknown"], desk.now, lambda: done.append(True))
    desk.trade(4700, 4)
    desk.wait(50)
    assert done == [True]
    assert desk.events[-1] == ev.OrderMoved(100, "o1", OrderState.CANCELLED, "canceled", 4 * SHARE)
    desk.trade(4700, 100)
    assert desk.fills() == [("o1", 4800, 4)]


def test_orders_with_an_end_die_a_minute_early() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4000, 10, GTD, expires_at_ms=200_000)
    desk.wait(140_000 - desk.now)
    assert desk.events[-1] == ev.OrderMoved(140_000, "o1", OrderState.EXPIRED, "expired", 0)


def test_the_end_of_a_market_cancels_pays_and_refuses() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4000, 10)
    desk.see(ev.MarketEnded(desk.now, "m", 10_000))
    assert desk.state("o1") is OrderState.CANCELLED
    assert (desk.account.cash, desk.account.shares) == (200 * USD, {})
    answer = desk.send(YES, BUY, 4000, 10)
    assert isinstance(answer, Rejected)
    assert answer.code == "market_not_ready"


def test_nothing_is_taken_from_a_lost_book_or_an_unknown_market() -> None:
    desk = Desk()
    desk.see(ev.BookLost(1, "m"))
    assert isinstance(desk.send(YES, BUY, 5300, 10, FAK), Rejected)
    other = Order("x", "x", "p", "elsewhere", YES, BUY, 5200, 10 * SHARE, FAK)
    answers: list[Accepted | Rejected] = []
    desk.shadow.submit(other, desk.now, answers.append)
    desk.wait(50)
    assert isinstance(answers[0], Rejected)


def test_the_same_id_is_refused_twice() -> None:
    desk = Desk()
    desk.send(YES, BUY, 4000, 10)
    desk.count = 0
    answer = desk.send(YES, BUY, 4000, 10)
    assert isinstance(answer, Rejected)
    assert answer.code == "duplicated"


def test_a_new_tick_counts_from_then_on() -> None:
    desk = Desk()
    assert isinstance(desk.send(YES, BUY, 4005, 10), Rejected)
    desk.see(ev.TickChanged(1, "m", 10))
    desk.count = 7
    assert isinstance(desk.send(YES, BUY, 4010, 10), Accepted)


def test_adopted_fills_move_the_account_without_an_event() -> None:
    desk = Desk()
    desk.shadow.adopt(Fill("a", "a", "m", NO, BUY, 4000, 5 * SHARE, 2 * USD, 0, True, 0, FillStatus.CONFIRMED))
    assert (desk.account.cash, desk.account.shares["no"], desk.events) == (98 * USD, 105 * SHARE, [])
