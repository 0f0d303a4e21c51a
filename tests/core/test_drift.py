"""Which way an imbalance went in about a minute."""

from __future__ import annotations

import pytest

from cockpit.core.drift import LEAST_MS, SPAN_MS, Drift, Drifts, Trail, drift_of
from cockpit.core.units import SHARE


@pytest.mark.parametrize(
    ("before", "now", "drift"),
    [
        (0, 0, Drift.STEADY),
        (0, 1, Drift.GROWING),
        (-100, -140, Drift.GROWING),
        (140, 100, Drift.SHRINKING),
        (-140, 0, Drift.SHRINKING),
        (100, 101, Drift.STEADY),
        (1_000, 989, Drift.SHRINKING),
        (1_000, 990, Drift.STEADY),
        (-160, 160, Drift.TURNED),
        (3, -400, Drift.TURNED),
    ],
)
def test_the_drift_is_away_from_zero_toward_it_or_across(before: int, now: int, drift: Drift) -> None:
    assert drift_of(before * SHARE, now * SHARE) is drift
    assert drift_of(-before * SHARE, -now * SHARE) is drift


def test_it_is_compared_with_a_minute_ago_not_with_the_last_second() -> None:
    trail = Trail()
    for second in range(200):
        trail.add(second * 1000, 10 * second, 5)
        drifts = trail.drifts(second * 1000, 10 * second, 5)
        assert (drifts is None) == (second * 1000 < LEAST_MS)
    trail.add(200_000, 0, 5)
    assert trail.drifts(200_000, 0, 5) == Drifts(Drift.SHRINKING, Drift.STEADY)
    assert trail.drifts(200_000, 1_400, 5) == Drifts(Drift.STEADY, Drift.STEADY), "140 s: a minute ago it was the same"


def test_what_is_steady_for_a_minute_is_steady_again() -> None:
    trail = Trail()
    for second in range(181):
        trail.add(second * 1000, 0 if second < 60 else 100, 0)
    assert trail.drifts(119_000 + SPAN_MS, 100, 0) == Drifts(Drift.STEADY, Drift.STEADY)


def test_samples_that_come_seldom_count_until_the_next() -> None:
    trail = Trail()
    trail.add(0, 50, 50)
    assert trail.drifts(1_000_000, 60, 50) == Drifts(Drift.GROWING, Drift.STEADY)


def test_only_about_a_minute_is_remembered() -> None:
    trail = Trail()
    for second in range(10_000):
        trail.add(second * 1000, second, second)
    assert len(trail._points) == SPAN_MS // 1000 + 1


def test_after_a_clock_was_set_back_it_starts_anew() -> None:
    trail = Trail()
    trail.add(100_000, 1, 1)
    trail.add(50_000, 2, 2)
    assert trail.drifts(50_000 + LEAST_MS - 1, 9, 9) is None
    assert trail.drifts(50_000 + LEAST_MS, 9, 2) == Drifts(Drift.GROWING, Drift.STEADY)


def test_nothing_is_said_of_nothing() -> None:
    assert Trail().drifts(0, 0, 0) is None
