"""Pictures of profit and loss: in all, by pair, by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cockpit.core.frame_orders import Point
from cockpit.core.frame_profit import Profit, ResultRow
from cockpit.core.pnl import Mark, total, unrealised
from cockpit.core.results import DayResult, Results, Tally
from cockpit.core.state import State

MOST_PAIRS, MOST_DAYS = 100, 60


def profit(state: State, curve: tuple[Point, ...]) -> Profit:
    """Return what all trading has brought: cash + marked value - deposits, which is realised + unrealised, exactly."""
    unreal = sum(unrealised(position, _mark(state, market_id)) for market_id, position in state.positions.items())
    return Profit(
        total=_row("", "all", state.pnl, unreal, state.tally, is_marked=not state.unmarked),
        pairs=tuple(_pairs(state)),
        days=tuple(_days(state)),
        curve=curve,
        deposits=state.deposits,
    )


def _mark(state: State, market_id: str) -> Mark:
    return state.marks.get(market_id) or Mark(0, is_full=True)


def _row(key: str, name: str, pnl: int, unreal: int, tally: Tally, *, is_marked: bool) -> ResultRow:
    return ResultRow(
        key=key,
        name=name,
        pnl=pnl,
        realised=tally.realised,
        unrealised=unreal,
        fees=tally.fees,
        bought=tally.bought,
        sold=tally.sold,
        wins=tally.wins,
        losses=tally.losses,
        won=tally.won,
        lost=tally.lost,
        is_marked=is_marked,
    )


def _pairs(state: State) -> Iterable[ResultRow]:
    """Return held pairs, then the newest that earned something."""
    held = [market_id for market_id, position in state.positions.items() if not position.is_flat]
    others = [market_id for market_id in reversed(state.positions) if market_id not in set(held)]
    for market_id in (*held, *others)[:MOST_PAIRS]:
        yield _pair(state, market_id)


def _pair(state: State, market_id: str) -> ResultRow:
    position, marked = state.positions[market_id], _mark(state, market_id)
    market = state.markets.get(market_id)
    results = state.results.get(market_id) or Results()
    row = _row(
        market_id,
        market.name if market is not None else market_id,
        total(position, marked),
        unrealised(position, marked),
        results.tally,
        is_marked=marked.is_full,
    )
    return replace(row, averages=(position.yes.average, position.no.average))


def _days(state: State) -> Iterable[ResultRow]:
    """Return the newest trading days; what a day brought is its end against its start, net of transfers."""
    days: list[DayResult] = list(state.days.values())[-MOST_DAYS - 1 :]
    ends = [*(after.equity for after in days[1:]), state.equity][: len(days)]
    for day, end in reversed(list(zip(days, ends, strict=True))[-MOST_DAYS:]):
        pnl = end - day.equity - day.moved
        yield _row(day.day, day.day, pnl, pnl - day.tally.realised, day.tally, is_marked=True)
