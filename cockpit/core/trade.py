"""One trade while it is folded, and what telemetry tells of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cockpit.core.order import FillKey
from cockpit.core.trade_record import Shares, TradeEnd


class Name(StrEnum):
    """What telemetry tells of a trade."""

    DETECTED = "telemetry.opportunity_detected"
    PLACED = "telemetry.order_placed"
    FILLED = "telemetry.order_filled"
    STARTED = "telemetry.rebalance_started"
    ATTEMPTED = "telemetry.rebalance_attempted"
    SUCCEEDED = "telemetry.rebalance_succeeded"
    FAILED = "telemetry.rebalance_failed"
    BALANCED = "telemetry.position_balanced"
    RESOLVED = "telemetry.trade_resolved"
    OPPORTUNITY = "rebalance_opportunity"
    """A suggestion was approved; those nobody took are in no journal."""
    EXECUTED = "rebalance_executed"
    """An attempt has ended with something filled."""


@dataclass(frozen=True, slots=True)
class TelemetryEvent:
    """One moment of a trade. `at_ms` is when it happened, which may lie before the moment it became known."""

    name: Name
    at_ms: int
    trade_id: str


@dataclass(slots=True)
class Trade:
    """One trade while it is folded; what can be read from the state is not kept here."""

    id: str
    market_id: str
    opened_ms: int
    realised_before: int = 0
    """What the pair had realised when it began."""
    entries: list[str] = field(default_factory=list)
    detected_ms: int | None = None
    prices: tuple[int, int] | None = None
    placed_ms: int | None = None
    filled_ms: int | None = None
    """First fill of an order of ours. Of what only came to the account (a transfer, orders sent elsewhere) nobody knows
    what was meant: until the desk does something it is neither balanced nor to be rebalanced."""
    first_parent: str = ""
    """The parent whose execution is its first one, where that is no entry."""
    initial: Shares | None = None
    rebalance_started_ms: int | None = None
    balanced_ms: int | None = None
    ended_ms: int | None = None
    end: TradeEnd = TradeEnd.OPEN
    final: Shares | None = None
    fills: list[FillKey] = field(default_factory=list)
    rebalances: list[str] = field(default_factory=list)
    """Parent ids."""
    attempted_ms: dict[str, int] = field(default_factory=dict)
    gains: dict[FillKey, int] = field(default_factory=dict)
    """Of fills of rebalances."""
