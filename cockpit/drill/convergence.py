"""What must be so once the faults have ended: everything adds up, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core.market import Leg, Market
from cockpit.core.order import OrderState
from cockpit.core.parent import AtEnd
from cockpit.core.units import PRICE_ONE
from cockpit.drill.working import LEFT_FOR_MS

if TYPE_CHECKING:
    from cockpit.drill.universe import Universe


def missing(universe: Universe) -> str:
    """Return the first thing that does not add up yet, empty when everything does."""
    desk, state, exchange = universe.desk, universe.desk.state, universe.exchange
    account = exchange.account
    if not desk.is_ready:
        return "the desk is not ready"
    unknown = [o.label for o in state.all_live_orders() if o.state in (OrderState.UNKNOWN, OrderState.SENDING)]
    if unknown:
        return f"orders whose fate is not known: {unknown[:5]}"
    theirs = {order.id: order.filled for order in account.open.values() if order.id in universe.checks.intents}
    ours = {order.id: order.filled for order in state.all_live_orders()}
    if state.pending:
        return f"{len(state.pending)} conversions have not ended"
    if ours != theirs:
        return f"{len(ours)} orders count as live, {len(theirs)} rest at the exchange, or their fills differ"
    if state.halted and (ours or not state.is_stop_proven):
        return "halted, and orders are not proven zero"
    for key, fill in account.fills.items():
        known = state.fills.get(key)
        if known is None or known.status is not fill.status:
            return f"fill {key[0][:8]} is {fill.status} at the exchange and {known.status if known else 'unknown'} here"
    return _positions(universe) or _parents(universe)


def _positions(universe: Universe) -> str:
    state, exchange = universe.desk.state, universe.exchange
    for market_id, market in exchange.markets.items():
        if market_id in exchange.ended:
            if market_id in state.markets and market_id not in state.ended and not state.position(market_id).is_flat:
                return f"{market.name} has ended and is not known to have"
            if problem := _claim(universe, market):
                return problem
            continue
        for leg in Leg:
            theirs, ours = exchange.account.shares.get(market.tokens[leg], 0), state.position(market_id).holding(leg)
            if (ours.shares, ours.proven) != (theirs, theirs):
                return f"{market.name} {leg.name}: {ours.shares} here ({ours.proven} proven), {theirs} at the exchange"
    if state.cash_there != exchange.account.cash:
        return f"cash is {state.cash_there} here and {exchange.account.cash} at the exchange"
    return f"differences are left: {list(state.differences)}" if state.differences else ""


def _claim(universe: Universe, market: Market) -> str:
    """What a market that has ended still owes is what the shares left at the exchange are worth."""
    state, exchange = universe.desk.state, universe.exchange
    payout = exchange.ended[market.id]
    yes, no = (exchange.account.shares.get(token, 0) for token in market.tokens)
    owed, claim = (yes * payout + no * (PRICE_ONE - payout)) // PRICE_ONE, state.claims.get(market.id, 0)
    return f"{market.name} owes {owed} at the exchange, {claim} here" if owed != claim else ""


def _parents(universe: Universe) -> str:
    """A parent may still be open only while it has time left, and an entry only while one of its legs is."""
    state, now = universe.desk.state, universe.now_ms()
    for parent in state.parents.values():
        left_for_ms = LEFT_FOR_MS if parent.how.at_end is AtEnd.LEAVE else 0
        if parent.is_open and now > parent.ends_at_ms + left_for_ms + 90_000:
            return f"{parent.id} is {parent.state} although its time is over"
    for entry in state.entries.values():
        if entry.is_open and not any(p.is_open for p in state.parents.values() if p.entry_id == entry.id):
            return f"{entry.id} is open although its legs have ended"
    return ""
