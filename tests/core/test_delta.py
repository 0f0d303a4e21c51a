"""`DeltaTracker`: the examples of the seed, its reports and suggestions."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.delta import DeltaTracker, DeltaTrackerError, TrackedPosition

HALF = {"yes": 0.5, "no": 0.5}


def tracker(**sizes: tuple[object, object]) -> DeltaTracker:
    made = DeltaTracker()
    for market, (yes, no) in sizes.items():
        made.add_position(market, yes, no, HALF)  # type: ignore[arg-type]
    return made


def test_the_first_example_of_the_seed() -> None:
    made = DeltaTracker(max_delta_pct=0.05)
    made.add_position(market_id="btc-updown-15m-1736000000", yes_size=50, no_size=50, prices={"yes": 0.50, "no": 0.50})
    assert str(made.get_delta()) == "0"
    assert str(made.get_total_exposure()) == "50"
    assert not made.needs_rebalance()
    assert made.get_rebalancing_suggestion() is None


def test_the_functional_example_of_the_seed() -> None:
    made = tracker(a=(60, 40), b=(50, 50))
    assert made.get_delta() == 20
    assert made.get_total_exposure() == 100
    assert made.needs_rebalance()


@pytest.mark.parametrize(("yes", "needed"), [("52.5", False), ("52.5641", False), ("52.5642", True), ("47.3", True)])
def test_the_bound_itself_is_within_bounds(yes: str, needed: bool) -> None:
    """5 % of an exposure of (yes + 50) / 2: reached at 52.5641."""
    made = DeltaTracker("0.05")
    made.add_position("m", yes, 50, HALF)
    exact = abs(Fraction(yes) - 50) > Fraction(1, 20) * (Fraction(yes) + 50) / 2
    assert made.needs_rebalance() == exact == needed


def test_exactly_at_the_bound_nothing_is_needed() -> None:
    made = DeltaTracker("0.05")
    made.add_position("m", 41, 39, HALF)
    assert made.get_delta() == 2
    assert made.get_total_exposure() == 40
    assert not made.needs_rebalance()
    made.update_position("m", yes_size="41.000001")
    assert made.needs_rebalance()


def test_floats_are_taken_as_they_print() -> None:
    made = tracker(a=(0.1, 0), b=(0.2, 0))
    assert made.get_delta() == Decimal("0.3")
    made.add_position("c", 1e-07, 0, {"yes": 0.1, "no": 0.9})
    assert made.get_delta() == Decimal("0.3000001")


def test_results_carry_no_trailing_zeros_and_no_exponent() -> None:
    made = tracker(a=("50.00", 50), b=(1000, "1000.0"))
    assert str(made.get_total_exposure()) == "1050"
    assert str(made.get_position("b").yes_exposure) == "500"  # type: ignore[union-attr]
    assert str(made.get_position("a").delta) == "0"  # type: ignore[union-attr]


def test_the_surrounding_decimal_context_has_no_say() -> None:
    with localcontext(Context(prec=3)):
        made = tracker(a=("123456.789", "0.000001"))
        delta, report = made.get_delta(), made.get_position_report()
    assert delta == report["delta"] == Decimal("123456.788999")
    assert report["delta_pct"] == Decimal("200.0000")


def test_opposite_imbalances_cancel_in_the_delta_and_not_in_unhedged() -> None:
    made = tracker(a=(100, 0), b=(0, 100))
    assert made.get_delta() == 0
    assert made.get_unhedged() == 200
    assert not made.needs_rebalance()


def test_a_position_shows_its_numbers() -> None:
    added = DeltaTracker().add_position("m", 5, 0, {"yes": "0.48", "no": 1})
    assert added == TrackedPosition("m", Decimal(5), Decimal(0), Decimal("0.48"), Decimal(1))
    assert added.to_dict() == {
        "market_id": "m",
        "yes_size": 5,
        "no_size": 0,
        "prices": {"yes": Decimal("0.48"), "no": 1},
        "delta": 5,
        "is_delta_neutral": False,
        "yes_exposure": Decimal("2.4"),
        "no_exposure": 0,
    }


def test_update_changes_what_is_named_and_keeps_the_rest() -> None:
    made = tracker(a=(10, 6))
    assert made.update_position("a", no_size=10).is_delta_neutral
    assert made.update_position("a", prices={"yes": "0.7"}).yes_exposure == 7
    assert made.get_position("a") == TrackedPosition("a", Decimal(10), Decimal(10), Decimal("0.7"), Decimal("0.5"))


def test_remove_returns_what_it_was() -> None:
    made = tracker(a=(10, 6), b=(1, 1))
    assert made.remove_position("a").delta == 4
    assert made.get_delta() == 0
    assert made.get_total_exposure() == 1
    assert made.get_position("a") is None


def test_length_membership_iteration_text_and_reset() -> None:
    made = tracker(a=(10, 6), b=(1, 1))
    assert len(made) == 2
    assert "a" in made
    assert "c" not in made
    assert 7 not in made
    assert [position.market_id for position in made] == ["a", "b"]
    assert repr(made) == "DeltaTracker(positions=2, delta=4, max_delta_pct=0.05)"
    made.reset()
    assert len(made) == made.get_delta() == made.get_total_exposure() == 0
    assert not made.needs_rebalance()
    made.add_position("a", 1, 1, HALF)


def test_the_report_has_every_number() -> None:
    report = tracker(a=(60, 40), b=(50, 50)).get_position_report()
    neutral = report.pop("non_neutral_positions")
    assert report == {
        "total_positions": 2,
        "yes_exposure": 55,
        "no_exposure": 45,
        "total_exposure": 100,
        "delta": 20,
        "delta_pct": 20,
        "unhedged": 20,
        "max_delta_pct": Decimal("0.05"),
        "needs_rebalance": True,
        "status": "REBALANCE NEEDED",
    }
    assert [row["market_id"] for row in neutral] == ["a"]


def test_the_report_of_nothing() -> None:
    report = DeltaTracker().get_position_report()
    assert report["total_positions"] == report["delta"] == report["delta_pct"] == report["total_exposure"] == 0
    assert report["status"] == "OK"
    assert report["non_neutral_positions"] == []


def test_the_suggestion_names_what_where_how_much_and_why() -> None:
    suggestion = tracker(a=(60, 40), b=(10, 20)).get_rebalancing_suggestion()
    assert suggestion is not None
    assert suggestion.pop("reason") == ("delta 10 is beyond 0.05 of exposure 65; a holds 20 YES more than NO")
    assert suggestion == {
        "suggested_trade": "BUY_NO",
        "alternative_trade": "SELL_YES",
        "market_id": "a",
        "leg": "NO",
        "estimated_trade_size": 10,
        "delta": 10,
    }


def test_a_surplus_of_no_is_closed_with_yes() -> None:
    suggestion = tracker(a=(0, 5), b=(3, 3)).get_rebalancing_suggestion()
    assert suggestion is not None
    assert (suggestion["suggested_trade"], suggestion["alternative_trade"]) == ("BUY_YES", "SELL_NO")
    assert (suggestion["market_id"], suggestion["estimated_trade_size"]) == ("a", 5)


sizes = st.decimals(0, 10**6, places=6)


@given(st.lists(st.tuples(sizes, sizes).filter(any), min_size=1, max_size=6))
def test_following_the_suggestions_brings_the_delta_back_within_bounds(
    rows: list[tuple[Decimal, Decimal]],
) -> None:
    made = DeltaTracker()
    for number, (yes, no) in enumerate(rows):
        made.add_position(str(number), yes, no, HALF)
    for _ in range(len(rows)):
        suggestion = made.get_rebalancing_suggestion()
        if suggestion is None:
            break
        before, held = made.get_delta(), made.get_position(suggestion["market_id"])
        assert held is not None
        size = suggestion["estimated_trade_size"]
        assert 0 < size <= abs(held.delta)
        bought = {"YES": "yes_size", "NO": "no_size"}[suggestion["leg"]]
        made.update_position(held.market_id, **{bought: getattr(held, bought) + size})
        assert abs(made.get_delta()) == abs(before) - size
    assert made.get_rebalancing_suggestion() is None
    assert not made.needs_rebalance()


def test_the_bound_is_a_setting_between_nothing_and_everything() -> None:
    assert DeltaTracker().max_delta_pct == Decimal("0.05")
    assert DeltaTracker(max_delta_pct=0.02).max_delta_pct == Decimal("0.02")
    for wrong in (-0.01, 1.01, "NaN", None, True):
        with pytest.raises(DeltaTrackerError, match="max_delta_pct"):
            DeltaTracker(wrong)  # type: ignore[arg-type]
