"""Tables of what many splits came to, with 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import common
import numpy as np
import spectrum
from estimates import mean_of, rate_of, ratio_of_means
from executed import Run

COUNTS = (5, 10, 15, 20, 24, 30, 40, 60, 80, 120)
"""Events for which the detector's threshold is worked out; it hardly depends on how many there are."""


def report(runs: Mapping[str, Sequence[Run]], expected: int) -> None:
    """Print quality, cost and what can be seen, slicer by slicer, then TWAP against RANDOM."""
    quality(runs)
    print()
    detectability(runs, expected)
    print()
    for style in ("take", "top"):
        beaten(f"RANDOM {style}", f"TWAP {style}", runs, expected)


def quality(runs: Mapping[str, Sequence[Run]]) -> None:
    """Print how much was done, how close to the curve, and what it cost."""
    rows = []
    for name, found in runs.items():
        rows.append(
            (
                name,
                f"{len(found):,}",
                mean_of([run.completion for run in found]).text(2, 100),
                mean_of([run.deviation for run in found]).text(1, 100),
                mean_of([run.arrival for run in found]).text(2),
                mean_of([run.vwap for run in found]).text(2),
                mean_of([run.fees for run in found]).text(2),
                mean_of([run.volume for run in found]).text(1, 100),
                mean_of([run.children for run in found]).text(1),
                f"{100 * max(run.largest for run in found):.1f}",
            )
        )
    head = (
        "slicer",
        "runs",
        "completion %",
        "rms dev %",
        "above arrival, c",
        "above VWAP, c",
        "fees, c",
        "of volume %",
    )
    common.table((*head, "children", "largest child ever, % of total"), rows)


def detectability(runs: Mapping[str, Sequence[Run]], expected: int) -> None:
    """Print what can be seen of the times and sizes of children."""
    rows = []
    for name, found in runs.items():
        ratios = [run.peak / _threshold(run.children, expected) for run in found]
        rows.append(
            (
                name,
                mean_of([run.variation for run in found]).text(2),
                mean_of([run.lag_one for run in found]).text(3),
                mean_of(ratios).text(2),
                rate_of(sum(ratio > 1 for ratio in ratios), len(ratios)).text(1, 100),
                mean_of([run.sizes for run in found]).text(2),
                mean_of([run.gaps for run in found]).text(2),
                mean_of([run.same for run in found]).text(3),
            )
        )
    head = ("slicer", "gap CV", "lag-1 autocorrelation", "peak / threshold", "found alone %")
    common.table((*head, "entropy of sizes", "of intervals", "same size"), rows)


def beaten(ours: str, baseline: str, runs: Mapping[str, Sequence[Run]], expected: int) -> None:
    """Print on which measures of detectability the baseline is beaten, its interval wholly on the better side."""
    new, old = runs[ours], runs[baseline]
    pairs = {
        "completion": ratio_of_means([run.completion for run in new], [run.completion for run in old]),
        "peak": ratio_of_means(
            [run.peak / _threshold(run.children, expected) for run in new],
            [run.peak / _threshold(run.children, expected) for run in old],
        ),
        "same size": ratio_of_means([run.same for run in new], [run.same for run in old]),
    }
    more = mean_of([run.gaps - other.gaps for run, other in zip(new, old, strict=True)])
    print(f"{ours} / {baseline}: " + ", ".join(f"{name} {ratio.text(2)}" for name, ratio in pairs.items()))
    print(f"{ours} - {baseline}: entropy of intervals {more.text(2)}")


def _threshold(events: float, expected: int) -> float:
    near = min(COUNTS, key=lambda count: abs(np.log(count / max(events, 1))))
    return spectrum.threshold(spectrum.poisson, near, expected)
