"""Volume-weighted: children sized by the volume that is expected to trade around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

from cockpit.core.parent import Slice
from cockpit.core.slicing.rules import CannotSlice, Plan, SliceRules, checked, problem_of
from cockpit.core.units import LOT

Wish = tuple[float, float]
"""(place in the window from 0 to 1, lots that should be done once this child is)"""


def vwap(
    total: int,
    start_ms: int,
    window_ms: int,
    rules: SliceRules,
    weights: Sequence[float],
    *,
    behind: int = 0,
    places: Sequence[float] | None = None,
) -> Plan | CannotSlice:
    """Return children whose sizes follow the volume expected in equal parts of the window: they sum to `total` exactly.

    Each brings what is done to where the volume is halfway to the next child. Where that is too little for a child it
    is left to the next one, where it is too much there are several. `behind` are shares of the total that should be
    done already (below 0: how far it is ahead). `places` (from 0 to 1, rising) are when children may be sent; without
    them in the middles of equal stretches.
    """
    if problem := problem_of(total, window_ms, rules):
        return problem
    lots = total // LOT
    fewest, most = rules.counts(lots)
    if not places:
        parts = min(max(round(2 * lots / (rules.least + rules.most)), fewest), most)
        places = [(index + 0.5) / parts for index in range(parts)]
    share = _share(weights)
    missing = behind / LOT

    def until(place: float) -> float:
        return missing + (lots - missing) * share(place)

    wishes = _fitted(_wishes(places, until, rules) or [(0.5, float(lots))], fewest, most)
    plan, left = [], lots
    for index, (place, done) in enumerate(wishes):
        size = rules.bounded(round(done) - (lots - left), left, len(wishes) - index)
        plan.append(Slice(start_ms + int(window_ms * place), size * LOT))
        left -= size
    return checked(tuple(plan), total)


def _share(weights: Sequence[float]) -> Callable[[float], float]:
    """Return which part of all the volume has come by a place in the window."""
    whole = sum(weights)
    if whole <= 0:
        return lambda place: place
    reached = [0.0, *(done / whole for done in accumulate(weights))]

    def share(place: float) -> float:
        index = min(int(place * len(weights)), len(weights) - 1)
        return reached[index] + (place * len(weights) - index) * (reached[index + 1] - reached[index])

    return share


def _wishes(places: Sequence[float], until: Callable[[float], float], rules: SliceRules) -> list[Wish]:
    """Return a child at every place where enough is due for one, several where it is more than one may take."""
    found: list[Wish] = []
    done = 0.0
    for place, after in pairwise([*places, 2 - places[-1]]):
        due = until(min((place + after) / 2, 1.0)) - done
        if due < rules.least:
            continue
        pieces = max(1, -int(-due // rules.most))
        for piece in range(pieces):
            done += due / pieces
            found.append((place + (min(after, 1.0) - place) * piece / pieces, done))
    return found


def _fitted(wishes: list[Wish], fewest: int, most: int) -> list[Wish]:
    """Return the children, some split or merged so that there are neither too few nor too many of them."""
    wishes = list(wishes)
    while len(wishes) > most:
        # The smallest joins the one behind it: what should be done then stays.
        wishes.pop(min(range(len(wishes) - 1), key=_sizes(wishes).__getitem__))
    while len(wishes) < fewest:
        index = max(range(len(wishes)), key=_sizes(wishes).__getitem__)
        place, done = wishes[index]
        before = wishes[index - 1] if index else (0.0, 0.0)
        wishes.insert(index, ((before[0] + place) / 2, (before[1] + done) / 2))
    return wishes


def _sizes(wishes: list[Wish]) -> list[float]:
    return [after[1] - before[1] for before, after in pairwise([(0.0, 0.0), *wishes])]
