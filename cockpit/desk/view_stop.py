"""Pictures of what is not proven: a stop and its preview, differences from the venue, orders that are not ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.core.differences import ACCEPTABLE
from cockpit.core.frame import DifferenceRow, StopRow
from cockpit.core.frame_orders import ForeignRow
from cockpit.core.order import OrderState
from cockpit.core.state import State

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MOST_PAIRS = 8


def stop_row(desk: Desk) -> StopRow:
    """Return how far the stop is, or what one would do now."""
    state, live = desk.state, desk.state.all_live_orders()
    is_on = bool(state.halted)
    return StopRow(
        is_on=is_on,
        is_proven=desk.canceller.is_proven,
        since_ms=state.halted_ms,
        everything=state.halts_everything,
        own_orders=len(live),
        unknown_orders=sum(order.state is OrderState.UNKNOWN for order in live),
        foreign_orders=len(state.foreign),
        parents=len(state.open_parents),
        zero_reads=desk.canceller.zero_reads if is_on else 0,
        first_cancel_ms=desk.canceller.first_cancel_ms if is_on else None,
        unhedged=state.exposure.unhedged,
        worst_unhedged=desk.guard.worst_unhedged(),
        pairs=tuple(_pairs(desk)),
    )


def _pairs(desk: Desk) -> Iterable[tuple[str, int, int, int]]:
    state, rows = desk.state, []
    for market_id, position in state.positions.items():
        worst = desk.guard.worst_of(market_id)
        if worst or position.proven_delta:
            name = state.markets[market_id].name if market_id in state.markets else market_id
            rows.append((name, position.delta, position.proven_delta, worst))
    return sorted(rows, key=lambda row: -row[3])[:MOST_PAIRS]


def differences(state: State) -> Iterable[DifferenceRow]:
    """Return what differs from the venue, oldest first."""
    for seen in state.differences.values():
        market = state.markets.get(seen.market_id)
        yield DifferenceRow(
            key=seen.key,
            name=seen.name,
            market_id=seen.market_id,
            pair=market.name if market else "",
            ours=seen.ours,
            theirs=seen.theirs,
            since_ms=seen.at_ms,
            text=seen.text,
            may_accept=seen.name in ACCEPTABLE,
        )


def foreign(state: State) -> Iterable[ForeignRow]:
    """Return the account's resting orders that are not ours."""
    for order in state.foreign:
        market = state.markets.get(order.market_id)
        yield ForeignRow(
            id=order.id,
            market_id=order.market_id,
            name=market.name if market else order.market_id,
            outcome=market.outcomes[order.leg] if market else order.leg.name,
            side=order.side,
            price=order.price,
            size=order.size,
            filled=order.filled,
        )
