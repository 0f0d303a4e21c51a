"""Has the desk that runs on an account end its orders, and watches that it does.

Who holds the folder may also be another emergency command, which is waited for. A folder nobody holds becomes ours.
"""

from __future__ import annotations

import asyncio
import time

from cockpit.core.errors import FailedError, RefusedError
from cockpit.emergency import signals
from cockpit.emergency.glance import quiet_s
from cockpit.emergency.outcome import Outcome
from cockpit.emergency.zero import ZERO_READS
from cockpit.place import JOURNAL, Holder, Place, holder, take
from cockpit.storage.latch import FileLatch, LatchFailed, LatchState
from cockpit.venues.practice.venue import PracticeVenue

LOOK_S = 0.05
READ_S = 0.25


async def halt(outcome: Outcome, latch: FileLatch, wanted: LatchState, wait_s: float) -> Place | None:
    """Wait for the desk to prove its halt. Returns the folder as soon as nobody works there."""
    until, told, clean_reads = time.monotonic() + wait_s, None, 0
    if (place := _take(outcome, "halt")) is not None:
        return place
    before, has_looked = None, False
    while clean_reads < ZERO_READS and time.monotonic() < until:
        who, state = holder(outcome.folder), latch.read()
        if not covers(state, wanted):
            # A desk wrote the proof of a smaller halt over it, or somebody released what was there before.
            told = None if await write(latch, wanted, outcome) else told
        if who.is_desk:
            outcome.desk = who.words
            if who != told:
                # It looks at the latch every second anyway: a signal that does not arrive costs that second.
                who.signal(signals.HALT)
                told = who
        if not has_looked:
            # Only now: reading the exchange must not hold the signal up.
            before, has_looked = outcome.look(), True
        is_proven = who.is_desk and covers(state, wanted) and is_zero(state)
        clean_reads = clean_reads + 1 if is_proven and _shows_none(outcome) else 0
        await asyncio.sleep(LOOK_S)
        if (place := _take(outcome, "halt")) is not None:
            outcome.desk = ""
            return place
    outcome.is_proven = clean_reads >= ZERO_READS
    if not outcome.is_proven:
        who = holder(outcome.folder)
        outcome.say(f"{who.words} has not proven it in {wait_s:g} s: look at it, or kill it and try again")
    outcome.compare(before.orders if before is not None else ())
    return None


async def cancel_all(outcome: Outcome, wait_s: float) -> Place | None:
    """Have the desk cancel its orders, and watch. Returns the folder as soon as nobody works there.

    Raises: RefusedError for what a running desk cannot be asked this way.
    """
    until, clean_reads = time.monotonic() + wait_s, 0
    if (place := take(outcome.folder, "cancel-all")) is not None:
        return place
    before, told, quiet_at = outcome.look(), None, 0.0
    while clean_reads < ZERO_READS and time.monotonic() < until:
        who = holder(outcome.folder)
        if who.is_desk and who != told:
            _ask_to_cancel(outcome, who)
            # What it sent just before may still arrive.
            quiet_at = time.monotonic() + quiet_s(outcome.folder / JOURNAL, PracticeVenue.terms.quarantine_ms)
            told, outcome.desk = who, who.words
        await asyncio.sleep(READ_S)
        if (place := take(outcome.folder, "cancel-all")) is not None:
            outcome.desk = ""
            return place
        is_quiet = told is not None and time.monotonic() >= quiet_at
        clean_reads = clean_reads + 1 if is_quiet and _shows_none(outcome, blindly=False) else 0
    if told is None:
        raise RefusedError(f"{holder(outcome.folder).words} works on {outcome.folder}: try again")
    outcome.is_proven = clean_reads >= ZERO_READS
    outcome.compare(before.orders if before is not None else ())
    return None


def covers(state: LatchState | None, wanted: LatchState) -> bool:
    """Return whether a latch holds, and is as wide as is wanted."""
    return state is not None and (state.everything or not wanted.everything)


def is_zero(state: LatchState | None) -> bool:
    """Return whether a latch says that it is proven and that nothing has come back to life since."""
    return state is not None and state.is_proven and not state.open_orders


async def write(latch: FileLatch, state: LatchState, outcome: Outcome) -> bool:
    """Latch, or say that it failed; return whether it holds."""
    try:
        await latch.set(state)
    except LatchFailed as error:
        outcome.latched = ""
        outcome.say(f"NOT latched, so it ends with this command: {error}")
        return False
    outcome.latched = state.reason
    return True


def _ask_to_cancel(outcome: Outcome, who: Holder) -> None:
    if outcome.everything:
        raise RefusedError(f"a running desk ({who.words}) cancels only its own orders; use cockpit halt --everything")
    if not who.signal(signals.CANCEL):
        where = f"the desk on {outcome.folder} ({who.words})"
        raise RefusedError(f"{where} cannot be reached by a signal; use cockpit halt")


def _take(outcome: Outcome, work: str) -> Place | None:
    try:
        return take(outcome.folder, work)
    except FailedError as error:
        outcome.say(str(error))  # the desk in there, if there is one, can be reached all the same
        return None


def _shows_none(outcome: Outcome, *, blindly: bool = True) -> bool:
    """Return whether the exchange's file shows none of the orders that must end.

    Where that cannot be told, `blindly` takes it for a yes: the desk has asked the venue itself.
    """
    seen, own = outcome.look(), outcome.own()
    if seen is None or (own is None and not outcome.everything):
        return blindly
    outcome.sort(seen.orders, own)
    return not outcome.left
