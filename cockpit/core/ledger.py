"""The account's ledger: one row for everything that moved money or shares, in the order in which it became known.

Booked by plain addition, from the facts alone, and never from what the fold has made of them, so that the two can be
compared (`core/ledger_check.py`). Nothing is taken out again: what a failed fill has moved is moved back by rows of its
own, and a payout whose shares change is corrected by another row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cockpit.core import events as ev
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillKey, FillStatus
from cockpit.core.units import PRICE_ONE

TAKEN_BACK = "taken back: the fill failed"
_NOTHING = (0, 0)


class Kind(StrEnum):
    """Why something moved: a closed list."""

    FUNDING = "funding"
    """Cash or shares that came or went other than by trading."""
    BUY = "buy"
    SELL = "sell"
    FEE = "fee"
    REBATE = "rebate"
    """Paid by venues that reward makers; the practice exchange pays none."""
    SPLIT = "split"
    """Cash into pairs; no venue of ours does it yet."""
    MERGE = "merge"
    REDEEM = "redeem"
    RESOLUTION = "resolution"


@dataclass(frozen=True, slots=True)
class Row:
    """One movement. Shares, cash, claim and fee in 1/1,000,000, below 0 for what went; price in 1/10,000 USD."""

    at_ms: int
    """When it happened: of a fill, when it was matched."""
    kind: Kind
    market_id: str = ""
    leg: Leg | None = None
    market: str = ""
    """The market's name when this was booked; empty where it was not known."""
    outcome: str = ""
    shares: int = 0
    cash: int = 0
    claim: int = 0
    """What a resolved market owes from here on, until it is redeemed."""
    balance: int = 0
    """Cash after it."""
    position: int = 0
    """Shares of this leg after it."""
    price: int | None = None
    """What a share was traded for, or pays; None where there is no such thing."""
    order_id: str = ""
    trade_id: str = ""
    fee: int = 0
    """What a trade cost in fees, told beside it: taken from the cash by a row of its own."""
    note: str = ""
    number: int = 0
    """From 1."""
    fact: int = 0
    """Which fact of the journal it is booked from, from 1."""


@dataclass(slots=True)
class _Pair:
    """What was booked of one market: everything by leg."""

    shares: list[int] = field(default_factory=lambda: [0, 0])
    resolved: list[int] = field(default_factory=lambda: [0, 0])
    """Shares that its resolution has taken."""
    paid: tuple[int, int] = _NOTHING
    payout_yes: int | None = None
    owes: bool = False
    redeemed: list[ev.ClaimRedeemed] = field(default_factory=list)
    """Redemptions that were told before the resolution was."""

    def pays(self) -> tuple[int, int]:
        """Return what the shares that were held to the end pay: rounded down together, what is left over with NO."""
        yes, no = (held + gone for held, gone in zip(self.shares, self.resolved, strict=True))
        payout_yes = self.payout_yes or 0
        paid = (yes * payout_yes + no * (PRICE_ONE - payout_yes)) // PRICE_ONE
        return yes * payout_yes // PRICE_ONE, paid - yes * payout_yes // PRICE_ONE


class Ledger:
    """Books facts in their order; `rows` is what it has booked so far."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._fact = 0
        self._cash = 0
        self._markets: dict[str, Market] = {}
        self._pairs: dict[str, _Pair] = {}
        self._fills: dict[FillKey, Fill] = {}
        self._early: dict[FillKey, list[FillStatus]] = {}
        """What was told of fills before they were."""
        self._transfers: set[FillKey] = set()
        self._converted: set[str] = set()
        """Conversions that were proven: each counts once, however often it is told."""

    def book(self, fact: ev.Event) -> None:
        """Book a fact; most move nothing."""
        self._fact += 1
        match fact:
            case ev.MarketListed(market=market):
                self._markets[market.id] = market
            case ev.CashMoved():
                self._write(Row(fact.at_ms, Kind.FUNDING, cash=fact.amount, note=fact.why))
            case ev.FillSeen():
                self._fill_seen(fact)
            case ev.FillMoved():
                self._fill_moved((fact.trade_id, fact.order_id), fact.status, fact.at_ms)
            case ev.PairsMerged() if self._is_first(fact.conversion_id):
                self._merge(fact)
            case ev.ClaimRedeemed() if self._is_first(fact.conversion_id):
                self._redeem(fact)
            case ev.MarketEnded():
                self._end(fact)
            case _:
                pass

    # ---- fills ----

    def _fill_seen(self, fact: ev.FillSeen) -> None:
        fill = fact.fill
        if fill.key in self._fills:
            self._fill_moved(fill.key, fill.status, fact.at_ms)
            return
        told = [*self._early.pop(fill.key, []), fill.status]
        fill = replace(fill, status=told[0])
        for status in told[1:]:
            fill = fill.advance(status)
        self._fills[fill.key] = fill
        # No trade has a price of 0: so a person's word that shares came or went is booked.
        if fact.is_external and not fill.price:
            self._transfers.add(fill.key)
        if fill.counts:
            self._trade(fill, fill.at_ms, 1, "not an order of this desk" if fact.is_external else "")

    def _fill_moved(self, key: FillKey, status: FillStatus, at_ms: int) -> None:
        known = self._fills.get(key)
        if known is None:
            self._early.setdefault(key, []).append(status)
            return
        self._fills[key] = known.advance(status)
        if known.counts and not self._fills[key].counts:
            self._trade(known, at_ms, -1, TAKEN_BACK)

    def _trade(self, fill: Fill, at_ms: int, sign: int, note: str) -> None:
        is_buy = fill.side is Side.BUY
        kind = Kind.BUY if is_buy else Kind.SELL
        if fill.key in self._transfers:
            kind, note = Kind.FUNDING, note if sign < 0 else "shares transferred: an accepted difference"
        row = Row(at_ms, kind, fill.market_id, fill.leg, price=fill.price or None, note=note)
        row = replace(row, order_id=fill.order_id, trade_id=fill.trade_id)
        way = sign if is_buy else -sign
        self._write(replace(row, shares=way * fill.shares, cash=-way * fill.money, fee=sign * fill.fee))
        self._write(replace(row, kind=Kind.FEE, cash=-sign * fill.fee))
        self._settle(fill.market_id, at_ms)

    # ---- what turns shares into cash otherwise ----

    def _is_first(self, conversion_id: str) -> bool:
        """Return whether a conversion is proven for the first time; those of others have no name, and count."""
        is_first = conversion_id not in self._converted
        if conversion_id:
            self._converted.add(conversion_id)
        return is_first

    def _merge(self, fact: ev.PairsMerged) -> None:
        row = Row(fact.at_ms, Kind.MERGE, fact.market_id, note=_named(fact.conversion_id))
        self._write(replace(row, leg=Leg.YES, shares=-fact.shares))
        # The cash of a pair comes with its second leg.
        self._write(replace(row, leg=Leg.NO, shares=-fact.shares, cash=fact.shares))
        self._settle(fact.market_id, fact.at_ms)

    def _redeem(self, fact: ev.ClaimRedeemed) -> None:
        pair = self._pair(fact.market_id)
        if pair.payout_yes is None:
            pair.redeemed.append(fact)
        elif pair.owes:
            row = Row(fact.at_ms, Kind.REDEEM, fact.market_id, note=_named(fact.conversion_id))
            self._write(replace(row, cash=fact.amount, claim=-fact.amount))

    def _end(self, fact: ev.MarketEnded) -> None:
        pair = self._pair(fact.market_id)
        if pair.payout_yes is not None:
            return
        pair.payout_yes, pair.owes = fact.payout_yes, fact.owes
        self._settle(fact.market_id, fact.at_ms, "owed until it is redeemed" if fact.owes else "paid at once")
        for redeemed in pair.redeemed:
            self._redeem(redeemed)

    def _settle(self, market_id: str, at_ms: int, note: str = "corrected: told after the end") -> None:
        """Take the shares of a market that has ended, for what they pay; later changes correct what was paid."""
        pair = self._pair(market_id)
        if pair.payout_yes is None:
            return
        before, pair.paid = pair.paid, pair.pays()
        for leg in Leg:
            gone, paid = pair.shares[leg], pair.paid[leg] - before[leg]
            pair.resolved[leg] += gone
            price = pair.payout_yes if leg is Leg.YES else PRICE_ONE - pair.payout_yes
            row = Row(at_ms, Kind.RESOLUTION, market_id, leg, shares=-gone, price=price, note=note)
            self._write(replace(row, claim=paid) if pair.owes else replace(row, cash=paid))

    # ---- inside ----

    def _pair(self, market_id: str) -> _Pair:
        return self._pairs.setdefault(market_id, _Pair())

    def _write(self, row: Row) -> None:
        """Add a row with its number, names and balances; one that moves nothing is left out."""
        if not (row.shares or row.cash or row.claim):
            return
        self._cash += row.cash
        row = replace(row, number=len(self.rows) + 1, fact=self._fact, balance=self._cash)
        market = self._markets.get(row.market_id)
        if row.leg is not None:
            held = self._pair(row.market_id).shares
            held[row.leg] += row.shares
            outcome = market.outcomes[row.leg] if market is not None else row.leg.name
            row = replace(row, position=held[row.leg], outcome=outcome)
        if market is not None:
            row = replace(row, market=market.name)
        self.rows.append(row)


def rows_of(facts: Iterable[ev.Event]) -> list[Row]:
    """Return the rows of a journal's facts, oldest first: their sums are the account."""
    ledger = Ledger()
    for fact in facts:
        ledger.book(fact)
    return ledger.rows


def _named(conversion_id: str) -> str:
    return f"conversion {conversion_id}" if conversion_id else "not asked for by this desk"
