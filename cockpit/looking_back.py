"""Why, without a desk: what its journal says of a decision. Nothing is written, and no desk is disturbed."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from cockpit.core.fold import apply
from cockpit.core.state import State
from cockpit.core.why import Why
from cockpit.core.why_records import find, market_of, recorded, title_of
from cockpit.storage.facts import read_facts


def recorded_why(journal: Path, target: str) -> Why | None:
    """Return what a journal says of a decision: of a parent or entry nothing, it decides as it goes.

    None where there is no journal, or no record in it. Raises: FailedError.
    """
    if not journal.is_file():
        return None
    state, latest = _state_of(journal)
    found = find(state, target)
    now = max(time.time_ns() // 1_000_000, latest)
    if isinstance(found, str):
        return Why("", target, now, problem=found)
    kind, key = found
    subject = state.orders[key].label if kind == "order" else key
    why = Why("", subject, now, title=title_of(state, kind, key))
    return recorded(state, why, kind, market_of(state, kind, key) if kind == "offer" else key)


def _state_of(journal: Path) -> tuple[State, int]:
    """Return what the facts of a journal add up to, and the time of the newest."""
    state, latest = State(), 0
    for fact in read_facts(journal):
        latest = max(latest, fact.at_ms)
        # What a desk could not fold it leaves out, too, and says so when it starts.
        with contextlib.suppress(LookupError, ValueError):
            apply(state, fact)
    return state, latest
