"""Frames for the tests of the wire: written by hand, and where the recorded ones lie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cockpit.core.book import Book
from cockpit.core.events import Event
from cockpit.core.fold import apply
from cockpit.core.state import State
from cockpit.core.units import price_text, shares_text
from cockpit.venues.polymarket.decoder import Decoder

MARKET = "0x" + "ab" * 32
YES, NO = "7" * 77, "8" * 77
PREOPEN = Path(__file__).parent / "data" / "preopen.jsonl.gz"
"""Frames as the venue sent them; see the notice beside it."""


def events(decoder: Decoder, frame: bytes | str, at_ms: int = 1) -> tuple[Event, ...]:
    """Return the events of one frame."""
    return tuple(event for _, event in decoder.read(frame, at_ms) if event is not None)


def book(
    bids: dict[int, int], asks: dict[int, int], token: str = YES, market: str = MARKET, **more: Any
) -> dict[str, Any]:
    """Return a book frame; prices in 1/10,000 USD, sizes in millionths, as the token's own."""
    return {
        "event_type": "book",
        "market": market,
        "asset_id": token,
        "timestamp": "1790000000000",
        "bids": levels(bids),
        "asks": levels(asks),
        **more,
    }


def levels(sizes: dict[int, int]) -> list[dict[str, str]]:
    """Return levels as the venue writes them."""
    return [{"price": price_text(price), "size": shares_text(size)} for price, size in sizes.items()]


def entry(token: str, side: str, price: int, size: int, **more: Any) -> dict[str, Any]:
    """Return one entry of a price change."""
    return {"asset_id": token, "side": side, "price": price_text(price), "size": shares_text(size), **more}


def change(*entries: dict[str, Any], market: str = MARKET, at: str = "1790000000001") -> dict[str, Any]:
    """Return a price_change frame."""
    return {"event_type": "price_change", "market": market, "timestamp": at, "price_changes": list(entries)}


def trade(token: str, side: str, price: int, size: int, at: str = "1790000000002") -> dict[str, Any]:
    """Return a last_trade_price frame."""
    return {"event_type": "last_trade_price", "market": MARKET, "timestamp": at, **entry(token, side, price, size)}


def raw(frame: Any) -> bytes:
    """Return a frame as bytes."""
    return json.dumps(frame).encode()


class Feed:
    """A decoder and the books it feeds."""

    def __init__(self) -> None:
        self.decoder = Decoder()
        self.state = State()

    def take(self, frame: Any) -> int:
        """Decode and apply one frame; return how many events it gave."""
        found = events(self.decoder, frame if isinstance(frame, bytes) else raw(frame))
        for event in found:
            apply(self.state, event)
        return len(found)

    @property
    def book(self) -> Book:
        """The one book of the hand-written frames."""
        return self.state.books[MARKET]

    def levels(self) -> tuple[dict[int, int], dict[int, int]]:
        """Return copies of both sides."""
        return dict(self.book.bids), dict(self.book.asks)
