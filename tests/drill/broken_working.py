"""Broken in how parents are worked: plans, the top of the book, entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cockpit.core import peg
from cockpit.core.order import Order
from cockpit.core.parent import Parent, ParentState, Slice
from cockpit.core.slicing.rules import SliceRules
from cockpit.core.state import State
from cockpit.core.units import LOT
from cockpit.desk import entering, executor
from cockpit.desk.placing import enter
from cockpit.desk.working import bidder, completer, keeper, planner, slicer, taking
from tests.drill.broken import Patch, broken

FOR_EVER = 1 << 60


@broken
def slices_are_forgotten_over_a_restart(patch: Patch) -> None:
    """Which slices were sent is kept in memory only: a restart begins every plan again."""
    recover = executor.Executor.__init__

    def wrong(self: executor.Executor, desk: Any) -> None:
        recover(self, desk)
        self._is_new = True  # type: ignore[attr-defined]

    work = executor.Executor.work

    def begin_again(self: executor.Executor) -> float:
        if self._is_new:  # type: ignore[attr-defined]
            self._is_new = False  # type: ignore[attr-defined]
            self._desk.state.next_slice.update(dict.fromkeys(self._desk.state.next_slice, 0))
        return work(self)

    patch(executor.Executor, "__init__", wrong)
    patch(executor.Executor, "work", begin_again)


@broken
def a_split_leaves_as_a_whole(patch: Patch) -> None:
    """A split falls back to a single child with all of it."""

    def wrong(_self: Any, parent: Parent, total: int, start: int, *_: Any) -> Any:
        return (Slice(start, total),)

    patch(planner.Planner, "_cut", wrong)


@broken
def all_slices_are_due_at_once(patch: Patch) -> None:
    """What rests does not wait for its slice to begin."""
    patch(Parent, "due", lambda self, now_ms: len(self.slices))


@broken
def children_have_no_upper_bound(patch: Patch) -> None:
    """What was missed is made up for in a single child, however large."""
    for module in (keeper, taking, planner):
        patch(module, "most_of", lambda desk, parent: FOR_EVER // LOT * LOT)
    patch(taking.Taking, "_most", lambda self, parent: FOR_EVER)


@broken
def the_window_does_not_end(patch: Patch) -> None:
    """A split goes on with its plan after its time is over."""
    patch(slicer.Slicer, "_tail_ms", lambda self, parent: parent.ends_at_ms + 600_000)
    cross = taking.Taking._next_due

    def wrong(self: taking.Taking, parent: Parent, done: Any) -> int | None:
        return cross(self, replace(parent, ends_at_ms=parent.ends_at_ms + 600_000), done)

    patch(taking.Taking, "_next_due", wrong)


@broken
def a_paused_parent_goes_on(patch: Patch) -> None:
    """Pausing stops what is planned, but not what is sent."""
    work, unwanted = executor.Executor._work, executor.Executor.unwanted

    def wrong(self: executor.Executor, parent: Parent, now: int) -> float:
        return work(self, replace(parent, state=ParentState.WORKING), now)

    def sent_all_the_same(self: executor.Executor, order: Order) -> str:
        why = unwanted(self, order)
        return "" if why == "its parent was paused" else why

    patch(executor.Executor, "_work", wrong)
    patch(executor.Executor, "unwanted", sent_all_the_same)


@broken
def a_new_plan_covers_all_of_it_again(patch: Patch) -> None:
    """A plan made anew cuts the whole total, whatever has been done already."""
    cut = planner.Planner._cut

    def wrong(self: planner.Planner, parent: Parent, total: int, *more: Any) -> Any:
        return cut(self, parent, parent.size, *more)

    patch(planner.Planner, "_cut", wrong)


@broken
def an_iceberg_shows_all_of_it(patch: Patch) -> None:
    """The first chunk of an iceberg is the whole of it."""

    def wrong(left: int, _rules: SliceRules, _draw: Any) -> int:
        return left

    patch(planner, "next_chunk", wrong)


@broken
def the_bidder_outbids_itself(patch: Patch) -> None:
    """Our own order counts as somebody to be outbid."""
    place = peg.peg

    def wrong(book: Any, _own: Any, *more: Any) -> Any:
        return place(book, (), *more)

    patch(bidder, "peg", wrong)


@broken
def the_bidder_does_not_know_its_other_leg(patch: Patch) -> None:
    """Orders of ours on the other leg count as somebody to be outbid."""
    place = peg.peg

    def wrong(book: Any, own: Any, leg: Any, *more: Any) -> Any:
        return place(book, tuple(order for order in own if order.leg is leg), leg, *more)

    patch(bidder, "peg", wrong)


@broken
def the_bidder_crosses(patch: Patch) -> None:
    """An order at the top joins the best price of the other side."""
    place = peg.peg

    def wrong(book: Any, own: Any, leg: Any, side: Any, *more: Any) -> Any:
        found = place(book, own, leg, side, *more)
        best = book.best_for(side, leg)
        return replace(found, price=best) if found is not None and 0 < best < 10_000 else found

    patch(bidder, "peg", wrong)
    # The guard would not let it through for its limit; that it crosses is not the guard's to see.
    patch(bidder, "price_of", lambda desk, parent: parent.limit)


@broken
def a_replacement_forgets_what_has_filled(patch: Patch) -> None:
    """An order that is moved to another price is sent again in its whole size."""
    keep = keeper.Keeper.keep

    def wrong(self: keeper.Keeper, parent: Parent, done: Any, wish: keeper.Wish, now: int) -> float:
        return keep(self, parent, done, replace(wish, size=wish.size + done.filled), now)

    patch(keeper.Keeper, "keep", wrong)


@broken
def the_second_leg_does_not_wait(patch: Patch) -> None:
    """The second leg of an entry is taken before the first has filled."""
    patch(completer.Completer, "_missing", lambda self, first, done: first.size - done.filled - done.possible)
    patch(completer.Completer, "_proven", lambda self, first: FOR_EVER)


@broken
def unproven_fills_are_completed_without_a_bound(patch: Patch) -> None:
    """The second leg of an entry follows fills that may still fail, as far as they go."""
    patch(completer.Completer, "_proven", lambda self, first: FOR_EVER)


@broken
def an_entry_needs_no_spread(patch: Patch) -> None:
    """An entry is started whatever it locks."""
    patch(enter, "_spread_problem", lambda desk, market, entry: None)


@broken
def the_fees_of_an_entry_are_forgotten(patch: Patch) -> None:
    """What an entry locks is counted before fees."""
    patch(enter, "takes", lambda kind, first, leg: False)

    def wrong(_kind: Any, _first: Any, shares: int, prices: tuple[int, int], _fees: Any) -> int:
        return shares - shares * sum(prices) // 10_000

    patch(enter, "result_of", wrong)


@broken
def an_entry_never_ends(patch: Patch) -> None:
    """An entry stays open when both its legs have ended."""
    patch(entering.Entering, "_end", lambda self, entry, legs: None)


@broken
def all_parents_share_one_plan(patch: Patch) -> None:
    """How far one parent of a market is counts for all others of it."""
    children_of = State.children_of

    def wrong(self: State, parent_id: str) -> list[Order]:
        market_id = self.parents[parent_id].market_id
        mine = [p for p in self.parents if self.parents[p].market_id == market_id and self.parents[p].is_open]
        return children_of(self, min(mine, default=parent_id))

    from cockpit.desk.working import children

    done_of = children.done_of

    def mixed(desk: Any, parent: Parent) -> Any:
        kept = State.children_of
        State.children_of = wrong  # type: ignore[method-assign]
        try:
            return done_of(desk, parent)
        finally:
            State.children_of = kept  # type: ignore[method-assign]

    for module in (slicer, bidder):
        patch(module, "done_of", mixed)
