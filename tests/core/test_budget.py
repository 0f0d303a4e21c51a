"""However it is asked, no more leaves than the burst and what flowed in since."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.budget import TokenBucket
from tests.core.builders import NOW

rates, bursts = st.integers(1, 200), st.integers(1, 300)
moves = st.lists(st.tuples(st.integers(-2_000, 5_000), st.integers(1, 20)), max_size=40)


@given(rates, bursts, moves)
def test_never_more_than_the_burst_and_the_rate_in_any_window(
    rate: int, burst: int, steps: list[tuple[int, int]]
) -> None:
    bucket, now, furthest = TokenBucket(rate, burst), NOW, 0
    taken: list[tuple[int, int]] = []
    for step, count in steps:
        now += step
        furthest = max(furthest, now)  # a clock that goes back is behind one that does not
        if bucket.take(count, now):
            taken.append((furthest, count))
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            went = sum(count for _, count in taken[first : last + 1])
            assert went * 1_000 <= burst * 1_000 + (taken[last][0] - taken[first][0]) * rate


@given(rates, bursts, st.integers(1, 10**6))
def test_time_that_goes_back_gives_nothing_and_is_not_paid_for_twice(rate: int, burst: int, back: int) -> None:
    bucket = TokenBucket(rate, burst)
    assert bucket.take(burst, NOW)
    assert not bucket.has(1, NOW - back)
    assert not bucket.has(1, NOW)
    assert bucket.has(1, NOW + -(-1_000 // rate))


@given(rates, bursts, moves)
def test_what_is_refused_costs_nothing(rate: int, burst: int, steps: list[tuple[int, int]]) -> None:
    asked, quiet, now = TokenBucket(rate, burst), TokenBucket(rate, burst), NOW
    for step, count in steps:
        now += step
        assert not asked.take(burst + count, now)
        assert asked.has(count, now) == quiet.has(count, now)
        assert asked.take(count, now) == quiet.take(count, now)


@given(rates, bursts, moves, st.integers(1, 300))
def test_the_wait_is_exact(rate: int, burst: int, steps: list[tuple[int, int]], wanted: int) -> None:
    bucket, now, count = TokenBucket(rate, burst), NOW, min(wanted, burst)
    for step, some in steps:
        now += abs(step)
        bucket.take(some, now)
    wait = bucket.wait_ms(count, now)
    assert (wait == 0) == bucket.has(count, now)
    if wait:
        assert not bucket.has(count, now + wait - 1)
    assert bucket.take(count, now + wait)


@pytest.mark.parametrize(("rate", "burst"), [(40, 60), (1, 1)])
def test_it_starts_full_and_never_holds_more_than_the_burst(rate: int, burst: int) -> None:
    bucket = TokenBucket(rate, burst)
    assert bucket.burst == burst
    for now in (NOW, NOW + 10**9):
        assert bucket.take(burst, now)
        assert not bucket.has(1, now)
