from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.parent import Slice
from cockpit.core.slicing.rules import CannotSlice, SliceRules
from cockpit.core.slicing.twap import twap
from cockpit.core.units import LOT, SHARE
from tests.core.builders import NOW, lots

HOUR = 3_600_000
bounds = st.integers(0, 200 * SHARE)


def test_a_thousand_shares_over_an_hour_are_ten_hundreds_every_six_minutes() -> None:
    plan = twap(1_000 * SHARE, NOW, HOUR, SliceRules(5 * SHARE, 100 * SHARE))
    assert plan == tuple(Slice(NOW + minute * 60_000, 100 * SHARE) for minute in range(0, 60, 6))


@given(lots, st.integers(0, 10**8), bounds, bounds, st.none() | st.integers(-3, 400))
def test_a_plan_sums_exactly_within_bounds_and_window(
    total: int, window: int, least: int, most: int, count: int | None
) -> None:
    plan = twap(total, NOW, window, SliceRules(least, most), count)
    if isinstance(plan, CannotSlice):
        assert plan.reason
        assert not any(
            -(-least // LOT) * LOT * n <= total <= most // LOT * LOT * n
            for n in range(1, min(total // LOT, 50_000) + 1)
        )
        return
    sizes = [piece.size for piece in plan]
    assert sum(sizes) == total
    assert all(size % LOT == 0 and least <= size <= most and size > 0 for size in sizes)
    assert max(sizes) - min(sizes) in (0, LOT)
    assert sizes == sorted(sizes, reverse=True)
    times = [piece.at_ms for piece in plan]
    assert times[0] == NOW
    assert all(NOW <= time <= NOW + window for time in times)
    assert times == sorted(times)
    gaps = {after - before for before, after in pairwise(times)}
    assert max(gaps, default=0) - min(gaps, default=0) <= 1


@given(st.integers(1, 10**4), st.integers(1, 50))
def test_the_count_asked_for_is_made_where_the_bounds_allow(lot_count: int, count: int) -> None:
    plan = twap(lot_count * LOT, NOW, HOUR, SliceRules(1, 10**12), count)
    assert isinstance(plan, tuple)
    assert len(plan) == min(count, lot_count)


def test_fewer_or_more_are_made_when_the_bounds_demand_it() -> None:
    rules = SliceRules(5 * SHARE, 20 * SHARE)
    assert len(_plan(60 * SHARE, rules, 100)) == 12
    assert len(_plan(60 * SHARE, rules, 1)) == 3
    assert len(_plan(60 * SHARE, rules, None)) == 3
    assert len(_plan(60 * SHARE, rules, 0)) == 3


def _plan(total: int, rules: SliceRules, count: int | None) -> tuple[Slice, ...]:
    plan = twap(total, NOW, HOUR, rules, count)
    assert isinstance(plan, tuple)
    return plan


@pytest.mark.parametrize(
    ("total", "window", "least", "most", "words"),
    [
        (0, HOUR, 5 * SHARE, 100 * SHARE, "total 0 is not a positive multiple of 0.01 shares"),
        (-SHARE, HOUR, 5 * SHARE, 100 * SHARE, "total -1 is not a positive"),
        (SHARE + 1, HOUR, 0, 100 * SHARE, "total 1.000001 is not a positive"),
        (10 * SHARE, -1, 5 * SHARE, 100 * SHARE, "the window must not be negative"),
        (4 * SHARE, HOUR, 5 * SHARE, 100 * SHARE, "4 shares cannot be cut into children between 5 and 100"),
        (10 * SHARE, HOUR, 6 * SHARE, 5 * SHARE, "10 shares cannot be cut into children between 6 and 5"),
        (9 * SHARE, HOUR, 5 * SHARE, 6 * SHARE, "9 shares cannot be cut into children between 5 and 6"),
        (10 * SHARE, HOUR, 0, 0, "10 shares cannot be cut into children between 0 and 0"),
        (10 * SHARE, HOUR, 0, LOT - 1, "10 shares cannot be cut into children between 0 and 0.009999"),
        (10 * SHARE, HOUR, 0, -SHARE, "10 shares cannot be cut into children between 0 and -1"),
    ],
)
def test_what_cannot_be_cut_is_refused_with_a_sentence(
    total: int, window: int, least: int, most: int, words: str
) -> None:
    refused = twap(total, NOW, window, SliceRules(least, most))
    assert isinstance(refused, CannotSlice)
    assert refused.reason.startswith(words)


def test_no_window_sends_all_at_once() -> None:
    plan = _plan_at_once()
    assert {piece.at_ms for piece in plan} == {NOW}


def _plan_at_once() -> tuple[Slice, ...]:
    plan = twap(30 * SHARE, NOW, 0, SliceRules(5 * SHARE, 10 * SHARE))
    assert isinstance(plan, tuple)
    return plan
