"""One frame all the way: bytes, decoder, book, sums of the whole book of pairs, and what to do about this pair.

    python benchmarks/pipeline.py [recording]

Every recorded market is held out of balance, so each change is weighed. Then the same with thousands of positions in
other markets, which must not make it slower.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable

import common

from cockpit.core.book import Book, Levels
from cockpit.core.events import BookSnapshot, FillSeen, LevelsChanged, MarketListed
from cockpit.core.exposure import Exposure
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.position import Position
from cockpit.core.rebalance import Choice, Quotes, RebalanceRules, choose, options_of
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD, pay
from cockpit.venues.polymarket.decoder import Decoder
from cockpit.venues.polymarket.tokens import Tokens
from cockpit.venues.scan import scan

ROUNDS = 7
OTHERS = (10, 1_000, 100_000)
PAIRS = (100, 10_000, 100_000)
STEPS = 20_000
DEPTH = 20
RULES = RebalanceRules(max_position_cost=100 * USD, min_size=5 * SHARE, min_taker_cost=USD)


def bought(market_id: str, leg: Leg, shares: int, price: int) -> FillSeen:
    """Return a confirmed purchase."""
    key = f"{market_id}-{leg}"
    fill = Fill(key, key, market_id, leg, Side.BUY, price, shares, pay(shares, price), 0, True, 0, FillStatus.CONFIRMED)
    return FillSeen(0, fill, is_external=True)


class Engine:
    """Decoder, state, and pairs held in all recorded markets and `others` more."""

    def __init__(self, markets: tuple[Market, ...], others: int, *, is_lazy: bool) -> None:
        """`is_lazy`: weigh a pair again only when its position or the levels it would touch have changed."""
        tokens = Tokens()
        self.state = State()
        self.weighed = 0
        for market in markets:
            tokens.add(market)
            apply(self.state, MarketListed(0, market))
            apply(self.state, bought(market.id, Leg.YES, 60 * SHARE, 4_800))
            apply(self.state, bought(market.id, Leg.NO, 20 * SHARE, 4_900))
        for number in range(others):
            apply(self.state, bought(f"other-{number}", Leg.YES, (10 + number % 50) * SHARE, 4_000))
            apply(self.state, bought(f"other-{number}", Leg.NO, 10 * SHARE, 5_000))
        self.decoder = Decoder(tokens)
        self.choices: dict[str, Choice] = {}
        self._fees = {market.id: market.fees for market in markets}
        self._is_lazy = is_lazy
        self._seen: dict[str, tuple[Position, Levels, Levels]] = {}

    def take(self, raw: bytes) -> None:
        """Decode and fold one frame, then weigh the pairs it touched."""
        state = self.state
        for _, event in self.decoder.read(raw, 0):
            if event is not None:
                apply(state, event)
                market_id = event.market_id  # type: ignore[union-attr]
                self.weigh(market_id, state.positions[market_id], state.books[market_id])

    def weigh(self, market_id: str, position: Position, book: Book) -> None:
        """Make the verdict as the desk's manager does: sale and purchase walked through the depth, one chosen."""
        heavy, wanted = (Leg.YES if position.delta > 0 else Leg.NO), abs(position.delta)
        bids = book.cover(heavy, Side.BUY, wanted, DEPTH)
        asks = book.cover(heavy.other, Side.SELL, wanted, DEPTH)
        seen = (position, bids, asks)
        if self._is_lazy and self._seen.get(market_id) == seen:
            return
        self._seen[market_id] = seen
        self.weighed += 1
        options = options_of(position, Quotes(bids, asks), self._fees[market_id], RULES)
        self.choices[market_id] = choose(position, options, RULES)


def check_identical(raws: list[bytes], markets: tuple[Market, ...]) -> None:
    """Both ways of weighing must reach the same verdict after every frame. Raises."""
    always, lazy = Engine(markets, 0, is_lazy=False), Engine(markets, 0, is_lazy=True)
    for number, raw in enumerate(raws):
        always.take(raw)
        lazy.take(raw)
        if always.choices != lazy.choices:
            raise SystemExit(f"verdicts differ after frame {number}")


def whole_pipeline() -> None:
    """Print the cost of a frame with more and more positions elsewhere."""
    raws, markets = common.burst(), scan(common.recording()).markets
    check_identical(raws, markets)
    parts = common.stretches(raws)
    frames = sum(len(part.raws) for part in parts if part.is_timed)
    print(f"\n{frames} frames, {len(markets)} pairs held out of balance; {ROUNDS} rounds, medians")
    for is_lazy in (False, True):
        engines = {str(count): Engine(markets, count, is_lazy=is_lazy) for count in (0, *OTHERS)}
        cases = {name: functools.partial(common.timed, parts, engine.take) for name, engine in engines.items()}
        found = common.rounds(cases, ROUNDS)
        share = engines["0"].weighed / ROUNDS / len(raws)
        print(
            f"\n{'Weighed when what it would touch changed' if is_lazy else 'Weighed at each change'} ({share:.0%})\n"
        )
        rows = []
        for name, seconds in found.items():
            middle = common.median(seconds)
            rows.append((name, f"{middle / frames * 1e6:.2f}", f"{frames / middle:,.0f}", common.spread(seconds)))
        common.table(("other positions", "us/frame", "frames/s", "spread"), rows)
        print(f"\nexponent {OTHERS[0]} -> {OTHERS[-1]}: {common.exponent(found, OTHERS[0], OTHERS[-1]):+.3f}")


def steps_of(count: int) -> list[tuple[str, int]]:
    """Return random (pair, new YES price) steps."""
    draw = random.Random(1)
    return [(f"market-{draw.randrange(count)}", draw.randrange(100, 5_000, 10)) for _ in range(STEPS)]


def sums_alone(count: int) -> Callable[[], float]:
    """Return a case: seconds for one price change of one of `count` pairs, all sums read afterwards."""
    exposure, steps = Exposure(), steps_of(count)
    for number in range(count):
        exposure.set_shares(f"market-{number}", (10 + number % 7) * SHARE, 10 * SHARE)
        exposure.set_prices(f"market-{number}", 5_000, 5_000)

    def run() -> float:
        started = time.perf_counter()
        for name, price in steps:
            exposure.set_prices(name, price, PRICE_ONE - price)
            _ = exposure.delta, exposure.unhedged, exposure.yes + exposure.no
        return (time.perf_counter() - started) / STEPS

    return run


def whole_fold(count: int) -> Callable[[], float]:
    """Return a case: seconds to fold one change of a best price: book, mark, profit, delta and exposure."""
    state = State()
    for number in range(count):
        name = f"market-{number}"
        apply(state, BookSnapshot(0, name, ((100, SHARE),), ((5_200, 100 * SHARE),), 0))
        apply(state, bought(name, Leg.YES, (10 + number % 7) * SHARE, 4_800))
        apply(state, bought(name, Leg.NO, 10 * SHARE, 4_900))
    steps = steps_of(count)
    events = [LevelsChanged(0, name, ((0, price, size),), 0) for name, price in steps for size in (100 * SHARE, 0)]

    def run() -> float:
        started = time.perf_counter()
        for event in events:
            apply(state, event)
            _ = state.exposure.delta, state.exposure.total
        return (time.perf_counter() - started) / len(events)

    return run


def book_delta() -> None:
    """Print the cost of keeping the sums of all pairs right after one price change."""
    print("\nDelta and exposure of all pairs after one price change")
    for title, case in (
        ("The sums alone (core.exposure)", sums_alone),
        ("The whole fold (core.fold.apply)", whole_fold),
    ):
        found = common.rounds({str(count): case(count) for count in PAIRS}, ROUNDS)
        print(f"\n{title}\n")
        rows = [(name, f"{common.median(costs) * 1e6:.2f}", common.spread(costs)) for name, costs in found.items()]
        common.table(("pairs", "us", "spread"), rows)
        print(f"\nexponent {PAIRS[0]} -> {PAIRS[-1]}: {common.exponent(found, PAIRS[0], PAIRS[-1]):+.3f}")


def main() -> None:
    """Run both."""
    common.machine("msgspec")
    whole_pipeline()
    book_delta()


if __name__ == "__main__":
    main()
