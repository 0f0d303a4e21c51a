"""Entries: buying both legs of a pair so that it locks at least the minimum spread, fees included. Pure.

The venue runs one book for both legs, so YES ask + NO ask is 1 + spread: what can be locked is the spread itself, by
resting on both legs (maker-maker), or by resting on one and completing with the other (maker-taker). Taking both
(taker-taker) needs asks that sum to less than 1, which a synchronised view does not show; it is weighed all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cockpit.core import check_words as c
from cockpit.core import entry_words as w
from cockpit.core.book import Book, walk
from cockpit.core.fees import STEP, FeeSchedule
from cockpit.core.gates import Row
from cockpit.core.market import Leg, Market, Side
from cockpit.core.parent import ParentState
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, floor_lot, pay


class EntryKind(StrEnum):
    """Which legs rest and which take."""

    MAKER_MAKER = "maker-maker"
    """Post-only bids on both legs."""
    MAKER_TAKER = "maker-taker"
    """One leg rests; as much as it has filled is taken of the other."""
    TAKER_TAKER = "taker-taker"
    """Both legs are taken at once."""


@dataclass(frozen=True, slots=True)
class EntryRules:
    """The settings of entries. Money and shares in 1/1,000,000, prices in 1/10,000 USD."""

    min_spread: int = 200
    """Least result of a pair after fees, as a price."""
    budget: int = 25 * USD
    """What one entry may cost, unless a person says otherwise."""
    max_unproven: int = 50 * SHARE
    """Shares of fills that are not confirmed yet on which the other leg may be completed."""
    life_ms: int = 600_000
    reach: int = 3
    """How many ticks behind the best bid a leg that rests may lie to be proposed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: two legs worked as two parents."""

    id: str
    market_id: str
    kind: EntryKind
    first: Leg
    """The leg that rests, where only one does."""
    shares: int
    """Of each leg."""
    prices: tuple[int, int]
    """Limits of YES and NO."""
    created_ms: int
    ends_at_ms: int
    state: ParentState = ParentState.WORKING
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether its legs are still being worked."""
        return self.state is ParentState.WORKING


@dataclass(frozen=True, slots=True)
class Alone:
    """What it means if only one leg fills. Money in 1/1,000,000."""

    leg: Leg
    cost: int
    """Lost if this leg's outcome does not happen."""
    back: int
    """Result of selling it back to the bids at once, fees included; below 0 is a loss."""
    is_sold: bool
    """Whether the bids take all of it; what they do not take counts as 0."""


def takes(kind: EntryKind, first: Leg, leg: Leg) -> bool:
    """Return whether a leg of an entry takes, and so pays the fee."""
    return kind is EntryKind.TAKER_TAKER or (kind is EntryKind.MAKER_TAKER and leg is not first)


def cost_of(kind: EntryKind, first: Leg, shares: int, prices: tuple[int, int], fees: FeeSchedule) -> int:
    """Return what both legs cost at their limits, fees included."""
    return sum(
        pay(shares, prices[leg]) + (fees.taker(shares, prices[leg]) if takes(kind, first, leg) else 0) for leg in Leg
    )


def result_of(kind: EntryKind, first: Leg, shares: int, prices: tuple[int, int], fees: FeeSchedule) -> int:
    """Return what the pair locks when both legs fill at their limits: one USD a pair less all it costs."""
    return shares - cost_of(kind, first, shares, prices, fees)


def leaves(result: int, shares: int, spread: int) -> bool:
    """Return whether a result is at least `spread` (a price) for every pair, compared exactly."""
    return result * PRICE_ONE >= spread * shares


def size_for(kind: EntryKind, first: Leg, budget: int, prices: tuple[int, int], fees: FeeSchedule) -> int:
    """Return the most whole lots of each leg that a budget pays for, fees included: AP1."""
    fits, misses = 0, budget // max(sum(prices), 1) * PRICE_ONE // LOT + 2
    while misses - fits > 1:
        lots = (fits + misses) // 2
        if cost_of(kind, first, lots * LOT, prices, fees) <= budget:
            fits = lots
        else:
            misses = lots
    return fits * LOT


def alone(book: Book, leg: Leg, shares: int, price: int, fees: FeeSchedule, *, is_taker: bool) -> Alone:
    """Return what it would mean if this leg filled and the other never did."""
    cost = pay(shares, price) + (fees.taker(shares, price) if is_taker else 0)
    sold, product, _ = walk(book.levels(leg, Side.BUY), shares, None, Side.SELL)
    fee = sum(fees.taker(step, at) for at, step in _steps(book, leg, shares))
    return Alone(leg, cost, product // PRICE_ONE - fee - cost, sold == shares)


def _steps(book: Book, leg: Leg, shares: int) -> Iterable[tuple[int, int]]:
    for price, available in book.levels(leg, Side.BUY):
        step = min(available, shares)
        if step <= 0:
            return
        yield price, step
        shares -= step


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry that is possible on the book as it is, and leaves the minimum spread."""

    market_id: str
    kind: EntryKind
    first: Leg
    shares: int
    prices: tuple[int, int]
    result: int


def offer_of(market: Market, book: Book, rules: EntryRules, budget: int) -> Offer | None:
    """Return the best entry a market offers now, if one leaves the minimum spread.

    Both legs are read from the one book, so they are of the same moment; a book that is not whole, crossed or without
    one of its sides offers nothing.
    """
    found: list[Offer] = []
    are_open = all(is_open for _, is_open, _, _ in offer_gates(market, book, rules, budget, found))
    return best_of(found) if are_open else None


def best_of(found: Iterable[Offer]) -> Offer | None:
    """Return the offer that locks most."""
    return max(found, key=lambda offer: offer.result, default=None)


def offer_gates(market: Market, book: Book, rules: EntryRules, budget: int, found: list[Offer]) -> Iterator[Row]:
    """Yield what an entry must pass to be proposed; `found` becomes what can be had, then what leaves the spread."""
    yield c.BOOK, book.synced, not book.synced, 0
    yield c.CROSSED, not book.is_crossed, book.is_crossed, 0
    yield w.TWO_SIDED, book.is_two_sided, not book.is_two_sided, 0
    yield w.BUDGET, budget > 0, budget, 1
    if not book.synced or book.is_crossed or not book.is_two_sided or budget <= 0:
        return
    found[:] = [
        offer
        for kind, first, prices in _candidates(market, book, rules)
        if (offer := _weighed(market, kind, first, prices, budget)) is not None
    ]
    yield w.POSSIBLE, bool(found), not found, 0
    if found:
        best = max(offer.result * PRICE_ONE // offer.shares for offer in found)
        leaving = [offer for offer in found if leaves(offer.result, offer.shares, rules.min_spread)]
        yield w.SPREAD, bool(leaving), best, rules.min_spread
        found[:] = leaving


def _candidates(market: Market, book: Book, rules: EntryRules) -> Iterable[tuple[EntryKind, Leg, tuple[int, int]]]:
    yield EntryKind.TAKER_TAKER, Leg.YES, prices_for(market, book, rules, EntryKind.TAKER_TAKER, Leg.YES)
    yield EntryKind.MAKER_MAKER, Leg.YES, prices_for(market, book, rules, EntryKind.MAKER_MAKER, Leg.YES)
    for first in Leg:
        prices = prices_for(market, book, rules, EntryKind.MAKER_TAKER, first)
        # A leg that rests far behind the best bid is no proposal: it will not fill.
        if prices[first] >= book.bid(first) - rules.reach * market.tick:
            yield EntryKind.MAKER_TAKER, first, prices


def prices_for(market: Market, book: Book, rules: EntryRules, kind: EntryKind, first: Leg) -> tuple[int, int]:
    """Return the best prices of YES and NO for an entry now; 0 for a leg that has none which leaves the spread."""
    bids, asks = (book.bid(Leg.YES), book.bid(Leg.NO)), (book.ask(Leg.YES), book.ask(Leg.NO))
    if kind is EntryKind.TAKER_TAKER:
        return asks
    if kind is EntryKind.MAKER_MAKER:
        better = bids[0] + market.tick, bids[1] + market.tick
        # Leading on both legs fills sooner, where enough is left of the spread.
        return better if PRICE_ONE - sum(better) >= max(rules.min_spread, market.tick) else bids
    other = asks[first.other]
    price = min(_resting_price(market, other, rules), asks[first] - market.tick)
    return (price, other) if first is Leg.YES else (other, price)


def fitted(market: Market, rules: EntryRules, given: tuple[int, int], best: tuple[int, int]) -> tuple[int, int]:
    """Return prices of both legs of which those left open (0) leave the minimum spread where both rest.

    A leg left open is at its best price, or as far below it as that takes; if both are, the second gives way. 0 where
    no price does.
    """
    yes, no = given
    if not yes:
        yes = min(best[Leg.YES], _beside(market, rules, no)) if no else best[Leg.YES]
    return yes, no or min(best[Leg.NO], _beside(market, rules, yes))


def _beside(market: Market, rules: EntryRules, price: int) -> int:
    most = PRICE_ONE - max(rules.min_spread, market.tick) - price
    return market.round_down(most) if most >= market.tick else 0


def _resting_price(market: Market, other_ask: int, rules: EntryRules) -> int:
    """Return the highest price of a leg that leaves the minimum spread when the other is taken at its ask.

    It does at any size: the fee's rounding, which weighs most on the smallest one, counts.
    """
    price = PRICE_ONE - rules.min_spread - other_ask
    fee = market.fees.taker(100 * SHARE, other_ask)
    fee += STEP * 100 * SHARE // market.min_size if fee else 0
    price -= -(-fee * PRICE_ONE // (100 * SHARE))
    return market.round_down(price) if price >= market.tick else 0


def _weighed(market: Market, kind: EntryKind, first: Leg, prices: tuple[int, int], budget: int) -> Offer | None:
    """Return what an entry at these prices would be; None where the venue takes none."""
    if not all(market.is_valid_price(price) for price in prices):
        return None
    shares = floor_lot(size_for(kind, first, budget, prices, market.fees))
    if entry_problem(market, kind, first, shares, prices):
        return None
    return Offer(market.id, kind, first, shares, prices, result_of(kind, first, shares, prices, market.fees))


def entry_problem(market: Market, kind: EntryKind, first: Leg, shares: int, prices: tuple[int, int]) -> str:
    """Return a sentence that says why the venue would not take a leg of this size, or nothing."""
    if problem := market.size_problem(shares):
        return problem
    for leg in Leg:
        if takes(kind, first, leg) and pay(shares, prices[leg]) < market.min_taker_cost:
            return f"taking {market.outcomes[leg]} for less than 1 USD is refused by the venue"
    return ""
