"""Which asset belongs to which market and leg: told (`add`), or learnt from frames, first asset seen first.

Which token is YES cannot be seen in prices; a market that was only learnt has legs called A and B.
"""

from __future__ import annotations

import re

from cockpit.core.market import Leg, Market
from cockpit.venues.polymarket import numbers
from cockpit.venues.polymarket.wire import Unparsed

UNNAMED = ("A", "B")
"""Outcomes of a market whose names nobody told."""
_ID = re.compile(r"[A-Za-z0-9:._-]{1,100}", re.ASCII)
_MAX_MARKETS = 100_000
_PLAIN = {"BUY": 0, "SELL": 1}
_SWAPPED = {"BUY": 1, "SELL": 0}


Place = tuple[str, Leg, dict[str, int], dict[str, int]]
"""Where a token's levels go: market id, leg, and two tables that turn its words into YES terms.

The first table reads `BUY`/`SELL` as 0 (a YES bid) or 1 (a YES ask), the second a price's text. A plain tuple: the
decoder unpacks one for each entry.
"""


class Tokens:
    """The map of tokens. `places` is read directly by the decoder's hot loop."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.markets: dict[str, list[str]] = {}
        """Market id -> its tokens in the order they came."""
        self.ticks: dict[str, int] = {}
        """Market id -> its tick as it was told last."""
        self._complements: dict[str, str] = {}

    def add(self, market: Market) -> None:
        """Take a market's tick, tokens and their order as given; an order learnt before stays. Raises: Unparsed."""
        self.pair(*market.tokens)
        self.ticks[market.id] = market.tick
        for token in market.tokens:
            if token not in self.places:
                self.learn(market.id, token)

    def pair(self, first: str, second: str) -> None:
        """Remember that two tokens are the legs of one market, not which is which. Raises: Unparsed."""
        for token in (first, second):
            if not _ID.fullmatch(token):
                raise Unparsed("token", repr(token[:80]))
        known = self._complements
        if first == second or known.get(first, second) != second or known.get(second, first) != first:
            raise Unparsed("token", f"{first[:20]} and {second[:20]} cannot be the legs of one market")
        self._complements[first] = second
        self._complements[second] = first

    def learn(self, market_id: str, token: str) -> Place:
        """Return the token's place, made from the order of appearance. Raises: Unparsed when it does not fit."""
        known = self.places.get(token)
        if known is not None:
            if known[0] == market_id:
                return known
            raise Unparsed("token", "an asset of another market")
        tokens = self.markets.get(market_id, [])
        if not tokens and (not _ID.fullmatch(market_id) or len(self.markets) >= _MAX_MARKETS):
            raise Unparsed("market", repr(market_id[:80]))
        if not _ID.fullmatch(token):
            raise Unparsed("token", repr(token[:80]))
        if len(tokens) == 2:
            raise Unparsed("token", "a third asset in a market of two")
        leg = Leg(len(tokens))
        place = (market_id, leg, _SWAPPED if leg else _PLAIN, numbers.mirrored if leg else numbers.prices)
        self.markets.setdefault(market_id, tokens).append(token)
        self.places[token] = place
        return place

    def forget(self, tokens: list[str]) -> None:
        """Take back what was learnt from a frame that turned out bad, newest first."""
        for token in reversed(tokens):
            market_id = self.places.pop(token)[0]
            self.markets[market_id].remove(token)
            if not self.markets[market_id]:
                del self.markets[market_id]

    def tokens_of(self, market_id: str) -> tuple[str, str] | None:
        """Return both tokens of a market, None while only one is known."""
        tokens = self.markets.get(market_id, ())
        if len(tokens) != 1:
            return (tokens[0], tokens[1]) if tokens else None
        second = self._complements.get(tokens[0])
        # A complement that frames showed in another market is not this one's.
        return (tokens[0], second) if second is not None and second not in self.places else None
