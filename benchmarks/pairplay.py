"""Several rules on the same books and the same fill, each with a position and an account of what it took.

An order arrives `LATENCY_MS` after the book it was decided on, and walks what is there then, within its limit. What was
taken stays out of that rule's book until the level next changes. Nobody sees anything that has not happened yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pairfills import Entry
from pairpaths import Event, Path_, fold
from pairrules import Hold, Rule, Scene, Wish

from cockpit.core import events as ev
from cockpit.core.book import Book, Levels
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.rebalance import Quotes, RebalanceRules, closable, is_balanced
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD, floor_lot, pay, receive
from cockpit.desk.manager import DEPTH
from cockpit.desk.rules import DeskRules

LATENCY_MS = 100
CONFIRMED_MS = 2_000
"""Shares can be traded so long after they were bought, whatever the rule: the venue confirms fills within that."""
CHECK_MS = round(DeskRules().check_interval_s * 1000)
THRESHOLD = RebalanceRules().threshold


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule made of one pair. Money in USD, sizes in shares."""

    rule: str
    result: float
    """At the resolution, or marked where there is none: all cash, fees included, plus what the shares pay."""
    was_open: bool
    """It began out of balance."""
    balanced_s: float | None
    """Seconds from the fill until the pair was balanced; None where it never was."""
    trades: int
    filled: float
    gain: float
    """Sum over its fills of what each added to what is locked, as `core.rebalance` counts it."""
    spread: float
    """What it paid beyond the middle of the book."""
    fees: float


class Arm:
    """One rule at work on one pair."""

    def __init__(self, rule: Rule, market: Market, entry: Entry) -> None:
        self.position = entry.position
        self.balanced_ms = entry.at_ms if is_balanced(entry.position, THRESHOLD) else None
        self._rule, self._market, self._entry = rule, market, entry
        self._taken: dict[tuple[int, int], int] = {}
        """(side, YES price) of a level -> shares of it that are gone for this rule."""
        self._wish: Wish | None = None
        self._due_ms = 0
        self._trades = self._filled = self._gain = self._spread = self._fees = 0

    @property
    def is_done(self) -> bool:
        """It will not trade again."""
        return self.balanced_ms is not None or isinstance(self._rule, Hold)

    def arrive(self, now_ms: int, book: Book) -> None:
        """Carry out the order on its way, if it has arrived before `now_ms`."""
        if self._wish is not None and self._due_ms < now_ms:
            wish, self._wish = self._wish, None
            self._take(wish, book)

    def look(self, now_ms: int, book: Book) -> None:
        """Let the rule see the book."""
        if self._wish is None and not self.is_done and book.synced and not book.is_crossed:
            self._wish = self._rule.wish(self._scene(now_ms, book))
            self._due_ms = now_ms + LATENCY_MS

    def forget(self, event: Event, book: Book) -> None:
        """What was taken from a level matters no more once it changed. The event is not folded yet."""
        if not self._taken:
            return
        if isinstance(event, ev.LevelsChanged):
            for side, price, _size in event.changes:
                self._taken.pop((side, price), None)
        elif isinstance(event, ev.BookSnapshot):
            new = (dict(event.bids), dict(event.asks))
            old = (book.bids, book.asks)
            self._taken = {
                (side, price): shares
                for (side, price), shares in self._taken.items()
                if new[side].get(price, 0) == old[side].get(price, 0)
            }

    def outcome(self, payout_yes: int | None, last: Book) -> Outcome:
        """Return what came of it; without a payout it is marked at the last book."""
        worth = self._marked(last) if payout_yes is None else self.position.resolve(payout_yes).cash
        since = None if self.balanced_ms is None else (self.balanced_ms - self._entry.at_ms) / 1000
        return Outcome(
            rule=self._rule.name,
            result=worth / USD,
            was_open=not is_balanced(self._entry.position, THRESHOLD),
            balanced_s=since,
            trades=self._trades,
            filled=self._filled / SHARE,
            gain=self._gain / USD,
            spread=self._spread / PRICE_ONE / USD,
            fees=self._fees / USD,
        )

    def _marked(self, last: Book) -> int:
        """Return matched pairs at 1 USD, and the excess at what its bids would pay now, less the fee."""
        position = self.position
        heavy, left = Leg.YES if position.delta > 0 else Leg.NO, abs(position.delta)
        value = position.cash + position.matched
        for price, size in last.levels(heavy, Side.BUY):
            step = min(size, left)
            value += receive(step, price) - self._market.fees.taker(step, price)
            left -= step
        return value

    def _scene(self, now_ms: int, book: Book) -> Scene:
        heavy = Leg.YES if self.position.delta > 0 else Leg.NO
        excess = closable(self.position)
        bids = self._levels(book, heavy, Side.BUY, excess)
        asks = self._levels(book, heavy.other, Side.SELL, excess)
        waited = now_ms - self._entry.at_ms
        return Scene(now_ms, self._market, self.position, Quotes(bids, asks), waited, self._trades)

    def _levels(self, book: Book, leg: Leg, side: Side, shares: int) -> Levels:
        """Return a leg's bids (BUY) or asks (SELL) without what this rule has taken."""
        if not self._taken:
            return book.cover(leg, side, shares, DEPTH)
        own = int((side is Side.BUY) is not (leg is Leg.YES))
        found = []
        for price, size in book.levels(leg, side, DEPTH):
            left = size - self._taken.get((own, price if leg is Leg.YES else PRICE_ONE - price), 0)
            if left > 0:
                found.append((price, left))
        return tuple(found)

    def _take(self, wish: Wish, book: Book) -> None:
        """Walk the book within the limit; the venue refuses what is below its minimum."""
        market, left = self._market, wish.shares
        if left < market.min_size or left * wish.limit < market.min_taker_cost * PRICE_ONE:
            return
        resting = Side.SELL if wish.side is Side.BUY else Side.BUY
        twice_middle = book.bid(wish.leg) + book.ask(wish.leg)
        for price, size in self._levels(book, wish.leg, resting, left):
            step = floor_lot(min(size, left))
            if wish.side.is_beyond(price, wish.limit) or not left:
                break
            if step < LOT:
                continue
            self._book(wish, price, step)
            away = 2 * price - twice_middle if wish.side is Side.BUY else twice_middle - 2 * price
            self._spread += step * away // 2
            left -= step
        if left < wish.shares:
            self._trades += 1
            self._rule.filled()
            if is_balanced(self.position, THRESHOLD):
                self.balanced_ms = self._due_ms

    def _book(self, wish: Wish, price: int, shares: int) -> None:
        side, market, before = wish.side, self._market, self.position
        heavy = before.holding(wish.leg if side is Side.SELL else wish.leg.other)
        at_entry = -(-heavy.cost * shares // heavy.shares)
        money = pay(shares, price) if side is Side.BUY else receive(shares, price)
        fee = market.fees.taker(shares, price)
        self._gain += (money if side is Side.SELL else shares - money) - fee - at_entry
        self._filled += shares
        self._fees += fee
        names = ("t", "o", market.id)
        self.position = before.apply(
            Fill(*names, wish.leg, side, price, shares, money, fee, True, self._due_ms, FillStatus.CONFIRMED)
        )
        yes_price = price if wish.leg is Leg.YES else PRICE_ONE - price
        place = (int((side is Side.SELL) is not (wish.leg is Leg.YES)), yes_price)
        self._taken[place] = self._taken.get(place, 0) + shares


def play(path: Path_, entry: Entry, rules: Sequence[Rule], last: Book) -> list[Outcome]:
    """Return what every rule makes of the same pair on the same books; `last` is the book at the end."""
    market = path.market
    arms = [Arm(rule, market, entry) for rule in rules]
    book, begin = Book(market.id, market.tick), entry.at_ms + CONFIRMED_MS
    check = begin
    for event in path.events:
        if event.at_ms >= begin:
            busy = [arm for arm in arms if not arm.is_done]
            if not busy:
                break
            while check < event.at_ms:
                _turn(busy, check, book)
                check += CHECK_MS
            for arm in busy:
                arm.arrive(event.at_ms, book)
                arm.forget(event, book)
            fold(book, event)
            _turn(busy, event.at_ms, book)
        else:
            fold(book, event)
    return [arm.outcome(path.payout_yes, last) for arm in arms]


def _turn(arms: Sequence[Arm], now_ms: int, book: Book) -> None:
    for arm in arms:
        arm.arrive(now_ms, book)
        arm.look(now_ms, book)
