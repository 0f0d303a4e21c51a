"""The fold of trading: parents with their plans, entries, and orders."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import events as ev
from cockpit.core import fold_queues
from cockpit.core.fold_fills import set_order
from cockpit.core.fold_market import look_at_top
from cockpit.core.limits import Reason
from cockpit.core.order import OrderState
from cockpit.core.parent import Parent
from cockpit.core.state import State
from cockpit.core.tape import average_price

NO_REFUSALS = (Reason.PRICE_MOVED, Reason.BELOW_MINIMUM)
"""Why a slice may come to nothing without anything being wrong with its parent."""


def parent_started(state: State, event: ev.ParentStarted) -> None:
    """Take a parent with its plan."""
    parent = event.parent
    state.parents[parent.id] = parent
    state.open_parents[parent.id] = None
    if event.command_id:
        state.commands_done.add(event.command_id)
    state.children[parent.id] = []
    state.next_slice[parent.id] = 0
    tape = state.tapes.get(parent.market_id)
    state.tape_marks[parent.id] = (tape.volume, tape.product) if tape is not None else (0, 0)
    if parent.is_pegged:
        state.pegged.setdefault(parent.market_id, {})[parent.id] = None


def parent_moved(state: State, event: ev.ParentMoved) -> None:
    """Set a parent's state."""
    parent = replace(state.parents[event.parent_id], state=event.state, reason=event.reason)
    state.parents[parent.id] = parent
    if parent.is_open:
        state.open_parents[parent.id] = None
        return
    state.open_parents.pop(parent.id, None)
    state.vwaps[parent.id] = event.vwap
    state.tape_marks.pop(parent.id, None)
    if parent.is_pegged:
        _unpeg(state, parent, event.at_ms)


def parent_planned(state: State, event: ev.ParentPlanned) -> None:
    """Replace what is left of a plan."""
    parent = state.parents[event.parent_id]
    slices = (*parent.slices[: event.first], *event.slices)
    state.parents[parent.id] = replace(parent, slices=slices, planned_from=event.first, planned_done=event.done)


def parent_amended(state: State, event: ev.ParentAmended) -> None:
    """Set a parent's limit."""
    state.parents[event.parent_id] = replace(state.parents[event.parent_id], limit=event.limit)


def entry_started(state: State, event: ev.EntryStarted) -> None:
    """Take an entry; its legs follow."""
    state.entries[event.entry.id] = event.entry
    if event.command_id:
        state.commands_done.add(event.command_id)


def entry_moved(state: State, event: ev.EntryMoved) -> None:
    """Set an entry's state."""
    state.entries[event.entry_id] = replace(state.entries[event.entry_id], state=event.state, reason=event.reason)


def slice_skipped(state: State, event: ev.SliceSkipped) -> None:
    """Count a slice as used without a child; a refusal is what would be refused again."""
    state.next_slice[event.parent_id] = max(state.next_slice[event.parent_id], event.slice_index + 1)
    state.last_try[event.parent_id] = event.at_ms
    if event.reason not in NO_REFUSALS:
        state.refusals[event.parent_id] = state.refusals.get(event.parent_id, 0) + 1


def order_sending(state: State, event: ev.OrderSending) -> None:
    """Take an order that is about to be sent."""
    order = event.order.move(OrderState.SENDING)
    set_order(state, order)
    fold_queues.join(state, order)
    if order.parent_id in state.children:
        state.children[order.parent_id].append(order.id)
        state.next_slice[order.parent_id] = max(state.next_slice[order.parent_id], order.slice_index + 1)
        state.last_try[order.parent_id] = event.at_ms
        state.refusals.pop(order.parent_id, None)


def order_moved(state: State, event: ev.OrderMoved) -> None:
    """Move an order, unless newer knowledge is already in."""
    order = state.orders.get(event.order_id)
    if order is None:
        return
    has_matched_more = event.venue_filled > order.venue_filled
    if event.state is not order.state and not order.may_become(event.state):
        state.late_reports += 1
        if has_matched_more:
            set_order(state, replace(order, venue_filled=event.venue_filled, is_presumed=False))
        return
    # The same end told again leaves what we presumed, unless the venue matched more than we knew.
    is_repeated = order.is_presumed and event.state is order.state and not has_matched_more
    is_presumed = event.is_presumed or is_repeated
    set_order(state, order.move(event.state, event.reason, event.venue_filled, is_presumed=is_presumed))
    if order.market_id in state.pegged:
        look_at_top(state, order.market_id, event.at_ms)


def vwap_of(state: State, parent: Parent) -> int:
    """Return the average price of all trades of a parent's leg while it was worked; 0 when there were none."""
    if not parent.is_open:
        return state.vwaps.get(parent.id, 0)
    tape, marks = state.tapes.get(parent.market_id), state.tape_marks.get(parent.id)
    if tape is None or marks is None:
        return 0
    return average_price(tape.volume - marks[0], tape.product - marks[1], parent.leg)


def _unpeg(state: State, parent: Parent, at_ms: int) -> None:
    """A pegged parent has ended: its time at the top is counted to here."""
    look_at_top(state, parent.market_id, at_ms)
    pegged = state.pegged.get(parent.market_id, {})
    pegged.pop(parent.id, None)
    if not pegged:
        state.pegged.pop(parent.market_id, None)
