"""Those who take: everyday traders, one who knows of a shock before it comes, and one who is faster than the makers."""

from __future__ import annotations

import random

from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.bursts import Bursts
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.figures import Kind, shares_of
from cockpit.venues.practice.walk import Walk

BUY_SHARE = 0.75
"""Users rather buy the one outcome than sell the other (realism statistics, section 5: 62 to 86 % buy)."""
SNIPE_SHARE = 0.25
LARGE = 100
"""From this many shares on, a taker accepts worse prices."""


class Takers:
    """The takers of one market."""

    def __init__(
        self, exchange: Exchange, market_id: str, kind: Kind, walk: Walk, bursts: Bursts, draw: random.Random
    ) -> None:
        self._exchange = exchange
        self._market_id = market_id
        self._ladder = exchange.ladders[market_id]
        self._kind = kind
        self._walk = walk
        self._bursts = bursts
        self._draw = draw
        self._warned = -1
        self._drift = 0.0

    def moved(self, change: float) -> None:
        """Remember by how much the fair value moved: everyday traders follow it a little."""
        self._drift += change

    def trade(self, tick: int, now_ms: float) -> None:
        """Let one everyday trader act."""
        lean = max(-0.25, min(0.25, self._drift * 8))
        self._drift *= 0.5
        amount = self._kind.trade.draw(self._draw)
        reach = 2 if amount < LARGE else 5
        self._take(amount, reach * tick, now_ms, is_up=self._draw.random() < 0.5 + lean)

    def inform(self, tick: int, now_ms: float) -> None:
        """Trade ahead of a shock that only an informed trader knows of, once per shock."""
        tip = self._walk.tip(now_ms)
        if tip and self._warned != self._walk.shocks:
            self._warned = self._walk.shocks
            for _ in range(self._draw.randint(1, 3)):
                self._take(10 * self._kind.trade.draw(self._draw), tick, now_ms, is_up=tip > 0)

    def snipe(self, fair: float, tick: int, now_ms: float) -> None:
        """Now and then take a quote, ours or another's, that the fair price has passed by more than a tick."""
        bid, ask = self._ladder.best
        is_low = 0 < bid > fair + tick
        if (is_low or PRICE_ONE > ask < fair - tick) and self._draw.random() < SNIPE_SHARE:
            self._take(self._kind.trade.draw(self._draw), 0, now_ms, is_up=not is_low)

    def _take(self, amount: float, reach: int, now_ms: float, *, is_up: bool) -> None:
        best = self._ladder.best[ASK if is_up else BID]
        if best in (0, PRICE_ONE):
            return
        limit = best + reach if is_up else best - reach
        if not 0 < limit < PRICE_ONE:
            limit = best
        is_buy = self._draw.random() < BUY_SHARE
        leg = Leg.YES if is_up == is_buy else Leg.NO
        price = limit if leg is Leg.YES else PRICE_ONE - limit
        shares = shares_of(amount, self._draw)
        side = Side.BUY if is_buy else Side.SELL
        if self._exchange.take(self._market_id, leg, side, shares, price, round(now_ms)):
            self._bursts.traded()
