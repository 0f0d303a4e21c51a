"""A clock that can change its speed wakes who sleeps on it."""

from __future__ import annotations

import asyncio

from cockpit.desk.clock import WallClock


def test_sleepers_notice_a_changed_speed_and_a_pause() -> None:
    async def story() -> tuple[bool, bool]:
        clock = WallClock(speed=0.0, start_ms=5_000)
        sleeper = asyncio.ensure_future(clock.sleep(30))
        await asyncio.sleep(0.02)
        is_waiting = not sleeper.done()
        clock.set_speed(3_000.0)
        await asyncio.wait_for(sleeper, 5)
        return is_waiting, clock.now_ms() >= 35_000

    assert asyncio.run(story()) == (True, True)


def test_time_stands_still_at_speed_0_and_starts_where_told() -> None:
    clock = WallClock(speed=0.0, start_ms=1_234)
    assert [clock.now_ms(), clock.now_ms()] == [1_234, 1_234]


def test_changing_the_speed_does_not_move_the_time() -> None:
    clock = WallClock(speed=0.0, start_ms=1_234)
    clock.set_speed(0.0)
    assert clock.now_ms() == 1_234
    assert clock.speed == 0.0
