"""What every benchmark shares: the recorded burst, interleaved rounds, tables, and the machine they ran on."""

from __future__ import annotations

import gc
import math
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

# Run as `python benchmarks/books.py`, from any environment that has msgspec: the package itself need not be installed.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cockpit.venues.recording import lines

BURST = "nhl_scf_g4_20260607/frames_reconstructed_burst60s.jsonl.gz"


def recording() -> Path:
    """Return the recorded burst (argument 1, or beside the checkout), else the sample in the package."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    shared = Path(__file__).resolve().parents[2] / "shared" / "recordings" / BURST
    if shared.exists():
        return shared
    from cockpit.venues.samples import sample_path

    return sample_path()


@dataclass(slots=True)
class Stretch:
    """Frames in a row that are all timed (price changes), or all not (books, trades, tick changes)."""

    is_timed: bool
    raws: list[bytes] = field(default_factory=list)


def stretches(raws: Iterable[bytes]) -> list[Stretch]:
    """Return frames cut where their kind changes, in order."""
    found: list[Stretch] = []
    for raw in raws:
        is_timed = b'"price_changes"' in raw
        if not found or found[-1].is_timed is not is_timed:
            found.append(Stretch(is_timed))
        found[-1].raws.append(raw)
    return found


def burst() -> list[bytes]:
    """Return the raw frames of the recording."""
    return [line.raw for line in lines(recording())]


def timed(parts: Sequence[Stretch], take: Callable[[bytes], object]) -> float:
    """Return seconds spent on the timed stretches; the others are taken in between, untimed."""
    total = 0.0
    gc.collect()
    for part in parts:
        started = time.perf_counter()
        for raw in part.raws:
            take(raw)
        if part.is_timed:
            total += time.perf_counter() - started
    return total


def rounds(cases: Mapping[str, Callable[[], float]], count: int) -> dict[str, list[float]]:
    """Run every case once per round, so that whatever else the machine does meets all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(count):
        for name, run in cases.items():
            found[name].append(run())
    return found


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """Return the smallest and the largest value in percent of the median."""
    middle = median(values)
    return f"{100 * min(values) / middle - 100:+.0f}..{100 * max(values) / middle - 100:+.0f} %"


def exponent(found: dict[str, list[float]], first: int, last: int) -> float:
    """Return e where cost grows like count ** e between two counts, the median over the rounds."""
    rounds_of = zip(found[str(first)], found[str(last)], strict=True)
    return median([math.log(after / before) / math.log(last / first) for before, after in rounds_of])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table, columns aligned."""
    cells = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for number, row in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def machine(*packages: str) -> None:
    """Print what this ran on."""
    versions = [f"{name} {_version(name)}" for name in packages]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    python = f"Python {platform.python_version()}"
    print(f"{_processor()}, {os.cpu_count()} cores, load {load}, {platform.system()}, {', '.join([python, *versions])}")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
