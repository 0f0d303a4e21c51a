"""Frames to core events, in YES terms.

A level (p, BUY) of the NO leg is the YES level (1 - p, SELL), so both legs feed one book. A frame gives all of its
events or none: the counters tell what was refused and why, nothing here raises on what the venue sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from cockpit.core.book import Change
from cockpit.core.events import BookSnapshot, Event, LevelsChanged, MarketEnded, MarketListed, TickChanged, TradePrinted
from cockpit.core.market import Leg, Market
from cockpit.core.units import PRICE_ONE
from cockpit.venues.polymarket import numbers, wire
from cockpit.venues.polymarket.tokens import Place, Tokens
from cockpit.venues.polymarket.wire import Frame, Level, Unparsed
from cockpit.venues.text import clean

_MAX_WORDS = 50
Read = tuple[Frame, Event | None]
"""One object of a frame and the event it means, if any."""


class Decoder:
    """Turns raw frames into events; one per connection, with its own counters."""

    def __init__(self, tokens: Tokens | None = None, *, is_learning: bool = True, lists_new: bool = False) -> None:
        """`is_learning`: take unknown assets from the frames. `lists_new`: pass on the venue's new markets."""
        self.tokens = tokens if tokens is not None else Tokens()
        self.frames = 0
        self.unparsed = 0
        self.reasons: Counter[str] = Counter()
        """Why frames were refused; the words of `Unparsed`."""
        self.unknown: Counter[str] = Counter()
        """Objects of unknown kinds; after 50 words the rest is counted as `other`."""
        self.problem = ""
        """The last refusal in full."""
        self._places = self.tokens.places
        self._is_learning = is_learning
        self._lists_new = lists_new
        self._learnt: list[str] = []
        self._ticks: dict[str, int] = {}
        self._event: dict[type[Any], Callable[[Any, int], Event | None]] = {
            wire.PriceChange: self._price_change,
            wire.BookFrame: self._book,
            wire.LastTrade: self._trade,
            wire.TickSizeChange: self._tick,
            wire.BestBidAsk: self._nothing,
            wire.NewMarket: self._new_market,
            wire.MarketResolved: self._resolved,
            wire.Unknown: self._unknown,
        }

    def decode(self, raw: bytes | str, at_ms: int) -> tuple[Event, ...]:
        """Return the events of one frame, all or none of them; `at_ms` is when it arrived."""
        if len(raw) <= wire.MAX_FRAME:
            try:
                event = self._price_change(wire.price_change(raw), at_ms)
            except (ValueError, RecursionError, Unparsed):
                pass  # read again below, where kinds are told apart and refusals counted
            else:
                self.frames += 1
                if self._learnt:
                    self._learnt.clear()
                return (event,) if event is not None else ()
        return tuple(event for _, event in self.read(raw, at_ms) if event is not None)

    def read(self, raw: bytes | str, at_ms: int) -> list[Read]:
        """Return the objects of one frame, each with its event."""
        self.frames += 1
        numbers.make_room()
        try:
            frames = wire.parse(raw)
            found: list[Read] = [(frame, self._event[type(frame)](frame, at_ms)) for frame in frames]
        except Unparsed as problem:
            self._refuse(problem)
            return []
        if self._learnt:
            self._learnt.clear()
        return found

    def _refuse(self, problem: Unparsed) -> None:
        self.unparsed += 1
        self.reasons[problem.reason] += 1
        self.problem = clean(str(problem))
        self._ticks.clear()
        if self._learnt:
            self.tokens.forget(self._learnt)
            self._learnt.clear()

    def _place(self, market_id: str, token: str, is_learning: bool = False) -> Place:
        """Return where a token's levels go, learning it when that is allowed."""
        known = self._places.get(token)
        if known is not None and known[0] == market_id:
            return known
        if known is None and not (is_learning or self._is_learning):
            raise Unparsed("token", "an asset nobody listed")
        place = self.tokens.learn(market_id, token)
        self._learnt.append(token)
        return place

    def _price_change(self, frame: wire.PriceChange, at_ms: int) -> Event | None:
        try:
            return self._remembered_change(frame, at_ms)
        except KeyError:
            self._remember(frame)
            return self._remembered_change(frame, at_ms)

    def _remembered_change(self, frame: wire.PriceChange, at_ms: int) -> Event | None:
        """Return the event of a frame whose every text has been seen and checked before. Raises: KeyError."""
        market_id, places, sizes = frame.market, self._places, numbers.sizes
        changes: list[Change] = []
        before: Change | None = None
        for entry in frame.price_changes:
            known_id, _, sides, prices = places[entry.asset_id]
            if known_id != market_id:
                raise KeyError
            change = (sides[entry.side], prices[entry.price], sizes[entry.size])
            # The same change seen from the other leg says nothing new.
            if change != before:
                changes.append(change)
                before = change
        venue_ms = numbers.time_ms(frame.timestamp)
        return LevelsChanged(at_ms, known_id, tuple(changes), venue_ms) if changes else None

    def _remember(self, frame: wire.PriceChange) -> None:
        """Check and remember every text of a frame. Raises: Unparsed."""
        numbers.make_room()
        for entry in frame.price_changes:
            self._place(frame.market, entry.asset_id)
            numbers.price(entry.price)
            numbers.size(entry.size)

    def _book(self, frame: wire.BookFrame, at_ms: int) -> Event:
        market_id, leg, _, prices = self._place(frame.market, frame.asset_id)
        own, other = _levels(frame.bids, prices), _levels(frame.asks, prices)
        bids, asks = (other, own) if leg is Leg.NO else (own, other)
        tick = _tick(frame.tick_size) if frame.tick_size else None
        trade = frame.last_trade_price
        last = (leg, numbers.price(trade)) if trade not in (None, "", "0", "1") else None
        venue_ms = numbers.time_ms(frame.timestamp)
        return BookSnapshot(at_ms, market_id, bids, asks, venue_ms, tick, last)

    def _trade(self, frame: wire.LastTrade, at_ms: int) -> Event:
        market_id, leg, _, _ = self._place(frame.market, frame.asset_id)
        price, shares, venue_ms = numbers.price(frame.price), numbers.size(frame.size), numbers.time_ms(frame.timestamp)
        return TradePrinted(at_ms, market_id, leg, frame.side == "BUY", price, shares, venue_ms)

    def _tick(self, frame: wire.TickSizeChange, at_ms: int) -> Event | None:
        market_id = self._place(frame.market, frame.asset_id)[0]
        tick = _tick(frame.new_tick_size)
        # Told once for each leg, and once is enough.
        if self._ticks.get(market_id) == tick:
            return None
        self._ticks[market_id] = tick
        return TickChanged(at_ms, market_id, tick)

    def _new_market(self, frame: wire.NewMarket, at_ms: int) -> Event | None:
        market = market_of(frame)
        if not self._lists_new or market is None:
            return None
        for token in market.tokens:
            self._place(market.id, token, is_learning=True)
        return MarketListed(at_ms, market)

    def _resolved(self, frame: wire.MarketResolved, at_ms: int) -> Event | None:
        place = self._places.get(frame.winning_asset_id)
        if place is None or place[0] != frame.market:
            return None
        return MarketEnded(at_ms, place[0], PRICE_ONE if place[1] is Leg.YES else 0)

    def _nothing(self, frame: Frame, at_ms: int) -> None:
        return None

    def _unknown(self, frame: wire.Unknown, at_ms: int) -> None:
        word = clean(frame.kind, 40)
        self.unknown[word if word in self.unknown or len(self.unknown) < _MAX_WORDS else "other"] += 1


def market_of(frame: wire.NewMarket) -> Market | None:
    """Return a new market's description, None when it has not exactly two outcomes."""
    if len(frame.assets_ids) != 2 or len(frame.outcomes) != 2 or frame.assets_ids[0] == frame.assets_ids[1]:
        return None
    return Market(
        id=frame.market,
        name=clean(frame.slug or frame.question or "", 60),
        title=clean(frame.question or frame.slug or ""),
        tokens=(frame.assets_ids[0], frame.assets_ids[1]),
        outcomes=(clean(frame.outcomes[0], 40) or "A", clean(frame.outcomes[1], 40) or "B"),
        tick=_tick(frame.order_price_min_tick_size) if frame.order_price_min_tick_size else 100,
    )


def _levels(levels: list[Level], prices: dict[str, int]) -> tuple[tuple[int, int], ...]:
    """Return (YES price, size) of levels; `prices` is the leg's table."""
    found = []
    for level in levels:
        numbers.price(level.price)
        found.append((prices[level.price], numbers.size(level.size)))
    return tuple(found)


def _tick(text: str) -> int:
    tick = numbers.price(text)
    if PRICE_ONE % tick:
        raise Unparsed("tick", repr(text[:40]))
    return tick
