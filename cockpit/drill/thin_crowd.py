"""Everybody but us in one market of the thin world: a few levels around a fair price, and some who take."""

from __future__ import annotations

import random

from cockpit.core.market import Leg, Side
from cockpit.core.units import LOT, PRICE_ONE, SHARE
from cockpit.venues.mirror import ASK, BID, mirror
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import Window

LEVELS = 4
STEP = 100
"""Others quote and think in cents, whatever the tick."""
_LEVEL_SHARES = (20, 120)
_TAKE_SHARES = (2, 45)
_LOW, _HIGH = 1_500, 8_500
"""The fair price stays between these."""
_ALL = 1 << 60


class ThinCrowd:
    """One market that runs."""

    def __init__(self, exchange: Exchange, market_id: str, window: Window, fair: int, draw: random.Random) -> None:
        self.market_id = market_id
        self.window = window
        self.fair = fair
        """In 1/10,000 USD, in the middle between two cents."""
        self._exchange = exchange
        self._draw = draw

    def act(self, now_ms: int) -> None:
        """Do one thing."""
        chance = self._draw.random()
        if chance < 0.45:
            self._resize(now_ms)
        elif chance < 0.65:
            step = STEP if self._draw.random() < 0.5 else -STEP
            if _LOW <= self.fair + step <= _HIGH:
                self.fair += step
            self.requote(now_ms)
        elif chance < 0.93:
            self._take(now_ms)
        else:
            self._cross(now_ms)

    def _prices(self, side: int) -> list[int]:
        """Return the prices others quote on a side, best first."""
        towards = -1 if side == BID else 1
        return [self.fair + towards * (STEP // 2 + STEP * level) for level in range(LEVELS)]

    def _shares(self) -> int:
        low, high = _LEVEL_SHARES
        return self._draw.randrange(low * SHARE, high * SHARE, LOT)

    def requote(self, now_ms: int) -> None:
        """Put the others' quotes where the fair price wants them, pulling the old ones first."""
        ladder, wanted = self._exchange.ladders[self.market_id], [self._prices(side) for side in (BID, ASK)]
        for side in (BID, ASK):
            for price in ladder.prices(side):
                if price not in wanted[side]:
                    self._exchange.withdraw(self.market_id, side, price, _ALL, 0.0)
        for side in (BID, ASK):
            for price in wanted[side]:
                if not ladder.others(side, price):
                    self._exchange.quote(self.market_id, side, price, self._shares(), now_ms)

    def _resize(self, now_ms: int) -> None:
        side = self._draw.choice((BID, ASK))
        price = self._draw.choice(self._prices(side))
        there, wanted = self._exchange.ladders[self.market_id].others(side, price), self._shares()
        if wanted > there:
            self._exchange.quote(self.market_id, side, price, wanted - there, now_ms)
        else:
            self._exchange.withdraw(self.market_id, side, price, there - wanted, self._draw.random())

    def _take(self, now_ms: int) -> None:
        """Take a little, through either leg, a cent beyond the best price at most."""
        side = self._draw.choice((BID, ASK))
        best = self._exchange.ladders[self.market_id].best[1 - side]
        limit = best + (STEP if side == BID else -STEP)
        if not 0 < limit < PRICE_ONE or best in (0, PRICE_ONE):
            return
        leg = self._draw.choice((Leg.YES, Leg.NO))
        is_buy = (side == BID) == (leg is Leg.YES)
        shares = self._draw.randrange(_TAKE_SHARES[0] * SHARE, _TAKE_SHARES[1] * SHARE, LOT)
        self._exchange.take(self.market_id, leg, Side.BUY if is_buy else Side.SELL, shares, mirror(leg, limit), now_ms)

    def _cross(self, now_ms: int) -> None:
        """Quote up to two cents through the best price of the other side; what is left rests there a while."""
        side = self._draw.choice((BID, ASK))
        best = self._exchange.ladders[self.market_id].best[1 - side]
        price = best + self._draw.choice((0, STEP, 2 * STEP)) * (1 if side == BID else -1)
        if 0 < price < PRICE_ONE and best not in (0, PRICE_ONE):
            self._exchange.quote(self.market_id, side, price, self._shares(), now_ms)
