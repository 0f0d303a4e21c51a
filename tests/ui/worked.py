"""Frames of orders that were worked by a plan, and of what trading has brought, written by hand."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core.frame_orders import EntryRow, Point, QueueRow
from cockpit.core.frame_profit import Profit, ResultRow
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from tests import frames as f

START = f.AT - 27_000
"""When the sliced order began: 14:31:40."""


def result(
    key: str,
    name: str,
    realised: int,
    unrealised: int,
    *,
    fees: int = 0,
    volume: tuple[int, int] = (0, 0),
    closings: tuple[int, int] = (0, 0),
    results: tuple[int, int] = (0, 0),
    averages: tuple[int, int] = (0, 0),
    is_marked: bool = True,
) -> ResultRow:
    """Return what a pair or a day has brought, money in cents; volume is (bought, sold), the rest (won, lost)."""
    return ResultRow(
        key=key,
        name=name,
        pnl=(realised + unrealised) * f.CENT,
        realised=realised * f.CENT,
        unrealised=unrealised * f.CENT,
        fees=fees * f.CENT,
        bought=volume[0] * f.CENT,
        sold=volume[1] * f.CENT,
        wins=closings[0],
        losses=closings[1],
        won=results[0] * f.CENT,
        lost=results[1] * f.CENT,
        averages=averages,
        is_marked=is_marked,
    )


RATES = result(
    *("m-rates", "rates-dec-cut", 425, 1200),
    fees=60,
    volume=(53_800, 15_425),
    closings=(3, 0),
    results=(425, 0),
    averages=(4600, 5100),
)
CPI = result(
    *("m-cpi", "cpi-above-3", -175, 0),
    fees=152,
    volume=(28_140, 9_725),
    closings=(2, 3),
    results=(750, 925),
    averages=(6213, 3500),
)
ETH = result("m-eth", "eth-5k-2026", 0, -585, volume=(26_400, 0), averages=(0, 8800), is_marked=False)
SNOW = result("m-snow", "snow-nyc-nov", 1000, 0, fees=200, volume=(4000, 5000), closings=(4, 0), results=(1000, 0))
TODAY = result(
    *("2026-11-18", "2026-11-18", 250, 990), fees=112, volume=(82_340, 10_150), closings=(4, 1), results=(425, 175)
)
BEFORE = result(
    *("2026-11-17", "2026-11-17", 1000, -375), fees=300, volume=(30_000, 20_000), closings=(5, 2), results=(1750, 750)
)
EARNED = Profit(
    total=result(
        *("", "all", 1250, 615),
        fees=412,
        volume=(112_340, 30_150),
        closings=(9, 3),
        results=(2175, 925),
        is_marked=False,
    ),
    pairs=(RATES, CPI, ETH, SNOW),
    days=(TODAY, BEFORE),
    curve=tuple(
        Point(f.AT - (60 - n) * 10_000, (695 * n * n - 11_000 * n) * USD // 100_000 + (n * 7 % 5) * 23 * f.CENT)
        for n in range(61)
    ),
    deposits=10_000 * USD,
)
PROFIT = replace(f.MAIN, profit=EARNED)
NO_LOSS = replace(PROFIT, profit=replace(EARNED, total=replace(EARNED.total, losses=0, lost=0, is_marked=True)))
NOTHING_EARNED = replace(f.MAIN, profit=Profit(result("", "all", 0, 0), (), (), deposits=10_000 * USD))

FIRST, SECOND, THIRD = f.WORKING.children
PLANNED = replace(
    f.WORKING,
    created_ms=START,
    ends_at_ms=START + 60_000,
    slice_number=3,
    next_slice_ms=START + 30_000,
    vwap=3541,
    style="rest",
    at_end="cross",
    profile="the last 7 days",
    plan=tuple(Point(START + index * 10_000, (index + 1) * 200 * SHARE // 6) for index in range(6)),
    children=(
        replace(FIRST, created_ms=START, fills=(Point(START + 800, 25 * SHARE), Point(START + 3_200, 15 * SHARE))),
        replace(
            SECOND,
            created_ms=START + 10_000,
            type="GTD post-only",
            expires_at_ms=f.AT + 33_000,
            fills=(Point(START + 14_000, 20 * SHARE),),
            queue=QueueRow(
                ahead=120 * SHARE, least=80 * SHARE, most=200 * SHARE, arrived=340 * SHARE, confidence=7_250
            ),
        ),
        replace(THIRD, created_ms=START + 20_000),
    ),
)
PEGGED = replace(
    PLANNED,
    id="P-0010",
    algorithm="TOP",
    style="",
    at_end="",
    profile="",
    entry_id="E-0002",
    plan=(),
    vwap=0,
    slice_number=1,
    slice_count=1,
    next_slice_ms=None,
    top_ms=20_700,
    watched_ms=27_000,
    moves=3,
)
ENTRY = EntryRow(
    id="E-0002",
    market_id="m-cpi",
    name="cpi-above-3",
    kind="buy both",
    shares=200 * SHARE,
    prices=(6200, 3700),
    outcomes=("Yes", "No"),
    filled=(0, 60 * SHARE),
    result=2 * USD,
    state=ParentState.WORKING,
    reason="",
    parents=("P-0010",),
)
OVER = replace(
    PLANNED,
    state=ParentState.STOPPED,
    reason="the bid is below the limit",
    children=tuple(
        replace(child, state=OrderState.CANCELLED if not child.fills else child.state, queue=None)
        for child in PLANNED.children
    ),
)
WORKED = replace(PROFIT, parents=(PLANNED, PEGGED, f.DONE, f.STOPPED), entries=(ENTRY,))
