"""Halt, cancel all and their preview, from a command line: with a running desk, with none, with a broken journal.

The journal is never replayed: the latch, the ids of the orders the desk meant to send, and the venue are enough. What
fails on the way is said and does not keep the rest from being done.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from cockpit.glance import Glance, glance, quiet_s
from cockpit.zero import ZERO_READS, Zero, bring_to_zero

from cockpit import signals
from cockpit.core.errors import FailedError, RefusedError
from cockpit.core.market import Market
from cockpit.core.order import Order
from cockpit.desk.clock import WallClock
from cockpit.place import EXCHANGE, JOURNAL, LATCH, Place, holder, take
from cockpit.storage.intents import read_intents
from cockpit.storage.latch import FileLatch, LatchFailed, LatchState
from cockpit.venues.base import Balances
from cockpit.venues.practice.venue import PracticeVenue

LOOK_S = 0.05
READ_S = 0.25
NOT_PROVEN = "ORDERS NOT PROVEN ZERO"


@dataclass(slots=True)
class Outcome:
    """What a command found and did, for people and for programs."""

    what: str
    """`halt`, `cancel-all` or `preview`."""
    latched: str = ""
    """Why it is halted; empty when it is not."""
    desk: str = ""
    """Who runs the desk that did it; empty when there was none."""
    cancelled: tuple[Order, ...] = ()
    left: tuple[Order, ...] = ()
    """Orders that must end and still rest; in a preview those that would be cancelled."""
    foreign: tuple[Order, ...] = ()
    """Orders that are left alone: not the desk's."""
    is_proven: bool = False
    balances: Balances | None = None
    markets: dict[str, Market] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether everything that was asked for holds."""
        return self.what == "preview" or (self.is_proven and (self.what == "cancel-all" or bool(self.latched)))


async def halt(folder: Path, reason: str, *, everything: bool, wait_s: float) -> Outcome:
    """Latch, cancel, prove: by the desk that runs there, or by ourselves."""
    outcome, latch = Outcome("halt"), FileLatch(folder / LATCH)
    state = _wanted(latch.read(), reason, everything=everything)
    try:
        await latch.set(state)
        outcome.latched = state.reason
    except LatchFailed as error:
        outcome.troubles.append(f"NOT latched, so it ends with this command: {error}")
    place = await _desk_halts(folder, latch, outcome, state, wait_s)
    if place is None:
        return outcome
    try:
        await _by_ourselves(folder, outcome, everything=state.everything, wait_s=wait_s)
        proof = replace(state, is_proven=outcome.is_proven, open_orders=len(outcome.left))
        await latch.set(proof)
        outcome.latched = state.reason
    except LatchFailed as error:
        outcome.troubles.append(str(error))
    finally:
        place.release()
    return outcome


async def cancel_all(folder: Path, *, everything: bool, wait_s: float) -> Outcome:
    """Cancel and prove without halting. Raises: RefusedError for what a running desk cannot be asked this way."""
    outcome = Outcome("cancel-all")
    place = take(folder)
    if place is None:
        await _desk_cancels(folder, outcome, everything=everything, wait_s=wait_s)
        return outcome
    try:
        await _by_ourselves(folder, outcome, everything=everything, wait_s=wait_s)
    finally:
        place.release()
    return outcome


def preview(folder: Path, *, everything: bool) -> Outcome:
    """Return what a halt would find now; nothing is written and nobody is told."""
    outcome = Outcome("preview")
    state = FileLatch(folder / LATCH).read()
    outcome.latched = state.reason if state is not None else ""
    own = _own(folder, outcome)
    seen = _look(folder, outcome)
    outcome.left, outcome.foreign = _split(seen, own, everything=everything)
    return outcome


def _wanted(before: LatchState | None, reason: str, *, everything: bool) -> LatchState:
    """Return the latch to write: one that is there keeps its reason and its time, and is never made narrower."""
    if before is None:
        return LatchState(reason, time.time_ns() // 1_000_000, everything)
    if everything and not before.everything:
        return replace(before, everything=True, is_proven=False)
    # A desk that has proven its halt has nothing left to prove, and would not say so again.
    return before


async def _desk_halts(
    folder: Path, latch: FileLatch, outcome: Outcome, wanted: LatchState, wait_s: float
) -> Place | None:
    """Wait for the desk of this folder to prove its halt. Returns the folder as soon as no desk works there."""
    place = take(folder)
    if place is not None:
        return place
    who = holder(folder)
    outcome.desk = who.words
    before = _look(folder, outcome)
    # It looks at the latch every second anyway: a signal that does not arrive costs that second.
    who.signal(signals.HALT)
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        state = latch.read()
        if state is not None and state.is_proven:
            outcome.is_proven = True
            break
        await asyncio.sleep(LOOK_S)
        place = take(folder)
        if place is not None:
            outcome.desk = ""
            return place
    if not outcome.is_proven:
        outcome.troubles.append(f"the desk ({who.words}) has not proven it in {wait_s:g} s: look at it, or kill it")
    _compare(before, folder, outcome, everything=wanted.everything)
    return None


async def _desk_cancels(folder: Path, outcome: Outcome, *, everything: bool, wait_s: float) -> None:
    who = holder(folder)
    if everything:
        raise RefusedError(f"a running desk ({who.words}) cancels only its own orders; use cockpit halt --everything")
    before = _look(folder, outcome)
    if not who.signal(signals.CANCEL):
        raise RefusedError(f"the desk on {folder} ({who.words}) cannot be reached by a signal; use cockpit halt")
    outcome.desk = who.words
    until, clean_reads = time.monotonic() + wait_s, 0
    while time.monotonic() < until and clean_reads < ZERO_READS:
        await asyncio.sleep(READ_S)
        seen, own = _look(folder, outcome), _own(folder, outcome)
        clean_reads = 0 if own is None or _split(seen, own, everything=False)[0] else clean_reads + 1
    outcome.is_proven = clean_reads >= ZERO_READS
    _compare(before, folder, outcome, everything=False)


def _compare(before: Glance, folder: Path, outcome: Outcome, *, everything: bool) -> None:
    """Fill in what went away while the desk worked, and what is left."""
    own, after = _own(folder, outcome), _look(folder, outcome)
    outcome.left, outcome.foreign = _split(after, own, everything=everything)
    still = {order.id for order in after.orders}
    outcome.cancelled = tuple(order for order in before.orders if order.id not in still)


async def _by_ourselves(folder: Path, outcome: Outcome, *, everything: bool, wait_s: float) -> None:
    """Do it at the venue; the folder is ours."""
    own = _own(folder, outcome)
    seen = _look(folder, outcome)
    if outcome.balances is None:
        return  # the venue's file cannot be read: that was said
    if own is None and not everything:
        outcome.foreign = seen.orders
        outcome.troubles.append("nothing was cancelled; with --everything every order of the account is")
        return
    if not (folder / EXCHANGE).exists():
        outcome.is_proven = True  # no exchange, no orders: opening it would make one
        return
    try:
        zero = await _at_the_venue(folder, seen, own or (), everything=everything, wait_s=wait_s)
    except FailedError as error:
        outcome.troubles.append(str(error))
        outcome.left, outcome.foreign = _split(seen, own, everything=everything)
        return
    outcome.cancelled, outcome.left, outcome.foreign = zero.cancelled, tuple(zero.left.values()), zero.foreign
    outcome.is_proven = zero.is_proven
    outcome.balances = zero.balances or outcome.balances
    if zero.trouble:
        outcome.troubles.append(f"the venue does not answer: {zero.trouble}")


async def _at_the_venue(folder: Path, seen: Glance, own: Collection[str], *, everything: bool, wait_s: float) -> Zero:
    clock = WallClock()
    # The exchange's time never goes back, or it would list again what has ended.
    clock.catch_up(seen.newest_ms)
    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, path=folder / EXCHANGE)
    try:
        return await bring_to_zero(
            venue,
            own,
            everything=everything,
            wait_s=wait_s,
            quiet_s=quiet_s(folder / JOURNAL, venue.terms.quarantine_ms),
        )
    finally:
        with contextlib.suppress(FailedError):
            await venue.close()


def _own(folder: Path, outcome: Outcome) -> Collection[str] | None:
    """Return the ids of the desk's orders; None when they cannot be told from others'."""
    try:
        return read_intents(folder / JOURNAL)
    except FailedError as error:
        trouble = f"own orders cannot be told from others': {error}"
        if trouble not in outcome.troubles:
            outcome.troubles.append(trouble)
        return None


def _look(folder: Path, outcome: Outcome) -> Glance:
    try:
        seen = glance(folder / EXCHANGE, time.time_ns() // 1_000_000)
    except FailedError as error:
        outcome.balances = None
        if str(error) not in outcome.troubles:
            outcome.troubles.append(str(error))
        return Glance()
    outcome.balances, outcome.markets = seen.balances, seen.markets
    return seen


def _split(
    seen: Glance, own: Collection[str] | None, *, everything: bool
) -> tuple[tuple[Order, ...], tuple[Order, ...]]:
    """Return the orders that must end, and those that are left alone."""
    ending = tuple(order for order in seen.orders if everything or (own is not None and order.id in own))
    return ending, tuple(order for order in seen.orders if order not in ending)
