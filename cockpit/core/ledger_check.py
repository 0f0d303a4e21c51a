"""Whether the rows of a ledger sum to the account: the same facts are folded as the desk folds them, and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.ledger import Row
from cockpit.core.market import Leg
from cockpit.core.state import State
from cockpit.core.units import money_text

MAX_NAMED = 5
_Key = tuple[str, Leg | None]
_Sums = Counter[_Key]
"""`CASH`, `OWED`, or (market id, leg) -> its sum."""
CASH: _Key = ("cash", None)
OWED: _Key = ("owed", None)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a venue says is there: money, and shares by asset id."""

    cash: int
    shares: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Total:
    """One sum and what it must equal, in 1/1,000,000 USD or shares."""

    what: str
    """`cash`, `owed` or `shares`; with ` at the venue` where that is what it is compared with."""
    by_rows: int
    by_account: int
    market_id: str = ""
    market: str = ""
    outcome: str = ""

    @property
    def difference(self) -> int:
        """What the rows have more than the account."""
        return self.by_rows - self.by_account


@dataclass(frozen=True, slots=True)
class Check:
    """What came out."""

    rows: int
    totals: tuple[Total, ...]
    first: tuple[str, ...]
    """The first facts at which rows and account part, with the numbers of their rows."""
    left_out: tuple[str, ...]
    """Facts that could not be folded: a desk leaves them out, too, and starts halted."""

    @property
    def is_ok(self) -> bool:
        """Whether every sum is exact, and every balance in a row, too."""
        return not self.first and not any(total.difference for total in self.totals)


def check(facts: Iterable[ev.Event], rows: Sequence[Row], venue: Holdings | None = None) -> Check:
    """Return how the rows compare with the account after every fact, and with the venue at the end."""
    walk = _Walk(rows)
    for fact in facts:
        walk.step(fact)
    sums: _Sums = Counter()
    for row in rows:
        _add(sums, row)
    totals = _in_the_account(walk.state, sums)
    if venue is not None:
        totals += _at_the_venue(walk.state, sums, venue)
    return Check(len(rows), tuple(totals), tuple(walk.first[:MAX_NAMED]), tuple(walk.left_out))


def _add(sums: _Sums, row: Row) -> None:
    sums[CASH] += row.cash
    sums[OWED] += row.claim
    if row.leg is not None:
        sums[row.market_id, row.leg] += row.shares


def _of(state: State, key: _Key) -> int:
    """Return what the account has of it."""
    market_id, leg = key
    if leg is not None:
        return state.position(market_id).holding(leg).shares
    return state.cash_there if key == CASH else state.owed


class _Walk:
    """The facts one after the other, with the rows that were booked from each."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.state = State()
        self.first: list[str] = []
        self.left_out: list[str] = []
        self._fact = 0
        self._sums: _Sums = Counter()
        self._parted: _Sums = Counter()
        """By how much rows and account differ already."""
        self._told: _Sums = Counter()
        """Balances and positions after the newest row, as it tells them."""
        self._rows: dict[int, list[Row]] = {}
        for fact, booked in groupby(rows, lambda row: row.fact):
            self._rows.setdefault(fact, []).extend(booked)

    def step(self, fact: ev.Event) -> None:
        """Fold a fact, add its rows, and note whether they part here."""
        self._fact += 1
        try:
            apply(self.state, fact)
        except Exception as error:
            name = type(fact).__name__
            self.left_out.append(f"fact {self._fact} of the journal ({name}) cannot be folded: {error!r}")
        booked = self._rows.get(self._fact, [])
        for row in booked:
            self._add(row)
        touched = {CASH, OWED} | {(market_id, leg) for market_id in self._markets(fact, booked) for leg in Leg}
        parted = [key for key in touched if self._difference(key) != self._parted[key]]
        for key in parted:
            self._parted[key] = self._difference(key)
        if parted:
            numbers = ", ".join(str(row.number) for row in booked)
            where = f"row{'s' * (len(booked) > 1)} {numbers}" if booked else "no row"
            self.first.append(f"{where} of fact {self._fact} ({type(fact).__name__}): {self._words(parted)}")

    def _add(self, row: Row) -> None:
        _add(self._sums, row)
        moved = {CASH: ("balance", row.cash, row.balance)}
        if row.leg is not None:
            moved[row.market_id, row.leg] = "position", row.shares, row.position
        for key, (name, change, after) in moved.items():
            if after != self._told[key] + change:
                self.first.append(f"row {row.number}: its {name} after is not the one before and its change")
            self._told[key] = after

    def _markets(self, fact: ev.Event, booked: Iterable[Row]) -> set[str]:
        """Return the markets whose shares a fact can have moved."""
        found = {row.market_id for row in booked}
        match fact:
            case ev.FillSeen(fill=fill):
                found.add(fill.market_id)
            case ev.FillMoved(trade_id=trade, order_id=order) if (trade, order) in self.state.fills:
                found.add(self.state.fills[trade, order].market_id)
            case ev.MarketEnded(market_id=market_id) | ev.PairsMerged(market_id=market_id):
                found.add(market_id)
            case _:
                pass
        return found - {""}

    def _difference(self, key: _Key) -> int:
        return self._sums[key] - _of(self.state, key)

    def _words(self, parted: Iterable[_Key]) -> str:
        """Return by how much the rows are off from here on."""
        words = []
        for market_id, leg in sorted(parted, key=str):
            name = market_id
            if leg is not None:
                name = f"{_name(self.state, market_id)} {_outcome(self.state, market_id, leg)}"
            words.append(f"{name} off by {money_text(self._parted[market_id, leg])}")
        return ", ".join(words)


def _in_the_account(state: State, sums: _Sums) -> list[Total]:
    """Return cash, what is owed, and every leg that was ever held or booked."""
    keys = {key for key in sums if key[1] is not None} | {(name, leg) for name in state.positions for leg in Leg}
    found = [Total("cash", sums[CASH], _of(state, CASH)), Total("owed", sums[OWED], _of(state, OWED))]
    legs = [
        _shares(state, key, sums[key], _of(state, key)) for key in sorted(keys, key=lambda key: (key[0], key[1] or 0))
    ]
    return found + sorted(legs, key=lambda total: total.market)


def _at_the_venue(state: State, sums: _Sums, venue: Holdings) -> list[Total]:
    """Return the same for what the venue holds; shares of ended markets lie there until they are redeemed."""
    totals = [Total("cash at the venue", sums[CASH], venue.cash)]
    known: set[str] = set()
    for market in state.markets.values():
        known.update(market.tokens)
        for leg in Leg if market.id not in state.ended else ():
            theirs = venue.shares.get(market.tokens[leg], 0)
            if theirs or sums[market.id, leg]:
                key = market.id, leg
                totals.append(_shares(state, key, sums[key], theirs, "shares at the venue"))
    unknown = sorted(set(venue.shares) - known)
    what = "shares at the venue"
    return sorted(totals, key=lambda total: total.market) + [
        Total(what, 0, venue.shares[token], market=f"unknown asset {token}") for token in unknown
    ]


def _shares(state: State, key: _Key, by_rows: int, by_account: int, what: str = "shares") -> Total:
    market_id, leg = key
    outcome = _outcome(state, market_id, leg) if leg is not None else ""
    return Total(what, by_rows, by_account, market_id, _name(state, market_id), outcome)


def _name(state: State, market_id: str) -> str:
    market = state.markets.get(market_id)
    return market.name if market is not None else market_id


def _outcome(state: State, market_id: str, leg: Leg) -> str:
    market = state.markets.get(market_id)
    return market.outcomes[leg] if market is not None else leg.name
