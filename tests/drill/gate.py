"""The mutation gate: every broken desk must be caught within 1,000 seeds, and the unbroken one must pass them.

`python -m tests.drill.gate` runs it whole, from seed 1, an hour each; `--only NAME ...` some of them. `--update` looks
for the shortest universes that catch them and writes those down in `caught.json`: the tests begin with them.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from cockpit.drill.plan import plan_of
from cockpit.drill.report import cores
from cockpit.drill.universe import simulate
from tests.drill import broken_conversions, broken_fills, broken_guard, broken_orders, broken_working
from tests.drill.broken import BROKEN, applied

__all__ = ["BROKEN", "Caught", "caught", "hunt"]
_REGISTERED = (broken_conversions, broken_fills, broken_guard, broken_orders, broken_working)
MOST_SEEDS = 1_000
HOURS = 1.0
SHORTER = ((0.05, 60), (0.15, 80), (0.4, 80))
"""(hours, seeds) that are tried for a quick catch."""
KNOWN = Path(__file__).with_name("caught.json")
"""Broken desk -> [the seed that catches it, hours]."""


@dataclass(frozen=True, slots=True)
class Caught:
    """How a broken desk was caught."""

    name: str
    seed: int
    """0 when it was not."""
    invariant: str
    text: str
    hours: float = HOURS


def caught(name: str, seed: int, hours: float) -> Caught | None:
    """Return how a broken desk (or the unbroken one, for an empty name) was caught in one universe, if it was."""
    with applied(name):
        try:
            outcome = simulate(plan_of(seed, hours))
        except Exception as error:  # a broken desk may also fall over: that is caught, too
            return Caught(name, seed, "crash", repr(error), hours)
    if not outcome.violations:
        return None
    first = outcome.violations[0]
    return Caught(name, seed, first.invariant, first.text, hours)


def hunt(name: str, first_seed: int = 1, seeds: int = MOST_SEEDS, hours: float = HOURS) -> Caught:
    """Return the first seed that catches a broken desk."""
    for seed in range(first_seed, first_seed + seeds):
        if (found := caught(name, seed, hours)) is not None:
            return found
    return Caught(name, 0, "", "")


def quickest(name: str) -> Caught:
    """Return a catch in the shortest universe in which there is one."""
    for hours, seeds in SHORTER:
        found = hunt(name, seeds=seeds, hours=hours)
        if found.seed:
            return found
    return hunt(name)


def known() -> dict[str, tuple[int, float]]:
    """Return the universes that are known to catch them: seed and hours."""
    return {name: (seed, hours) for name, (seed, hours) in json.loads(KNOWN.read_text()).items()}


def main(arguments: list[str]) -> int:
    """Hunt all of them on all cores."""
    names = arguments[arguments.index("--only") + 1 :] if "--only" in arguments else list(BROKEN)
    universes, look = known(), quickest if "--update" in arguments else hunt
    began = time.monotonic()
    survivors = 0
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        for found in pool.imap_unordered(look, names, chunksize=1):
            survivors += not found.seed
            universes[found.name] = found.seed, found.hours
            how = (
                f"seed {found.seed:4} of {found.hours:g} h {found.invariant:9} {found.text}"
                if found.seed
                else "SURVIVED"
            )
            sys.stdout.write(f"{found.name:45} {how[:110]}\n")
            sys.stdout.flush()
    if "--update" in arguments:
        lines = [f"{json.dumps(name)}: {json.dumps(universes[name])}" for name in BROKEN if universes[name][0]]
        KNOWN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    took = time.monotonic() - began
    sys.stdout.write(f"{len(names) - survivors} of {len(names)} caught in {took:.0f} s\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
