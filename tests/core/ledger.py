"""A clerk's books of a pair, and random histories to keep them of: the oracle of what trading has brought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil

from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.conversion import Conversion, ConversionKind
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.pnl import unrealised
from cockpit.core.results import Merge
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import NOW, fill, market, prices, sides

MARKETS = ("m", "n")
markets = st.sampled_from(MARKETS)
ladders = st.dictionaries(prices, st.integers(0, 30 * SHARE), max_size=4).map(lambda found: tuple(found.items()))
F = FillStatus


# ---- plain bookkeeping: what was paid, what was received, what the shares have cost on the average ----


@dataclass
class Ledger:
    """One pair's books, kept as a clerk would: shares and their cost, cash, and what each closing brought."""

    shares: dict[Leg, int] = field(default_factory=lambda: {Leg.YES: 0, Leg.NO: 0})
    cost: dict[Leg, int] = field(default_factory=lambda: {Leg.YES: 0, Leg.NO: 0})
    cash: int = 0
    fees: int = 0
    fees_of_purchases: int = 0
    paid: int = 0
    """By the resolution."""
    closings: dict[str, int] = field(default_factory=dict)

    def fill(self, one: Fill) -> None:
        leg = one.leg
        self.fees += one.fee
        if one.side is Side.BUY:
            self.cash -= one.money + one.fee
            self.fees_of_purchases += one.fee
            short = min(one.shares, max(0, -self.shares[leg]))
            loss = ceil(Fraction(one.money * short, one.shares))
            if loss:
                self.close(one.order_id, -loss)
            self.shares[leg] += one.shares
            self.cost[leg] += one.money - loss
        else:
            self.cash += one.money - one.fee
            self.close(one.order_id, one.money - self.take(leg, one.shares) - one.fee)

    def merge(self, shares: int, name: str) -> None:
        self.cash += shares
        self.close(name, shares - self.take(Leg.YES, shares) - self.take(Leg.NO, shares))

    def resolve(self, payout_yes: int) -> None:
        if not any(self.shares.values()):
            return
        paid = (self.shares[Leg.YES] * payout_yes + self.shares[Leg.NO] * (PRICE_ONE - payout_yes)) // PRICE_ONE
        self.cash += paid
        self.paid = paid
        self.close("resolution", paid - sum(self.cost.values()))
        self.shares, self.cost = {Leg.YES: 0, Leg.NO: 0}, {Leg.YES: 0, Leg.NO: 0}

    def take(self, leg: Leg, shares: int) -> int:
        """Take shares out at their average cost, rounded down; return what they had cost."""
        held = self.shares[leg]
        out = self.cost[leg] * min(shares, held) // held if held > 0 else 0
        self.shares[leg] -= shares
        self.cost[leg] -= out
        return out

    def close(self, name: str, result: int) -> None:
        self.closings[name] = self.closings.get(name, 0) + result

    def worth(self, book: Book | None) -> int:
        """Return what it would bring now: a USD a pair, the excess at the bids."""
        matched = min(self.shares.values())
        excess = abs(self.shares[Leg.YES] - self.shares[Leg.NO])
        if not excess or book is None or not book.synced:
            return matched
        is_yes = self.shares[Leg.YES] > self.shares[Leg.NO]
        bids = book.bids if is_yes else {PRICE_ONE - price: size for price, size in book.asks.items()}
        product = 0
        for price in sorted(bids, reverse=True):
            step = min(excess, bids[price])
            product, excess = product + step * price, excess - step
        return matched + product // PRICE_ONE


def kept(fills: Iterable[Fill], merges: Iterable[Merge], payout_yes: int | None) -> Ledger:
    """Return the books of a pair: merges came after so many fills, of which some have failed since."""
    ledger, waiting, known = Ledger(), list(merges), list(fills)
    for number in range(len(known) + 1):
        for index, (after, shares) in enumerate(waiting, 1):
            if after == number:
                ledger.merge(shares, f"merge {index}")
        if number < len(known) and known[number].status is not F.FAILED:
            ledger.fill(known[number])
    if payout_yes is not None:
        ledger.resolve(payout_yes)
    return ledger


# ---- random histories ----


@st.composite
def histories(draw: st.DrawFn) -> list[ev.Event]:
    """Fills of orders in two markets, told in any status and order, merges, books, transfers, a new day, ends.

    Merges and redemptions of ours are asked for, fail and are proven in any order, and told more than once.
    """
    found = []
    for number in range(draw(st.integers(1, 6))):
        name = draw(st.integers(0, 3))  # the order's: fills of one order have its market, leg and side
        found.append(
            fill(
                f"t{number}",
                f"o{name}",
                market_id=MARKETS[name // 2],
                leg=Leg(name % 2) if draw(st.booleans()) else Leg.YES,
                side=draw(sides),
                price=draw(prices),
                shares=draw(st.integers(1, 20 * SHARE) | st.just(10 * SHARE)),
                fee=draw(st.sampled_from([0, 0, 17_500, 3])),
                status=draw(st.sampled_from([F.MATCHED, F.MATCHED, F.CONFIRMED])),
            )
        )
    told = st.one_of(
        *_conversions(draw),
        st.builds(ev.FillSeen, st.just(NOW), st.sampled_from(found)),
        st.builds(ev.FillSeen, st.just(NOW), st.sampled_from(found)),
        st.builds(
            lambda one, status: ev.FillMoved(NOW, one.trade_id, one.order_id, status),
            st.sampled_from(found),
            st.sampled_from([F.FAILED, F.CONFIRMED, F.MINED]),
        ),
        st.builds(ev.PairsMerged, st.just(NOW), markets, st.integers(1, 15 * SHARE)),
        st.builds(ev.BookSnapshot, st.just(NOW), markets, ladders, ladders, st.just(NOW)),
        st.builds(ev.BookLost, st.just(NOW), markets),
        st.builds(ev.CashMoved, st.just(NOW), st.integers(-(10**9), 10**9), st.just("transfer")),
        st.builds(ev.MarketEnded, st.just(NOW), markets, st.sampled_from([0, 5_000, 3_333, PRICE_ONE]), st.booleans()),
        st.builds(ev.DayStarted, st.just(NOW), st.just("next"), st.just(0)),
    )
    # Drawn first: most lists would be too short for a resolution and what comes after it.
    count = draw(st.integers(0, 20))
    return draw(st.lists(told, min_size=count, max_size=count))


def _conversions(draw: st.DrawFn) -> list[st.SearchStrategy[ev.Event]]:
    """Return what is told of two merges and two redemptions, each the same whenever it is told."""
    asked: list[ev.Event] = []
    ended: list[ev.Event] = [ev.ClaimRedeemed(NOW, draw(markets), draw(st.integers(0, 20 * USD)))]
    for number, kind in enumerate([ConversionKind.MERGE, ConversionKind.MERGE, *2 * [ConversionKind.REDEEM]]):
        name, market_id, shares = f"x{number}", draw(markets), draw(st.integers(1, 15 * SHARE))
        is_merge = kind is ConversionKind.MERGE
        asked.append(ev.ConversionAsked(NOW, Conversion(name, market_id, kind, shares if is_merge else 0, NOW)))
        proof = ev.PairsMerged if is_merge else ev.ClaimRedeemed
        ended += [proof(NOW, market_id, shares, name), ev.ConversionFailed(NOW, name, "reverted")]
    return [st.sampled_from(asked), st.sampled_from(ended), st.sampled_from(ended)]


def begun() -> State:
    state = State()
    for name in MARKETS:
        apply(state, ev.MarketListed(NOW, market(name)))
    apply(state, ev.CashMoved(NOW, 100 * USD, "opening balance"))
    apply(state, ev.DayStarted(NOW, "day 0", 100 * USD))
    return state


def tell(state: State, event: ev.Event) -> None:
    """Apply an event; a day begins with the equity there is, as the desk begins it."""
    if isinstance(event, ev.DayStarted):
        event = replace(event, day=f"day {len(state.days)}", equity=state.equity)
    apply(state, event)


def books_of(state: State, name: str) -> Ledger:
    fills = [state.fills[key] for key in state.fills_of.get(name, ())]
    return kept(fills, state.merges_of.get(name, ()), state.ended.get(name))


def unrealised_of(state: State) -> int:
    return sum(unrealised(position, state.marks[name]) for name, position in state.positions.items())
