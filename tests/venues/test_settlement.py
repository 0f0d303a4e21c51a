"""How fills settle: in steps, not at all, or back again; and over a restart."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.ledger import Ledger, Page
from cockpit.venues.practice.settlement import Course
from cockpit.venues.practice.venue import PracticeVenue

MARKET = Market("0xm", "M", "Market?", ("11", "22"), fees=FeeSchedule(500))
START = 1_790_000_000_000
F = FillStatus
FAILS = (
    Course(((400, F.FAILED),)),
    Course(((400, F.RETRYING), (5_000, F.FAILED))),
    Course(((400, F.MINED), (900, F.FAILED))),
    Course(((400, F.RETRYING), (4_000, F.MINED), (5_000, F.FAILED))),
)
OTHERS = (None, None, Course(()), Course(((300, F.RETRYING), (9_000, F.MINED), (9_500, F.CONFIRMED)), F.RETRYING))


def exchange(cash: int = 1_000 * USD) -> Exchange:
    found = Exchange(7)
    found.account.cash = cash
    found.list_market(MARKET)
    for step in range(1, 5):
        found.quote(MARKET.id, BID, 5_000 - 100 * step, 500 * SHARE, START)
        found.quote(MARKET.id, ASK, 5_000 + 100 * step, 500 * SHARE, START)
    found.take_changes(START)
    return found


def order(name: str, side: Side = Side.BUY, size: int = 10 * SHARE, **more: object) -> Order:
    price = 5_100 if side is Side.BUY else 4_900
    made = Order(name, name, "", MARKET.id, Leg.YES, side, price, size, type=OrderType.FAK)
    return replace(made, **more)  # type: ignore[arg-type]


def steps(found: Exchange, until_ms: int) -> list[FillStatus]:
    while found.account.next_ms <= until_ms:
        found.advance(found.account.next_ms)
    return [event.status for event in found.take_changes(until_ms).events if isinstance(event, ev.FillMoved)]


@pytest.mark.parametrize("course", FAILS)
def test_a_failed_trade_is_taken_back_for_good(course: Course) -> None:
    found = exchange()
    found.account.settlement.plan = lambda: course
    found.place(order("1"), START)
    found.take_changes(START)
    assert steps(found, START + 60_000) == [status for _at, status in course.steps]
    assert (found.account.cash, found.account.shares) == (1_000 * USD, {})
    assert [fill.status for fill in found.account.fills.values()] == [F.FAILED]
    found.account.settlement.unstick(found.account.fills, START + 60_000)
    assert steps(found, START + 600_000) == []


def test_a_stuck_trade_stays_matched_until_it_is_let_go() -> None:
    found = exchange()
    found.account.settlement.plan = lambda: Course(())
    found.place(order("1"), START)
    assert steps(found, START + 3_600_000) == []
    assert found.account.shares == {"11": 10 * SHARE}
    found.account.settlement.unstick(found.account.fills, START + 3_600_000)
    assert steps(found, START + 3_603_000) == [F.MINED, F.CONFIRMED]


def test_what_was_sold_on_or_paid_out_is_not_taken_back() -> None:
    found = exchange()
    found.account.settlement.plan = lambda: FAILS[1]
    found.place(order("1"), START)
    found.account.settlement.plan = None
    found.place(order("2", Side.SELL, 8 * SHARE), START + 100)
    steps(found, START + 60_000)
    assert [fill.status for fill in found.account.fills.values()] == [F.CONFIRMED, F.CONFIRMED]
    found.account.settlement.plan = lambda: FAILS[1]
    found.place(order("3"), START + 60_000)
    found.resolve(MARKET.id, PRICE_ONE, START + 60_100)
    cash = found.account.cash
    steps(found, START + 120_000)
    assert found.account.fills[next(reversed(found.account.fills))].status is F.CONFIRMED
    assert found.account.cash == cash


def test_orders_that_a_failure_leaves_uncovered_are_cancelled_the_newest_first() -> None:
    found = exchange()
    found.account.settlement.plan = lambda: FAILS[0]
    found.place(order("1"), START)
    for name in ("2", "3"):
        sale = order(name, Side.SELL, 5 * SHARE, price=9_000, type=OrderType.GTC)
        assert isinstance(found.place(sale, START), Accepted)
    found.account.book(replace(next(iter(found.account.fills.values())), trade_id="other", shares=5 * SHARE), MARKET)
    steps(found, START + 1_000)
    assert [found.account.orders[name].state for name in ("2", "3")] == [OrderState.OPEN, OrderState.CANCELLED]
    assert found.account.orders["3"].reason == "CANCELED_NOT_ENOUGH_BALANCE"


@given(seed=st.integers(0, 2**32), trades=st.integers(1, 40))
def test_cash_and_shares_are_what_the_fills_that_did_not_fail_add_up_to(seed: int, trades: int) -> None:
    draw, found, now = random.Random(seed), exchange(), START
    found.account.settlement.plan = lambda: draw.choice(FAILS + OTHERS)
    failed: dict[tuple[str, str], None] = {}
    for number in range(trades):
        side, size = draw.choice((Side.BUY, Side.SELL)), draw.randrange(5 * SHARE, 30 * SHARE, LOT)
        kind = draw.choice((OrderType.FAK, OrderType.GTC))
        found.place(order(str(number), side, size, leg=draw.choice((Leg.YES, Leg.NO)), type=kind), now)
        now += draw.choice((10, 500, 3_000))
        found.advance(now)
        account = found.account
        good = [fill for fill in account.fills.values() if fill.counts]
        flow = sum((1 if fill.side is Side.SELL else -1) * fill.money - fill.fee for fill in good)
        assert account.cash == 1_000 * USD + flow
        for leg in Leg:
            moved = sum((1 if f.side is Side.BUY else -1) * f.shares for f in good if f.leg is leg)
            assert account.shares.get(MARKET.tokens[leg], 0) == moved >= 0
            assert account.free_shares(MARKET, leg) >= 0
        assert account.free_cash() >= 0
        failed |= {key: None for key, fill in account.fills.items() if not fill.counts}
        assert not any(account.fills[key].counts for key in failed)


@pytest.mark.parametrize("status", list(F))
def test_a_fill_settles_after_a_restart_wherever_it_stood(tmp_path: Path, status: FillStatus) -> None:
    path = tmp_path / "exchange.sqlite"

    async def open_at(start_ms: int) -> list[FillStatus]:
        clock = LoopClock(start_ms)
        venue = PracticeVenue(clock.now_ms, clock.sleep, 5, path)
        found = [fill.status for fill in await venue.fills()]
        await venue.close()
        return found

    run(open_at(START))
    ledger = Ledger(path, None)
    saved = ledger.load()
    ledger.write(Page(saved.cash, saved.trades, fills=[replace(saved.fills[0], status=status, at_ms=START)]))
    ledger.close()
    expected = F.FAILED if status is F.FAILED else F.CONFIRMED
    assert run(open_at(START + 60_000))[0] is expected
    assert run(open_at(START + 120_000))[0] is expected
