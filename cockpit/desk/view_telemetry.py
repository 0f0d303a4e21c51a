"""Pictures of trades and of how well rebalancing works. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.metrics import metrics_of
from cockpit.core.trade_record import TradeRecord

MOST_TRADES = 200


def telemetry_rows(records: Sequence[TradeRecord]) -> TelemetryRows:
    """Return the metrics of all trades and the newest of them."""
    return TelemetryRows(metrics_of(records), tuple(reversed(records[-MOST_TRADES:])))
