"""The settings the desk works by, as the core's integers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from cockpit.core.limits import Limits
from cockpit.core.rebalance import RebalanceRules
from cockpit.core.units import LOT

PairMode = Literal["suggest", "auto", "off"]


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the desk does by itself, and within which limits."""

    limits: Limits = field(default_factory=Limits)
    rebalance: RebalanceRules = field(default_factory=RebalanceRules)
    pair_mode: PairMode = "suggest"
    max_delta_pct: int = 500
    """In 1/10,000 of total exposure."""
    check_interval_s: float = 5.0
    max_rebalance_trades: int = 5
    min_child: int = LOT
    slice_window_ms: int = 20_000
    slice_count: int = 4
    retry_after_ms: int = 5_000
    """After an attempt without a fill, `auto` waits this long, doubling up to a minute."""
    reconcile_interval_s: float = 60.0
    day_zone: str = "UTC"
    """Time zone in which a trading day begins at midnight."""
