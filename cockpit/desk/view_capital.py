"""Pictures of capital that can be freed."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.conversion import ConversionKind
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.recycle import Proposal
from cockpit.core.state import State


def capital(state: State, proposed: Iterable[Proposal]) -> Iterable[CapitalRow]:
    """Return what is on its way, oldest first, then what is possible, in the order it would be done."""
    for asked in state.converting():
        if asked.market_id in state.markets:
            is_merge = asked.kind is ConversionKind.MERGE
            amount = asked.shares if is_merge else state.claims.get(asked.market_id, 0)
            market = state.markets[asked.market_id].name
            yield CapitalRow(asked.market_id, market, asked.kind, asked.shares, amount, None, 0, asked.asked_ms)
    for found in proposed:
        market = state.markets[found.market_id].name
        yield CapitalRow(found.market_id, market, found.kind, found.shares, found.amount, found.left_ms, found.saved)
