"""Trades told as facts, one line a fact: the walk-through of the seed, and ways it can go otherwise."""

from __future__ import annotations

from cockpit.core import events as ev
from cockpit.core.entry import Entry, EntryKind
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.parent import Algorithm, Parent, ParentState
from cockpit.core.state import State
from cockpit.core.telemetry import Telemetry
from cockpit.core.trade import Name
from cockpit.core.trade_record import TradeRecord
from cockpit.core.units import SHARE, parse_price
from tests.core.builders import fill, market

START = 1_765_700_000_000
"""All times below are ms after this."""
THRESHOLD = 8_000


class Story:
    """Facts in the order they happen, folded as they are told."""

    def __init__(self, threshold: int = THRESHOLD) -> None:
        self.state, self.telemetry, self.facts = State(), Telemetry(threshold), list[ev.Event]()
        self._legs: dict[str, tuple[Leg, Side]] = {}
        for name in ("m", "n"):
            self.tell(ev.MarketListed(START, market(name)))

    def tell(self, fact: ev.Event) -> None:
        self.facts.append(fact)
        apply(self.state, fact)
        self.telemetry.fold(self.state, fact)

    @property
    def records(self) -> tuple[TradeRecord, ...]:
        return self.telemetry.records(self.state)

    @property
    def told(self) -> list[tuple[str, int]]:
        """Names of what was told, without their prefix, and when."""
        return [(event.name.removeprefix("telemetry."), event.at_ms - START) for event in self.telemetry.events]

    def entry(self, at: int, entry_id: str = "E-1", *, seen: tuple[int, tuple[int, int]] | None = None) -> None:
        """An entry for ten pairs at 0.48 + 0.49 begins, with both its legs."""
        shares, prices = 10 * SHARE, (4_800, 4_900)
        entry = Entry(
            entry_id, "m", EntryKind.MAKER_MAKER, Leg.YES, shares, prices, START + at, START + at + 600_000
        )  # fmt: skip
        offer = (START + seen[0], seen[1]) if seen else (0, None)
        self.tell(ev.EntryStarted(START + at, entry, "", *offer))
        for leg in Leg:
            self.parent(at, f"{entry_id}-{leg.name}", leg, Side.BUY, "10", str(prices[leg] / 10_000), entry_id=entry_id)

    def entry_ends(self, at: int, entry_id: str = "E-1") -> None:
        for leg in Leg:
            self.ends(at, f"{entry_id}-{leg.name}")
        self.tell(ev.EntryMoved(START + at, entry_id, ParentState.DONE, ""))

    def suggestion(self, at: int, parent_id: str, leg: Leg, side: Side, shares: str, price: str) -> None:
        """A suggestion is approved, and its parent starts."""
        action, size, limit = f"{side.name}_{leg.name}", int(shares) * SHARE, parse_price(price)
        self.tell(ev.SuggestionApproved(START + at, parent_id, "S-1-1", "m", action, size, limit, limit, 0, "a person"))
        self.parent(at, parent_id, leg, side, shares, price, suggestion_id="S-1-1")

    def parent(
        self, at: int, parent_id: str, leg: Leg, side: Side, shares: str, price: str, *, entry_id: str = "",
        suggestion_id: str = "", market_id: str = "m",
    ) -> None:  # fmt: skip
        limit, size = parse_price(price), int(shares) * SHARE
        self.tell(
            ev.ParentStarted(
                START + at,
                Parent(
                    parent_id, market_id, leg, side, size, limit, Algorithm.LIMIT, (), START + at + 600_000, START + at,
                    suggestion_id=suggestion_id, entry_id=entry_id, arrival_price=limit if suggestion_id else 0,
                ),
            )
        )  # fmt: skip

    def order(self, at: int, order_id: str, parent_id: str, leg: Leg, side: Side, shares: str, price: str) -> None:
        size, limit = int(shares) * SHARE, parse_price(price)
        self._legs[order_id] = leg, side
        order = Order(
            order_id, order_id, parent_id, "m", leg, side, limit, size, OrderType.GTC, created_ms=START + at
        )  # fmt: skip
        self.tell(ev.OrderSending(START + at, order))

    def fills(
        self, at: int, order_id: str, shares: str, price: str, *, fee: int = 0, trade_id: str = "",
        status: FillStatus = FillStatus.CONFIRMED,
    ) -> None:  # fmt: skip
        leg, side = self._legs[order_id]
        name = trade_id or f"t-{len(self.facts)}"
        one = fill(name, order_id, leg=leg, side=side, price=price, shares=shares, fee=fee, status=status)
        self.tell(ev.FillSeen(START + at, one))

    def bought(self, at: int, leg: Leg, shares: str, price: str) -> None:
        """An order of ours without a parent fills at once."""
        name = f"x-{len(self.facts)}"
        self.order(at, name, "", leg, Side.BUY, shares, price)
        self.fills(at, name, shares, price)

    def arrives(self, at: int, leg: Leg, shares: str, price: str) -> None:
        """A fill of an order that is not ours."""
        name = f"x-{len(self.facts)}"
        self._legs[name] = leg, Side.BUY
        self.fills(at, name, shares, price)

    def ends(self, at: int, parent_id: str) -> None:
        """A parent ends; what rests of it is cancelled."""
        for order in self.state.children_of(parent_id):
            if not order.is_terminal:
                self.tell(ev.OrderMoved(START + at, order.id, OrderState.CANCELLED, "", order.filled))
        self.tell(ev.ParentMoved(START + at, parent_id, ParentState.DONE, ""))

    def merges(self, at: int, shares: str) -> None:
        self.tell(ev.PairsMerged(START + at, "m", int(shares) * SHARE, f"C-{len(self.facts)}"))

    def resolves(self, at: int, payout_yes: int) -> None:
        self.tell(ev.MarketEnded(START + at, "m", payout_yes))


def walkthrough(payout_yes: int = 0) -> Story:
    """The seed's example: 10 YES and 6 of 10 NO, four NO bought at 0.46 two minutes later, NO wins."""
    story = Story()
    story.entry(1_500, seen=(1_000, (4_800, 4_900)))
    story.order(1_520, "yes", "E-1-YES", Leg.YES, Side.BUY, "10", "0.48")
    story.order(1_530, "no", "E-1-NO", Leg.NO, Side.BUY, "10", "0.49")
    story.fills(1_620, "yes", "10", "0.48")
    story.fills(1_700, "no", "6", "0.49")
    story.entry_ends(2_000)
    story.suggestion(120_000, "P-1", Leg.NO, Side.BUY, "4", "0.46")
    story.order(120_010, "more", "P-1", Leg.NO, Side.BUY, "4", "0.46")
    story.fills(120_200, "more", "4", "0.46")
    story.ends(120_300, "P-1")
    story.resolves(900_000, payout_yes)
    return story


WALKED = [
    (Name.DETECTED, 1_000),
    (Name.PLACED, 1_520),
    (Name.FILLED, 1_620),
    (Name.STARTED, 2_000),
    (Name.OPPORTUNITY, 120_000),
    (Name.ATTEMPTED, 120_000),
    (Name.BALANCED, 120_200),
    (Name.EXECUTED, 120_300),
    (Name.SUCCEEDED, 120_300),
    (Name.RESOLVED, 900_000),
]
