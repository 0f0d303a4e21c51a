"""What is held of a pair: a fold of fills, in any order of the legs.

Averages are kept as (cost, shares), so nothing is lost to division; a sale takes floor(cost x sold / held).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill
from cockpit.core.units import PRICE_ONE, payout


@dataclass(frozen=True, slots=True)
class Holding:
    """Shares of one leg and what they cost, fees not included."""

    shares: int = 0
    cost: int = 0
    proven: int = 0
    """Shares by confirmed fills only."""
    coming: int = 0
    """Shares bought by fills that are not confirmed, and may still be taken back."""

    @property
    def tradeable(self) -> int:
        """Shares that can be sold for sure: confirmed purchases less every sale, confirmed or not."""
        return max(0, self.shares - self.coming)

    @property
    def going(self) -> int:
        """Shares sold by fills that are not confirmed: they may come back."""
        return self.proven + self.coming - self.shares

    @property
    def average(self) -> int:
        """Average entry price in 1/10,000 USD, rounded half up: for display, never for sums."""
        return (2 * self.cost * PRICE_ONE + self.shares) // (2 * self.shares) if self.shares > 0 else 0


@dataclass(frozen=True, slots=True)
class Position:
    """Both legs of one pair. `cash` is everything received minus everything paid, fees included."""

    market_id: str
    yes: Holding = field(default_factory=Holding)
    no: Holding = field(default_factory=Holding)
    cash: int = 0
    realised: int = 0
    """Proceeds minus cost of what was sold or resolved, minus all fees paid so far."""
    fees: int = 0
    merging: int = 0
    """Pairs that a merge on its way will take: reserved, but still held."""

    def holding(self, leg: Leg) -> Holding:
        """Return one leg."""
        return self.yes if leg is Leg.YES else self.no

    def sellable(self, leg: Leg) -> int:
        """Return the shares of a leg that can be sold for sure, less those that a merge on its way will take."""
        return max(0, self.holding(leg).tradeable - self.merging)

    @property
    def is_empty(self) -> bool:
        """Nothing held, and no cash came or went on balance."""
        return not (self.yes.shares or self.no.shares or self.cash)

    @property
    def is_flat(self) -> bool:
        """Nothing held."""
        return not (self.yes.shares or self.no.shares)

    @property
    def delta(self) -> int:
        """YES minus NO shares."""
        return self.yes.shares - self.no.shares

    @property
    def proven_delta(self) -> int:
        """YES minus NO shares by confirmed fills only."""
        return self.yes.proven - self.no.proven

    @property
    def sure_delta(self) -> int:
        """The imbalance that is there whichever fills are taken back: 0 when the pair could be even, or turn."""
        least = self.delta - self.yes.coming - self.no.going
        most = self.delta + self.yes.going + self.no.coming
        return max(least, 0) or min(most, 0)

    @property
    def matched(self) -> int:
        """Shares held of both legs."""
        return min(self.yes.shares, self.no.shares)

    @property
    def cost(self) -> int:
        """What the shares still held cost, fees not included."""
        return self.yes.cost + self.no.cost

    @property
    def if_yes(self) -> int:
        """Result if YES wins: one USD a YES share, plus all cash so far."""
        return self.yes.shares + self.cash

    @property
    def if_no(self) -> int:
        """Result if NO wins."""
        return self.no.shares + self.cash

    @property
    def locked(self) -> int:
        """The worst result at resolution, fees included."""
        return min(self.if_yes, self.if_no)

    def apply(self, fill: Fill) -> Position:
        """Return the position after one fill; a sale seen before its purchase leaves negative shares at no cost."""
        held = self.holding(fill.leg)
        proven = fill.shares if fill.is_proven else 0
        if fill.side is Side.BUY:
            # Shares that were sold before this purchase was seen are closed by it: their cost is realised at once.
            covered = min(fill.shares, max(-held.shares, 0))
            closed = -(-fill.money * covered // fill.shares) if covered else 0
            coming = held.coming + fill.shares - proven
            leg = Holding(held.shares + fill.shares, held.cost + fill.money - closed, held.proven + proven, coming)
            cash, gain = -fill.money, -closed
        else:
            sold = min(fill.shares, max(held.shares, 0))
            out = held.cost * sold // held.shares if held.shares > 0 else 0
            leg = Holding(held.shares - fill.shares, held.cost - out, held.proven - proven, held.coming)
            cash, gain = fill.money, fill.money - out
        changed = replace(self, yes=leg) if fill.leg is Leg.YES else replace(self, no=leg)
        return replace(
            changed,
            cash=self.cash + cash - fill.fee,
            realised=self.realised + gain - fill.fee,
            fees=self.fees + fill.fee,
        )

    def prove(self, fill: Fill) -> Position:
        """Return the position once a fill that is in it is confirmed: as if it had been confirmed when it came."""
        held = self.holding(fill.leg)
        if fill.side is Side.BUY:
            leg = replace(held, proven=held.proven + fill.shares, coming=held.coming - fill.shares)
        else:
            leg = replace(held, proven=held.proven - fill.shares)
        return replace(self, yes=leg) if fill.leg is Leg.YES else replace(self, no=leg)

    def merge(self, shares: int) -> Position:
        """Return the position after so many pairs were merged into 1 USD each."""
        legs, out = [], 0
        for held in (self.yes, self.no):
            gone = min(shares, max(held.shares, 0))
            cost = held.cost * gone // held.shares if held.shares > 0 else 0
            legs.append(Holding(held.shares - shares, held.cost - cost, held.proven - shares, held.coming))
            out += cost
        return replace(self, yes=legs[0], no=legs[1], cash=self.cash + shares, realised=self.realised + shares - out)

    def payout(self, payout_yes: int) -> int:
        """Return what the shares pay at resolution: each YES `payout_yes` (1/10,000 USD), each NO the rest."""
        return payout(self.yes.shares, self.no.shares, payout_yes)

    def resolve(self, payout_yes: int) -> Position:
        """Return the position after resolution."""
        paid = self.payout(payout_yes)
        return replace(
            self,
            merging=0,
            yes=Holding(),
            no=Holding(),
            cash=self.cash + paid,
            realised=self.realised + paid - self.cost,
        )


def position_of(market_id: str, fills: Iterable[Fill]) -> Position:
    """Return the fold of all fills of a market that count."""
    position = Position(market_id)
    for fill in fills:
        if fill.counts:
            position = position.apply(fill)
    return position
