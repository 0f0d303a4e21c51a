"""Worker: takes what the venue tells, in its lanes, and folds what is news."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.conversion import ConversionState
from cockpit.desk.inbox import Inbox

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

BATCH = 200
"""Events folded before other tasks get a turn: some milliseconds."""


class Intake:
    """The venue's way into the state."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.inbox = Inbox()
        self._arrived = asyncio.Event()

    def put(self, event: ev.Event) -> None:
        """Take an event at once; folded soon."""
        self.inbox.put(event)
        self._arrived.set()

    async def run(self) -> None:
        """Fold what has arrived, and let others have a turn after every batch."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self.inbox:
                for _ in range(BATCH):
                    event = self.inbox.take()
                    if event is None:
                        break
                    self.take(event)
                self._desk.manager.weigh_dirty()
                await asyncio.sleep(0)

    def take(self, event: ev.Event) -> None:
        """Fold an event of the venue, unless it says nothing new."""
        desk, state = self._desk, self._desk.state
        match event:
            case ev.FillSeen(fill=fill) if fill.key in state.fills:
                self.take(ev.FillMoved(event.at_ms, fill.trade_id, fill.order_id, fill.status))
            case ev.FillSeen(fill=fill):
                self._record_own(replace(event, is_external=fill.order_id not in state.orders), fill.order_id)
            case ev.FillMoved(trade_id=trade, order_id=order) if (trade, order) in state.fills:
                known = state.fills[trade, order]
                if known.advance(event.status) is not known:
                    desk.record(event)
            case ev.FillMoved(trade_id=trade, order_id=order):
                if event.status not in state.early.get((trade, order), ()):
                    desk.record(event)
            case ev.OrderMoved(order_id=order) if order not in state.orders:
                return
            case ev.OrderMoved(order_id=order):
                self._record_own(event, order)
            case ev.PairsMerged(conversion_id=name) | ev.ClaimRedeemed(conversion_id=name):
                conversion = state.conversions.get(name)
                if conversion is None or conversion.state is not ConversionState.DONE:
                    desk.record(event)
            case ev.ConversionFailed(conversion_id=name):
                if name in state.pending:
                    desk.record(event)
            case ev.MarketListed(market=market) if state.markets.get(market.id) == market:
                return
            case ev.MarketEnded(market_id=market_id) if market_id in state.ended:
                return
            case ev.ResolutionMoved(market_id=market_id, stage=stage):
                known_stage = state.stages.get(market_id)
                if known_stage is None or (market_id not in state.ended and known_stage[0] is not stage):
                    desk.record(event)
            case ev.ConnectionChanged(is_up=True) if state.connection and not state.connection.is_up:
                desk.record(event)
                desk.distrust()
            case _:
                desk.record(event)

    def _record_own(self, event: ev.FillSeen | ev.OrderMoved, order_id: str) -> None:
        """Record news of one of our orders; an alarm when it was taken for dead."""
        desk = self._desk
        before = desk.state.orders.get(order_id)
        if isinstance(event, ev.OrderMoved) and before is not None and not self._is_news(event):
            return
        desk.record(event)
        if before is not None and before.is_presumed and not desk.state.orders[order_id].is_presumed:
            desk.note("alarm", f"{before.label} was taken for dead and is not", is_alert=True)

    def _is_news(self, event: ev.OrderMoved) -> bool:
        order = self._desk.state.orders[event.order_id]
        is_move = event.state is not order.state and order.may_become(event.state)
        return is_move or event.venue_filled > order.venue_filled
