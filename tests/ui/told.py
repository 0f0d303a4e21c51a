"""Frames with telemetry: one trade that was rebalanced, one under way, one without a fill."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.metrics import metrics_of
from cockpit.core.trade_record import RebalanceStatus, RebalanceTrade, TradeEnd, TradeRecord
from cockpit.core.units import SHARE
from tests import frames as f

RESOLVED = TradeRecord(
    id="T-0001",
    market_id="m-snow",
    name="snow-nyc-nov",
    opened_ms=f.AT - 5_000_000,
    entry_id="E-0001",
    detected_ms=f.AT - 5_000_500,
    prices=(4_800, 4_900),
    placed_ms=f.AT - 4_999_980,
    filled_ms=f.AT - 4_999_880,
    initial=(10 * SHARE, 6 * SHARE),
    rebalance_started_ms=f.AT - 4_999_500,
    balanced_ms=f.AT - 4_881_300,
    ended_ms=f.AT - 1_000_000,
    end=TradeEnd.RESOLVED,
    final=(10 * SHARE, 10 * SHARE),
    profit=42 * f.CENT,
    rebalances=(
        RebalanceTrade("P-2", f.AT, "SELL_YES", 4 * SHARE, 5_200, 0, 0, RebalanceStatus.FAILED),
        RebalanceTrade("P-3", f.AT, "BUY_NO", 4 * SHARE, 4_600, 4 * SHARE, 24 * f.CENT, RebalanceStatus.SUCCESS),
    ),
    held_profit=-174 * f.CENT,
    avoided=216 * f.CENT,
)
OPEN = TradeRecord(
    id="T-0002",
    market_id="m-cpi",
    name="cpi-above-3-in-november",
    opened_ms=f.AT - 761_000,
    placed_ms=f.AT - 762_000,
    filled_ms=f.AT - 761_000,
    initial=(250 * SHARE, 110 * SHARE),
    rebalance_started_ms=f.AT - 761_000,
    profit=-175 * f.CENT,
)
UNFILLED = TradeRecord(
    id="T-0003",
    market_id="m-eth",
    name="eth-5k-2026",
    opened_ms=f.AT - 700_000,
    entry_id="E-0002",
    detected_ms=f.AT - 4_300_000,
    prices=(900, 8_900),
    placed_ms=f.AT - 699_800,
    initial=(0, 0),
    ended_ms=f.AT - 100_000,
    end=TradeEnd.UNFILLED,
    final=(0, 0),
)
TRADES = (RESOLVED, OPEN, UNFILLED)
MEASURED = replace(f.MAIN, telemetry=TelemetryRows(metrics_of(TRADES), tuple(reversed(TRADES))))
