from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.book import walk
from cockpit.core.market import Leg, Side
from tests.core.builders import book, levels, sides

cents = st.integers(1, 99).map(lambda c: c * 100)
few_levels = st.dictionaries(cents, st.integers(1, 6), max_size=6)


def ladder(found: dict[int, int], taker: Side) -> tuple[tuple[int, int], ...]:
    return tuple(sorted(found.items(), reverse=taker is Side.SELL))


@given(few_levels, st.integers(0, 30), st.none() | cents, sides)
def test_a_walk_takes_share_by_share_the_best_there_is(
    found: dict[int, int], size: int, limit: int | None, taker: Side
) -> None:
    best_first = ladder(found, taker)
    single = [price for price, available in best_first for _ in range(available)]
    if limit is not None:
        single = [price for price in single if (price <= limit if taker is Side.BUY else price >= limit)]
    taken = single[:size]
    assert walk(best_first, size, limit, taker) == (len(taken), sum(taken), taken[-1] if taken else 0)


@given(few_levels, st.integers(0, 30), st.integers(0, 30), sides)
def test_taking_more_never_betters_the_worst_price(found: dict[int, int], one: int, other: int, taker: Side) -> None:
    small, large = sorted((one, other))
    near, far = walk(ladder(found, taker), small, None, taker), walk(ladder(found, taker), large, None, taker)
    assert near[0] <= far[0]
    assert near[1] <= far[1]
    if near[0]:
        assert near[2] <= far[2] if taker is Side.BUY else near[2] >= far[2]


def test_a_limit_stops_the_walk_before_the_level_beyond_it() -> None:
    asks = levels(("0.46", "3"), ("0.47", "5"), ("0.50", "9"))
    assert walk(asks, 10_000_000, 4_700, Side.BUY) == (8_000_000, 3_000_000 * 4_600 + 5_000_000 * 4_700, 4_700)
    bids = levels(("0.52", "3"), ("0.50", "5"))
    assert walk(bids, 10_000_000, 5_100, Side.SELL) == (3_000_000, 3_000_000 * 5_200, 5_200)


def test_nothing_there_or_nothing_wanted_gives_nothing() -> None:
    assert walk((), 5, None, Side.BUY) == (0, 0, 0)
    assert walk(levels(("0.5", "1")), 0, None, Side.SELL) == (0, 0, 0)


@given(few_levels, st.integers(1, 30))
def test_selling_yes_into_bids_is_buying_no_from_the_mirrored_asks(found: dict[int, int], size: int) -> None:
    both = book(found.items())
    sold, brought, _ = walk(both.levels(Leg.YES, Side.BUY), size, None, Side.SELL)
    bought, cost, _ = walk(both.levels(Leg.NO, Side.SELL), size, None, Side.BUY)
    assert sold == bought
    assert brought + cost == sold * 10_000
