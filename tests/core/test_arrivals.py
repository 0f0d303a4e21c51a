"""When others place their orders: counted as brute force counts it, and imitated so that nobody can tell."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.arrivals import EDGES_MS, ENOUGH, FALLBACK_MS, KEPT, LONGEST_MS, Arrivals
from cockpit.core.fold import apply
from cockpit.core.fold_market import NEAR
from cockpit.core.market import Leg
from cockpit.core.order import OrderType
from cockpit.core.state import State
from cockpit.core.tape import Tape
from cockpit.core.units import SHARE
from tests.core.builders import NOW, market, order

CLASSES = list(pairwise(EDGES_MS))
ages = st.integers(-5, LONGEST_MS + 5) | st.sampled_from(EDGES_MS)


def class_of(age: int) -> int:
    return next(index for index, (begin, end) in enumerate(CLASSES) if begin <= age < end)


def learned(came: list[int], gaps: list[int]) -> Arrivals:
    arrivals = Arrivals()
    for gap in gaps:
        arrivals.traded(gap)
    for age in came:
        arrivals.arrived(age)
    return arrivals


def test_the_classes_of_ages_adjoin_and_rise() -> None:
    assert EDGES_MS[0] == 0
    assert list(EDGES_MS) == sorted(set(EDGES_MS))
    assert EDGES_MS[-1] == LONGEST_MS == 60_000


@given(st.lists(ages, max_size=40), st.lists(st.integers(0, 200_000), max_size=20))
@example([LONGEST_MS, LONGEST_MS - 1, -1, 0], [LONGEST_MS, LONGEST_MS + 1, 0])
def test_orders_and_time_are_counted_by_the_age_of_the_last_trade(came: list[int], gaps: list[int]) -> None:
    arrivals = learned(came, gaps)
    counted = [age for age in came if 0 <= age < LONGEST_MS]
    assert arrivals.total == len(counted) == sum(arrivals.counts)
    for index, (begin, end) in enumerate(CLASSES):
        assert arrivals.counts[index] == sum(begin <= age < end for age in counted)
        assert arrivals.spent_ms[index] == sum(max(0, min(gap, end) - begin) for gap in gaps)
    assert sum(arrivals.spent_ms) == sum(min(gap, LONGEST_MS) for gap in gaps)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 90_000)), max_size=30))
def test_a_tape_counts_ages_from_its_newest_trade_on_both_sides_alone(told: list[tuple[bool, int, int]]) -> None:
    tape, now = Tape(), NOW
    last: int | None = None
    gaps: list[int] = []
    came: tuple[list[int], list[int]] = ([], [])
    for is_trade, side, waited in told:
        now += waited
        if is_trade:
            gaps += [] if last is None else [now - last]
            last = now
            tape.add(Leg.YES, 5_000, SHARE, now)
        else:
            came[side].extend([] if last is None else [now - last])
            tape.arrived(side, now)
    for side in (0, 1):
        assert tape.arrivals[side] == learned(came[side], gaps)


def weights(arrivals: Arrivals, earliest: int) -> dict[int, float]:
    """Return how often an age of each class is to be drawn: its rate times its length, as far as it is imitated."""
    found, before = {}, 0
    for index, (begin, end) in enumerate(CLASSES):
        length = end - max(begin, earliest)
        if length > 0 and arrivals.spent_ms[index]:
            found[index] = arrivals.counts[index] / arrivals.spent_ms[index] * length
        before += arrivals.counts[index]
        if before >= KEPT * arrivals.total and found:
            break
    whole = sum(found.values())
    return {index: weight / whole for index, weight in found.items() if weight} if whole else {}


@given(
    st.lists(st.integers(0, LONGEST_MS - 1) | st.integers(0, 3_000), min_size=1, max_size=12),
    st.lists(st.integers(1, 100_000), min_size=1, max_size=8),
    st.integers(0, 70_000) | st.integers(0, 2_000),
)
def test_ages_are_drawn_in_proportion_to_the_rates_and_never_too_early(
    came: list[int], gaps: list[int], earliest: int
) -> None:
    arrivals = learned([age for age in came for _ in range(-(-ENOUGH // len(came)))], gaps)
    expected, count = weights(arrivals, earliest), 400
    steps = iter(range(count))
    drawn = [arrivals.draw_age(earliest, lambda: next(steps) / count) for _ in range(count)]
    assert drawn == sorted(drawn)
    assert min(drawn) >= earliest
    if not expected:
        assert max(drawn) < earliest + FALLBACK_MS
        return
    assert max(drawn) <= EDGES_MS[max(expected) + 1]
    for index, (begin, end) in enumerate(CLASSES):
        share = sum(begin <= age < end for age in drawn) / count
        # The end of a class may be drawn: it rounds down to the begin of the next one at most once.
        assert share == pytest.approx(expected.get(index, 0.0), abs=2.5 / count)


@given(st.integers(0, ENOUGH - 1), st.integers(0, 100_000), st.floats(0, 1, exclude_max=True))
def test_with_too_few_orders_seen_the_age_is_even_over_some_seconds(seen: int, earliest: int, place: float) -> None:
    arrivals = learned([100] * seen, [10_000])
    assert arrivals.draw_age(earliest, lambda: place) == earliest + int(place * FALLBACK_MS)


def test_the_longest_ages_of_others_are_not_imitated() -> None:
    arrivals = learned([50] * 990 + [50_000] * 10, [60_000] * 3)
    assert all(arrivals.draw_age(0, Random(seed).random) < 60 for seed in range(300))
    assert arrivals.draw_age(30_000, lambda: 0.5) > 30_000  # too late for the others: what is left of them


def test_chunks_appear_at_the_ages_of_everybody_elses_orders() -> None:
    """Trades come at random; others refill soon after one, pause, and come again: so must the chunks of an iceberg."""
    random = Random(11)
    arrivals, ambient = Arrivals(), list[int]()

    def rate(age: int) -> float:
        return 0.003 if age < 140 else 0.0002 if age < 700 else 0.0012

    for _ in range(4_000):
        gap, age = int(random.expovariate(1 / 1_200)) + 1, 0
        while (age := age + int(random.expovariate(0.003)) + 1) < gap:
            if random.random() < rate(age) / 0.003:
                arrivals.arrived(age)
                ambient.append(age)
        arrivals.traded(gap)
    shown = []
    for _ in range(3_000):
        wanted = arrivals.draw_age(0, random.random)
        while (gap := int(random.expovariate(1 / 1_200)) + 1) <= wanted:
            wanted = arrivals.draw_age(0, random.random)
        shown.append(wanted)
    ambient.sort()
    shown.sort()
    worst = max(
        abs(bisect_right(ambient, edge) / len(ambient) - bisect_right(shown, edge) / len(shown)) for edge in EDGES_MS
    )
    assert worst < 0.05  # the Kolmogorov-Smirnov distance; at once after each trade it would be above 0.5


# ---- through the fold ----


def seen(state: State, at_ms: int, *changes: tuple[int, int, int]) -> None:
    apply(state, ev.LevelsChanged(at_ms, "m", changes, at_ms))


def begun() -> State:
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    apply(state, ev.BookSnapshot(NOW, "m", ((5_000, 10 * SHARE),), ((5_200, 10 * SHARE),), NOW))
    return state


def counted(state: State) -> tuple[int, int]:
    bids, asks = state.tapes["m"].arrivals
    return bids.total, asks.total


def test_a_level_that_grows_near_the_best_price_is_an_arrival_on_its_side() -> None:
    state = begun()
    seen(state, NOW, (0, 5_000, 99 * SHARE))  # before any trade nobody knows an age
    apply(state, ev.TradePrinted(NOW + 100, "m", Leg.YES, True, 5_200, SHARE, NOW))
    seen(state, NOW + 150, (0, 5_000, 100 * SHARE), (0, 4_900, SHARE), (1, 5_200, 11 * SHARE))
    assert counted(state) == (2, 1)
    seen(state, NOW + 160, (0, 5_000, 90 * SHARE), (1, 5_200, 0))  # what leaves has not arrived
    assert counted(state) == (2, 1)
    seen(state, NOW + 170, (0, 5_000 - NEAR, SHARE), (0, 5_000 - NEAR - 100, SHARE))  # further off says nothing
    assert counted(state) == (3, 1)
    assert state.tapes["m"].arrivals[0].counts[class_of(50)] == 2
    assert state.tapes["m"].arrivals[0].counts[class_of(70)] == 1


def test_our_own_order_is_nobody_elses_arrival() -> None:
    state = begun()
    apply(state, ev.TradePrinted(NOW, "m", Leg.YES, True, 5_200, SHARE, NOW))
    ours = order("o", leg=Leg.NO, price=4_900, size="7", order_type=OrderType.GTC)  # a bid for NO: an ask in YES prices
    apply(state, ev.OrderSending(NOW, ours))
    seen(state, NOW + 20, (1, 5_100, 7 * SHARE))
    assert counted(state) == (0, 0)
    seen(state, NOW + 30, (1, 5_100, 14 * SHARE))  # the next one of the same size is not ours
    assert counted(state) == (0, 1)
