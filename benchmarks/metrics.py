"""What can be measured of one schedule: how close it keeps to its line, and how much of it can be seen from outside.

A schedule is the places of its children in the time window (0 to 1) and their sizes. Definitions: docs/slicing.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from estimates import Floats
from numpy.typing import NDArray

Sizes = NDArray[np.int64]
BINS = 20
"""Classes that entropies are counted in."""
MOST_GAPS = 3.0
"""Intervals beyond so many mean ones share the last class."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Children of one run, in the order in which they were sent."""

    places: Floats
    sizes: Sizes

    @property
    def gaps(self) -> Floats:
        """Intervals between children, in the window's length."""
        return np.diff(self.places)


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far what is done was from where it should be, as a part of the total."""

    rms: float
    most: float


def from_line(schedule: Schedule) -> Deviation:
    """Return the deviation of the steps of a schedule from the straight line over the window."""
    return from_curve(schedule.places, schedule.sizes / schedule.sizes.sum(), np.array([0.0, 1.0]))


def from_curve(places: Floats, parts: Floats, curve: Floats) -> Deviation:
    """Return the deviation of steps from a curve that is linear between equally spaced places.

    `parts` of the total are done at `places`. The root of the mean square is over time, worked out exactly: between
    two edges both are straight, and the square of a straight line has a closed integral.
    """
    knots = np.linspace(0.0, 1.0, len(curve))
    edges = np.unique(np.concatenate(([0.0, 1.0], np.clip(places, 0.0, 1.0), knots)))
    done = np.concatenate(([0.0], np.cumsum(parts)))[np.searchsorted(places, edges[:-1], side="right")]
    target = np.interp(edges, knots, curve)
    begin, end = done - target[:-1], done - target[1:]
    squares = (begin * begin + begin * end + end * end) / 3 * np.diff(edges)
    # After the last child within the window nothing changes: both ends of each stretch are looked at.
    return Deviation(math.sqrt(float(squares.sum())), float(max(np.abs(begin).max(), np.abs(end).max())))


def variation(gaps: Floats) -> float:
    """Return the standard deviation of the intervals over their mean."""
    return float(gaps.std() / gaps.mean()) if len(gaps) and gaps.mean() > 0 else math.nan


def lag_one(gaps: Floats) -> float:
    """Return the correlation of each interval with the next; not a number where all are alike."""
    around = gaps - gaps.mean() if len(gaps) > 2 else np.zeros(1)
    whole = float(around @ around)
    # Equal intervals on whole milliseconds differ by one: that is no variation.
    if len(gaps) <= 2 or math.sqrt(whole / len(gaps)) < 1e-4 * gaps.mean():
        return math.nan
    return float(around[:-1] @ around[1:]) / whole


def size_entropy(sizes: Sizes) -> float:
    """Return the entropy of the sizes in 20 classes between the smallest and the largest, 1 for evenly spread."""
    if sizes.max() - sizes.min() <= 1:
        return 0.0  # a total that does not divide evenly: one lot more or less
    return _entropy(sizes.astype(np.float64), float(sizes.min()), float(sizes.max()))


def gap_entropy(gaps: Floats) -> float:
    """Return the entropy of the intervals in 20 classes up to three mean ones, 1 for evenly spread."""
    return _entropy(np.minimum(gaps / gaps.mean(), MOST_GAPS), 0.0, MOST_GAPS)


def _entropy(values: Floats, low: float, high: float) -> float:
    counts, _edges = np.histogram(values, BINS, (low, high))
    parts = counts[counts > 0] / counts.sum()
    return float(-(parts * np.log(parts)).sum() / math.log(BINS)) + 0.0


def repeats(sizes: Sizes) -> float:
    """Return the probability that two children have the same size, to the lot."""
    _values, counts = np.unique(sizes, return_counts=True)
    pairs = len(sizes) * (len(sizes) - 1)
    return float((counts * (counts - 1)).sum() / pairs) if pairs else math.nan
