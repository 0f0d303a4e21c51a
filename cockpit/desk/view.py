"""Build frames: the state as a picture. Pure; unchanged parts are taken over from the frame before."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.book import NO_ASK, NO_BID, Book
from cockpit.core.frame import (
    ChildRow,
    DeltaRow,
    Frame,
    Header,
    Ladder,
    LegRow,
    LimitRow,
    PairRow,
    ParentRow,
    Receipt,
    SuggestionRow,
)
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order, Parent, ParentState
from cockpit.core.pnl import Mark, total
from cockpit.core.rebalance import Verdict, is_balanced
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, price_text, shares_text
from cockpit.desk.rules import DeskRules

LADDER_DEPTH = 24
MAX_PARENTS = 50


def frame_of(
    state: State,
    *,
    seq: int,
    now_ms: int,
    started_ms: int,
    is_ready: bool,
    rules: DeskRules,
    watch: Iterable[str],
    receipts: tuple[Receipt, ...],
    before: Frame | None,
) -> Frame:
    """Return the picture of the state at `now_ms`, with the ladders of the watched markets."""
    notices = tuple(state.notices)
    if before is not None and before.notices and notices and before.notices[-1] is notices[-1]:
        notices = before.notices
    return Frame(
        seq=seq,
        at_ms=now_ms,
        header=_header(state, now_ms, started_ms, is_ready, rules),
        pairs=tuple(_pairs(state, now_ms, rules)),
        ladders={m: _ladder(state, m, now_ms, before) for m in watch if m in state.books},
        delta=_delta(state, rules),
        suggestions=tuple(_suggestions(state, now_ms, rules)),
        parents=tuple(_parents(state)),
        limits=_limits(state, rules),
        notices=notices,
        receipts=receipts,
        feed=state.feed,
    )


def _header(state: State, now_ms: int, started_ms: int, is_ready: bool, rules: DeskRules) -> Header:
    connection = state.connection
    is_up = connection is not None and connection.is_up
    venue = "connecting" if connection is None else connection.state or "ok"
    desk = "HALTED" if state.halted else "running" if is_ready else "starting"
    return Header(
        mode=state.mode,
        desk=desk,
        started_ms=started_ms,
        venue=venue,
        venue_is_up=is_up,
        latency_ms=connection.latency_ms if connection else None,
        halted=state.halted,
        risk=_risk(state, rules),
        equity=state.equity,
        cash=state.cash,
        day_pnl=state.day_pnl,
        orders_live=sum(len(live) for live in state.live.values()),
    )


def _risk(state: State, rules: DeskRules) -> str:
    if state.pair_halted:
        return "pair halted"
    for row in _limits(state, rules):
        if row.used >= row.limit:
            return row.name
    return "delta" if _is_breached(state, rules) else "ok"


def _limits(state: State, rules: DeskRules) -> tuple[LimitRow, ...]:
    limits = rules.limits
    cost = sum(position.cost for position in state.positions.values())
    return (
        LimitRow("daily loss", max(0, -state.day_pnl), limits.max_daily_loss),
        LimitRow("exposure", cost, limits.max_total_exposure),
        LimitRow("unhedged", state.exposure.unhedged, limits.max_unhedged),
    )


def _pairs(state: State, now_ms: int, rules: DeskRules) -> Iterable[PairRow]:
    held = [m for m, position in state.positions.items() if not position.is_flat and m in state.markets]
    others = [m for m in state.markets if m not in held and m not in state.ended]
    for market_id in (*held, *others):
        yield _pair(state, state.markets[market_id], now_ms, rules)


def _pair(state: State, market: Market, now_ms: int, rules: DeskRules) -> PairRow:
    position, book = state.position(market.id), state.books[market.id]
    marked = state.marks.get(market.id) or Mark(0, is_full=True)
    has_book = book.synced
    averages = position.yes.average, position.no.average
    age = book.age_ms(now_ms) if has_book else None
    return PairRow(
        market_id=market.id,
        name=market.name,
        title=market.title,
        legs=(_leg(state, market, Leg.YES, book), _leg(state, market, Leg.NO, book)),
        delta=position.delta,
        pair_cost=sum(averages) if all(averages) else 0,
        locked=position.locked if not position.is_flat else 0,
        pnl=total(position, marked),
        is_marked=marked.is_full,
        is_held=not position.is_flat,
        book_age_ms=age,
        is_stale=age is None or age > rules.limits.max_book_age_ms,
        is_crossed=book.is_crossed,
        closes_at_ms=market.closes_at_ms,
        ended=_ended(state, market),
        halted=state.pair_halted.get(market.id, ""),
        needs_rebalance=not is_balanced(position, rules.rebalance.threshold),
        tick=market.tick,
    )


def _ended(state: State, market: Market) -> str:
    payout = state.ended.get(market.id)
    if payout is None:
        return ""
    if payout in (0, PRICE_ONE):
        return f"{market.outcomes[Leg.YES if payout else Leg.NO]} won"
    return "void"


def _leg(state: State, market: Market, leg: Leg, book: Book) -> LegRow:
    holding = state.position(market.id).holding(leg)
    return LegRow(
        outcome=market.outcomes[leg],
        shares=holding.shares,
        proven=holding.proven,
        average=holding.average,
        bid=book.bid(leg) if book.synced else NO_BID,
        ask=book.ask(leg) if book.synced else NO_ASK,
    )


def _ladder(state: State, market_id: str, now_ms: int, before: Frame | None) -> Ladder:
    book = state.books[market_id]
    old = before.ladders.get(market_id) if before else None
    own = _own(state, market_id)
    if old is not None and old.version == book.version and old.own == own:
        bids, asks = old.bids, old.asks
    else:
        bids = (book.levels(Leg.YES, Side.BUY, LADDER_DEPTH), book.levels(Leg.NO, Side.BUY, LADDER_DEPTH))
        asks = (book.levels(Leg.YES, Side.SELL, LADDER_DEPTH), book.levels(Leg.NO, Side.SELL, LADDER_DEPTH))
    return Ladder(
        market_id=market_id,
        bids=bids,
        asks=asks,
        own=own,
        last_trade=(book.last_trade[0], book.last_trade[1]),
        spread=book.best_ask - book.best_bid,
        age_ms=book.age_ms(now_ms),
        synced=book.synced,
        version=book.version,
    )


def _own(state: State, market_id: str) -> dict[tuple[Leg, Side, int], int]:
    own: dict[tuple[Leg, Side, int], int] = {}
    for order in state.live_orders(market_id):
        key = order.leg, order.side, order.price
        own[key] = own.get(key, 0) + order.possible
    return own


def _is_breached(state: State, rules: DeskRules) -> bool:
    return state.exposure.breaches(rules.max_delta_pct, 10_000, PRICE_ONE)


def _delta(state: State, rules: DeskRules) -> DeltaRow:
    sums = state.exposure
    exposure = sums.total // PRICE_ONE
    worst = sums.worst()
    worst_market = state.markets.get(worst[0]) if worst else None
    return DeltaRow(
        net=sums.delta,
        unhedged=sums.unhedged,
        exposure=exposure,
        soft_limit=exposure * rules.max_delta_pct // 10_000,
        hard_limit=rules.limits.max_unhedged,
        percent=abs(sums.delta) * 10_000 // exposure if exposure else 0,
        is_breached=_is_breached(state, rules),
        worst_name=worst_market.name if worst_market else "",
        worst_delta=worst[1] if worst else 0,
        proven_net=sum(position.proven_delta for position in state.positions.values()),
    )


def _suggestions(state: State, now_ms: int, rules: DeskRules) -> Iterable[SuggestionRow]:
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
    if working is not None:
        return f"working as {working.id}"
    if is_open:
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
        case Verdict.NO_QUOTE:
            return f"hold: nobody quotes ({short})"
        case Verdict.ENDING:
            return "hold: the market is about to end"
        case _:
            return f"hold: {choice.verdict.value}"


def _parents(state: State) -> Iterable[ParentRow]:
    open_ones = [parent for parent in state.parents.values() if parent.is_open]
    ended = [parent for parent in reversed(state.parents.values()) if not parent.is_open]
    return [_parent(state, parent) for parent in (*open_ones, *ended[: MAX_PARENTS - len(open_ones)])]


def _parent(state: State, parent: Parent) -> ParentRow:
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
        children=tuple(_child(child) for child in children),
    )


def _child(order: Order) -> ChildRow:
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
    )


def _average(money: int, shares: int) -> int:
    return (2 * money * PRICE_ONE + shares) // (2 * shares) if shares else 0
