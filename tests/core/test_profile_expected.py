"""What a window is expected to bring still, once a part of it has passed: by the curve, by what came, by the moment."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cockpit.core.profile import PARTS, RECENT, expected, least_part

curves = st.lists(st.integers(0, 10**9) | st.just(10**17), min_size=1, max_size=24)
places = st.floats(0, 1)


@given(curves, places, st.integers(1, 40))
def test_volume_that_came_as_expected_leaves_the_rest_of_the_curve(curve: list[int], place: float, parts: int) -> None:
    def until(at: float) -> float:
        return sum(volume * min(max(at * len(curve) - index, 0.0), 1.0) for index, volume in enumerate(curve))

    seen, recent = until(place), until(place) - until(max(0.0, place - RECENT))
    coming = expected(curve, place, round(seen), round(recent), parts)
    assert len(coming) == parts
    if recent < 1_000:
        return  # nothing was due of late: whatever came is a surprise
    for part, volume in enumerate(coming):
        begin, end = (place + (1 - place) * edge / parts for edge in (part, part + 1))
        assert volume == pytest.approx(until(end) - until(begin), rel=0.02, abs=1e-6 * sum(curve))


@given(curves, places, st.integers(0, 10**10), st.integers(0, 10**9), st.integers(0, 10**10), st.integers(0, 10**9))
@example([1, 0], 2e-313, 0, 1, 0, 0)
def test_more_volume_never_lets_less_be_expected_and_never_less_than_none(
    curve: list[int], place: float, seen: int, recent: int, more: int, more_recent: int
) -> None:
    less = expected(curve, place, seen, recent)
    busier = expected(curve, place, seen + more, recent + more_recent)
    tiny = 1e-9 * (sum(curve) + 1)
    assert all(volume >= -tiny for volume in less)
    assert all(after >= before * (1 - 1e-9) - tiny for before, after in zip(less, busier, strict=True))


@given(st.integers(1, 24), places, st.integers(0, 10**12))
def test_a_curve_of_nothing_expects_nothing(parts: int, place: float, seen: int) -> None:
    assert expected((0,) * parts, place, seen, seen) == (0.0,) * PARTS
    assert sum(expected((10**9,) * parts, 1.0, seen, 0)) == pytest.approx(0, abs=1)


def test_a_sudden_change_fades_and_a_lasting_one_stays() -> None:
    curve = [10**9] * 24
    usual = expected(curve, 0.5, 12 * 10**9, int(RECENT * 24 * 10**9))
    burst = expected(curve, 0.5, 12 * 10**9, int(3 * RECENT * 24 * 10**9))
    assert burst[0] > 2 * usual[0]
    assert list(burst) == sorted(burst, reverse=True)
    assert burst[-1] == pytest.approx(usual[-1], rel=0.02)
    double = expected(curve, 0.5, 24 * 10**9, int(2 * RECENT * 24 * 10**9))
    assert all(1.4 * before < after < 2 * before for before, after in zip(usual, double, strict=True))


@given(curves, places, places)
def test_the_least_that_should_be_done_rises_to_all_of_it_and_never_beyond_the_curve(
    curve: list[int], first: float, second: float
) -> None:
    early, late = sorted((first, second))
    assert -1e-9 <= least_part(curve, early) <= least_part(curve, late) + 1e-9 <= 1 + 2e-9
    assert least_part(curve, 1.0) == pytest.approx(1)
    assert least_part([1] * 24, early) <= early + 1e-9
