"""Attackers who guess when the next child comes: they know everything but what was drawn.

Each names a stretch of time and is right when the next child falls into it. What is to be learned is learned from
training runs of the same settings with seeds of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from estimates import Estimate, Floats, mean_of
from metrics import Schedule

WIDTH = 0.05
"""Length of a learned guess, and how far off the other guesses may be either way, in mean intervals."""
CLASSES = 20
ATTACKERS = ("best stretch", "of what is left", "by sizes", "same as last", "mean")
LENIENT = "by sizes, lenient"
"""The attacker who reads sizes, right when he is off by `WIDTH` either way: twice the others' stretch."""


def attack(training: Sequence[Schedule], runs: Sequence[Schedule]) -> dict[str, Estimate]:
    """Return how often each attacker is right; a random process of the same rate gives about 0.05."""
    learned, met = _Features(training), _Features(runs)
    plain = _right(learned.gaps, met.gaps, np.zeros_like(learned.gaps), np.zeros_like(met.gaps))
    left = _right(learned.gaps / learned.left, met.gaps / met.left, learned.left * 0, met.left * 0)
    by_sizes = _right(learned.gaps, met.gaps, learned.shown, met.shown)
    lenient = _right(learned.gaps, met.gaps, learned.shown, met.shown, 2 * WIDTH)
    last = np.where(np.isnan(met.before), 0.0, np.abs(met.gaps - met.before) <= WIDTH)
    mean = (np.abs(met.gaps - 1.0) <= WIDTH).astype(np.float64)
    found = dict(zip((*ATTACKERS, LENIENT), (plain, left, by_sizes, last, mean, lenient), strict=True))
    # Guesses of one run depend on each other: runs are resampled, not guesses.
    runs_of = np.bincount(met.run)
    return {name: mean_of(np.bincount(met.run, right) / runs_of) for name, right in found.items()}


def best(found: dict[str, Estimate]) -> Estimate:
    """Return the most successful attacker's success."""
    return max((found[name] for name in ATTACKERS), key=lambda estimate: estimate.value)


class _Features:
    """What can be seen after every child but the last, in mean intervals, and the interval that followed."""

    def __init__(self, runs: Sequence[Schedule]) -> None:
        gaps, left, shown, before, run = [], [], [], [], []
        for number, schedule in enumerate(runs):
            count = len(schedule.places)
            own = schedule.gaps * count
            done = np.cumsum(schedule.sizes)[:-1] / schedule.sizes.sum()
            gaps.append(own)
            left.append((1 - schedule.places[:-1]) * count / np.arange(count, 1, -1))
            # Sizes that bring what is done to the middle of the wait behind them tell how long that wait is.
            shown.append(2 * (done - schedule.places[:-1]) * count)
            before.append(np.concatenate(([np.nan], own[:-1])))
            run.append(np.full(count - 1, number))
        self.gaps, self.left, self.shown, self.before = (np.concatenate(part) for part in (gaps, left, shown, before))
        self.run = np.concatenate(run)


def _right(learned: Floats, met: Floats, learned_by: Floats, met_by: Floats, width: float = WIDTH) -> Floats:
    """Return for each guess 1 if the stretch that was best in training, for what is seen, holds the next child."""
    edges = np.unique(np.quantile(learned_by, np.linspace(0, 1, CLASSES + 1)[1:-1]))
    learned_class, met_class = np.searchsorted(edges, learned_by), np.searchsorted(edges, met_by)
    right = np.zeros(len(met))
    for number in np.unique(met_class):
        known = learned[learned_class == number]
        begin = _best_stretch(known if len(known) else learned, width)
        here = met_class == number
        right[here] = (met[here] >= begin) & (met[here] <= begin + width)
    return right


def _best_stretch(gaps: Floats, width: float) -> float:
    """Return where the stretch begins that holds the most intervals."""
    ordered = np.sort(gaps)
    held = np.searchsorted(ordered, ordered + width, side="right") - np.arange(len(ordered))
    return float(ordered[int(held.argmax())])
