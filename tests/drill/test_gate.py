"""The mutation gate: a drill that finds nothing proves nothing, unless it finds what is broken on purpose.

Each broken desk is hunted from a seed known to catch it; `python -m tests.drill.gate --update` hunts all of them from
seed 1 and writes those seeds down.
"""

from __future__ import annotations

import pytest

from tests.drill.gate import BROKEN, MOST_SEEDS, caught, hunt, known_seeds

KNOWN = known_seeds()
WITHIN = 8
"""Seeds tried from there on: a change of the desk may shift what happens in a universe a little."""


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_desk_is_caught(name: str) -> None:
    found = hunt(name, KNOWN.get(name, 1), WITHIN)
    assert found.seed, f"{name} survived from seed {KNOWN.get(name, 1)} on: python -m tests.drill.gate --only {name}"


def test_there_are_enough_broken_desks_each_caught_within_a_thousand_seeds() -> None:
    assert len(BROKEN) >= 30
    assert all(breakage.text.endswith(".") for breakage in BROKEN.values())
    assert set(KNOWN) == set(BROKEN)
    assert all(0 < seed <= MOST_SEEDS for seed in KNOWN.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_unbroken_desk_passes_where_the_broken_ones_are_caught(seed: int) -> None:
    assert caught("", seed, 1.0) is None
