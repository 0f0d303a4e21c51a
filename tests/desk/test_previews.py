"""Previews: what they say is what starting would do, and asking changes nothing."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Command, Enter, Halt, Preview
from cockpit.core.entry import EntryKind
from cockpit.core.frame_orders import PreviewRow
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, AtEnd, Style
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from tests.desk.fakes import MARKET, Bench
from tests.desk.floor import bench, bid, floor_of, split
from tests.desk.scenes import ask, by_hand, frame


async def preview(made: Bench, command: Command, asked_id: str = "look") -> PreviewRow:
    """Ask what a command would do."""
    made.desk.submit(Preview(asked_id, command))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    return next(row for row in frame(made).previews if row.command_id == asked_id)


ENTER = Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, prices=(3100, 6700), shares=20 * SHARE, life_ms=600_000)
GOOD = (
    by_hand(),
    by_hand(kind=OrderType.FAK, limit=3400),
    split(),
    split(algorithm=Algorithm.VWAP),
    split(algorithm=Algorithm.RANDOM),
    split(algorithm=Algorithm.ICEBERG, style=Style.TOP, at_end=AtEnd.LEAVE),
    bid(),
    ENTER,
)


@pytest.mark.parametrize("command", GOOD, ids=lambda command: f"{type(command).__name__}")
def test_asking_changes_nothing_and_says_in_words_what_is_started_then(command: Command) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        before = len(list(made.store.load()))
        row = await preview(made, command)
        assert (row.reason, row.problem, row.field) == ("", "", "")
        assert len(list(made.store.load())) == before, "nothing is journaled"
        assert not made.desk.state.parents
        assert not made.venue.placed
        answer = await ask(made, command)
        assert answer.is_done
        assert answer.text == row.words
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    "command",
    [
        by_hand(limit=3050),
        by_hand(shares=2),
        by_hand(kind=OrderType.FOK, limit=3300),
        split(shares=7, least=5),
        split(window_s=1, least=1, most=5),
        split(least=2, most=4),
        bid(show=3),
        bid(limit=9_999),
        Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, prices=(3300, 6700), shares=20 * SHARE),
        Enter("e-1", "nowhere", EntryKind.MAKER_MAKER),
    ],
    ids=lambda command: f"{type(command).__name__}",
)
def test_what_would_be_refused_is_said_with_the_same_reason_sentence_and_field(command: Command) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        row = await preview(made, command)
        answer = await ask(made, command)
        assert row.reason
        assert (row.reason, row.problem, row.field) == (answer.reason, answer.text, answer.field)
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    ("command", "effect", "money", "plan"),
    [
        (by_hand(), "rests: the best ask is 0.34", "costs at most 6.00 USD", ""),
        (
            by_hand(kind=OrderType.FAK, limit=3500, shares=60),
            "trades at once: 60 at 0.34 on average, 0.34 at worst",
            "costs at most 21.00 USD",
            "",
        ),
        (
            split(),
            "the first child trades at once: 30 at 0.34 on average, 0.34 at worst",
            "costs at most 42.00 USD",
            "4 children of 30, every 2m30s",
        ),
        (
            split(style=Style.TOP, limit=3300),
            "rests at 0.31: others are at 0.3",
            "costs at most 39.60 USD",
            "4 children of 30, every 2m30s",
        ),
        (
            bid(limit=3000),
            "rests at 0.3: others are at 0.3, the top is beyond the limit",
            "costs at most 18.00 USD, no fees",
            "shows 20 at a time",
        ),
        (ENTER, "both legs together 0.98: locks 0.40 USD, 0.02 a pair", "costs 19.60 USD, no fees", ""),
    ],
)
def test_it_says_what_trades_or_rests_at_once_what_it_costs_and_how_it_is_cut(
    command: Command, effect: str, money: str, plan: str
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        row = await preview(made, command)
        assert (row.effect, row.plan) == (effect, plan)
        assert row.money.startswith(money), row.money
        await made.stop(task)

    run(story())


def test_every_limit_is_shown_with_what_would_be_used_of_it_when_all_has_filled() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_unhedged=500 * SHARE))
        made.venue.cash = 100 * USD
        task = await made.start()
        await ask(made, split("first", shares=100, style=Style.REST, limit=2900))
        row = await preview(made, split("second", shares=120, limit=3000))
        limits = {limit.name: limit for limit in row.limits}
        unhedged, cash = limits["unhedged"], limits["cash"]
        assert (unhedged.used, unhedged.limit) == (220 * SHARE, 500 * SHARE), "what the first is still to send counts"
        assert cash.limit == 100 * USD
        assert cash.used >= 65 * USD, "29 for the first, 36 for the second"
        assert all(limit.used <= limit.limit for limit in row.limits)
        await made.stop(task)

    run(story())


def test_an_entry_says_what_each_leg_alone_would_mean() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        row = await preview(made, ENTER)
        yes, no = row.risk
        assert yes.startswith("Yes alone: -0.20 USD"), "bought at 0.31, sold back at 0.30"
        assert yes.endswith("; -6.20 if it loses")
        assert no.endswith("; -13.40 if it loses")
        assert (row.prices, row.shares) == ((3100, 6700), 20 * SHARE)
        await made.stop(task)

    run(story())


def test_open_prices_of_an_entry_are_filled_in_and_said() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        row = await preview(made, Enter("e-1", MARKET.id, EntryKind.MAKER_MAKER, budget=20 * USD))
        assert row.prices == (3100, 6700), "leading on both legs leaves 0.02"
        assert row.shares == 20_400_000, "20.4 pairs at 0.98 are 19.992"
        await made.stop(task)

    run(story())


def test_a_profile_says_where_it_comes_from() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        row = await preview(made, split(algorithm=Algorithm.VWAP))
        assert row.profile.startswith("volume profile: ")
        before = row.profile
        for minute in range(70):
            venue.trade(50 + minute % 7 * 40)
            await asyncio.sleep(60)
        row = await preview(made, split(algorithm=Algorithm.VWAP), "later")
        assert row.profile != before
        await made.stop(task)

    run(story())


def test_halted_or_without_a_book_it_says_so_too() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        venue.sink(ev.BookLost(venue.clock.now_ms(), MARKET.id))
        row = await preview(made, bid())
        assert row.effect == "waits: the book cannot be used at the moment"
        venue.show()
        await ask(made, Halt("h-1"))
        row = await preview(made, split(side=Side.BUY), "halted")
        assert row.reason == Reason.HALTED
        await made.stop(task)

    run(story())
