"""Who must look at a change, and which changes people are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.market import Side
from cockpit.core.order import Fill
from cockpit.core.units import price_text, shares_text
from cockpit.desk.alarms import DELTA

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

_BOOK_EVENTS = (ev.LevelsChanged, ev.BookSnapshot, ev.BookLost)
_PARENT_EVENTS = (ev.OrderMoved, ev.ParentMoved, ev.ParentStarted, ev.ParentAmended, ev.ParentPlanned)


def wake(desk: Desk, event: ev.Event) -> None:
    """Wake the workers that an event concerns."""
    _forget_worst(desk, event)
    if isinstance(event, _BOOK_EVENTS):
        if event.market_id in desk.state.positions:
            desk.manager.touch(event.market_id)
        if event.market_id in desk.state.pegged:
            desk.executor.book_changed(event.market_id)
    elif isinstance(event, ev.TradePrinted):
        desk.executor.traded(event.market_id)
    elif isinstance(event, ev.FillSeen):
        desk.manager.filled(event.fill.market_id)
        desk.manager.touch(event.fill.market_id)
        desk.executor.touch()
        _say_fill(desk, desk.state.fills[event.fill.key])
        desk.entering.refilled(event.fill.order_id)
    elif isinstance(event, ev.FillMoved):
        fill = desk.state.fills.get((event.trade_id, event.order_id))
        if fill is not None:
            desk.manager.touch(fill.market_id)
            if not fill.counts:
                _say_failed(desk, fill)
                desk.entering.refilled(fill.order_id)
        desk.executor.touch()
    elif isinstance(event, _PARENT_EVENTS):
        desk.executor.touch()
    elif isinstance(event, ev.PairsMerged | ev.ClaimRedeemed | ev.ConversionFailed):
        desk.converter.ended(event)
        desk.executor.touch()
    elif isinstance(event, ev.ResolutionMoved):
        desk.ending.moved(event)
        desk.manager.touch(event.market_id)
        desk.executor.touch()
    elif isinstance(event, ev.MarketEnded):
        desk.ending.ended(event)
    elif isinstance(event, ev.Noted) and event.limit == DELTA:
        for market_id in desk.state.positions:
            desk.manager.touch(market_id)
    elif isinstance(event, ev.TickChanged):
        desk.manager.touch(event.market_id)
    elif isinstance(event, ev.PairWeighed):
        desk.deciding.weighed(event)


def _forget_worst(desk: Desk, event: ev.Event) -> None:
    """Have the guard count a market anew whose orders or fills have moved."""
    if isinstance(event, ev.OrderMoved):
        order = desk.state.orders.get(event.order_id)
        if order is not None:
            desk.guard.committed.forget(order.market_id)
    elif isinstance(event, ev.OrderSending):
        desk.guard.committed.forget(event.order.market_id)
    elif isinstance(event, ev.FillSeen):
        desk.guard.committed.forget(event.fill.market_id)
    elif isinstance(event, ev.FillMoved):
        fill = desk.state.fills.get((event.trade_id, event.order_id))
        if fill is not None:
            desk.guard.committed.forget(fill.market_id)
    elif isinstance(event, ev.MarketEnded | ev.PairsMerged):
        desk.guard.committed.forget(event.market_id)
    elif isinstance(event, ev.MarketListed):
        desk.guard.committed.forget(event.market.id)


def _say_fill(desk: Desk, fill: Fill) -> None:
    if not fill.counts and fill.order_id in desk.state.orders:
        _say_failed(desk, fill)
    elif fill.counts and desk.is_ready:
        desk.note("info", _fill_words(desk, fill))


def _say_failed(desk: Desk, fill: Fill) -> None:
    """Tell, also while starting, that the venue has taken back what people were told they hold, or have sold."""
    desk.note("alarm", f"a fill has FAILED and is taken back: {_fill_words(desk, fill)}", is_alert=True)


def _fill_words(desk: Desk, fill: Fill) -> str:
    """Return `c-0001 bought 20 Yes @ 0.34 Harbour bill`."""
    market, order = desk.state.markets.get(fill.market_id), desk.state.orders.get(fill.order_id)
    who = order.label if order else "foreign order"
    name = market.name if market else fill.market_id
    outcome = market.outcomes[fill.leg] if market else fill.leg.name
    verb = "bought" if fill.side is Side.BUY else "sold"
    return f"{who} {verb} {shares_text(fill.shares)} {outcome} @ {price_text(fill.price)} {name}"
