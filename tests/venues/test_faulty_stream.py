"""What the event stream loses, repeats, delays and disorders, and how it comes back."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.order import OrderType
from cockpit.venues.mirror import ASK, BID
from tests.venues.faulty_bench import Bench, play


def is_true(bench: Bench, market_id: str) -> bool:
    """Return whether what was heard of a market adds up to its book."""
    levels: dict[tuple[int, int], int] = {}
    for event in bench.events:
        if isinstance(event, ev.BookSnapshot) and event.market_id == market_id:
            levels = {(BID, price): total for price, total in event.bids}
            levels |= {(ASK, price): total for price, total in event.asks}
        elif isinstance(event, ev.LevelsChanged) and event.market_id == market_id:
            levels |= {(side, price): total for side, price, total in event.changes}
    found = {key: total for key, total in levels.items() if total}
    ladder = bench.exchange.ladders[market_id]
    return found == {(side, price): total for side in (BID, ASK) for price, total in ladder.levels(side)}


def count(bench: Bench, market_id: str = "") -> int:
    return sum(1 for event in bench.events if market_id in ("", getattr(event, "market_id", "")))


def test_it_tells_the_connection_and_every_market_first_and_again_to_the_next_listener() -> None:
    async def scene(bench: Bench) -> None:
        first = [type(event) for event in bench.events]
        assert first[0] is ev.ConnectionChanged
        assert (first.count(ev.MarketListed), first.count(ev.BookSnapshot)) == (3, 3)
        bench.disconnect()
        await asyncio.sleep(60)
        heard = len(bench.events)
        await asyncio.sleep(60)
        assert len(bench.events) == heard
        bench.events.clear()
        await bench.connect()
        assert [type(event) for event in bench.events] == first
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)

    play(scene, closing=())


def test_the_exchange_trades_on_while_nobody_listens() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        bench.disconnect()
        before = bench.exchange.trades
        await asyncio.sleep(300)
        assert bench.exchange.trades > before
        assert all(fill.is_proven for fill in bench.exchange.account.fills.values())

    play(scene)


def test_a_listener_that_fails_is_told_so_and_does_not_stop_the_exchange() -> None:
    async def scene(bench: Bench) -> None:
        def sink(event: ev.Event) -> None:
            if isinstance(event, ev.OrderMoved):
                raise ZeroDivisionError

        bench.disconnect()
        task = asyncio.ensure_future(bench.venue.run(sink))
        await asyncio.sleep(0)
        await bench.venue.place(bench.order())
        with pytest.raises(ZeroDivisionError):
            await task
        await bench.connect()
        await asyncio.sleep(60)
        assert bench.heard(ev.LevelsChanged)

    play(scene)


def test_ws_drop_loses_events_and_a_book_is_mended() -> None:
    async def scene(bench: Bench) -> None:
        bench.events.clear()
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        await asyncio.sleep(5)
        assert not bench.heard(ev.FillSeen)
        assert not bench.heard(ev.OrderMoved)
        assert bench.faults.fired["ws.drop"] > 3
        bench.faults.rates.clear()
        await asyncio.sleep(31)
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)

    play(scene, "ws.drop=1")


def test_ws_dup_tells_twice() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        seen = bench.heard(ev.FillSeen)
        assert len(seen) == 2 * len({event.fill.key for event in seen}) > 0
        assert bench.faults.fired["ws.dup"] > 0

    play(scene, "ws.dup=1")


def test_ws_delay_tells_late_and_out_of_order() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        assert not bench.heard(ev.FillSeen)
        await asyncio.sleep(35)
        assert bench.heard(ev.FillSeen)
        assert bench.faults.fired["ws.delay"] > 0
        bench.faults.off()
        await asyncio.sleep(0)
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)

    play(scene, "ws.delay=1")


def test_ws_reorder_lets_two_events_change_places() -> None:
    async def scene(bench: Bench) -> None:
        before = bench.faults.fired["ws.reorder"]
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        await asyncio.sleep(3)
        own = [type(event) for event in bench.events if isinstance(event, ev.FillSeen | ev.OrderMoved)]
        assert own[0] is ev.OrderMoved or bench.faults.fired["ws.reorder"] > before
        assert ev.FillSeen in own

    play(scene, "ws.reorder=1")


def test_ws_mute_stops_one_market_and_ends_with_its_book() -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap("ws.mute")
        await asyncio.sleep(5)
        silent = [market_id for market_id in bench.exchange.ladders if not heard_of(bench, market_id)]
        assert len(silent) == 1
        assert bench.faults.fired["ws.mute"] == 1
        await asyncio.sleep(90)
        assert is_true(bench, silent[0])
        assert all(event.is_up for event in bench.heard(ev.ConnectionChanged))

    def heard_of(bench: Bench, market_id: str) -> int:
        return sum(isinstance(event, ev.LevelsChanged) and event.market_id == market_id for event in bench.events)

    play(scene, events_per_s=5.0, closing=())


@pytest.mark.parametrize(("word", "signs"), [("ws.mute_all", 1), ("ws.half_open", 3)])
def test_everything_falls_silent_without_a_sign(word: str, signs: int) -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap(word)
        heard = len(bench.events)
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        await asyncio.sleep(8)
        assert len(bench.events) == heard
        assert bench.faults.fired[word] == 1
        await asyncio.sleep(92)
        assert not bench.heard(ev.FillSeen)
        assert len(bench.heard(ev.ConnectionChanged)) == signs
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)

    play(scene)


@pytest.mark.parametrize(("word", "is_told"), [("ws.close", True), ("ws.gap", False)])
def test_after_a_closed_connection_what_happened_meanwhile_is_told_or_never(word: str, is_told: bool) -> None:
    async def scene(bench: Bench) -> None:
        bench.mishap(word)
        assert [event.is_up for event in bench.heard(ev.ConnectionChanged)] == [True, False]
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        await asyncio.sleep(40)
        assert [event.is_up for event in bench.heard(ev.ConnectionChanged)] == [True, False, True]
        assert bool(bench.heard(ev.FillSeen)) is is_told
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)
        assert bench.faults.fired[word] == 1

    play(scene)


def test_an_order_fills_inside_a_gap() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order())
        bench.mishap("ws.gap")
        await asyncio.sleep(40)
        assert bench.exchange.account.orders["0x1"].filled
        assert not bench.heard(ev.FillSeen)

    play(scene)


def test_ws_flood_is_thousands_of_changes_that_change_nothing() -> None:
    async def scene(bench: Bench) -> None:
        before = count(bench)
        bench.mishap("ws.flood")
        assert 1_000 <= count(bench) - before <= 3_000
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)
        assert bench.faults.fired["ws.flood"] == 1

    play(scene)


@pytest.mark.parametrize("word", ["ws.crossed", "ws.nonsense", "ws.far_print"])
def test_a_wrong_book_or_print_is_shown_and_mended(word: str) -> None:
    async def scene(bench: Bench) -> None:
        bench.events.clear()
        bench.mishap(word)
        event = bench.events[0]
        if isinstance(event, ev.LevelsChanged):
            assert event.changes[0][1] == bench.exchange.ladders[event.market_id].best[ASK]
        elif isinstance(event, ev.BookSnapshot):
            assert (event.bids[0][0], event.asks[0][0]) == (100, 9_900)
        else:
            assert isinstance(event, ev.TradePrinted)
            assert event.price in (300, 9_700)
        assert bench.faults.fired[word] == 1
        await asyncio.sleep(11)
        assert any(isinstance(later, ev.BookSnapshot) for later in bench.events[1:])

    play(scene)


def test_events_meant_for_a_listener_that_left_are_not_told_to_the_next() -> None:
    async def scene(bench: Bench) -> None:
        await bench.venue.place(bench.order(9_000, type=OrderType.FAK))
        bench.disconnect()
        await asyncio.sleep(0)
        bench.faults.rates.clear()
        bench.events.clear()
        await bench.connect()
        await asyncio.sleep(40)
        assert not bench.heard(ev.FillSeen)

    play(scene, "ws.delay=1")


@pytest.mark.parametrize("seed", range(8))
def test_books_heal_whatever_was_lost_late_or_out_of_order(seed: int) -> None:
    async def scene(bench: Bench) -> None:
        await asyncio.sleep(600)
        bench.faults.rates.clear()
        await asyncio.sleep(90 if seed % 2 else 30)
        bench.faults.off()
        await asyncio.sleep(0.01)
        assert all(is_true(bench, market_id) for market_id in bench.exchange.ladders)

    play(scene, "ws.drop=.1,ws.delay=.2,ws.reorder=.2,ws.dup=.1", seed, events_per_s=3.0, closing=())
