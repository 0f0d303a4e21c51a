"""Broken in how pairs are merged, winners redeemed, and what is too little is left alone."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core import conversion as conversions
from cockpit.core import events as ev
from cockpit.core import fold, fold_conversions
from cockpit.core.conversion import Conversion
from cockpit.core.market import Leg
from cockpit.core.order import Order
from cockpit.core.position import Position
from cockpit.core.state import State
from cockpit.core.units import LOT
from cockpit.desk import converter
from cockpit.venues.base import Unanswered
from tests.drill.broken import Patch, broken


def _mergeable(patch: Patch, wrong: object) -> None:
    patch(conversions, "mergeable", wrong)
    patch(converter, "mergeable", wrong)


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
def a_redemption_leaves_the_claim(patch: Patch) -> None:
    """What was redeemed is still owed."""
    table = dict(fold._APPLY)

    def wrong(state: State, event: ev.ClaimRedeemed) -> None:
        fold_conversions._prove(
            state, event.conversion_id, event.market_id, conversions.ConversionKind.REDEEM, 0, 0, event.amount
        )

    table[ev.ClaimRedeemed] = wrong
    patch(fold, "_APPLY", table)
