"""Recorded frames, bytes to best prices: ours against sortedcontainers and nautilus_trader; and growth with markets.

    python benchmarks/books.py [recording]

nautilus_trader cannot live beside our other dependencies; see benchmarks/README.md for its environment.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

import common
import peers
from peers import Best

from cockpit.core.fold import apply
from cockpit.core.state import State
from cockpit.venues.polymarket import wire
from cockpit.venues.polymarket.decoder import Decoder

ROUNDS = 9
MARKETS = (10, 100, 1000)


class Books(Protocol):
    """One implementation under test."""

    def take(self, raw: bytes, /) -> object:
        """Decode and apply one frame."""
        ...

    def best(self, market_id: str, token: str) -> Best:
        """Return a token's best prices now."""
        ...


class OurBooks:
    """The production path: wire decoder, events, the fold."""

    def __init__(self) -> None:
        self.state = State()
        self.decoder = Decoder()

    def take(self, raw: bytes, /) -> None:
        """Decode and apply one frame, and read the best prices, which the book keeps."""
        state = self.state
        for _, event in self.decoder.read(raw, 0):
            if event is not None:
                apply(state, event)
                book = state.books[event.market_id]  # type: ignore[union-attr]
                _ = book.best_bid, book.best_ask

    def best(self, market_id: str, token: str) -> Best:
        """Return a token's best prices."""
        book, leg = self.state.books[market_id], self.decoder.tokens.places[token][1]
        return book.bid(leg), book.ask(leg)


def markets_of(raws: list[bytes]) -> dict[str, tuple[tuple[str, str], int]]:
    """Return market id -> (tokens, finest tick) of a recording."""
    ours = OurBooks()
    for raw in raws:
        ours.take(raw)
    found = {}
    for market_id in ours.decoder.tokens.markets:
        pair = ours.decoder.tokens.tokens_of(market_id)
        if pair is not None:
            found[market_id] = (pair, ours.state.books[market_id].tick)
    return found


def check_identical(raws: list[bytes], makers: dict[str, Callable[[], Books]]) -> int:
    """Return how many entries were compared; all implementations must name the same bests after each. Raises."""
    books = {name: make() for name, make in makers.items()}
    entries = 0
    for raw in raws:
        for implementation in books.values():
            implementation.take(raw)
        changes = [frame for frame in wire.parse(raw) if isinstance(frame, wire.PriceChange)]
        for frame in changes:
            for entry in frame.price_changes:
                entries += 1
                found = {name: each.best(frame.market, entry.asset_id) for name, each in books.items()}
                if len(set(found.values())) != 1:
                    raise SystemExit(f"best prices differ after entry {entries}: {found}")
    return entries


def compare(raws: list[bytes]) -> None:
    """Print us per entry and frame of every implementation."""
    markets = markets_of(raws)
    makers: dict[str, Callable[[], Books]] = {
        "cockpit (decoder + fold)": OurBooks,
        "msgspec + SortedDict[int]": lambda: peers.SortedBooks(peers.as_integer),
        "msgspec + SortedDict[Decimal]": lambda: peers.SortedBooks(Decimal),
    }
    if importlib.util.find_spec("nautilus_trader") is None:
        print("nautilus_trader is not installed here: left out (see benchmarks/README.md)\n")
    else:
        makers["nautilus live, books only"] = lambda: peers.NautilusBooks(markets, with_quotes=False)
        makers["nautilus live, books + quotes"] = lambda: peers.NautilusBooks(markets, with_quotes=True)
    entries = check_identical(raws, makers)
    parts = common.stretches(raws)
    frames = sum(len(part.raws) for part in parts if part.is_timed)
    rejected: dict[str, int] = {}

    def run(name: str) -> float:
        books = makers[name]()
        seconds = common.timed(parts, books.take)
        rejected[name] = getattr(books, "rejected", 0)
        return seconds

    found = common.rounds({name: functools.partial(run, name) for name in makers}, ROUNDS)
    ours = found["cockpit (decoder + fold)"]
    rows = []
    for name, seconds in found.items():
        ratio = common.median([other / own for other, own in zip(seconds, ours, strict=True)])
        middle = common.median(seconds)
        rows.append(
            (
                name,
                f"{middle / entries * 1e6:.2f}",
                f"{middle / frames * 1e6:.2f}",
                f"{frames / middle:,.0f}",
                f"{ratio:.2f}",
                common.spread(seconds),
                str(rejected[name]),
            )
        )
    print(f"{frames} price_change frames, {entries} entries, best prices identical on each; {ROUNDS} rounds, medians\n")
    common.table(("bytes to best prices", "us/entry", "us/frame", "frames/s", "x ours", "spread", "refused"), rows)


def multiplied(raws: list[bytes], count: int) -> list[bytes]:
    """Return the burst spread over `count` markets: copies with their own ids take turns in the frames."""
    ids = markets_of(raws)
    names = list(ids)
    copies = {name: [number for number in range(count) if number % len(names) == place] or [place]
              for place, name in enumerate(names)}  # fmt: skip
    turns = dict.fromkeys(names, 0)
    opening, changes = [], []
    books = {name: _snapshot(raws, name) for name in names}
    for name in names[:count]:
        opening += [_renamed(raw, name, ids[name][0], number) for number in copies[name] for raw in books[name]]
    for raw in raws:
        frame = next(iter(wire.parse(raw)), None)
        if isinstance(frame, wire.PriceChange) and frame.market in names[:count]:
            name = frame.market
            number = copies[name][turns[name] % len(copies[name])]
            turns[name] += 1
            changes.append(_renamed(raw, name, ids[name][0], number))
    return opening + changes


def _snapshot(raws: list[bytes], market_id: str) -> list[bytes]:
    import msgspec

    for raw in raws:
        if raw.startswith(b"["):
            each = [bytes(item) for item in msgspec.json.decode(raw, type=list[msgspec.Raw])]
            if found := [item for item in each if market_id.encode() in item]:
                return found
    return []


def _renamed(raw: bytes, market_id: str, pair: tuple[str, str], number: int) -> bytes:
    for old in (market_id, *pair):
        raw = raw.replace(old.encode(), f"{old[:-4]}{number:04d}".encode())
    return raw


def growth(raws: list[bytes]) -> None:
    """Print the cost of a frame with more and more markets, and its exponent."""
    loads = {str(count): common.stretches(multiplied(raws, count)) for count in MARKETS}
    found = common.rounds({name: functools.partial(per_frame, parts) for name, parts in loads.items()}, ROUNDS)
    print("\nGrowth, ours (snapshots untimed)\n")
    common.table(
        ("markets", "us/frame", "spread"),
        [(name, f"{common.median(costs) * 1e6:.2f}", common.spread(costs)) for name, costs in found.items()],
    )
    print(f"\nexponent {MARKETS[0]} -> {MARKETS[-1]}: {common.exponent(found, MARKETS[0], MARKETS[-1]):+.3f}")


def per_frame(parts: list[common.Stretch]) -> float:
    """Return seconds for one frame of a load, with new books."""
    return common.timed(parts, OurBooks().take) / sum(len(part.raws) for part in parts if part.is_timed)


def main() -> None:
    """Run both."""
    common.machine("msgspec", "sortedcontainers", "nautilus_trader")
    raws = common.burst()
    compare(raws)
    growth(raws)


if __name__ == "__main__":
    main()
