"""A parent and its plan: what is due, what should be done by then, and plans that replace one another."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.parent import SLICED, Algorithm, AtEnd, How, Parent, ParentState, Slice, Style
from cockpit.core.state import State
from cockpit.core.units import LOT, SHARE
from tests.core.builders import NOW, order

slices = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 500)), max_size=8).map(
    lambda rows: tuple(Slice(NOW + at_ms, size * LOT) for at_ms, size in sorted(rows))
)


def parent(plan: tuple[Slice, ...] = (), algorithm: Algorithm = Algorithm.TWAP, how: How | None = None) -> Parent:
    size = sum(piece.size for piece in plan) or SHARE
    return Parent("p", "m", Leg.YES, Side.BUY, size, 5_000, algorithm, plan, NOW + 1_000, NOW, how=how or How())


def begun(made: Parent) -> State:
    state = State()
    apply(state, ev.ParentStarted(NOW, made))
    return state


@given(slices, st.integers(-10, 1_000))
def test_due_are_the_slices_that_have_begun_and_planned_what_they_bring(plan: tuple[Slice, ...], after: int) -> None:
    made = parent(plan)
    begun_by = [piece for piece in plan if piece.at_ms <= NOW + after]
    assert made.due(NOW + after) == len(begun_by)
    assert made.planned(made.due(NOW + after)) == sum(piece.size for piece in begun_by)
    assert made.planned(0) == 0
    assert made.planned(len(plan)) == made.planned(len(plan) + 5) == sum(piece.size for piece in plan)
    assert made.window_ms == 1_000


@given(slices, st.lists(st.tuples(st.integers(0, 8), slices, st.integers(0, 10**9)), max_size=4))
def test_each_new_plan_replaces_what_the_one_before_had_left(
    plan: tuple[Slice, ...], anew: list[tuple[int, tuple[Slice, ...], int]]
) -> None:
    state = begun(parent(plan))
    expected = list(plan)
    for first, pieces, done in anew:
        apply(state, ev.ParentPlanned(NOW, "p", first, pieces, done, "why"))
        expected = [*expected[:first], *pieces]
        now = state.parents["p"]
        assert list(now.slices) == expected
        assert now.planned(first) == done
        for count in range(first, len(expected) + 1):
            assert now.planned(count) == done + sum(piece.size for piece in expected[first:count])
    assert state.parents["p"].size == parent(plan).size


def test_a_changed_limit_changes_nothing_else() -> None:
    made = parent((Slice(NOW, SHARE),))
    state = begun(made)
    apply(state, ev.ParentAmended(NOW, "p", 4_700))
    assert state.parents["p"] == replace(made, limit=4_700)


@given(st.lists(st.sampled_from(ParentState), max_size=6))
def test_a_parent_is_open_while_it_works_or_is_paused(states: list[ParentState]) -> None:
    state = begun(parent())
    for one in states:
        apply(state, ev.ParentMoved(NOW, "p", one, f"because {one}", vwap=4_800))
        is_open = one in (ParentState.WORKING, ParentState.PAUSED)
        assert (state.parents["p"].state, state.parents["p"].reason) == (one, f"because {one}")
        assert state.parents["p"].is_open == is_open == ("p" in state.open_parents)
        assert [found.id for found in state.all_open_parents()] == (["p"] if is_open else [])
        assert is_open or state.vwaps["p"] == 4_800


def test_slices_are_used_by_children_and_by_skips_and_never_twice() -> None:
    state = begun(parent(tuple(Slice(NOW + n, SHARE) for n in range(5))))
    apply(state, ev.SliceSkipped(NOW + 1, "p", 0, "STALE_BOOK", "old"))
    apply(state, ev.SliceSkipped(NOW + 2, "p", 1, "STALE_BOOK", "old"))
    assert (state.next_slice["p"], state.refusals["p"], state.last_try["p"]) == (2, 2, NOW + 2)
    child = replace(order("c"), parent_id="p", slice_index=3)
    apply(state, ev.OrderSending(NOW + 3, child))
    assert (state.next_slice["p"], state.last_try["p"], state.children["p"]) == (4, NOW + 3, ["c"])
    assert "p" not in state.refusals  # only refusals in a row count
    apply(state, ev.SliceSkipped(NOW + 4, "p", 2, "STALE_BOOK", "told late"))
    assert state.next_slice["p"] == 4
    assert [found.id for found in state.children_of("p")] == ["c"]


def test_who_is_kept_at_the_top() -> None:
    for algorithm in Algorithm:
        for style in Style:
            made = parent(algorithm=algorithm, how=How(style=style))
            is_pegged = algorithm is Algorithm.TOP or (style is Style.TOP and algorithm in SLICED)
            assert made.is_pegged == is_pegged
            assert ("p" in begun(made).pegged.get("m", {})) == is_pegged
    assert set(SLICED) == {Algorithm.TWAP, Algorithm.VWAP, Algorithm.ICEBERG, Algorithm.RANDOM}
    assert How().at_end is AtEnd.CANCEL


def test_a_plan_is_remembered_with_the_command_that_asked_for_it() -> None:
    state = State()
    apply(state, ev.ParentStarted(NOW, parent(), "command 7"))
    assert state.commands_done == {"command 7"}
    apply(state, ev.ParentStarted(NOW, replace(parent(), id="q")))
    assert state.commands_done == {"command 7"}
    assert list(state.open_parents) == ["p", "q"]
