"""The drill's cheap market: little happens, but everything that can."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderState, OrderType
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.drill.thin_world import ThinWorld
from cockpit.drill.virtual_time import run
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.venue import PracticeVenue

START = 1_790_000_100_000


def venue(seed: int = 1, path: Path | None = None, start_ms: int = START, **thin: Any) -> PracticeVenue:
    clock = LoopClock(start_ms)
    return PracticeVenue(clock.now_ms, clock.sleep, seed, path, world=partial(ThinWorld, **thin))


async def listen(found: PracticeVenue, seconds: float) -> list[ev.Event]:
    events: list[ev.Event] = []
    task = asyncio.ensure_future(found.run(events.append))
    await asyncio.sleep(seconds)
    task.cancel()
    return events


def test_an_hour_is_cheap_and_thin() -> None:
    found = venue()
    before = time.process_time()
    events = run(listen(found, 3_600))
    assert time.process_time() - before < 2.0  # about 0.15 s on a quiet machine
    changes = [event for event in events if isinstance(event, ev.LevelsChanged)]
    assert 1_800 < len(changes) < 5_000


def test_no_market_is_ever_crossed_or_off_the_grid() -> None:
    async def main() -> None:
        found = venue(2)

        def check(_changes: object) -> None:
            for ladder in found.exchange.ladders.values():
                assert 0 <= ladder.best[BID] < ladder.best[ASK] <= PRICE_ONE
                assert all(price % 100 == 0 for side in (BID, ASK) for price in ladder.sides[side])

        found.after = check
        await listen(found, 3_600)

    run(main())


def test_one_market_ends_and_the_next_is_listed_before() -> None:
    events = run(listen(venue(period_ms=600_000), 3_630))
    ended = [event for event in events if isinstance(event, ev.MarketEnded)]
    listed = [event.market for event in events if isinstance(event, ev.MarketListed)]
    assert len(ended) == 6
    assert {event.payout_yes for event in ended} <= {0, PRICE_ONE}
    series = [market for market in listed if market.event == "thin-2"]
    assert len(series) == len(ended) + 1
    assert [market.closes_at_ms for market in series] == [START + 600_000 * n for n in range(1, len(series) + 1)]
    assert [market.id for market in series][: len(ended)] == [event.market_id for event in ended]
    assert {market.event for market in listed} == {"thin-0", "thin-1", "thin-2"}


def test_a_market_that_is_ended_early_is_replaced_within_seconds() -> None:
    async def main() -> None:
        found = venue()
        task = asyncio.ensure_future(found.run(lambda event: None))
        await asyncio.sleep(5)
        for market_id in list(found.exchange.ladders):
            found.world.end_market(market_id, PRICE_ONE, START + 5_000)
        assert not found.exchange.ladders
        await asyncio.sleep(7)
        assert len(found.exchange.ladders) == 3
        task.cancel()

    run(main())


def test_a_new_account_has_a_thousand_dollars_one_pair_out_of_balance_and_one_in_balance() -> None:
    async def main() -> None:
        found = venue()
        balances, fills = await found.balances(), await found.fills()
        assert balances.cash + sum(fill.money for fill in fills) == 1_000 * USD
        assert sorted(balances.shares.values()) == [20 * SHARE, 30 * SHARE, 30 * SHARE, 60 * SHARE]
        assert all(fill.is_proven for fill in fills)
        bare = await venue(holdings=(), worth=5 * USD).balances()
        assert (bare.cash, bare.shares) == (5 * USD, {})

    run(main())


@pytest.mark.parametrize("leg", list(Leg))
def test_resting_orders_fill_partly_and_wholly_through_both_legs(leg: Leg) -> None:
    async def main() -> None:
        found, parts = venue(worth=100_000 * USD), 0
        task = asyncio.ensure_future(found.run(lambda event: None))
        await asyncio.sleep(1)
        market_id = next(iter(found.exchange.ladders))
        done = 0
        for number in range(60):
            best = found.exchange.ladders[market_id].best
            price = best[BID] if leg is Leg.YES else PRICE_ONE - best[ASK]
            order = Order(f"0x{number}", "", "", market_id, leg, Side.BUY, price, 15 * SHARE, OrderType.GTC)
            await found.place(order)
            await asyncio.sleep(60)
            filled = found.exchange.account.orders[order.id].filled
            parts += 0 < filled < order.size
            done += found.exchange.account.orders[order.id].state is OrderState.FILLED
            await found.cancel([order.id])
        task.cancel()
        assert parts
        assert done

    run(main())


def test_the_same_seed_gives_the_same_world() -> None:
    assert run(listen(venue(5), 600)) == run(listen(venue(5), 600))
    assert run(listen(venue(5), 600)) != run(listen(venue(6), 600))


def test_it_goes_on_from_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "exchange.sqlite"

    async def once(start_ms: int) -> tuple[list[str], int]:
        found = venue(1, path, start_ms)
        await listen(found, 30)
        await found.close()
        return list(found.exchange.ladders), found.exchange.account.cash

    assert run(once(START)) == run(once(START + 60_000))


@pytest.mark.parametrize("rate", [0, 5.1, -1])
def test_a_rate_that_is_not_thin_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match="events_per_s"):
        venue(events_per_s=rate)
