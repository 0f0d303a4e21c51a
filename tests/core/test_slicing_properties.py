"""Every planner: sums, bounds, times and refusals, against what can be cut at all, counted by brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from random import Random
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.parent import Slice
from cockpit.core.slicing.iceberg import next_chunk
from cockpit.core.slicing.randomised import SPREAD, randomised
from cockpit.core.slicing.rules import CannotSlice, Draw, Plan, SliceRules, problem_of
from cockpit.core.slicing.twap import twap
from cockpit.core.slicing.vwap import vwap
from cockpit.core.units import LOT, SHARE
from tests.core.builders import NOW

HOUR = 3_600_000
LONG = 10**9
"""A window so long that rounding times to milliseconds says nothing."""


@dataclass(frozen=True)
class Task:
    """What a planner is asked for. Sizes in 1/1,000,000 shares."""

    total: int
    window: int = HOUR
    least: int = 0
    most: int = 0
    seed: int = 0
    weights: tuple[int, ...] = ()
    count: int | None = None
    fewest: int = 0

    @property
    def rules(self) -> SliceRules:
        return SliceRules(self.least, self.most, self.fewest)


def drawing(seed: int) -> Draw:
    """Return a draw of a seed; below 0 it always draws the same, at the ends of what it may."""
    return {-1: lambda: 0.0, -2: lambda: 1 - 2.0**-53}.get(seed, Random(seed).random)


def shown(task: Task) -> Plan | CannotSlice:
    """Return all chunks of an iceberg, each shown when the one before it has filled."""
    draw, left, chunks = drawing(task.seed), task.total, list[Slice]()
    while left or not chunks:
        rules = replace(task.rules, fewest=max(0, task.fewest - len(chunks)))
        size = next_chunk(left, rules, draw)
        if isinstance(size, CannotSlice):
            assert not chunks, f"{left} left of {task} cannot be shown"
            return size
        chunks.append(Slice(NOW, size))
        left -= size
        assert left >= 0
    return tuple(chunks)


PLANNERS: dict[str, Callable[[Task], Plan | CannotSlice]] = {
    "twap": lambda t: twap(t.total, NOW, t.window, t.rules, t.count),
    "vwap": lambda t: vwap(t.total, NOW, t.window, t.rules, t.weights),
    "random": lambda t: randomised(t.total, NOW, t.window, t.rules, drawing(t.seed)),
    "iceberg": shown,
}
every_planner = pytest.mark.parametrize("name", PLANNERS)
seeds = st.integers(-2, 10**9)


@st.composite
def tasks(draw: st.DrawFn, whole_lots: bool = True) -> Task:
    """Mostly what has a plan, with bounds close to what makes it impossible; some that has none."""
    children, mean = draw(st.integers(1, 40)), draw(st.integers(1, 400))
    lots = max(1, children * mean + draw(st.integers(-mean, mean)))
    least = max(0, mean - draw(st.integers(-1, mean))) * LOT - draw(st.sampled_from([0, 0, 1, LOT - 1]))
    most = (mean + draw(st.integers(-1, 2 * mean))) * LOT + draw(st.sampled_from([0, 0, 1, LOT - 1]))
    return Task(
        lots * LOT + (0 if whole_lots else draw(st.integers(1, LOT - 1))),
        draw(st.sampled_from([0, 1, 7, 1_000, HOUR, 30 * 24 * HOUR])),
        max(least, 0),
        most,
        draw(seeds),
        tuple(draw(st.lists(st.sampled_from([0, 1, 3, 1_000, 10**15]), max_size=30))),
        draw(st.none() | st.integers(-2, 60)),
        draw(st.sampled_from([0, 0, 1, 2, 2, 3, children])),
    )


def can_be_cut(task: Task) -> bool:
    """Return whether any number of children between the bounds makes the total, counted one by one."""
    lots = task.total // LOT
    sizes = [size for size in range(1, lots + 1) if task.least <= size * LOT <= task.most]
    if not sizes:
        return False
    return any(n * sizes[0] <= lots <= n * (task.most // LOT) for n in range(max(task.fewest, 1), lots + 1))


def reachable(lots: int, least: int, most: int) -> bool:
    """Return whether sizes between the bounds sum to it, by trying all sums there are."""
    sums = {0}
    for reached in range(1, lots + 1):
        if any(reached - size in sums for size in range(least, most + 1)):
            sums.add(reached)
    return lots in sums


@given(st.integers(1, 40), st.integers(1, 12), st.integers(0, 12))
def test_the_rules_call_possible_exactly_what_sizes_can_sum_to(lots: int, least: int, most: int) -> None:
    rules = SliceRules(least * LOT, most * LOT)
    assert rules.can_cut(lots) == reachable(lots, least, most)
    assert (problem_of(lots * LOT, HOUR, rules) is None) == reachable(lots, least, most)


@every_planner
@settings(max_examples=60)
@given(task=tasks())
def test_a_plan_is_made_if_there_is_one_and_keeps_to_total_bounds_and_window(name: str, task: Task) -> None:
    plan = PLANNERS[name](task)
    if isinstance(plan, CannotSlice):
        assert plan.reason
        assert not can_be_cut(task)
        return
    assert can_be_cut(task)
    assert sum(piece.size for piece in plan) == task.total
    assert all(piece.size % LOT == 0 and piece.size > 0 for piece in plan)
    assert all(task.least <= piece.size <= task.most for piece in plan)
    assert all(NOW <= piece.at_ms <= NOW + task.window for piece in plan)
    assert all(before.at_ms <= after.at_ms for before, after in pairwise(plan))
    assert len(plan) >= max(task.fewest, 1)


@every_planner
@given(st.integers(1, 3_000), st.integers(0, 1_500), seeds)
def test_what_must_not_leave_as_a_whole_is_at_least_two_children_or_refused(
    name: str, lots: int, least: int, seed: int
) -> None:
    plan = PLANNERS[name](Task(lots * LOT, HOUR, least * LOT, 10_000 * LOT, seed, fewest=2))
    assert isinstance(plan, CannotSlice) == (lots < 2 * max(least, 1))
    if isinstance(plan, CannotSlice):
        assert "cannot be cut into 2 children or more between " in plan.reason
    else:
        assert len(plan) >= 2
        assert max(piece.size for piece in plan) < lots * LOT


@every_planner
@settings(max_examples=20)
@given(task=tasks(whole_lots=False))
def test_a_total_that_lots_cannot_carry_is_refused_not_rounded(name: str, task: Task) -> None:
    refused = PLANNERS[name](task)
    assert isinstance(refused, CannotSlice)
    assert "is not a positive multiple of 0.01 shares" in refused.reason


@every_planner
@pytest.mark.parametrize("total", [0, -LOT])
def test_nothing_and_less_than_nothing_have_no_plan(name: str, total: int) -> None:
    refused = PLANNERS[name](Task(total, most=100 * SHARE))
    assert isinstance(refused, CannotSlice)


@pytest.mark.parametrize("name", ["twap", "vwap", "random"])
def test_a_window_that_ends_before_it_begins_has_no_plan(name: str) -> None:
    assert isinstance(PLANNERS[name](Task(100 * SHARE, -1, most=10 * SHARE)), CannotSlice)


@every_planner
@settings(max_examples=20)
@given(task=tasks())
def test_the_same_seed_makes_the_same_plan(name: str, task: Task) -> None:
    assert PLANNERS[name](task) == PLANNERS[name](task)


@pytest.mark.parametrize("name", ["random", "iceberg"])
def test_different_seeds_make_different_plans(name: str) -> None:
    task = Task(2_400 * SHARE, least=10 * SHARE, most=100 * SHARE)
    plans = {PLANNERS[name](replace(task, seed=seed)) for seed in range(200)}
    assert len(plans) == 200


@pytest.mark.parametrize("name", ["twap", "vwap"])
@settings(max_examples=20)
@given(task=tasks(), other=seeds)
def test_without_randomness_a_seed_changes_nothing(name: str, task: Task, other: int) -> None:
    assert PLANNERS[name](task) == PLANNERS[name](replace(task, seed=other))


@given(tasks())
def test_random_children_are_as_many_as_bring_their_mean_a_third_of_the_way_between_the_bounds(task: Task) -> None:
    plan = PLANNERS["random"](task)
    if isinstance(plan, CannotSlice):
        return
    lots, least, most = task.total // LOT, max(-(-task.least // LOT), 1), task.most // LOT
    wanted = lots / (least + (most - least) * Fraction(1, 3))
    possible = [n for n in range(max(task.fewest, 1), lots + 1) if n * least <= lots <= n * most]
    assert abs(len(plan) - wanted) <= min(abs(n - wanted) for n in possible) + Fraction(1, 10**6)


@settings(max_examples=80)
@given(st.integers(300, 6_000), st.integers(5, 100), st.integers(2, 9), seeds)
def test_random_sizes_keep_to_the_clock(lots: int, least: int, times: int, seed: int) -> None:
    most = least * times
    plan = PLANNERS["random"](Task(lots * LOT, LONG, least * LOT, most * LOT, seed))
    if isinstance(plan, CannotSlice):
        return
    places = [(piece.at_ms - NOW) / LONG for piece in plan]
    done = [0, *accumulate(piece.size // LOT for piece in plan)]
    for index, piece in enumerate(plan[:-1]):
        size, left, others = piece.size // LOT, lots - done[index], len(plan) - index - 1
        is_free = max(least, left - others * most) < size < min(most, left - others * least)
        line = lots * (places[index] + places[index + 1]) / 2
        off = done[index + 1] - line
        slack = SPREAD * lots / len(plan) + 0.5 + 1e-5 * lots
        if is_free:
            assert abs(off) <= slack
        elif off > slack:
            assert size == max(least, left - others * most)  # it could not be less
        elif off < -slack:
            assert size == min(most, left - others * least)  # it could not be more


def test_random_times_have_no_period_and_no_memory() -> None:
    task = Task(2_400 * SHARE, LONG, 10 * SHARE, 100 * SHARE)
    variations, firsts, lasts, children = [], [], [], 0
    for seed in range(150):
        plan = PLANNERS["random"](replace(task, seed=seed))
        assert isinstance(plan, tuple)
        gaps = [after.at_ms - before.at_ms for before, after in pairwise(plan)]
        mean = fmean(gaps)
        variations.append((fmean([(gap - mean) ** 2 for gap in gaps])) ** 0.5 / mean)
        firsts.append(plan[0].at_ms - NOW)
        lasts.append(NOW + LONG - plan[-1].at_ms)
        children = len(plan)
    # Gamma(2) waits vary by 1/sqrt(2) of their mean; a jittered clock by far less, a Poisson process by 1.
    assert 0.62 < fmean(variations) < 0.80
    each = LONG / (children + 1)
    assert 0.8 * each < fmean(firsts) < 1.2 * each
    assert 0.8 * each < fmean(lasts) < 1.2 * each


def test_the_mean_of_random_sizes_lies_nearer_to_the_smaller_bound() -> None:
    plan = PLANNERS["random"](Task(2_400 * SHARE, least=10 * SHARE, most=100 * SHARE, seed=1))
    assert isinstance(plan, tuple)
    assert len(plan) == 60


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(-100, 5_000))
def test_a_bounded_size_leaves_a_rest_that_can_be_cut(count: int, least: int, more: int, wanted: int) -> None:
    rules = SliceRules(least * LOT, (least + more) * LOT)
    for left in {count * least, count * (least + more), count * least + count * more // 2}:
        size = rules.bounded(wanted, left, count)
        rest, others = left - size, count - 1
        assert least <= size <= least + more
        assert others * least <= rest <= others * (least + more)
        legal = [n for n in range(least, least + more + 1) if others * least <= left - n <= others * (least + more)]
        assert abs(size - wanted) == min(abs(n - wanted) for n in legal)
