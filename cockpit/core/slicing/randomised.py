"""Randomised: times nobody can guess, sizes that keep to the clock all the same.

Intervals are Gamma(2) variables scaled to the window: a renewal process without any period, and without the negative
correlation of neighbours that one random time in each of many equal stretches has. Sizes catch up: a child brings what
is done to where the straight line is in the middle of the wait behind it, give or take a random part, so that wild
intervals do not become wild progress. See the measurements in docs/slicing.md.
"""

from __future__ import annotations

from itertools import accumulate
from math import log

from cockpit.core.parent import Slice
from cockpit.core.slicing.rules import CannotSlice, Draw, Plan, SliceRules, checked, problem_of
from cockpit.core.units import LOT

MEAN_AT = 1 / 3
"""Where between its bounds the mean size lies: nearer to the smaller one, for sizes are skewed."""
SPREAD = 0.6
"""How far a size is moved from what would catch up exactly, as a part of the mean size.

Sizes that catch up tell how long the wait behind them is. With 0.35 whoever knows total and window guesses the next
child's time to 5 % of a mean interval, either way, in 12 % of cases; with 0.6 no better than he would without them.
"""


def randomised(total: int, start_ms: int, window_ms: int, rules: SliceRules, draw: Draw) -> Plan | CannotSlice:
    """Return children of random sizes at random times inside the window: sizes sum to `total` exactly."""
    if problem := problem_of(total, window_ms, rules):
        return problem
    lots = total // LOT
    fewest, most = rules.counts(lots)
    mean = rules.least + (rules.most - rules.least) * MEAN_AT
    count = min(max(round(lots / mean), fewest), most)
    places = _places(count, draw)
    plan, left = [], lots
    for index, place in enumerate(places):
        until = (place + places[index + 1]) / 2 if index + 1 < count else 1.0
        behind = lots * until - (lots - left)
        size = rules.bounded(round(behind + lots / count * SPREAD * (2 * draw() - 1)), left, count - index)
        plan.append(Slice(start_ms + int(window_ms * place), size * LOT))
        left -= size
    return checked(tuple(plan), total)


def _places(count: int, draw: Draw) -> list[float]:
    """Return `count` places between 0 and 1, rising, with scaled Gamma(2) variables between and around them."""
    gaps = [-log((1 - draw()) * (1 - draw())) for _ in range(count + 1)]
    whole = sum(gaps)
    return [place / whole for place in accumulate(gaps[:-1])] if whole else [0.0] * count
