"""The real desk in `auto`, end to end: the same entries put into its account, on the practice exchange, until it pays.

Up to its first order the desk sees the books of the simulation; from then on its orders are part of the market. What
holding would have come to is worked out from what that market paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.pool import Pool

import common
import deskrun
import numpy as np
import pairfills
import pairpaths
from deskrun import Rig
from estimates import LEVEL, RESAMPLES, Estimate, Floats, mean_of
from pairfills import Entry
from pairplay import THRESHOLD, Outcome, play
from pairrules import Hold, Ours
from pairtables import shortfall

from cockpit.core import events as ev
from cockpit.core.market import Side
from cockpit.core.order import FillStatus, Order
from cockpit.core.rebalance import is_balanced
from cockpit.core.units import SHARE, USD

FAMILIES = ("btc-updown-5m", "eth-updown-5m")
KIND = "anytime"
RULES = replace(deskrun.RULES, pair_mode="auto")
DESKS = {"ours, the desk": RULES, "ours, the desk, not cut": replace(RULES, slice_count=1)}
"""The desk cuts a rebalance into four children over 20 s, unless it is told not to."""
AFTER_S = 10


@dataclass(frozen=True, slots=True)
class Traded:
    """What the desk made of one pair. USD and shares."""

    held: float
    """What holding comes to at what the desk's market paid."""
    result: float
    is_balanced: bool
    filled: float
    gain: float
    """Of its fills, as in the simulation."""


@dataclass(frozen=True, slots=True)
class Run:
    """One pair at the desk, and the same pair in the simulation."""

    desks: tuple[Traded, ...]
    """One of `DESKS` each."""
    hold: Outcome
    ours: Outcome


def run_one(job: tuple[str, int]) -> Run | None:
    """Return one market's pair, or None where there was no entry."""
    family, seed = job
    path = pairpaths.practice(family, seed)
    entry = pairfills.entry(path, KIND, f"{path.group} {KIND} 0")
    if entry is None:
        return None
    hold, ours = play(path, entry, (Hold(), Ours("ours")), path.last())
    world = deskrun.practice((family,), pairpaths.rate_of(family))
    work = partial(_work, entry, path.ends_ms)
    desks = [deskrun.with_desk(seed, world, work, rules, pairpaths.BEGIN_MS) for rules in DESKS.values()]
    return Run(tuple(desks), hold, ours)


async def _work(entry: Entry, ends_ms: int, rig: Rig) -> Traded:
    """Put the entry into the account when it fills, and let the desk do what it does until the market has paid."""
    clock, exchange = rig.clock, rig.venue.exchange
    await clock.sleep((entry.at_ms - clock.now_ms()) / 1000)
    market_id = entry.fills[0].market_id

    def fill(now_ms: int) -> None:
        for known in entry.fills:
            bought = replace(known, at_ms=now_ms, status=FillStatus.MATCHED)
            exchange.account.book(bought, exchange.markets[market_id])
            exchange.account.settlement.begin(bought)
            exchange.account.news.append(ev.FillSeen(now_ms, bought))

    await rig.venue.act(fill)
    await clock.sleep((ends_ms - clock.now_ms()) / 1000 - 1)
    state = rig.desk.state
    before = state.positions[market_id]
    await clock.sleep(1 + AFTER_S)
    orders = [order for order in state.orders.values() if order.filled]
    gain, filled = _gain(entry, orders)
    held, result = entry.position.resolve(state.ended[market_id]).cash, state.positions[market_id].cash
    return Traded(held / USD, result / USD, is_balanced(before, THRESHOLD), filled, gain)


def _gain(entry: Entry, orders: Sequence[Order]) -> tuple[float, float]:
    """Return what the desk's fills added to what is locked, and their shares; the heavy leg's cost is its average."""
    position = entry.position
    heavy = max((position.yes, position.no), key=lambda held: held.shares)
    gain = 0.0
    for order in orders:
        at_entry = heavy.cost * order.filled / heavy.shares
        money = order.money if order.side is Side.SELL else order.filled - order.money
        gain += money - order.fee - at_entry
    return gain / USD, sum(order.filled for order in orders) / SHARE


def report(seeds: Sequence[int], pool: Pool) -> None:
    """Print the desk beside the simulation."""
    found = pool.imap(run_one, [(family, seed) for seed in seeds for family in FAMILIES], 1)
    runs = [run for run in found if run is not None]
    if not runs:
        return
    opened = [run for run in runs if run.ours.was_open]
    print(f"\n## the desk in auto, end to end: {len(runs)} practice markets, {len(opened)} open, filled {KIND}\n")
    held, ours = np.array([run.hold.result for run in runs]), np.array([run.ours.result for run in runs])
    closed = 100 * np.mean([run.ours.balanced_s is not None for run in opened])
    rows = [
        ("hold, simulated", "0", *_texts(held, held), "-", "-"),
        ("ours, simulated", f"{closed:.1f}", *_texts(ours, held), _per_share([run.ours for run in runs]), "-"),
    ]
    for place, name in enumerate(DESKS):
        made = [run.desks[place] for run in runs]
        own, kept = np.array([one.result for one in made]), np.array([one.held for one in made])
        closed = 100 * np.mean([run.desks[place].is_balanced for run in opened])
        beside = mean_of((own - kept) - (ours - held)).text(3)
        rows.append((name, f"{closed:.1f}", *_texts(own, kept), _per_share(made), beside))
    head = ("rule", "balanced, %", "mean, USD", "sd", "worst 5 %, USD", "mean - hold")
    common.table((*head, "gain per filled share, c", "mean - hold, less that of the simulation"), rows)


def _texts(results: Floats, held: Floats) -> tuple[str, str, str, str]:
    rng = np.random.default_rng(1)
    found = [shortfall(results[rng.integers(len(results), size=len(results))]) for _ in range(RESAMPLES)]
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    worst = Estimate(shortfall(results), float(low), float(high)).text(2)
    return mean_of(results).text(3), f"{results.std():.2f}", worst, mean_of(results - held).text(3)


def _per_share(made: Sequence[Traded | Outcome]) -> str:
    filled = sum(one.filled for one in made)
    return f"{100 * sum(one.gain for one in made) / filled:.2f}" if filled else "-"
