"""Broken in how fills and positions are counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cockpit.core import events as ev
from cockpit.core import fold, fold_fills
from cockpit.core.order import Fill, FillStatus
from cockpit.core.position import Holding, Position
from cockpit.core.state import State
from cockpit.desk import intake, reconciler
from tests.drill.broken import Patch, broken


def _patch_fold(patch: Patch, kind: type[Any], new: Any) -> None:
    table = dict(fold._APPLY)
    table[kind] = new
    patch(fold, "_APPLY", table)


@broken
def a_fill_counts_once_per_status(patch: Patch) -> None:
    """Each news of a fill adds it again."""

    def wrong(state: State, event: ev.FillMoved) -> None:
        fold_fills.fill_moved(state, event)
        fill = state.fills.get((event.trade_id, event.order_id))
        if fill is not None and fill.counts and event.status is FillStatus.MINED:
            fold_fills._set_position(state, state.position(fill.market_id).apply(fill))

    _patch_fold(patch, ev.FillMoved, wrong)


@broken
def a_repeated_fill_counts_again(patch: Patch) -> None:
    """A fill that is told twice is counted twice."""
    take = intake.Intake.take

    def wrong(self: intake.Intake, event: ev.Event) -> None:
        if isinstance(event, ev.FillSeen) and event.fill.key in self._desk.state.fills:
            state = self._desk.state
            fold_fills._set_position(state, state.position(event.fill.market_id).apply(event.fill))
        take(self, event)

    patch(intake.Intake, "take", wrong)


@broken
def a_settled_fill_goes_back(patch: Patch) -> None:
    """A late, older status undoes a newer one."""
    patch(Fill, "advance", lambda self, status: self if status is self.status else replace(self, status=status))


@broken
def a_failed_fill_stays(patch: Patch) -> None:
    """A fill that failed stays in the position."""
    patch(Fill, "counts", property(lambda self: True))


@broken
def a_failure_that_comes_first_is_forgotten(patch: Patch) -> None:
    """News of a fill that has not been seen yet is thrown away, and reads bring new fills only."""
    take = intake.Intake.take

    def wrong(self: intake.Intake, event: ev.Event) -> None:
        known = self._desk.state.fills
        is_early = isinstance(event, ev.FillMoved) and (event.trade_id, event.order_id) not in known
        is_old = isinstance(event, ev.FillSeen) and event.fill.key in known
        if not (is_early or is_old):
            take(self, event)

    patch(intake.Intake, "take", wrong)


@broken
def fills_of_others_are_ignored(patch: Patch) -> None:
    """Fills of orders that the desk did not send are not counted."""
    take = intake.Intake.take

    def wrong(self: intake.Intake, event: ev.Event) -> None:
        state = self._desk.state
        is_foreign = isinstance(event, ev.FillSeen) and event.fill.order_id not in state.orders
        if not (is_foreign and self._desk.is_ready):
            take(self, event)

    patch(intake.Intake, "take", wrong)


@broken
def a_late_fill_of_a_dead_order_is_ignored(patch: Patch) -> None:
    """A fill that arrives after its order has ended is thrown away."""
    take = intake.Intake.take

    def wrong(self: intake.Intake, event: ev.Event) -> None:
        order = self._desk.state.orders.get(event.fill.order_id) if isinstance(event, ev.FillSeen) else None
        if order is None or not order.is_terminal:
            take(self, event)

    patch(intake.Intake, "take", wrong)


@broken
def sells_what_is_only_claimed(patch: Patch) -> None:
    """Shares of fills that are not confirmed are sold."""
    patch(Holding, "tradeable", property(lambda self: max(0, self.shares)))


@broken
def closes_an_unproven_shortage(patch: Patch) -> None:
    """An imbalance that is not confirmed is rebalanced."""
    patch(Position, "sure_delta", property(lambda self: self.delta))


@broken
def fees_are_forgotten(patch: Patch) -> None:
    """Fees are not taken off the cash."""
    apply = Position.apply
    patch(Position, "apply", lambda self, fill: apply(self, replace(fill, fee=0)))


@broken
def a_confirmation_counts_twice(patch: Patch) -> None:
    """A confirmed fill adds to the proven shares once more."""
    prove = Position.prove
    patch(Position, "prove", lambda self, fill: prove(prove(self, fill), fill))


@broken
def the_venues_balance_overwrites_ours(patch: Patch) -> None:
    """Any difference from the venue's balance is taken over at once, without a word to anybody."""

    async def wrong(self: reconciler.Reconciler) -> None:
        for key, found in (await self._differences()).items():
            if key.startswith("shares/"):
                self._tell(found)
                self.accept(key, found.theirs)

    patch(reconciler.Reconciler, "compare", wrong)


@broken
def a_failed_sale_returns_nothing(patch: Patch) -> None:
    """When a sale fails its shares do not come back."""
    refold = fold_fills.refold

    def wrong(state: State, market_id: str) -> None:
        before = state.position(market_id)
        refold(state, market_id)
        after = state.position(market_id)
        if after.yes.shares > before.yes.shares or after.no.shares > before.no.shares:
            fold_fills._set_position(state, replace(after, yes=before.yes, no=before.no))

    patch(fold_fills, "refold", wrong)
