"""Runs many universes on all cores and sums them up."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from cockpit.drill.plan import OWN_WORDS, POINTS, plan_of
from cockpit.drill.universe import Outcome, simulate
from cockpit.venues.practice.faults import WORDS

ENOUGH_SEEDS = 200
"""From so many universe-hours on, a fault that never struck is a fault of the drill."""


@dataclass(slots=True)
class Summary:
    """What many universes came to."""

    seeds: int = 0
    violations: list[dict[str, Any]] = field(default_factory=list)
    fired: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*(w.name for w in WORDS), *OWN_WORDS), 0))
    points: dict[str, int] = field(default_factory=lambda: dict.fromkeys(POINTS, 0))
    orders: int = 0
    fills: int = 0
    restarts: int = 0
    simulated_s: float = 0.0
    busy_s: float = 0.0
    """Seconds of work, summed over the cores."""
    _hash: Any = field(default_factory=lambda: hashlib.blake2b(digest_size=16))

    def add(self, outcome: Outcome, hours: float, busy_s: float) -> None:
        """Count one universe in."""
        self.seeds += 1
        self.orders += outcome.orders
        self.fills += outcome.fills
        self.restarts += outcome.restarts
        self.simulated_s += outcome.simulated_s
        self.busy_s += busy_s
        self._hash.update(f"{outcome.seed} {outcome.trace_hash}".encode())
        for word, count in outcome.fired.items():
            self.fired[word] = self.fired.get(word, 0) + count
        for point, count in outcome.points.items():
            self.points[point] += count
        if outcome.violations:
            self.violations.append(as_row(outcome, hours))

    @property
    def never_fired(self) -> list[str]:
        """Words and points that should have struck by now, and never did."""
        silent = [word for word, count in {**self.fired, **self.points}.items() if not count]
        return silent if self.simulated_s >= ENOUGH_SEEDS * 3600 else []

    @property
    def is_good(self) -> bool:
        """No violation, and nothing untested."""
        return not self.violations and not self.never_fired

    def as_json(self) -> dict[str, Any]:
        """Return the summary line."""
        return {
            "seeds": self.seeds,
            "violations": len(self.violations),
            "fired": self.fired,
            "crash_points": self.points,
            "never_fired": self.never_fired,
            "trace_hash": self._hash.hexdigest(),
            "orders": self.orders,
            "fills": self.fills,
            "restarts": self.restarts,
            "simulated_s": round(self.simulated_s),
            "per_second_and_core": round(self.simulated_s / self.busy_s) if self.busy_s else 0,
        }


def as_row(outcome: Outcome, hours: float) -> dict[str, Any]:
    """Return one universe's first violation, with the command that replays it to the event."""
    first = outcome.violations[0]
    at_s = outcome.simulated_s + 0.01
    return {
        "seed": outcome.seed,
        "invariant": first.invariant,
        "text": first.text,
        "at_s": round(at_s, 3),
        "replay": f"python -m cockpit.drill --seed {outcome.seed} --hours {hours:g} --until {at_s:.3f}",
    }


def outcomes(seeds: Iterable[int], hours: float, processes: int) -> Iterator[tuple[Outcome, float]]:
    """Yield (outcome, seconds of work) of every seed, in the order of the seeds."""
    work = partial(one, hours=hours)
    if processes == 1:
        yield from map(work, seeds)
        return
    # A fresh interpreter for each: no state of this one may reach a universe.
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(work, seeds, chunksize=1)


def one(seed: int, hours: float) -> tuple[Outcome, float]:
    """Run one universe."""
    began = time.perf_counter()
    return simulate(plan_of(seed, hours)), time.perf_counter() - began


def cores() -> int:
    """Return how many processes make sense here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def line(row: dict[str, Any]) -> str:
    """Return a row as one line of JSON."""
    return json.dumps(row)
