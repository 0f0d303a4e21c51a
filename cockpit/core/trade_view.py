"""One trade of the telemetry as a record: what is kept of it, and what is read from the state it was folded into."""

from __future__ import annotations

from cockpit.core.market import Side
from cockpit.core.order import Fill
from cockpit.core.parent import Parent
from cockpit.core.state import State
from cockpit.core.trade import Trade
from cockpit.core.trade_record import RebalanceStatus, RebalanceTrade, TradeRecord, to_the_end

ENTRY, REBALANCE, BY_HAND, ELSEWHERE = "entry", "rebalance", "by hand", "not ours"
REASONS = (ENTRY, REBALANCE, BY_HAND, ELSEWHERE)


def reason_of(state: State, fill: Fill) -> str:
    """Return why a fill was traded, one of `REASONS`."""
    order = state.orders.get(fill.order_id)
    if order is None:
        return ELSEWHERE
    parent = state.parents.get(order.parent_id)
    if parent is None:
        return BY_HAND
    return ENTRY if parent.entry_id else REBALANCE if parent.suggestion_id else BY_HAND


def has_filled(state: State, trade: Trade) -> bool:
    """Return whether anything was traded in it that did not fail."""
    return any(state.fills[key].counts for key in trade.fills)


def progress_of(state: State, parent: Parent) -> tuple[int, RebalanceStatus]:
    """Return the shares a rebalance has filled, and what became of it."""
    filled = sum(child.filled for child in state.children_of(parent.id))
    if filled >= parent.size:
        return filled, RebalanceStatus.SUCCESS
    if parent.is_open:
        return filled, RebalanceStatus.WORKING
    return filled, RebalanceStatus.PARTIAL if filled else RebalanceStatus.FAILED


def record_of(state: State, trade: Trade, realised_after: int | None) -> TradeRecord:
    """Return a trade as it is now. `realised_after`: what its pair had realised when the next one began."""
    results, market = state.results.get(trade.market_id), state.markets.get(trade.market_id)
    realised = results.tally.realised if results is not None else 0
    fills = [fill for key in trade.fills if (fill := state.fills[key]).counts]
    held_profit, avoided = _held(state, trade.market_id, fills)
    return TradeRecord(
        id=trade.id,
        market_id=trade.market_id,
        name=market.name if market is not None else trade.market_id,
        opened_ms=trade.opened_ms,
        entry_id=trade.entries[0] if trade.detected_ms is not None else "",
        detected_ms=trade.detected_ms,
        prices=trade.prices,
        placed_ms=trade.placed_ms,
        filled_ms=trade.filled_ms if any(fill.order_id in state.orders for fill in fills) else None,
        initial=trade.initial,
        rebalance_started_ms=trade.rebalance_started_ms,
        balanced_ms=trade.balanced_ms,
        ended_ms=trade.ended_ms,
        end=trade.end,
        final=trade.final,
        profit=(realised if realised_after is None else realised_after) - trade.realised_before,
        rebalances=tuple(_rebalance(state, trade, state.parents[name]) for name in trade.rebalances),
        held_profit=held_profit,
        avoided=avoided,
    )


def _rebalance(state: State, trade: Trade, parent: Parent) -> RebalanceTrade:
    filled, status = progress_of(state, parent)
    keys = [key for child in state.children_of(parent.id) for key in state.fills_of_order.get(child.id, ())]
    return RebalanceTrade(
        parent_id=parent.id,
        attempted_ms=trade.attempted_ms[parent.id],
        action=f"{parent.side.name}_{parent.leg.name}",
        shares=parent.size,
        price=parent.arrival_price or parent.limit,
        filled=filled,
        profit=sum(trade.gains.get(key, 0) for key in keys if state.fills[key].counts),
        status=status,
    )


def _held(state: State, market_id: str, fills: list[Fill]) -> tuple[int | None, int | None]:
    """Return (result of the first purchases held to the end, what the rebalances changed in it)."""
    payout_yes = state.ended.get(market_id)
    if payout_yes is None or not fills:
        return None, None
    rebalances = [fill for fill in fills if reason_of(state, fill) == REBALANCE]
    first = [fill for fill in fills if fill.side is Side.BUY and reason_of(state, fill) != REBALANCE]
    held = to_the_end(first, payout_yes)
    return held, to_the_end(first + rebalances, payout_yes) - held
