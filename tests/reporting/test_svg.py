"""Charts: whole numbers inside their frame, every peak kept, texts escaped."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cockpit.reporting.svg import HEIGHT, MOST_POINTS, STEPS, WIDTH, bars, lines, scale, thinned

points = st.lists(st.integers(-(10**12), 10**12), max_size=1_500).map(lambda found: list(enumerate(found)))


@given(points)
def test_thinned_points_are_few_in_order_and_keep_every_peak(found: list[tuple[int, int]]) -> None:
    kept = thinned(found)
    assert len(kept) <= MOST_POINTS
    assert kept == sorted(kept)
    assert set(kept) <= set(found)
    if found:
        values = [value for _, value in found]
        assert (kept[0], kept[-1]) == (found[0], found[-1])
        assert {min(values), max(values)} <= {value for _, value in kept}


@given(points)
def test_a_line_stays_inside_its_chart(found: list[tuple[int, int]]) -> None:
    chart = lines([("one", found)], str)
    assert bool(chart) == (len(found) > 1)
    path = re.search(r'points="([^"]*)"', chart)
    for pair in path[1].split() if path else ():
        x, y = map(int, pair.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT


@given(st.integers(-(10**12), 0), st.integers(0, 10**12))
def test_marks_are_even_hold_the_values_and_0_and_are_few(low: int, high: int) -> None:
    marks = scale(low, high)
    assert marks[0] <= low <= high <= marks[-1]
    assert 0 in marks
    assert 2 <= len(marks) <= STEPS + 4
    assert str(marks.step).rstrip("0") in ("1", "2", "5")


def test_texts_are_escaped_and_nothing_to_count_is_no_chart() -> None:
    assert "<b>" not in bars([("<b>", 1, "<b>")])
    assert "<b>" not in lines([("<b>", [(0, 1), (1, 2)])], lambda value: f"<b>{value}")
    assert bars([("none", 0, "")]) == bars([]) == ""
