"""The end of a market: what still works it shortly before is stopped, and what it paid is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.market import Leg, Stage
from cockpit.core.parent import ParentState
from cockpit.core.results import RESOLUTION
from cockpit.core.units import PRICE_ONE, money_text
from cockpit.desk.working.children import move_parent

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

STAGES = {
    Stage.ENDED: "trading has ended, an outcome is awaited",
    Stage.PROPOSED: "an outcome is proposed",
    Stage.DISPUTED: "the proposed outcome is disputed: nothing is paid before it is decided",
}
WHY = "the market is about to end"


class Ending:
    """Looks at markets whose scheduled end is near."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self) -> None:
        """Stop what works a market in the last MAX_REBALANCE_WAIT seconds, and cancel what rests there."""
        desk, state, now = self._desk, self._desk.state, self._desk.clock.now_ms()
        wait = desk.rules.rebalance.stop_before_end_ms
        for market_id in dict.fromkeys((*state.live, *(parent.market_id for parent in state.all_open_parents()))):
            market = state.markets.get(market_id)
            if market is None or market.closes_at_ms is None or market.closes_at_ms - now >= wait:
                continue
            for parent in [parent for parent in state.all_open_parents() if parent.market_id == market_id]:
                move_parent(desk, parent, ParentState.STOPPED, WHY)
            resting = [o.id for o in state.live_orders(market_id) if o.can_rest and not o.is_unwanted]
            if resting:
                desk.start("cancel", desk.canceller.cancel(resting))

    def moved(self, event: ev.ResolutionMoved) -> None:
        """Tell how far a market is that something is held of."""
        state = self._desk.state
        market, now = state.markets.get(event.market_id), STAGES.get(event.stage, "")
        if market is not None and now and not state.position(market.id).is_flat:
            self._desk.note("warning" if event.stage is Stage.DISPUTED else "info", f"{market.name}: {now}")

    def ended(self, event: ev.MarketEnded) -> None:
        """Tell what a market paid, when anything was held of it."""
        desk, state = self._desk, self._desk.state
        market, results = state.markets.get(event.market_id), state.results.get(event.market_id)
        if market is None or results is None or RESOLUTION not in results.closings:
            return
        how = "void, half each"
        if event.payout_yes in (0, PRICE_ONE):
            how = f"{market.outcomes[Leg.YES if event.payout_yes else Leg.NO]} won"
        result = results.closings[RESOLUTION]
        sign = "+" if result > 0 else ""
        words = f"{market.name} has resolved: {how}; pays {money_text(results.paid)} USD, {sign}{money_text(result)}"
        desk.note("info", f"{words} on what was held")
