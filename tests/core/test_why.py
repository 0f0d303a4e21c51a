"""Answers to why: names are one of a kind, every number has words, and what is kept is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import check_words, entry_words, pair_words, parent_words
from cockpit.core import check_words as c
from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.fold_decisions import MOST_EACH, MOST_SUBJECTS
from cockpit.core.gates import Kind, Measured, Row
from cockpit.core.state import State
from cockpit.core.units import SHARE
from cockpit.core.why import KINDS, Why, compact, explained, gate_of, of_record

ALL = (*check_words.CHECKS, *pair_words.KINDS, *entry_words.KINDS, *parent_words.KINDS)
ROWS: list[Row] = [
    (c.NUMBERS, True, False, 0),
    (c.ORDER_SIZE, True, 90 * SHARE, 100 * SHARE),
    (c.AGE, False, 12_000, 5_000),
    (c.RATE, False, True, 0),
]


def test_no_two_gates_have_one_name() -> None:
    assert len({kind.name for kind in ALL}) == len(ALL) == len(KINDS)


@given(st.sampled_from(ALL), st.integers(-(10**15), 10**15), st.integers(0, 10**15))
def test_every_gate_puts_any_numbers_into_words(kind: Kind, have: int, need: int) -> None:
    assert kind.shows(have, need)
    assert kind.opens(have, need)


def test_what_blocks_first_is_what_would_change_it() -> None:
    why = explained(Why("", "c-0001", 0, kind="order"), ROWS)
    assert why.first_blocking is not None
    assert (why.first_blocking.name, why.first_blocking.words) == ("age of the book", "12.0 s, limit 5.0 s")
    assert why.would_change == "a book newer than 5.0 s (is 12.0 s)"
    assert why.rule.startswith("An order leaves only when")


def test_when_all_are_open_the_gate_with_the_least_room_would_change_it() -> None:
    why = explained(Why("", "c-0001", 0, kind="order"), ROWS[:2])
    assert why.first_blocking is None
    assert why.would_change.endswith("order size: 90 shares, limit 100 shares")


def test_a_record_keeps_numbers_and_what_is_closed_and_gives_the_same_answer() -> None:
    kept = compact(ROWS)
    assert [gate.name for gate in kept] == ["order size", "age of the book", "venue's rate"]
    assert all(type(gate.have) is int for gate in kept), "journals write numbers, not true and false"
    record = ev.Decided(7, "0x1", "order", "m", "not sent", kept)
    told, now = of_record(Why("", "c-0001", 9), record), explained(Why("", "c-0001", 9, kind="order"), ROWS)
    assert (told.first_blocking, told.would_change, told.decided_ms) == (now.first_blocking, now.would_change, 7)


def test_a_gate_of_another_version_is_shown_with_its_bare_numbers() -> None:
    assert gate_of(Measured("of tomorrow", False, 3, 4)).words == "3 / 4"


def test_only_the_newest_decisions_are_kept() -> None:
    state = State()
    for number in range(MOST_EACH + 3):
        apply(state, ev.Decided(number, "m", "pair", "m", f"verdict {number}", ()))
    assert [record.at_ms for record in state.decisions["m"]] == list(range(3, MOST_EACH + 3))
    for number in range(MOST_SUBJECTS):
        apply(state, ev.Decided(number, f"0x{number}", "order", "m", "sent", ()))
    assert len(state.decisions) == MOST_SUBJECTS
    assert "m" not in state.decisions
