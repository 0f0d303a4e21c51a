"""Ends an account's orders without a desk, and proves that none is left: only the venue's port is used."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cockpit.core.order import Order
from cockpit.venues.base import Unanswered, Venue

ZERO_READS = 2
"""How often in a row the venue must show none of the orders that must end."""
EVERY_S = 0.2


@dataclass(slots=True)
class Zero:
    """What was found and what became of it."""

    seen: dict[str, Order] = field(default_factory=dict)
    """Every order that had to end."""
    left: dict[str, Order] = field(default_factory=dict)
    """Those of them that the newest read still showed."""
    is_proven: bool = False
    trouble: str = ""
    """Why nothing is proven, as a sentence."""


async def bring_to_zero(
    venue: Venue, own: Collection[str], *, everything: bool, wait_s: float, quiet_s: float = 0.0
) -> Zero:
    """Cancel what is ours (or everything) until two reads in a row show none of it, for at most `wait_s`.

    An order sent a moment ago by a process that was killed may still arrive: no read counts as a proof before
    `quiet_s` is over.
    """
    zero = Zero()
    try:
        async with asyncio.timeout(wait_s):
            await _cancel_until_none(venue, own, zero, everything=everything, quiet_s=quiet_s)
    except TimeoutError:
        zero.trouble = zero.trouble or f"{wait_s:g} s were not enough to prove it: give a longer --wait"
    return zero


async def _cancel_until_none(
    venue: Venue, own: Collection[str], zero: Zero, *, everything: bool, quiet_s: float
) -> None:
    loop = asyncio.get_running_loop()
    quiet_at, clean_reads = loop.time() + quiet_s, 0
    while True:
        is_quiet = loop.time() >= quiet_at
        try:
            _sort(zero, await venue.open_orders(), own, everything=everything)
            await _ask(venue, list(zero.left))
            zero.trouble = ""
            clean_reads = clean_reads + 1 if is_quiet and not zero.left else 0
        except Unanswered as error:
            zero.trouble, clean_reads = f"the venue does not answer: {error or 'no answer'}", 0
        if clean_reads >= ZERO_READS:
            zero.is_proven = True
            return
        await asyncio.sleep(EVERY_S)


def _sort(zero: Zero, orders: Sequence[Order], own: Collection[str], *, everything: bool) -> None:
    zero.left = {order.id: order for order in orders if everything or order.id in own}
    zero.seen |= zero.left


async def _ask(venue: Venue, order_ids: list[str]) -> None:
    """Send all cancels, whatever becomes of one of them. Raises: Unanswered."""
    unanswered, size = None, venue.terms.cancel_chunk
    for start in range(0, len(order_ids), size):
        try:
            await venue.cancel(order_ids[start : start + size])
        except Unanswered as error:
            unanswered = error
    if unanswered is not None:
        raise unanswered
