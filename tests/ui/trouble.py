"""Frames of a desk in trouble, written by hand: stops, differences, orders that are not ours, numbers not proven."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core.frame import DifferenceRow, StopRow
from cockpit.core.frame_orders import ForeignRow
from cockpit.core.market import Side
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from tests import frames as f

PREVIEW = StopRow(
    is_on=False,
    is_proven=False,
    since_ms=0,
    everything=False,
    own_orders=3,
    unknown_orders=1,
    foreign_orders=2,
    parents=2,
    zero_reads=0,
    first_cancel_ms=None,
    unhedged=440 * SHARE,
    worst_unhedged=508 * SHARE,
    pairs=(
        ("eth-5k-2026", -300 * SHARE, -300 * SHARE, 320 * SHARE),
        ("cpi-above-3", 140 * SHARE, 110 * SHARE, 188 * SHARE),
    ),
)
STOPPING = replace(PREVIEW, is_on=True, since_ms=f.AT - 9_400, zero_reads=1, first_cancel_ms=12)
STOPPED = replace(
    STOPPING, is_proven=True, own_orders=0, unknown_orders=0, zero_reads=2, worst_unhedged=440 * SHARE, parents=0
)
FOREIGN = (
    ForeignRow("0x" + "f1" * 32, "m-cpi", "cpi-above-3", "No", Side.BUY, 3400, 50 * SHARE, 0),
    ForeignRow("0x" + "f2" * 32, "m-rates", "rates-dec-cut", "Yes", Side.SELL, 5200, 25 * SHARE, 10 * SHARE),
)
SHARES_DIFFER = DifferenceRow(
    key="shares/m-cpi/NO",
    name="size discrepancy",
    market_id="m-cpi",
    pair="cpi-above-3",
    ours=110 * SHARE,
    theirs=round(90.0001 * SHARE),
    since_ms=f.AT - 42_000,
    text="No: our fills say 110, the venue holds 90.0001, in two reads 10 s apart with nothing unsettled",
    may_accept=True,
)
CASH_DIFFERS = DifferenceRow(
    key="cash",
    name="cash",
    market_id="",
    pair="",
    ours=9_500 * USD,
    theirs=9_499 * USD + 999_990,
    since_ms=f.AT - 600_000,
    text="cash is 0.00001 below what our fills and fees add up to",
    may_accept=False,
)
CPI_UNPROVEN = replace(
    f.CPI,
    legs=(
        replace(f.CPI.legs[0], proven=220 * SHARE, tradeable=220 * SHARE),
        replace(f.CPI.legs[1], foreign=20 * SHARE),
    ),
    proven_delta=110 * SHARE,
    worst_imbalance=188 * SHARE,
)
RATES_UNPROVEN = replace(
    f.RATES, legs=(replace(f.RATES.legs[0], proven=380 * SHARE), replace(f.RATES.legs[1], proven=380 * SHARE))
)
UNKNOWN = replace(
    f.child(31, 40, 0, 3400, OrderState.UNKNOWN, "no answer, being looked up"),
    type="GTD",
    expires_at_ms=f.AT + 252_000,
    may_sign_off=True,
    created_ms=f.AT - 95_000,
)
RESTING = replace(
    f.WORKING,
    id="P-0009",
    algorithm="LIMIT",
    suggestion_id="",
    size=80 * SHARE,
    filled=0,
    limit=3400,
    slice_number=1,
    slice_count=1,
    next_slice_ms=None,
    children=(
        replace(UNKNOWN),
        replace(
            f.child(32, 40, 0, 3400, OrderState.OPEN),
            type="GTD post-only",
            expires_at_ms=f.AT + 3_852_000,
            slice_index=1,
        ),
    ),
)
ENDED = replace(RESTING, id="P-0008", state=ParentState.STOPPED, children=())

UNPROVEN = replace(
    f.MAIN,
    header=f.header(orders_live=4, unproven_orders=1, differences=1, reducing="a number differs"),
    pairs=(RATES_UNPROVEN, CPI_UNPROVEN, f.ETH, f.GAME, f.SNOW),
    parents=(f.WORKING, RESTING, ENDED),
    delta=replace(
        f.DELTA, proven_net=-190 * SHARE, proven_unhedged=410 * SHARE, worst_unhedged=508 * SHARE, is_breached=True
    ),
    foreign=FOREIGN,
    stop=PREVIEW,
)
NOT_PROVEN = replace(UNPROVEN, header=f.header(desk="HALTED", halted="by a person", unproven_orders=1), stop=STOPPING)
PROVEN = replace(
    f.MAIN,
    header=f.header(desk="HALTED", halted="by a person", orders_live=0),
    parents=(f.DONE, f.STOPPED),
    stop=STOPPED,
)
DIFFERENT = replace(
    f.MAIN,
    header=f.header(differences=2),
    pairs=(f.RATES, replace(f.CPI, halted="No: ours 110, venue 90.0001"), f.ETH, f.GAME, f.SNOW),
    differences=(SHARES_DIFFER, CASH_DIFFERS),
    stop=PREVIEW,
)
RESTS = replace(f.MAIN, parents=(RESTING, ENDED), suggestions=(), foreign=FOREIGN, stop=PREVIEW)
