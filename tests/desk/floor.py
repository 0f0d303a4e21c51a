"""A venue with other people in its book: what we rest is shown among theirs, and what we take is there or not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.commands import Bid, Split
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState, OrderType
from cockpit.core.parent import Algorithm, AtEnd, Parent, Style
from cockpit.core.units import PRICE_ONE, SHARE, pay, receive
from cockpit.desk.rules import DeskRules
from cockpit.venues.base import Accepted, OrderReport, Rejected
from tests.desk.fakes import MARKET, Bench, FakeVenue

Levels = tuple[tuple[int, int], ...]
BIDS: Levels = ((3000, 400 * SHARE), (2900, 900 * SHARE))
ASKS: Levels = ((3400, 400 * SHARE), (3500, 900 * SHARE))


class Floor(FakeVenue):
    """`theirs` is what others have in the book of MARKET, in YES prices; what is shown has ours in it."""

    def __init__(self) -> None:
        super().__init__()
        self.theirs: tuple[Levels, Levels] = (BIDS, ASKS)
        self.on_place = self.match
        self.ended: list[tuple[int, str]] = []
        """(when, order id) of orders that were cancelled for us."""

    def quote(self, market_id: str, bids: object, asks: object) -> None:
        if market_id == MARKET.id:
            bids, asks = self._with_ours(0), self._with_ours(1)
        super().quote(market_id, bids, asks)

    def others(self, bids: Levels, asks: Levels) -> None:
        """Let others move their orders, and tell."""
        self.theirs = bids, asks
        self.show()

    def show(self) -> None:
        """Send the book as it is now."""
        self.quote(MARKET.id, (), ())

    def match(self, order: Order) -> Accepted | Rejected:
        """Take what is there within the limit; the rest ends or rests."""
        best = self._best_of_others(order)
        meets = best is not None and not order.side.is_beyond(best, order.price)
        if order.post_only and meets:
            return Rejected(order.id, "400", "invalid post-only order: order crosses book")
        if order.type in (OrderType.FAK, OrderType.FOK):
            there = min(order.size, self._there(order))
            return self.fill_part(order, there) if there else Rejected(order.id, "400", "no orders found to match")
        if meets:
            return self.fill(order)
        answer = self.rest(order)
        asyncio.get_running_loop().call_soon(self.show)
        return answer

    async def cancel(self, order_ids: Sequence[str]) -> None:
        await super().cancel(order_ids)
        for order_id in order_ids:
            report = self.reports.get(order_id)
            if report is not None and report.state is OrderState.CANCELLED:
                self.ended.append((self.clock.now_ms(), order_id))
        self.show()

    def hit(self, order: Order, shares: float) -> None:
        """Let somebody trade with an order of ours that rests."""
        report, now = self.reports[order.id], self.clock.now_ms()
        size = round(shares * SHARE)
        filled = report.filled + size
        assert report.state is OrderState.OPEN
        assert filled <= order.size
        money = pay(size, order.price) if order.side is Side.BUY else receive(size, order.price)
        fill = Fill(
            f"t-{len(self.known_fills)}", order.id, order.market_id, order.leg, order.side, order.price, size, money,
            0, False, now,
        )  # fmt: skip
        self.known_fills.append(fill)
        self.cash += money if order.side is Side.SELL else -money
        state = OrderState.FILLED if filled == order.size else OrderState.OPEN
        self.reports[order.id] = OrderReport(order.id, state, filled)
        self.sink(ev.FillSeen(now, fill))
        self.show()

    def confirm(self) -> None:
        """Prove every fill there is."""
        now = self.clock.now_ms()
        for index, fill in enumerate(self.known_fills):
            self.known_fills[index] = proven = replace(fill, status=FillStatus.CONFIRMED)
            self.sink(ev.FillSeen(now, proven))

    def trade(self, shares: int, price: int = 3400, *, is_buy: bool = True) -> None:
        """Let others trade among themselves."""
        now = self.clock.now_ms()
        self.sink(ev.TradePrinted(now, MARKET.id, Leg.YES, is_buy, price, shares * SHARE, now))

    @property
    def resting(self) -> list[Order]:
        """Our orders in the book, the oldest first."""
        return [order for order in self.placed if self._is_open(order)]

    def _is_open(self, order: Order) -> bool:
        report = self.reports.get(order.id)
        return report is not None and report.state is OrderState.OPEN

    def _with_ours(self, side: int) -> Levels:
        shown = dict(self.theirs[side])
        for order in self.resting:
            is_bid = (order.side is Side.BUY) == (order.leg is Leg.YES)
            if is_bid == (side == 0) and order.market_id == MARKET.id:
                price = order.price if order.leg is Leg.YES else PRICE_ONE - order.price
                shown[price] = shown.get(price, 0) + order.size - self.reports[order.id].filled
        return tuple(sorted(shown.items(), reverse=side == 0))

    def _facing(self, order: Order) -> Levels:
        """What others have on the other side, in the order's own prices, best first."""
        is_bid = (order.side is Side.BUY) == (order.leg is Leg.YES)
        levels = self.theirs[1 if is_bid else 0]
        return levels if order.leg is Leg.YES else tuple((PRICE_ONE - price, size) for price, size in levels)

    def _best_of_others(self, order: Order) -> int | None:
        facing = self._facing(order)
        return facing[0][0] if facing else None

    def _there(self, order: Order) -> int:
        return sum(size for price, size in self._facing(order) if not order.side.is_beyond(price, order.price))


def bench(**rules: object) -> Bench:
    """Return a desk on a trading floor, holding nothing."""
    return Bench(Floor(), DeskRules(**rules))  # type: ignore[arg-type]


def floor_of(made: Bench) -> Floor:
    """Return the venue of a bench made here."""
    assert isinstance(made.venue, Floor)
    return made.venue


def split(
    command_id: str = "split-1",
    *,
    leg: Leg = Leg.YES,
    side: Side = Side.BUY,
    shares: int = 120,
    limit: int = 3500,
    algorithm: Algorithm = Algorithm.TWAP,
    window_s: int = 600,
    least: int = 10,
    most: int = 30,
    style: Style = Style.TAKE,
    at_end: AtEnd = AtEnd.CANCEL,
) -> Split:
    """A total that is worked quietly: by default four children of 30 in ten minutes."""
    sizes = least * SHARE, most * SHARE
    return Split(
        command_id, MARKET.id, leg, side, shares * SHARE, limit, algorithm, window_s * 1000, *sizes, style, at_end
    )


def bid(
    command_id: str = "bid-1",
    *,
    leg: Leg = Leg.YES,
    side: Side = Side.BUY,
    shares: int = 60,
    limit: int = 3300,
    show: int = 20,
    life_s: int = 3600,
    stops_beyond: bool = False,
) -> Bid:
    """An order at the top of the book, 20 shares at a time."""
    return Bid(command_id, MARKET.id, leg, side, shares * SHARE, limit, show * SHARE, life_s * 1000, stops_beyond)


def only_parent(made: Bench) -> Parent:
    """Return the one parent there is."""
    (parent,) = made.desk.state.parents.values()
    return parent


def children(made: Bench, start_ms: int) -> list[tuple[int, int, int]]:
    """(whole seconds after the start, shares, price) of every order that was sent."""
    return [((o.created_ms - start_ms) // 1000, o.size // SHARE, o.price) for o in made.venue.placed]
