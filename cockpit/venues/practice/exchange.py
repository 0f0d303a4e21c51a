"""The matching engine: one account of ours among anonymous others, one canonical YES ladder per market.

Every action leaves its events and the names of what must be written in `Changes`; nobody outside sees either before
`take_changes`, so that a ledger can be written first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cockpit.core import events as ev
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, Order, OrderState
from cockpit.core.units import pay, receive
from cockpit.venues import rules
from cockpit.venues.account import RESTING, death_ms
from cockpit.venues.base import Accepted, Rejected
from cockpit.venues.mirror import ASK, BID, canonical, mirror
from cockpit.venues.practice.account import PracticeAccount, Touched
from cockpit.venues.practice.ladder import OTHERS, Ladder, Match


@dataclass(slots=True)
class Changes:
    """What one action did: events in the order they must leave, and what the ledger must hold before that."""

    events: list[ev.Event] = field(default_factory=list)
    account: Touched = field(default_factory=Touched)
    markets: dict[str, None] = field(default_factory=dict)

    @property
    def is_durable(self) -> bool:
        """Whether anything of it must be written."""
        return bool(self.account.orders or self.account.fills or self.account.balances or self.markets)


class Exchange:
    """All markets, all ladders, and our account."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.markets: dict[str, Market] = {}
        self.ladders: dict[str, Ladder] = {}
        """Of markets that have not ended."""
        self.ended: dict[str, int] = {}
        """Market id -> what a YES share paid."""
        self.account = PracticeAccount(seed)
        self.trades = 0
        """How many trades there were: numbers their ids."""
        self._changed: dict[str, None] = {}
        self._listed: dict[str, None] = {}
        self._ticks: list[ev.TickChanged] = []
        self._touched: dict[str, dict[tuple[int, int], None]] = {}
        self._prints: list[ev.TradePrinted] = []

    # ---- markets ----

    def list_market(self, market: Market) -> None:
        """Open a market, its ladder empty."""
        self.relist(market, None)
        self._changed[market.id] = None
        self._listed[market.id] = None

    def relist(self, market: Market, payout_yes: int | None) -> None:
        """Take in a market as it was written, open or ended: nothing is paid, written or told again."""
        self.markets[market.id] = market
        if payout_yes is None:
            self.ladders[market.id] = Ladder()
        else:
            self.ended[market.id] = payout_yes

    def snapshot(self, market_id: str, now_ms: int) -> ev.BookSnapshot:
        """Return the whole ladder as an event."""
        ladder, tick = self.ladders[market_id], self.markets[market_id].tick
        return ev.BookSnapshot(now_ms, market_id, ladder.levels(BID), ladder.levels(ASK), now_ms, tick)

    def set_tick(self, market_id: str, tick: int, now_ms: int) -> None:
        """Change a market's tick; resting orders stay where they are."""
        self.markets[market_id] = replace(self.markets[market_id], tick=tick)
        self._changed[market_id] = None
        self._ticks.append(ev.TickChanged(now_ms, market_id, tick))

    def resolve(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """End a market: our resting orders are cancelled, each YES pays `payout_yes`, each NO the rest."""
        for order in self.account.resting(market_id):
            self._end(order, OrderState.CANCELLED, rules.RESOLVED, now_ms)
        self.account.pay_out(self.markets[market_id], payout_yes)
        self.ended[market_id] = payout_yes
        self.ladders.pop(market_id, None)
        self._touched.pop(market_id, None)
        self._changed[market_id] = None
        self.account.news.append(ev.MarketEnded(now_ms, market_id, payout_yes))

    # ---- our orders ----

    def place(self, order: Order, now_ms: int) -> Accepted | Rejected:
        """Take one order of ours: match it, rest what may rest, or refuse it without a trace."""
        account = self.account
        if order.id in account.orders:
            return rules.duplicate(order)
        market = self.markets.get(order.market_id)
        if market is None or order.market_id in self.ended:
            return rules.not_ready(order)
        refused = rules.refuse_shape(order, market, now_ms)
        if refused:
            return refused
        ladder = self.ladders[market.id]
        side, price = canonical(order.leg, order.side, order.price)
        plan = ladder.plan(1 - side, price, order.size)
        refused = self._refuse_arrival(order, market, plan, crosses=ladder.crosses(side, price))
        if refused:
            return refused
        taken = sum(match.shares for match in plan)
        rests = taken < order.size and order.type in RESTING
        admitted = account.admit(order)
        if rests:
            account.tell(admitted, now_ms)
        self._match(market, side, plan, now_ms, order.leg, order.side, order.id)
        if rests:
            ladder.add(side, price, order.size - taken, order.id)
            self._touch(market.id, side, price)
            if taken:
                account.tell(account.orders[order.id], now_ms)
        elif taken < order.size:
            self._end(account.orders[order.id], OrderState.CANCELLED, rules.FAK_REST, now_ms)
        return Accepted(order.id)

    def cancel(self, order_ids: Iterable[str], now_ms: int) -> None:
        """Cancel those of our orders that still rest; others are left as they are."""
        wanted = dict.fromkeys(order_ids)
        for order in self.account.resting():
            if order.id in wanted:
                self._end(order, OrderState.CANCELLED, "canceled", now_ms)

    def advance(self, now_ms: int) -> None:
        """Confirm fills and let orders expire that are due."""
        self.account.confirm_due(now_ms)
        for order in self.account.resting():
            if death_ms(order) <= now_ms:
                self._end(order, OrderState.EXPIRED, "expired", now_ms)

    def restore(
        self, cash: int, shares: dict[str, int], orders: Iterable[Order], fills: Iterable[Fill], now_ms: int
    ) -> None:
        """Set the account as it was written, its resting orders first in the (still empty) ladders.

        What was due meanwhile happens at once, before anybody can trade with an order that is long dead.
        """
        self.account.restore(cash, shares, orders, fills)
        for order in self.account.resting():
            if order.market_id in self.ladders:
                side, price = canonical(order.leg, order.side, order.price)
                self.ladders[order.market_id].add(side, price, order.size - order.filled, order.id)
        self.advance(now_ms)

    # ---- the others ----

    def quote(self, market_id: str, side: int, price: int, shares: int, now_ms: int) -> None:
        """Rest shares of the others at a YES price; what it meets on the way (an order of ours, say) trades first."""
        ladder = self.ladders[market_id]
        if ladder.crosses(side, price):
            plan = ladder.plan(1 - side, price, shares)
            self._match(self.markets[market_id], side, plan, now_ms, Leg.YES, Side.BUY if side == BID else Side.SELL)
            shares -= sum(match.shares for match in plan)
        if shares > 0:
            ladder.add(side, price, shares)
            self._touch(market_id, side, price)

    def withdraw(self, market_id: str, side: int, price: int, shares: int, where: float) -> int:
        """Take shares of the others away; see `Ladder.withdraw`."""
        taken = self.ladders[market_id].withdraw(side, price, shares, where)
        if taken:
            self._touch(market_id, side, price)
        return taken

    def take(self, market_id: str, leg: Leg, side: Side, shares: int, limit: int, now_ms: int) -> int:
        """Let one of the others take up to `shares` of a leg within `limit` (that leg's price); returns how many."""
        ladder_side, price = canonical(leg, side, limit)
        plan = self.ladders[market_id].plan(1 - ladder_side, price, shares)
        self._match(self.markets[market_id], ladder_side, plan, now_ms, leg, side)
        return sum(match.shares for match in plan)

    # ---- what happened ----

    def take_changes(self, now_ms: int) -> Changes:
        """Return what happened since the last call.

        New markets with their whole books come first, then new ticks, one change of levels per market, prints, and
        our own.
        """
        events: list[ev.Event] = []
        for market_id in self._listed:
            self._touched.pop(market_id, None)
            events.append(ev.MarketListed(now_ms, self.markets[market_id]))
            if market_id in self.ladders:
                events.append(self.snapshot(market_id, now_ms))
        events += self._ticks
        for market_id, touched in self._touched.items():
            ladder = self.ladders[market_id]
            levels = tuple((side, price, ladder.total(side, price)) for side, price in touched)
            events.append(ev.LevelsChanged(now_ms, market_id, levels, now_ms))
        news, account = self.account.take_news()
        changes = Changes([*events, *self._prints, *news], account, self._changed)
        self._changed, self._listed, self._ticks, self._touched, self._prints = {}, {}, [], {}, []
        return changes

    # ---- inside ----

    def _touch(self, market_id: str, side: int, price: int) -> None:
        self._touched.setdefault(market_id, {})[(side, price)] = None

    def _refuse_arrival(self, order: Order, market: Market, plan: list[Match], *, crosses: bool) -> Rejected | None:
        """Weigh an order against the book and the balance: the worst it could cost, and exactly what it will."""
        steps = [(shares, mirror(order.leg, price)) for price, shares in _by_price(plan)]
        taken = sum(shares for shares, _price in steps)
        value = sum(receive(shares, price) for shares, price in steps)
        whole = value + receive(order.size - taken, order.price)
        refused = rules.refuse_arrival(rules.Arrival(order, crosses, taken, whole), market)
        if refused:
            return refused
        if order.side is Side.SELL:
            held = self.account.free_shares(market, order.leg)
            return rules.no_balance(order, held, order.size) if order.size > held else None
        # Each trade rounds its fee up by less than one step, so price improvement alone does not bound the sum.
        fee = sum(market.fees.taker(sum(m.shares for m in t), mirror(order.leg, t[0].price)) for t in _trades(plan))
        rest = order.size - taken if order.type in RESTING else 0
        worst = pay(order.size, order.price) + (market.fees.taker(order.size, order.price) if crosses else 0)
        needed, free = max(worst, value + fee + pay(rest, order.price)), self.account.free_cash()
        return rules.no_balance(order, free, needed) if needed > free else None

    def _match(
        self, market: Market, side: int, plan: list[Match], now_ms: int, leg: Leg, own: Side, taker_id: str = OTHERS
    ) -> None:
        """Carry a plan out. `side` is the taker's on the ladder; fills are at the makers' prices."""
        self.ladders[market.id].consume(1 - side, plan)
        for price, shares in _by_price(plan):
            self._touch(market.id, 1 - side, price)
            self._prints.append(
                ev.TradePrinted(now_ms, market.id, leg, own is Side.BUY, mirror(leg, price), shares, now_ms)
            )
        for trade in _trades(plan):
            self.trades += 1
            trade_id = trade_name(self.seed, self.trades)
            shares, price = sum(match.shares for match in trade), trade[0].price
            for order_id, is_taker in ((trade[0].order_id, False), (taker_id, True)):
                if order_id != OTHERS:
                    paid = mirror(self.account.orders[order_id].leg, price)
                    self.account.fill(order_id, market, trade_id, paid, shares, now_ms, is_taker=is_taker)

    def _end(self, order: Order, state: OrderState, reason: str, now_ms: int) -> None:
        self.account.tell(self.account.end(order, state, reason), now_ms)
        if order.type in RESTING and order.market_id in self.ladders:
            side, price = canonical(order.leg, order.side, order.price)
            self.ladders[order.market_id].remove(side, price, order.id)
            self._touch(order.market_id, side, price)


def trade_name(seed: int, number: object) -> str:
    """Return an id in the venue's shape (a UUID), the same for the same seed and number."""
    text = hashlib.sha256(f"{seed}:trade:{number}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:32]}"


def _by_price(plan: Sequence[Match]) -> list[tuple[int, int]]:
    """Return (price, shares) of a plan, one per price."""
    sums: dict[int, int] = {}
    for match in plan:
        sums[match.price] = sums.get(match.price, 0) + match.shares
    return list(sums.items())


def _trades(plan: Sequence[Match]) -> list[list[Match]]:
    """Return a plan cut into trades: one per order of ours, one per run of others at one price."""
    groups: list[list[Match]] = []
    for match in plan:
        last = groups[-1][-1] if groups else None
        if last and last.order_id == OTHERS == match.order_id and last.price == match.price:
            groups[-1].append(match)
        else:
            groups.append([match])
    return groups
