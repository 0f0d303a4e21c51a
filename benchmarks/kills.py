"""kill -9 of a real `cockpit serve` at seeded moments, restarts, and both sides' files compared after every kill.

    python benchmarks/kills.py --kills 200 --seed 1

Prints one JSON line with counts and exits with 1 when anything was lost, doubled or sent without an older intent.
What a life is (speeds, faults, moments) is drawn in tests/end_to_end/test_kill.py, whose test is the short version.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.end_to_end.test_kill import Found, Life, draw_life, live

KILLS_EACH = 5
"""Kills of one account, each but the first into its restart."""


def lives_of(seed: int, kills: int) -> list[Life]:
    """Return lives with so many kills in all."""
    counts = [min(KILLS_EACH, kills - before) for before in range(0, kills, KILLS_EACH)]
    return [draw_life(seed, number, count) for number, count in enumerate(counts)]


def one(folder: Path, life: Life) -> Found:
    """Run a life; its files stay only when something was wrong."""
    own = folder / str(life.number)
    found = live(own, life)
    found.counts["lives"] += 1
    found.counts[f"speed_{life.speed}"] += 1
    found.counts["lives_with_faults"] += bool(life.faults)
    if not found.problems:
        shutil.rmtree(own)
    return found


def main() -> int:
    """Run all lives, a few at once; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=3, help="lives at the same time")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cockpit-kills-"))
    began, loads, total = time.monotonic(), [os.getloadavg()[0]], Found()
    with ThreadPoolExecutor(arguments.at_once) as pool:
        for found in pool.map(lambda life: one(folder, life), lives_of(arguments.seed, arguments.kills)):
            total.add(found)
            loads.append(os.getloadavg()[0])
            for problem in found.problems:
                print(problem, file=sys.stderr, flush=True)
    if not total.problems:
        shutil.rmtree(folder)
    print(
        json.dumps(
            {
                **dict(sorted(total.counts.items())),
                "problems": len(total.problems),
                "seconds": round(time.monotonic() - began),
                "load": [round(min(loads), 1), round(max(loads), 1)],
            }
        )
    )
    return 1 if total.problems else 0


if __name__ == "__main__":
    sys.exit(main())
