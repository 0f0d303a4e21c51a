"""All markets with their ladders, and what of them must be told: listings, ticks, levels, prints."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.market import Market, Stage
from cockpit.venues.mirror import ASK, BID
from cockpit.venues.practice.ladder import Ladder


class Books:
    """The public part of the exchange."""

    def __init__(self) -> None:
        self.markets: dict[str, Market] = {}
        self.ladders: dict[str, Ladder] = {}
        """Of markets that have not ended."""
        self.ended: dict[str, int] = {}
        """Market id -> what a YES share paid."""
        self.stages: dict[str, Stage] = {}
        """Market id -> how far it is, of those that nobody trades in any more and that have not resolved."""
        self._changed: dict[str, None] = {}
        self._listed: dict[str, None] = {}
        self._ticks: list[ev.TickChanged] = []
        self._touched: dict[str, dict[tuple[int, int], None]] = {}
        self._prints: list[ev.TradePrinted] = []
        self._told_ms: dict[str, int] = {}
        """Market id -> when its book was told last."""

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

    def quiet(self, now_ms: int, for_ms: int) -> list[ev.Event]:
        """Return whole books of markets in which nothing has happened for so long, as if they were read again.

        A client cannot tell a quiet market from a dead feed: it reads quiet books again, and so knows that they hold.
        """
        quiet = [m for m in self.ladders if now_ms - self._told_ms.setdefault(m, now_ms) >= for_ms]
        self._told_ms |= dict.fromkeys(quiet, now_ms)
        return [self.snapshot(market_id, now_ms) for market_id in quiet]

    def withdraw(self, market_id: str, side: int, price: int, shares: int, where: float) -> int:
        """Take shares of the others away; see `Ladder.withdraw`."""
        taken = self.ladders[market_id].withdraw(side, price, shares, where)
        if taken:
            self._touch(market_id, side, price)
        return taken

    def shut(self, market_id: str) -> None:
        """End trading in a market: its ladder goes away."""
        self.ladders.pop(market_id, None)
        self._told_ms.pop(market_id, None)
        self._touched.pop(market_id, None)
        self._changed[market_id] = None

    def _close(self, market_id: str, payout_yes: int) -> None:
        """Take a market's ladder away for good."""
        self.ended[market_id] = payout_yes
        self.stages.pop(market_id, None)
        self.shut(market_id)

    def _touch(self, market_id: str, side: int, price: int) -> None:
        self._touched.setdefault(market_id, {})[(side, price)] = None

    def _print(self, trade: ev.TradePrinted) -> None:
        self._prints.append(trade)

    def _take_events(self, now_ms: int) -> tuple[list[ev.Event], dict[str, None]]:
        """Return what must be told since the last call, and which markets must be written.

        New markets with their whole books come first, then new ticks, one change of levels per market, and prints.
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
            self._told_ms[market_id] = now_ms
        events += self._prints
        changed, self._changed = self._changed, {}
        self._listed, self._ticks, self._touched, self._prints = {}, [], {}, []
        return events, changed
