"""What durability and telemetry cost the desk: barriers, appends, records, and the lag of its loop.

    python benchmarks/store.py [folder]

The folder should be on the disk that desks use; without it the system's folder for temporary files is taken, which on
some systems is memory.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from pathlib import Path

import common

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.storage.history import History, NoHistory
from cockpit.storage.journal import DirectJournal, Journal, ThreadJournal
from cockpit.storage.store import Durability, Store
from cockpit.storage.thread_history import ThreadHistory

ROUNDS = 9
BARRIERS = 200
APPENDS = 4_000
RECORDS = 50_000
LAG_S = 2.0
PER_TICK = 3
"""Records in each millisecond: 3,000 a second."""
NAMES = ("delta", "unhedged", "equity")
SUBJECTS = tuple(f"0x{number:064x}" for number in range(50))
INTENT = ev.OrderSending(
    1_795_167_000_000, Order(SUBJECTS[1], "c-0001", "P-0001", SUBJECTS[2], Leg.NO, Side.SELL, 4_800, 5_000_000)
)

Quantiles = tuple[float, float]
"""(p50, p99) in microseconds."""


def quantiles(seconds: list[float]) -> Quantiles:
    """Return the median and the 99th percentile."""
    ordered = sorted(seconds)
    return ordered[len(ordered) // 2] * 1e6, ordered[int(len(ordered) * 0.99)] * 1e6


def floor(folder: Path) -> Quantiles:
    """Return what the disk alone takes: one page appended and flushed, nothing else."""
    found, page = [], bytes(4_096)
    with (folder / "floor").open("wb", buffering=0) as file:
        for _ in range(BARRIERS):
            started = time.perf_counter()
            file.write(page)
            os.fdatasync(file.fileno())
            found.append(time.perf_counter() - started)
            time.sleep(0.001)
    return quantiles(found)


async def barriers(journal: Journal, rows: int) -> Quantiles:
    """Return how long a desk waits between recording an intent and sending the order."""
    found = []
    for _ in range(BARRIERS):
        started = time.perf_counter()
        for _ in range(rows):
            journal.append(INTENT)
        await journal.barrier()
        found.append(time.perf_counter() - started)
        await asyncio.sleep(0.001)
    journal.close()
    return quantiles(found)


def barrier_case(folder: Path, durability: Durability, rows: int, *, is_fenced: bool = True) -> Quantiles:
    """Return the wait at a barrier of a running desk."""
    store = Store(folder / f"{durability}.sqlite", durability)
    if is_fenced:
        store.take_over()
    return asyncio.run(barriers(ThreadJournal(store), rows))


def drill_case(rows: int) -> Quantiles:
    """Return the wait at a barrier of a desk in a simulation: in memory, in the caller's thread."""
    store = Store(None)
    store.take_over()
    return asyncio.run(barriers(DirectJournal(store), rows))


async def appends(journal: Journal) -> float:
    """Return seconds of one append: bursts of 20, as a fill brings about, with time for the thread in between."""
    total = 0.0
    for _ in range(APPENDS // 20):
        started = time.perf_counter()
        for _ in range(20):
            journal.append(INTENT)
        total += time.perf_counter() - started
        await asyncio.sleep(0.002)
    await journal.barrier()
    journal.close()
    return total / APPENDS


def records(folder: Path) -> float:
    """Return seconds of one record, with the thread writing beside it."""
    history = ThreadHistory(folder / "records.sqlite")
    started = time.perf_counter()
    for number in range(RECORDS):
        history.record("delta", number, SUBJECTS[number % 50], number)
    total = time.perf_counter() - started
    history.close()
    return total / RECORDS


def lag_case(make: Callable[[], History], work: int) -> Quantiles:
    """Return how late a timer of 1 ms is while the loop records, and works a little."""
    history = make()
    try:
        found = asyncio.run(_lags(history, work))
    finally:
        history.close()
    if history.failure or history.dropped:
        raise SystemExit(f"not measured: {history.failure} {history.dropped} dropped")
    return quantiles(found)


async def _lags(history: History, work: int) -> list[float]:
    found, number, end = [], 0, time.perf_counter() + LAG_S
    while (started := time.perf_counter()) < end:
        await asyncio.sleep(0.001)
        found.append(time.perf_counter() - started - 0.001)
        sum(range(work))
        for name in NAMES[:PER_TICK]:
            number += 1
            history.record(name, number, SUBJECTS[number % 50], number)
    return found


def in_turns(cases: Mapping[str, Callable[[], Quantiles]], count: int) -> dict[str, list[Quantiles]]:
    """Run every case once per round."""
    found: dict[str, list[Quantiles]] = {name: [] for name in cases}
    for _ in range(count):
        for name, run in cases.items():
            found[name].append(run())
    return found


def print_barriers(folder: Path) -> None:
    """Print (a): what an order waits for."""
    cases = {
        "one page flushed, no database": partial(floor, folder),
        "power, 1 fact": partial(barrier_case, folder, "power", 1),
        "power, 1 fact, no fence": partial(barrier_case, folder, "power", 1, is_fenced=False),
        "power, 3 facts": partial(barrier_case, folder, "power", 3),
        "process, 1 fact": partial(barrier_case, folder, "process", 1),
        "process, 3 facts": partial(barrier_case, folder, "process", 3),
        "in memory, direct, 1 fact": partial(drill_case, 1),
        "in memory, direct, 3 facts": partial(drill_case, 3),
    }
    print(f"\nFrom append to the end of the barrier; {ROUNDS} rounds of {BARRIERS}, medians\n")
    rows = []
    for name, found in in_turns(cases, ROUNDS).items():
        p50, p99 = [each[0] for each in found], [each[1] for each in found]
        rows.append((name, f"{common.median(p50):.0f}", common.spread(p50), f"{common.median(p99):.0f}"))
    common.table(("durability", "p50 us", "spread", "p99 us"), rows)


def print_costs(folder: Path) -> None:
    """Print (b) and (d): what the loop itself pays."""

    def run(story: Callable[[], Coroutine[None, None, float]]) -> float:
        return asyncio.run(story())

    cases = {
        "ThreadJournal.append": lambda: run(lambda: appends(ThreadJournal(Store(folder / "appends.sqlite")))),
        "DirectJournal.append": lambda: run(lambda: appends(DirectJournal(Store(None)))),
        "ThreadHistory.record": lambda: records(folder),
    }
    print(f"\nWhat a call costs the loop; {ROUNDS} rounds, medians\n")
    found = common.rounds(cases, ROUNDS)
    common.table(
        ("call", "ns", "spread"),
        [(name, f"{common.median(each) * 1e9:.0f}", common.spread(each)) for name, each in found.items()],
    )


def print_lags(folder: Path) -> None:
    """Print (c): what a thread that writes does to the loop beside it."""
    print(f"\nLag of a 1 ms timer at {PER_TICK * 1_000:,} records/s; {ROUNDS} rounds of {LAG_S:g} s, medians\n")
    rows = []
    for load, work in (("idle loop", 0), ("loop a third busy", 20_000)):
        made = {
            "off": partial(lag_case, NoHistory, work),
            "on": partial(lag_case, partial(ThreadHistory, folder / "lags.sqlite"), work),
        }
        found = in_turns(made, ROUNDS)
        for name, each in found.items():
            p99 = [pair[1] for pair in each]
            ratio = [one[1] / other[1] for one, other in zip(each, found["off"], strict=True)]
            p50_text = f"{common.median([pair[0] for pair in each]):.0f}"
            ratio_text = f"{common.median(ratio):.2f}"
            rows.append((load, name, p50_text, f"{common.median(p99):.0f}", common.spread(p99), ratio_text))
    common.table(("load", "history", "p50 us", "p99 us", "spread of p99", "p99 on/off"), rows)


def main() -> None:
    """Run all."""
    common.machine("sqlalchemy", "msgspec")
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        print_barriers(Path(folder))
        print_costs(Path(folder))
        print_lags(Path(folder))


if __name__ == "__main__":
    main()
