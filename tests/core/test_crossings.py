"""A limit that is crossed, and kept again, is told once each, whatever the number does around it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.crossings import CALM_MS, Crossings, Reading

MOST = 100


def told(numbers: list[int], told_before: bool = False) -> list[tuple[int, bool]]:
    """What people hear of a number that is looked at once a second: (second, whether it is over)."""
    crossings, over, heard = Crossings(), {"x"} if told_before else set(), []
    for second, number in enumerate(numbers):
        for reading, is_over in crossings.news(second * 1000, over, [Reading("x", number, MOST, "over", "back")]):
            heard.append((second, is_over))
            (over.add if is_over else over.discard)(reading.limit)
    return heard


def test_the_limit_itself_is_kept_and_beyond_it_is_told_at_once() -> None:
    assert told([100, 100, 101, 150]) == [(2, True)]


def test_a_number_that_swings_around_its_limit_is_told_once() -> None:
    assert told([101, 99] * 100) == [(0, True)]
    assert told([101, 0] * 100) == [(0, True)]
    assert told([101, *[95] * 9, 96] * 20) == [(0, True)]


def test_it_is_back_after_ten_seconds_well_within() -> None:
    assert told([101, *[95] * 30]) == [(0, True), (11, False)]
    assert told([101, *[96] * 30]) == [(0, True)]
    assert told([101, *[0] * 11, 101, *[0] * 11]) == [(0, True), (11, False), (12, True), (23, False)]


def test_what_was_told_before_is_not_told_again_but_its_end_is() -> None:
    assert told([150] * 30, told_before=True) == []
    assert told([0] * 30, told_before=True) == [(10, False)]


@given(st.lists(st.integers(0, 200), max_size=200))
def test_news_alternate_and_ends_lie_ten_calm_seconds_behind(numbers: list[int]) -> None:
    heard = told(numbers)
    assert [is_over for _, is_over in heard] == [index % 2 == 0 for index in range(len(heard))]
    for second, is_over in heard:
        if is_over:
            assert numbers[second] > MOST
        else:
            assert max(numbers[second - CALM_MS // 1000 : second + 1]) * 100 <= MOST * 95


def test_each_limit_is_told_for_itself() -> None:
    readings = [Reading("a", 2, 1, "a over", "a back"), Reading("b", 0, 1, "b over", "b back")]
    crossings = Crossings()
    assert [(reading.limit, is_over) for reading, is_over in crossings.news(0, set(), readings)] == [("a", True)]
    assert crossings.news(0, {"a", "b"}, readings) == []
    assert [(reading.limit, is_over) for reading, is_over in crossings.news(CALM_MS, {"a", "b"}, readings)] == [
        ("b", False)
    ]


def test_a_limit_of_nothing_is_kept_by_nothing() -> None:
    crossings, nothing = Crossings(), [Reading("x", 0, 0, "over", "back")]
    assert crossings.news(0, set(), nothing) == []
    crossings.news(0, {"x"}, nothing)
    assert len(crossings.news(CALM_MS, {"x"}, nothing)) == 1
