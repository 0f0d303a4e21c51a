"""Numbers with their 95 % intervals: bootstrap over runs, and Clopper-Pearson for rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RESAMPLES = 2_000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its interval."""

    value: float
    low: float
    high: float

    def text(self, digits: int = 2, factor: float = 1.0) -> str:
        """Return it for a table."""
        if math.isnan(self.value):
            return "-"
        value, low, high = (round(factor * number, digits) + 0.0 for number in (self.value, self.low, self.high))
        return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}]"


NOTHING = Estimate(math.nan, math.nan, math.nan)


def mean_of(values: Sequence[float] | Floats) -> Estimate:
    """Return the mean over runs; runs without a number are left out."""
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    if not len(found):
        return NOTHING
    rng = np.random.default_rng(1)
    means = [found[rng.integers(len(found), size=len(found))].mean() for _ in range(RESAMPLES)]
    return Estimate(float(found.mean()), *_middle(means))


def ratio_of_means(above: Sequence[float] | Floats, below: Sequence[float] | Floats) -> Estimate:
    """Return the ratio of two means over the same runs, resampled in pairs."""
    return _ratio(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64), 1.0)


def rms_of(errors: Sequence[float] | Floats) -> Estimate:
    """Return the root of the mean square."""
    squares = mean_of(np.square(np.asarray(errors, dtype=np.float64)))
    return Estimate(*(math.sqrt(number) for number in (squares.value, squares.low, squares.high)))


def ratio_of_rms(above: Sequence[float] | Floats, below: Sequence[float] | Floats) -> Estimate:
    """Return the ratio of two errors over the same runs, resampled in pairs."""
    first, second = (np.square(np.asarray(errors, dtype=np.float64)) for errors in (above, below))
    return _ratio(first, second, 0.5)


def _ratio(above: Floats, below: Floats, power: float) -> Estimate:
    known = np.isfinite(above) & np.isfinite(below)
    above, below = above[known], below[known]
    rng = np.random.default_rng(1)
    found = []
    for _ in range(RESAMPLES):
        chosen = rng.integers(len(above), size=len(above))
        found.append((above[chosen].mean() / below[chosen].mean()) ** power)
    return Estimate(float((above.mean() / below.mean()) ** power), *_middle(found))


def rate_of(hits: int, count: int) -> Estimate:
    """Return a rate with its Clopper-Pearson interval."""
    if not count:
        return NOTHING
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else _solve(lambda p: 1 - _at_most(hits - 1, count, p), tail)
    high = 1.0 if hits == count else _solve(lambda p: 1 - _at_most(hits, count, p), 1 - tail)
    return Estimate(hits / count, low, high)


def _middle(found: Sequence[float]) -> tuple[float, float]:
    low, high = np.quantile(np.asarray(found), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _at_most(hits: int, count: int, p: float) -> float:
    """Return the probability of at most so many hits."""
    k = np.arange(hits + 1)
    ways = math.lgamma(count + 1) - np.array([math.lgamma(n + 1) + math.lgamma(count - n + 1) for n in k])
    return float(np.exp(ways + k * math.log(p) + (count - k) * math.log1p(-p)).sum())


def _solve(rising: Callable[[float], float], wanted: float) -> float:
    low, high = 1e-12, 1 - 1e-12
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2
