"""Whatever market and desk do, paper never fills better, more or at other prices than its rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, Order, OrderType
from cockpit.core.position import position_of
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.venues.account import Account
from cockpit.venues.shadow import Pace, Shadow

PRICES = st.integers(1, 99).map(lambda cents: cents * 100)
SIZES = st.integers(1, 60).map(lambda shares: shares * SHARE)
LEGS, SIDES = st.sampled_from(list(Leg)), st.sampled_from(list(Side))
KINDS = st.sampled_from([OrderType.GTC, OrderType.FAK, OrderType.FOK])
STEP = st.one_of(
    st.tuples(st.just("level"), st.integers(0, 1), PRICES, st.one_of(st.just(0), SIZES)),
    st.tuples(st.just("print"), LEGS, st.booleans(), PRICES, SIZES),
    st.tuples(st.just("order"), LEGS, SIDES, PRICES, SIZES, KINDS),
    st.tuples(st.just("cancel"), st.integers(0, 20)),
    st.tuples(st.just("wait"), st.integers(1, 3_000)),
)  # fmt: skip
MARKET = Market("m", "m", "m", ("yes", "no"), fees=FeeSchedule(300))
START = (500 * USD, 100 * SHARE)


def yes_price(leg: Leg, price: int) -> int:
    return price if leg is Leg.YES else PRICE_ONE - price


def fills_of(events: list[ev.Event]) -> list[Fill]:
    return [event.fill for event in events if isinstance(event, ev.FillSeen)]


@given(st.lists(STEP, max_size=60))
def test_fills_follow_the_rule_and_the_account_follows_the_fills(steps: list[tuple]) -> None:  # type: ignore[type-arg]
    account = Account(START[0], {"yes": START[1], "no": START[1]})
    shadow = Shadow(account, Pace(50, 2_000), "t")
    shadow.see(ev.MarketListed(0, MARKET))
    shadow.see(ev.BookSnapshot(0, "m", ((4800, 50 * SHARE),), ((5200, 50 * SHARE),), 0))
    now, count, shown, every = 0, 0, {(0, 4800): 50 * SHARE, (1, 5200): 50 * SHARE}, []
    for kind, *rest in steps:
        made: list[ev.Event] = []
        taken: list[ev.Event] = []
        if kind == "level":
            side, price, size = rest
            made = list(shadow.see(ev.LevelsChanged(now, "m", ((side, price, size),), now)))
            shown[side, price] = size
        elif kind == "print":
            leg, is_buy, price, size = rest
            made = list(shadow.see(ev.TradePrinted(now, "m", leg, is_buy, price, size, now)))
            assert sum(fill.shares for fill in fills_of(made)) <= size
            for fill in fills_of(made):
                ours, theirs = yes_price(fill.leg, fill.price), yes_price(leg, price)
                is_bid = (fill.side is Side.BUY) == (fill.leg is Leg.YES)
                assert ours > theirs if is_bid else ours < theirs
        elif kind == "order":
            count += 1
            leg, side, price, size, order_type = rest
            shadow.submit(Order(f"o{count}", "c", "p", "m", leg, side, price, size, order_type), now, lambda _: None)
        elif kind == "cancel":
            shadow.submit_cancel([f"o{rest[0]}"], now, lambda: None)
        else:
            now += rest[0]
            taken = list(shadow.advance(now))
        for fill in fills_of(taken):
            level = (int((fill.side is Side.BUY) == (fill.leg is Leg.YES)), yes_price(fill.leg, fill.price))
            shown[level] -= fill.shares
            assert shown[level] >= 0
        every += fills_of(made) + fills_of(taken)
        for fill in fills_of(made) + fills_of(taken):
            order = account.orders[fill.order_id]
            assert fill.price <= order.price if fill.side is Side.BUY else fill.price >= order.price
            assert fill.shares > 0
            assert order.filled <= order.size
        assert account.cash >= 0
        assert all(shares >= 0 for shares in account.shares.values())
    position = position_of("m", every)
    assert account.cash == START[0] + position.cash
    assert account.shares.get("yes", 0) - START[1] == position.yes.shares
    assert account.shares.get("no", 0) - START[1] == position.no.shares
    assert len({fill.trade_id for fill in every}) == len(every)
