"""Entries: both legs of a pair, what one leg alone brings, and that they end with what they say."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, Enter, Halt, Pause
from cockpit.core.entry import EntryKind, EntryRules
from cockpit.core.limits import Limits, Reason
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected
from tests.desk.fakes import MARKET, Bench
from tests.desk.floor import ASKS, BIDS, bench, floor_of
from tests.desk.scenes import alerts, ask, frame, until


def enter(kind: EntryKind = EntryKind.MAKER_MAKER, **changes: object) -> Enter:
    """Buy 20 of each leg: by default YES at 0.31 and NO at 0.67, which locks 0.02 a pair."""
    wanted: dict[str, object] = {"prices": (3100, 6700), "shares": 20 * SHARE, "life_ms": 600_000}
    return Enter("enter-1", MARKET.id, kind, **(wanted | changes))  # type: ignore[arg-type]


def legs(made: Bench) -> tuple[int, int]:
    """Return the whole shares held of YES and NO."""
    position = made.desk.state.position(MARKET.id)
    return position.yes.shares // SHARE, position.no.shares // SHARE


def test_both_legs_rest_post_only_and_lock_what_was_promised() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        assert (await ask(made, enter())).is_done
        await asyncio.sleep(1)
        yes, no = venue.resting
        assert [(o.leg, o.side, o.price, o.size // SHARE, o.post_only) for o in (yes, no)] == [
            (Leg.YES, Side.BUY, 3100, 20, True),
            (Leg.NO, Side.BUY, 6700, 20, True),
        ]
        row = frame(made).entries[0]
        assert (row.kind, row.result, row.prices) == ("maker-maker", 400_000, (3100, 6700))
        venue.hit(yes, 20)
        venue.hit(no, 20)
        await asyncio.sleep(5)
        assert legs(made) == (20, 20)
        assert made.desk.state.position(MARKET.id).locked == 400_000
        (entry,) = made.desk.state.entries.values()
        assert (entry.state, entry.reason) == (ParentState.DONE, "20 of 20 pairs")
        assert not alerts(made)
        await made.stop(task)

    run(story())


def test_the_second_leg_is_taken_as_much_and_as_soon_as_the_first_has_filled() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        venue.others(BIDS, ASKS)
        task = await made.start()
        assert (await ask(made, enter(EntryKind.MAKER_TAKER, prices=(2700, 7000)))).is_done
        await asyncio.sleep(3)
        assert [order.leg for order in venue.placed] == [Leg.YES], "nothing is taken before anything has filled"
        venue.hit(venue.placed[0], 8)
        await asyncio.sleep(2)
        second = venue.placed[1]
        assert (second.leg, second.type, second.size, second.price) == (Leg.NO, OrderType.FAK, 8 * SHARE, 7000)
        venue.hit(venue.placed[0], 12)
        await asyncio.sleep(5)
        assert legs(made) == (20, 20)
        (entry,) = made.desk.state.entries.values()
        assert entry.state is ParentState.DONE
        await made.stop(task)

    run(story())


def test_no_more_is_completed_on_fills_that_are_not_proven_than_is_allowed() -> None:
    async def story() -> None:
        made = bench(entry=EntryRules(max_unproven=6 * SHARE))
        venue = floor_of(made)
        task = await made.start()
        assert (await ask(made, enter(EntryKind.MAKER_TAKER, prices=(2700, 7000)))).is_done
        await asyncio.sleep(1)
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(30)
        assert legs(made) == (20, 6)
        venue.confirm()
        await asyncio.sleep(5)
        assert legs(made) == (20, 20)
        await made.stop(task)

    run(story())


def test_both_legs_are_taken_where_their_asks_are_below_one_together() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        answer = await ask(made, enter(EntryKind.TAKER_TAKER, prices=(0, 0)))
        assert answer.reason == Reason.SPREAD, "asks of one book always come to more than 1"
        assert "at least 0.02 are needed" in answer.text
        assert not venue.placed
        await made.stop(task)

    run(story())


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"prices": (3300, 6700)}, Reason.SPREAD, ""),
        ({"prices": (3150, 6700)}, Reason.BAD_PRICE, "yes"),
        ({"prices": (3400, 6300)}, Reason.BAD_PRICE, "yes"),
        ({"prices": (2500, 7000)}, Reason.BAD_PRICE, "no"),
        ({"shares": 4 * SHARE}, Reason.BELOW_MINIMUM, "size"),
        ({"shares": 0, "budget": -1}, Reason.BAD_NUMBER, "budget"),
        ({"shares": 0, "budget": USD}, Reason.BELOW_MINIMUM, "budget"),
        ({"life_ms": 8 * 86_400_000}, Reason.BAD_WINDOW, "life"),
        ({"shares": 90_000 * SHARE}, Reason.BALANCE, ""),
    ],
)
def test_what_cannot_be_entered_is_refused_before_anything_is_sent(
    changes: dict[str, object], reason: Reason, field: str
) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        answer = await ask(made, enter(**changes))  # type: ignore[arg-type]
        assert (answer.reason, answer.field) == (reason, field), answer
        assert not made.desk.state.entries
        assert not made.venue.placed
        await made.stop(task)

    run(story())


def test_the_cash_of_both_legs_is_counted_together() -> None:
    async def story() -> None:
        made = bench(limits=Limits(max_order_size=5_000 * SHARE, max_unhedged=5_000 * SHARE, max_order_share=10_000))
        made.venue.cash = 1_000 * USD
        task = await made.start()
        answer = await ask(made, enter(shares=1_100 * SHARE))
        assert answer.reason == Reason.BALANCE, "each leg alone could be paid for"
        await made.stop(task)

    run(story())


def test_one_leg_alone_at_the_end_is_said_aloud() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter(life_ms=130_000))
        await asyncio.sleep(1)
        venue.hit(venue.placed[0], 20)
        await asyncio.sleep(200)
        assert not venue.resting
        (entry,) = made.desk.state.entries.values()
        assert entry.reason == "0 of 20 pairs, 20 Yes alone"
        assert any("20 Yes alone" in text for text in alerts(made))
        await made.stop(task)

    run(story())


def test_a_leg_that_the_venue_refuses_for_good_takes_the_other_one_out() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)

        def refuse_no(order: object) -> Accepted | Rejected:
            assert hasattr(order, "leg")
            assert hasattr(order, "id")
            return Rejected(order.id, "400", "no") if order.leg is Leg.NO else venue.rest(order)  # type: ignore[arg-type]

        venue.on_place = refuse_no
        task = await made.start()
        await ask(made, enter())
        await until(lambda: not made.desk.state.all_open_parents(), 300)
        await asyncio.sleep(3)
        assert not venue.resting
        (entry,) = made.desk.state.entries.values()
        assert entry.state is ParentState.CANCELLED
        await made.stop(task)

    run(story())


def test_cancelled_both_legs_end_and_what_fills_meanwhile_is_told() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(1)
        assert (await ask(made, Cancel("c-1", "E-0001"))).text == "E-0001 cancelled"
        await asyncio.sleep(5)
        assert not venue.resting
        assert {parent.state for parent in made.desk.state.parents.values()} == {ParentState.CANCELLED}
        (entry,) = made.desk.state.entries.values()
        assert (entry.state, entry.reason) == (ParentState.CANCELLED, "0 of 20 pairs")
        assert (await ask(made, Cancel("c-2", "E-0001"))).reason == Reason.UNKNOWN_ID
        await made.stop(task)

    run(story())


def test_an_entry_ends_with_its_legs_when_the_desk_is_halted() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(1)
        await ask(made, Halt("h-1"))
        await asyncio.sleep(5)
        assert not venue.resting
        (entry,) = made.desk.state.entries.values()
        assert entry.state is ParentState.CANCELLED
        await made.stop(task)

    run(story())


def test_pausing_an_entry_takes_both_legs_out_and_puts_them_back() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(1)
        assert (await ask(made, Pause("p-1", "E-0001"))).text == "E-0001 paused"
        await asyncio.sleep(3)
        assert not venue.resting
        assert (await ask(made, Pause("p-2", "E-0001"))).text == "E-0001 working"
        await asyncio.sleep(3)
        assert [(order.leg, order.price) for order in venue.resting] == [(Leg.YES, 3100), (Leg.NO, 6700)]
        await made.stop(task)

    run(story())


def test_started_again_an_entry_goes_on_with_what_has_filled_meanwhile() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter(EntryKind.MAKER_TAKER, prices=(2700, 7000)))
        await asyncio.sleep(1)
        await made.kill(task)
        venue.hit(venue.placed[0], 8)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(5)
        assert legs(made) == (8, 8)
        assert len(made.journaled(ev.EntryStarted)) == 1
        await made.stop(task)

    run(story())
