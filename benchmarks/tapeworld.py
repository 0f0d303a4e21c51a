"""A recorded tape as a world of the practice exchange: everybody else does what they did, and our orders stand between.

There is no book in the recording, so one is made of its prints: each side's best price is that of the next print that
meets it, and until then the last one's, never closer than a tick to the other side. What stands there are the median
sizes of the real venue's BTC 15 minute books (realism statistics, section 4). A child of ours that takes so pays about
the price of the next print; one that rests is filled by the prints that reach it, after what stood there before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import common  # noqa: F401 - puts the checkout on the path
from deskrun import CASH
from recorded import Trades

from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Leg, Market, Side
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import Window
from cockpit.venues.practice.world import Listing

MARKET_ID = "0x" + "7a" * 32
DEPTH = (52, 132, 219, 233, 247, 247, 247, 247)
"""Shares at the best price and behind it."""
TICK = 100
FEE_RATE = 700
_NEVER_MS = 1e15
_ALL = 1 << 60


class TapeWorld:
    """One market in which the prints of a tape happen again, from a moment on. Implements `WorldLike`."""

    def __init__(self, trades: Trades, begin_ms: float, exchange: Exchange, _seed: int) -> None:
        self.windows: Mapping[str, Window] = {MARKET_ID: Window("tape", 0, 0)}
        self.crowds: Mapping[str, object] = {MARKET_ID: None}
        self._exchange = exchange
        self._trades, self._begin_ms = trades, begin_ms
        self._index = int((trades.at_ms < begin_ms).sum())
        self._shift = 0.0
        self._best = [0, PRICE_ONE]

    @property
    def next_ms(self) -> float:
        """When the next print happens."""
        is_over = self._index >= len(self._trades.at_ms)
        return _NEVER_MS if is_over else float(self._trades.at_ms[self._index]) + self._shift

    def listing(self, market_id: str) -> Listing:
        """Nothing of it is written."""
        return Listing(market_id, self.windows[market_id], TICK, 0, None)

    def list_saved(self, listings: Sequence[Listing]) -> None:
        """Nothing was written."""

    def revive(self, _listings: Sequence[Listing], now_ms: int) -> None:
        """List the market; the tape begins now."""
        self._shift = now_ms - self._begin_ms
        fees, tokens = FeeSchedule(FEE_RATE), ("71", "72")
        self._exchange.list_market(Market(MARKET_ID, "tape", "a recorded market", tokens, tick=TICK, fees=fees))
        self._follow(now_ms)

    def open_account(self, _now_ms: int) -> None:
        """Book cash alone."""
        self._exchange.account.cash = CASH

    def end_market(self, market_id: str, payout_yes: int, now_ms: int) -> None:
        """Resolve the market before its time."""
        self._exchange.resolve(market_id, payout_yes, now_ms)

    def step(self, now_ms: int) -> None:
        """Let the next print happen, and the quotes move to where the one after it will be."""
        side, price, shares = self._print()
        missing = shares - self._exchange.ladders[MARKET_ID].others(side, price)
        if missing > 0:
            self._exchange.quote(MARKET_ID, side, price, missing, now_ms)
        taker = Side.BUY if side == ASK else Side.SELL
        self._exchange.take(MARKET_ID, Leg.YES, taker, shares, price, now_ms)
        self._index += 1
        if self._index < len(self._trades.at_ms):
            self._follow(now_ms)

    def _print(self) -> tuple[int, int, int]:
        """Return what the next print meets: the side of the book, the price, and how many shares."""
        trades, index = self._trades, self._index
        price = min(max(round(trades.prices[index] * PRICE_ONE / TICK) * TICK, TICK), PRICE_ONE - TICK)
        return ASK if trades.lifts[index] else BID, price, max(int(trades.shares[index] * SHARE), 1)

    def _follow(self, now_ms: int) -> None:
        """Quote the side that the next print meets at its price, the other as it was, but never crossed."""
        side, price, _shares = self._print()
        self._best[side] = price
        if side == ASK:
            self._best[BID] = min(self._best[BID] or price - TICK, price - TICK)
        else:
            self._best[ASK] = max(self._best[ASK] if self._best[ASK] < PRICE_ONE else 0, price + TICK)
        ladder = self._exchange.ladders[MARKET_ID]
        for own, best in enumerate(self._best):
            for level in ladder.prices(own):
                if level > best if own == BID else level < best:
                    self._exchange.withdraw(MARKET_ID, own, level, _ALL, 0.0)
        for own, best in enumerate(self._best):
            for distance, usual in enumerate(DEPTH):
                level = best - distance * TICK if own == BID else best + distance * TICK
                missing = usual * SHARE - ladder.others(own, level)
                if missing > 0 and TICK <= level <= PRICE_ONE - TICK:
                    self._exchange.quote(MARKET_ID, own, level, missing, now_ms)
