"""Plans of 60 children in an hour: how close they keep to their line, and what can be seen of them from outside.

    python benchmarks/schedules.py [--seeds 2000] [--tape FILE]

Ours (`randomised`, and `twap` as the baseline) beside the schedules of public clients and textbooks. Nothing is traded:
see execution.py for what the desk makes of plans.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import common
import guessing
import metrics
import numpy as np
import spectrum
from estimates import Floats, mean_of
from metrics import Schedule
from recorded import TAPE, tape_places

from cockpit.core.parent import Slice
from cockpit.core.slicing.randomised import randomised
from cockpit.core.slicing.rules import CannotSlice, SliceRules
from cockpit.core.slicing.twap import twap
from cockpit.core.units import LOT, SHARE

WINDOW_MS = 3_600_000
RULES = SliceRules(10 * SHARE, 100 * SHARE)
TOTAL = 2_400 * SHARE
"""Of which our planner makes 60 children: a mean of 40, a third of the way from 10 to 100."""
EXAMPLE = 1_000 * SHARE
"""The example of the command line: 1,000 shares in children of 10 to 100, which makes 25."""
TRAINING = 1_000_000
"""Seeds of training runs begin here."""

Maker = Callable[[int], Schedule]


def planned(plan: tuple[Slice, ...] | CannotSlice, total: int) -> Schedule:
    """Return a plan as a schedule, after checking that it is one."""
    assert not isinstance(plan, CannotSlice), plan
    sizes = np.array([piece.size for piece in plan])
    assert sizes.sum() == total
    assert sizes.min() >= RULES.min_size
    assert sizes.max() <= RULES.max_size
    return Schedule(np.array([piece.at_ms / WINDOW_MS for piece in plan]), sizes // LOT)


def ours(total: int) -> Mapping[str, Maker]:
    """Return our own planners."""

    def random_one(seed: int) -> Schedule:
        return planned(randomised(total, 0, WINDOW_MS, RULES, random.Random(seed).random), total)

    count = len(random_one(1).places)
    return {
        "randomised (ours)": random_one,
        "TWAP (ours)": lambda seed: planned(twap(total, 0, WINDOW_MS, RULES, count), total),
    }


def others(total: int, count: int) -> Mapping[str, Maker]:
    """Return other people's schedules; sizes vary by half around their mean, evenly."""

    def make(places: Callable[[np.random.Generator], Floats]) -> Maker:
        def one(seed: int) -> Schedule:
            rng = np.random.default_rng(seed)
            sizes = rng.uniform(0.5, 1.5, count)
            lots = np.round(np.cumsum(sizes) / sizes.sum() * (total // LOT)).astype(np.int64)
            return Schedule(places(rng), np.diff(lots, prepend=0))

        return one

    grid = np.arange(count)
    return {
        "fixed clock, random sizes": make(lambda rng: grid / count),
        "grid with 20 % jitter": make(lambda rng: (grid + 0.5 + rng.uniform(-0.2, 0.2, count)) / count),
        "stratified uniform": make(lambda rng: (grid + rng.random(count)) / count),
        "conditioned Poisson": make(lambda rng: np.sort(rng.random(count))),
    }


def report(title: str, makers: Mapping[str, Maker], seeds: int, tape: Floats | None) -> None:
    """Print the three tables of some schedules."""
    runs = {name: [make(seed) for seed in range(seeds)] for name, make in makers.items()}
    children = {len(schedule.places) for schedules in runs.values() for schedule in schedules}
    print(f"\n## {title}: {'/'.join(map(str, sorted(children)))} children, {seeds} seeds\n")
    tracking(runs)
    print()
    unpredictability(makers, runs, seeds)
    print()
    detected(runs, "Poisson", spectrum.poisson)
    if tape is not None:
        print()
        detected(runs, "tape", spectrum.from_tape(tape))


def tracking(runs: Mapping[str, Sequence[Schedule]]) -> None:
    """Print how close to the line, and what the intervals look like."""
    rows = []
    for name, schedules in runs.items():
        deviations = [metrics.from_line(schedule) for schedule in schedules]
        limit = spectrum.threshold(spectrum.poisson, len(schedules[0].places), len(schedules[0].places))
        peaks = [spectrum.strongest(schedule.places, len(schedule.places)) / limit for schedule in schedules]
        rows.append(
            (
                name,
                mean_of([deviation.rms for deviation in deviations]).text(2, 100),
                mean_of([deviation.most for deviation in deviations]).text(1, 100),
                mean_of([metrics.variation(schedule.gaps) for schedule in schedules]).text(2),
                mean_of([metrics.lag_one(schedule.gaps) for schedule in schedules]).text(3),
                mean_of(peaks).text(2),
            )
        )
    common.table(("schedule", "rms dev %", "max dev %", "gap CV", "lag-1 autocorrelation", "peak / threshold"), rows)


def unpredictability(makers: Mapping[str, Maker], runs: Mapping[str, Sequence[Schedule]], seeds: int) -> None:
    """Print what attackers guess, and how varied sizes and intervals are."""
    rows = []
    for name, schedules in runs.items():
        found = guessing.attack([makers[name](TRAINING + seed) for seed in range(seeds)], schedules)
        rows.append(
            (
                name,
                guessing.best(found).text(3),
                *(f"{found[attacker].value:.3f}" for attacker in (*guessing.ATTACKERS, guessing.LENIENT)),
                mean_of([metrics.size_entropy(schedule.sizes) for schedule in schedules]).text(2),
                mean_of([metrics.gap_entropy(schedule.gaps) for schedule in schedules]).text(2),
                mean_of([metrics.repeats(schedule.sizes) for schedule in schedules]).text(3),
            )
        )
    head = ("schedule", "next child guessed", *guessing.ATTACKERS, guessing.LENIENT)
    common.table((*head, "entropy of sizes", "of intervals", "same size"), rows)


def detected(runs: Mapping[str, Sequence[Schedule]], name: str, background: spectrum.Background) -> None:
    """Print how often a clock is found among trades of others."""
    rows = []
    for number, (schedule, schedules) in enumerate(runs.items()):
        places = [one.places for one in schedules]
        found = [spectrum.detection(places, background, per, 7 + number) for per in spectrum.BACKGROUNDS]
        rows.append((schedule, *(rate.text(1, 100) for rate in found)))
    common.table((f"found at 1 % false alarms, {name} background", *(f"{n}:1 %" for n in spectrum.BACKGROUNDS)), rows)


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--tape", type=Path, default=TAPE)
    arguments = parser.parse_args()
    common.machine("numpy")
    tape = tape_places(arguments.tape) if arguments.tape.exists() else None
    if tape is None:
        print(f"no tape at {arguments.tape}: the rows with real trades are left out")
    mine = ours(TOTAL)
    count = len(mine["TWAP (ours)"](0).places)
    report("2,400 shares, 10 to 100 each", {**mine, **others(TOTAL, count)}, arguments.seeds, tape)
    report("1,000 shares, 10 to 100 each, the command line's example", ours(EXAMPLE), arguments.seeds, tape)


if __name__ == "__main__":
    main()
