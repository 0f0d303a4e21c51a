"""The latch of a stop: who may widen it, when it may be released, and what a start makes of it."""

from __future__ import annotations

import asyncio

from cockpit.core.commands import Halt, Release
from cockpit.core.limits import Reason
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.drill.virtual_time import run
from cockpit.storage.latch import LatchFailed, LatchState, MemoryLatch
from tests.desk.fakes import Bench, no_answer
from tests.desk.scenes import ask, by_hand, foreign, receipt, resting, stop, told, until

OUTSIDE = LatchState("from outside", 5)


class SlowLatch(MemoryLatch):
    """A disk that takes its time over a release."""

    async def clear(self) -> None:
        await asyncio.sleep(0.3)
        await super().clear()


class HalfClearedLatch(MemoryLatch):
    """A disk that lets the file go and does not answer."""

    async def clear(self) -> None:
        await super().clear()
        raise LatchFailed("no answer")


class BlockingLatch(MemoryLatch):
    """A disk that may be read at the start only: later it would hold up the loop."""

    reads = 0

    def read(self) -> LatchState | None:
        self.reads += 1
        return super().read()


def _bench(latch: MemoryLatch) -> Bench:
    bench = Bench()
    bench.latch = latch
    bench.new_desk()
    return bench


def test_a_halt_pressed_while_a_release_waits_for_the_disk_holds() -> None:
    async def story() -> None:
        bench = _bench(SlowLatch())
        task = await bench.start()
        bench.desk.submit(Halt("h-1", "first"))
        await until(lambda: bench.desk.state.is_stop_proven, 5)
        bench.desk.submit(Release("r-1", "RELEASE"))
        await asyncio.sleep(0.1)
        bench.desk.submit(Halt("h-2", "second"))
        await asyncio.sleep(3)
        assert bench.desk.state.halted
        assert not receipt(bench, "r-1").is_done
        assert receipt(bench, "h-2").is_done
        assert bench.latch.read() is not None
        await ask(bench, bench.approve())
        assert not bench.venue.placed
        await bench.kill(task)
        bench.new_desk()
        task = await bench.start()
        assert bench.desk.state.halted
        await bench.stop(task)

    run(story())


def test_a_release_that_the_disk_refuses_leaves_the_latch_as_it_was() -> None:
    async def story() -> None:
        bench = _bench(HalfClearedLatch())
        task = await bench.start()
        bench.desk.submit(Halt("h-1", "first"))
        await until(lambda: bench.desk.state.is_stop_proven, 5)
        answer = await ask(bench, Release("r-1", "RELEASE"))
        assert (answer.is_done, answer.reason) == (False, Reason.HALTED)
        assert bench.desk.state.halted == "first"
        latched = bench.latch.read()
        assert latched is not None
        assert (latched.reason, latched.is_proven) == ("first", True)
        await bench.stop(task)

    run(story())


def test_a_release_is_refused_until_the_venue_has_shown_zero_twice() -> None:
    async def story() -> None:
        bench = Bench()
        task = await bench.start()
        (order,) = resting(bench, 1)
        bench.venue.is_down = True
        bench.desk.submit(Halt("h-1"))
        answer = await ask(bench, Release("r-1", "RELEASE"), 3)
        assert (answer.is_done, answer.reason) == (False, Reason.NOT_PROVEN)
        assert "1 orders" in answer.text
        bench.venue.is_down = False
        await until(lambda: bench.desk.canceller.zero_reads == 1, 10)
        assert not bench.desk.state.all_live_orders()
        assert (await ask(bench, Release("r-2", "RELEASE"), 0.01)).reason == Reason.NOT_PROVEN
        await until(lambda: bench.desk.state.is_stop_proven, 5)
        assert (await ask(bench, Release("r-3", "please"))).reason == Reason.WRONG_WORD
        assert (await ask(bench, Release("r-4", "RELEASE"))).is_done
        assert not bench.desk.state.halted
        assert bench.latch.read() is None
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_an_unknown_order_keeps_a_stop_unproven_though_the_venue_shows_none() -> None:
    async def story() -> None:
        bench = Bench()
        bench.venue.on_place = no_answer
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(0.3)
        bench.desk.submit(Halt("h-1"))
        await asyncio.sleep(300)
        assert not await bench.venue.open_orders()
        assert not stop(bench).is_proven
        assert (await ask(bench, Release("r-1", "RELEASE"))).reason == Reason.NOT_PROVEN
        task.cancel()

    run(story())


def test_a_running_desk_takes_over_a_stop_from_outside_and_a_wider_one_after_it() -> None:
    async def story() -> None:
        latch = MemoryLatch()
        bench = _bench(latch)
        task = await bench.start()
        order = foreign(bench.venue)
        latch.state = OUTSIDE
        await until(lambda: bench.desk.state.is_stop_proven, 10)
        assert not bench.desk.state.halts_everything
        latch.state = LatchState("the whole account", 6, everything=True)
        await until(lambda: bench.desk.state.halts_everything and stop(bench).is_proven, 20)
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        assert latch.state is not None
        assert latch.state.everything
        await bench.stop(task)

    run(story())


def test_a_start_takes_over_a_latch_that_is_wider_than_its_journal() -> None:
    async def story() -> None:
        latch = MemoryLatch()
        bench = _bench(latch)
        task = await bench.start()
        bench.desk.submit(Halt("h-1", "narrow"))
        await until(lambda: bench.desk.state.is_stop_proven, 5)
        await bench.kill(task)
        order = foreign(bench.venue)
        latch.state = LatchState("the whole account", 6, everything=True)
        bench.new_desk()
        task = await bench.start()
        assert bench.desk.state.halts_everything
        await until(lambda: stop(bench).is_proven, 20)
        assert bench.venue.reports[order.id].state is OrderState.CANCELLED
        await bench.stop(task)

    run(story())


def test_a_stop_that_came_while_the_desk_was_dead_ends_its_parents_for_good() -> None:
    async def story() -> None:
        latch = MemoryLatch()
        bench = _bench(latch)
        bench.venue.on_place = bench.venue.rest
        task = await bench.start()
        bench.desk.submit(by_hand())
        await asyncio.sleep(1)
        await bench.kill(task)
        latch.state = OUTSIDE
        bench.new_desk()
        task = await bench.start()
        await until(lambda: bench.desk.state.is_stop_proven, 20)
        (parent,) = bench.desk.state.parents.values()
        assert parent.state is ParentState.STOPPED
        assert (await ask(bench, Release("r-1", "RELEASE"))).is_done
        await asyncio.sleep(30)
        assert len(bench.venue.placed) == 1
        assert not bench.desk.state.all_live_orders()
        await bench.stop(task)

    run(story())


def test_a_released_stop_of_the_past_does_not_lift_the_halt_for_a_fact_that_cannot_be_folded() -> None:
    async def story() -> None:
        bench = Bench()
        bench.store.write(
            [
                (1, "ParentMoved", 1, '{"at_ms":1,"parent_id":"P-9","state":"done","reason":""}'),
                (2, "Halted", 1, '{"at_ms":2,"reason":"an old one"}'),
                (3, "StopProven", 1, '{"at_ms":3}'),
                (4, "Released", 1, '{"at_ms":4}'),
            ]
        )
        task = await bench.start()
        assert "fact 1 of the journal (ParentMoved) cannot be folded" in bench.desk.state.halted
        assert any("still HALTED" in text for text in told(bench, "alarm"))
        await ask(bench, bench.approve(), 1)
        assert not bench.venue.placed
        await bench.stop(task)

    run(story())


def test_a_running_desk_never_reads_the_latch_on_its_own_loop() -> None:
    async def story() -> None:
        latch = BlockingLatch()
        bench = _bench(latch)
        task = await bench.start()
        reads = latch.reads
        await asyncio.sleep(10)
        bench.desk.submit(Halt("h-1"))
        await until(lambda: bench.desk.state.is_stop_proven, 5)
        assert (await ask(bench, Release("r-1", "RELEASE"))).is_done
        await asyncio.sleep(10)
        assert latch.reads == reads
        await bench.stop(task)

    run(story())
