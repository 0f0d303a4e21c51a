"""Single closings: which there are, what they brought, and that merging makes no money."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill
from cockpit.core.position import Position
from cockpit.core.results import Merge, Results, Tally, fold_pair
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import fill, legs, prices, sides


def told(*fills: Fill, merges: tuple[Merge, ...] = (), payout: int | None = None) -> tuple[Position, Results]:
    return fold_pair("m", fills, merges, payout)


def test_all_fills_of_one_order_are_one_closing_won_or_lost_in_the_end() -> None:
    bought = fill("b", "buy", price="0.50", shares="30", fee=1_000)
    fair = [fill(f"s{n}", "sell", side=Side.SELL, price=price, shares="10") for n, price in enumerate(["0.40", "0.55"])]
    _, results = told(bought, *fair)
    assert results.closings == {"sell": -1 * USD + USD // 2}
    assert (results.tally.wins, results.tally.losses, results.tally.lost) == (0, 1, USD // 2)
    _, results = told(bought, *fair, fill("s9", "sell", side=Side.SELL, price="0.65", shares="10"))
    assert results.closings == {"sell": USD}
    assert (results.tally.wins, results.tally.losses, results.tally.won, results.tally.lost) == (1, 0, USD, 0)
    assert results.tally.realised == USD - 1_000


def test_merges_and_the_end_are_closings_of_their_own() -> None:
    both = fill("y", "y", price="0.48", shares="10"), fill("n", "n", leg=Leg.NO, price="0.49", shares="6")
    position, results = told(*both, merges=((2, 4 * SHARE), (2, 2 * SHARE)), payout=0)
    assert results.closings == {"merge 1": 120_000, "merge 2": 60_000, "resolution": -1_920_000}
    assert (results.tally.wins, results.tally.losses, results.tally.realised) == (2, 1, -1_740_000)
    assert position.is_flat
    assert position.cash == -1_740_000


def test_what_brings_exactly_nothing_is_neither_won_nor_lost_and_an_empty_pair_ends_without_a_closing() -> None:
    _, results = told(fill("b", "buy"), fill("s", "sell", side=Side.SELL))
    assert results.closings == {"sell": 0}
    assert (results.tally.wins, results.tally.losses) == (0, 0)
    assert told(payout=PRICE_ONE)[1] == Results()
    assert told(fill("b", "buy"), fill("s", "sell", side=Side.SELL), payout=0)[1].closings == {"sell": 0}


@given(st.lists(st.tuples(legs, sides, prices, st.integers(1, 10 * SHARE)), max_size=6), st.integers(0, 20 * SHARE))
def test_a_merge_turns_pairs_into_dollars_and_makes_none(rows: list[tuple[Leg, Side, int, int]], shares: int) -> None:
    position = told(
        *(fill(f"t{n}", leg=one[0], side=one[1], price=one[2], shares=one[3]) for n, one in enumerate(rows))
    )[0]
    after = position.merge(shares)
    assert after.cash == position.cash + shares
    assert after.delta == position.delta
    assert after.locked == position.locked
    assert (after.if_yes, after.if_no) == (position.if_yes, position.if_no)
    assert after.realised - after.cost == after.cash
    assert position.merge(shares // 2).merge(shares - shares // 2).cash == after.cash
    for payout in (0, 5_000, PRICE_ONE):
        assert after.resolve(payout).cash == position.resolve(payout).cash


@pytest.mark.parametrize("more", [0, 1, 4 * SHARE])
def test_a_merge_that_is_told_before_the_purchase_ends_where_it_would_have_ended(more: int) -> None:
    """News come in any sequence: more than is known to be held is taken as proven, and is short at no cost."""
    first, last = fill("y", "y", shares=5 * SHARE), fill("n", "n", leg=Leg.NO, shares=5 * SHARE + more)
    early, late = told(first, last, merges=((1, 5 * SHARE),))[0], told(first, last, merges=((2, 5 * SHARE),))[0]
    assert told(first, merges=((1, 5 * SHARE),))[0].no.shares == -5 * SHARE
    assert (early.cash, early.delta, early.locked) == (late.cash, late.delta, late.locked)
    assert early.realised - early.cost == late.realised - late.cost == late.cash
    assert 0 <= late.realised - early.realised <= 1  # the broken unit is counted against ourselves


def test_a_tally_counted_in_and_out_again_is_nothing() -> None:
    some, sums = Tally(1, 2, 3, 4, 5, 6, 7, 8), Tally()
    sums.add(some)
    assert sums == some
    sums.add(some, -1)
    assert sums == Tally()
    assert len(fields(Tally)) == 8
