"""What one universe is made of, all drawn from its seed: which faults, how often, when it crashes, when it is stopped.

Each seed switches a random half of the faults on, at rates of its own (swarm testing): a run with everything on would
hide what needs a quiet moment to show.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from cockpit.core.entry import EntryRules
from cockpit.core.limits import Limits
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import SHARE, USD
from cockpit.desk.rules import DeskRules, PairMode
from cockpit.venues.practice.faults import WORDS, Rate, usual

OWN_WORDS = (
    "proc.kill9",
    "proc.term",
    "proc.second",
    "clock.step",
    "suspend",
    "db.slow",
    "db.busy",
    "db.full",
    "db.ioerr",
)
"""Faults of the process, its clock and its disk: the harness plays them, not the exchange."""
POINTS = (
    "before commit",
    "after commit",
    "before send",
    "sent",
    "answered",
    "cancel sent",
    "look-up",
    "recovering",
    "halting",
    "idle",
)
"""Where a kill -9 strikes."""
_OWN_MEANS_MS = {
    "proc.kill9": 900_000,
    "proc.term": 2_400_000,
    "proc.second": 3_600_000,
    "clock.step": 3_600_000,
    "suspend": 2_400_000,
    "db.slow": 1_200_000,
    "db.busy": 1_800_000,
    "db.full": 3_600_000,
    "db.ioerr": 3_600_000,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One universe."""

    seed: int
    hours: float
    rates: dict[str, Rate] = field(default_factory=dict)
    """The exchange's faults that are on, with their rates."""
    own: dict[str, int] = field(default_factory=dict)
    """Our own faults that are on, with their mean interval in milliseconds."""
    halts: tuple[int, ...] = ()
    """When the person stops everything, in milliseconds from the start."""
    rules: DeskRules = field(default_factory=DeskRules)
    act_every_ms: int = 6_000
    """Mean time between two things the person does."""


def plan_of(seed: int, hours: float) -> Plan:
    """Return the universe of a seed. The same on every machine and for every hash seed."""
    draw = random.Random(f"plan {seed}")  # noqa: S311 - repeatable on purpose
    rates = {word.name: _scaled(rate, draw) for word, rate in zip(WORDS, usual().values(), strict=True) if _heads(draw)}
    own = {word: _OWN_MEANS_MS[word] for word in OWN_WORDS if _heads(draw)}
    span = int(hours * 3_600_000)
    halts = tuple(sorted(draw.randrange(span) for _ in range(draw.choice((0, 0, 0, 1, 2)))))
    mode: PairMode = draw.choice(("suggest", "auto"))
    return Plan(seed, hours, rates, own, halts, _rules(draw, mode), draw.choice((3_000, 6_000, 12_000)))


def _heads(draw: random.Random) -> bool:
    return draw.random() < 0.5


def _scaled(rate: Rate, draw: random.Random) -> Rate:
    factor = draw.choice((0.5, 1, 1, 2, 4))
    return replace(rate, chance=min(0.5, rate.chance * factor), every_ms=int(rate.every_ms / factor))


def _rules(draw: random.Random, mode: PairMode) -> DeskRules:
    """Return limits that are so tight that a run meets them."""
    limits = Limits(
        max_position_size=draw.choice((110, 200)) * SHARE,
        max_total_exposure=draw.choice((120, 250)) * USD,
        max_event_exposure=draw.choice((90, 200)) * USD,
        max_daily_loss=draw.choice((4, 500, 500, 500)) * USD,
        max_order_size=40 * SHARE,
        max_order_share=10_000,
        max_unhedged=draw.choice((70, 150)) * SHARE,
        max_book_age_ms=20_000,
    )
    rebalance = RebalanceRules(min_profit=draw.choice((0, 100)), prefer_sell=_heads(draw), max_position_cost=100 * USD)
    window = draw.choice((20_000, 60_000))
    # No spread at all as a rule, so that entries rest at prices others meet.
    entry = EntryRules(min_spread=draw.choice((0, 0, 100)), max_unproven=draw.choice((6, 12, 50)) * SHARE)
    threshold = draw.choice((0, 0, 5)) * SHARE
    merges: PairMode = draw.choice(("suggest", "auto"))
    rules = DeskRules(limits, rebalance, mode, merges=merges, slice_window_ms=window, entry=entry)
    return replace(rules, top_threshold=threshold)
