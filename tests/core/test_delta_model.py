"""`DeltaTracker` against fractions summed anew after every call, and its reconciliation."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cockpit.core.delta import TOLERANCE, DeltaTracker

markets = st.sampled_from("abcd")
sizes = (
    st.integers(0, 10**6)
    | st.decimals(0, 10**6, places=8)
    | st.floats(0, 10**6, allow_subnormal=False).map(lambda x: round(x, 9))
)
marks = st.decimals(Decimal("0.0001"), 1, places=4) | st.floats(0.01, 1).map(lambda x: round(x, 6))


def fraction(value: Any) -> Fraction:
    return Fraction(Decimal(str(value)))


class TrackerModel(RuleBasedStateMachine):
    """Add, update and remove in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = Fraction(1, 20)
        self.tracker = DeltaTracker()
        self.rows: dict[str, list[Fraction]] = {}

    @initialize(percent=st.integers(0, 100))
    def bound(self, percent: int) -> None:
        self.limit = Fraction(percent, 100)
        self.tracker = DeltaTracker(Decimal(percent).scaleb(-2))

    @rule(market=markets, yes=sizes, no=sizes, yes_price=marks, no_price=marks)
    def add_or_update(self, market: str, yes: Any, no: Any, yes_price: Any, no_price: Any) -> None:
        if not (yes or no):
            return
        change = self.tracker.update_position if market in self.rows else self.tracker.add_position
        change(market, yes, no, {"yes": yes_price, "no": no_price})
        self.rows[market] = [fraction(value) for value in (yes, no, yes_price, no_price)]

    @precondition(lambda self: self.rows)
    @rule(data=st.data(), yes_price=marks)
    def reprice(self, data: st.DataObject, yes_price: Any) -> None:
        market = data.draw(st.sampled_from(sorted(self.rows)))
        self.tracker.update_position(market, prices={"yes": yes_price})
        self.rows[market][2] = fraction(yes_price)

    @precondition(lambda self: self.rows)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        market = data.draw(st.sampled_from(sorted(self.rows)))
        self.tracker.remove_position(market)
        del self.rows[market]

    @invariant()
    def sums_are_exact(self) -> None:
        rows = self.rows.values()
        delta = sum((row[0] - row[1] for row in rows), Fraction())
        total = sum((row[0] * row[2] + row[1] * row[3] for row in rows), Fraction())
        assert Fraction(self.tracker.get_delta()) == delta
        assert Fraction(self.tracker.get_total_exposure()) == total
        assert Fraction(self.tracker.get_unhedged()) == sum((abs(row[0] - row[1]) for row in rows), Fraction())
        assert self.tracker.needs_rebalance() == (abs(delta) > self.limit * total)
        assert (self.tracker.get_rebalancing_suggestion() is not None) == self.tracker.needs_rebalance()
        report = self.tracker.get_position_report()
        assert report["total_exposure"] == report["yes_exposure"] + report["no_exposure"]
        if total:
            assert abs(Fraction(report["delta_pct"]) - 100 * delta / total) <= Fraction(1, 20_000)
        assert {row["market_id"] for row in report["non_neutral_positions"]} == {
            market for market, row in self.rows.items() if row[0] != row[1]
        }

    @invariant()
    def positions_are_what_was_said(self) -> None:
        assert [position.market_id for position in self.tracker] == list(self.rows)
        for position in self.tracker:
            yes, no, yes_price, no_price = self.rows[position.market_id]
            assert Fraction(position.delta) == yes - no
            assert Fraction(position.yes_exposure) == yes * yes_price
            assert Fraction(position.no_exposure) == no * no_price

    @invariant()
    def agrees_with_itself(self) -> None:
        own = {
            position.market_id: {"yes_size": position.yes_size, "no_size": position.no_size}
            for position in self.tracker
        }
        assert self.tracker.reconcile_with_exchange(own)["reconciled"]


TestTrackerModel = TrackerModel.TestCase


def books() -> DeltaTracker:
    made = DeltaTracker()
    for market, yes, no in (("a", 50, 50), ("b", 30, 30), ("dust", "0.0001", 0)):
        made.add_position(market, yes, no, {"yes": "0.5", "no": "0.5"})
    return made


def test_the_three_lists() -> None:
    result = books().reconcile_with_exchange(
        {
            "a": {"yes_size": 49, "no_size": 50},
            "c": {"yes_size": 1, "no_size": 0},
            "none": {"yes_size": 0, "no_size": 0},
        }
    )
    assert not result["reconciled"]
    assert result["missing_in_tracker"] == ["c"]
    assert result["missing_in_exchange"] == ["b"]
    assert result["discrepancies"] == [
        {
            "market_id": "a",
            "tracker": {"yes_size": 50, "no_size": 50},
            "exchange": {"yes_size": 49, "no_size": 50},
            "difference": {"yes_size": -1, "no_size": 0},
        }
    ]


def test_a_market_of_no_shares_is_missing_not_different() -> None:
    result = books().reconcile_with_exchange({"a": {"yes_size": 0, "no_size": 0}, "b": {"yes_size": 30, "no_size": 30}})
    assert result["missing_in_exchange"] == ["a"]
    assert result["discrepancies"] == []


@pytest.mark.parametrize(
    ("yes", "agrees"), [("50.0001", True), ("49.9999", True), ("50.00010000001", False), ("49.99989", False)]
)
def test_up_to_the_tolerance_it_is_rounding(yes: str, agrees: bool) -> None:
    result = books().reconcile_with_exchange(
        {"a": {"yes_size": yes, "no_size": 50}, "b": {"yes_size": 30.00005, "no_size": 30}}
    )
    assert result["reconciled"] == agrees
    assert Decimal("0.0001") == TOLERANCE


def test_dust_on_either_side_is_not_missing() -> None:
    made = DeltaTracker()
    assert made.reconcile_with_exchange({"x": {"yes_size": "0.0001", "no_size": "0.0001"}})["reconciled"]
    made.add_position("dust", "0.0001", 0, {"yes": 1, "no": 1})
    assert made.reconcile_with_exchange({})["reconciled"]


def test_a_size_left_out_counts_as_none_held() -> None:
    made = DeltaTracker()
    made.add_position("a", 5, 0, {"yes": 1, "no": 1})
    assert made.reconcile_with_exchange({"a": {"yes_size": 5}})["reconciled"]


def test_reconciling_changes_nothing() -> None:
    made = books()
    before = made.get_position_report()
    made.reconcile_with_exchange({"a": {"yes_size": 1, "no_size": 2}, "z": {"yes_size": 9, "no_size": 9}})
    assert made.get_position_report() == before
    assert "z" not in made
