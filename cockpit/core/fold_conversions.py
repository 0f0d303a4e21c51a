"""The fold of conversions: what merges reserve, what is brought, and what resolved markets still owe."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core import fold_fills as fills
from cockpit.core.conversion import Conversion, ConversionKind, ConversionState
from cockpit.core.state import State


def asked(state: State, event: ev.ConversionAsked) -> None:
    """Take a conversion; a merge reserves its shares. One that is known already stays as it is: it counts once."""
    if event.command_id:
        state.commands_done.add(event.command_id)
    if event.conversion.id in state.conversions:
        return
    state.conversions[event.conversion.id] = event.conversion
    state.pending[event.conversion.id] = None
    _reserve(state, event.conversion.market_id)


def failed(state: State, event: ev.ConversionFailed) -> None:
    """End a conversion that has not taken effect; one that has stays done."""
    known = state.conversions.get(event.conversion_id)
    if known is None or not known.is_pending:
        return
    state.conversions[known.id] = replace(known, state=ConversionState.FAILED, reason=event.reason)
    state.pending.pop(known.id, None)
    _reserve(state, known.market_id)


def merged(state: State, event: ev.PairsMerged) -> None:
    """Turn pairs into cash, once for each conversion, also when it was taken for failed."""
    if not _prove(state, event.conversion_id, event.market_id, ConversionKind.MERGE, event.shares, event.at_ms):
        return
    merges = state.merges_of.setdefault(event.market_id, [])
    merges.append((len(state.fills_of.get(event.market_id, ())), event.shares))
    fills.refold(state, event.market_id)


def redeemed(state: State, event: ev.ClaimRedeemed) -> None:
    """Take what a market owed as paid, once for each conversion."""
    if _prove(state, event.conversion_id, event.market_id, ConversionKind.REDEEM, 0, event.at_ms, event.amount):
        state.redeemed[event.market_id] = state.redeemed.get(event.market_id, 0) + event.amount
        fills.reclaim(state, event.market_id)


def _prove(
    state: State, name: str, market_id: str, kind: ConversionKind, shares: int, at_ms: int, amount: int | None = None
) -> bool:
    """Mark a conversion as done; returns whether this is its first proof. Others' have no name, or one unknown here."""
    if not name:
        return True
    known = state.conversions.get(name) or Conversion(name, market_id, kind, shares, at_ms, "venue")
    if known.state is ConversionState.DONE:
        return False
    brought = shares if amount is None else amount
    state.conversions[name] = replace(known, state=ConversionState.DONE, reason="", amount=brought)
    state.pending.pop(name, None)
    _reserve(state, known.market_id)
    return True


def _reserve(state: State, market_id: str) -> None:
    """Set how many pairs of a market are on their way to be merged."""
    position = state.positions.get(market_id)
    if position is not None:
        state.positions[market_id] = replace(position, merging=fills.merging(state, market_id))
