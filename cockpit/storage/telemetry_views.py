"""The views of telemetry: the seed's tables and columns over integers."""

from __future__ import annotations


def _time(column: str) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')"


def _ratio(yes: str, no: str) -> str:
    return f"CASE WHEN max({yes}, {no}) > 0 THEN 1.0 * min({yes}, {no}) / max({yes}, {no}) END"


_IS_REBALANCED = "EXISTS (SELECT 1 FROM rebalance_integers r WHERE r.trade_id = t.id)"
_LAST_FILLED = (
    "(SELECT {} FROM rebalance_integers r WHERE r.trade_id = t.id AND r.filled > 0 ORDER BY r.id DESC LIMIT 1)"
)

# Names of columns come from this file only, never from outside.
TELEMETRY = f"""
CREATE VIEW trade_telemetry AS SELECT
    id AS trade_id,
    {_time("detected_ms")} AS opportunity_detected_at,
    (10000 - yes_price - no_price) / 10000.0 AS opportunity_spread,
    yes_price / 10000.0 AS opportunity_yes_price,
    no_price / 10000.0 AS opportunity_no_price,
    {_time("placed_ms")} AS order_placed_at,
    {_time("filled_ms")} AS order_filled_at,
    1.0 * (placed_ms - detected_ms) AS execution_latency_ms,
    1.0 * (filled_ms - placed_ms) AS fill_latency_ms,
    initial_yes / 1000000.0 AS initial_yes_shares,
    initial_no / 1000000.0 AS initial_no_shares,
    {_ratio("initial_yes", "initial_no")} AS initial_hedge_ratio,
    {_time("rebalance_started_ms")} AS rebalance_started_at,
    (SELECT count(*) FROM rebalance_integers r WHERE r.trade_id = t.id) AS rebalance_attempts,
    {_time("balanced_ms")} AS position_balanced_at,
    {_time("ended_ms")} AS resolved_at,
    final_yes / 1000000.0 AS final_yes_shares,
    final_no / 1000000.0 AS final_no_shares,
    {_ratio("final_yes", "final_no")} AS final_hedge_ratio,
    profit / 1000000.0 AS actual_profit
FROM trade_integers t
"""  # noqa: S608
TRADES = f"""
CREATE VIEW trades AS SELECT
    id, market_id, market, entry_id, outcome,
    {_time("opened_ms")} AS opened_at,
    {_time("ended_ms")} AS ended_at,
    CASE
        WHEN rebalance_started_ms IS NULL AND NOT {_IS_REBALANCED} THEN 'not_needed'
        WHEN balanced_ms IS NOT NULL THEN 'completed'
        WHEN ended_ms IS NULL THEN 'pending'
        ELSE 'failed'
    END AS rebalance_status,
    {_LAST_FILLED.format("r.action")} AS rebalance_action,
    {_LAST_FILLED.format("r.filled")} / 1000000.0 AS rebalance_shares,
    {_LAST_FILLED.format("r.price")} / 10000.0 AS rebalance_price,
    (SELECT sum(r.profit) FROM rebalance_integers r WHERE r.trade_id = t.id) / 1000000.0 AS rebalance_profit,
    CASE WHEN rebalance_started_ms IS NOT NULL THEN {_time("balanced_ms")} END AS rebalanced_at,
    final_yes / 1000000.0 AS final_yes_shares,
    final_no / 1000000.0 AS final_no_shares,
    {_ratio("final_yes", "final_no")} AS final_hedge_ratio,
    profit / 1000000.0 AS actual_profit,
    held_profit / 1000000.0 AS held_profit,
    avoided / 1000000.0 AS avoided_loss
FROM trade_integers t
"""  # noqa: S608
REBALANCES = f"""
CREATE VIEW rebalance_trades AS SELECT
    id, trade_id,
    {_time("attempted_ms")} AS attempted_at,
    action,
    shares / 1000000.0 AS shares,
    price / 10000.0 AS price,
    status,
    filled / 1000000.0 AS filled_shares,
    profit / 1000000.0 AS profit
FROM rebalance_integers
"""  # noqa: S608
EVENTS = f"CREATE VIEW telemetry_events AS SELECT id, name, {_time('at_ms')} AS at, trade_id FROM event_integers"  # noqa: S608
VIEWS = (TELEMETRY, TRADES, REBALANCES, EVENTS)
