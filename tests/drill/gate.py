"""The mutation gate: every broken desk must be caught within 1,000 seeds, and the unbroken one must pass them.

`python -m tests.drill.gate` runs it whole, from seed 1; `--only NAME ...` some of them; `--update` keeps the seeds that
caught them in `caught.json`, which the tests begin with.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cockpit.drill.plan import plan_of
from cockpit.drill.report import cores
from cockpit.drill.universe import simulate
from tests.drill import broken_conversions, broken_fills, broken_guard, broken_orders, broken_working
from tests.drill.broken import BROKEN, applied

__all__ = ["BROKEN", "Caught", "caught", "hunt"]
_REGISTERED = (broken_conversions, broken_fills, broken_guard, broken_orders, broken_working)
MOST_SEEDS = 1_000
SEEDS = Path(__file__).with_name("caught.json")
"""Broken desk -> the seed that caught it."""


@dataclass(frozen=True, slots=True)
class Caught:
    """How a broken desk was caught."""

    name: str
    seed: int
    """0 when it was not."""
    invariant: str
    text: str


def caught(name: str, seed: int, hours: float) -> Caught | None:
    """Return how a broken desk (or the unbroken one, for an empty name) was caught in one universe, if it was."""
    with applied(name):
        try:
            outcome = simulate(plan_of(seed, hours))
        except Exception as error:  # a broken desk may also fall over: that is caught, too
            return Caught(name, seed, "crash", repr(error))
    if not outcome.violations:
        return None
    first = outcome.violations[0]
    return Caught(name, seed, first.invariant, first.text)


def hunt(name: str, first_seed: int = 1, seeds: int = MOST_SEEDS, hours: float = 1.0) -> Caught:
    """Return the first seed that catches a broken desk."""
    for seed in range(first_seed, first_seed + seeds):
        if (found := caught(name, seed, hours)) is not None:
            return found
    return Caught(name, 0, "", "")


def known_seeds() -> dict[str, int]:
    """Return the seeds that are known to catch them."""
    found: dict[str, int] = json.loads(SEEDS.read_text()) if SEEDS.exists() else {}
    return found


def main(arguments: list[str]) -> int:
    """Hunt all of them on all cores."""
    names = arguments[arguments.index("--only") + 1 :] if "--only" in arguments else list(BROKEN)
    seeds = known_seeds()
    began = time.monotonic()
    survivors = 0
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        for found in pool.imap_unordered(partial(hunt), names, chunksize=1):
            survivors += not found.seed
            seeds[found.name] = found.seed
            how = f"seed {found.seed:4} {found.invariant:9} {found.text}" if found.seed else "SURVIVED"
            sys.stdout.write(f"{found.name:45} {how[:110]}\n")
            sys.stdout.flush()
    if "--update" in arguments:
        SEEDS.write_text(json.dumps({name: seeds[name] for name in BROKEN if seeds.get(name)}, indent=0) + "\n")
    took = time.monotonic() - began
    sys.stdout.write(f"{len(names) - survivors} of {len(names)} caught in {took:.0f} s\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
