"""Turning shares into cash other than by trading: pairs are merged, what has won is redeemed.

One share of each leg is worth 1 USD at any time; a share that has won is worth what its market paid. A conversion is
asked for by an id of ours, takes the venue a while, and counts once the venue has proven it. Until then the shares of a
merge are reserved: they are neither sold nor merged again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cockpit.core.limits import Account, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order
from cockpit.core.position import Position
from cockpit.core.units import LOT, shares_text


class ConversionKind(StrEnum):
    """What is turned into cash."""

    MERGE = "merge"
    REDEEM = "redeem"


class ConversionState(StrEnum):
    """Where a conversion stands. No answer is no end: it stays asked until the venue proves one."""

    ASKED = "asked"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Conversion:
    """One conversion of ours, or one that was seen at the venue."""

    id: str
    """Known to the venue: asking twice with the same id does it once."""
    market_id: str
    kind: ConversionKind
    shares: int
    """Of each leg that are merged; 0 for a redemption, which takes all there is."""
    asked_ms: int
    by: str = ""
    """A person, or the rule."""
    state: ConversionState = ConversionState.ASKED
    reason: str = ""
    amount: int = 0
    """What it brought, once it is done."""

    @property
    def is_pending(self) -> bool:
        """Whether it may still take effect."""
        return self.state is ConversionState.ASKED


def mergeable(position: Position, own: Iterable[Order]) -> int:
    """Return how many pairs can be merged now, in whole lots: confirmed shares that back no open sale or merge."""
    selling = [0, 0]
    for order in own:
        if order.side is Side.SELL:
            selling[order.leg] += order.possible
    free = min(position.sellable(leg) - selling[leg] for leg in Leg)
    return max(free, 0) // LOT * LOT


def check_merge(
    shares: int,
    market: Market | None,
    position: Position,
    own: Iterable[Order],
    account: Account,
    *,
    has_resolved: bool,
) -> Refused | None:
    """Return the first reason against merging so many pairs now. `own`: our orders there that are not proven dead."""
    if market is None:
        return Refused(Reason.UNKNOWN_MARKET, "the market is not known")
    if (refused := _state(account)) is not None:
        return refused
    if has_resolved:
        return Refused(Reason.MARKET_ENDED, f"{market.name} has resolved: what has won there is redeemed")
    if type(shares) is not int or shares <= 0 or shares % LOT:
        return Refused(Reason.BAD_SIZE, f"{shares_text(shares)} pairs are not a multiple of 0.01 above 0", "shares")
    most = mergeable(position, own)
    if shares > most:
        unproven = position.matched - min(position.yes.tradeable, position.no.tradeable)
        more = f", {shares_text(unproven)} more are not confirmed yet" if unproven > 0 else ""
        words = f"merging {shares_text(shares)} pairs but {shares_text(most)} are free{more}"
        return Refused(Reason.NOT_HELD, words, "shares")
    return None


def check_redeem(market: Market | None, claim: int, account: Account, *, has_resolved: bool) -> Refused | None:
    """Return the first reason against redeeming what a market owes (`claim`, money) now."""
    if market is None:
        return Refused(Reason.UNKNOWN_MARKET, "the market is not known")
    if (refused := _state(account)) is not None:
        return refused
    if not has_resolved:
        return Refused(Reason.NOT_HELD, f"{market.name} has not resolved: nothing is redeemed yet")
    if claim <= 0:
        return Refused(Reason.NOT_HELD, f"{market.name} owes nothing")
    return None


def _state(account: Account) -> Refused | None:
    if account.halted:
        return Refused(Reason.HALTED, f"the desk is halted: {account.halted}")
    if not account.is_ready:
        return Refused(Reason.NOT_READY, "the desk is not connected, or has not reconciled with the venue yet")
    return Refused(Reason.PAIR_HALTED, account.pair_halted) if account.pair_halted else None
