"""How far our average price is from the market's: TWAP, a static volume curve, and the plan that follows live volume.

    python benchmarks/vwap.py [--sessions 3000] [--processes 2] [--tape FILE] [--hours 2]

Dynamic is the desk's own code (`pacing`): planned anew whenever a slice is due. Static is the same planner's first plan
left as it is. Sessions are simulated (`sessions`), cut from a recorded tape, and from markets of the practice exchange.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import common
import numpy as np
import sessions
import windows
from estimates import Floats, ratio_of_rms, rms_of
from metrics import from_curve
from pacing import LIMIT, START_MS, Child, Pacer, Print
from recorded import TAPE
from windows import Window

from cockpit.core.parent import Algorithm, How
from cockpit.core.profile import PARTS
from cockpit.core.slicing.rules import CannotSlice, SliceRules
from cockpit.core.slicing.twap import twap
from cockpit.core.units import SHARE

TOTAL, BOUNDS, COUNT = 3_000 * SHARE, (10 * SHARE, 190 * SHARE), 30
HOUR_MS = 3_600_000
NAMES = ("TWAP", "static", "dynamic")


class Outcome(NamedTuple):
    """One session: errors against the market's average, and deviations from its volume, for each of `NAMES`."""

    errors: tuple[float, ...]
    deviations: tuple[float, ...]
    completion: float
    """Of the plan that follows live volume."""


def simulated(regime: sessions.Regime, seed: int) -> Outcome:
    """Run one simulated session; errors in bps."""
    made = sessions.session(regime, seed)
    curve = sessions.learned(regime, PARTS, seed) * SHARE
    step_ms = HOUR_MS // sessions.STEPS
    prints = tuple(
        Print(START_MS + step_ms * index + step_ms // 2, LIMIT, max(1, int(volume * SHARE)))
        for index, volume in enumerate(made.volumes)
    )

    def price_at(at_ms: int) -> float:
        return float(made.prices[min((at_ms - START_MS) // step_ms, sessions.STEPS - 1)])

    window = Window(prints, tuple(int(part) for part in curve), HOUR_MS, price_at, made.vwap)
    return measured(window, 1e4 / made.vwap)


def measured(window: Window, unit: float) -> Outcome:
    """Work one total in a window in all three ways; errors are differences of prices times `unit`."""
    errors, deviations = [], []
    volume, (static, sent) = _volume_curve(window), _by_volume(window)
    for children in (_even(window), static, sent):
        shares = np.array([child.shares for child in children], dtype=np.float64)
        prices = np.array([window.price_at(child.at_ms) for child in children])
        errors.append(float(shares @ prices / shares.sum() - window.vwap) * unit)
        places = np.array([(child.at_ms - START_MS) / window.length_ms for child in children])
        deviations.append(from_curve(places, shares / shares.sum(), volume).rms)
    return Outcome(tuple(errors), tuple(deviations), sum(child.shares for child in sent) / TOTAL)


def _even(window: Window) -> Sequence[Child]:
    plan = twap(TOTAL, START_MS, window.length_ms, SliceRules(*BOUNDS), COUNT)
    assert not isinstance(plan, CannotSlice)
    return [Child(piece.at_ms, piece.size) for piece in plan]


def _by_volume(window: Window) -> tuple[Sequence[Child], Sequence[Child]]:
    """Return the children of the first plan left as it is, and those that the desk sends."""
    pacer = Pacer()
    # Something has traded before, as in every market in which a profile is known.
    pacer.tell(Print(START_MS - 1, LIMIT, 1))
    pacer.now_ms = START_MS
    pacer.start(Algorithm.VWAP, TOTAL, window.length_ms, BOUNDS, How(curve=window.curve))
    plan = pacer.state.parents["P"].slices
    sent = pacer.work(window.prints, START_MS + 2 * window.length_ms)
    assert max(child.shares for child in sent) <= BOUNDS[1]
    return [Child(piece.at_ms, piece.size) for piece in plan], sent


def _volume_curve(window: Window) -> Floats:
    """Return which part of the window's volume has come by equally spaced places in it."""
    edges = np.linspace(0, window.length_ms, 721)
    times = np.array([trade.at_ms - START_MS for trade in window.prints])
    sums = np.concatenate(([0.0], np.cumsum([trade.shares for trade in window.prints], dtype=np.float64)))
    return np.asarray(sums[np.searchsorted(times, edges, side="right")] / sums[-1])


def row(name: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Return a line of the table."""
    errors = np.array([outcome.errors for outcome in outcomes]).T
    deviations = np.array([outcome.deviations for outcome in outcomes]).T
    incomplete = sum(outcome.completion < 1 for outcome in outcomes)
    return (
        name,
        f"{len(outcomes):,} ({incomplete})",
        *(rms_of(error).text(2) for error in errors),
        ratio_of_rms(errors[2], errors[1]).text(3),
        *(f"{100 * rms_of(deviation).value:.1f}" for deviation in deviations),
        ratio_of_rms(deviations[2], deviations[1]).text(3),
    )


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sessions", type=int, default=3_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--tape", type=Path, default=TAPE)
    parser.add_argument("--hours", type=float, default=2.0, help="of each practice market, 0 for none")
    parser.add_argument("--markets", type=int, default=12, help="practice markets of each family")
    arguments = parser.parse_args()
    common.machine("numpy")
    rows = []
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        for regime in (sessions.CALM, sessions.BURSTS):
            one = partial(simulated, regime)
            rows.append(row(f"{regime.name}, bps", pool.map(one, range(arguments.sessions), 25)))
        cases: list[tuple[str, Callable[[], list[Window]]]] = []
        if arguments.tape.exists():
            cases += [(f"tape, {n} min, 1/100 cent", partial(windows.of_tape, arguments.tape, n)) for n in (3, 5)]
        for family in ("coast-vote", "match") if arguments.hours else ():
            made = partial(windows.of_practice, family, arguments.markets, arguments.hours, pool)
            cases.append((f"practice {family}, 10 min, 1/100 cent", made))
        for name, make in cases:
            rows.append(row(name, [measured(window, 1e4) for window in make()]))
    head = ("regime and unit", "sessions (incomplete)", *(f"{name} rms" for name in NAMES), "dynamic / static")
    common.table((*head, *(f"{name} dev %" for name in NAMES), "dev dynamic / static"), rows)


if __name__ == "__main__":
    main()
