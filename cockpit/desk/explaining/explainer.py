"""Answers why: finds what was meant, and explains what holds now, or what was decided then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core.why import Why
from cockpit.core.why_records import find, market_of, recorded, title_of
from cockpit.desk.explaining.pairs import explain_offer, explain_pair
from cockpit.desk.explaining.parents import explain_entry, explain_parent

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def explain(desk: Desk, request_id: str, target: str) -> Why:
    """Return the answer to why about an order, slice, parent, entry, suggestion or market; it changes nothing.

    A decision that is recorded is told as it was made; the rest as it is now.
    """
    try:
        return _explained(desk, request_id, target)
    except Exception as error:  # whatever it was: a question must not end a desk that trades
        problem = f"this cannot be explained: {type(error).__name__}: {error}"
        return Why(request_id, target, desk.clock.now_ms(), problem=problem)


def _explained(desk: Desk, request_id: str, target: str) -> Why:
    state, now = desk.state, desk.clock.now_ms()
    found = find(state, target)
    if isinstance(found, str):
        return Why(request_id, target, now, problem=found)
    kind, key = found
    why = Why(request_id, key, now, title=title_of(state, kind, key))
    if kind in ("order", "slice", "suggestion"):
        why = replace(why, subject=state.orders[key].label if kind == "order" else key)
        record = recorded(state, why, kind, key)
        if record is not None:
            return record
    if kind in ("parent", "slice"):
        return explain_parent(desk, why, state.parents[key.partition("/")[0]])
    if kind == "entry":
        return explain_entry(desk, why, state.entries[key])
    market_id = market_of(state, kind, key)
    if kind == "offer" or state.position(market_id).is_flat:
        return explain_offer(desk, why, market_id)
    return explain_pair(desk, why, market_id)
