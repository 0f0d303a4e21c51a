"""The fold of decisions: the newest of each subject, and of the newest subjects."""

from __future__ import annotations

from cockpit.core import events as ev
from cockpit.core.state import State

MOST_SUBJECTS = 1_000
MOST_EACH = 5


def decided(state: State, event: ev.Decided) -> None:
    """Keep a decision, and forget what is too old to be asked for; the journal has it still."""
    before = state.decisions.pop(event.subject, ())
    state.decisions[event.subject] = (*before, event)[-MOST_EACH:]
    while len(state.decisions) > MOST_SUBJECTS:
        del state.decisions[next(iter(state.decisions))]
