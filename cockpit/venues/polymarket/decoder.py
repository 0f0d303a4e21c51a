"""Frames to core events, in YES terms.

A level (p, BUY) of the NO leg is the YES level (1 - p, SELL), so both legs feed one book. A frame gives all of its
events or none: the counters tell what was refused and why, nothing here raises on what the venue sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from cockpit.core.book import Change
from cockpit.core.events import BookSnapshot, Event, LevelsChanged, MarketEnded, TickChanged, TradePrinted
from cockpit.core.market import Leg, Market
from cockpit.core.units import PRICE_ONE
from cockpit.venues.polymarket import numbers, wire
from cockpit.venues.polymarket.numbers import sizes, time_ms
from cockpit.venues.polymarket.tokens import Place, Tokens
from cockpit.venues.polymarket.wire import MAX_FRAME, Frame, Level, Unparsed, price_change
from cockpit.venues.text import clean

_MAX_WORDS = 50
Read = tuple[Frame | None, Event | None]
"""One object of a frame and the event it means, if any; what an object says by the way comes before it, alone."""


class Decoder:
    """Turns raw frames into events; one per connection, with its own counters."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        """Assets that `tokens` does not know are learnt from the frames."""
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
        self._learnt: list[str] = []
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

    def read(self, raw: bytes | str, at_ms: int) -> list[Read]:
        """Return the objects of one frame, each with its event, all or none of them; `at_ms` is when it arrived."""
        self.frames += 1
        if len(raw) <= MAX_FRAME:
            try:
                change = price_change(raw)
                return [(change, self._remembered_change(change, at_ms))]
            except (ValueError, KeyError, RecursionError, Unparsed):
                pass  # read again below, where kinds are told apart, new texts checked and refusals counted
        return self._read_any(raw, at_ms)

    def _read_any(self, raw: bytes | str, at_ms: int) -> list[Read]:
        numbers.make_room()
        found: list[Read] = []
        try:
            for frame in wire.parse(raw):
                event = self._event[type(frame)](frame, at_ms)
                if isinstance(event, BookSnapshot):
                    found += self._new_tick(event)
                found.append((frame, event))
        except Unparsed as problem:
            self._refuse(problem)
            return []
        self._learnt.clear()
        for _, event in found:
            if isinstance(event, BookSnapshot | TickChanged) and event.tick is not None:
                self.tokens.ticks[event.market_id] = event.tick
        return found

    def _new_tick(self, book: BookSnapshot) -> list[Read]:
        """Return the tick of a whole book as an event, when another one was told before."""
        tick = book.tick
        if tick is None or tick == self.tokens.ticks.get(book.market_id, tick):
            return []
        return [(None, TickChanged(book.at_ms, book.market_id, tick))]

    def _refuse(self, problem: Unparsed) -> None:
        self.unparsed += 1
        self.reasons[problem.reason] += 1
        self.problem = clean(str(problem))
        self.tokens.forget(self._learnt)
        self._learnt.clear()

    def _place(self, market_id: str, token: str) -> Place:
        """Return where a token's levels go, learning it the first time."""
        known = self._places.get(token)
        if known is not None and known[0] == market_id:
            return known
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
        market_id, places = frame.market, self._places
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
        venue_ms = time_ms(frame.timestamp)
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
        venue_ms = time_ms(frame.timestamp)
        return BookSnapshot(at_ms, market_id, bids, asks, venue_ms, tick, last)

    def _trade(self, frame: wire.LastTrade, at_ms: int) -> Event:
        market_id, leg, _, _ = self._place(frame.market, frame.asset_id)
        price, shares, venue_ms = numbers.price(frame.price), numbers.size(frame.size), time_ms(frame.timestamp)
        return TradePrinted(at_ms, market_id, leg, frame.side == "BUY", price, shares, venue_ms)

    def _tick(self, frame: wire.TickSizeChange, at_ms: int) -> Event:
        market_id = self._place(frame.market, frame.asset_id)[0]
        return TickChanged(at_ms, market_id, _tick(frame.new_tick_size))

    def _new_market(self, frame: wire.NewMarket, at_ms: int) -> None:
        market_of(frame)  # refuses what does not fit; who wants the description asks for it again

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
