"""Which asset belongs to which market and leg: told (`add`), or learnt from frames, first asset seen first.

Which token is YES cannot be seen in prices; a market that was only learnt has legs called A and B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(slots=True)
class Listing:
    """A market as far as frames showed it: its tokens in the order they came."""

    market_id: str
    tokens: list[str]


class Tokens:
    """The map of tokens. `places` is read directly by the decoder's hot loop."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.listings: dict[str, Listing] = {}
        self._complements: dict[str, str] = {}

    def add(self, market: Market) -> None:
        """Take a market's tokens and their order as given; an order learnt before stays."""
        self.pair(*market.tokens)
        for token in market.tokens:
            if token not in self.places:
                self.learn(market.id, token)

    def pair(self, first: str, second: str) -> None:
        """Remember that two tokens are the legs of one market, not which is which."""
        self._complements[first] = second
        self._complements[second] = first

    def learn(self, market_id: str, token: str) -> Place:
        """Return the token's place, made from the order of appearance. Raises: Unparsed when it does not fit."""
        known = self.places.get(token)
        if known is not None:
            if known[0] == market_id:
                return known
            raise Unparsed("token", "an asset of another market")
        listing = self.listings.get(market_id)
        if listing is None:
            if not _ID.fullmatch(market_id) or len(self.listings) >= _MAX_MARKETS:
                raise Unparsed("market", repr(market_id[:80]))
            listing = Listing(market_id, [])
        if not _ID.fullmatch(token):
            raise Unparsed("token", repr(token[:80]))
        if len(listing.tokens) == 2:
            raise Unparsed("token", "a third asset in a market of two")
        leg = Leg(len(listing.tokens))
        place = (listing.market_id, leg, _SWAPPED if leg else _PLAIN, numbers.mirrored if leg else numbers.prices)
        self.listings[market_id] = listing
        listing.tokens.append(token)
        self.places[token] = place
        return place

    def forget(self, tokens: list[str]) -> None:
        """Take back what was learnt from a frame that turned out bad, newest first."""
        for token in reversed(tokens):
            market_id = self.places.pop(token)[0]
            listing = self.listings[market_id]
            listing.tokens.remove(token)
            if not listing.tokens:
                del self.listings[market_id]

    def tokens_of(self, market_id: str) -> tuple[str, str] | None:
        """Return both tokens of a market, None while only one is known."""
        listing = self.listings.get(market_id)
        if listing is None or not listing.tokens:
            return None
        first = listing.tokens[0]
        second = listing.tokens[1] if len(listing.tokens) == 2 else self._complements.get(first)
        return (first, second) if second is not None else None
