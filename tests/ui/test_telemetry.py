"""The screen of trades and metrics, as text."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.metrics import metrics_of
from cockpit.ui.rows import plain, width_of
from cockpit.ui.telemetry import OFF, telemetry_rows, took
from tests import frames as f
from tests.ui import told


def test_metrics_and_latencies_stand_above_the_trades() -> None:
    text = plain(telemetry_rows(told.MEASURED, 80)).split("\n")
    assert text[:17] == [
        "metrics 3 trades, 1 open",
        "rebalancing rate          50 %  1 of 2 out of balance closed",
        "time to rebalance        1m58s  from out of balance to balance, average",
        "rebalancing profit       +0.24  trades have brought -1.33",
        "against holding          +2.16  2.16 of losses avoided",
        "fill rate                 50 %  1 of 2 rebalances filled, 1 full",
        "",
        "LATENCY                COUNT    MEAN     P50     P95     P99    MOST",
        "detection to order         2  30m00s   520ms   1h00m   1h00m   1h00m",
        "order to fill              2   550ms   100ms    1.0s    1.0s    1.0s",
        "fill to balance            1   1m58s   1m58s   1m58s   1m58s   1m58s",
        "",
        "TRADE  PAIR            ORDER   FILL BALANCE     HEDGE TRIES       P&L   AVOIDED",
        "T-0003 eth-5k-2026     1h00m     --      --        --    --      0.00        --",
        "T-0002 cpi-above-3-i…     --   1.0s      --      44 %    --     -1.75        --",
        "T-0001 snow-nyc-nov    520ms  100ms   1m58s  60>100 %   1/2     +0.42     +2.16",
        "",
    ]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    rows = telemetry_rows(told.MEASURED, width)
    assert all(width_of(entry.row) <= width for entry in rows.body)
    assert ("SPREAD" in plain(rows)) == (width >= 110)


def test_what_is_not_known_is_no_number() -> None:
    empty = replace(f.MAIN, telemetry=TelemetryRows(metrics_of(())))
    text = plain(telemetry_rows(empty, 80))
    assert "no trade yet" in text
    assert "no trade has resolved" in text
    assert "0 %" not in text
    assert OFF in plain(telemetry_rows(f.MAIN, 80))


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "--"), (0, "0ms"), (999, "999ms"), (1_999, "1.9s"), (59_999, "59.9s"), (60_000, "1m00s"),
        (3_599_999, "59m59s"), (7_500_000, "2h05m"), (200_000_000, "2d"),
    ],
)  # fmt: skip
def test_times_are_cut_and_never_rounded_up(ms: int | None, text: str) -> None:
    assert took(ms) == text
