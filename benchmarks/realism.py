"""Compare the practice market with what was measured on the real venue.

Usage: python -m benchmarks.realism [--hours 1] [--seeds 1 2 3]

Runs the practice venue in virtual time and prints one line per figure: where the target comes from (sections of the
project's realism statistics), the target, the practice market, and their ratio. Rates are set for a screen and
far below the real ones, so figures that depend on the rate are scaled where the line says so.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cockpit.core import events as ev
from cockpit.core.book import Book
from cockpit.core.units import SHARE
from cockpit.desk.clock import LoopClock
from cockpit.drill.virtual_time import run
from cockpit.venues.practice.venue import PracticeVenue

MATCH = ("match", "match-goals")
UPDOWN = "btc-updown-5m"


@dataclass
class Series:
    """What was seen of one family."""

    spreads: list[float] = field(default_factory=list)
    """In ticks of 0.01, once a second, where both sides are quoted."""
    best: list[float] = field(default_factory=list)
    top5: list[float] = field(default_factory=list)
    moves: list[tuple[float, float, float]] = field(default_factory=list)
    """(seconds left, mid, change of the mid in cents) once a second."""
    one_sided: list[tuple[float, bool]] = field(default_factory=list)
    trades: list[float] = field(default_factory=list)
    trade_seconds: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    buys: int = 0
    batches: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    sizes: list[float] = field(default_factory=list)
    lives: list[float] = field(default_factory=list)
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: int = 0


class Watch:
    """Folds events into series by family."""

    def __init__(self, venue: PracticeVenue) -> None:
        self.venue = venue
        self.series: dict[str, Series] = defaultdict(Series)
        self.books: dict[str, Book] = {}
        self.born: dict[tuple[str, int, int], int] = {}
        self.mids: dict[str, float] = {}
        self.batches: dict[int, int] = defaultdict(int)

    def sink(self, event: ev.Event) -> None:
        """Take one event."""
        if isinstance(event, ev.BookSnapshot):
            book = self.books.setdefault(event.market_id, Book(event.market_id))
            book.snapshot(event.bids, event.asks, event.venue_ms, event.at_ms)
        elif isinstance(event, ev.LevelsChanged):
            self._levels(event)
        elif isinstance(event, ev.TradePrinted):
            seen = self.series[self.venue.world.windows[event.market_id].family]
            seen.trades.append(event.shares / SHARE)
            seen.trade_seconds[event.at_ms // 1000] += 1
            seen.buys += event.is_buy
        elif isinstance(event, ev.MarketEnded):
            self.books.pop(event.market_id, None)
            self.mids.pop(event.market_id, None)

    def _levels(self, event: ev.LevelsChanged) -> None:
        seen = self.series[self.venue.world.windows[event.market_id].family]
        seen.batches[event.at_ms // 1000] += 1
        self.batches[event.at_ms // 1000] += 1
        book = self.books[event.market_id]
        for side, price, size in event.changes:
            before = (book.bids if side == 0 else book.asks).get(price, 0)
            key = (event.market_id, side, price)
            if size and not before:
                seen.kinds["new"] += 1
                self.born[key] = event.at_ms
            elif before and not size:
                seen.kinds["removed"] += 1
                if key in self.born:
                    seen.lives.append(event.at_ms - self.born.pop(key))
            else:
                seen.kinds["up" if size > before else "down"] += 1
            if size:
                seen.sizes.append(size / SHARE)
        book.change(event.changes, event.venue_ms, event.at_ms)

    def second(self, now_ms: int) -> None:
        """Sample every book."""
        for market_id, book in self.books.items():
            window = self.venue.world.windows[market_id]
            if window.family.endswith("5m") and now_ms < window.starts_ms:
                continue
            seen = self.series[window.family]
            seen.seconds += 1
            left = (window.closes_ms - now_ms) / 1000
            seen.one_sided.append((left, not book.is_two_sided))
            mid = (book.best_bid + book.best_ask) / 2
            if market_id in self.mids:
                seen.moves.append((left, mid, (mid - self.mids[market_id]) / 100))
            self.mids[market_id] = mid
            if not book.is_two_sided:
                continue
            seen.spreads.append((book.best_ask - book.best_bid) / 100)
            if 1_000 <= mid <= 9_000:
                for levels in (book.bids, book.asks):
                    top = sorted(levels, reverse=levels is book.bids)[:5]
                    seen.best.append(levels[top[0]] / SHARE)
                    seen.top5.append(sum(levels[price] for price in top) / SHARE)


async def watch(seed: int, hours: float, events_per_s: float) -> Watch:
    """Return what one seed's market did."""
    clock = LoopClock()
    venue = PracticeVenue(clock.now_ms, clock.sleep, seed, events_per_s=events_per_s)
    seen = Watch(venue)
    task = asyncio.ensure_future(venue.run(seen.sink))
    for _ in range(int(hours * 3600)):
        await clock.sleep(1)
        seen.second(clock.now_ms())
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return seen


def quantile(values: Sequence[float], probability: float) -> float:
    """Return a quantile; not a number where there are no values."""
    ordered = sorted(values)
    return ordered[min(int(probability * len(ordered)), len(ordered) - 1)] if ordered else math.nan


def share(flags: Iterable[bool]) -> float:
    """Return the share of true ones in percent."""
    found = list(flags)
    return 100 * sum(found) / len(found) if found else math.nan


def fano(counts: Sequence[int]) -> float:
    """Return variance over mean."""
    return statistics.pvariance(counts) / statistics.fmean(counts)


def correlation(counts: Sequence[int], lag: int) -> float:
    """Return the autocorrelation at a lag."""
    mean = statistics.fmean(counts)
    above = sum((a - mean) * (b - mean) for a, b in zip(counts, counts[lag:], strict=False))
    return above / sum((a - mean) ** 2 for a in counts)


def line(what: str, source: str, target: float, found: float) -> None:
    """Print one figure."""
    print(f"{what:<58} {source:<9} {target:>9.3g} {found:>9.3g} {found / target if target else math.nan:>7.2f}")


def merged(watches: Sequence[Watch], *families: str) -> Series:
    """Return the series of some families over all seeds, lists only."""
    whole = Series()
    for seen in watches:
        for family in families:
            part = seen.series[family]
            for name in ("spreads", "best", "top5", "moves", "one_sided", "trades", "sizes", "lives"):
                getattr(whole, name).extend(getattr(part, name))
            whole.seconds += part.seconds
            whole.buys += part.buys
            for kind, count in part.kinds.items():
                whole.kinds[kind] += count
    return whole


def rates(watches: Sequence[Watch], hours: float) -> None:
    """Print how many batches there are and how they cluster."""
    per_second = [sum(seen.batches.values()) / (hours * 3600) for seen in watches]
    line("batches a second, all markets (setting)", "setting", 45, statistics.fmean(per_second))
    found: dict[str, list[float]] = defaultdict(list)
    for seen in watches:
        seconds = range(min(seen.batches) + 1, max(seen.batches))
        counts = [sum(seen.series[family].batches[second] for family in MATCH) for second in seconds]
        found["mean"].append(statistics.fmean(counts))
        found["fano"].append(fano(counts))
        for lag in (1, 5, 10, 30):
            found[f"lag {lag}"].append(correlation(counts, lag))
        found["p99/p50"].append(quantile(counts, 0.99) / max(quantile(counts, 0.5), 1))
    mean = statistics.fmean(found["mean"])
    line(
        f"match: Fano factor at 1 s, scaled to {mean:.1f}/s", "1", 1 + 119 * mean / 150, statistics.fmean(found["fano"])
    )
    for lag, target in ((1, 0.80), (5, 0.62), (10, 0.49), (30, 0.31)):
        line(f"match: autocorrelation of batches/s at {lag} s", "1", target, statistics.fmean(found[f"lag {lag}"]))
    line("match: p99/p50 of batches per second", "1", 595 / 112, statistics.fmean(found["p99/p50"]))


def spreads(watches: Sequence[Watch]) -> None:
    """Print how wide markets are."""
    short = merged(watches, UPDOWN)
    line("BTC 5m: spread up to 1c, % of time", "3", 92, share(s <= 1 for s in short.spreads))
    line("BTC 5m: spread 2c, % of time", "3", 5, share(1 < s <= 2 for s in short.spreads))
    winner, side = merged(watches, "match"), merged(watches, "match-goals")
    line("match winner: spread up to 1c, % of time", "3", 92, share(s <= 1 for s in winner.spreads))
    line("match winner: spread 2c, % of time", "3", 7, share(1 < s <= 2 for s in winner.spreads))
    line("match goals (side market): spread up to 1c, % of time", "3", 25, share(s <= 1 for s in side.spreads))
    line("match goals (side market): spread 3c, % of time", "3", 20, share(2 < s <= 3 for s in side.spreads))
    politics = merged(watches, "harbour-bill", "coast-vote", "strait-treaty")
    line("politics and geopolitics: spread up to 1c, % of time", "3", 92, share(s <= 1 for s in politics.spreads))
    line("culture: median spread in cents", "3", 9, quantile(merged(watches, "festival-prize").spreads, 0.5))


def depth(watches: Sequence[Watch]) -> None:
    """Print how much stands in the books."""
    short, winner = merged(watches, UPDOWN), merged(watches, "match")
    for probability, target in ((0.05, 5), (0.25, 20), (0.5, 52), (0.75, 121), (0.95, 466)):
        line(
            f"BTC 5m: shares at the best price, p{probability * 100:.0f}",
            "4",
            target,
            quantile(short.best, probability),
        )
    for probability, target in ((0.05, 335), (0.5, 1_090), (0.95, 2_465)):
        line(f"BTC 5m: shares in the top 5, p{probability * 100:.0f}", "4", target, quantile(short.top5, probability))
    for probability, target in ((0.25, 8), (0.5, 75), (0.75, 312), (0.95, 6_000)):
        line(
            f"match: shares at the best price, p{probability * 100:.0f}",
            "4",
            target,
            quantile(winner.best, probability),
        )
    line("match: shares in the top 5, p50", "4", 1_271, quantile(winner.top5, 0.5))
    both = merged(watches, *MATCH)
    total = sum(both.kinds.values())
    for kind, expected in (("up", 39.3), ("down", 38.8), ("new", 10.9), ("removed", 10.9)):
        line(f"match: updates that are '{kind}', %", "2", expected, 100 * both.kinds[kind] / total)
    for probability, target in ((0.25, 87), (0.5, 205), (0.75, 827)):
        line(f"match: shares after an update, p{probability * 100:.0f}", "2", target, quantile(both.sizes, probability))
    for probability, target in ((0.05, 32), (0.25, 100), (0.5, 481), (0.75, 2_461), (0.9, 11_400)):
        line(f"match: life of a level in ms, p{probability * 100:.0f}", "2", target, quantile(both.lives, probability))


def trades(watches: Sequence[Watch], hours: float) -> None:
    """Print what is traded."""
    short, winner = merged(watches, UPDOWN), merged(watches, *MATCH)
    line(
        "BTC 5m: trades a second (real rate, not scaled)", "5", 3.46, len(short.trades) / (len(watches) * hours * 3600)
    )
    line(
        "match: trades a second (real rate, not scaled)", "5", 0.70, len(winner.trades) / (len(watches) * hours * 3600)
    )
    for probability, target in ((0.05, 1.5), (0.25, 5), (0.5, 7), (0.75, 18), (0.9, 73), (0.95, 166), (0.99, 510)):
        line(f"BTC 5m: shares per trade, p{probability * 100:.0f}", "5", target, quantile(short.trades, probability))
    for probability, target in ((0.5, 21), (0.75, 95), (0.95, 795)):
        line(f"match: shares per trade, p{probability * 100:.0f}", "5", target, quantile(winner.trades, probability))
    line("BTC 5m: trades that buy, %", "5", 74, 100 * short.buys / len(short.trades))


def movement(watches: Sequence[Watch]) -> None:
    """Print how mids move, and the run into the end of the short markets."""
    short, winner = merged(watches, UPDOWN), merged(watches, "match")
    for low, high, target, middle, zero in (
        (120, 300, 1.73, 2.12, 53),
        (60, 120, 1.35, 2.89, 53),
        (30, 60, 1.25, 2.12, 33),
    ):
        part = [(mid, move) for left, mid, move in short.moves if low <= left < high]
        inner = [move for mid, move in part if 1_000 <= mid <= 9_000]
        name = f"BTC 5m, {high} to {low} s left"
        line(f"{name}: mid sd per second, cents", "6", target, statistics.pstdev(move for _mid, move in part))
        line(f"{name}: the same, mid 10 to 90 %", "6", middle, statistics.pstdev(inner))
        line(f"{name}: seconds without a move, %", "6", zero, share(not move for _mid, move in part))
    last = [move for left, _mid, move in short.moves if left < 20]
    line("BTC 5m, last 20 s: seconds without a move, %", "6", 5, share(not move for move in last))
    for at, target in ((120, 4), (90, 12), (60, 27), (45, 37), (30, 53), (20, 93), (10, 100)):
        found = share(flag for left, flag in short.one_sided if at - 2 <= left < at + 2)
        line(f"BTC 5m, {at} s left: one-sided books, %", "6", target, found)
    moves = [move for _left, _mid, move in winner.moves]
    deviation = statistics.pstdev(moves)
    line("match: mid sd per second, cents", "6", 0.7, deviation)
    line("match: seconds without a move, %", "6", 86, share(not move for move in moves))
    line("match: kurtosis of the moves", "6", 150, statistics.fmean(m**4 for m in moves) / deviation**4)
    line("match: largest move in a second, cents", "6", 23.5, max(abs(move) for move in moves))


def main() -> None:
    """Run and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--events-per-s", type=float, default=45.0)
    arguments = parser.parse_args()
    begun = time.process_time()
    watches = [run(watch(seed, arguments.hours, arguments.events_per_s)) for seed in arguments.seeds]
    spent = time.process_time() - begun
    print(f"{'figure':<58} {'section':<9} {'target':>9} {'practice':>9} {'ratio':>7}")
    rates(watches, arguments.hours)
    spreads(watches)
    depth(watches)
    trades(watches, arguments.hours)
    movement(watches)
    simulated = arguments.hours * 3600 * len(watches)
    print(f"processor time per simulated second, this script's own work included: {1000 * spent / simulated:.2f} ms")


if __name__ == "__main__":
    main()
