"""What the crowd draws from: tables, walks, fair values and bursts."""

from __future__ import annotations

import random
import statistics

import pytest

from cockpit.core.units import LOT
from cockpit.venues.practice import figures
from cockpit.venues.practice.bursts import Bursts
from cockpit.venues.practice.figures import Kind, Quantiles, shares_of
from cockpit.venues.practice.markets import FAMILIES, window_after, window_at
from cockpit.venues.practice.walk import Motion, Race, Walk


def test_draws_from_a_table_have_the_tables_quantiles() -> None:
    draw, table = random.Random(1), figures.CRYPTO_BEST
    found = sorted(table.draw(draw) for _ in range(20_000))
    for probability, value in ((0.05, 5), (0.25, 20), (0.5, 52), (0.75, 121), (0.95, 466)):
        assert found[int(probability * len(found))] == pytest.approx(value, rel=0.12)


def test_a_draw_stays_within_its_table() -> None:
    draw, table = random.Random(1), Quantiles((0, 2), (1, 3))
    assert all(2 <= table.draw(draw) <= 3.000001 for _ in range(1_000))


def test_shares_are_whole_lots_and_never_nothing() -> None:
    draw = random.Random(2)
    for amount in (0.0001, 0.5, 3.14159, 7_777.7):
        found = shares_of(amount, draw)
        assert found >= LOT
        assert found % LOT == 0


@pytest.mark.parametrize("kind", [figures.CRYPTO, figures.SPORTS, figures.POLITICS])
def test_a_walk_gains_a_variance_of_one_a_second_however_it_moves(kind: Kind) -> None:
    ends = []
    for seed in range(400):
        walk = Walk(random.Random(seed), kind.motion, 0)
        for step in range(1, 601):
            walk.advance(step * 5_000, 1.0)
        ends.append(walk.value)
    assert statistics.pvariance(ends) == pytest.approx(3_000, rel=0.25)


def test_an_informed_trader_is_warned_before_a_shock_and_only_then() -> None:
    walk = Walk(random.Random(3), Motion(0, 0, shock_rate=0.01, shock_share=1.0), 0)
    at = walk.next_shock_ms
    assert walk.tip(at - 2_501) == 0
    assert walk.tip(at - 2_000) == walk.next_shock
    expected = walk.next_shock
    walk.advance(at, 1.0)
    walk.advance(at + 20_000, 1.0)
    assert walk.value == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("lookback_s", [0.0, 30.0])
def test_a_fair_value_is_right_as_often_as_it_says(lookback_s: float) -> None:
    """Markets that stood at about 0.7 with a minute to go end YES about seven times of ten."""
    wins = 0
    for seed in range(300):
        walk = Walk(random.Random(seed), Motion(step_rate=0, step_share=0), 0)
        race = Race(walk, 0, 60_000, lookback_s)
        race.set_fair(0.7, 0)
        assert race.fair(0) == pytest.approx(0.7)
        for step in range(1, 121):
            walk.advance(step * 500, 1.0)
            fair = race.fair(step * 500)
        assert fair in (0.0, 1.0)
        wins += fair == 1.0
    assert 0.62 <= wins / 300 <= 0.78


def test_a_race_stands_even_until_its_window_begins() -> None:
    walk = Walk(random.Random(1), Motion(step_rate=0, step_share=0), 0)
    race = Race(walk, 10_000, 310_000, 30.0)
    walk.advance(9_000, 1.0)
    assert race.fair(9_000) == 0.5
    walk.advance(11_000, 1.0)
    assert race.fair(11_000) == 0.5
    walk.advance(60_000, 1.0)
    assert race.fair(60_000) != 0.5


def test_activity_is_about_one_in_the_long_run_and_clusters() -> None:
    bursts = Bursts(random.Random(4), 0)
    levels = [bursts.level(second * 1_000) for second in range(30_000)]
    assert 0.7 <= statistics.fmean(levels) <= 1.1
    later = [second for second, level in enumerate(levels[:-5]) if level > 3]
    assert statistics.fmean(levels[second + 5] for second in later) > 1.5 * statistics.fmean(levels)


def test_trades_excite_activity() -> None:
    calm, busy = (Bursts(random.Random(5), 0) for _ in range(2))
    for _ in range(20):
        busy.traded()
    assert busy.level(100) > calm.level(100)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.slug)
def test_windows_follow_each_other_and_leave_enough_time(family: object) -> None:
    assert family in FAMILIES
    one = next(known for known in FAMILIES if known is family)
    now = 1_790_000_123_456
    window = window_at(one, now)
    assert window.closes_ms - now >= one.min_left_ms
    assert window.starts_ms % one.period_ms == 0
    following = window_after(one, window)
    assert following.starts_ms == window.closes_ms
    assert following.slug != window.slug
