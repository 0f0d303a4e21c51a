"""Icebergs of the real desk on the practice exchange: can their refills be told from other people's orders?

    python benchmarks/icebergs.py [--refills 10000] [--processes 2] [--first-seed 1]

The delay of a refill is how long before its arrival in the exchange's book the market's last trade was; ambient is the
same of others' orders that arrive on its side, within 5 cents of its best price. Both are read at the exchange. Moves
of a chunk that was shown already are no refills: only the first order of each chunk counts. The naive iceberg is the
same desk, but every chunk follows the one before it at once, and all are of one size.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.pool import Pool
from unittest.mock import patch

import common
import deskrun
import numpy as np
from deskrun import Rig
from estimates import Estimate, Floats, mean_of
from metrics import repeats

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.arrivals import Arrivals
from cockpit.core.market import Leg, Side
from cockpit.core.parent import Algorithm, AtEnd, Style
from cockpit.core.slicing.rules import Draw
from cockpit.core.units import LOT, SHARE
from cockpit.venues.mirror import BID
from cockpit.venues.practice.changes import Changes

EVENTS_PER_S = 12.0
WARM_S, WORKED_S = 600, 3_000
ENDING_S = 120
"""So long before a market closes nothing is worked any more."""
TOTAL, LEAST, MOST, NAIVE = 50_000 * SHARE, 5 * SHARE, 12 * SHARE, 8 * SHARE
NEAR = 500
"""Orders of others further from the best price, in 1/10,000 USD, are no company for one of ours."""
WITHIN_MS = (100, 300, 1_000)
RESAMPLES = 400
BATCH = 12
"""Seeds that are run before it is looked whether there are enough refills."""


@dataclass(frozen=True, slots=True)
class Case:
    """Where and how icebergs are worked."""

    name: str
    family: str
    style: Style = Style.TOP
    is_naive: bool = False
    part: float = 1.0
    """Of the refills that are wanted: where it shows one thing only, fewer tell it."""


CASES = (
    Case("coast vote, top", "coast-vote"),
    Case("strait treaty, top", "strait-treaty"),
    Case("match, top", "match", part=0.25),
    Case("coast vote, rest", "coast-vote", Style.REST, part=0.05),
    Case("coast vote, top, naive", "coast-vote", is_naive=True, part=0.5),
)


@dataclass
class Seen:
    """What one run showed to whoever watches the exchange."""

    refills: list[int] = field(default_factory=list)
    """Milliseconds between the last trade and the first order of each chunk but the first."""
    ambient: list[int] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    """From the end of a chunk to the arrival of the next."""
    sizes: list[int] = field(default_factory=list)
    """Of the chunks, in lots."""


class Watcher:
    """Watches one market at the exchange."""

    def __init__(self, rig: Rig, side: int) -> None:
        self.seen = Seen()
        self._exchange, self._market, self._side = rig.venue.exchange, rig.market.id, side
        ladder = self._exchange.ladders[self._market]
        self._levels = dict(ladder.levels(side))
        self._traded_ms: int | None = None
        self._orders: set[str] = set()
        self._chunks: set[int] = set()
        self._filled_ms = 0
        rig.venue.after = self._after

    def _after(self, changes: Changes) -> None:
        new = [order_id for order_id in changes.account.orders if order_id not in self._orders]
        self._orders.update(new)
        # Whoever takes on arrival is no order that arrives: everybody sees a trade.
        takes = {event.fill.order_id for event in changes.events if isinstance(event, ev.FillSeen)}
        for event in changes.events:
            if isinstance(event, ev.LevelsChanged) and event.market_id == self._market:
                self._take(event, is_ours=bool(new))
            elif isinstance(event, ev.TradePrinted) and event.market_id == self._market:
                self._traded_ms = event.at_ms
            elif isinstance(event, ev.FillSeen):
                self._filled_ms = event.at_ms
            elif isinstance(event, ev.OrderMoved) and event.order_id in new:
                self._arrived(event.order_id, event.at_ms, is_seen=event.order_id not in takes)

    def _take(self, event: ev.LevelsChanged, *, is_ours: bool) -> None:
        best = (max if self._side == BID else min)(self._levels, default=0)
        for side, price, size in event.changes:
            if side != self._side:
                continue
            is_new = size > self._levels.get(price, 0) and abs(price - best) <= NEAR
            if is_new and not is_ours and self._traded_ms is not None:
                self.seen.ambient.append(event.at_ms - self._traded_ms)
            self._levels[price] = size
            if not size:
                del self._levels[price]

    def _arrived(self, order_id: str, at_ms: int, *, is_seen: bool) -> None:
        order = self._exchange.account.orders[order_id]
        if not order.can_rest or order.slice_index in self._chunks:
            return
        self._chunks.add(order.slice_index)
        self.seen.sizes.append(order.size // LOT)
        if order.slice_index and is_seen and self._traded_ms is not None:
            self.seen.refills.append(at_ms - self._traded_ms)
            self.seen.waits.append(at_ms - self._filled_ms)


async def _work(style: Style, is_naive: bool, rig: Rig) -> Seen:
    """Let an iceberg be worked for a while."""
    await rig.clock.sleep(WARM_S)
    market, book = rig.market, rig.desk.state.books[rig.market.id]
    left_s = (market.closes_at_ms or 0) // 1000 - rig.clock.now_ms() // 1000
    watcher, worked_s = Watcher(rig, BID), min(WORKED_S, left_s - ENDING_S)
    # At the limit it rests at the best price as it is now; at the top it may follow the market for a while.
    limit = book.bid(Leg.YES) if style is Style.REST else min(book.ask(Leg.YES) + 900, 9_900)
    bounds = (NAIVE, NAIVE) if is_naive else (LEAST, MOST)
    how = (market.round_down(limit), Algorithm.ICEBERG, worked_s * 1000, *bounds, style, AtEnd.CANCEL)
    rig.desk.submit(cmd.Split("c", market.id, Leg.YES, Side.BUY, TOTAL, *how))
    await rig.clock.sleep(worked_s - 1)
    assert [receipt.is_done for receipt in rig.desk.receipts] == [True], rig.desk.receipts
    return watcher.seen


def run_one(family: str, style: Style, is_naive: bool, seed: int) -> Seen:
    """Run one seed."""
    world, work = deskrun.practice((family,), EVENTS_PER_S), partial(_work, style, is_naive)
    if not is_naive:
        return deskrun.with_desk(seed, world, work)
    with patch.object(Arrivals, "draw_age", _at_once):
        return deskrun.with_desk(seed, world, work)


def _at_once(_arrivals: Arrivals, earliest_ms: int, _draw: Draw) -> int:
    return earliest_ms


def gather(case: Case, wanted: int, first_seed: int, pool: Pool) -> list[Seen]:
    """Run seed after seed until there are enough refills."""
    found: list[Seen] = []
    for batch in itertools.count():
        begin = first_seed + batch * BATCH
        found += pool.map(partial(run_one, case.family, case.style, case.is_naive), range(begin, begin + BATCH), 1)
        if sum(len(seen.refills) for seen in found) >= wanted:
            return found
    raise AssertionError("never reached")


def distance(ours: Floats, others: Floats) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples."""
    both = np.sort(np.concatenate((ours, others)))
    first = np.searchsorted(np.sort(ours), both, side="right") / len(ours)
    return float(np.abs(first - np.searchsorted(np.sort(others), both, side="right") / len(others)).max())


def distance_of(runs: Sequence[Seen]) -> Estimate:
    """Return the distance of all refills from all ambient orders; runs are resampled, not single orders."""
    refills = [np.array(seen.refills, dtype=np.float64) for seen in runs]
    ambient = [np.array(seen.ambient, dtype=np.float64) for seen in runs]
    rng, found = np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        chosen = rng.integers(len(runs), size=len(runs))
        ours, others = (np.concatenate([part[n] for n in chosen]) for part in (refills, ambient))
        found.append(distance(ours, others))
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(distance(np.concatenate(refills), np.concatenate(ambient)), float(low), float(high))


def row(case: Case, runs: Sequence[Seen]) -> tuple[str, ...]:
    """Return a line of the table."""
    refills = np.array([age for seen in runs for age in seen.refills])
    ambient = np.array([age for seen in runs for age in seen.ambient])
    waits = [wait / 1000 for seen in runs for wait in seen.waits]
    same = [repeats(np.array(seen.sizes)) for seen in runs if len(seen.sizes) > 1]
    within = (f"{100 * (refills <= ms).mean():.1f} / {100 * (ambient <= ms).mean():.1f}" for ms in WITHIN_MS)
    return (
        case.name,
        f"{len(refills):,} / {len(ambient):,}",
        distance_of(runs).text(3),
        *within,
        mean_of(same).text(3),
        mean_of(waits).text(1),
        f"{float(np.median(waits)):.1f}",
    )


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--refills", type=int, default=4_000, help="at least so many of every case")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=1)
    arguments = parser.parse_args()
    common.machine("numpy")
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        wanted = {case.name: int(case.part * arguments.refills) for case in CASES}
        rows = [row(case, gather(case, wanted[case.name], arguments.first_seed, pool)) for case in CASES]
    within = (f"within {ms / 1000:g} s, refills / others %" for ms in WITHIN_MS)
    head = ("iceberg", "refills / others' orders", "KS distance", *within)
    common.table((*head, "same size", "mean wait, s", "median wait, s"), rows)


if __name__ == "__main__":
    main()
