"""Rows of a frame about trades: how each went, and how well rebalancing works over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.metrics import Metrics
from cockpit.core.trade_record import TradeRecord


@dataclass(frozen=True, slots=True)
class TelemetryRows:
    """The telemetry screen."""

    metrics: Metrics
    """Of all trades, also those that are not listed."""
    trades: tuple[TradeRecord, ...] = ()
    """Newest first, at most some hundred."""
