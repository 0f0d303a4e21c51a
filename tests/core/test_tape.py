"""The tape of a market: its sums and bars are what counting the trades one by one gives, also over a restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core import tape as tapes
from cockpit.core.fold import apply
from cockpit.core.fold_trading import vwap_of
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Algorithm, Parent, ParentState
from cockpit.core.state import State
from cockpit.core.tape import BAR_MS, Bar, Tape, average_price
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import NOW, legs, market, prices


@dataclass(frozen=True)
class Trade:
    """One print."""

    at_ms: int
    leg: Leg
    price: int
    shares: int

    @property
    def yes_price(self) -> int:
        return self.price if self.leg is Leg.YES else PRICE_ONE - self.price


def in_time(rows: list[tuple[int, Leg, int, int]]) -> list[Trade]:
    """Return trades from (time since the one before, leg, price, shares)."""
    whens = accumulate((row[0] for row in rows), initial=NOW - NOW % BAR_MS)
    return [Trade(at_ms, *row[1:]) for at_ms, row in zip(list(whens)[1:], rows, strict=True)]


waits = st.sampled_from([0, 0, 1, BAR_MS - 1, BAR_MS, BAR_MS + 1, 3 * BAR_MS, 86_400_000])
"""Several at the same moment, on the edges of bars, with long gaps between them."""
sizes = st.integers(1, 10**15) | st.sampled_from([1, SHARE])
trades = st.lists(st.tuples(waits, legs, prices, sizes), max_size=18).map(in_time)


def tape_of(found: Iterable[Trade], tape: Tape | None = None) -> Tape:
    tape = tape or Tape()
    for one in found:
        tape.add(one.leg, one.price, one.shares, one.at_ms)
    return tape


def summed(found: Iterable[Trade]) -> Bar:
    counted = list(found)
    return Bar(sum(one.shares for one in counted), sum(one.shares * one.yes_price for one in counted), len(counted))


def bars_of(found: list[Trade]) -> dict[int, Bar]:
    """Return the bars that have trades, each counted by looking at all trades again."""
    starts = sorted({one.at_ms // BAR_MS * BAR_MS for one in found})
    return {start: summed(one for one in found if start <= one.at_ms < start + BAR_MS) for start in starts}


def rows(tape: Tape) -> list[tuple[int, int, int, int]]:
    """Return the bars as the history keeps them."""
    return [(start, bar.volume, bar.product, bar.trades) for start, bar in tape.bars.items()]


@given(trades)
def test_sums_and_bars_are_those_of_counting_every_trade(found: list[Trade]) -> None:
    tape = tape_of(found)
    assert Bar(tape.volume, tape.product, tape.trades) == summed(found)
    assert tape.bars == bars_of(found)
    assert list(tape.bars) == sorted(tape.bars)
    assert tape.first_ms == (min(tape.bars) if found else None)
    assert tape.last_ms == (found[-1].at_ms if found else None)


@given(trades, st.integers(-3, 40), st.integers(0, 40), st.integers(0, BAR_MS - 1), st.integers(0, BAR_MS - 1))
def test_between_is_the_sum_of_the_bars_that_begin_there(
    found: list[Trade], first: int, length: int, early: int, late: int
) -> None:
    start = NOW - NOW % BAR_MS + first * BAR_MS + early
    end = start + length * BAR_MS + late
    inside = [one for one in found if start <= one.at_ms // BAR_MS * BAR_MS < end]
    assert tape_of(found).between(start, end) == summed(inside)


@given(trades, st.lists(st.integers(0, 40), min_size=2, max_size=5).map(sorted))
def test_stretches_that_adjoin_count_every_bar_once(found: list[Trade], edges: list[int]) -> None:
    tape, base = tape_of(found), NOW - NOW % BAR_MS
    times = [base + edge * 7_919 for edge in edges]
    parts = [tape.between(begin, end) for begin, end in pairwise(times)]
    whole = tape.between(times[0], times[-1])
    assert sum(part.volume for part in parts) == whole.volume
    assert sum(part.product for part in parts) == whole.product
    assert sum(part.trades for part in parts) == whole.trades


@given(trades, st.randoms(use_true_random=False))
def test_the_order_of_trades_of_one_moment_does_not_matter(found: list[Trade], random: Random) -> None:
    mixed = sorted(found, key=lambda one: (one.at_ms, random.random()))
    assert tape_of(mixed) == tape_of(found)


@given(trades, st.integers(1, 6))
def test_only_so_many_bars_are_kept_and_the_oldest_go_first(found: list[Trade], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tapes, "MOST_BARS", most)
        tape = tape_of(found)
        expected = dict(list(bars_of(found).items())[-most:])
        assert tape.bars == expected
        assert Bar(tape.volume, tape.product, tape.trades) == summed(found)
        again = Tape()
        again.load(rows(tape_of(found[:10])))
        assert list(tape_of(found[10:], again).bars) == list(expected)


@given(trades, st.integers(0, 18))
def test_bars_of_an_earlier_life_and_new_trades_make_the_bars_there_would_have_been(
    found: list[Trade], stopped_at: int
) -> None:
    earlier, later = found[:stopped_at], found[stopped_at:]
    loaded_first, traded_first = Tape(), tape_of(later)
    loaded_first.load(rows(tape_of(earlier)))
    tape_of(later, loaded_first)
    traded_first.load(rows(tape_of(earlier)))
    for tape in (loaded_first, traded_first):
        assert tape.bars == bars_of(found)
        assert list(tape.bars) == sorted(tape.bars)
        assert Bar(tape.volume, tape.product, tape.trades) == summed(later)  # since we listen


@given(trades)
def test_the_average_price_is_exact_to_half_a_unit_and_mirrored(found: list[Trade]) -> None:
    volume, product = summed(found).volume, summed(found).product
    yes, no = (average_price(volume, product, leg) for leg in Leg)
    if not found:
        assert yes == no == 0
        return
    assert abs(yes - Fraction(sum(one.shares * one.yes_price for one in found), volume)) <= Fraction(1, 2)
    assert yes + no == PRICE_ONE


def test_a_share_of_no_counts_as_a_share_of_yes_at_the_mirrored_price() -> None:
    tape = tape_of([Trade(NOW, Leg.YES, 6_000, 2 * SHARE), Trade(NOW, Leg.NO, 3_000, 2 * SHARE)])
    assert average_price(tape.volume, tape.product, Leg.YES) == 6_500
    assert average_price(tape.volume, tape.product, Leg.NO) == 3_500


# ---- through the fold ----


def printed(one: Trade) -> ev.TradePrinted:
    return ev.TradePrinted(one.at_ms, "m", one.leg, is_buy=True, price=one.price, shares=one.shares, venue_ms=one.at_ms)


@given(trades)
def test_prints_are_counted_on_the_tape_of_their_market_each_time_they_are_told(found: list[Trade]) -> None:
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    for one in found:
        apply(state, printed(one))
    if not found:
        assert "m" not in state.tapes
        return
    assert state.tapes["m"].bars == bars_of(found)
    # A print has no name: the same one told again is another trade.
    apply(state, printed(found[-1]))
    assert state.tapes["m"].trades == len(found) + 1
    assert set(state.tapes) == {"m"}


@given(trades, st.integers(0, 18), st.integers(0, 18), legs)
def test_a_parent_is_measured_against_the_trades_since_it_began(
    found: list[Trade], begun_at: int, stopped_at: int, leg: Leg
) -> None:
    """Also when the desk stops and starts again meanwhile, if it began with a bar."""
    before, during = found[:begun_at], found[begun_at:]
    start = before[-1].at_ms // BAR_MS * BAR_MS + BAR_MS if before else NOW - NOW % BAR_MS
    during = [one for one in during if one.at_ms >= start]
    parent = Parent("p", "m", leg, Side.BUY, SHARE, 5_000, Algorithm.TWAP, (), start + 10**9, start)
    state = State()
    for one in before:
        apply(state, printed(one))
    apply(state, ev.ParentStarted(start, parent))
    for one in during:
        apply(state, printed(one))
    exact = Fraction(sum(o.shares * o.yes_price for o in during), sum(o.shares for o in during) or 1)
    expected = exact if leg is Leg.YES else PRICE_ONE - exact
    average = vwap_of(state, parent)
    assert abs(average - expected) <= Fraction(1, 2) if during else average == 0

    again, kept = State(), [*before, *during[:stopped_at]]
    apply(again, ev.ParentStarted(start, parent))
    until = (kept[-1].at_ms if kept else start) + 1
    apply(again, ev.TapeLoaded(until, "m", tuple(rows(tape_of(kept)))))
    for one in during[stopped_at:]:
        apply(again, printed(one))
    assert vwap_of(again, parent) == average
    apply(again, ev.ParentMoved(until, "p", ParentState.DONE, "", vwap=average))
    assert vwap_of(again, again.parents["p"]) == average
    assert again.tape_marks == {}
