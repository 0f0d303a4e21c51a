"""The practice venue behind its port: order of events, determinism, windows, and the opening account."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side, Stage
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.position import position_of
from cockpit.core.rebalance import Quotes, RebalanceRules, Verdict, choose, options_of
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD
from cockpit.desk.clock import LoopClock
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected, Venue
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.markets import FAMILIES
from cockpit.venues.practice.venue import PracticeVenue

START = 1_790_000_100_000
SHORT = tuple(family for family in FAMILIES if family.slug in ("btc-updown-5m", "eth-updown-5m"))
UNEVEN = tuple(family for family in FAMILIES if family.slug == "harbour-bill")


def venue(seed: int = 1, start_ms: int = START, **more: object) -> PracticeVenue:
    clock = LoopClock(start_ms)
    return PracticeVenue(clock.now_ms, clock.sleep, seed, **more)  # type: ignore[arg-type]


async def during(found: PracticeVenue, sink: Callable[[ev.Event], None], seconds: float) -> None:
    task = asyncio.ensure_future(found.run(sink))
    await asyncio.sleep(seconds)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def market_of(found: PracticeVenue, family: str) -> str:
    return next(m for m in found.world.crowds if found.world.windows[m].family == family)


def buy(market_id: str, price: int, size: int = 10, **more: object) -> Order:
    made = Order("0x" + f"{price:064x}", "c-1", "p-1", market_id, Leg.YES, Side.BUY, price, size * SHARE, OrderType.GTC)
    return replace(made, **more)  # type: ignore[arg-type]


def test_it_is_a_venue() -> None:
    found: Venue = venue()
    assert (found.name, found.account, found.terms.quarantine_ms) == ("practice", "practice", 2_000)


def test_the_first_events_are_the_connection_then_every_market_with_its_book() -> None:
    async def main() -> None:
        events: list[ev.Event] = []
        found = venue()
        await during(found, events.append, 0.0)
        await asyncio.sleep(0)
        first, *rest = events[: 1 + 2 * len(found.exchange.ladders)]
        assert isinstance(first, ev.ConnectionChanged)
        assert first.is_up
        for listed, snapshot in zip(rest[::2], rest[1::2], strict=True):
            assert isinstance(listed, ev.MarketListed)
            assert isinstance(snapshot, ev.BookSnapshot)
            assert listed.market.id == snapshot.market_id
            assert snapshot.bids
            assert snapshot.asks
        assert {found.world.windows[m].family for m in found.exchange.ladders} >= {family.slug for family in FAMILIES}

    run(main())


def test_ids_have_the_venues_shape_and_differ_by_seed() -> None:
    async def ids(seed: int) -> set[str]:
        found = venue(seed)
        await found.balances()
        markets = found.exchange.markets.values()
        for market in markets:
            assert market.id.startswith("0x")
            assert len(market.id) == 66
            assert all(2**200 < int(token) < 2**256 for token in market.tokens)
        return {name for market in markets for name in (market.id, *market.tokens)}

    one, other = run(ids(1)), run(ids(2))
    assert len(one) == 3 * len(FAMILIES)
    assert not one & other


def test_replaying_events_gives_the_engines_ladder_at_all_times() -> None:
    async def main() -> None:
        found, books = venue(4), dict[str, Book]()

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.BookSnapshot):
                books[event.market_id] = book = Book(event.market_id)
                book.snapshot(event.bids, event.asks, event.venue_ms, event.at_ms)
            elif isinstance(event, ev.LevelsChanged):
                book, ladder = books[event.market_id], found.exchange.ladders[event.market_id]
                book.change(event.changes, event.venue_ms, event.at_ms)
                assert not book.is_crossed
                assert book.bids == dict(ladder.levels(BID))
                assert book.asks == dict(ladder.levels(ASK))
                assert [book.best_bid, book.best_ask] == ladder.best

        await during(found, sink, 400)
        assert len(books) > len(FAMILIES)

    run(main())


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    assert digest(3) == digest(3)
    assert digest(3) != digest(4)


def test_hash_randomisation_changes_nothing() -> None:
    code = "from tests.venues import test_practice_venue as here; print(here.digest(3))"
    root = Path(__file__).parents[2]
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    assert found == [digest(3)] * 2


def digest(seed: int) -> str:
    """Return a hash over all events of a minute in which an account trades as well."""

    async def main() -> str:
        found, text = venue(seed), hashlib.sha256()
        task = asyncio.ensure_future(found.run(lambda event: text.update(repr(event).encode())))
        await asyncio.sleep(5)
        market = market_of(found, "strait-treaty")
        await found.place(buy(market, 9_000, type=OrderType.FAK))
        await found.place(buy(market, 5_000))
        await asyncio.sleep(50)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        return text.hexdigest()

    return run(main())


def test_a_process_that_wakes_late_sees_the_same_market() -> None:
    slow = tuple(family for family in FAMILIES if family not in SHORT)

    async def path(late_s: float) -> list[object]:
        clock, draw, seen = LoopClock(START), random.Random(1), list[object]()

        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds + draw.uniform(0, late_s))

        found = PracticeVenue(clock.now_ms, sleep, 9, families=slow)

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.LevelsChanged):
                seen.append((event.market_id, event.changes))

        await during(found, sink, 60)
        return seen

    punctual, late = run(path(0.0)), run(path(0.3))
    assert len(late) > 500
    assert late == punctual[: len(late)]


def test_an_order_takes_its_latency_and_its_fills_come_before_its_end() -> None:
    async def main() -> None:
        found, events = venue(), list[ev.Event]()
        task = asyncio.ensure_future(found.run(events.append))
        await asyncio.sleep(1)
        events.clear()
        loop = asyncio.get_running_loop()
        sent = loop.time()
        assert isinstance(
            await found.place(buy(market_of(found, "coast-vote"), 9_000, 30, type=OrderType.FOK)), Accepted
        )
        assert 0.02 <= loop.time() - sent <= 0.08
        await asyncio.sleep(4)
        ours = [event for event in events if isinstance(event, ev.FillSeen | ev.OrderMoved | ev.FillMoved)]
        ends = [n for n, event in enumerate(ours) if isinstance(event, ev.OrderMoved)]
        fills = [event.fill for event in ours if isinstance(event, ev.FillSeen)]
        assert ends == [len(fills)]
        assert sum(fill.shares for fill in fills) == 30 * SHARE
        moved = ours[len(fills)]
        assert isinstance(moved, ev.OrderMoved)
        assert (moved.state, moved.venue_filled) == (OrderState.FILLED, 30 * SHARE)
        steps = [event.status for event in ours[len(fills) + 1 :] if isinstance(event, ev.FillMoved)]
        assert sorted(steps) == [FillStatus.CONFIRMED] * len(fills) + [FillStatus.MINED] * len(fills)
        report = await found.order(moved.order_id)
        assert report is not None
        assert (report.state, report.filled) == (OrderState.FILLED, 30 * SHARE)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(main())


def test_a_refused_order_is_unknown_afterwards_and_a_cancelled_one_is_reported() -> None:
    async def main() -> None:
        found = venue()
        await found.balances()
        market = market_of(found, "coast-vote")
        refused = await found.place(buy(market, 4_005))
        assert isinstance(refused, Rejected)
        assert await found.order(refused.order_id) is None
        resting = buy(market, 1_000)
        await found.place(resting)
        assert [order.id for order in await found.open_orders()] == [resting.id]
        await found.cancel([resting.id, "0xunknown"])
        assert not await found.open_orders()
        report = await found.order(resting.id)
        assert report is not None
        assert report.state is OrderState.CANCELLED

    run(main())


@pytest.mark.parametrize("seed", range(8))
def test_a_cancel_never_overtakes_the_order_sent_before_it(seed: int) -> None:
    async def main() -> None:
        found = venue(seed, families=UNEVEN)
        await found.balances()
        resting = buy(market_of(found, "harbour-bill"), 1_000)
        loop = asyncio.get_running_loop()
        sent = loop.time()
        await asyncio.gather(found.place(resting), found.cancel([resting.id]), found.balances())
        assert loop.time() - sent <= 0.08
        report = await found.order(resting.id)
        assert report is not None
        assert report.state is OrderState.CANCELLED

    run(main())


def test_an_order_with_an_end_dies_on_time_while_the_venue_runs() -> None:
    async def main() -> None:
        found, events = venue(families=UNEVEN), list[ev.Event]()
        task = asyncio.ensure_future(found.run(events.append))
        await found.balances()
        order = buy(market_of(found, "harbour-bill"), 1_000, type=OrderType.GTD, expires_at_ms=START + 200_000)
        assert isinstance(await found.place(order), Accepted)
        await asyncio.sleep(200)
        moves = [(event.at_ms, event.state) for event in events if isinstance(event, ev.OrderMoved)]
        assert moves[1:] == [(START + 140_000, OrderState.EXPIRED)]
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(main())


@pytest.mark.parametrize("into_window_s", [0, 30, 200, 238, 243, 270, 299])
def test_a_short_market_is_always_running_and_its_successor_is_listed_before_it_ends(into_window_s: int) -> None:
    async def main() -> None:
        start = START // 300_000 * 300_000 + into_window_s * 1000
        found = venue(2, start, families=SHORT, events_per_s=8.0)
        open_now: dict[str, ev.MarketListed] = {}
        booked: set[str] = set()
        ended: list[ev.MarketEnded] = []
        stages: dict[str, list[Stage]] = {}

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.MarketListed):
                open_now[event.market.id] = event
                assert (event.market.closes_at_ms or 0) - event.at_ms >= 60_000
            elif isinstance(event, ev.BookSnapshot):
                booked.add(event.market_id)
            elif isinstance(event, ev.MarketEnded):
                assert event.payout_yes in (0, PRICE_ONE)
                assert stages[event.market_id][:2] == [Stage.ENDED, Stage.PROPOSED]
                ended.append(event)
            elif isinstance(event, ev.ResolutionMoved) and event.stage is not Stage.ENDED:
                stages[event.market_id].append(event.stage)
            elif isinstance(event, ev.ResolutionMoved):
                stages[event.market_id] = [event.stage]
                closed = open_now.pop(event.market_id).market
                assert closed.closes_at_ms is not None
                assert 0 <= event.at_ms - closed.closes_at_ms < 1_000
                families = [found.world.windows[market_id].family for market_id in open_now]
                assert all(family.slug in families for family in SHORT)
            elif isinstance(event, ev.LevelsChanged):
                assert event.market_id in booked
                assert event.market_id in open_now

        await during(found, sink, 700)
        assert len(stages) in (4, 6)
        assert len(ended) >= len(stages) - 2
        names = {market.outcomes for market in found.exchange.markets.values()}
        assert ("Up", "Down") in names

    run(main())


def test_a_short_market_is_decided_at_its_end_as_its_last_price_said() -> None:
    async def main() -> None:
        found, last, agreed = venue(6, families=SHORT, events_per_s=10.0), dict[str, float](), list[bool]()

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.LevelsChanged):
                bid, ask = found.exchange.ladders[event.market_id].best
                last[event.market_id] = (bid + ask) / 2
            elif isinstance(event, ev.MarketEnded):
                agreed.append((last[event.market_id] > 5_000) == (event.payout_yes == PRICE_ONE))

        await during(found, sink, 1_500)
        assert sum(agreed) >= len(agreed) - 1 >= 7

    run(main())


def test_the_tick_becomes_finer_near_the_edge_and_sub_cent_levels_follow() -> None:
    async def main() -> None:
        found, ticks, fine = venue(1, families=SHORT, events_per_s=10.0), dict[str, int](), set[str]()

        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.TickChanged):
                ticks[event.market_id] = event.tick
                assert found.exchange.markets[event.market_id].tick == event.tick
            elif isinstance(event, ev.LevelsChanged) and any(price % 100 for _side, price, _size in event.changes):
                assert event.market_id in ticks
                fine.add(event.market_id)

        await during(found, sink, 900)
        assert ticks
        assert fine

    run(main())


def test_a_desk_that_folds_the_events_holds_what_the_venue_says() -> None:
    async def main() -> None:
        found, state = venue(8), State()
        await found.balances()
        for fill in await found.fills():
            apply(state, ev.FillSeen(START, fill, is_external=True))
        task = asyncio.ensure_future(found.run(lambda event: apply(state, event)))
        await asyncio.sleep(1)
        market = market_of(found, "btc-updown-5m")
        for number in range(40):
            book = state.books[market]
            price = book.best_ask if number % 3 else book.best_bid
            if not 0 < price < PRICE_ONE:
                break
            order = buy(market, price, 6, id=f"0x{number:064x}", created_ms=START)
            if number % 3 == 1:
                order = replace(order, type=OrderType.FAK)
            apply(state, ev.OrderSending(START, order))
            answer = await found.place(order)
            if isinstance(answer, Rejected):
                apply(state, ev.OrderMoved(START, order.id, OrderState.REJECTED, answer.text))
            await asyncio.sleep(3)
        await found.cancel(list(state.orders))
        await asyncio.sleep(400)
        balances = await found.balances()
        owed = state.claims[market]
        assert balances.cash == 1_000 * USD + sum(position.cash for position in state.positions.values()) - owed
        won = {leg: position_of(market, fills_in(state, market)).holding(leg).shares for leg in Leg}
        assert all(order.is_proven_dead for order in state.orders.values())
        assert any(order.filled and not fill_is_taker(state, order.id) for order in state.orders.values())
        held = {
            token: position.holding(leg).shares
            for market_id, position in state.positions.items()
            for leg, token in zip(Leg, found.exchange.markets[market_id].tokens, strict=True)
            if position.holding(leg).shares
        }
        held |= {found.exchange.markets[market].tokens[leg]: shares for leg, shares in won.items() if shares}
        assert balances.shares == held, "what has ended is held until it is redeemed"
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    run(main())


def fills_in(state: State, market_id: str) -> list[Fill]:
    return [state.fills[key] for key in state.fills_of[market_id]]


def fill_is_taker(state: State, order_id: str) -> bool:
    return any(state.fills[key].is_taker for key in state.fills_of_order[order_id])


def test_the_account_opens_with_one_pair_out_of_balance_and_others_that_locked_a_profit() -> None:
    async def main() -> None:
        found = venue()
        balances, fills = await found.balances(), await found.fills()
        assert balances.cash == 1_000 * USD - sum(fill.money + fill.fee for fill in fills)
        positions = [
            position_of(m, [f for f in fills if f.market_id == m]) for m in dict.fromkeys(f.market_id for f in fills)
        ]
        assert all(position.cost < 25 * USD for position in positions)
        assert all(fill.at_ms < START and fill.status is FillStatus.CONFIRMED for fill in fills)
        *balanced, uneven = positions
        assert all(not position.delta and position.locked >= position.matched * 2 // 100 for position in balanced)
        assert uneven.delta == 40 * SHARE

    run(main())


def test_the_uneven_pair_is_worth_a_trade_at_the_start_and_stays_so_for_a_minute_whatever_the_seed() -> None:
    rules = RebalanceRules(min_size=5 * SHARE, min_taker_cost=1 * USD)
    stayed = 0
    for seed in range(60):

        async def verdicts(seed: int = seed) -> list[Verdict]:
            found = venue(seed, START + 7_919 * seed, families=UNEVEN, events_per_s=4.3)
            fills = await found.fills()
            task = asyncio.ensure_future(found.run(lambda event: None))
            market = found.exchange.markets[market_of(found, "harbour-bill")]
            position = position_of(market.id, [fill for fill in fills if fill.market_id == market.id])
            seen = []
            for _ in range(13):
                ladder, book = found.exchange.ladders[market.id], Book(market.id)
                book.snapshot(ladder.levels(BID), ladder.levels(ASK), 0, 0)
                quotes = Quotes(book.levels(Leg.YES, Side.BUY), book.levels(Leg.NO, Side.SELL))
                seen.append(choose(position, options_of(position, quotes, market.fees, rules), rules).verdict)
                await asyncio.sleep(5)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            return seen

        first, *later = run(verdicts())
        assert first is Verdict.TRADE, seed
        stayed += all(verdict is Verdict.TRADE for verdict in later)
    assert stayed >= 57
