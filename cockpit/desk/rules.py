"""The settings the desk works by, as the core's integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cockpit.core.entry import EntryRules
from cockpit.core.limits import Limits
from cockpit.core.parent import Algorithm
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import LOT, USD

PairMode = Literal["suggest", "auto", "off"]


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the desk does by itself, and within which limits."""

    limits: Limits = field(default_factory=Limits)
    rebalance: RebalanceRules = field(default_factory=RebalanceRules)
    pair_mode: PairMode = "suggest"
    merges: PairMode = "suggest"
    """What is done about pairs that can be merged."""
    redeems: PairMode = "auto"
    """What is done about what resolved markets owe."""
    min_merge: int = 5 * USD
    """Pairs worth less than this together are not proposed for merging."""
    max_delta_pct: int = 500
    """In 1/10,000 of total exposure."""
    check_interval_s: float = 5.0
    max_rebalance_trades: int = 5
    entry: EntryRules = field(default_factory=EntryRules)
    scans: bool = True
    """Whether markets are looked at for entries."""
    top_threshold: int = 0
    """Fewer shares of others than this are not outbid."""
    top_pause_ms: int = 1_000
    """Least time between two moves of an order at the top of the book."""
    poll_interval_s: float = 3.0
    """How often the top is looked at, besides every change of its best price."""
    min_child: int = LOT
    slice_window_ms: int = 20_000
    slice_count: int = 4
    algorithm: Algorithm = Algorithm.TWAP
    """How an approved rebalance is cut."""
    retry_after_ms: int = 5_000
    """After an attempt without a fill, `auto` waits this long, doubling up to a minute."""
    reconcile_interval_s: float = 60.0
    day_zone: str = "UTC"
    """Time zone in which a trading day begins at midnight."""
