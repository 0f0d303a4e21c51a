"""Why a parent waits or sends, and how an entry stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import check_words as c
from cockpit.core import entry_words as e
from cockpit.core import parent_words as w
from cockpit.core.entry import Entry, result_of
from cockpit.core.gates import Input, Row, price, seconds_text
from cockpit.core.parent import SLICED, Algorithm, Parent, ParentState, Style
from cockpit.core.units import LOT, PRICE_ONE, cents_text, floor_lot, shares_text
from cockpit.core.why import Why, explained
from cockpit.core.why_records import slice_records
from cockpit.desk.explaining.pairs import once
from cockpit.desk.working.bidder import top_of
from cockpit.desk.working.children import done_of, most_of, price_of, taking_price, venue_least
from cockpit.desk.working.taking import taking_gates

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def explain_parent(desk: Desk, why: Why, parent: Parent) -> Why:
    """Return why a parent waits, rests or sends."""
    done = done_of(desk, parent)
    reason = f": {parent.reason}" if parent.reason else ""
    decision = f"{parent.state}{reason}; {shares_text(done.filled)} of {shares_text(parent.size)} filled"
    inputs = tuple(_inputs(desk, parent))
    return explained(replace(why, kind="parent", decision=decision, inputs=inputs), once(_rows(desk, parent)))


def explain_entry(desk: Desk, why: Why, entry: Entry) -> Why:
    """Return how an entry stands: whether it is open, what it locks, and what its legs wait for."""
    state, market = desk.state, desk.state.markets[entry.market_id]
    legs = [parent for parent in state.parents.values() if parent.entry_id == entry.id]
    result = result_of(entry.kind, entry.first, entry.shares, entry.prices, market.fees)
    a_pair, least = result * PRICE_ONE // max(entry.shares, 1), desk.rules.entry.min_spread
    rows: list[Row] = [
        (w.OPEN, entry.is_open, not entry.is_open, 0),
        *_of_desk(desk),
        (e.SPREAD, a_pair >= least, a_pair, least),
        *(row for parent in legs if parent.algorithm is Algorithm.COMPLETE for row in _matched(desk, parent)),
    ]
    inputs = []
    for parent in legs:
        done = done_of(desk, parent)
        words = f"{shares_text(done.filled)} of {shares_text(parent.size)} at {price(parent.limit)} or better"
        inputs.append(Input(f"{parent.id} {market.outcomes[parent.leg]}", f"{words}, {parent.state}"))
    inputs.append(Input("locks", f"{cents_text(result)} USD when both fill"))
    inputs.append(Input("time left", seconds_text(max(entry.ends_at_ms - desk.clock.now_ms(), 0))))
    reason = f": {entry.reason}" if entry.reason else ""
    return explained(replace(why, kind="entry", decision=f"{entry.state}{reason}", inputs=tuple(inputs)), once(rows))


def _of_desk(desk: Desk) -> Iterable[Row]:
    is_halted, may_send = bool(desk.state.halted), desk.may_send
    yield c.HALTED, not is_halted, is_halted, 0
    yield c.READY, may_send, not may_send, 0


def _rows(desk: Desk, parent: Parent) -> Iterable[Row]:
    """Yield what a parent waits for, and what its next child must meet."""
    state, now, done = desk.state, desk.clock.now_ms(), done_of(desk, parent)
    yield w.OPEN, parent.is_open, not parent.is_open, 0
    is_paused = parent.state is ParentState.PAUSED
    yield w.WORKING, not is_paused, is_paused, 0
    yield from _of_desk(desk)
    is_asking = any(order_id in desk.orders.in_flight for order_id in state.children[parent.id])
    yield w.ANSWERED, not is_asking, is_asking, 0
    yield w.LEFT, done.left >= LOT, done.left, LOT
    if not parent.is_open:
        return
    begun = state.next_slice[parent.id]
    if parent.algorithm in SLICED and begun < len(parent.slices):
        left = max(parent.slices[begun].at_ms - now, 0)
        yield w.DUE, not left, left, 0
    if parent.is_pegged:
        has_top = top_of(desk, parent, parent.limit, now) is not None
        yield w.TOP, has_top, not has_top, 0
    if parent.algorithm is Algorithm.COMPLETE:
        yield from _matched(desk, parent)
    if done.left >= LOT:
        yield from _rows_of_child(desk, parent, floor_lot(min(done.left, most_of(desk, parent))))


def _rows_of_child(desk: Desk, parent: Parent, size: int) -> Iterable[Row]:
    """Yield the gates of a child of the most that could be sent now."""
    does_take = parent.algorithm is Algorithm.COMPLETE or (
        parent.how.style is Style.TAKE if parent.algorithm in SLICED else not parent.type.can_rest
    )
    order = parent.as_order(size, taking_price(desk, parent) if does_take else price_of(desk, parent))
    if does_take:
        yield from taking_gates(order, desk.state.books.get(parent.market_id))
    yield from desk.guard.gates(order, parent.limit)


def _matched(desk: Desk, parent: Parent) -> Iterable[Row]:
    """Yield whether the leg that rests has filled enough for another child of the one that takes."""
    others = (p for p in desk.state.parents.values() if p.entry_id == parent.entry_id and p.id != parent.id)
    first, done = next(others, None), done_of(desk, parent)
    missing = done_of(desk, first).filled - done.filled - done.possible if first is not None else 0
    least = venue_least(desk, parent.market_id, price_of(desk, parent))
    yield w.MATCHED, missing >= least, max(missing, 0), least


def _inputs(desk: Desk, parent: Parent) -> Iterable[Input]:
    state, now, done = desk.state, desk.clock.now_ms(), done_of(desk, parent)
    book = state.books[parent.market_id]
    if book.synced:
        quote = f"{price(book.bid(parent.leg))} / {price(book.ask(parent.leg))}"
        yield Input("bid / ask", quote, book.age_ms(now))
    yield Input("limit", price(parent.limit))
    for child in done.live:
        yield Input(f"{child.label} {child.state}", f"{shares_text(child.possible)} at {price(child.price)}")
    if parent.algorithm in SLICED:
        yield Input("slices begun", f"{state.next_slice[parent.id]} of {len(parent.slices)}")
    top = top_of(desk, parent, parent.limit, now) if parent.is_open and parent.is_pegged else None
    if top is not None:
        others = "nobody" if top.others is None else price(top.others)
        yield Input("best of others", others)
        yield Input("its place", price(top.price) + (", the top is beyond the limit" if top.is_outbid else ""))
    if parent.is_open:
        yield Input("time left", seconds_text(max(parent.ends_at_ms - now, 0)))
    for record in slice_records(state, parent.id):
        yield Input(record.subject, record.decision, now - record.at_ms)
