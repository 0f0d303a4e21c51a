"""An entry: both legs of a pair, as two parents that belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.entry import (
    Entry,
    EntryKind,
    entry_problem,
    fitted,
    leaves,
    prices_for,
    result_of,
    size_for,
    takes,
)
from cockpit.core.limits import MIN_LIFE_MS, Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.parent import Algorithm, How, Parent, Slice
from cockpit.core.units import LOT, PRICE_ONE, cents_text, duration_text, price_text, shares_text
from cockpit.desk.placing.place import first_problem
from cockpit.desk.placing.prepared import (
    Prepared,
    find_market,
    middle_of,
    one_order_problem,
    parent_id,
    price_problem,
    time_problem,
)

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

COMPLETES_FOR_MS = 60_000
"""How much longer than the leg that rests its completion is worked: what fills last has to be completed too."""


def prepare_enter(desk: Desk, command: cmd.Enter) -> Prepared | Refused:
    """Return an entry with both its legs, or what is wrong with it."""
    market = find_market(desk, command.market_id)
    if isinstance(market, Refused):
        return market
    life = command.life_ms or desk.rules.entry.life_ms
    completing = COMPLETES_FOR_MS if command.kind is EntryKind.MAKER_TAKER else 0
    if refusal := time_problem(desk, market, life, "life", completing):
        return refusal
    if command.kind is not EntryKind.TAKER_TAKER and life < MIN_LIFE_MS:
        words = f"a leg that rests lives at least {duration_text(MIN_LIFE_MS)}, not {duration_text(life)}"
        return Refused(Reason.BAD_LIFE, words, "life")
    sized = _sized(desk, market, command)
    if isinstance(sized, Refused):
        return sized
    prices, shares = sized
    now = desk.clock.now_ms()
    entry = Entry(
        id=f"E-{len(desk.state.entries) + 1:04d}",
        market_id=market.id,
        kind=command.kind,
        first=command.first,
        shares=shares,
        prices=prices,
        created_ms=now,
        ends_at_ms=now + life,
    )
    if refusal := _spread_problem(desk, market, entry) or _book_problem(desk, entry):
        return refusal
    parents = _legs(desk, entry)
    beside: list[Order] = []
    for parent in parents:
        whole = parent.as_order(parent.size, parent.limit)
        # Also the leg that waits: one that could not be sent would leave the other alone.
        if refusal := desk.guard.check_whole(whole, beside) or first_problem(desk, parent, now):
            return refusal
        beside.append(whole)
    words, seen = entry_words(desk, market, entry), desk.scanner.seen.get(market.id, (0, None))
    return Prepared(parents, words, (ev.EntryStarted(now, entry, command.id, *seen),), entry)


def entry_words(desk: Desk, market: Market, entry: Entry) -> str:
    """Return `E-0001 enter Harbour bill maker-maker 20 Yes at 0.3 + 20 No at 0.68, ...`."""
    shares = shares_text(entry.shares)
    legs = " + ".join(f"{shares} {market.outcomes[leg]} at {price_text(entry.prices[leg])}" for leg in Leg)
    result = cents_text(result_of(entry.kind, entry.first, entry.shares, entry.prices, market.fees))
    life = duration_text(entry.ends_at_ms - entry.created_ms)
    return f"{entry.id} enter {market.name} {entry.kind}: {legs}, locks {result} USD, for {life}"


def _sized(desk: Desk, market: Market, command: cmd.Enter) -> tuple[tuple[int, int], int] | Refused:
    """Return the prices and the shares of an entry: what was asked for, the rest filled in."""
    prices = _prices(desk, market, command)
    if isinstance(prices, Refused):
        return prices
    for leg in Leg:
        if refusal := price_problem(market, prices[leg], leg.name.lower()):
            return refusal
    shares = command.shares
    if not shares:
        budget = command.budget or desk.rules.entry.budget
        if type(budget) is not int or budget <= 0:
            return Refused(Reason.BAD_NUMBER, f"budget {budget!r} is not an amount above 0", "budget")
        shares = size_for(command.kind, command.first, budget, prices, market.fees)
    if type(shares) is not int or shares % LOT:
        return Refused(Reason.BAD_SIZE, f"size {shares!r} is not in hundredths of a share", "size")
    problem = entry_problem(market, command.kind, command.first, shares, prices)
    field = "size" if command.shares else "budget"
    if problem:
        return Refused(Reason.BELOW_MINIMUM, problem, field)
    is_one = command.kind is EntryKind.TAKER_TAKER
    refusal = one_order_problem(desk, shares, "a taken leg", field) if is_one else None
    return refusal or (prices, shares)


def _prices(desk: Desk, market: Market, command: cmd.Enter) -> tuple[int, int] | Refused:
    """Return the prices that were given; for those left open, the best ones now."""
    if all(command.prices):
        return command.prices
    book = desk.state.books[market.id]
    if not book.synced or not book.is_two_sided:
        return Refused(Reason.NO_BOOK, "no order book with both sides: give both prices", "market")
    best = prices_for(market, book, desk.rules.entry, command.kind, command.first)
    if command.kind is EntryKind.MAKER_MAKER:
        yes, no = fitted(market, desk.rules.entry, command.prices, best)
    else:
        yes, no = (given or found for given, found in zip(command.prices, best, strict=True))
    for leg, price in ((Leg.YES, yes), (Leg.NO, no)):
        if price <= 0:
            least = price_text(desk.rules.entry.min_spread)
            other = f"{market.outcomes[leg.other]} at {price_text(best[leg.other])}"
            return Refused(Reason.SPREAD, f"no price of {market.outcomes[leg]} leaves {least} with {other}")
    return yes, no


def _spread_problem(desk: Desk, market: Market, entry: Entry) -> Refused | None:
    """Return that an entry would not leave the minimum spread, with what it would leave."""
    least = desk.rules.entry.min_spread
    result = result_of(entry.kind, entry.first, entry.shares, entry.prices, market.fees)
    if leaves(result, entry.shares, least):
        return None
    sign, each = "-" if result < 0 else "", abs(result) * PRICE_ONE // entry.shares
    words = f"a pair would leave {sign}{price_text(each)} USD after fees, at least {price_text(least)} are needed"
    return Refused(Reason.SPREAD, words)


def _book_problem(desk: Desk, entry: Entry) -> Refused | None:
    """Return why the book does not allow an entry now: it is not of one moment, or a leg that rests would trade."""
    book, market = desk.state.books[entry.market_id], desk.state.markets[entry.market_id]
    age = book.age_ms(desk.clock.now_ms())
    if not book.synced or book.is_crossed:
        return Refused(Reason.CROSSED_BOOK if book.synced else Reason.NO_BOOK, "the book is not whole")
    if entry.kind is EntryKind.TAKER_TAKER and age > desk.rules.limits.max_book_age_ms:
        return Refused(Reason.STALE_BOOK, f"the book is {age / 1000:.1f} s old: both legs have to be of this moment")
    for leg in Leg:
        if takes(entry.kind, entry.first, leg) or entry.prices[leg] < book.ask(leg):
            continue
        words = f"{market.outcomes[leg]} at {price_text(entry.prices[leg])} would trade at once, and it shall rest"
        return Refused(Reason.BAD_PRICE, words, leg.name.lower())
    return None


def _legs(desk: Desk, entry: Entry) -> tuple[Parent, ...]:
    """Return the parents of both legs, the one that rests first."""
    order = (entry.first, entry.first.other)
    return tuple(_leg(desk, entry, leg, number) for number, leg in enumerate(order, 1))


def _leg(desk: Desk, entry: Entry, leg: Leg, number: int) -> Parent:
    takes_it = takes(entry.kind, entry.first, leg)
    completes = entry.kind is EntryKind.MAKER_TAKER and takes_it
    parent = Parent(
        id=parent_id(desk, number),
        market_id=entry.market_id,
        leg=leg,
        side=Side.BUY,
        size=entry.shares,
        limit=entry.prices[leg],
        algorithm=Algorithm.COMPLETE if completes else Algorithm.LIMIT,
        slices=(Slice(entry.created_ms, entry.shares),),
        ends_at_ms=entry.ends_at_ms + (COMPLETES_FOR_MS if completes else 0),
        created_ms=entry.created_ms,
        arrival_price=middle_of(desk, entry.market_id, leg),
        type=OrderType.FAK if takes_it else OrderType.GTD,
        post_only=not takes_it,
        entry_id=entry.id,
    )
    return replace(parent, how=How(max_size=desk.rules.limits.max_order_size)) if completes else parent
