"""Pictures of orders: parents with their progress, the orders at the venue below each, entries and offers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

from cockpit.core.entry import Entry, Offer, cost_of, result_of
from cockpit.core.fold_trading import vwap_of
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import ChildRow, EntryRow, OfferRow, ParentRow, Point, QueueRow
from cockpit.core.market import Leg
from cockpit.core.order import Order
from cockpit.core.parent import SLICED, Algorithm, Parent, ParentState
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE

MAX_PARENTS, MAX_ENTRIES = 50, 20
MaySignOff = Callable[[Order], bool]


def parents(state: State, now_ms: int, may_sign_off: MaySignOff, before: Frame | None) -> Iterable[ParentRow]:
    """Return open parents, then the newest that ended; rows that cannot change any more are those of before."""
    old = {row.id: row for row in before.parents} if before is not None else {}
    open_ones = state.all_open_parents()
    ended = [parent for parent in reversed(state.parents.values()) if not parent.is_open]
    rows = []
    for parent in (*open_ones, *ended[: MAX_PARENTS - len(open_ones)]):
        row, children = old.get(parent.id), state.children_of(parent.id)
        is_settled = row is not None and not parent.is_open and _is_same(row, parent, children)
        rows.append(row if row is not None and is_settled else _parent(state, parent, children, now_ms, may_sign_off))
    return rows


def _is_same(row: ParentRow, parent: Parent, children: list[Order]) -> bool:
    """Return whether a row shows all there is to show of a parent that has ended."""
    return (
        row.state is parent.state
        and len(row.children) == len(children)
        and all(
            child.is_proven_dead and shown.is_proven_dead and child.filled == shown.filled
            for child, shown in zip(children, row.children, strict=True)
        )
    )


def _parent(state: State, parent: Parent, children: list[Order], now_ms: int, may_sign_off: MaySignOff) -> ParentRow:
    market = state.markets[parent.market_id]
    filled, money = sum(child.filled for child in children), sum(child.money for child in children)
    number = max(state.next_slice[parent.id], parent.due(now_ms) if parent.algorithm in SLICED else 0)
    is_working = parent.state is ParentState.WORKING and number < len(parent.slices)
    top = state.top_times.get(parent.id)
    return ParentRow(
        id=parent.id,
        market_id=parent.market_id,
        name=market.name,
        side=parent.side,
        outcome=market.outcomes[parent.leg],
        leg=parent.leg,
        size=parent.size,
        filled=filled,
        average=_average(money, filled),
        fee=sum(child.fee for child in children),
        limit=parent.limit,
        arrival=parent.arrival_price,
        algorithm=parent.algorithm,
        slice_number=min(number, _slice_count(parent, filled)),
        slice_count=_slice_count(parent, filled),
        next_slice_ms=parent.slices[number].at_ms if is_working else None,
        state=parent.state,
        reason=parent.reason,
        children=tuple(_child(state, child, may_sign_off) for child in children),
        created_ms=parent.created_ms,
        ends_at_ms=parent.ends_at_ms,
        vwap=vwap_of(state, parent),
        style=parent.how.style if parent.algorithm in SLICED else "",
        at_end=parent.how.at_end if parent.algorithm in SLICED else "",
        profile=parent.how.profile,
        entry_id=parent.entry_id,
        suggestion_id=parent.suggestion_id,
        plan=_plan(parent),
        top_ms=None if not parent.is_pegged else top.top_ms if top else 0,
        watched_ms=top.watched_ms if top else 0,
        moves=_moves(children) if parent.is_pegged else 0,
    )


def _slice_count(parent: Parent, filled: int) -> int:
    """Return how many slices there are; of an iceberg how many there will be, about."""
    if parent.algorithm is not Algorithm.ICEBERG or not parent.is_open:
        return len(parent.slices)
    hidden = parent.size - parent.planned(len(parent.slices))
    usual = max((parent.how.min_size + parent.how.max_size) // 2, 1)
    return len(parent.slices) + -(-hidden // usual)


def _plan(parent: Parent) -> tuple[Point, ...]:
    """Return when each slice begins, and the shares that should be done by its end."""
    if parent.algorithm not in SLICED:
        return ()
    done, points = 0, []
    for index, piece in enumerate(parent.slices):
        done = (parent.planned_done if index == parent.planned_from and index else done) + piece.size
        points.append(Point(piece.at_ms, done))
    return tuple(points)


def _moves(children: list[Order]) -> int:
    """Return how often an order was replaced by one at another price."""
    return sum(before.price != after.price for before, after in pairwise(children))


def _child(state: State, order: Order, may_sign_off: MaySignOff) -> ChildRow:
    queue = state.queues.get(order.market_id, {}).get(order.id)
    fills = (state.fills[key] for key in state.fills_of_order.get(order.id, ()))
    return ChildRow(
        id=order.id,
        label=order.label,
        slice_index=order.slice_index,
        price=order.price,
        size=order.size,
        filled=order.filled,
        average=_average(order.money, order.filled),
        state=order.state,
        reason=order.reason,
        created_ms=order.created_ms,
        type=f"{order.type} post-only" if order.post_only else order.type.value,
        expires_at_ms=order.expires_at_ms,
        is_proven_dead=order.is_proven_dead,
        may_sign_off=not order.is_proven_dead and may_sign_off(order),
        queue=QueueRow(queue.ahead, queue.least, queue.most, queue.arrived, queue.confidence)
        if queue is not None and order.is_acknowledged
        else None,
        fills=tuple(Point(fill.at_ms, fill.shares) for fill in fills if fill.counts),
    )


def _average(money: int, shares: int) -> int:
    return (2 * money * PRICE_ONE + shares) // (2 * shares) if shares else 0


def entries(state: State) -> Iterable[EntryRow]:
    """Return open entries, then the newest that ended."""
    newest = list(reversed(state.entries.values()))
    ordered = [entry for entry in newest if entry.is_open] + [entry for entry in newest if not entry.is_open]
    return [_entry(state, entry) for entry in ordered[:MAX_ENTRIES]]


def _entry(state: State, entry: Entry) -> EntryRow:
    market = state.markets[entry.market_id]
    legs = {parent.leg: parent for parent in state.parents.values() if parent.entry_id == entry.id}
    filled = [sum(o.filled for o in state.children_of(legs[leg].id)) if leg in legs else 0 for leg in Leg]
    return EntryRow(
        id=entry.id,
        market_id=entry.market_id,
        name=market.name,
        kind=entry.kind,
        shares=entry.shares,
        prices=entry.prices,
        outcomes=market.outcomes,
        filled=(filled[0], filled[1]),
        result=result_of(entry.kind, entry.first, entry.shares, entry.prices, market.fees),
        state=entry.state,
        reason=entry.reason,
        parents=tuple(parent.id for parent in legs.values()),
    )


def offers(state: State, found: Iterable[Offer]) -> Iterable[OfferRow]:
    """Return what the scanner proposes."""
    for offer in found:
        market = state.markets[offer.market_id]
        yield OfferRow(
            market_id=offer.market_id,
            name=market.name,
            kind=offer.kind,
            first=offer.first,
            shares=offer.shares,
            prices=offer.prices,
            outcomes=market.outcomes,
            result=offer.result,
            cost=cost_of(offer.kind, offer.first, offer.shares, offer.prices, market.fees),
        )
