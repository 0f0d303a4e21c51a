"""Which capital can be freed now: pairs that are worth merging, and what resolved markets still owe.

The worth of a merge is the money it frees times the days until the market would have paid it anyway; beside it stands
what selling both legs would bring less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.core.conversion import ConversionKind, mergeable
from cockpit.core.market import Leg
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, receive

DAY_MS = 86_400_000
UNKNOWN_MS = 30 * DAY_MS
"""How long money is taken to be tied up where no end is scheduled."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Capital that can be freed. Money in 1/1,000,000 USD."""

    market_id: str
    kind: ConversionKind
    shares: int
    """Pairs to merge; 0 for a redemption, which takes all there is."""
    amount: int
    left_ms: int | None
    """Until the market would have paid it anyway; 0 when it has resolved, None when no end is scheduled."""
    saved: int
    """What selling both legs to the best bids would bring less, fees included; 0 where a leg has no bid."""

    @property
    def dollar_days(self) -> int:
        """Money freed x days until it would have come anyway; the order in which merges are proposed."""
        return self.amount * (UNKNOWN_MS if self.left_ms is None else self.left_ms) // DAY_MS


def proposals(state: State, now_ms: int, least: int) -> list[Proposal]:
    """Return what can be freed, at least `least` money each: redemptions first, then merges by dollars and days."""
    found = [*_redemptions(state), *_merges(state, now_ms, least)]
    return sorted(found, key=lambda p: (p.kind is ConversionKind.MERGE, -p.dollar_days, -p.amount, -p.saved))


def _redemptions(state: State) -> Iterable[Proposal]:
    busy = {conversion.market_id for conversion in state.converting()}
    for market_id, claim in state.claims.items():
        if claim > 0 and market_id not in busy:
            yield Proposal(market_id, ConversionKind.REDEEM, 0, claim, 0, 0)


def _merges(state: State, now_ms: int, least: int) -> Iterable[Proposal]:
    for market_id, position in state.positions.items():
        if position.matched < max(least, 1) or market_id in state.ended or market_id not in state.markets:
            continue
        shares = mergeable(position, state.live_orders(market_id))
        if shares < max(least, 1):
            continue
        closes = state.markets[market_id].closes_at_ms
        left = None if closes is None else max(closes - now_ms, 0)
        yield Proposal(market_id, ConversionKind.MERGE, shares, shares, left, _saved(state, market_id, shares))


def _saved(state: State, market_id: str, shares: int) -> int:
    """Return what selling both legs at the best bids would bring less than merging them."""
    book, fees = state.books[market_id], state.markets[market_id].fees
    bids = [book.bid(leg) for leg in Leg]
    if not book.synced or not all(0 < bid < PRICE_ONE for bid in bids):
        return 0
    return shares - sum(receive(shares, bid) - fees.taker(shares, bid) for bid in bids)
