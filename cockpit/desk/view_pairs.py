"""Pictures of pairs and of their books."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cockpit.core.book import NO_ASK, NO_BID, Book
from cockpit.core.frame import Frame, Ladder, LegRow, PairRow
from cockpit.core.locks import completion_of
from cockpit.core.market import Leg, Market, Side
from cockpit.core.pnl import Mark, total
from cockpit.core.rebalance import is_balanced
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE
from cockpit.desk.rules import DeskRules

LADDER_DEPTH = 24


def pairs(
    state: State,
    now_ms: int,
    rules: DeskRules,
    worst_of: Callable[[str], int],
    mode_of: Callable[[str], str],
) -> Iterable[PairRow]:
    """Return held pairs first, then those that owe something, then the other markets that run."""
    held = [market_id for market_id in state.markets if not state.position(market_id).is_flat]
    owing = [market_id for market_id, claim in state.claims.items() if claim > 0 and market_id in state.markets]
    shown = set(held + owing)
    others = [market_id for market_id in state.markets if market_id not in shown and market_id not in state.ended]
    for market_id in (*held, *owing, *others):
        yield _pair(state, state.markets[market_id], now_ms, rules, worst_of(market_id), mode_of(market_id))


def _pair(state: State, market: Market, now_ms: int, rules: DeskRules, worst: int, mode: str) -> PairRow:
    position, book = state.position(market.id), state.books[market.id]
    marked = state.marks.get(market.id) or Mark(0, is_full=True)
    has_book = book.synced
    averages = position.yes.average, position.no.average
    age = book.age_ms(now_ms) if has_book else None
    return PairRow(
        market_id=market.id,
        name=market.name,
        title=market.title,
        legs=(_leg(state, market, Leg.YES, book), _leg(state, market, Leg.NO, book)),
        delta=position.delta,
        pair_cost=sum(averages) if all(averages) else 0,
        locked=position.locked if not position.is_flat else 0,
        pnl=total(position, marked),
        is_marked=marked.is_full,
        is_held=not position.is_flat,
        book_age_ms=age,
        is_stale=age is None or age > rules.limits.max_book_age_ms,
        is_crossed=book.is_crossed,
        closes_at_ms=market.closes_at_ms,
        ended=_ended(state, market),
        halted=state.pair_halted.get(market.id, ""),
        needs_rebalance=not is_balanced(position, rules.rebalance.threshold),
        tick=market.tick,
        proven_delta=position.proven_delta,
        worst_imbalance=worst,
        tokens=market.tokens,
        min_size=market.min_size,
        mode=mode,
        claim=state.claims.get(market.id, 0),
        stage=_stage(state, market.id),
        merging=position.merging,
        completion=None if market.id in state.ended else completion_of(position, market, rules.rebalance.min_profit),
    )


def _stage(state: State, market_id: str) -> str:
    stage = state.stages.get(market_id)
    return "" if stage is None or market_id in state.ended else stage[0]


def _ended(state: State, market: Market) -> str:
    payout = state.ended.get(market.id)
    if payout is None:
        return ""
    if payout in (0, PRICE_ONE):
        return f"{market.outcomes[Leg.YES if payout else Leg.NO]} won"
    return "void"


def _leg(state: State, market: Market, leg: Leg, book: Book) -> LegRow:
    holding = state.position(market.id).holding(leg)
    return LegRow(
        outcome=market.outcomes[leg],
        shares=holding.shares,
        proven=holding.proven,
        tradeable=state.position(market.id).sellable(leg),
        foreign=state.foreign_shares.get((market.id, leg), 0),
        average=holding.average,
        bid=book.bid(leg) if book.synced else NO_BID,
        ask=book.ask(leg) if book.synced else NO_ASK,
    )


def ladder(state: State, market_id: str, now_ms: int, before: Frame | None) -> Ladder:
    """Return both legs of a book; levels that did not change are those of the frame before."""
    book = state.books[market_id]
    old = before.ladders.get(market_id) if before else None
    own = _own(state, market_id)
    if old is not None and old.version == book.version and old.own == own:
        bids, asks = old.bids, old.asks
    else:
        bids = (book.levels(Leg.YES, Side.BUY, LADDER_DEPTH), book.levels(Leg.NO, Side.BUY, LADDER_DEPTH))
        asks = (book.levels(Leg.YES, Side.SELL, LADDER_DEPTH), book.levels(Leg.NO, Side.SELL, LADDER_DEPTH))
    return Ladder(
        market_id=market_id,
        bids=bids,
        asks=asks,
        own=own,
        last_trade=(book.last_trade[0], book.last_trade[1]),
        spread=book.best_ask - book.best_bid,
        age_ms=book.age_ms(now_ms),
        synced=book.synced,
        version=book.version,
    )


def _own(state: State, market_id: str) -> dict[tuple[Leg, Side, int], int]:
    own: dict[tuple[Leg, Side, int], int] = {}
    for order in state.live_orders(market_id):
        if not order.is_acknowledged or not order.can_rest:
            continue  # not in the book: on its way, or an order that never rests
        key = order.leg, order.side, order.price
        own[key] = own.get(key, 0) + order.possible
    return own
