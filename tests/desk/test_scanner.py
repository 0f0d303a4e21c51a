"""The scanner: proposes entries that were there at one moment and leave the minimum spread, and may fail alone."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Enter, Halt
from cockpit.core.entry import EntryKind, EntryRules
from cockpit.core.market import Leg
from cockpit.core.units import SHARE
from cockpit.desk.scanner import Scanner
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET
from tests.desk.floor import ASKS, BIDS, Levels, bench, floor_of
from tests.desk.scenes import ask, frame, told

WIDE: tuple[Levels, Levels] = (((3000, 400 * SHARE),), ((3600, 400 * SHARE),))
TIGHT: tuple[Levels, Levels] = (((3300, 400 * SHARE),), ((3400, 400 * SHARE),))


def test_what_is_proposed_can_be_started_as_it_is_and_locks_what_was_said() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.others(*WIDE)
        task = await made.start()
        await asyncio.sleep(2)
        (offer,) = [row for row in frame(made).offers if row.market_id == MARKET.id]
        assert (offer.kind, offer.prices) == ("maker-maker", (3100, 6500)), "one tick better on both legs"
        assert offer.result == offer.shares - offer.cost
        command = Enter(
            "e-1", MARKET.id, EntryKind(offer.kind), Leg(offer.first), offer.prices, offer.shares, life_ms=600_000
        )
        assert (await ask(made, command, 1)).is_done
        yes, no = venue.resting
        venue.hit(yes, yes.size / SHARE)
        venue.hit(no, no.size / SHARE)
        await asyncio.sleep(2)
        assert made.desk.state.position(MARKET.id).locked == offer.result
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("spread", [100, 200, 300, 600])
def test_nothing_is_proposed_that_leaves_less_than_the_minimum(spread: int) -> None:
    async def story() -> None:
        made = bench(entry=EntryRules(min_spread=spread, reach=0))
        venue = floor_of(made)
        task = await made.start()
        for gap in (100, 200, 300, 400, 700):
            venue.others(((3000, 400 * SHARE),), ((3000 + gap, 400 * SHARE),))
            await asyncio.sleep(1.1)
            offers = [row for row in frame(made).offers if row.market_id == MARKET.id]
            assert bool(offers) == (gap >= spread), gap
            for row in offers:
                assert row.result * 10_000 >= spread * row.shares
        await made.stop(task)

    run(story())


def test_it_is_gone_when_the_book_is_lost_old_crossed_or_the_pair_is_worked() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.others(*WIDE)
        task = await made.start()

        async def offered() -> bool:
            await asyncio.sleep(2.2)
            return any(row.market_id == MARKET.id for row in frame(made).offers)

        assert await offered()
        venue.others(((3700, 400 * SHARE),), ((3600, 400 * SHARE),))
        assert not await offered()
        venue.others(*WIDE)
        assert await offered()
        keep, venue.quote = venue.quote, lambda *_: None  # type: ignore[method-assign]
        venue.sink(ev.BookLost(venue.clock.now_ms(), MARKET.id))
        assert not await offered()
        venue.quote = keep  # type: ignore[method-assign]
        assert await offered()
        await ask(made, Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, life_ms=600_000))
        assert not await offered()
        await ask(made, Halt("h-1"))
        assert not await offered()
        await made.stop(task)

    run(story())


def test_switched_off_it_proposes_nothing() -> None:
    async def story() -> None:
        made = bench(scans=False)
        floor_of(made).others(*WIDE)
        task = await made.start()
        await asyncio.sleep(3)
        assert not frame(made).offers
        await made.stop(task)

    run(story())


def test_when_it_fails_people_are_told_and_trading_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Scanner) -> None:
        raise ZeroDivisionError("scanner")

    monkeypatch.setattr(Scanner, "look", fail)

    async def story() -> None:
        made = bench()
        floor_of(made).others(BIDS, ASKS)
        task = await made.start()
        await asyncio.sleep(2)
        assert any("scanner" in text for text in told(made, "alarm") + told(made, "warning"))
        assert not made.desk.state.halted
        answer = await ask(made, Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, prices=(3100, 6700), life_ms=600_000))
        assert answer.is_done
        assert not task.done()
        await made.stop(task)

    run(story())
