"""Starting is recovering: the journal is folded, and what halted the desk before halts it still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.fold import apply

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def recover(desk: Desk) -> None:
    """Fold the journal with every effect off, then say that the desk is here. Raises: FailedError."""
    latest, failures = 0, []
    for number, fact in enumerate(desk.journal.load(), 1):
        latest = max(latest, fact.at_ms)
        failures += _refold(desk, number, fact)
    # Time never runs behind our own journal: a clock set back, or a practice market that ran faster.
    desk.clock.catch_up(latest)
    desk.started_ms = desk.clock.now_ms()
    desk.record(ev.DeskStarted(desk.started_ms, desk.mode, desk.venue.account, desk.seed))
    for failure in failures[:1]:
        desk.record(ev.Halted(desk.started_ms, failure))
    latched = desk.latch.read()
    if latched is not None and (not desk.state.halted or latched.everything > desk.state.halts_everything):
        desk.record(ev.Halted(desk.started_ms, latched.reason, latched.everything))
    desk.tapes.load()
    desk.curve.load()
    desk.telemetry.recovered()
    if desk.state.halted:
        desk.note("alarm", f"still HALTED from before: {desk.state.halted}", is_alert=True)


def _refold(desk: Desk, number: int, fact: ev.Event) -> list[str]:
    """Fold a fact of the journal; return why it could not be: it is left out, and the desk starts halted."""
    try:
        apply(desk.state, fact)
        desk.telemetry.take(fact)
    except Exception as error:
        return [f"fact {number} of the journal ({type(fact).__name__}) cannot be folded: {error!r}"]
    return []
