"""What stories on the bench have in common: orders by hand, orders that rest already, waiting for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core.commands import Command, Place
from cockpit.core.frame import Frame, StopRow
from cockpit.core.frame_orders import Receipt
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Fill, Order, OrderState, OrderType
from cockpit.core.units import SHARE, pay
from cockpit.venues.base import OrderReport
from tests.desk.fakes import MARKET, OTHER, Bench, FakeVenue, opening_fill


def by_hand(
    command_id: str = "place-1",
    *,
    market: Market = MARKET,
    leg: Leg = Leg.YES,
    side: Side = Side.BUY,
    shares: int = 20,
    limit: int = 3000,
    kind: OrderType = OrderType.GTC,
    life_s: int = 3_600,
) -> Place:
    """An order of a person's own; by default it rests below the book until it is cancelled."""
    return Place(command_id, market.id, leg, side, shares * SHARE, limit, kind, life_s=life_s)


def resting(bench: Bench, count: int) -> list[Order]:
    """Let the desk have this many small orders in the book, all known to both sides."""
    desk, orders = bench.desk, []
    for number in range(count):
        order = Order(
            f"0xold-{number}", f"o-{number}", "", MARKET.id, Leg.YES, Side.BUY, 3000, 5 * SHARE, OrderType.GTC,
            created_ms=desk.clock.now_ms(),
        )  # fmt: skip
        desk.record(ev.OrderSending(desk.clock.now_ms(), order))
        desk.record(ev.OrderMoved(desk.clock.now_ms(), order.id, OrderState.OPEN))
        bench.venue.placed.append(order)
        bench.venue.rest(order)
        orders.append(order)
    return orders


def foreign(venue: FakeVenue, name: str = "0xforeign") -> Order:
    """Let somebody else's order rest on the account."""
    order = Order(name, "", "", MARKET.id, Leg.YES, Side.BUY, 3000, 10 * SHARE, OrderType.GTC, state=OrderState.OPEN)
    venue.placed.append(order)
    venue.rest(order)
    return order


def end(venue: FakeVenue, order: Order, state: OrderState, filled: int = 0) -> None:
    """Let the venue end an order by itself, and tell."""
    venue.reports[order.id] = OrderReport(order.id, state, filled, "by the venue")
    venue.sink(ev.OrderMoved(venue.clock.now_ms(), order.id, state, "by the venue", filled))


async def until(is_so: Callable[[], object], seconds: float) -> None:
    """Wait for a moment that must come within this time."""
    for _ in range(round(seconds / 0.05)):
        if is_so():
            return
        await asyncio.sleep(0.05)
    assert is_so(), f"not within {seconds:g} s"


async def ask(bench: Bench, command: Command, seconds: float = 0.3) -> Receipt:
    """Send a command and return its answer."""
    bench.desk.submit(command)
    await asyncio.sleep(seconds)
    return receipt(bench, command.id)


def receipt(bench: Bench, command_id: str) -> Receipt:
    """The one answer to a command."""
    (found,) = [answer for answer in bench.desk.receipts if answer.command_id == command_id]
    return found


def told(bench: Bench, level: str) -> list[str]:
    """Lines of one level written since the bench was made."""
    return [event.text for event in bench.events if isinstance(event, ev.Noted) and event.level == level]


def alerts(bench: Bench) -> list[str]:
    """Lines sent to people who do not look at a screen."""
    return [event.text for event in bench.events if isinstance(event, ev.Noted) and event.is_alert]


def frame(bench: Bench) -> Frame:
    """The picture as it is now."""
    found = bench.desk.picture((), None)
    assert found is not None
    return found


def stop(bench: Bench) -> StopRow:
    """How far a stop is, or what one would do."""
    found = frame(bench).stop
    assert found is not None
    return found


def sent(bench: Bench) -> list[tuple[int, int]]:
    """(size in shares, price) of every order that left."""
    return [(order.size // SHARE, order.price) for order in bench.venue.placed]


async def start_with_one_resting(bench: Bench) -> asyncio.Task[None]:
    """Start with an order by hand for 20 at 0.30 in the book."""
    bench.venue.on_place = bench.venue.rest
    task = await bench.start()
    assert (await ask(bench, by_hand(), 1)).is_done
    assert sent(bench) == [(20, 3000)]
    return task


def traded_elsewhere(bench: Bench, shares: int, side: Side = Side.BUY) -> None:
    """Let somebody else buy or sell YES of the other market on the account."""
    venue, now = bench.venue, bench.venue.clock.now_ms()
    opening = opening_fill(f"by-hand-{len(venue.known_fills)}", OTHER, Leg.YES, shares, 5000)
    fill = replace(opening, side=side, at_ms=now)
    venue.known_fills.append(fill)
    venue.cash += fill.money if side is Side.SELL else -fill.money
    venue.sink(ev.FillSeen(now, fill))


def match(bench: Bench, order: Order, shares: int, *, is_told: bool = True) -> None:
    """Match part of a resting order, which rests on."""
    venue, now = bench.venue, bench.venue.clock.now_ms()
    size, money = shares * SHARE, pay(shares * SHARE, order.price)
    fill = Fill(
        f"t-{len(venue.known_fills)}", order.id, order.market_id, order.leg, order.side, order.price, size, money,
        0, False, now,
    )  # fmt: skip
    venue.cash -= money
    venue.reports[order.id] = OrderReport(order.id, OrderState.OPEN, size)
    if is_told:
        venue.known_fills.append(fill)
        venue.sink(ev.FillSeen(now, fill))
    else:
        asyncio.get_running_loop().call_later(8, venue.known_fills.append, fill)
