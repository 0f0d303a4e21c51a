"""Broken in how pairs are merged, winners redeemed, and what is too little is left alone."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core import conversion as conversions
from cockpit.core import events as ev
from cockpit.core import fold, fold_conversions, fold_fills, rebalance
from cockpit.core.conversion import Conversion
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.position import Position
from cockpit.core.rebalance import Choice, Option, RebalanceRules
from cockpit.core.state import State
from cockpit.core.units import LOT
from cockpit.desk import converter, intake, manager
from cockpit.venues.base import Unanswered
from tests.drill.broken import Patch, broken


def _mergeable(patch: Patch, wrong: object) -> None:
    patch(conversions, "mergeable", wrong)
    patch(converter, "mergeable", wrong)


@broken
def a_merge_counts_twice(patch: Patch) -> None:
    """A merge that is told twice is counted twice."""
    take, table = intake.Intake.take, dict(fold._APPLY)

    def wrong_take(self: intake.Intake, event: ev.Event) -> None:
        if isinstance(event, ev.PairsMerged):
            self._desk.record(event)
        else:
            take(self, event)

    def wrong_fold(state: State, event: ev.PairsMerged) -> None:
        fold_conversions._prove(state, event.conversion_id, event.market_id, conversions.ConversionKind.MERGE, 0, 0)
        merges = state.merges_of.setdefault(event.market_id, [])
        merges.append((len(state.fills_of.get(event.market_id, ())), event.shares))
        fold_fills.refold(state, event.market_id)

    table[ev.PairsMerged] = wrong_fold
    patch(intake.Intake, "take", wrong_take)
    patch(fold, "_APPLY", table)


@broken
def merges_what_is_only_claimed(patch: Patch) -> None:
    """Shares of fills that are not confirmed are merged."""

    def wrong(position: Position, own: Iterable[Order]) -> int:
        return max(position.matched - position.merging, 0) // LOT * LOT

    _mergeable(patch, wrong)


@broken
def merges_what_is_for_sale(patch: Patch) -> None:
    """Shares that open orders may still sell are merged."""

    def wrong(position: Position, own: Iterable[Order]) -> int:
        return min(position.sellable(leg) for leg in Leg) // LOT * LOT

    _mergeable(patch, wrong)


@broken
def sells_what_is_being_merged(patch: Patch) -> None:
    """Shares of a merge that is on its way are sold, and merged again."""
    patch(Position, "sellable", lambda self, leg: self.holding(leg).tradeable)


@broken
def a_merge_that_is_not_answered_has_failed(patch: Patch) -> None:
    """A merge that was not answered counts as failed."""
    send = converter.Converter._send

    async def wrong(self: converter.Converter, conversion: Conversion) -> None:
        await send(self, conversion)
        if conversion.id in self._desk.state.pending and any(
            "no answer to" in notice.text for notice in list(self._desk.state.notices)[-1:]
        ):
            self._fail(conversion.id, "not answered")

    patch(converter.Converter, "_send", wrong)


@broken
def a_merge_that_is_not_listed_has_failed(patch: Patch) -> None:
    """A merge that a read does not show counts as failed at once."""

    async def wrong(self: converter.Converter) -> None:
        found = {conversion.id: conversion for conversion in await self._desk.venue.conversions()}
        for theirs in found.values():
            self._learn(theirs)
        for name in list(self._desk.state.pending):
            if name not in found:
                self._fail(name, "it never reached the venue")

    patch(converter.Converter, "read", wrong)


@broken
def merges_before_the_intent_is_on_disk(patch: Patch) -> None:
    """The request to merge leaves before its intent is durable."""

    async def wrong(self: converter.Converter, conversion: Conversion) -> None:
        try:
            await self._desk.venue.convert(conversion)
        except Unanswered:
            pass
        finally:
            self._sent.discard(conversion.id)

    patch(converter.Converter, "_send", wrong)


@broken
def a_stop_lets_merges_through(patch: Patch) -> None:
    """Merges and redemptions are asked for although the desk is halted."""
    patch(conversions, "_state", lambda account: None)

    async def wrong(self: converter.Converter, conversion: Conversion) -> None:
        await self._desk.journal.barrier()
        try:
            await self._desk.venue.convert(conversion)
        except Unanswered:
            pass
        finally:
            self._sent.discard(conversion.id)

    patch(converter.Converter, "_send", wrong)


@broken
def what_is_owed_is_spent(patch: Patch) -> None:
    """What resolved markets owe counts as cash before it is paid."""
    patch(State, "cash_there", property(lambda self: self.cash))


@broken
def a_redemption_leaves_the_claim(patch: Patch) -> None:
    """What was redeemed is still owed."""
    table = dict(fold._APPLY)

    def wrong(state: State, event: ev.ClaimRedeemed) -> None:
        fold_conversions._prove(
            state, event.conversion_id, event.market_id, conversions.ConversionKind.REDEEM, 0, 0, event.amount
        )

    table[ev.ClaimRedeemed] = wrong
    patch(fold, "_APPLY", table)


@broken
def a_resolution_pays_twice(patch: Patch) -> None:
    """The end of a market is counted again each time it is told."""
    take, table = intake.Intake.take, dict(fold._APPLY)
    ended = table[ev.MarketEnded]

    def wrong_take(self: intake.Intake, event: ev.Event) -> None:
        if isinstance(event, ev.MarketEnded):
            self._desk.record(event)
        else:
            take(self, event)

    def wrong_fold(state: State, event: ev.MarketEnded) -> None:
        if event.market_id in state.ended and event.market_id in state.claims:
            state.cash += state.claims[event.market_id]
        ended(state, event)

    table[ev.MarketEnded] = wrong_fold
    patch(intake.Intake, "take", wrong_take)
    patch(fold, "_APPLY", table)


@broken
def dust_is_tried_again_and_again(patch: Patch) -> None:
    """An imbalance below the venue's minimum is closed all the same."""
    choose = rebalance.choose

    def wrong(position: Position, options: tuple[Option, ...], rules: RebalanceRules) -> Choice:
        choice = choose(position, options, rules)
        if choice.verdict is rebalance.Verdict.DUST and options:
            sale = next((o for o in options if o.side is Side.SELL), options[0])
            return Choice(rebalance.Verdict.TRADE, options, sale)
        return choice

    patch(manager, "choose", wrong)
