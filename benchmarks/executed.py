"""What one split came to, measured after its time: from the desk's state and everything that was traded meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass

import metrics
import numpy as np
import spectrum
from deskrun import Rig, yes_price
from estimates import Floats
from metrics import from_curve

from cockpit.core import events as ev
from cockpit.core.market import Side
from cockpit.core.order import Fill, Order, OrderState
from cockpit.core.parent import Algorithm, Parent, Style
from cockpit.core.units import LOT

_STEPS = 240
"""Places of the window at which the market's volume is looked at."""


@dataclass(frozen=True, slots=True)
class Case:
    """A slicer and its settings."""

    name: str
    algorithm: Algorithm
    style: Style
    bounds: tuple[int, int]
    every: int = 1
    """On every so-many-th seed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One split. Not a number where there is none: a schedule of one child has no intervals."""

    completion: float
    """Part of the total that was filled."""
    deviation: float
    """Root of the mean square over the window, as a part of the total; an iceberg has no curve."""
    arrival: float
    """Cents a share paid above the middle of the book at the start."""
    vwap: float
    """The same above everybody's average while it was worked."""
    fees: float
    """Cents a share."""
    volume: float
    """Part of the market's volume while it was worked."""
    largest: float
    """Largest child as a part of the total."""
    children: float
    variation: float
    lag_one: float
    peak: float
    """Largest value of the periodogram of the times at which children were sent."""
    sizes: float
    gaps: float
    same: float


def measure(case: Case, rig: Rig, expected: int) -> Run:
    """Return what came of the only parent of a desk; `expected` children were to be sent."""
    state = rig.desk.state
    parent = next(iter(state.parents.values()))
    assert not parent.is_open, parent
    children = [order for order in rig.children(parent) if order.state is not OrderState.DENIED]
    # Nothing is ever sent that is larger than one child may be: above all not the whole order.
    largest = max((order.size for order in children), default=0)
    assert largest <= case.bounds[1], (case.name, parent)
    own = {order.id for order in children}
    fills = sorted((fill for fill in state.fills.values() if fill.order_id in own), key=lambda fill: fill.at_ms)
    filled = sum(fill.shares for fill in fills)
    assert filled <= parent.size
    average = sum(fill.shares * fill.price for fill in fills) / filled if filled else math.nan
    market = _market(rig, parent, fills[-1].at_ms if fills else parent.ends_at_ms)
    sign = 1 if parent.side is Side.BUY else -1
    return Run(
        completion=filled / parent.size,
        deviation=_deviation(case, rig, parent, fills),
        arrival=sign * (average - parent.arrival_price) / 100,
        vwap=sign * (average - market[1]) / 100,
        fees=100 * sum(fill.fee for fill in fills) / filled if filled else math.nan,
        volume=filled / market[0] if market[0] else math.nan,
        largest=largest / parent.size,
        children=len(children),
        **_seen(parent, children, expected),
    )


def _market(rig: Rig, parent: Parent, until_ms: int) -> tuple[int, float]:
    """Return everybody's shares and their average price of the parent's leg, from its start to its last fill."""
    prints = [trade for trade in _prints(rig, parent) if parent.created_ms <= trade.at_ms <= until_ms]
    shares = sum(trade.shares for trade in prints)
    product = sum(trade.shares * yes_price(parent.leg, yes_price(trade.leg, trade.price)) for trade in prints)
    return shares, product / shares if shares else math.nan


def _prints(rig: Rig, parent: Parent) -> list[ev.TradePrinted]:
    return [trade for trade in rig.prints if trade.market_id == parent.market_id]


def _deviation(case: Case, rig: Rig, parent: Parent, fills: list[Fill]) -> float:
    """Return how far what was filled was from the straight line, or from everybody's volume."""
    if case.algorithm is Algorithm.ICEBERG or not fills:
        return math.nan
    places = np.array([_place(parent, fill.at_ms) for fill in fills])
    curve = _volume(rig, parent) if case.algorithm is Algorithm.VWAP else np.array([0.0, 1.0])
    return from_curve(places, np.array([fill.shares / parent.size for fill in fills]), curve).rms


def _volume(rig: Rig, parent: Parent) -> Floats:
    prints = _prints(rig, parent)
    places = np.array([_place(parent, trade.at_ms) for trade in prints])
    shares = np.array([float(trade.shares) for trade in prints])
    inside = (places >= 0) & (places <= 1)
    counts, _edges = np.histogram(places[inside], _STEPS, (0.0, 1.0), weights=shares[inside])
    return np.concatenate(([0.0], np.cumsum(counts) / counts.sum()))


def _place(parent: Parent, at_ms: int) -> float:
    return (at_ms - parent.created_ms) / parent.window_ms


def _seen(parent: Parent, children: list[Order], expected: int) -> dict[str, float]:
    """Return what can be seen of the children as they were sent."""
    places = np.array([_place(parent, order.created_ms) for order in children])
    sizes, gaps = np.array([order.size // LOT for order in children]), np.diff(places)
    has_gaps = len(gaps) > 2 and gaps.sum() > 0
    return {
        "variation": metrics.variation(gaps) if has_gaps else math.nan,
        "lag_one": metrics.lag_one(gaps) if has_gaps else math.nan,
        "peak": spectrum.strongest(places, expected) if children else math.nan,
        "sizes": metrics.size_entropy(sizes) if has_gaps else math.nan,
        "gaps": metrics.gap_entropy(gaps) if has_gaps else math.nan,
        "same": metrics.repeats(sizes) if len(sizes) > 1 else math.nan,
    }
