"""Build frames: the state as a picture. Pure; unchanged parts are taken over from the frame before."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cockpit.core.drift import Drifts
from cockpit.core.entry import Offer
from cockpit.core.frame import DeltaRow, Frame, Header, StopRow
from cockpit.core.frame_orders import LimitRow, Point, PreviewRow, Receipt
from cockpit.core.frame_telemetry import TelemetryRows
from cockpit.core.order import Order, OrderState
from cockpit.core.recycle import Proposal
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE
from cockpit.core.why import Why
from cockpit.desk.rules import DeskRules
from cockpit.desk.view_capital import capital
from cockpit.desk.view_orders import entries, offers, parents
from cockpit.desk.view_pairs import ladder, pairs
from cockpit.desk.view_profit import profit
from cockpit.desk.view_stop import differences, foreign
from cockpit.desk.view_suggestions import suggestions


@dataclass(frozen=True, slots=True)
class Extras:
    """What a picture shows beside the state: workers know it."""

    stop: StopRow
    offers: Iterable[Offer]
    """Entries that the scanner proposes."""
    proposed: Iterable[Proposal]
    """Capital that can be freed."""
    mode_of: Callable[[str], str]
    curve: tuple[Point, ...]
    """Profit over time."""
    telemetry: TelemetryRows | None
    conflated: int
    whys: tuple[Why, ...]
    """Answers to why."""
    may_sign_off: Callable[[Order], bool]
    worst_of: Callable[[str], int]
    worst_unhedged: int
    drifts: Drifts | None


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
    previews: tuple[PreviewRow, ...],
    before: Frame | None,
    place: str = "",
    speed: float | None = None,
    desk: Extras,
) -> Frame:
    """Return the picture of the state at `now_ms`, with the ladders of the watched markets."""
    notices, rows = tuple(state.notices), tuple(parents(state, now_ms, desk.may_sign_off, before))
    if before is not None and before.parents == rows:
        rows = before.parents
    if before is not None and before.notices and notices and before.notices[-1] is notices[-1]:
        notices = before.notices
    return Frame(
        seq=seq,
        at_ms=now_ms,
        header=_header(state, started_ms, is_ready, rules, place),
        pairs=tuple(pairs(state, now_ms, rules, desk.worst_of, desk.mode_of)),
        ladders={m: ladder(state, m, now_ms, before) for m in watch if m in state.books},
        delta=_delta(state, rules, desk),
        suggestions=tuple(suggestions(state, now_ms, rules)),
        parents=rows,
        limits=_limits(state, rules),
        notices=notices,
        receipts=receipts,
        stop=desk.stop,
        differences=tuple(differences(state)),
        foreign=tuple(foreign(state)),
        entries=tuple(entries(state)),
        offers=tuple(offers(state, desk.offers)),
        previews=previews,
        capital=tuple(capital(state, desk.proposed)),
        whys=desk.whys,
        profit=profit(state, desk.curve),
        telemetry=desk.telemetry,
        conflated=desk.conflated,
        feed=replace(state.feed, speed=speed) if state.feed is not None and speed is not None else state.feed,
    )


def _header(state: State, started_ms: int, is_ready: bool, rules: DeskRules, place: str) -> Header:
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
        cash=state.cash_there,
        day_pnl=state.day_pnl,
        orders_live=len(state.all_live_orders()),
        place=place,
        reducing=state.reducing,
        differences=len(state.differences),
        unproven_orders=sum(order.state is OrderState.UNKNOWN for order in state.all_live_orders()),
    )


def _risk(state: State, rules: DeskRules) -> str:
    if state.pair_halted:
        return "pair halted"
    if state.differences:
        return "differs"
    for row in _limits(state, rules):
        if row.used >= row.limit:
            return row.name
    return "delta" if _is_breached(state, rules) else "ok"


def _limits(state: State, rules: DeskRules) -> tuple[LimitRow, ...]:
    limits = rules.limits
    cost = sum(position.cost for position in state.positions.values())
    return (
        LimitRow("daily loss", max(0, -state.day_pnl), limits.max_daily_loss),
        LimitRow("deployed", cost, limits.max_total_exposure),
        LimitRow("unhedged", state.exposure.unhedged, limits.max_unhedged, is_money=False),
    )


def _is_breached(state: State, rules: DeskRules) -> bool:
    return state.exposure.breaches(rules.max_delta_pct, 10_000, PRICE_ONE)


def _delta(state: State, rules: DeskRules, desk: Extras) -> DeltaRow:
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
        proven_unhedged=sum(abs(position.proven_delta) for position in state.positions.values()),
        worst_unhedged=desk.worst_unhedged,
        drifts=desk.drifts,
    )
