"""Splits worked by the real desk, end to end, in virtual time: how well, at what cost, and what can be seen of them.

    python benchmarks/execution.py [--seeds 1000] [--processes 2] [--first-seed 1] [--keep FILE]

On the practice exchange, whose families take turns, and on a recorded tape (`tapeworld`), which begins anywhere. Every
slicer gets the same total, limit and time window on the same seeds; half of the seeds buy YES, half NO. Two of them are
worked at the top of the book as well, on every tenth seed. `--keep` writes every run to a file of JSON lines and goes
on from what is in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

import common
import deskrun
import executed
import numpy as np
import outcomes
from deskrun import Rig
from executed import Case, Run
from recorded import TAPE, Trades, read_tape
from tapeworld import TapeWorld

from cockpit.core import commands as cmd
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Algorithm, AtEnd, Style
from cockpit.core.units import SHARE

A, S = Algorithm, Style
TOTAL, CHILDREN, WINDOW_S = 240 * SHARE, 24, 240
AFTER_S = 10
VARIED, EQUAL = (5 * SHARE, 20 * SHARE), (5 * SHARE, 10 * SHARE)
"""Bounds of a child. TWAP cuts the largest there may be: 10 shares make as many as the others have on the average."""
CASES = (
    Case("TWAP take", A.TWAP, S.TAKE, EQUAL),
    Case("TWAP top", A.TWAP, S.TOP, EQUAL, 10),
    Case("VWAP take", A.VWAP, S.TAKE, VARIED),
    Case("RANDOM take", A.RANDOM, S.TAKE, VARIED),
    Case("RANDOM top", A.RANDOM, S.TOP, VARIED, 10),
    Case("ICEBERG top", A.ICEBERG, S.TOP, VARIED),
)
FAMILIES = ("coast-vote", "match", "strait-treaty")
EVENTS_PER_S = 4.0
PRACTICE, ON_TAPE = "practice", "tape"
PLACES = (PRACTICE, ON_TAPE)
WARM_S = {PRACTICE: 120, ON_TAPE: 60}
"""Before the split begins: enough trades for a volume profile, and for an iceberg to know when others place orders."""


@cache
def _tape() -> Trades:
    return read_tape(TAPE)


def _world(place: str, seed: int) -> deskrun.World_:
    if place == PRACTICE:
        return deskrun.practice((FAMILIES[seed % len(FAMILIES)],), EVENTS_PER_S)
    trades = _tape()
    last = trades.at_ms[-1] - 1000 * (WARM_S[place] + WINDOW_S + AFTER_S)
    return partial(TapeWorld, trades, float(np.random.default_rng([31, seed]).uniform(trades.at_ms[0], last)))


Job = tuple[str, int, tuple[str, ...]]
"""(place, seed, cases)"""
Key = tuple[str, str, int]
"""(place, case, seed)"""
Found = tuple[str, str, int, Run]


async def _work(place: str, names: Sequence[str], seed: int, rig: Rig) -> list[Found]:
    """Wait until enough is known of the market; from there on every case goes its own way, in a process of its own."""
    await rig.clock.sleep(WARM_S[place])
    return [(place, name, seed, await _forked(name, seed, rig)) for name in names]


async def _forked(name: str, seed: int, rig: Rig) -> Run:
    """Work one case in a copy of this process, and return what it came to; here nothing has happened."""
    case = next(case for case in CASES if case.name == name)
    end, begin = os.pipe()
    loop = asyncio.get_running_loop()
    if not os.fork():
        code = 1
        asyncio.events._set_running_loop(loop)  # it is told apart by process
        try:
            os.write(begin, json.dumps(asdict(await _split(case, seed, rig))).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(begin)
    return _told(end)


def _told(end: int) -> Run:
    """Return what the copy wrote before it ended."""
    with os.fdopen(end, "rb") as pipe:
        told = pipe.read()
    _, status = os.wait()
    assert status == 0, "a copy of this process has failed: see above"
    return Run(**json.loads(told))


async def _split(case: Case, seed: int, rig: Rig) -> Run:
    """Work one split from its command to a little after its window."""
    leg, market = Leg(seed % 2), rig.market
    # As far as the guard's collar lets a limit be: no slicer is held up by it.
    limit = market.round_down(min(rig.desk.state.books[market.id].ask(leg) + 900, 9_900))
    how = (case.algorithm, WINDOW_S * 1000, *case.bounds, case.style, AtEnd.CROSS)
    rig.desk.submit(cmd.Split("split", market.id, leg, Side.BUY, TOTAL, limit, *how))
    await rig.clock.sleep(WINDOW_S + AFTER_S)
    assert [receipt.is_done for receipt in rig.desk.receipts] == [True], rig.desk.receipts
    return executed.measure(case, rig, CHILDREN)


def run_one(job: Job) -> list[Found]:
    """Run slicers on one seed."""
    place, seed, names = job
    return deskrun.with_desk(seed, _world(place, seed), partial(_work, place, names, seed))


def kept(path: Path | None) -> dict[Key, Run]:
    """Return the runs that are in a file already."""
    if path is None or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text().splitlines())
    return {(place, name, seed): Run(**numbers) for place, name, seed, numbers in rows}


def run_all(
    wanted: Sequence[tuple[str, str, int]], processes: int, keep: Path | None
) -> dict[tuple[str, str, int], Run]:
    """Run what is not known yet."""
    found = kept(keep)
    jobs: dict[tuple[str, int], list[str]] = {}
    for place, name, seed in wanted:
        if (place, name, seed) not in found:
            jobs.setdefault((place, seed), []).append(name)
    left = [(place, seed, tuple(names)) for (place, seed), names in jobs.items()]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for place, name, seed, run in _written(pool.imap_unordered(run_one, left, 1), keep):
            found[place, name, seed] = run
    return {job: found[job] for job in wanted}


def _written(seeds: Iterable[list[Found]], keep: Path | None) -> Iterator[Found]:
    """Write runs as they come."""
    for found in seeds:
        if keep is not None:
            rows = [json.dumps([place, name, seed, asdict(run)]) + "\n" for place, name, seed, run in found]
            with keep.open("a") as file:
                file.writelines(rows)
        yield from found


def main() -> None:
    """Run and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=list(PLACES))
    arguments = parser.parse_args()
    common.machine("numpy")
    places = [place for place in arguments.places if place == PRACTICE or TAPE.exists()]
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    jobs = [(place, case.name, seed) for place in places for seed in seeds for case in CASES if seed % case.every == 0]
    found = run_all(jobs, arguments.processes, arguments.keep)
    for place in places:
        print(f"\n## {place}: 240 shares in {WINDOW_S} s, seeds {seeds[0]} to {seeds[-1]}\n")
        runs = {
            case.name: [found[place, case.name, seed] for seed in seeds if seed % case.every == 0] for case in CASES
        }
        outcomes.report(runs, CHILDREN)


if __name__ == "__main__":
    main()
