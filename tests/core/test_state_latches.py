"""Facts that hold something back until another lets go: stops, reducing, differences; and amended plans."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus
from cockpit.core.parent import Algorithm, Parent, Slice
from cockpit.core.state import State
from cockpit.core.units import SHARE
from tests.core.builders import NOW, fill, market

PARENT = Parent("p1", "m", Leg.NO, Side.BUY, 20 * SHARE, 5_000, Algorithm.TWAP, (Slice(NOW, 20 * SHARE),), NOW, NOW)
STARTED = ev.DeskStarted(NOW, "practice", "a")


def folded(*events: ev.Event) -> State:
    state = State()
    for event in (ev.MarketListed(NOW, market()), *events):
        apply(state, event)
    return state


def seen(key: str, market_id: str, text: str = "differs") -> ev.DifferenceSeen:
    return ev.DifferenceSeen(NOW, key, "size differs", market_id, 1, 2, text)


def test_amending_a_parent_changes_its_limit_and_nothing_else() -> None:
    state = folded(ev.ParentStarted(NOW, PARENT), ev.ParentAmended(NOW + 1, "p1", 5_300))
    assert state.parents["p1"] == replace(PARENT, limit=5_300)
    assert state.open_parent("m") == replace(PARENT, limit=5_300)


def test_a_stop_is_proven_once_and_doubted_after_every_start_or_stop() -> None:
    state = folded(ev.Halted(NOW, "by a person"), ev.StopProven(NOW))
    assert state.is_stop_proven
    apply(state, STARTED)
    assert not state.is_stop_proven
    apply(state, ev.StopProven(NOW))
    apply(state, ev.Halted(NOW, "again", everything=True))
    assert not state.is_stop_proven
    assert (state.halted, state.halts_everything) == ("by a person", True)


def test_a_release_lets_go_of_everything_the_stop_held() -> None:
    state = folded(ev.Halted(NOW, "by a person", everything=True), ev.StopProven(NOW), ev.Released(NOW + 1))
    assert (state.halted, state.halted_ms, state.halts_everything, state.is_stop_proven) == ("", 0, False, False)
    apply(state, ev.Halted(NOW + 2, "daily loss"))
    assert (state.halted, state.halted_ms, state.halts_everything) == ("daily loss", NOW + 2, False)


def test_a_wider_stop_is_not_narrowed_by_a_later_one() -> None:
    state = folded(ev.Halted(NOW, "x", everything=True), ev.Halted(NOW + 1, "y"))
    assert (state.halted, state.halted_ms, state.halts_everything) == ("x", NOW, True)


def test_reducing_holds_until_it_is_lifted_also_over_a_stop_and_a_start() -> None:
    state = folded(ev.ReducingSet(NOW, "by a person"), ev.Halted(NOW, "x"), ev.Released(NOW), STARTED)
    assert state.reducing == "by a person"
    apply(state, ev.ReducingSet(NOW, ""))
    assert state.reducing == ""


def test_a_difference_halts_its_pair_until_it_is_gone() -> None:
    state = folded(seen("shares/m/YES", "m", "we count 1, the venue 2"))
    assert state.pair_halted == {"m": "we count 1, the venue 2"}
    apply(state, ev.DifferenceEnded(NOW, "shares/m/YES", "explained"))
    assert (state.differences, state.pair_halted) == ({}, {})
    apply(state, ev.DifferenceEnded(NOW, "shares/m/YES", "explained"))


def test_a_difference_in_cash_halts_no_pair() -> None:
    state = folded(seen("cash", ""), seen("shares/m/YES", "m"))
    assert set(state.pair_halted) == {"m"}
    apply(state, ev.DifferenceEnded(NOW, "cash", "accepted"))
    assert set(state.pair_halted) == {"m"}


def test_the_newest_numbers_of_a_difference_are_shown() -> None:
    state = folded(seen("shares/m/YES", "m", "old"), seen("shares/m/YES", "m", "new"))
    assert state.pair_halted == {"m": "new"}
    assert [one.text for one in state.differences.values()] == ["new"]


KEYS = [("shares/m/YES", "m"), ("shares/m/NO", "m"), ("shares/n/YES", "n"), ("cash", ""), ("token/x", "")]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.booleans()), max_size=20))
def test_a_pair_is_halted_while_any_of_its_differences_lasts(steps: list[tuple[tuple[str, str], bool]]) -> None:
    state, open_keys = folded(), set[tuple[str, str]]()
    for number, (key, begins) in enumerate(steps):
        if begins:
            apply(state, seen(*key, f"text {number}"))
            open_keys.add(key)
        else:
            apply(state, ev.DifferenceEnded(NOW, key[0], "explained"))
            open_keys.discard(key)
        assert set(state.differences) == {name for name, _ in open_keys}
        assert set(state.pair_halted) == {market_id for _, market_id in open_keys if market_id}
        texts = {one.text for one in state.differences.values()}
        assert set(state.pair_halted.values()) <= texts


def test_shares_of_others_are_counted_apart_and_taken_back_with_their_fill() -> None:
    theirs = fill("x", "theirs", leg=Leg.NO, shares="4", status=FillStatus.MATCHED)
    sold = fill("y", "theirs", leg=Leg.NO, side=Side.SELL, shares="1")
    state = folded(ev.FillSeen(NOW, theirs, is_external=True), ev.FillSeen(NOW, sold, is_external=True))
    assert state.foreign_shares == {("m", Leg.NO): 3 * SHARE}
    apply(state, ev.FillSeen(NOW, fill("z", "ours", shares="9")))
    apply(state, ev.FillMoved(NOW, "x", "theirs", FillStatus.FAILED))
    assert state.foreign_shares == {("m", Leg.NO): -SHARE}


def test_pairs_with_fills_that_may_be_taken_back_are_listed_until_all_are_proven() -> None:
    bought, sold = (fill("b", "o", status=FillStatus.MINED), fill("s", "o", side=Side.SELL, status=FillStatus.MATCHED))
    state = folded(ev.FillSeen(NOW, bought), ev.FillSeen(NOW, sold))
    assert (list(state.unsettled), list(state.unproven)) == ([("b", "o"), ("s", "o")], ["m"])
    apply(state, ev.FillMoved(NOW, "b", "o", FillStatus.CONFIRMED))
    assert (list(state.unsettled), list(state.unproven)) == ([("s", "o")], ["m"])
    apply(state, ev.FillMoved(NOW, "s", "o", FillStatus.FAILED))
    assert (list(state.unsettled), list(state.unproven)) == ([], [])
