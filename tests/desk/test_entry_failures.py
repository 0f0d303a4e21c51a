"""Fills that fail, and entries of which only a part was written down: people are told, and nothing is worked alone."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cockpit.core import events as ev
from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, pay
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench
from tests.desk.floor import bench, floor_of
from tests.desk.scenes import alerts, ask, by_hand
from tests.desk.test_entries import enter, legs
from tests.desk.test_entry_legs import MAKER_TAKER, reason, states


def fail(made: Bench, index: int = -1, *, is_told: bool = True) -> None:
    """Let the venue take a fill back."""
    venue = made.venue
    venue.known_fills[index] = failed = replace(venue.known_fills[index], status=FillStatus.FAILED)
    venue.cash += failed.money
    if is_told:
        venue.sink(ev.FillMoved(venue.clock.now_ms(), failed.trade_id, failed.order_id, FillStatus.FAILED))


FAILED = "a fill has FAILED and is taken back: c-0001 bought 20 Yes @ 0.34 rates-cut"


def test_a_fill_that_fails_is_an_alarm_that_names_order_shares_leg_price_and_pair() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, by_hand(limit=3400, kind=OrderType.FAK), 3)
        fail(made)
        await asyncio.sleep(5)
        assert FAILED in alerts(made)
        fail(made)
        await asyncio.sleep(30)
        assert alerts(made).count(FAILED) == 1, "told again it is no news"
        await made.stop(task)

    run(story())


def test_a_fill_that_failed_while_no_desk_ran_is_an_alarm_when_one_starts() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, by_hand(limit=3400, kind=OrderType.FAK), 3)
        await made.kill(task)
        fail(made, is_told=False)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(3)
        assert alerts(made).count(FAILED) == 1
        assert legs(made) == (0, 0)
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_fill_that_is_told_as_failed_at_once_is_never_said_to_be_bought(is_ours: bool) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, by_hand(), 2)
        order = made.venue.placed[0].id if is_ours else "0xforeign"
        size, now = 5 * SHARE, made.venue.clock.now_ms()
        fill = Fill(
            "t-x", order, MARKET.id, Leg.YES, Side.BUY, 3000, size, pay(size, 3000), 0, False, now, FillStatus.FAILED
        )
        made.venue.sink(ev.FillSeen(now, fill))
        await asyncio.sleep(1)
        expected = ["a fill has FAILED and is taken back: c-0001 bought 5 Yes @ 0.3 rates-cut"] if is_ours else []
        assert alerts(made) == expected
        notes = [event.text for event in made.events if isinstance(event, ev.Noted)]
        assert [text for text in notes if "bought" in text] == expected
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("wanted", [MAKER_TAKER, enter()], ids=["maker-taker", "maker-maker"])
def test_an_entry_that_has_ended_says_what_is_alone_when_one_of_its_fills_fails(wanted: object) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, wanted)  # type: ignore[arg-type]
        await asyncio.sleep(2)
        for order in venue.resting:
            venue.hit(order, 20)
        await asyncio.sleep(5)
        assert reason(made) == "20 of 20 pairs"
        fail(made)
        await asyncio.sleep(5)
        words = "0 of 20 pairs, 20 Yes alone"
        assert f"E-0001 has changed since it ended, and is now: {words}" in alerts(made)
        assert reason(made) == words
        (entry,) = made.desk.state.entries.values()
        assert entry.state is ParentState.DONE
        await made.kill(task)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(2)
        assert reason(made) == words
        await made.stop(task)

    run(story())


async def with_half_an_entry(wanted: object, count: int) -> tuple[Bench, asyncio.Task[None]]:
    """Return a desk that starts on a journal with so many of the three facts an entry begins with."""
    other = bench()
    task = await other.start()
    await ask(other, wanted)  # type: ignore[arg-type]
    facts = [event for event in other.events if isinstance(event, ev.EntryStarted | ev.ParentStarted)]
    assert len(facts) == 3
    await other.stop(task)
    made = bench()
    journal = made.desk.journal
    for fact in (ev.MarketListed(1, MARKET), *facts[:count]):
        journal.append(fact)
    await journal.barrier()
    return made, await made.start()


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    "wanted",
    [
        MAKER_TAKER,
        enter(EntryKind.MAKER_TAKER, prices=(3500, 5800), first=Leg.NO),
        enter(),
    ],
    ids=["YES first", "NO first", "maker-maker"],
)
def test_of_an_entry_that_was_not_written_down_as_a_whole_nothing_is_sent(wanted: object, count: int) -> None:
    async def story() -> None:
        made, task = await with_half_an_entry(wanted, count)
        await asyncio.sleep(5)
        assert not made.venue.placed
        (entry,) = made.desk.state.entries.values()
        assert (entry.state, entry.reason) == (ParentState.CANCELLED, "0 of 20 pairs")
        assert states(made) == [ParentState.CANCELLED] * (count - 1)
        assert alerts(made) == [
            "E-0001 cancelled: 0 of 20 pairs, only part of it was written down before the desk died"
        ]
        await made.stop(task)

    run(story())


def test_what_one_leg_of_such_an_entry_has_sent_is_cancelled_and_what_it_filled_is_alone() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        venue.hit(venue.resting[0], 8)
        await asyncio.sleep(1)
        await made.kill(task)
        made.new_desk()
        journal = made.desk.journal
        kept = [fact for fact in journal.load() if not isinstance(fact, ev.ParentStarted) or fact.parent.leg is Leg.YES]
        journal.load = lambda: iter(kept)  # type: ignore[method-assign]
        task = await made.start()
        await asyncio.sleep(5)
        assert Leg.YES not in [order.leg for order in venue.resting]
        assert states(made) == [ParentState.CANCELLED]
        assert reason(made) == "0 of 20 pairs, 8 Yes alone"
        assert any("8 Yes alone" in text for text in alerts(made))
        await made.stop(task)

    run(story())
