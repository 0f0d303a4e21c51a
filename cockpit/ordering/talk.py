"""Reaching the desk, and turning its answers into exit codes: 2 typed wrong, 3 refused, 4 no desk, 5 halted."""

from __future__ import annotations

from pathlib import Path

from cockpit.cli_common import HALTED
from cockpit.core.errors import CockpitError, RefusedError, UsageError
from cockpit.core.limits import TYPED, Reason
from cockpit.link.client import DeskClient, NoDeskError, is_listening
from cockpit.ordering.typed import Typed
from cockpit.place import holder


class HaltedError(CockpitError):
    """Nothing is sent until a person releases the desk."""

    exit_code = HALTED


def connect(folder: Path) -> DeskClient:
    """Return a conversation with the desk on a folder. Raises: NoDeskError that says where else one runs."""
    try:
        return DeskClient(folder)
    except NoDeskError as error:
        who = holder(folder)
        if who.is_desk and who.signal(0):
            raise NoDeskError(f"the desk on {folder} takes no commands (yet): {who.words}") from None
        others = sorted(path.name for path in folder.parent.glob("practice*") if path != folder and is_listening(path))
        there = f"; one runs on {', '.join(others)}: give its --seed" if others else ""
        raise NoDeskError(f"{error}{there}") from None


def refusal(typed: Typed, reason: str, text: str, field: str) -> CockpitError:
    """Return the error that a refusal of the desk is, behind the option it is about when that was typed wrong."""
    if reason == Reason.HALTED:
        return HaltedError(f"{reason} {text}")
    name = "ID" if field == "id" else field
    if reason in TYPED:
        return UsageError(typed.about(name, text))
    return RefusedError(f"{reason} {text}")
