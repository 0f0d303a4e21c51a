"""What of a child is shown that must not be recognised: never the size that has just left the book.

Whoever watches the book would know an order that moves by its size, one that is behind by the largest size there may
be, again and again, and one that refills by its haste.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.parent import Algorithm, Parent
from cockpit.core.units import LOT, floor_lot
from cockpit.desk.working.children import Done, least_of, most_of, price_of, taking_price

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

HIDES = (Algorithm.RANDOM, Algorithm.ICEBERG)
LEAST_PART = 75
"""At least so many % of what is due are shown."""
MOST_DRAWS = 16


def hides(parent: Parent) -> bool:
    """Return whether a parent's orders must not be recognised: what closes an imbalance closes all of it instead."""
    return parent.algorithm in HIDES and not parent.suggestion_id


def shown(desk: Desk, parent: Parent, done: Done, size: int, index: int) -> int:
    """Return how many of `size` shares to show: a part, drawn, unless it is a slice as it was planned.

    What is left of the parent can be cut into children, or there is nothing left. Other algorithms show all.
    """
    if not hides(parent) or done.live or _is_as_planned(parent, done, size, index):
        return size
    most = floor_lot(min(size, most_of(desk, parent)))
    least = max(least_of(desk, parent, price) for price in (price_of(desk, parent), taking_price(desk, parent)))
    low = max(least, floor_lot(most * LEAST_PART // 100))
    draw = desk.ids.draws(f"{parent.how.seed} shown {len(done.children)}")
    for _ in range(MOST_DRAWS if low < most else 0):
        part = low + int(draw() * ((most - low) // LOT + 1)) * LOT
        rest = done.left - part
        if desk.executor.planner.rules(parent, rest).can_cut(rest // LOT):
            return part
    return size


def is_filled(done: Done, index: int) -> bool:
    """Return whether the newest child of a slice has filled as far as it was shown, and nothing else may fill."""
    last = done.children[-1] if done.children else None
    return last is not None and not done.live and last.slice_index == index and last.size - last.filled < LOT


def _is_as_planned(parent: Parent, done: Done, size: int, index: int) -> bool:
    """Return whether this is a slice's own size, drawn when it was planned, and nobody has seen it yet."""
    is_own = index < len(parent.slices) and size == parent.slices[index].size
    return is_own and all(child.slice_index != index for child in done.children)
