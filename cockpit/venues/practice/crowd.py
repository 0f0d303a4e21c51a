"""The makers of one market, who quote a ladder around the fair value, and the schedule they share with its takers.

The book is anonymous, so the makers act as one crowd: a best price that is refilled within a second, deeper levels
that grow and shrink towards their usual size, and quotes that follow the fair value with some inertia.
"""

from __future__ import annotations

import heapq
import math

from cockpit.core.market import Market
from cockpit.core.units import PRICE_ONE
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.bursts import Bursts
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.figures import DISTANCES, FAR_SHARE, LIFE_MS, NEW_LEVEL, Kind, shares_of
from cockpit.venues.practice.markets import FINE_TICK
from cockpit.venues.practice.takers import Takers
from cockpit.venues.practice.walk import Race

ONE_SIDED = 50
"""Closer than this (a price) to 0 or 1 in a short market, nobody quotes the losing side."""
FINE_EDGE = 400
"""The tick becomes finer when the fair price comes this close to 0 or 1."""
_FLICKER = 0.92
_RETHINK_MS = 400.0
_OWN = 0.64
"""Part of the batches that makers begin on their own; the rest follows from trades, moves and refills."""
_ALL = 1 << 60
_Wish = tuple[float, int, bool, int, int]
"""(when, number, is a removal, side, price)."""


class Crowd:
    """Everybody but us in one market. `step` does what is due."""

    def __init__(self, exchange: Exchange, market: Market, kind: Kind, race: Race, bursts: Bursts, seed: int) -> None:
        self.market_id = market.id
        self.race = race
        self.fair = 0.5
        self.next_ms = 0.0
        self._exchange = exchange
        self._ladder = exchange.ladders[market.id]
        self._kind = kind
        self._bursts = bursts
        self._draw = seeded(seed, "crowd", market.id)
        self._tick = market.tick
        self._spread = self._draw_spread(math.inf)
        self._rate = kind.weight / 1000
        self._target = [0, PRICE_ONE]
        self._wishes: list[_Wish] = []
        self._wish_count = 0
        self._is_mending = [False, False]
        self._quote_ms = self._trade_ms = self._respread_ms = 0.0
        self._shocks = race.walk.shocks
        self._shyness = 0
        self._takers = Takers(exchange, market.id, kind, race.walk, bursts, self._draw)

    def open(self, now_ms: float, events_per_s: float) -> None:
        """Fill the empty ladder. `events_per_s` is this market's own rate."""
        self._rate = _OWN * events_per_s / 1000
        self.fair = self.race.fair(now_ms)
        self._retarget(now_ms)
        for side in (BID, ASK):
            for distance in range(self._kind.levels):
                price = self._price(side, distance)
                if not self._is_quotable(side, price):
                    break
                if distance == 0 or self._draw.random() >= self._kind.gap:
                    self._quote(side, price, self._usual(distance), now_ms)
        self._quote_ms = self._gap(now_ms, self._rate)
        self._trade_ms = self._next_trade(now_ms)
        self._respread_ms = now_ms + 1000 * self._draw.expovariate(1 / self._kind.respread_s)
        self._set_next(now_ms)

    def step(self, now_ms: float) -> None:
        """Do what is due at `now_ms`; the exchange collects it as one batch."""
        activity = self._bursts.level(now_ms)
        self.race.walk.advance(now_ms, activity)
        before, self.fair = self.fair, self.race.fair(now_ms)
        self._takers.moved(self.fair - before)
        if self.race.walk.shocks != self._shocks:
            self._shocks = self.race.walk.shocks
            self._bursts.shocked()
        self._takers.inform(self._tick, now_ms)
        self._takers.snipe(self.fair * PRICE_ONE, self._tick, now_ms)
        if now_ms >= self._respread_ms:
            self._spread = self._draw_spread((self.race.closes_ms - now_ms) / 1000)
            self._shyness = self._draw.randint(0, 8)
            is_decided = self._target[BID] == 0 or self._target[ASK] == PRICE_ONE
            every = 0.6 if is_decided else 10.0 if self._is_ending(now_ms) else self._kind.respread_s
            self._respread_ms = now_ms + 1000 * self._draw.expovariate(1 / every)
        self._follow(now_ms)
        while self._wishes and self._wishes[0][0] <= now_ms:
            self._grant(heapq.heappop(self._wishes), now_ms)
        if now_ms >= self._trade_ms:
            self._takers.trade(self._tick, now_ms)
            self._trade_ms = self._next_trade(now_ms)
        if now_ms >= self._quote_ms:
            self._requote(now_ms)
            self._quote_ms = self._gap(now_ms, self._rate * activity)
        self._mend(now_ms)
        self._set_next(now_ms)

    # ---- timing ----

    def _gap(self, now_ms: float, per_ms: float) -> float:
        return now_ms + self._draw.expovariate(max(per_ms, 1e-6))

    def _next_trade(self, now_ms: float) -> float:
        quiet = 0.2 if now_ms < self.race.starts_ms else 1.0
        due = self._gap(now_ms, self._rate * self._kind.trade_share * self._bursts.level(now_ms) * quiet)
        if self._kind.on_second:
            due = (due // 1000 + 1) * 1000 + self._draw.uniform(20, 40)
        return due

    def _set_next(self, now_ms: float) -> None:
        # Gaps are drawn at the present rate; looking again soon lets a burst begin in the middle of a long one.
        due = min(self._quote_ms, self._trade_ms, now_ms + _RETHINK_MS)
        if self._wishes:
            due = min(due, self._wishes[0][0])
        self.next_ms = max(due, now_ms + 1)

    def _is_ending(self, now_ms: float) -> bool:
        return self._kind.is_short and self.race.closes_ms - now_ms < 120_000

    def _draw_spread(self, left_s: float) -> int:
        spreads = self._kind.spreads
        if self._kind.is_short and left_s < 120:
            spreads = ((1, 0.6), (2, 0.25), (3, 0.15)) if left_s > 60 else ((1, 0.3), (2, 0.3), (3, 0.25), (4, 0.15))
        ticks = self._draw.choices([ticks for ticks, _ in spreads], [weight for _, weight in spreads])[0]
        return ticks * (self._tick if self._tick >= 100 else 2 * self._tick)

    # ---- makers ----

    def _retarget(self, now_ms: float) -> bool:
        """Set the best prices the makers want; returns whether they changed. A small move is not worth it."""
        tick, fair = self._tick, self.fair * PRICE_ONE
        if tick > FINE_TICK and not FINE_EDGE <= fair <= PRICE_ONE - FINE_EDGE:
            self._exchange.set_tick(self.market_id, FINE_TICK, round(now_ms))
            self._tick = tick = FINE_TICK
            self._spread = self._draw_spread((self.race.closes_ms - now_ms) / 1000)
        before = list(self._target)
        middle, width = sum(before) / 2, before[ASK] - before[BID]
        if width != self._spread or abs(fair - middle) > 0.8 * tick + 0.1 * width:
            bid = math.floor((fair - self._spread / 2 + tick / 2) / tick) * tick
            ask = bid + self._spread
            if self._kind.is_short and not ONE_SIDED <= fair <= PRICE_ONE - ONE_SIDED:
                # Who still quotes the decided outcome does so anywhere in the last cent.
                away = (1 + self._shyness) * tick
                bid, ask = (0, max(ask, away)) if fair < ONE_SIDED else (min(bid, PRICE_ONE - away), PRICE_ONE)
            self._target = [max(bid, 0), min(ask, PRICE_ONE)]
        return self._target != before

    def _follow(self, now_ms: float) -> None:
        """Move the quotes after the fair value: what would be wrong is pulled, what is missing is quoted."""
        if not self._retarget(now_ms):
            return
        for side in (BID, ASK):
            target = self._target[side]
            for price in self._ladder.prices(side):
                if price <= target if side == BID else price >= target:
                    break
                self._exchange.withdraw(self.market_id, side, price, _ALL, 0.0)
        for side in (BID, ASK):
            for distance in range(3):
                price = self._price(side, distance)
                if not self._is_quotable(side, price):
                    break
                there, wanted = self._ladder.others(side, price), self._usual(distance)
                if not there or distance == 0:
                    # What stood deeper until now is more than makers like to show at the best price.
                    self._resize(side, price, there, wanted if not there else min(there, wanted), now_ms)
                if there:
                    break

    def _requote(self, now_ms: float) -> None:
        """Change one level, or a few at once: one batch in eight is larger."""
        count = 1 if self._draw.random() < 0.88 else 2 + min(int(self._draw.expovariate(0.4)), 8)
        for _ in range(count):
            self._touch_level(now_ms)

    def _touch_level(self, now_ms: float) -> None:
        draw, side = self._draw, self._draw.getrandbits(1)
        distance = draw.choices(range(len(DISTANCES) + 1), (*DISTANCES, FAR_SHARE))[0]
        if distance == len(DISTANCES):
            distance = draw.randint(len(DISTANCES), max(self._kind.levels, len(DISTANCES) + 1))
        elif distance <= 1 and draw.random() < 0.1 and self._spread > self._tick:
            distance = -1
        price = self._price(side, distance)
        if not self._is_quotable(side, price):
            return
        there = self._ladder.others(side, price)
        if not there:
            if distance <= 0 or draw.random() >= self._kind.gap:
                self._bear(side, price, distance, now_ms, is_brief=distance < 0)
            return
        if draw.random() < self._kind.removal:
            self._exchange.withdraw(self.market_id, side, price, _ALL, 0.0)
            self._wish(now_ms + draw.lognormvariate(math.log(350), 0.9), False, side, price)
            return
        self._resize(side, price, there, self._usual(distance), now_ms)

    def _resize(self, side: int, price: int, there: int, wanted: int, now_ms: float) -> None:
        """Bring the others' shares at a price from what is there to what is wanted."""
        if wanted > there:
            self._quote(side, price, wanted - there, now_ms)
        elif wanted < there:
            self._exchange.withdraw(self.market_id, side, price, there - wanted, self._draw.random())

    def _bear(self, side: int, price: int, distance: int, now_ms: float, is_brief: bool) -> None:
        """Quote a level that was empty; most such levels soon go again."""
        amount = self._usual(0) if distance == 0 else shares_of(NEW_LEVEL.draw(self._draw), self._draw)
        self._quote(side, price, amount, now_ms)
        if is_brief or self._draw.random() < _FLICKER:
            self._wish(now_ms + LIFE_MS.draw(self._draw), True, side, price)

    def _wish(self, due_ms: float, is_removal: bool, side: int, price: int) -> None:
        self._wish_count += 1
        heapq.heappush(self._wishes, (due_ms, self._wish_count, is_removal, side, price))

    def _grant(self, wish: _Wish, now_ms: float) -> None:
        _due, _number, is_removal, side, price = wish
        is_inside = price > self._target[side] if side == BID else price < self._target[side]
        if is_removal:
            if self._exchange.withdraw(self.market_id, side, price, _ALL, 0.0) and not is_inside:
                self._wish(now_ms + self._draw.lognormvariate(math.log(350), 0.9), False, side, price)
            return
        if price == self._target[side]:
            self._is_mending[side] = False
        if not is_inside and self._is_quotable(side, price) and not self._ladder.others(side, price):
            distance = abs(price - self._target[side]) // self._tick
            self._bear(side, price, distance, now_ms, is_brief=False)

    def _mend(self, now_ms: float) -> None:
        """See to it that somebody quotes the best price again after it was taken."""
        for side in (BID, ASK):
            price = self._target[side]
            is_missing = self._is_quotable(side, price) and not self._ladder.others(side, price)
            if is_missing and not self._is_mending[side]:
                self._wish(now_ms + self._draw.lognormvariate(math.log(self._kind.refill_ms), 0.8), False, side, price)
            self._is_mending[side] = is_missing

    def _usual(self, distance: int) -> int:
        kind, draw = self._kind, self._draw
        if distance <= 0:
            return shares_of(kind.best.draw(draw), draw)
        median = kind.deeper[min(distance, len(kind.deeper)) - 1]
        return shares_of(draw.lognormvariate(math.log(median), kind.deviation), draw)

    def _quote(self, side: int, price: int, shares: int, now_ms: float) -> None:
        self._exchange.quote(self.market_id, side, price, shares, round(now_ms))

    def _price(self, side: int, distance: int) -> int:
        step = distance * self._tick
        return self._target[BID] - step if side == BID else self._target[ASK] + step

    def _is_quotable(self, side: int, price: int) -> bool:
        if self._target[side] in (0, PRICE_ONE):
            return False
        inside = price < self._target[ASK] if side == BID else price > self._target[BID]
        return inside and self._tick <= price <= PRICE_ONE - self._tick
