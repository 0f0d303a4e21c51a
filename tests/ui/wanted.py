"""Orders that somebody wants: what a desk says about them, entries that are possible, and what becomes of both."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core.frame_orders import EntryRow, LimitRow, OfferRow, Point, PreviewRow, QueueRow
from cockpit.core.market import Leg
from cockpit.core.order import OrderState
from cockpit.core.parent import ParentState
from cockpit.core.units import SHARE, USD
from tests import frames as f
from tests.ui import worked as w

LIMITS = (
    LimitRow("unhedged", 460 * SHARE, 500 * SHARE, False),
    LimitRow("one leg", 500 * SHARE, 5_000 * SHARE, False),
    LimitRow("exposure", 868 * USD, 2_000 * USD),
    LimitRow("event", 0, 0),
    LimitRow("cash", 48_630_000, 9_500 * USD),
    LimitRow("daily loss", 0, 100 * USD),
)
PLACED = PreviewRow(
    "",
    words="P-0011 buy 600 Yes rates-dec-cut at 0.49 FAK",
    effect="trades at once: 510 at 0.4880 on average, 0.49 at worst, 90 end",
    money="costs at most 294.00 USD, fees at most 7.35",
    limits=LIMITS,
)
SPLIT = PreviewRow(
    "",
    words="P-0011 buy 300 Yes rates-dec-cut <= 0.48 by VWAP over 1h",
    effect="rests at 0.47: others are at 0.46",
    money="costs at most 144.00 USD, fees at most 3.75",
    plan="12 children of 5 to 60, on average every 5m",
    profile="volume profile: the same hours of 5 days",
    limits=(replace(LIMITS[0], used=340 * SHARE), *LIMITS[1:]),
)
BID = PreviewRow(
    "",
    words="P-0011 buy 300 Yes rates-dec-cut <= 0.47 at the top, showing 50, for 1h",
    effect="rests at 0.47: others are at 0.46",
    money="costs at most 141.00 USD, fees at most 3.67",
    plan="shows 50 at a time",
    limits=(replace(LIMITS[0], used=340 * SHARE), *LIMITS[1:]),
)
ENTERED = PreviewRow(
    "",
    words="E-0004 enter rates-dec-cut maker-maker: 25.77 Yes at 0.46 + 25.77 No at 0.51",
    effect="both legs together 0.97: locks 0.77 USD, 0.03 a pair",
    money="costs 25.00 USD, no fees",
    risk=(
        "Yes alone: -0.00 USD if sold back now; -11.86 if it loses",
        "No alone: -1.30 USD if sold back now, and the bids do not take all of it; -13.15 if it loses",
    ),
    limits=(replace(LIMITS[0], used=466 * SHARE), *LIMITS[1:]),
    prices=(4600, 5100),
    shares=round(25.77 * SHARE),
)

OFFER = OfferRow(
    market_id="m-rates",
    name="rates-dec-cut",
    kind="maker-maker",
    first=Leg.YES,
    shares=round(25.77 * SHARE),
    prices=(4600, 5100),
    outcomes=("Yes", "No"),
    result=773_100,
    cost=24_996_900,
)
OFFER_TAKEN = replace(
    OFFER,
    market_id="m-game",
    name="chiefs-bills",
    kind="maker-taker",
    first=Leg.NO,
    prices=(3110, 6650),
    outcomes=("Chiefs", "Bills"),
    result=515_600,
    cost=24_980_000,
)
OFFERED = replace(f.MAIN, offers=(OFFER, OFFER_TAKEN))
ONLY_OFFERS = replace(OFFERED, suggestions=(), parents=(), pairs=(f.RATES, f.GAME, f.SNOW))
"""Nothing is out of balance, and two entries are possible."""

BOTH_REST = "GTD post-only"
FIRST_CHILD = replace(
    f.child(51, 25.77, 10, 4600, OrderState.PARTIALLY_FILLED),
    slice_index=0,
    type=BOTH_REST,
    expires_at_ms=f.AT + 372_000,
    queue=QueueRow(0, 0, 40 * SHARE, 90 * SHARE, 10_000),
)
SECOND_CHILD = replace(
    FIRST_CHILD,
    id=f"0x{52:064x}",
    label="c-0052",
    price=5100,
    filled=0,
    average=0,
    state=OrderState.OPEN,
    queue=QueueRow(1_250 * SHARE, 900 * SHARE, 1_400 * SHARE, 1_400 * SHARE, 8_150),
)
FIRST_LEG = replace(
    f.WORKING,
    id="P-0011",
    market_id="m-rates",
    name="rates-dec-cut",
    outcome="Yes",
    leg=Leg.YES,
    size=round(25.77 * SHARE),
    filled=10 * SHARE,
    average=4600,
    limit=4600,
    arrival=4700,
    algorithm="LIMIT",
    suggestion_id="",
    entry_id="E-0003",
    slice_number=1,
    slice_count=1,
    next_slice_ms=None,
    children=(FIRST_CHILD,),
)
SECOND_LEG = replace(
    FIRST_LEG,
    id="P-0012",
    outcome="No",
    leg=Leg.NO,
    filled=0,
    average=0,
    limit=5100,
    arrival=5300,
    children=(SECOND_CHILD,),
)
ENTRY = EntryRow(
    id="E-0003",
    market_id="m-rates",
    name="rates-dec-cut",
    kind="maker-maker",
    shares=round(25.77 * SHARE),
    prices=(4600, 5100),
    outcomes=("Yes", "No"),
    filled=(10 * SHARE, 0),
    result=773_100,
    state=ParentState.WORKING,
    reason="",
    parents=("P-0011", "P-0012"),
)
OVER_LEGS = tuple(
    replace(leg, id=name, entry_id="E-0001", state=ParentState.DONE, filled=leg.size, average=leg.limit, children=())
    for leg, name in ((FIRST_LEG, "P-0003"), (SECOND_LEG, "P-0004"))
)
OVER = replace(
    ENTRY,
    id="E-0001",
    filled=(ENTRY.shares, ENTRY.shares),
    state=ParentState.DONE,
    reason="25.77 of 25.77 pairs",
    parents=("P-0003", "P-0004"),
)
VWAP = replace(
    w.PLANNED,
    id="P-0013",
    suggestion_id="",
    algorithm="VWAP",
    style="top",
    profile="the same hours of 5 days",
    arrival=3490,
)
TOP = replace(
    w.PEGGED,
    id="P-0014",
    suggestion_id="",
    entry_id="",
    vwap=3560,
    children=(
        replace(f.child(61, 40, 40, 3500, OrderState.FILLED), slice_index=0, type=BOTH_REST),
        replace(
            w.SECOND,
            id=f"0x{62:064x}",
            label="c-0062",
            size=50 * SHARE,
            type=BOTH_REST,
            expires_at_ms=f.AT + 3_333_000,
            fills=(Point(f.AT - 5_000, 20 * SHARE),),
            queue=QueueRow(12_500 * SHARE, 9_000 * SHARE, 14_000 * SHARE, 14_000 * SHARE, 6_400),
        ),
    ),
)
ENTERING = replace(
    OFFERED,
    parents=(VWAP, TOP, FIRST_LEG, SECOND_LEG, f.STOPPED, *OVER_LEGS),
    entries=(ENTRY, OVER),
    offers=(OFFER_TAKEN,),
)
"""A desk with one of each: an entry whose legs rest, a VWAP, a top bidder, and what has ended."""
FOLDED = (
    *("E-0003", "P-0011", "P-0012", "P-0013", VWAP.children[2].id, "P-0014", "P-0005", "E-0001", "P-0003", "P-0004"),
)
"""The rows of the orders pane while everything is folded."""
