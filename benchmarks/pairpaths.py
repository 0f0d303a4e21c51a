"""What happened to the book of one market from begin to end, without any order of ours: practice and recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import common  # noqa: F401 - puts the checkout on the path

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.fees import FeeSchedule
from cockpit.core.market import Market
from cockpit.core.units import PRICE_ONE
from cockpit.venues.polymarket.decoder import Decoder
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.markets import BY_SLUG, FAMILIES
from cockpit.venues.practice.venue import EVENTS_PER_S
from cockpit.venues.practice.world import World
from cockpit.venues.recording import lines

Event = ev.BookSnapshot | ev.LevelsChanged | ev.TickChanged
RECORDINGS = Path(__file__).resolve().parents[2] / "shared/recordings"
BTC = RECORDINGS / "btc15m_l2_1hz_20260221"
HOCKEY = RECORDINGS / "nhl_scf_g4_20260607"
BTC_MS = 900_000
CRYPTO_FEE, SPORTS_FEE = 700, 500
"""Rates of those markets in 1/10,000, as the practice market has them; the recordings do not say."""
LONG_LEFT_MS = 21 * 60_000
"""A market that lasts longer than minutes is looked at in its last ones, as many as it is listed with at least."""
BEGIN_MS = 1_790_002_800_000
"""A full hour, at which the practice world begins: only the seed differs."""


@dataclass(frozen=True, slots=True)
class Path_:
    """The book of a market, event by event, and what a YES share paid in the end (None: nobody knows)."""

    group: str
    """What it is resampled by."""
    market: Market
    events: Sequence[Event]
    starts_ms: int
    """From here on orders may rest."""
    ends_ms: int
    payout_yes: int | None

    def last(self) -> Book:
        """Return the book at the end."""
        book = Book(self.market.id, self.market.tick)
        for event in self.events:
            fold(book, event)
        return book


def fold(book: Book, event: Event) -> None:
    """Bring a book up to date."""
    if isinstance(event, ev.LevelsChanged):
        book.change(event.changes, event.venue_ms, event.at_ms)
    elif isinstance(event, ev.BookSnapshot):
        book.snapshot(event.bids, event.asks, event.venue_ms, event.at_ms)
        book.tick = event.tick or book.tick
    else:
        book.tick = event.tick


def rate_of(slug: str) -> float:
    """Return the batches of events a second that a family has in the whole practice market."""
    return EVENTS_PER_S * BY_SLUG[slug].kind.weight / sum(family.kind.weight for family in FAMILIES)


def practice(slug: str, seed: int) -> Path_:
    """Return the first window of a family that begins at `BEGIN_MS`, or its last minutes, until it pays."""
    family = BY_SLUG[slug]
    begin = BEGIN_MS if family.kind.is_short else BEGIN_MS + family.period_ms - LONG_LEFT_MS
    exchange = Exchange(seed)
    world = World(exchange, seed, rate_of(slug), (family,))
    world.revive((), begin)
    market_id, window = next(iter(world.windows.items()))
    market, found = exchange.markets[market_id], list(_wanted(exchange, market_id, begin))
    while market_id not in exchange.ended:
        now = max(begin, round(world.next_ms))
        world.step(now)
        found += _wanted(exchange, market_id, now)
    assert window.starts_ms <= begin < window.closes_ms
    return Path_(f"{slug} {seed}", market, found, begin, window.closes_ms, exchange.ended[market_id])


def _wanted(exchange: Exchange, market_id: str, now_ms: int) -> Iterator[Event]:
    for event in exchange.take_changes(now_ms).events:
        if isinstance(event, Event) and event.market_id == market_id:
            yield event


def btc_windows() -> list[Path_]:
    """Return the whole BTC 15 minute windows: five levels a side once a second, and who won by the book after it."""
    found = []
    for file in sorted(BTC.glob("*.frames_derived.jsonl.gz")):
        starts = int(file.name.removeprefix("btc-updown-15m-").partition(".")[0]) * 1000
        ((market, events),) = _recorded([file], CRYPTO_FEE)
        market = replace(market, closes_at_ms=starts + BTC_MS)
        path = Path_(f"BTC {starts}", market, events, events[0].at_ms, starts + BTC_MS, None)
        last = path.last()
        assert last.best_bid >= 9_500 or last.best_ask <= 500, "the book after the end names the winner"
        found.append(replace(path, payout_yes=PRICE_ONE if last.best_bid >= 9_500 else 0))
    return found


def hockey() -> list[Path_]:
    """Return the six markets of the hockey game, which the recording leaves before they are decided."""
    files = [HOCKEY / f"frames_reconstructed_{part}.jsonl.gz" for part in ("part1_calm", "part2_goals")]
    found = []
    for number, (market, events) in enumerate(_recorded(files, SPORTS_FEE), start=1):
        found.append(Path_(f"hockey {number}", market, events, events[0].at_ms, events[-1].at_ms, None))
    return found


def _recorded(files: Sequence[Path], fee: int) -> list[tuple[Market, list[Event]]]:
    """Return every market of recordings that follow each other, with its events."""
    decoder = Decoder()
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for file in files:
        for line in lines(file):
            for _frame, event in decoder.read(line.raw, line.at_ms):
                if isinstance(event, Event):
                    found[event.market_id].append(event)
    fees = FeeSchedule(fee)
    return [(Market(name, name, name, ("0", "1"), fees=fees), events) for name, events in found.items()]
