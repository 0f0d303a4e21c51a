"""A detector that looks for a clock: the periodogram of event times, against what events without one give.

The statistic is the largest value of the normalised periodogram, abs(sum of exp(2 pi i f t)) squared over the number of
events, for frequencies from half of one per mean interval of the children to three. It is compared with its 99 %
quantile over as many events of background alone, drawn from seeds of their own: 1 % false alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from estimates import Estimate, Floats, rate_of

BINS = 8_192
"""The window is cut into so many for the Fourier transform: it costs the highest frequency less than 0.1 %."""
FROM, TO = 0.5, 3.0
"""Frequencies looked at, in children per mean interval."""
NULLS = 20_000
FALSE_ALARMS = 0.01
BACKGROUNDS = (1, 5, 10)
"""Trades of others per child."""

Background = Callable[[np.random.Generator, int], Floats]
"""Draws the places of so many trades of others in the window, 0 to 1."""


def poisson(rng: np.random.Generator, count: int) -> Floats:
    """Return trades that come at any time with equal chance."""
    return rng.random(count)


def from_tape(times: Floats) -> Background:
    """Return trades of a tape (0 to 1): some of them, each once, the tape begun anywhere."""

    def draw(rng: np.random.Generator, count: int) -> Floats:
        chosen = rng.choice(times, count, replace=False)
        return np.asarray((chosen + rng.random()) % 1.0)

    return draw


def strongest(places: Floats, children: int) -> float:
    """Return the statistic of events in a window in which so many children are expected."""
    counts = np.bincount(np.minimum((places * BINS).astype(np.int64), BINS - 1), minlength=BINS)
    # Padded to twice the length, every second frequency lies between two whole ones.
    power = np.abs(np.fft.rfft(counts, 2 * BINS)) ** 2
    return float(power[int(2 * FROM * children) : int(2 * TO * children) + 1].max() / len(places))


@cache
def threshold(background: Background, events: int, children: int) -> float:
    """Return what so many events of background alone exceed in 1 % of runs."""
    rng = np.random.default_rng([1_000_003, events, children])
    found = [strongest(background(rng, events), children) for _ in range(NULLS)]
    return float(np.quantile(found, 1 - FALSE_ALARMS))


def detection(runs: Sequence[Floats], background: Background, per_child: int, seed: int) -> Estimate:
    """Return in which part of the runs a schedule is found among so many trades of others per child."""
    hits = 0
    for number, places in enumerate(runs):
        rng = np.random.default_rng([seed, per_child, number])
        events = np.concatenate((places, background(rng, per_child * len(places))))
        hits += strongest(events, len(places)) > threshold(background, len(events), len(places))
    return rate_of(hits, len(runs))
