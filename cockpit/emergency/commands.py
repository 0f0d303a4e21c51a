"""Halt, cancel all and their preview, from a command line: with a running desk, with none, with a broken journal.

The journal is never replayed: the latch, the ids of the orders the desk meant to send, and the venue are enough. What
fails on the way is said and does not keep the rest from being done.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from cockpit.emergency import alone, by_desk
from cockpit.emergency.outcome import Outcome
from cockpit.place import LATCH
from cockpit.storage.latch import FileLatch, LatchState


async def halt(folder: Path, reason: str, *, everything: bool, wait_s: float) -> Outcome:
    """Latch, cancel, prove: by the desk that runs there, or by ourselves."""
    latch = FileLatch(folder / LATCH)
    wanted = _wanted(latch.read(), reason, everything=everything)
    outcome = Outcome("halt", folder, everything=wanted.everything)
    await by_desk.write(latch, wanted, outcome)
    place = await by_desk.halt(outcome, latch, wanted, wait_s)
    if place is None:
        return outcome
    try:
        # Somebody may have made it wider meanwhile. An older proof is over: a kill must not leave it behind.
        wanted = replace(_wanted(latch.read() or wanted, reason, everything=everything), is_proven=False)
        outcome.everything = wanted.everything
        await by_desk.write(latch, wanted, outcome)
        await alone.end_orders(outcome, wait_s)
        if by_desk.covers(wanted, latch.read() or wanted):
            proven = replace(wanted, is_proven=outcome.is_proven, open_orders=len(outcome.left))
            await by_desk.write(latch, proven, outcome)
        # Else whoever has made it wider waits for the folder, and goes on.
    finally:
        place.release()
    return outcome


async def cancel_all(folder: Path, *, everything: bool, wait_s: float) -> Outcome:
    """Cancel and prove without halting. Raises: RefusedError for what a running desk cannot be asked this way."""
    outcome = Outcome("cancel-all", folder, everything=everything)
    place = await by_desk.cancel_all(outcome, wait_s)
    if place is not None:
        try:
            await alone.end_orders(outcome, wait_s)
        finally:
            place.release()
    return outcome


def preview(folder: Path, *, everything: bool) -> Outcome:
    """Return what a halt would find now; nothing is written and nobody is told."""
    outcome = Outcome("preview", folder, everything=everything)
    state = FileLatch(folder / LATCH).read()
    outcome.latched = state.reason if state is not None else ""
    own, seen = outcome.own(), outcome.look()
    if seen is not None:
        outcome.sort(seen.orders, own)
    return outcome


def _wanted(before: LatchState | None, reason: str, *, everything: bool) -> LatchState:
    """Return the latch to write: one that is there keeps its reason and its time, and is never made narrower."""
    if before is None:
        return LatchState(reason, time.time_ns() // 1_000_000, everything)
    if everything and not before.everything:
        return replace(before, everything=True, is_proven=False)
    # A desk that has proven its halt has nothing left to prove, and would not say so again.
    return before
