"""The market channel's frames as typed objects: shape only, numbers stay text.

A frame is one object or an array of them. Unknown keys are ignored, objects of an unknown kind become `Unknown`;
anything else that does not fit raises `Unparsed`, and then nothing of the frame may be used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Raw, Struct

MAX_FRAME = 8 << 20
"""Bytes; the largest recorded frames (dozens of whole books) stay far below 1 MiB."""


class Unparsed(Exception):
    """A frame that was not understood; `reason` is one word to count by."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


class Level(Struct, gc=False):
    """One level of a whole book."""

    price: str
    size: str


class Entry(Struct, gc=False):
    """One level's new total, and the best prices of its leg after the change."""

    asset_id: str
    price: str
    size: str
    side: Literal["BUY", "SELL"]
    best_bid: str | None = None
    best_ask: str | None = None
    hash: str | None = None


class PriceChange(Struct, gc=False):
    """New totals of levels, usually one change seen from both legs. No tag: one that is left out would be forgiven."""

    event_type: Literal["price_change"]
    market: str
    price_changes: list[Entry]
    timestamp: str


class BookFrame(Struct, gc=False, tag_field="event_type", tag="book"):
    """The whole book of one leg."""

    market: str
    asset_id: str
    timestamp: str
    bids: list[Level]
    asks: list[Level]
    tick_size: str | None = None
    last_trade_price: str | None = None


class LastTrade(Struct, gc=False, tag_field="event_type", tag="last_trade_price"):
    """A trade; side and price are the taker's."""

    market: str
    asset_id: str
    price: str
    size: str
    side: Literal["BUY", "SELL"]
    timestamp: str


class TickSizeChange(Struct, gc=False, tag_field="event_type", tag="tick_size_change"):
    """A market's tick changed; sent once for each leg."""

    market: str
    asset_id: str
    new_tick_size: str
    timestamp: str


class BestBidAsk(Struct, gc=False, tag_field="event_type", tag="best_bid_ask"):
    """The best prices of a leg, sent ahead of the change that made them; our books say the same a moment later."""

    market: str
    asset_id: str
    best_bid: str | None = None
    best_ask: str | None = None


class NewMarket(Struct, gc=False, tag_field="event_type", tag="new_market"):
    """A market was opened, with the order of its outcomes."""

    market: str
    assets_ids: list[str]
    outcomes: list[str]
    question: str | None = None
    slug: str | None = None
    order_price_min_tick_size: str | None = None


class MarketResolved(Struct, gc=False, tag_field="event_type", tag="market_resolved"):
    """A market ended."""

    market: str
    winning_asset_id: str
    timestamp: str


class Unknown(Struct, gc=False):
    """An object of a kind this decoder does not know; counted and left alone."""

    kind: str


class _Probe(Struct, gc=False):
    event_type: str | None = None
    topic: str | None = None


_Tagged = BookFrame | LastTrade | TickSizeChange | BestBidAsk | NewMarket | MarketResolved
Frame = PriceChange | _Tagged | Unknown

KINDS: dict[type[Frame], str] = {kind: str(kind.__struct_config__.tag) for kind in _Tagged.__args__}
"""The venue's word for each kind of object."""
KINDS[PriceChange] = "price_change"
_WORDS = frozenset(KINDS.values())

price_change = msgspec.json.Decoder(PriceChange).decode
"""Decode the one frame that nearly all frames are. Raises: ValueError or RecursionError for anything else."""
_tagged: Callable[[bytes | str | Raw], _Tagged] = msgspec.json.Decoder(_Tagged).decode
_probe = msgspec.json.Decoder(_Probe).decode
_array = msgspec.json.Decoder(list[Raw]).decode


def parse(raw: bytes | str) -> list[Frame]:
    """Return the objects of one frame in order. Raises: Unparsed."""
    if len(raw) > MAX_FRAME:
        raise Unparsed("too large", f"{len(raw)} bytes")
    try:
        return [price_change(raw)]
    except (msgspec.ValidationError, RecursionError):
        return _parse_other(raw)
    except ValueError as error:
        raise Unparsed("json", str(error)[:200]) from None


def _parse_other(raw: bytes | str) -> list[Frame]:
    try:
        start = raw.lstrip()[:1]
        if start in (b"[", "["):
            return [_parse_one(item) for item in _array(raw)]
        return [_parse_one(raw)]
    except RecursionError:
        raise Unparsed("nesting", "nested too deeply") from None
    except msgspec.ValidationError as error:
        raise Unparsed("shape", str(error)[:200]) from None
    except ValueError as error:
        raise Unparsed("json", str(error)[:200]) from None


def _parse_one(raw: bytes | str | Raw) -> Frame:
    probe = _probe(raw)
    kind = probe.event_type or probe.topic
    if kind == "price_change" or kind is None:
        return price_change(raw)
    return _tagged(raw) if kind in _WORDS else Unknown(kind)
