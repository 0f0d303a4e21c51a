"""How a plan of matches becomes trades, and what trades are called."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cockpit.venues.practice.ladder import OTHERS, Match


def trade_name(seed: int, number: object) -> str:
    """Return an id in the venue's shape (a UUID), the same for the same seed and number."""
    text = hashlib.sha256(f"{seed}:trade:{number}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"


def by_price(plan: Sequence[Match]) -> list[tuple[int, int]]:
    """Return (price, shares) of a plan, one per price."""
    sums: dict[int, int] = {}
    for match in plan:
        sums[match.price] = sums.get(match.price, 0) + match.shares
    return list(sums.items())


def as_trades(plan: Sequence[Match]) -> list[list[Match]]:
    """Return a plan cut into trades: one per order of ours, one per run of others at one price."""
    groups: list[list[Match]] = []
    for match in plan:
        last = groups[-1][-1] if groups else None
        if last and last.order_id == OTHERS == match.order_id and last.price == match.price:
            groups[-1].append(match)
        else:
            groups.append([match])
    return groups
