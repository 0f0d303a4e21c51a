"""Pictures of suggestions and of orders: what should be done, and what is being done."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cockpit.core.frame import ChildRow, ParentRow, SuggestionRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, Parent, ParentState
from cockpit.core.rebalance import Verdict
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, price_text, shares_text
from cockpit.desk.rules import DeskRules

MAX_PARENTS = 50


def suggestions(state: State, now_ms: int, rules: DeskRules) -> Iterable[SuggestionRow]:
    """Return a row for every held pair that is not balanced, what can be approved first."""
    rows = [_suggestion(state, m, now_ms, rules) for m in state.weighed if not state.position(m).is_flat]
    order = {"open": 0, "working": 1, "hold": 2, "dust": 3}
    return sorted((row for row in rows if row is not None), key=lambda row: order[row.state])


def _suggestion(state: State, market_id: str, now_ms: int, rules: DeskRules) -> SuggestionRow | None:
    weighed, market, book = state.weighed[market_id], state.markets[market_id], state.books[market_id]
    choice, working = weighed.choice, state.open_parent(market_id)
    if choice.verdict is Verdict.BALANCED and working is None:
        return None
    suggestion_id = state.suggestion_ids.get(market_id, ("", ""))[1]
    is_open = choice.chosen is not None and working is None and state.dismissed.get(market_id) != suggestion_id
    option = choice.chosen or max(choice.options, key=lambda o: o.gain, default=None)
    status = "working" if working else "open" if is_open else "dust" if choice.verdict is Verdict.DUST else "hold"
    before = state.position(market_id).delta
    leg = option.leg if option else Leg.YES
    sign = 0 if option is None else 1 if (option.side is Side.BUY) == (leg is Leg.YES) else -1
    return SuggestionRow(
        id=suggestion_id if is_open else "",
        market_id=market_id,
        name=market.name,
        state=status,
        words=_words(state, market_id, working, is_open, rules),
        option=option,
        options=choice.options,
        outcome=market.outcomes[leg],
        limit=weighed.limit,
        delta_before=before,
        delta_after=before + sign * option.shares if option else before,
        slices=rules.slice_count,
        window_ms=rules.slice_window_ms,
        parent_id=working.id if working else "",
        best_bid=book.bid(leg),
        best_ask=book.ask(leg),
        book_age_ms=book.age_ms(now_ms),
    )


def _words(state: State, market_id: str, working: Parent | None, is_open: bool, rules: DeskRules) -> str:
    choice, market, position = state.weighed[market_id].choice, state.markets[market_id], state.position(market_id)
    heavy = Leg.YES if position.delta > 0 else Leg.NO
    short = f"{market.outcomes[heavy.other]} short {shares_text(abs(position.delta))}"
    if working is not None or is_open:
        return short
    if choice.chosen is not None:
        return "dismissed until the pair changes"
    match choice.verdict:
        case Verdict.DUST:
            return f"dust: {shares_text(abs(position.delta))} shares are below the venue's minimum"
        case Verdict.BELOW_MINIMUM:
            best = max(choice.options, key=lambda option: option.gain)
            per_share = best.gain * PRICE_ONE // best.shares
            sign = "-" if per_share < 0 else ""
            least = price_text(rules.rebalance.min_profit)
            return f"hold: gain {sign}{price_text(abs(per_share))} a share, needs {least}"
        case Verdict.UNPROVEN:
            return f"hold: waiting for confirmation ({short})"
        case Verdict.NO_QUOTE:
            return f"hold: nobody quotes ({short})"
        case Verdict.ENDING:
            return "hold: the market is about to end"
        case _:
            return f"hold: {choice.verdict.value}"


def parents(state: State, may_sign_off: Callable[[Order], bool]) -> Iterable[ParentRow]:
    """Return open parents, then the newest that ended."""
    open_ones = state.all_open_parents()
    ended = [parent for parent in reversed(state.parents.values()) if not parent.is_open]
    return [_parent(state, parent, may_sign_off) for parent in (*open_ones, *ended[: MAX_PARENTS - len(open_ones)])]


def _parent(state: State, parent: Parent, may_sign_off: Callable[[Order], bool]) -> ParentRow:
    market = state.markets[parent.market_id]
    children = state.children_of(parent.id)
    filled, money = sum(child.filled for child in children), sum(child.money for child in children)
    number = state.next_slice[parent.id]
    is_working = parent.state is ParentState.WORKING and number < len(parent.slices)
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
        slice_number=number,
        slice_count=len(parent.slices),
        next_slice_ms=parent.slices[number].at_ms if is_working else None,
        state=parent.state,
        reason=parent.reason,
        children=tuple(_child(child, may_sign_off) for child in children),
    )


def _child(order: Order, may_sign_off: Callable[[Order], bool]) -> ChildRow:
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
    )


def _average(money: int, shares: int) -> int:
    return (2 * money * PRICE_ONE + shares) // (2 * shares) if shares else 0
