"""The legs of an entry belong together: neither goes on filling when the other cannot follow any more."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.core import events as ev
from cockpit.core.commands import Cancel, Pause
from cockpit.core.entry import EntryKind
from cockpit.core.limits import Reason
from cockpit.core.market import Leg
from cockpit.core.order import Order, OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE
from cockpit.desk.working.children import move_parent
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected
from tests.desk.fakes import Bench
from tests.desk.floor import Floor, bench, floor_of
from tests.desk.scenes import alerts, ask, end, until
from tests.desk.test_entries import enter, legs

MAKER_TAKER = enter(EntryKind.MAKER_TAKER, prices=(2700, 7000))


def states(made: Bench) -> list[ParentState]:
    """Return where both legs stand."""
    return [parent.state for parent in made.desk.state.parents.values()]


def reason(made: Bench) -> str:
    """Return what the one entry says of itself."""
    (entry,) = made.desk.state.entries.values()
    return entry.reason


def shown(venue: Floor) -> list[tuple[Leg, float]]:
    """Return the leg and the size of what rests."""
    return [(order.leg, order.size / SHARE) for order in venue.resting]


def close(made: Bench, parent_id: str) -> None:
    """End one leg alone, as only the desk itself does, and take its orders out."""
    desk = made.desk
    move_parent(desk, desk.state.parents[parent_id], ParentState.STOPPED, "it cannot go on")
    orders = [child.id for child in desk.state.children_of(parent_id) if child.possible]
    desk.start("cancel", desk.canceller.cancel(orders))


@pytest.mark.parametrize("leg_id", ["P-0001", "P-0002"])
@pytest.mark.parametrize("wanted", [MAKER_TAKER, enter()], ids=["maker-taker", "maker-maker"])
def test_cancelling_one_leg_cancels_the_entry_and_says_so(wanted: object, leg_id: str) -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        assert (await ask(made, wanted)).is_done  # type: ignore[arg-type]
        await asyncio.sleep(2)
        answer = await ask(made, Cancel("x-1", leg_id))
        assert answer.text == f"E-0001 cancelled, both legs: {leg_id} is one of them"
        await asyncio.sleep(5)
        assert not floor_of(made).resting
        assert states(made) == [ParentState.CANCELLED] * 2
        assert reason(made) == "0 of 20 pairs"
        assert (await ask(made, Cancel("x-2", leg_id))).reason == Reason.UNKNOWN_ID
        assert (await ask(made, Pause("x-3", leg_id))).reason == Reason.UNKNOWN_ID
        await made.stop(task)

    run(story())


def test_cancelling_the_order_of_one_leg_cancels_the_entry() -> None:
    async def story() -> None:
        made = bench()
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        answer = await ask(made, Cancel("x-1", floor_of(made).resting[0].id))
        assert answer.text == "E-0001 cancelled, both legs: P-0001 is one of them"
        await asyncio.sleep(5)
        assert not floor_of(made).resting
        await made.stop(task)

    run(story())


@pytest.mark.parametrize("leg_id", ["P-0001", "P-0002"])
def test_pausing_one_leg_pauses_both_and_either_lets_both_go_on(leg_id: str) -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, MAKER_TAKER)
        await asyncio.sleep(2)
        answer = await ask(made, Pause("p-1", leg_id), 3)
        assert answer.text == f"E-0001 paused, both legs: {leg_id} is one of them"
        assert not venue.resting
        assert states(made) == [ParentState.PAUSED] * 2
        answer = await ask(made, Pause("p-2", "P-0001"), 3)
        assert answer.text == "E-0001 working, both legs: P-0001 is one of them"
        venue.hit(venue.resting[0], 20)
        await asyncio.sleep(5)
        assert legs(made) == (20, 20)
        await made.stop(task)

    run(story())


def test_the_leg_that_rests_ends_when_the_one_that_completes_it_has_ended() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, MAKER_TAKER)
        await asyncio.sleep(2)
        venue.hit(venue.placed[0], 8)
        await asyncio.sleep(2)
        close(made, "P-0002")
        await asyncio.sleep(3)
        assert not venue.resting
        assert states(made) == [ParentState.CANCELLED, ParentState.STOPPED]
        assert legs(made) == (8, 8)
        assert reason(made) == "8 of 20 pairs"
        await made.stop(task)

    run(story())


def test_a_leg_fills_no_more_than_the_other_has_when_that_one_has_ended() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        yes, no = venue.resting
        venue.hit(yes, 8)
        venue.hit(no, 1)
        await asyncio.sleep(1)
        close(made, "P-0001")
        await asyncio.sleep(3)
        assert shown(venue) == [(Leg.NO, 7)], "what rests of NO is what YES has filled"
        venue.hit(venue.resting[0], 7)
        await asyncio.sleep(3)
        assert legs(made) == (8, 8)
        assert not venue.resting
        assert reason(made) == "8 of 20 pairs"
        assert not any("alone" in text for text in alerts(made))
        await made.stop(task)

    run(story())


def test_a_leg_of_which_too_little_is_missing_to_be_sent_ends_and_what_is_alone_is_an_alarm() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        venue.hit(venue.resting[0], 3)
        await asyncio.sleep(1)
        close(made, "P-0001")
        await asyncio.sleep(5)
        assert not venue.resting
        assert reason(made) == "0 of 20 pairs, 3 Yes alone"
        assert any("3 Yes alone" in text for text in alerts(made))
        await made.stop(task)

    run(story())


def test_a_leg_waits_out_of_the_book_while_the_other_one_that_has_ended_may_still_fill() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter(prices=(3000, 6600)))
        await asyncio.sleep(2)
        yes, _ = venue.resting
        move_parent(made.desk, made.desk.state.parents["P-0001"], ParentState.STOPPED, "it cannot go on")
        await asyncio.sleep(3)
        assert [order.leg for order in venue.resting] == [Leg.YES]
        assert states(made)[1] is ParentState.WORKING
        venue.hit(yes, 8)
        await asyncio.sleep(3)
        assert shown(venue)[1:] == [(Leg.NO, 8)]
        end(venue, yes, OrderState.CANCELLED, 8 * SHARE)
        venue.hit(venue.resting[-1], 8)
        await asyncio.sleep(3)
        assert reason(made) == "8 of 20 pairs"
        await made.stop(task)

    run(story())


def test_a_leg_that_is_refused_for_good_with_some_filled_leaves_the_other_that_much() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        yes, _ = venue.resting
        venue.hit(yes, 8)

        def refuse_yes(order: Order) -> Accepted | Rejected:
            return Rejected(order.id, "400", "no") if order.leg is Leg.YES else venue.match(order)

        venue.on_place = refuse_yes
        end(venue, yes, OrderState.CANCELLED, 8 * SHARE)
        await until(lambda: states(made)[0] is ParentState.STOPPED, 400)
        await asyncio.sleep(3)
        assert shown(venue) == [(Leg.NO, 8)]
        await made.stop(task)

    run(story())


def test_after_a_restart_a_leg_still_fills_no_more_than_the_other_has() -> None:
    async def story() -> None:
        made = bench()
        venue = floor_of(made)
        task = await made.start()
        await ask(made, enter())
        await asyncio.sleep(2)
        venue.hit(venue.resting[0], 8)
        await asyncio.sleep(1)
        close(made, "P-0001")
        await asyncio.sleep(3)
        await made.kill(task)
        made.new_desk()
        task = await made.start()
        await asyncio.sleep(3)
        assert shown(venue) == [(Leg.NO, 8)]
        assert len(made.journaled(ev.EntryStarted)) == 1
        await made.stop(task)

    run(story())
