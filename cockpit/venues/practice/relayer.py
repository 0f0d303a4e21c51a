"""Merges and redemptions: asked for by an id, carried out a few seconds later, under a quota, like the venue's relayer.

A merge takes confirmed shares of both legs that back no sale; a redemption takes all that is held of a market that has
resolved. Nothing moves before it is carried out, and then all of it at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind, ConversionState
from cockpit.core.market import Leg, Market, Side
from cockpit.core.units import payout
from cockpit.venues.account import NEVER_MS
from cockpit.venues.base import Accepted, Conversions, Rejected
from cockpit.venues.practice.account import PracticeAccount
from cockpit.venues.practice.draws import seeded

TERMS = Conversions(per_day=100, per_minute=25)
TAKES_MS = (1_500, 6_000)
_MINUTE_MS, _DAY_MS = 60_000, 86_400_000
INSUFFICIENT = "not enough shares"


@dataclass(frozen=True, slots=True)
class Course:
    """How a conversion goes when somebody plans it: when it is carried out, and whether it fails then."""

    takes_ms: int
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A conversion as it is written: with when it is due."""

    conversion: Conversion
    due_ms: int
    fails: bool = False


class Relayer:
    """All conversions of the account, the newest last."""

    def __init__(self, account: PracticeAccount, seed: int) -> None:
        self.asks: dict[str, Ask] = {}
        self.plan: Callable[[Conversion], Course | None] | None = None
        """Asked once for each conversion; None for the ordinary course."""
        self._account = account
        self._draw = seeded(seed, "relayer")
        self._pending: dict[str, Ask] = {}

    @property
    def next_ms(self) -> int:
        """When the next conversion is carried out."""
        return min((ask.due_ms for ask in self._pending.values()), default=NEVER_MS)

    def restore(self, asks: Iterable[Ask]) -> None:
        """Set what was written."""
        for ask in asks:
            self._keep(ask)

    def hurry(self, now_ms: int) -> None:
        """Carry out soon what is on its way."""
        for ask in list(self._pending.values()):
            self._keep(replace(ask, due_ms=min(ask.due_ms, now_ms + TAKES_MS[1])))

    def ask(
        self, wanted: Conversion, markets: Mapping[str, Market], ended: Mapping[str, int], now_ms: int
    ) -> Accepted | Rejected:
        """Take a conversion in, or refuse it without a trace."""
        refused = self._refuse(wanted, markets, ended, now_ms)
        if refused:
            return Rejected(wanted.id, *refused)
        course = self.plan(wanted) if self.plan else None
        course = course or Course(self._draw.randint(*TAKES_MS))
        taken = replace(wanted, asked_ms=now_ms, state=ConversionState.ASKED, reason="", amount=0)
        self._set(Ask(taken, now_ms + course.takes_ms, course.fails))
        return Accepted(wanted.id)

    def advance(self, markets: Mapping[str, Market], ended: Mapping[str, int], now_ms: int) -> None:
        """Carry out what is due."""
        for ask in [ask for ask in self._pending.values() if ask.due_ms <= now_ms]:
            market = markets[ask.conversion.market_id]
            brought = None if ask.fails else self._carry_out(ask.conversion, market, ended)
            if brought is None:
                why = "reverted" if ask.fails else INSUFFICIENT
                done = replace(ask.conversion, state=ConversionState.FAILED, reason=why)
                self._account.news.append(ev.ConversionFailed(now_ms, done.id, why))
            else:
                done = replace(ask.conversion, state=ConversionState.DONE, amount=brought)
                self._account.news.append(proof_of(done, now_ms))
            self._set(replace(ask, conversion=done))

    # ---- inside ----

    def _refuse(
        self, wanted: Conversion, markets: Mapping[str, Market], ended: Mapping[str, int], now_ms: int
    ) -> tuple[str, str] | None:
        """Return why a conversion is not taken in: a code and words."""
        if wanted.id in self.asks:
            return "duplicated", "this conversion is known already"
        asked = [ask.conversion.asked_ms for ask in self.asks.values()]
        if sum(now_ms - at_ms < _MINUTE_MS for at_ms in asked) >= TERMS.per_minute:
            return "quota", f"more than {TERMS.per_minute} a minute"
        if sum(now_ms - at_ms < _DAY_MS for at_ms in asked) >= TERMS.per_day:
            return "quota", f"more than {TERMS.per_day} a day"
        market = markets.get(wanted.market_id)
        if market is None:
            return "unknown market", wanted.market_id
        if wanted.kind is ConversionKind.REDEEM:
            if market.id not in ended or not any(token in self._account.shares for token in market.tokens):
                return "nothing to redeem", market.name
        elif not 0 < wanted.shares <= self._free(market):
            return INSUFFICIENT, f"{self._free(market)} pairs are free"
        return None

    def _free(self, market: Market) -> int:
        """Return how many pairs are confirmed and back no sale or merge."""
        unproven = [0, 0]
        for fill in self._account.fills.values():
            if fill.market_id == market.id and fill.counts and not fill.is_proven and fill.side is Side.BUY:
                unproven[fill.leg] += fill.shares
        return min(self._account.free_shares(market, leg) - unproven[leg] for leg in Leg)

    def _carry_out(self, conversion: Conversion, market: Market, ended: Mapping[str, int]) -> int | None:
        """Move shares and cash; returns what it brought, None when the shares are not there."""
        held = [self._account.shares.get(token, 0) for token in market.tokens]
        if conversion.kind is ConversionKind.MERGE:
            if min(held) < conversion.shares:
                return None
            self._account.convert(market, (conversion.shares, conversion.shares), conversion.shares)
            return conversion.shares
        paid = payout(held[Leg.YES], held[Leg.NO], ended[market.id])
        self._account.convert(market, (held[Leg.YES], held[Leg.NO]), paid)
        return paid

    def _set(self, ask: Ask) -> None:
        """Remember a conversion as it is now, and that it must be written."""
        self._keep(ask)
        self._account.touched.conversions[ask.conversion.id] = None

    def _keep(self, ask: Ask) -> None:
        conversion = ask.conversion
        self.asks[conversion.id] = ask
        if conversion.is_pending:
            self._pending[conversion.id] = ask
        else:
            self._pending.pop(conversion.id, None)
        same = (
            other.conversion.shares
            for other in self._pending.values()
            if other.conversion.market_id == conversion.market_id
        )
        self._account.merging[conversion.market_id] = sum(same)


def proof_of(done: Conversion, at_ms: int) -> ev.PairsMerged | ev.ClaimRedeemed:
    """Return the news that a conversion was carried out."""
    if done.kind is ConversionKind.MERGE:
        return ev.PairsMerged(at_ms, done.market_id, done.shares, done.id)
    return ev.ClaimRedeemed(at_ms, done.market_id, done.amount, done.id)
