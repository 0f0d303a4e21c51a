"""Success metrics of a handful of trades, every number by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.metrics import FillSum, Metrics, Times, fills_by_reason, metrics_of, times_of
from cockpit.core.units import SHARE, USD
from tests.core.trade_story import Story, walkthrough


def test_nothing_traded_has_no_rates() -> None:
    empty = metrics_of([])
    assert empty == Metrics(time_buckets=(("< 1 min", 0), ("1-5 min", 0), ("> 5 min", 0)))
    assert (empty.rebalancing_rate, empty.fill_rate, empty.avoided) == (None, None, 0)


def test_the_walkthrough_in_numbers() -> None:
    found = metrics_of(walkthrough().records)
    assert (found.trades, found.open, found.unfilled, found.profit) == (1, 0, 0, 420_000)
    assert (found.needed, found.balanced, found.rebalancing_rate) == (1, 1, 10_000)
    assert (found.time_to_rebalance_ms, found.rebalance_profit) == (118_200, 240_000)
    assert (found.attempts, found.attempts_filled, found.attempts_full, found.fill_rate) == (1, 1, 1, 10_000)
    assert (found.resolved, found.avoided_losses, found.missed_gains, found.avoided) == (1, 2_160_000, 0, 2_160_000)
    assert found.detection_to_order == Times(1, 520, 520, 520, 520, 520)
    assert found.order_to_fill == Times(1, 100, 100, 100, 100, 100)
    assert found.fill_to_balance == Times(1, 118_580, 118_580, 118_580, 118_580, 118_580)
    assert found.time_buckets == (("< 1 min", 0), ("1-5 min", 1), ("> 5 min", 0))


def test_rates_count_what_failed_and_gains_missed_are_told_apart_from_losses_avoided() -> None:
    story = Story()
    story.bought(0, Leg.YES, "4", "0.40")
    for number, filled in enumerate(("", "1", ""), 1):
        story.suggestion(10 * number, f"P-{number}", Leg.NO, Side.BUY, "4", "0.50")
        story.order(10 * number, f"o-{number}", f"P-{number}", Leg.NO, Side.BUY, "4", "0.50")
        if filled:
            story.fills(10 * number + 1, f"o-{number}", filled, "0.50")
        if number < 3:
            story.ends(10 * number + 5, f"P-{number}")
    unbalanced = metrics_of(story.records)
    assert (unbalanced.needed, unbalanced.balanced, unbalanced.rebalancing_rate) == (1, 0, 0)
    assert (unbalanced.attempts, unbalanced.attempts_filled, unbalanced.fill_rate) == (2, 1, 5_000)  # one still works
    assert unbalanced.time_to_rebalance_ms is None
    story.resolves(1_000, 10_000)
    lost = metrics_of([*story.records, *walkthrough().records])
    assert (lost.avoided_losses, lost.missed_gains, lost.avoided) == (2_160_000, 500_000, 1_660_000)
    assert lost.rebalancing_rate == 5_000


def test_percentiles_are_times_that_were_measured() -> None:
    assert times_of([None, None]) is None
    assert times_of([5, None, 1]) == Times(2, 3, 1, 5, 5, 5)
    assert times_of(range(1, 201)) == Times(200, 100, 100, 190, 198, 200)


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_no_more_than_the_percentile_says_lie_above_it(found: list[int]) -> None:
    times = times_of(found)
    assert times is not None
    for percent, value in ((50, times.p50), (95, times.p95), (99, times.p99)):
        assert value in found
        assert 100 * sum(one <= value for one in found) >= percent * len(found)
        assert 100 * sum(one < value for one in found) < percent * len(found)


def test_fills_are_summed_by_why_they_were_traded() -> None:
    story = walkthrough()
    story.parent(950_000, "P-9", Leg.YES, Side.BUY, "1", "0.10")
    story.order(950_000, "hand", "P-9", Leg.YES, Side.BUY, "1", "0.10")
    story.fills(950_001, "hand", "1", "0.10", fee=30)
    story.arrives(950_002, Leg.NO, "2", "0.20")
    assert fills_by_reason(story.state) == (
        FillSum("entry", 2, 16 * SHARE, 7_740_000, 0),
        FillSum("rebalance", 1, 4 * SHARE, 1_840_000, 0),
        FillSum("by hand", 1, SHARE, USD // 10, 30),
        FillSum("not ours", 1, 2 * SHARE, 400_000, 0),
    )
