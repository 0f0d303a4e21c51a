"""Pairs that filled in part: held to the end, traded by the best price alone, and by our rule, on identical books.

    python benchmarks/rebalance.py [--seeds 500] [--processes 2] [--desk-seeds 40] [--grid]

Practice markets of four families, one market a seed and family, until they pay; the recorded BTC 15 minute windows with
their real winners; the recorded hockey game, marked at its end because its outcome is not in the recording. `--grid`
runs other settings of the rule beside it. Definitions and results: docs/rebalancing.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from multiprocessing.pool import Pool

import common
import pairdesk
import pairfills
import pairpaths
from pairpaths import Path_
from pairplay import play
from pairrules import RULES, BestPrice, Hold, Ours, Rule
from pairtables import Pair, Sample, differences, goals, left_open, results

from cockpit.core.units import PRICE_ONE

FAMILIES = {"btc-updown-5m": 1, "eth-updown-5m": 1, "match": 4, "match-goals": 4}
"""Families, and on every which seed: twenty minutes of a match take ten times as long as five."""
BTC_ENTRIES, HOCKEY_ENTRIES = 100, 20
"""Entries in each recorded market: they overlap."""
OURS = "ours"
CLOSING_OUT = {
    "ours, 20 s 0.10": replace(RULES, max_unhedged_ms=20_000, max_loss=1_000),
    "ours, 10 s 0.10": replace(RULES, max_unhedged_ms=10_000, max_loss=1_000),
    "ours, at once": replace(RULES, max_unhedged_ms=0, max_loss=PRICE_ONE),
}
"""With close-out: how long an excess may wait, and what a share may lose then. Chosen on seeds 5001 to 5200."""
PARTS = ("practice", "recorded", "desk")
BASELINES = (Hold.name, BestPrice.name)


def rules(*, is_grid: bool) -> list[Rule]:
    """Return all rules, new."""
    found: list[Rule] = [Hold(), BestPrice(), Ours(OURS), *(Ours(*changed) for changed in CLOSING_OUT.items())]
    if not is_grid:
        return found
    found += [Ours(f"minimum {price / 10_000:.2f}", replace(RULES, min_profit=price)) for price in (100, 0)]
    for seconds in (0, 10, 20, 30, 60):
        for loss in (200, 500, 1_000, 10_000) if seconds else (10_000,):
            changed = replace(RULES, max_unhedged_ms=1_000 * seconds, max_loss=loss)
            found.append(Ours(f"grid, {seconds} s {loss / 10_000:.2f}", changed))
    return found


def pairs_of(path: Path_, family: str, entries: int, *, is_grid: bool) -> list[Pair]:
    """Return what the rules make of so many random entries of each kind in one market."""
    found, last = [], path.last()
    for kind in pairfills.KINDS:
        for number in range(entries):
            entry = pairfills.entry(path, kind, f"{path.group} {kind} {number}")
            if entry is not None:
                outcomes = play(path, entry, rules(is_grid=is_grid), last)
                found.append(Pair(path.group, family, kind, tuple(outcomes)))
    return found


def practice(job: tuple[str, int], *, is_grid: bool) -> list[Pair]:
    """Return the pairs of one practice market."""
    family, seed = job
    return pairs_of(pairpaths.practice(family, seed), family, 1, is_grid=is_grid)


def recorded(job: tuple[str, int], *, is_grid: bool) -> list[Pair]:
    """Return the pairs of one recorded market."""
    name, place = job
    paths, entries = (pairpaths.btc_windows, BTC_ENTRIES) if name == "BTC" else (pairpaths.hockey, HOCKEY_ENTRIES)
    return pairs_of(paths()[place], name, entries, is_grid=is_grid)


def gathered(
    work: Callable[[tuple[str, int]], list[Pair]], jobs: Sequence[tuple[str, int]], pool: Pool
) -> dict[str, list[Pair]]:
    """Return all pairs by kind."""
    found: dict[str, list[Pair]] = {kind: [] for kind in pairfills.KINDS}
    for pairs in pool.imap(work, jobs, 1):
        for pair in pairs:
            found[pair.kind].append(pair)
    return found


def report(title: str, found: dict[str, list[Pair]]) -> None:
    """Print the tables of one set of markets, kind by kind."""
    for kind, pairs in found.items():
        if not pairs:
            continue
        sample = Sample(pairs)
        opened = int(sample.of(OURS, "was_open").sum())
        print(f"\n## {title}, filled {kind}: {sample.count:,} entries in {sample.markets:,} markets, {opened:,} open\n")
        results(sample)
        print()
        left_open(sample, OURS, Hold.name)
        print()
        differences(sample, BASELINES)
        for rule in (OURS, *CLOSING_OUT):
            print()
            goals(sample, rule, *BASELINES)


def by_family(found: dict[str, list[Pair]]) -> None:
    """Print the practice markets family by family, both kinds of fills together."""
    for family in FAMILIES:
        pairs = [pair for kind in found.values() for pair in kind if pair.family == family]
        if pairs:
            print(f"\n## practice, {family} alone: {len(pairs):,} entries\n")
            results(Sample(pairs))


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=500)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--desk-seeds", type=int, default=40)
    parser.add_argument("--grid", action="store_true")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    arguments = parser.parse_args()
    common.machine("numpy")
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        if "practice" in arguments.parts:
            on_practice(seeds, pool, is_grid=arguments.grid)
        if "recorded" in arguments.parts:
            on_recordings(pool, is_grid=arguments.grid)
        if "desk" in arguments.parts:
            pairdesk.report(seeds[: arguments.desk_seeds], pool)


def on_practice(seeds: Sequence[int], pool: Pool, *, is_grid: bool) -> None:
    """Print the tables of the practice markets."""
    jobs = [(family, seed) for seed in seeds for family, every in FAMILIES.items() if seed % every == 0]
    found = gathered(partial(practice, is_grid=is_grid), jobs, pool)
    report(f"practice, seeds {seeds[0]} to {seeds[-1]}", found)
    by_family(found)


def on_recordings(pool: Pool, *, is_grid: bool) -> None:
    """Print the tables of the recordings that are there."""
    for name, title, count, folder in (
        ("BTC", "recorded BTC 15 minute windows, real winners", 3, pairpaths.BTC),
        ("hockey", "recorded hockey game, unresolved: marked at its last book", 6, pairpaths.HOCKEY),
    ):
        if folder.exists():
            jobs = [(name, place) for place in range(count)]
            report(title, gathered(partial(recorded, is_grid=is_grid), jobs, pool))


if __name__ == "__main__":
    main()
