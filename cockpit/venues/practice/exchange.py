"""The matching engine: one account of ours among anonymous others, one canonical YES ladder per market.

Every action leaves its events and the names of what must be written in `Changes`; nobody outside sees either before
`take_changes`, so that a ledger can be written first.
"""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core import events as ev
from cockpit.core.conversion import Conversion
from cockpit.core.market import Leg, Market, Side, Stage
from cockpit.core.order import Fill, Order, OrderState, OrderType
from cockpit.venues import rules
from cockpit.venues.account import RESTING, death_ms
from cockpit.venues.base import Accepted, Rejected
from cockpit.venues.mirror import BID, canonical, mirror
from cockpit.venues.practice.account import PracticeAccount
from cockpit.venues.practice.arrival import refuse_arrival
from cockpit.venues.practice.books import Books
from cockpit.venues.practice.changes import Changes
from cockpit.venues.practice.ladder import OTHERS, Match
from cockpit.venues.practice.relayer import Ask, Relayer
from cockpit.venues.practice.trades import as_trades, by_price, trade_name


class Exchange(Books):
    """All markets, all ladders, and our account."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.seed = seed
        self.account = PracticeAccount(seed)
        self.relayer = Relayer(self.account, seed)
        self.held: dict[str, None] = {}
        """Our orders that were taken in and wait outside the book."""
        self.trades = 0
        """How many trades there were: numbers their ids."""

    def move(self, market_id: str, stage: Stage, now_ms: int) -> None:
        """Take a market a step towards its resolution; with the first one trading ends."""
        if market_id in self.ladders:
            for order in self.account.resting(market_id):
                self.end(order, OrderState.CANCELLED, rules.RESOLVED, now_ms)
            self.shut(market_id)
        self.stages[market_id] = stage
        self.account.news.append(ev.ResolutionMoved(now_ms, market_id, stage))

    def resolve(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """End a market: our resting orders are cancelled, each YES is worth `payout_yes`, each NO the rest."""
        for order in self.account.resting(market_id):
            self.end(order, OrderState.CANCELLED, rules.RESOLVED, now_ms)
        self._close(market_id, payout_yes)
        self.account.news.append(self.end_of(market_id, now_ms))

    def end_of(self, market_id: str, now_ms: int) -> ev.MarketEnded:
        """Return the news of how a market ended; what is still held of it is owed until it is redeemed."""
        owes = self.account.holds(self.markets[market_id])
        return ev.MarketEnded(now_ms, market_id, self.ended[market_id], owes)

    def convert(self, conversion: Conversion, now_ms: int) -> Accepted | Rejected:
        """Take a merge or a redemption of ours, or refuse it without a trace."""
        return self.relayer.ask(conversion, self.markets, self.ended, now_ms)

    @property
    def next_ms(self) -> int:
        """When something of our own is due next."""
        return min(self.account.next_ms, self.relayer.next_ms)

    # ---- our orders ----

    def place(self, order: Order, now_ms: int, sent_ms: int | None = None) -> Accepted | Rejected:
        """Take one order of ours: match it, rest what may rest, or refuse it without a trace.

        An expiry is judged by when the order was sent, where that is known: it may have been long on its way.
        """
        refused = self._refuse(order, now_ms, sent_ms)
        if refused:
            return refused
        self.account.admit(order)
        self._match(order, now_ms)
        return Accepted(order.id)

    def hold(self, order: Order, now_ms: int, sent_ms: int | None = None) -> Accepted | Rejected:
        """Take one order of ours in and let it wait outside the book until `free`; nobody can cancel it there."""
        refused = self._refuse(order, now_ms, sent_ms)
        if refused:
            return refused
        self.account.tell(self.account.admit(order), now_ms)
        self.held[order.id] = None
        return Accepted(order.id)

    def free(self, order_id: str, now_ms: int) -> None:
        """Let an order that waited act on the book as it is now, unless it ended meanwhile."""
        self.held.pop(order_id, None)
        order = self.account.open.get(order_id)
        if order is not None:
            self._match(order, now_ms)

    def is_marketable(self, order: Order) -> bool:
        """Return whether an order would match at once."""
        ladder = self.ladders.get(order.market_id)
        return ladder is not None and ladder.crosses(*canonical(order.leg, order.side, order.price))

    def cancel(self, order_ids: Iterable[str], now_ms: int, reason: str = "canceled") -> None:
        """Cancel those of our orders that still rest; others are left as they are."""
        wanted = dict.fromkeys(order_ids)
        for order in self.account.resting():
            if order.id in wanted and order.id not in self.held:
                self.end(order, OrderState.CANCELLED, reason, now_ms)

    def advance(self, now_ms: int) -> None:
        """Settle fills, carry conversions out and let orders expire that are due."""
        if self.account.settle_due(now_ms, self.markets, self.ended):
            self._cancel_uncovered(now_ms)
        self.relayer.advance(self.markets, self.ended, now_ms)
        for order in self.account.resting():
            if death_ms(order) <= now_ms:
                self.end(order, OrderState.EXPIRED, "expired", now_ms)

    def restore(
        self,
        cash: int,
        shares: dict[str, int],
        orders: Iterable[Order],
        fills: Iterable[Fill],
        asks: Iterable[Ask],
        now_ms: int,
    ) -> None:
        """Set the account as it was written, its resting orders first in the (still empty) ladders.

        What was due meanwhile happens at once, before anybody can trade with an order that is long dead.
        """
        self.account.restore(cash, shares, orders, fills)
        self.relayer.restore(asks)
        for order in self.account.resting():
            if order.type not in RESTING:
                self.end(order, OrderState.CANCELLED, rules.UNMATCHED, now_ms)
            elif order.market_id in self.ladders:
                side, price = canonical(order.leg, order.side, order.price)
                self.ladders[order.market_id].add(side, price, order.size - order.filled, order.id)
        self.advance(now_ms)

    # ---- the others ----

    def quote(self, market_id: str, side: int, price: int, shares: int, now_ms: int) -> None:
        """Rest shares of the others at a YES price; what it meets on the way (an order of ours, say) trades first."""
        ladder = self.ladders[market_id]
        if ladder.crosses(side, price):
            plan = ladder.plan(1 - side, price, shares)
            self.execute(self.markets[market_id], side, plan, now_ms, Leg.YES, Side.BUY if side == BID else Side.SELL)
            shares -= sum(match.shares for match in plan)
        if shares > 0:
            ladder.add(side, price, shares)
            self._touch(market_id, side, price)

    def take(self, market_id: str, leg: Leg, side: Side, shares: int, limit: int, now_ms: int) -> int:
        """Let one of the others take up to `shares` of a leg within `limit` (that leg's price); returns how many."""
        ladder_side, price = canonical(leg, side, limit)
        plan = self.ladders[market_id].plan(1 - ladder_side, price, shares)
        self.execute(self.markets[market_id], ladder_side, plan, now_ms, leg, side)
        return sum(match.shares for match in plan)

    # ---- what happened ----

    def take_changes(self, now_ms: int) -> Changes:
        """Return what happened since the last call: the markets' news first, then our own."""
        events, changed = self._take_events(now_ms)
        news, account = self.account.take_news()
        return Changes([*events, *news], account, changed)

    # ---- inside ----

    def _refuse(self, order: Order, now_ms: int, sent_ms: int | None) -> Rejected | None:
        """Return why an order cannot be taken in now, or None."""
        if order.id in self.account.orders:
            return rules.duplicate(order)
        market = self.markets.get(order.market_id)
        if market is None or order.market_id not in self.ladders:
            return rules.not_ready(order)
        refused = rules.refuse_shape(order, market, now_ms if sent_ms is None else sent_ms)
        if refused:
            return refused
        if death_ms(order) <= now_ms:
            return rules.refuse_dead(order)
        ladder = self.ladders[market.id]
        side, price = canonical(order.leg, order.side, order.price)
        plan = ladder.plan(1 - side, price, order.size)
        return refuse_arrival(self.account, order, market, plan, crosses=ladder.crosses(side, price))

    def _match(self, order: Order, now_ms: int) -> None:
        """Let an order that was taken in act on the book; what may rest of it rests, or it ends."""
        account, market, ladder = self.account, self.markets[order.market_id], self.ladders[order.market_id]
        side, price = canonical(order.leg, order.side, order.price)
        plan = ladder.plan(1 - side, price, order.size)
        taken = sum(match.shares for match in plan)
        if taken < order.size and order.type is OrderType.FOK:
            plan, taken = [], 0
        rests = taken < order.size and order.type in RESTING
        if rests:
            account.tell(account.orders[order.id], now_ms)
        self.execute(market, side, plan, now_ms, order.leg, order.side, order.id)
        if rests:
            ladder.add(side, price, order.size - taken, order.id)
            self._touch(market.id, side, price)
            if taken:
                account.tell(account.orders[order.id], now_ms)
        elif taken < order.size:
            reason = rules.FAK_REST if taken else rules.UNMATCHED
            self.end(account.orders[order.id], OrderState.CANCELLED, reason, now_ms)

    def _cancel_uncovered(self, now_ms: int) -> None:
        """Cancel the newest resting orders that a failed trade left without money or shares."""
        account = self.account
        for order in reversed(account.resting()):
            market = self.markets[order.market_id]
            free = account.free_cash() if order.side is Side.BUY else account.free_shares(market, order.leg)
            if free < 0:
                self.end(order, OrderState.CANCELLED, rules.UNCOVERED, now_ms)

    # ---- for whoever plays the venue's part ----

    def execute(
        self, market: Market, side: int, plan: list[Match], now_ms: int, leg: Leg, own: Side, taker_id: str = OTHERS
    ) -> None:
        """Carry a plan out. `side` is the taker's on the ladder; fills are at the makers' prices."""
        self.ladders[market.id].consume(1 - side, plan)
        for price, shares in by_price(plan):
            self._touch(market.id, 1 - side, price)
            self._print(ev.TradePrinted(now_ms, market.id, leg, own is Side.BUY, mirror(leg, price), shares, now_ms))
        for trade in as_trades(plan):
            self.trades += 1
            trade_id = trade_name(self.seed, self.trades)
            shares, price = sum(match.shares for match in trade), trade[0].price
            for order_id, is_taker in ((trade[0].order_id, False), (taker_id, True)):
                if order_id != OTHERS:
                    paid = mirror(self.account.orders[order_id].leg, price)
                    self.account.fill(order_id, market, trade_id, paid, shares, now_ms, is_taker=is_taker)

    def end(self, order: Order, state: OrderState, reason: str, now_ms: int) -> None:
        """Take one of our orders out of the book and tell how it ended."""
        self.account.tell(self.account.end(order, state, reason), now_ms)
        if order.type in RESTING and order.market_id in self.ladders:
            side, price = canonical(order.leg, order.side, order.price)
            self.ladders[order.market_id].remove(side, price, order.id)
            self._touch(order.market_id, side, price)
