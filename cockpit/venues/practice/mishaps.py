"""What happens by itself: to the connection, to the venue's mode, to markets, to the account."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.venues.base import Accepted
from cockpit.venues.mirror import ASK, BID, mirror
from cockpit.venues.practice.episodes import Episodes
from cockpit.venues.practice.fault_words import Kind
from cockpit.venues.practice.faults import BY_NAME, Faults
from cockpit.venues.practice.markets import FINE_TICK
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.stream import Stream
from cockpit.venues.practice.strike import strikable, strike
from cockpit.venues.practice.venue import PracticeVenue

FOREIGN = "foreign"
"""Label of orders on the account that the desk did not send."""
_RESTART_MS, _POST_ONLY_MS = 90_000, 120_000
_COARSE_TICK = 100
_LASTS_MS = {
    "mode.post_only": (_POST_ONLY_MS, _POST_ONLY_MS),
    "mode.cancel_only": (20_000, 180_000),
    "mode.disabled": (20_000, 120_000),
    "acct.closed_only": (30_000, 120_000),
    "acct.banned": (10_000, 60_000),
    "acct.key_revoked": (10_000, 90_000),
}
_LOSES_MS = {
    "ws.close": (1_000, 20_000),
    "ws.gap": (2_000, 30_000),
    "ws.half_open": (20_000, 90_000),
    "ws.mute_all": (10_000, 90_000),
}
_SHOWN_MS = {"ws.crossed": (1_000, 5_000), "ws.nonsense": (1_000, 10_000), "ws.far_print": (1_000, 5_000)}


class Mishaps:
    """One method a fault, or one for several that differ in numbers only."""

    def __init__(self, venue: PracticeVenue, faults: Faults, rig: Rig, stream: Stream, episodes: Episodes) -> None:
        self._venue = venue
        self._exchange = venue.exchange
        self._faults = faults
        self._rig = rig
        self._stream = stream
        self._episodes = episodes
        self._foreign = 0
        self._acts: dict[str, Callable[[str, random.Random], None]] = {
            **dict.fromkeys(_LASTS_MS, self._last),
            **dict.fromkeys(_LOSES_MS, self._lose),
            **dict.fromkeys(_SHOWN_MS, self._show),
            "ws.mute": self._mute,
            "ws.flood": self._flood,
            "mode.restart": self._restart,
            "market.tick": self._tick,
            "market.pause": self._pause,
            "market.resolve": self._resolve,
            "market.start": self._start,
            "market.void": self._resolve,
            "acct.balance": self._balance,
            "foreign.order": self._order,
            "foreign.fill": self._fill,
            "foreign.cancel_all": self._cancel_all,
            "clock.skew": self._skew,
        }

    async def run(self) -> None:
        """Do each at its own times until the faults end."""
        words = [word for word in self._faults.rates if BY_NAME[word].kind is Kind.TIME]
        due = {word: self._rig.now_ms() + self._faults.pause_ms(word) for word in words}
        while due and not self._faults.is_quiet:
            word = min(due, key=due.__getitem__)
            await self._rig.pause(due[word] - self._rig.now_ms())
            if not self._faults.is_quiet:
                self.happen(word)
                due[word] = self._rig.now_ms() + self._faults.pause_ms(word)

    def happen(self, word: str) -> None:
        """Let one fault happen now, if there is anything for it to happen to."""
        self._acts[word](word, self._faults.draw(word))

    # ---- modes and accounts ----

    def _last(self, word: str, draw: random.Random) -> None:
        self._episodes.begin(word, draw.randint(*_LASTS_MS[word]))

    def _restart(self, word: str, _draw: random.Random) -> None:
        if not self._episodes.is_running(word):
            self._episodes.begin(word, _RESTART_MS)
            self._episodes.begin("mode.post_only", _RESTART_MS + _POST_ONLY_MS)

    def _balance(self, word: str, draw: random.Random) -> None:
        self._episodes.begin(word, draw.randint(5_000, 60_000), amount=draw.choice((50, 100)))

    def _skew(self, word: str, draw: random.Random) -> None:
        offset = draw.choice((-1, 1)) * draw.randint(1_000, 300_000)
        self._episodes.begin(word, draw.randint(20_000, 120_000), amount=offset)

    # ---- the connection ----

    def _lose(self, word: str, draw: random.Random) -> None:
        if not self._stream.is_free():
            return
        ms = draw.randint(*_LOSES_MS[word])
        self._stream.lose(word, ms)
        if word == "ws.gap":
            self._rig.later(ms // 2, lambda: self._strike(draw))

    def _strike(self, draw: random.Random) -> None:
        resting = strikable(self._exchange)
        if resting and not self._faults.is_quiet:
            strike(self._exchange, draw.choice(resting), draw, self._rig.now_ms())
            self._venue.release()

    def _mute(self, _word: str, draw: random.Random) -> None:
        market_id = self._market(draw)
        if market_id:
            self._stream.mute(market_id, draw.randint(10_000, 90_000))

    def _flood(self, word: str, draw: random.Random) -> None:
        market_id, now = self._market(draw), self._rig.now_ms()
        levels = [(side, *level) for side in (BID, ASK) for level in self._levels(market_id, side)]
        if not levels or not self._stream.is_free():
            return
        for number in range(draw.randint(500, 1_500)):
            side, price, total = levels[number % len(levels)]
            for shown in (total + SHARE, total):
                self._stream.show(ev.LevelsChanged(now, market_id, ((side, price, shown),), now))
        self._faults.count(word)

    def _show(self, word: str, draw: random.Random) -> None:
        market_id, now = self._market(draw), self._rig.now_ms()
        asks = self._levels(market_id, ASK)
        if not asks:
            return
        event: ev.Event
        if word == "ws.crossed":
            event = ev.LevelsChanged(now, market_id, ((BID, asks[0][0], 10 * SHARE),), now)
        elif word == "ws.nonsense":
            size, tick = 1_000 * SHARE, self._exchange.markets[market_id].tick
            event = ev.BookSnapshot(now, market_id, ((100, size),), ((PRICE_ONE - 100, size),), now, tick)
        else:
            far = 9_700 if asks[0][0] < PRICE_ONE // 2 else 300
            event = ev.TradePrinted(now, market_id, Leg.YES, far > PRICE_ONE // 2, far, 20 * SHARE, now)
        if self._stream.show(event):
            self._faults.count(word)
            self._stream.mend_later(market_id, draw.randint(*_SHOWN_MS[word]))

    # ---- markets ----

    def _market(self, draw: random.Random) -> str:
        return draw.choice([*self._exchange.ladders] or [""])

    def _levels(self, market_id: str, side: int) -> tuple[tuple[int, int], ...]:
        return self._exchange.ladders[market_id].levels(side) if market_id else ()

    def _tick(self, word: str, draw: random.Random) -> None:
        market_id = self._market(draw)
        if not market_id:
            return
        market = self._exchange.markets[market_id]
        prices = [price for side in (BID, ASK) for price, _total in self._levels(market_id, side)]
        tick = FINE_TICK if market.tick != FINE_TICK else _COARSE_TICK
        if all(price % tick == 0 for price in prices):
            self._faults.count(word)
            self._exchange.set_tick(market_id, tick, self._rig.now_ms())
            self._venue.release()

    def _pause(self, word: str, draw: random.Random) -> None:
        market_id = self._market(draw)
        if market_id:
            self._episodes.begin(word, draw.randint(10_000, 120_000), market_id)

    def _resolve(self, word: str, draw: random.Random) -> None:
        market_id = self._market(draw)
        if not market_id:
            return
        self._faults.count(word)
        payout = PRICE_ONE // 2 if word == "market.void" else draw.choice((0, PRICE_ONE))
        if word == "market.resolve":
            self._stream.silence(market_id, draw.randint(5_000, 120_000))
        self._venue.world.end_market(market_id, payout, self._rig.now_ms())
        self._venue.release()

    def _start(self, word: str, draw: random.Random) -> None:
        resting = strikable(self._exchange)
        if resting:
            market_id = draw.choice(resting).market_id
            self._call_off(word, [order for order in resting if order.market_id == market_id], "the game has started")

    # ---- other hands ----

    def _order(self, word: str, draw: random.Random) -> None:
        self._send(word, draw, OrderType.GTC)

    def _fill(self, word: str, draw: random.Random) -> None:
        self._send(word, draw, OrderType.FAK)

    def _send(self, word: str, draw: random.Random, kind: OrderType) -> None:
        """Buy a little on the account: at the best price, or resting beside the best bid of that leg."""
        market_id, leg = self._market(draw), draw.choice((Leg.YES, Leg.NO))
        # Taking YES meets the asks, taking NO the bids; resting is the other way round.
        side = ASK if (leg is Leg.YES) == (kind is OrderType.FAK) else BID
        levels = self._levels(market_id, side)
        if not levels:
            return
        self._foreign += 1
        name = hashlib.sha256(f"{self._exchange.seed}:foreign:{self._foreign}".encode()).hexdigest()
        price, size = mirror(leg, levels[0][0]), draw.randint(5, 15) * SHARE
        now = self._rig.now_ms()
        order = Order("0x" + name, FOREIGN, "", market_id, leg, Side.BUY, price, size, kind, created_ms=now)
        if isinstance(self._exchange.place(order, now), Accepted):
            self._faults.count(word)
            self._rig.later(draw.randint(20_000, 300_000), lambda: self._withdraw(order.id))
            self._venue.release()

    def _withdraw(self, order_id: str) -> None:
        self._exchange.cancel([order_id], self._rig.now_ms())
        self._venue.release()

    def _cancel_all(self, word: str, _draw: random.Random) -> None:
        self._call_off(word, strikable(self._exchange), "canceled")

    def _call_off(self, word: str, orders: list[Order], reason: str) -> None:
        if orders:
            self._faults.count(word)
            self._exchange.cancel([order.id for order in orders], self._rig.now_ms(), reason)
            self._venue.release()
