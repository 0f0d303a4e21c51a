"""A first look through a recording: its length, its markets, and the first price at which a pair could be bought."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from cockpit.core.errors import UsageError
from cockpit.core.events import BookSnapshot, LevelsChanged, TradePrinted
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Market
from cockpit.core.state import State
from cockpit.venues import sidecar
from cockpit.venues.polymarket import tokens, wire
from cockpit.venues.polymarket.decoder import Decoder, market_of
from cockpit.venues.polymarket.tokens import Tokens
from cockpit.venues.recording import lines


@dataclass(frozen=True, slots=True)
class FirstQuote:
    """The first two-sided book: what one share of each leg costs there, in 1/10,000 USD."""

    market_id: str
    asks: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Scan:
    """What a replay must know before it starts."""

    path: Path
    first_ms: int
    last_ms: int
    frames: int
    markets: tuple[Market, ...]
    """In the order they appear; a market of which only one token is known is left out."""
    first_quote: FirstQuote | None

    @property
    def length_ms(self) -> int:
        """Time from the first frame to the last."""
        return self.last_ms - self.first_ms


def scan(path: Path | str) -> Scan:
    """Read a recording once, whole.

    Raises: UsageError for a file that cannot be read or shows not one market.
    """
    path = Path(path)
    known = sidecar.load(path)
    try:
        decoder, state = Decoder(_told(known)), State()
    except wire.Unparsed as problem:
        raise UsageError(f"{path}: the markets described beside it do not fit together: {problem}") from None
    told = {market.id: market for market in known.markets}
    first_ms, last_ms, frames = 0, 0, 0
    quote: FirstQuote | None = None
    ticks: dict[str, int | None] = {}
    for line in lines(path):
        frames += 1
        first_ms, last_ms = first_ms or line.at_ms, max(last_ms, line.at_ms)
        for frame, event in decoder.read(line.raw, line.at_ms):
            if isinstance(event, BookSnapshot | LevelsChanged | TradePrinted):
                tick = event.tick if isinstance(event, BookSnapshot) else None
                ticks[event.market_id] = ticks.get(event.market_id) or tick
            if isinstance(frame, wire.NewMarket) and frame.market not in told and (market := market_of(frame)):
                with suppress(wire.Unparsed):
                    decoder.tokens.pair(*market.tokens)
                    told[market.id] = market
            if quote is None and isinstance(event, BookSnapshot | LevelsChanged):
                apply(state, event)
                quote = _quote(state, event.market_id)
    markets = _markets(decoder.tokens, told, ticks)
    if not markets:
        why = f"; the last refusal was {decoder.problem}" if decoder.problem else ""
        raise UsageError(f"{path}: {frames} lines hold no frames of a two-outcome market{why}")
    is_listed = quote is not None and any(market.id == quote.market_id for market in markets)
    return Scan(path, first_ms, last_ms, frames, markets, quote if is_listed else None)


def _told(known: sidecar.Sidecar) -> Tokens:
    found = Tokens()
    for market in known.markets:
        found.add(market)
        if found.tokens_of(market.id) != market.tokens:
            raise wire.Unparsed("token", f"{market.tokens[0][:20]} is described twice")
    for token, complement in known.complements.items():
        found.pair(token, complement)
    return found


def _quote(state: State, market_id: str) -> FirstQuote | None:
    book = state.books[market_id]
    if not book.synced or not book.is_two_sided or book.is_crossed:
        return None
    return FirstQuote(market_id, (book.ask(Leg.YES), book.ask(Leg.NO)))


def _markets(seen: Tokens, told: dict[str, Market], ticks: dict[str, int | None]) -> tuple[Market, ...]:
    """Describe every market that frames showed (those in `ticks`), by what was told of it where anything was."""
    found = []
    for number, market_id in enumerate(ticks, 1):
        pair = seen.tokens_of(market_id)
        if pair is None:
            continue
        name = f"market {number}"
        market = told.get(market_id)
        if market is None or set(market.tokens) != set(pair):
            market = Market(market_id, name, name, pair, tokens.UNNAMED)
        elif market.tokens != pair:
            # Learnt the other way round before its description came: the words follow their tokens.
            market = replace(market, tokens=pair, outcomes=(market.outcomes[1], market.outcomes[0]))
        if not market.name:
            market = replace(market, name=name, title=market.title or name)
        found.append(replace(market, tick=ticks[market_id] or market.tick))
    return tuple(found)
