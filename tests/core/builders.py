"""Short ways to say what a test is about: markets, orders, fills, books, and random ones."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from cockpit.core.book import Book
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.position import Position, position_of
from cockpit.core.units import LOT, SHARE, USD, parse_price, parse_shares, pay, receive

TICKS = (1_000, 100, 50, 25, 10, 1)
"""Every tick of the venue: 0.1, 0.01, 0.005, 0.0025, 0.001, 0.0001."""
CRYPTO = FeeSchedule(700)
NOW = 1_700_000_000_000

lots = st.integers(1, 50_000).map(lambda count: count * LOT)
prices = st.integers(1, 99).map(lambda cents: cents * 100)
legs = st.sampled_from(Leg)
sides = st.sampled_from(Side)
fee_schedules = st.sampled_from([FeeSchedule(), FeeSchedule(400), CRYPTO, FeeSchedule(10_000)])


def market(
    market_id: str = "m",
    *,
    tick: int = 100,
    min_size: int = 5 * SHARE,
    fees: FeeSchedule | None = None,
    closes_at_ms: int | None = None,
) -> Market:
    """Return a market whose tokens are named after it."""
    return Market(
        id=market_id,
        name=market_id,
        title=f"Market {market_id}",
        tokens=(f"{market_id}-yes", f"{market_id}-no"),
        tick=tick,
        min_size=min_size,
        fees=fees or FeeSchedule(),
        closes_at_ms=closes_at_ms,
    )


def order(
    order_id: str = "o1",
    *,
    market_id: str = "m",
    leg: Leg = Leg.YES,
    side: Side = Side.BUY,
    price: str | int = "0.5",
    size: str | int = "10",
    state: OrderState = OrderState.CREATED,
    filled: int = 0,
    venue_filled: int = 0,
    order_type: OrderType = OrderType.FAK,
) -> Order:
    """Return an order; texts are USD and shares."""
    return Order(
        id=order_id,
        label=order_id,
        parent_id="p1",
        market_id=market_id,
        leg=leg,
        side=side,
        price=parse_price(price) if isinstance(price, str) else price,
        size=parse_shares(size) if isinstance(size, str) else size,
        type=order_type,
        state=state,
        filled=filled,
        venue_filled=venue_filled,
    )


def fill(
    trade_id: str = "t1",
    order_id: str = "o1",
    *,
    market_id: str = "m",
    leg: Leg = Leg.YES,
    side: Side = Side.BUY,
    price: str | int = "0.5",
    shares: str | int = "10",
    fee: int = 0,
    status: FillStatus = FillStatus.CONFIRMED,
) -> Fill:
    """Return a fill whose money follows from price and shares."""
    at = parse_price(price) if isinstance(price, str) else price
    size = parse_shares(shares) if isinstance(shares, str) else shares
    money = pay(size, at) if side is Side.BUY else receive(size, at)
    return Fill(trade_id, order_id, market_id, leg, side, at, size, money, fee, is_taker=True, at_ms=NOW, status=status)


def held(yes: str = "0", yes_at: str = "0.5", no: str = "0", no_at: str = "0.5") -> Position:
    """Return a position bought at these prices without fees."""
    fills = []
    if parse_shares(yes):
        fills.append(fill("y", leg=Leg.YES, price=yes_at, shares=yes))
    if parse_shares(no):
        fills.append(fill("n", leg=Leg.NO, price=no_at, shares=no))
    return position_of("m", fills)


def levels(*pairs: tuple[str, str]) -> tuple[tuple[int, int], ...]:
    """Return levels from (price, shares) texts."""
    return tuple((parse_price(price), parse_shares(size)) for price, size in pairs)


def book(
    bids: Iterable[tuple[int, int]] = (), asks: Iterable[tuple[int, int]] = (), market_id: str = "m", at_ms: int = NOW
) -> Book:
    """Return a synced book with these YES levels."""
    made = Book(market_id)
    made.snapshot(bids, asks, at_ms, at_ms)
    return made


@st.composite
def positions(draw: st.DrawFn) -> Position:
    """A position of purchases only, in any proportion, fees included."""
    bought = [
        fill(
            f"t{number}",
            leg=draw(legs),
            price=draw(prices),
            shares=draw(lots),
            fee=draw(st.integers(0, USD)),
            status=draw(st.sampled_from([FillStatus.MATCHED, FillStatus.CONFIRMED])),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    return position_of("m", bought)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """A synced book that is not crossed, each side possibly empty, sizes in millionths."""
    split = draw(st.integers(2, 98))
    sizes = st.integers(1, 2_000 * SHARE)
    bids = draw(st.dictionaries(st.integers(1, split - 1).map(lambda c: c * 100), sizes, max_size=5))
    asks = draw(st.dictionaries(st.integers(split, 99).map(lambda c: c * 100), sizes, max_size=5))
    return book(bids.items(), asks.items())
