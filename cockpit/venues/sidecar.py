"""What a recording does not hold: names, outcomes, fees, and which token is which outcome.

Looked for beside `game.jsonl.gz` as `game.jsonl.gz.markets.json`, `game.markets.json`, `markets.json`, `tokens.json`;
the first that exists is used. Two shapes are understood (docs/replay.md shows both):

    {"markets": [{"id": "0x...", "tokens": ["<YES>", "<NO>"], "outcomes": ["Yes", "No"], "name": "...", "title": "...",
                  "tick": "0.01", "fee_rate": "0.03", "event": "...", "closes_at_ms": 1790000000000}]}
    {"tokens": {"<token>": {"complement": "<token>"}}}

Only `id` and `tokens` are required of a market; without `outcomes` its legs are called A and B. `complement` pairs two
tokens without saying which is YES.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from cockpit.core.errors import UsageError
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Market
from cockpit.core.units import PRICE_ONE, UnitError, parse_price, parse_rate
from cockpit.venues.polymarket.tokens import UNNAMED
from cockpit.venues.text import clean

_MAX_BYTES = 16 << 20


class _Market(msgspec.Struct):
    id: str
    tokens: tuple[str, str]
    outcomes: tuple[str, str] = UNNAMED
    name: str = ""
    title: str = ""
    tick: str = "0.01"
    fee_rate: str = "0"
    event: str = ""
    closes_at_ms: int | None = None


class _Token(msgspec.Struct):
    complement: str | None = None


class _Sidecar(msgspec.Struct):
    markets: list[_Market] = []
    tokens: dict[str, _Token] = {}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """Markets with their names, and tokens of which only the other leg is known."""

    markets: tuple[Market, ...] = ()
    complements: dict[str, str] = field(default_factory=dict)


def load(recording: Path) -> Sidecar:
    """Return what lies beside a recording; nothing when there is no sidecar. Raises: UsageError for a broken one."""
    for path in _places(recording):
        if path.is_file():
            return _read(path)
    return Sidecar()


def _places(recording: Path) -> list[Path]:
    stem = recording.name.removesuffix(".gz").removesuffix(".jsonl")
    names = (f"{recording.name}.markets.json", f"{stem}.markets.json", "markets.json", "tokens.json")
    return [recording.with_name(name) for name in names]


def _read(path: Path) -> Sidecar:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UsageError(f"{path} is larger than {_MAX_BYTES >> 20} MiB: not a description of markets")
        raw = msgspec.json.decode(path.read_bytes(), type=_Sidecar)
        markets = tuple(_market(found) for found in raw.markets)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} does not describe markets: {clean(str(error))}") from None
    complements = {token: found.complement for token, found in raw.tokens.items() if found.complement}
    return Sidecar(markets, complements)


def _market(found: _Market) -> Market:
    tick = parse_price(found.tick)
    if not 0 < tick < PRICE_ONE or PRICE_ONE % tick:
        raise UnitError(f"tick {found.tick!r} does not divide 1")
    if found.tokens[0] == found.tokens[1]:
        raise UnitError(f"market {found.id!r} names the same token twice")
    yes, no = (clean(word, 40) or unnamed for word, unnamed in zip(found.outcomes, UNNAMED, strict=True))
    return Market(
        id=found.id,
        name=clean(found.name or found.title, 60),
        title=clean(found.title or found.name),
        tokens=found.tokens,
        outcomes=(yes, no),
        tick=tick,
        fees=FeeSchedule(parse_rate(found.fee_rate)),
        closes_at_ms=found.closes_at_ms,
        event=clean(found.event, 60),
    )
