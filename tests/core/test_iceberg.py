"""An iceberg's chunks: within their bounds to the last one, of sizes nobody can guess, a few at most left to luck."""

from __future__ import annotations

from collections import Counter
from itertools import cycle
from random import Random

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from cockpit.core.slicing.iceberg import MOST_DRAWS, next_chunk
from cockpit.core.slicing.rules import CannotSlice, Draw, SliceRules
from cockpit.core.units import LOT, SHARE


class Draws:
    """Draws from a list, over and over, and counts."""

    def __init__(self, values: list[float]) -> None:
        self._values = cycle(values)
        self.count = 0

    def __call__(self) -> float:
        self.count += 1
        return next(self._values)


def chunk(left: int, rules: SliceRules, draw: Draw) -> int:
    size = next_chunk(left, rules, draw)
    assert isinstance(size, int), size
    return size


def chunks(lots: int, rules: SliceRules, draw: Draw) -> list[int]:
    """Return all chunks in lots, each shown when the one before it has filled."""
    left, found = lots, []
    while left:
        found.append(chunk(left * LOT, rules, draw) // LOT)
        left -= found[-1]
    return found


anywhere = st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=6)


@given(st.integers(1, 60), st.integers(1, 90), st.integers(0, 90), st.data(), anywhere)
def test_whatever_is_drawn_every_chunk_leaves_a_rest_that_can_be_shown_too(
    count: int, least: int, more: int, data: st.DataObject, drawn: list[float]
) -> None:
    lots = data.draw(st.integers(count * least, count * (least + more)))
    rules = SliceRules(least * LOT, (least + more) * LOT)
    draws = Draws(drawn)
    left = lots
    while left:
        before = draws.count
        size = chunk(left * LOT, rules, draws) // LOT
        assert draws.count - before <= MOST_DRAWS
        assert least <= size <= min(least + more, left)
        left -= size
        # Brute force: some number of chunks between the bounds makes the rest.
        assert left == 0 or any(n * least <= left <= n * (least + more) for n in range(1, left // least + 1))


@given(st.integers(1, 3_000), st.integers(0, 60), st.integers(0, 120), st.integers(0, 5), st.integers(0, 99))
def test_it_is_refused_exactly_where_no_chunks_make_the_rest(
    lots: int, least: int, most: int, fewest: int, seed: int
) -> None:
    rules = SliceRules(least * LOT, most * LOT, fewest)
    size = next_chunk(lots * LOT, rules, Random(seed).random)
    smallest = max(least, 1)
    possible = any(n * smallest <= lots <= n * most for n in range(max(fewest, 1), lots // smallest + 1))
    assert isinstance(size, int) == possible
    if isinstance(size, CannotSlice):
        assert size.reason.startswith(f"{lots / 100:.12g} shares cannot be cut into ")
        return
    left = lots - size // LOT
    more = range(max(fewest - 1, 0), left // smallest + 1)
    assert any(n * smallest <= left <= n * most for n in more)


def test_the_first_chunk_of_several_is_never_all_of_it() -> None:
    rules = SliceRules(5 * LOT, 100 * LOT, 2)
    sizes = {chunk(20 * LOT, rules, Random(seed).random) // LOT for seed in range(300)}
    assert sizes == set(range(5, 16))  # every size that leaves enough for another


@given(st.integers(1, 200), st.integers(1, 60), st.integers(0, 60), st.floats(0, 1, exclude_max=True))
def test_where_luck_does_not_help_an_even_part_is_shown(count: int, least: int, more: int, stuck: float) -> None:
    """A draw that is always the same may never fit: then the chunk is an even part of the fewest there can be."""
    lots, most = count * least + count * more // 3, least + more
    size = chunk(lots * LOT, SliceRules(least * LOT, most * LOT), lambda: stuck) // LOT
    wanted = least + int(stuck * (min(most, lots) - least + 1))
    rest = lots - wanted
    fits = rest == 0 or any(n * least <= rest <= n * most for n in range(1, rest // least + 1))
    fewest = next(n for n in range(1, lots + 1) if n * most >= lots)
    assert size == (wanted if fits else -(-lots // fewest))


def test_the_draw_reaches_both_bounds_and_nothing_beyond() -> None:
    rules = SliceRules(5 * SHARE, 12 * SHARE)
    assert chunk(1_000 * SHARE, rules, lambda: 0.0) == 5 * SHARE
    assert chunk(1_000 * SHARE, rules, lambda: 1 - 2.0**-53) == 12 * SHARE


def test_sizes_are_spread_evenly_between_the_bounds() -> None:
    rules, seed = SliceRules(10 * LOT, 19 * LOT), 7
    random = Random(seed)
    sizes = Counter(chunk(10**6 * LOT, rules, random.random) // LOT for _ in range(5_000))
    assert set(sizes) == set(range(10, 20)), seed
    # 500 each is expected, and 5 standard deviations are 106.
    assert all(394 <= count <= 606 for count in sizes.values()), (seed, sizes)


@given(st.integers(0, 10**9))
def test_one_seed_shows_the_same_chunks_again_and_another_others(seed: int) -> None:
    note(f"seed {seed}")
    rules = SliceRules(5 * SHARE, 12 * SHARE)
    once, again, other = (chunks(20_000, rules, Random(number).random) for number in (seed, seed, seed + 1))
    assert once == again
    assert once != other
    assert sum(once) == sum(other) == 20_000


@pytest.mark.parametrize(
    ("lots", "least", "most"),
    [(1_000, 1_000, 1_000), (999, 333, 333), (1_001, 500, 501), (10, 5, 9), (11, 5, 6), (1, 0, 1)],
)
def test_bounds_that_leave_hardly_a_choice_are_kept(lots: int, least: int, most: int) -> None:
    for seed in range(30):
        found = chunks(lots, SliceRules(least * LOT, most * LOT), Random(seed).random)
        assert sum(found) == lots, seed
        assert all(max(least, 1) <= size <= most for size in found), seed


@pytest.mark.parametrize("left", [0, -LOT, 1, LOT - 1, 5 * SHARE + 1])
def test_what_is_no_number_of_lots_is_refused(left: int) -> None:
    refused = next_chunk(left, SliceRules(0, 10 * SHARE), Random(1).random)
    assert isinstance(refused, CannotSlice)
    assert "is not a positive multiple of 0.01 shares" in refused.reason
