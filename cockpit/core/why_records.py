"""What was asked about, and what the journal says of it: orders, slices, suggestions and verdicts. State only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from cockpit.core.facts import Decided
from cockpit.core.gates import Input, price
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order
from cockpit.core.state import State
from cockpit.core.units import shares_text
from cockpit.core.why import RULES, Why, of_record

LEAST_PREFIX = 4
"""Characters of an order's id from which on a beginning is taken for it."""
MOST_NAMES = 8
MOST_SLICES = 3
OFFER = "offer:"
"""Before a market: the entry that could be proposed there, whatever is held."""
_SLICE = re.compile(r"(P-\d+)/(\d{1,6})", re.ASCII)
Subject = tuple[str, str]
"""(kind, id): `order`, `slice`, `parent`, `entry`, `suggestion`, `market` or `offer`."""


def find(state: State, text: str) -> Subject | str:
    """Return what a person means by an id, a label or a name; or one sentence that says what there is."""
    wanted = text.strip()
    upper = wanted.upper()
    part = _SLICE.fullmatch(upper)
    if part is not None and part[1] in state.parents:
        return "slice", f"{part[1]}/{int(part[2])}"
    for kind, known in (("parent", state.parents), ("entry", state.entries)):
        if upper in known:
            return kind, upper
    record = newest(state, upper)
    is_live = any(upper == known for _, known in state.suggestion_ids.values())
    if is_live or (record is not None and record.kind == "suggestion"):
        return "suggestion", upper
    if wanted.casefold().startswith(OFFER):
        found = _market(state, wanted[len(OFFER) :])
        return found if isinstance(found, str) else ("offer", found[1])
    orders = [order for order in state.orders.values() if wanted and wanted in (order.id, order.label)]
    if not orders and len(wanted) >= LEAST_PREFIX:
        orders = [order for order in state.orders.values() if order.id.startswith(wanted)]
    if len(orders) == 1:
        return "order", orders[0].id
    if orders:
        return f"that may be {_listed(order.label for order in orders)}"
    return _market(state, wanted)


def _market(state: State, text: str) -> Subject | str:
    wanted = text.casefold().strip()
    for market in state.markets.values():
        if text and text in (market.id, *market.tokens):
            return "market", market.id
    exact = [m for m in state.markets.values() if m.name.casefold() == wanted]
    found = exact or [m for m in state.markets.values() if wanted and m.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return "market", found[0].id
    if found:
        return f"that may be {_listed(market.name for market in found)}"
    kinds = "no order, suggestion or market of that name"
    return f"there is {kinds}; there are {_listed(_newest(state))}" if state.markets else f"there is {kinds}"


def _newest(state: State) -> Iterable[str]:
    yield from (entry_id for entry_id in list(state.entries)[-1:])
    yield from (parent_id for parent_id in list(state.parents)[-2:])
    yield from (order.label for order in list(state.orders.values())[-1:])
    yield from (market.name for market in state.markets.values())


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = len(shown) - MOST_NAMES
    return ", ".join(shown[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def title_of(state: State, kind: str, key: str) -> str:
    """Return a subject in words: `buy 20 Yes Harbour bill`."""
    if kind in ("parent", "slice"):
        parent = state.parents[key.partition("/")[0]]
        return _words(state, parent.market_id, parent.leg, parent.side, parent.size)
    if kind == "order":
        order = state.orders[key]
        return _words(state, order.market_id, order.leg, order.side, order.size)
    market_id = market_of(state, kind, key)
    return state.markets[market_id].name if market_id in state.markets else market_id


def market_of(state: State, kind: str, key: str) -> str:
    """Return the market of an entry, a suggestion or a market."""
    if kind == "entry":
        return state.entries[key].market_id
    if kind == "suggestion":
        live = (market_id for market_id, (_, known) in state.suggestion_ids.items() if known == key)
        records = state.decisions.get(key, ())
        return next(live, records[-1].market_id if records else "")
    return key


def _words(state: State, market_id: str, leg: Leg, side: Side, shares: int) -> str:
    market = state.markets.get(market_id)
    outcome, name = (market.outcomes[leg], market.name) if market is not None else (leg.name, market_id)
    return f"{side.name.lower()} {shares_text(shares)} {outcome} {name}"


def recorded(state: State, why: Why, kind: str, key: str) -> Why | None:
    """Return the answer that a record gives; None where there is none."""
    record = newest(state, key)
    if kind == "slice" and record is None:
        order = _child(state, key)
        return recorded(state, why, "order", order.id) if order is not None else None
    if record is None:
        return _of_order(why, state.orders[key]) if kind == "order" else None
    more = _inputs_of(state.orders[key]) if kind == "order" and key in state.orders else ()
    return of_record(why, record, more)


def newest(state: State, subject: str) -> Decided | None:
    """Return the newest decision about a subject."""
    records = state.decisions.get(subject, ())
    return records[-1] if records else None


def slice_records(state: State, parent_id: str) -> list[Decided]:
    """Return the newest slices of a parent that were not sent, the newest first."""
    found: list[Decided] = []
    for number in range(state.next_slice.get(parent_id, 0), 0, -1):
        record = newest(state, f"{parent_id}/{number}")
        if record is not None:
            found.append(record)
        if len(found) == MOST_SLICES:
            break
    return found


def _child(state: State, slice_key: str) -> Order | None:
    """Return the newest order that a slice was sent as."""
    parent_id, _, number = slice_key.partition("/")
    sent = [order for order in state.children_of(parent_id) if order.slice_index == int(number) - 1]
    return sent[-1] if sent else None


def _of_order(why: Why, order: Order) -> Why:
    """Return what is known of an order whose decision was not kept."""
    words = "what was decided is not known: it is older than what is kept"
    return replace(why, kind="order", rule=RULES["order"], decision=words, inputs=_inputs_of(order))


def _inputs_of(order: Order) -> tuple[Input, ...]:
    """Return what an order was, and what became of it."""
    reason = f": {order.reason}" if order.reason else ""
    post = " post-only" if order.post_only else ""
    return (
        Input("order", f"{order.label} {order.type}{post}, {shares_text(order.size)} at {price(order.price)}"),
        Input("by now", f"{order.state}{reason}; {shares_text(order.filled)} filled"),
    )
