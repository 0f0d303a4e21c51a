"""Frames written by hand for tests of the screen: never a simulation, all times fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cockpit.core.commands import Command, Explain, Preview
from cockpit.core.drift import Drift, Drifts
from cockpit.core.events import FeedStats
from cockpit.core.fees import FeeSchedule
from cockpit.core.frame import DeltaRow, Frame, Header, Ladder, LegRow, PairRow
from cockpit.core.frame_orders import ChildRow, LimitRow, ParentRow, PreviewRow, SuggestionRow
from cockpit.core.locks import Completion
from cockpit.core.market import Leg, Side
from cockpit.core.order import TERMINAL, OrderState
from cockpit.core.parent import ParentState
from cockpit.core.rebalance import Option
from cockpit.core.state import Notice
from cockpit.core.units import SHARE, USD
from cockpit.core.why import Why

AT = 1_795_012_327_000
"""2026-11-18 14:32:07 UTC."""
CENT = USD // 100


class FakeLink:
    """A link that shows what it is given and remembers what it was sent."""

    def __init__(self, frame: Frame | None = None) -> None:
        self.shown = frame
        self.gone: str | None = None
        self.sent: list[Command] = []
        self.weighed: list[Command] = []
        """What previews were asked for."""
        self.answer = PreviewRow("", words="as typed", effect="rests", money="costs at most 46.00")
        """What every preview is answered with."""
        self.why = Why("", "P-0001", 0)
        """What why is answered with."""
        self.whys_asked: list[str] = []
        """What why was asked about."""
        self.watched: list[list[str]] = []
        self.stopped = 0

    @property
    def frame(self) -> Frame | None:
        """What was given."""
        return self.shown

    @property
    def closed(self) -> str | None:
        """What was given."""
        return self.gone

    def send(self, command: Command) -> None:
        """Remember; what is only to be weighed is answered at once, as a desk would."""
        if isinstance(command, Preview):
            self.weighed.append(command.command)
            if self.shown is not None:
                answer = replace(self.answer, command_id=command.id)
                self.shown = replace(self.shown, seq=self.shown.seq + 1, previews=(answer,))
        elif isinstance(command, Explain):
            self.whys_asked.append(command.target)
            if self.shown is not None:
                self.shown = replace(
                    self.shown, seq=self.shown.seq + 1, whys=(replace(self.why, request_id=command.id),)
                )
        else:
            self.sent.append(command)

    def new_id(self) -> str:
        """Count."""
        return f"ui-{len(self.sent) + 1}"

    def watch(self, market_ids: Iterable[str]) -> None:
        """Remember."""
        self.watched.append(list(market_ids))

    def stop(self) -> None:
        """Count."""
        self.stopped += 1


def header(**changes: object) -> Header:
    """Return a status line of a practice desk that runs."""
    base = Header(
        mode="practice",
        desk="running",
        started_ms=AT - 761_000,
        venue="ok",
        venue_is_up=True,
        latency_ms=12,
        halted="",
        risk="ok",
        equity=10_012_400_000,
        cash=9_500_000_000,
        day_pnl=12_400_000,
        orders_live=2,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def leg(outcome: str, shares: float = 0, average: int = 0, bid: int = 0, ask: int = 10_000) -> LegRow:
    """Return a leg; shares in whole shares."""
    amount = round(shares * SHARE)
    return LegRow(outcome, amount, amount, average, bid, ask, tradeable=amount)


def pair(market_id: str, name: str, title: str, legs: tuple[LegRow, LegRow], **changes: object) -> PairRow:
    """Return a held pair with an orderly book."""
    base = PairRow(
        market_id=market_id,
        name=name,
        title=title,
        legs=legs,
        delta=legs[0].shares - legs[1].shares,
        pair_cost=legs[0].average + legs[1].average if legs[0].average and legs[1].average else 0,
        locked=0,
        pnl=0,
        is_marked=True,
        is_held=any(one.shares for one in legs),
        book_age_ms=200,
        is_stale=False,
        is_crossed=False,
        closes_at_ms=AT + 3 * 86_400_000,
        ended="",
        halted="",
        needs_rebalance=False,
        tick=100,
        proven_delta=legs[0].shares - legs[1].shares,
        worst_imbalance=abs(legs[0].shares - legs[1].shares),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


RATES = pair(
    "m-rates",
    "rates-dec-cut",
    "Will the central bank cut rates in December?",
    (leg("Yes", 400, 4600, 4600, 4800), leg("No", 400, 5100, 5200, 5400)),
    locked=12 * USD,
    pnl=12 * USD,
)
CPI = pair(
    "m-cpi",
    "cpi-above-3",
    "Will inflation be above 3 % in November?",
    (leg("Yes", 250, 6200, 6300, 6500), leg("No", 110, 3500, 3500, 3700)),
    locked=330 * CENT,
    pnl=-175 * CENT,
    needs_rebalance=True,
    completion=Completion(Leg.NO, 140 * SHARE, 250 * SHARE, -19_350 * CENT, FeeSchedule(400), 200, 100),
)
ETH = pair(
    "m-eth",
    "eth-5k-2026",
    "Will ether reach 5,000 before the year ends?",
    (leg("Yes", 0, 0, 900, 1000), leg("No", 300, 8800, 9000, 9100)),
    locked=-264 * USD,
    pnl=6 * USD,
    needs_rebalance=True,
    completion=Completion(Leg.YES, 300 * SHARE, 300 * SHARE, -264 * USD, FeeSchedule(400), 200, 100),
)
GAME = pair(
    "m-game",
    "chiefs-bills",
    "Chiefs at Bills",
    (leg("Chiefs", 120.5, 3050, 3100, 3110), leg("Bills", 120.5, 6800, 6890, 6900)),
    locked=-181 * CENT,
    pnl=240 * CENT,
    tick=10,
)
SNOW = pair(
    "m-snow",
    "snow-nyc-nov",
    "Snow in New York in November?",
    (leg("Yes", 0, 0, 1200, 1300), leg("No", 0, 0, 8700, 8800)),
    is_held=False,
)


def levels(start: int, step: int, sizes: Iterable[float]) -> tuple[tuple[int, int], ...]:
    """Return levels from `start`, one step apart; sizes in whole shares."""
    return tuple((start + step * index, round(size * SHARE)) for index, size in enumerate(sizes))


def mirrored(rows: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Return levels as the other leg sees them."""
    return tuple((10_000 - price, size) for price, size in rows)


def ladder(market_id: str, bids: tuple[tuple[int, int], ...], asks: tuple[tuple[int, int], ...]) -> Ladder:
    """Return a ladder that is in step."""
    return Ladder(
        market_id=market_id,
        bids=(bids, mirrored(asks)),
        asks=(asks, mirrored(bids)),
        own={},
        last_trade=(bids[0][0], 10_000 - bids[0][0]) if bids else (None, None),
        spread=asks[0][0] - bids[0][0] if bids and asks else 0,
        age_ms=200,
        synced=True,
        version=7,
    )


RATES_LADDER = replace(
    ladder(
        "m-rates",
        levels(4600, -100, (90, 700, 1250.25, 310, 55, 8000)),
        levels(4800, 100, (100, 410, 640, 1900, 12500, 60)),
    ),
    own={(Leg.YES, Side.BUY, 4500): 40 * SHARE, (Leg.NO, Side.SELL, 5500): 40 * SHARE},
)
ETH_LADDER = ladder("m-eth", levels(900, -100, (500, 200)), levels(1000, 100, (250, 300, 900)))
GAME_LADDER = ladder("m-game", levels(3100, -10, (500, 20.5, 7)), levels(3110, 10, (250, 300, 123_456)))

ETH_BUY = Option(
    Side.BUY, Leg.YES, 300 * SHARE, 1000, 30 * USD, 120_000, 6 * USD, 5_880_000, -264 * USD, 588 * CENT, False
)
ETH_SELL = Option(
    Side.SELL, Leg.NO, 300 * SHARE, 9000, 270 * USD, 100_000, 590 * CENT, 590 * CENT, -264 * USD, 590 * CENT, False
)
ETH_OPEN = SuggestionRow(
    id="s-1",
    market_id="m-eth",
    name="eth-5k-2026",
    state="open",
    words="Yes short 300",
    option=ETH_BUY,
    options=(ETH_SELL, ETH_BUY),
    outcome="Yes",
    limit=1100,
    delta_before=-300 * SHARE,
    delta_after=0,
    slices=5,
    window_ms=60_000,
    parent_id="",
    best_bid=900,
    best_ask=1000,
    book_age_ms=200,
)
CPI_WORKING = replace(
    ETH_OPEN,
    id="",
    market_id="m-cpi",
    name="cpi-above-3",
    state="working",
    words="working as P-0007",
    option=replace(ETH_BUY, leg=Leg.NO, shares=140 * SHARE, gain=280 * CENT),
    outcome="No",
    limit=3700,
    delta_before=140 * SHARE,
    parent_id="P-0007",
)
GAME_HOLD = replace(
    ETH_OPEN,
    id="",
    market_id="m-game",
    name="chiefs-bills",
    state="hold",
    words="hold: gain -0.004 a share, needs 0.02",
    option=None,
    outcome="Chiefs",
    delta_before=0,
)


def child(number: int, size: float, filled: float, price: int, state: OrderState, reason: str = "") -> ChildRow:
    """Return an order at the venue; shares in whole shares."""
    return ChildRow(
        id=f"0x{number:064x}",
        label=f"c-{number:04d}",
        slice_index=number - 21,
        price=price,
        size=round(size * SHARE),
        filled=round(filled * SHARE),
        average=price if filled else 0,
        state=state,
        reason=reason,
        created_ms=AT - 9_000,
        type="FAK",
        is_proven_dead=state in TERMINAL,
    )


WORKING = ParentRow(
    id="P-0007",
    market_id="m-cpi",
    name="cpi-above-3",
    side=Side.BUY,
    outcome="No",
    leg=Leg.NO,
    size=200 * SHARE,
    filled=60 * SHARE,
    average=3530,
    fee=12_000,
    limit=3700,
    arrival=3500,
    algorithm="TWAP",
    suggestion_id="s-0",
    slice_number=2,
    slice_count=6,
    next_slice_ms=AT + 13_000,
    state=ParentState.WORKING,
    reason="",
    children=(
        child(21, 40, 40, 3500, OrderState.FILLED),
        child(22, 34, 20, 3600, OrderState.PARTIALLY_FILLED),
        child(23, 34, 0, 3600, OrderState.UNKNOWN, "no answer, being looked up"),
    ),
)
DONE = replace(
    WORKING,
    id="P-0006",
    market_id="m-game",
    name="chiefs-bills",
    outcome="Chiefs",
    leg=Leg.YES,
    size=round(120.5 * SHARE),
    filled=round(120.5 * SHARE),
    average=3050,
    slice_number=4,
    slice_count=4,
    next_slice_ms=None,
    state=ParentState.DONE,
    children=(),
)
STOPPED = replace(
    DONE,
    id="P-0005",
    side=Side.SELL,
    filled=20 * SHARE,
    slice_number=1,
    state=ParentState.STOPPED,
    reason="the bid is below the limit",
)

DELTA = DeltaRow(
    net=-160 * SHARE,
    unhedged=440 * SHARE,
    exposure=35_080 * CENT,
    soft_limit=150 * SHARE,
    hard_limit=500 * SHARE,
    percent=4560,
    is_breached=True,
    worst_name="eth-5k-2026",
    worst_delta=-300 * SHARE,
    proven_net=-160 * SHARE,
    proven_unhedged=440 * SHARE,
    worst_unhedged=440 * SHARE,
)
NOTICES = (
    Notice(1, AT - 120_000, "info", "the venue agrees with the journal: ready"),
    Notice(2, AT - 27_000, "info", "risk passed P-0007: buy 200 No cpi-above-3 <= 0.37"),
    Notice(3, AT - 23_000, "info", "sent c-0022 34 @ 0.36"),
    Notice(4, AT - 9_000, "info", "fill c-0022 20 @ 0.36"),
)
LIMITS = (
    LimitRow("daily loss", 0, 100 * USD),
    LimitRow("deployed", 820 * USD, 2_000 * USD),
    LimitRow("unhedged", 440 * SHARE, 500 * SHARE),
)

MAIN = Frame(
    seq=1,
    at_ms=AT,
    header=header(),
    pairs=(RATES, CPI, ETH, GAME, SNOW),
    ladders={"m-rates": RATES_LADDER, "m-eth": ETH_LADDER, "m-game": GAME_LADDER},
    delta=DELTA,
    suggestions=(ETH_OPEN, CPI_WORKING, GAME_HOLD),
    parents=(WORKING, DONE, STOPPED),
    limits=LIMITS,
    notices=NOTICES,
)
EMPTY = Frame(
    seq=1,
    at_ms=AT,
    header=header(equity=10_000 * USD, day_pnl=0, orders_live=0),
    pairs=(replace(SNOW, book_age_ms=None),),
    notices=NOTICES[:1],
)
NOTHING = Frame(seq=1, at_ms=AT, header=header(desk="starting", venue="connecting", venue_is_up=False, latency_ms=None))
FIRST = replace(MAIN, parents=(), suggestions=(ETH_OPEN,), notices=NOTICES[:1])
"""What a newcomer sees: an imbalance, a suggestion, no order yet."""
DRIFTING = replace(MAIN, delta=replace(DELTA, drifts=Drifts(Drift.GROWING, Drift.STEADY)))
"""A minute after it started."""
HALTED = replace(MAIN, header=header(desk="HALTED", halted="by a person"))
ODD = replace(
    MAIN,
    header=header(venue="STALE 7s", risk="delta", day_pnl=-320 * CENT),
    pairs=(
        replace(RATES, is_stale=True, book_age_ms=7_300),
        replace(CPI, is_crossed=True),
        replace(ETH, halted="daily loss of the pair"),
        replace(GAME, is_marked=False),
        replace(SNOW, is_held=True, ended="Yes won", pnl=-4 * USD),
    ),
    delta=replace(
        DELTA,
        net=520 * SHARE,
        unhedged=520 * SHARE,
        proven_net=400 * SHARE,
        proven_unhedged=400 * SHARE,
        worst_unhedged=520 * SHARE,
    ),
)
REPLAY = replace(
    MAIN,
    header=header(mode="replay"),
    feed=FeedStats(AT, 192_000, 506_000, 12_345, 0, 6, 0, False, 10.0),
)


def later(frame: Frame, **changes: object) -> Frame:
    """Return the next frame, a second later."""
    return replace(frame, seq=frame.seq + 1, at_ms=frame.at_ms + 1000, **changes)  # type: ignore[arg-type]
