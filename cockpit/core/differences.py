"""Where our numbers and the venue's differ: each difference has a key, a name from a closed list, and both numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cockpit.core.market import Leg, Market
from cockpit.core.state import State
from cockpit.core.units import SHARE, money_text, shares_text

TOLERANCE = SHARE // 10_000
"""Differences up to 0.0001 share are rounding."""


class Name(StrEnum):
    """What kind of difference it is."""

    SIZE = "size differs"
    MISSING_HERE = "missing here"
    MISSING_THERE = "missing at the venue"
    CASH = "cash differs"
    UNKNOWN_MARKET = "unknown market"


ACCEPTABLE = (Name.SIZE, Name.MISSING_HERE, Name.MISSING_THERE, Name.CASH)
"""Those whose number at the venue can be booked as a transfer."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. Shares or money in 1/1,000,000."""

    key: str
    name: Name
    market_id: str
    ours: int
    theirs: int
    text: str


def find(state: State, cash: int, shares: Mapping[str, int]) -> dict[str, Difference]:
    """Return what differs from the venue's balances, by key."""
    found = [*_legs(state, shares), *_unknown(state, shares)]
    ours = state.cash_there
    if cash != ours:
        text = f"cash: we count {money_text(ours)} USD, the venue {money_text(cash)}"
        found.append(Difference("cash", Name.CASH, "", ours, cash, text))
    return {difference.key: difference for difference in found}


def _legs(state: State, shares: Mapping[str, int]) -> Iterable[Difference]:
    for market_id, market in state.markets.items():
        if market_id in state.ended:
            continue
        for leg in Leg:
            ours, theirs = state.position(market_id).holding(leg).shares, shares.get(market.tokens[leg], 0)
            if abs(ours - theirs) > TOLERANCE:
                yield _leg(market, leg, ours, theirs)


def _leg(market: Market, leg: Leg, ours: int, theirs: int) -> Difference:
    name = Name.MISSING_HERE if not ours else Name.MISSING_THERE if not theirs else Name.SIZE
    text = f"{market.name} {market.outcomes[leg]}: we count {shares_text(ours)} shares, the venue {shares_text(theirs)}"
    return Difference(f"shares/{market.id}/{leg.name}", name, market.id, ours, theirs, text)


def _unknown(state: State, shares: Mapping[str, int]) -> Iterable[Difference]:
    known = {token for market in state.markets.values() for token in market.tokens}
    for token, size in shares.items():
        if token not in known and size > TOLERANCE:
            text = f"token {token[:12]}: the venue holds {shares_text(size)} shares of a market that is not known here"
            yield Difference(f"token/{token}", Name.UNKNOWN_MARKET, "", 0, size, text)
