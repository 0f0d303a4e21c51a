"""The mutation gate: a drill that finds nothing proves nothing, unless it finds what is broken on purpose.

Each broken desk is hunted from a seed known to catch it; `python -m tests.drill.gate` hunts all of them from seed 1.
"""

from __future__ import annotations

import pytest

from tests.drill.gate import BROKEN, caught, hunt

FROM = {
    "fees_are_forgotten": 29,
    "fills_of_others_are_ignored": 19,
    "a_failure_that_comes_first_is_forgotten": 24,
    "the_stop_cancels_once": 12,
}
"""Seeds to begin with, where the first ones do not catch it."""
WITHIN = 60


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_desk_is_caught(name: str) -> None:
    found = hunt(name, FROM.get(name, 1), WITHIN)
    assert found.seed, f"{name} survived {WITHIN} seeds: {BROKEN[name].text}"


def test_there_are_enough_broken_desks_and_each_says_what_is_wrong_with_it() -> None:
    assert len(BROKEN) >= 30
    assert all(breakage.text.endswith(".") for breakage in BROKEN.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_unbroken_desk_passes_where_the_broken_ones_are_caught(seed: int) -> None:
    assert caught("", seed, 1.0) is None
