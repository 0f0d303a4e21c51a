"""The mutation gate: a drill that finds nothing proves nothing, unless it finds what is broken on purpose.

Each broken desk is hunted from a universe known to catch it; `python -m tests.drill.gate --update` looks for short ones
and writes them down.
"""

from __future__ import annotations

import pytest

from tests.drill.gate import BROKEN, MOST_SEEDS, caught, hunt, known

KNOWN = known()
WITHIN = 8
"""Seeds tried from there on: a change of the desk may shift what happens in a universe a little."""


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_desk_is_caught(name: str) -> None:
    seed, hours = KNOWN[name]
    found = hunt(name, seed, WITHIN, hours)
    assert found.seed, f"{name} survived from seed {seed} on: python -m tests.drill.gate --update --only {name}"


def test_there_are_enough_broken_desks_each_caught_within_a_thousand_seeds() -> None:
    assert len(BROKEN) >= 30
    assert all(breakage.text.endswith(".") for breakage in BROKEN.values())
    assert set(KNOWN) == set(BROKEN)
    assert all(0 < seed <= MOST_SEEDS for seed, _ in KNOWN.values())


@pytest.mark.parametrize(("seed", "hours"), sorted(set(KNOWN.values()))[::4])
def test_the_unbroken_desk_passes_where_the_broken_ones_are_caught(seed: int, hours: float) -> None:
    assert caught("", seed, hours) is None
