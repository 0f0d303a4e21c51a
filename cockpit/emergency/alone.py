"""Ends the orders of an account that no desk works on: the folder is ours, the venue is asked by ourselves."""

from __future__ import annotations

import contextlib
from collections.abc import Collection

from cockpit.core.errors import FailedError
from cockpit.desk.clock import WallClock
from cockpit.emergency.glance import Glance, quiet_s
from cockpit.emergency.outcome import Outcome
from cockpit.emergency.zero import Zero, bring_to_zero
from cockpit.place import EXCHANGE, JOURNAL
from cockpit.venues.practice.venue import PracticeVenue


async def end_orders(outcome: Outcome, wait_s: float) -> None:
    """Cancel and prove at the venue; what hinders is noted as a trouble."""
    own, seen = outcome.own(), outcome.look()
    if seen is None:
        return
    outcome.sort(seen.orders, own)
    if own is None and not outcome.everything:
        outcome.say("nothing was cancelled; with --everything every order of the account is")
        return
    if seen.is_new:
        # No order can have been sent, or nobody can be asked about it; opening the exchange would make a new one.
        outcome.is_proven = own is not None and not own
        if not outcome.is_proven:
            outcome.say(f"there is no {outcome.folder / EXCHANGE}: what became of the orders cannot be asked")
        return
    try:
        zero = await _at_the_venue(outcome, seen, own or (), wait_s)
    except FailedError as error:
        outcome.say(str(error))
        return
    outcome.is_proven = zero.is_proven
    outcome.compare(list(zero.seen.values()))
    if zero.trouble:
        outcome.say(zero.trouble)


async def _at_the_venue(outcome: Outcome, seen: Glance, own: Collection[str], wait_s: float) -> Zero:
    clock = WallClock()
    # The exchange's time never goes back, or it would list again what has ended.
    clock.catch_up(seen.newest_ms)
    venue = PracticeVenue(now_ms=clock.now_ms, sleep=clock.sleep, path=outcome.folder / EXCHANGE)
    try:
        return await bring_to_zero(
            venue,
            own,
            everything=outcome.everything,
            wait_s=wait_s,
            quiet_s=quiet_s(outcome.folder / JOURNAL, venue.terms.quarantine_ms),
        )
    finally:
        with contextlib.suppress(FailedError):
            await venue.close()
