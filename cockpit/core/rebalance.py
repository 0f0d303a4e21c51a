"""What would close a pair's imbalance, what it would lock, and which way to choose.

For every option: `locked` is the worst result at resolution; `gain` is what the trade adds to what the matched shares
lock, with the shares that stay unmatched valued at their cost before and after. For a trade that closes the whole
imbalance that is locked_after minus the lock of the matched shares. `profit` is the figure traders know (a sale
against entry, a purchase's locked result), shown beside it; the choice is made by gain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from cockpit.core import pair_words as w
from cockpit.core.book import Levels
from cockpit.core.fees import FeeSchedule
from cockpit.core.gates import Row
from cockpit.core.market import Leg, Side
from cockpit.core.position import Position
from cockpit.core.units import LOT, PRICE_ONE, USD, floor_lot, pay, receive

EVEN = 10_000
"""The hedge ratio of a pair with as many shares of either leg."""


@dataclass(frozen=True, slots=True)
class RebalanceRules:
    """The settings that decide. Money in 1/1,000,000 USD, ratio in 1/10,000, prices in 1/10,000 USD."""

    threshold: int = 8_000
    min_profit: int = 200
    """Least gain per traded share, as a price."""
    prefer_sell: bool = True
    allow_partial: bool = True
    max_position_cost: int = 25 * USD
    max_slippage: int = 100
    """How far behind the price that was seen the limit may lie."""
    stop_before_end_ms: int = 60_000
    min_size: int = 0
    min_taker_cost: int = 0
    max_unhedged_ms: int = 20_000
    """How long an excess may wait for a trade that gains the minimum."""
    max_loss: int = 0
    """Most that a traded share may lose once the excess has waited longer, as a price; 0: it waits on."""


@dataclass(frozen=True, slots=True)
class Quotes:
    """What can be taken now: bids of the leg held too much, asks of the leg held too little, best first."""

    excess_bids: Levels
    deficit_asks: Levels


@dataclass(frozen=True, slots=True)
class Option:
    """One way to close the imbalance, or part of it."""

    side: Side
    leg: Leg
    shares: int
    price: int
    """The worst price the walk touched."""
    money: int
    """Paid (buy) or received (sell) without the fee."""
    fee: int
    profit: int
    gain: int
    locked_before: int
    locked_after: int
    is_partial: bool

    @property
    def action(self) -> str:
        """`SELL_YES`, `BUY_NO` ..."""
        return f"{self.side.name}_{self.leg.name}"

    def gains_at_least(self, per_share: int) -> bool:
        """Return whether gain per traded share reaches `per_share` (a price), compared exactly."""
        return self.gain * PRICE_ONE >= per_share * self.shares


class Verdict(StrEnum):
    """What the rule says about a pair."""

    TRADE = "trade"
    BALANCED = "balanced"
    DUST = "dust"
    NO_QUOTE = "no quote"
    BELOW_MINIMUM = "gain below minimum"
    PARTIAL = "partial not allowed"
    ENDING = "market ending"
    OFF = "off"
    UNPROVEN = "waiting for confirmation"


_VERDICTS = {
    w.RATIO: Verdict.BALANCED,
    w.DUST: Verdict.DUST,
    w.PROVEN: Verdict.UNPROVEN,
    w.QUOTES: Verdict.NO_QUOTE,
    w.OFFERED: Verdict.NO_QUOTE,
    w.WORTH_SENDING: Verdict.DUST,
    w.GAIN: Verdict.BELOW_MINIMUM,
    w.WHOLE: Verdict.PARTIAL,
}
"""What it means for a pair that a gate is closed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The verdict, all options weighed, and the one to take."""

    verdict: Verdict
    options: tuple[Option, ...] = ()
    chosen: Option | None = None


def hedge_ratio(position: Position) -> int:
    """Return min/max of the legs in 1/10,000, rounded down; 0 when nothing is held."""
    most = max(position.yes.shares, position.no.shares)
    return position.matched * 10_000 // most if most > 0 else 0


def is_balanced(position: Position, threshold: int) -> bool:
    """Return whether min/max reaches the threshold (1/10,000); an empty pair is balanced."""
    most = max(position.yes.shares, position.no.shares)
    return position.matched * 10_000 >= threshold * most


def closable(position: Position) -> int:
    """Return how many shares of the imbalance are there for sure, in whole lots."""
    return floor_lot(abs(position.sure_delta))


def rules_after(rules: RebalanceRules, unhedged_ms: int) -> RebalanceRules:
    """Return the rules for an excess that has been there for so long: past the limit a loss of `max_loss` is taken.

    All else stays: the walk then takes every level that loses no more, and the limit never lies where a share would.
    """
    if not rules.max_loss or unhedged_ms <= rules.max_unhedged_ms:
        return rules
    return replace(rules, min_profit=min(rules.min_profit, -rules.max_loss))


def options_of(position: Position, quotes: Quotes, fees: FeeSchedule, rules: RebalanceRules) -> tuple[Option, ...]:
    """Return the sale of the excess and the purchase of the deficit, as far as depth, gain and budget allow.

    Both walk the levels while each further level still gains at least the minimum; when not even the best level does,
    the whole imbalance is priced all the same, so that a person sees what it would cost. A leg below zero (a purchase
    that failed after its shares were sold) is a matter for reconciliation, not for a trade. Of an imbalance only the
    part that is there for sure is closed, and only shares that are there for sure are sold.
    """
    if not position.sure_delta or position.matched < 0:
        return ()
    heavy = Leg.YES if position.delta > 0 else Leg.NO
    entry = position.holding(heavy)
    found = []
    for side, leg, levels in ((Side.SELL, heavy, quotes.excess_bids), (Side.BUY, heavy.other, quotes.deficit_asks)):
        best = _grow(position, side, leg, entry.cost, entry.shares, levels, fees, rules)
        if best is not None:
            found.append(best)
    return tuple(found)


def choose(position: Position, options: tuple[Option, ...], rules: RebalanceRules) -> Choice:
    """Return what to do about a pair: which option, or the first thing that stands in the way."""
    worth = list(options)
    for gate, is_open, _, _ in gates_of(position, worth, rules, is_told=False):
        if not is_open:
            # What is not there for sure is not offered to anybody, not even to look at.
            return Choice(_VERDICTS[gate], () if gate is w.PROVEN else options)
    sales = [o for o in worth if o.side is Side.SELL]
    chosen = max(sales if rules.prefer_sell and sales else worth, key=lambda option: option.gain)
    return Choice(Verdict.TRADE, options, chosen)


def gates_of(position: Position, worth: list[Option], rules: RebalanceRules, *, is_told: bool) -> Iterator[Row]:
    """Yield what a pair must pass to be traded, in the order it is asked.

    `worth` are the options there are; it is narrowed to those that pass. Once it is empty the rest cannot be asked.
    Numbers that only people need are 0 unless they are told: this runs whenever a book changes.
    """
    least = max(rules.min_size, 1)
    ratio = (PRICE_ONE if position.is_flat else hedge_ratio(position)) if is_told else 0
    yield w.RATIO, not is_balanced(position, rules.threshold), ratio, rules.threshold
    excess, sure = floor_lot(abs(position.delta)), closable(position)
    yield w.DUST, excess >= least, excess, least
    yield w.PROVEN, sure >= least, sure, least
    yield w.QUOTES, bool(worth), bool(worth), 1
    if not worth:
        return
    legal = [o for o in worth if o.shares >= rules.min_size and o.money >= rules.min_taker_cost]
    yield _size_gate(worth, legal, rules) if is_told or not legal else (w.OFFERED, True, 0, 0)
    gaining = [o for o in legal if o.gains_at_least(rules.min_profit)]
    if legal:
        gain = max(o.gain * PRICE_ONE // o.shares for o in legal) if is_told else 0
        yield w.GAIN, bool(gaining), gain, rules.min_profit
    worth[:] = gaining
    if gaining and not rules.allow_partial:
        worth[:] = [o for o in gaining if not o.is_partial]
        yield w.WHOLE, bool(worth), not worth, 0


def _size_gate(found: list[Option], legal: list[Option], rules: RebalanceRules) -> Row:
    """Return whether the venue would take one of these, by the largest of them.

    Too little on offer, or affordable, is not dust: the imbalance itself is large enough.
    """
    gate = w.OFFERED if any(option.is_partial for option in found) else w.WORTH_SENDING
    most = max(found, key=lambda option: option.shares)
    by_cost = -(-rules.min_taker_cost * PRICE_ONE // most.price)
    return gate, bool(legal), most.shares, max(rules.min_size, by_cost, 1)


def limit_of(option: Option, fees: FeeSchedule, position: Position, rules: RebalanceRules, tick: int) -> int:
    """Return the limit price to work an option at: behind what was seen by at most the slippage allowed.

    It never lies where a share would gain less than the minimum.
    """
    limit = option.price
    while abs(limit - option.price) + tick <= rules.max_slippage:
        candidate = limit + tick if option.side is Side.BUY else limit - tick
        if not tick <= candidate <= PRICE_ONE - tick or not still_gains(option, candidate, fees, position, rules):
            break
        limit = candidate
    return limit


def still_gains(option: Option, price: int, fees: FeeSchedule, position: Position, rules: RebalanceRules) -> bool:
    """Return whether trading an option's shares at this price gains the minimum per share."""
    money = pay(option.shares, price) if option.side is Side.BUY else receive(option.shares, price)
    moved = _priced(position, option.side, option.leg, option.shares, money, price, fees)
    return moved.gains_at_least(rules.min_profit)


def _grow(
    position: Position,
    side: Side,
    leg: Leg,
    entry_cost: int,
    entry_shares: int,
    levels: Levels,
    fees: FeeSchedule,
    rules: RebalanceRules,
) -> Option | None:
    """Take levels one by one while each adds at least the minimum gain, or all of them when not even the best does."""
    wanted = closable(position)
    if side is Side.SELL:
        wanted = min(wanted, floor_lot(position.sellable(leg)))
    budget = rules.max_position_cost - position.cost if side is Side.BUY else None
    is_worth = False
    taken = product = fee = worst = 0
    for price, available in levels:
        if available < LOT:
            continue  # the rest of a fill: nobody can order so little, and it must not hide what lies behind it
        step = floor_lot(min(available, wanted - taken))
        if budget is not None:
            step = _affordable(budget - _money(side, product) - fee, step, price, fees)
        if step <= 0:
            break
        step_gain = _gain(side, step, step * price, fees.taker(step, price), entry_cost, entry_shares)
        gains = step_gain * PRICE_ONE >= rules.min_profit * step
        if is_worth and not gains:
            break
        is_worth = is_worth or gains
        taken, product, fee = taken + step, product + step * price, fee + fees.taker(step, price)
        worst = price
        if taken >= wanted:
            break
    return _option(position, side, leg, taken, _money(side, product), worst, fee) if taken else None


def _money(side: Side, product: int) -> int:
    return -(-product // PRICE_ONE) if side is Side.BUY else product // PRICE_ONE


def _affordable(budget: int, most: int, price: int, fees: FeeSchedule) -> int:
    """Return the most shares up to `most`, in whole lots, whose cost and fee fit the budget."""
    fits, misses = 0, most // LOT + 1
    lots = misses - 1
    while misses - fits > 1:
        if pay(lots * LOT, price) + fees.taker(lots * LOT, price) <= budget:
            fits = lots
        else:
            misses = lots
        lots = (fits + misses) // 2
    return fits * LOT


def _gain(side: Side, shares: int, product: int, fee: int, entry_cost: int, entry_shares: int) -> int:
    """Gain of trading `shares`, given the product shares x price: see the module's text."""
    at_entry = -(-entry_cost * shares // entry_shares)
    if side is Side.SELL:
        return product // PRICE_ONE - fee - at_entry
    return shares - at_entry + (-product // PRICE_ONE) - fee


def _priced(position: Position, side: Side, leg: Leg, shares: int, money: int, price: int, fees: FeeSchedule) -> Option:
    return _option(position, side, leg, shares, money, price, fees.taker(shares, price))


def _option(position: Position, side: Side, leg: Leg, shares: int, money: int, price: int, fee: int) -> Option:
    heavy = position.holding(leg if side is Side.SELL else leg.other)
    at_entry = -(-heavy.cost * shares // heavy.shares)
    cash = position.cash - fee + (money if side is Side.SELL else -money)
    sign = -1 if side is Side.SELL else 1
    yes = position.yes.shares + (sign * shares if leg is Leg.YES else 0)
    no = position.no.shares + (sign * shares if leg is Leg.NO else 0)
    locked_after = min(yes, no) + cash
    gain = money - fee - at_entry if side is Side.SELL else shares - at_entry - money - fee
    return Option(
        side=side,
        leg=leg,
        shares=shares,
        price=price,
        money=money,
        fee=fee,
        profit=gain if side is Side.SELL else locked_after,
        gain=gain,
        locked_before=position.locked,
        locked_after=locked_after,
        is_partial=shares < closable(position),
    )
