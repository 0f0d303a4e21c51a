"""Every call that must be refused is, with `DeltaTrackerError` and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from cockpit.core.delta import DeltaTracker, DeltaTrackerError

HALF = {"yes": "0.5", "no": "0.5"}
NOT_NUMBERS: list[Any] = [
    float("nan"),
    float("inf"),
    float("-inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("-Infinity"),
    "NaN",
    "inf",
    "",
    " 5",
    "5\n",
    "0_5",
    "５",
    "٣",
    "1,5",
    "five",
    "0x10",
    "1e",
    None,
    True,
    [1],
    b"5",
    1j,
    10**16,
    10**5000,
    -(10**5000),
    Decimal("1E+1000000"),
    "1E+999999999",
    Decimal("1E-25"),
    Decimal("1E-1000000"),
    Decimal("0.5" + "0" * 300 + "1"),
    1e-30,
]
BAD_SIZES: list[Any] = [*NOT_NUMBERS, -1, "-0.000001", -1e-9]
BAD_PRICES: list[Any] = [*NOT_NUMBERS, 0, 0.0, "0", -0.5, "1.0000001", 2]
BAD_MAPPINGS: list[Any] = [{}, {"yes": "0.5"}, {"no": "0.5"}, None, 0.5, ["yes", "no"], "yes no"]


def shown(value: object) -> str:
    return type(value).__name__ + (str(value)[:12] if not isinstance(value, int) else "")


@pytest.fixture
def two() -> DeltaTracker:
    made = DeltaTracker()
    made.add_position("a", 10, 6, {"yes": "0.48", "no": "0.49"})
    made.add_position("b", 0, 5, HALF)
    return made


def refused(made: DeltaTracker, call: Callable[[], object]) -> None:
    before = [position.to_dict() for position in made], made.get_position_report()
    with pytest.raises(DeltaTrackerError) as refusal:
        call()
    assert len(str(refusal.value)) < 200
    assert ([position.to_dict() for position in made], made.get_position_report()) == before


@pytest.mark.parametrize("wrong", BAD_SIZES, ids=shown)
def test_bad_sizes_are_refused(two: DeltaTracker, wrong: Any) -> None:
    refused(two, lambda: two.add_position("c", wrong, 1, HALF))
    refused(two, lambda: two.add_position("c", 1, wrong, HALF))
    if wrong is not None:
        refused(two, lambda: two.update_position("a", yes_size=wrong))
        refused(two, lambda: two.update_position("a", no_size=wrong))
    refused(two, lambda: two.reconcile_with_exchange({"a": {"yes_size": wrong, "no_size": 6}}))


@pytest.mark.parametrize("wrong", BAD_PRICES, ids=shown)
def test_bad_prices_are_refused(two: DeltaTracker, wrong: Any) -> None:
    refused(two, lambda: two.add_position("c", 1, 1, {"yes": wrong, "no": "0.5"}))
    refused(two, lambda: two.add_position("c", 1, 1, {"yes": "0.5", "no": wrong}))
    refused(two, lambda: two.update_position("a", yes_size=1, prices={"yes": wrong}))


@pytest.mark.parametrize("wrong", BAD_MAPPINGS, ids=shown)
def test_prices_must_name_both_legs(two: DeltaTracker, wrong: Any) -> None:
    refused(two, lambda: two.add_position("c", 1, 1, wrong))
    if not isinstance(wrong, dict | None):
        refused(two, lambda: two.update_position("a", prices=wrong))


@pytest.mark.parametrize("wrong", ["", None, 7, ["a"], b"a"], ids=shown)
def test_a_market_id_is_a_text(two: DeltaTracker, wrong: Any) -> None:
    refused(two, lambda: two.add_position(wrong, 1, 1, HALF))


def test_both_legs_at_zero_are_refused_one_is_not(two: DeltaTracker) -> None:
    refused(two, lambda: two.add_position("c", 0, 0, HALF))
    refused(two, lambda: two.add_position("c", "0.0", -0.0, HALF))
    refused(two, lambda: two.update_position("b", no_size=0))
    assert two.add_position("c", 5, 0, HALF).delta == 5


def test_a_market_is_added_once(two: DeltaTracker) -> None:
    refused(two, lambda: two.add_position("a", 1, 1, HALF))


@pytest.mark.parametrize("unknown", ["c", "", None, ["a"]], ids=shown)
def test_an_unknown_market_is_refused(two: DeltaTracker, unknown: Any) -> None:
    refused(two, lambda: two.update_position(unknown, yes_size=1))
    refused(two, lambda: two.remove_position(unknown))


@pytest.mark.parametrize("row", [None, 5, "x", [1, 2]], ids=shown)
def test_a_row_of_the_exchange_is_a_mapping(two: DeltaTracker, row: Any) -> None:
    refused(two, lambda: two.reconcile_with_exchange({"a": row}))


@pytest.mark.parametrize("row", [{}, {"yes": 5, "no": 5}, {"YES_SIZE": 5}], ids=shown)
def test_a_row_whose_sizes_have_other_names_is_not_taken_for_an_empty_one(two: DeltaTracker, row: Any) -> None:
    refused(two, lambda: two.reconcile_with_exchange({"a": row}))


@pytest.mark.parametrize("rows", [None, 5, [("a", {"yes_size": 1})], {7: {"yes_size": 1}}], ids=shown)
def test_the_exchanges_positions_are_a_mapping_of_markets(two: DeltaTracker, rows: Any) -> None:
    refused(two, lambda: two.reconcile_with_exchange(rows))


@pytest.mark.parametrize("prices", [{"YES": "0.7"}, {"yes": "0.7", "No": "0.3"}, {"yes": "0.7", 1: 1}], ids=shown)
def test_a_price_under_another_name_is_not_left_out_in_silence(two: DeltaTracker, prices: Any) -> None:
    refused(two, lambda: two.update_position("a", prices=prices))
    refused(two, lambda: two.add_position("c", 1, 1, HALF | prices))


@pytest.mark.parametrize("other", [["a"], {"a": 1}, 7, None], ids=shown)
def test_what_is_no_text_is_not_tracked(two: DeltaTracker, other: Any) -> None:
    assert other not in two
    assert two.get_position(other) is None


def test_the_message_names_field_value_and_what_is_allowed(two: DeltaTracker) -> None:
    with pytest.raises(DeltaTrackerError, match="yes price 0 must be above 0 and at most 1"):
        two.add_position("c", 1, 1, {"yes": 0, "no": 1})
    with pytest.raises(DeltaTrackerError, match="no_size -1 must not be negative"):
        two.add_position("c", 1, -1, HALF)


@pytest.mark.parametrize(
    ("value", "size"),
    [("1e3", "1000"), ("+5", "5"), ("5.", "5"), (".5", "0.5"), (Decimal("1E-24"), "1E-24"), ("0E+400", "0")],
)
def test_numbers_in_other_shapes_are_read_exactly(value: Any, size: str) -> None:
    assert DeltaTracker().add_position("m", value, 1, HALF).yes_size == Decimal(size)


def test_the_largest_and_the_finest_number_add_up_exactly() -> None:
    made = DeltaTracker()
    made.add_position("a", 10**15, 0, {"yes": 1, "no": 1})
    made.add_position("b", "0.000000000000000000000001", 0, {"yes": 1, "no": 1})
    assert made.get_delta() == Decimal("1000000000000000.000000000000000000000001")
    assert made.get_total_exposure() == made.get_delta()
