"""Worker: carries out what people ask, one command after the other, and answers each exactly once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.frame import Receipt
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Side
from cockpit.core.order import Order, OrderType, Parent, ParentState, Slice
from cockpit.core.rebalance import Option, still_gains
from cockpit.core.slicing import CannotSlice, SliceRules, twap
from cockpit.core.units import floor_lot, price_text, shares_text
from cockpit.desk.manager import AUTO

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


MAX_HANDLED = 1_000


class Obedience:
    """The command lane."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._commands: deque[cmd.Command] = deque()
        self._handled: dict[str, None] = {}
        """Ids of the newest commands: a command that comes twice is done once."""
        self._arrived = asyncio.Event()

    def take(self, command: cmd.Command) -> None:
        """Queue a command."""
        self._commands.append(command)
        self._arrived.set()

    async def run(self) -> None:
        """Handle commands as they come."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._commands:
                await self.handle(self._commands.popleft())

    async def handle(self, command: cmd.Command) -> None:
        """Do what is asked or refuse it; nothing is answered before it is durable."""
        if command.id in self._desk.state.commands_done or command.id in self._handled:
            return
        self._handled[command.id] = None
        while len(self._handled) > MAX_HANDLED:
            self._handled.pop(next(iter(self._handled)))
        answer = self._do(command)
        await self._desk.journal.barrier()
        if isinstance(answer, Refused):
            self._desk.note("warning", f"refused {type(command).__name__.lower()}: {answer.reason} {answer.detail}")
        if command.id.startswith(AUTO):
            return  # nobody waits for a rule's receipt
        if isinstance(answer, Refused):
            self._desk.answer(Receipt(command.id, is_done=False, reason=answer.reason, text=answer.detail))
        else:
            self._desk.answer(Receipt(command.id, is_done=True, reason="", text=answer))

    def _do(self, command: cmd.Command) -> str | Refused:
        match command:
            case cmd.Approve():
                return self._approve(command)
            case cmd.Dismiss():
                return self._dismiss(command)
            case cmd.Cancel():
                return self._cancel(command)
            case cmd.CancelAll():
                return self._cancel_all()
            case cmd.Pause():
                return self._pause(command)
            case cmd.Release():
                return self._release(command)
            case cmd.SetSpeed():
                return self._set_speed(command)
            case cmd.Halt():
                self._desk.halt(command.reason)
                return "halted"

    def _approve(self, command: cmd.Approve) -> str | Refused:
        """Turn what was seen into a parent order, if it still holds."""
        desk, now = self._desk, self._desk.clock.now_ms()
        found = self._market_of(command.suggestion_id)
        if isinstance(found, Refused):
            return found
        market_id, option = found
        refusal = self._is_stale(command, market_id, option)
        if refusal is not None:
            return refusal
        plan = self._plan(command, market_id, option, now)
        if isinstance(plan, Refused):
            return plan
        rules = desk.rules
        parent = Parent(
            id=f"P-{len(desk.state.parents) + 1:04d}",
            market_id=market_id,
            leg=option.leg,
            side=option.side,
            size=command.shares,
            limit=command.limit,
            algorithm="TWAP",
            slices=plan,
            ends_at_ms=now + rules.slice_window_ms,
            created_ms=now,
            suggestion_id=command.suggestion_id,
            arrival_price=option.price,
        )
        dry_run = desk.guard.check(_first_child(parent, desk.rules.limits.max_order_size), command.limit)
        if isinstance(dry_run, Refused):
            return dry_run
        by = "rule" if command.id.startswith(AUTO) else "person"
        desk.record(
            ev.SuggestionApproved(
                now,
                command.id,
                command.suggestion_id,
                market_id,
                command.action,
                command.shares,
                command.limit,
                command.seen_price,
                option.gain,
                by,
            )
        )
        desk.record(ev.ParentStarted(now, parent))
        name, outcome = desk.state.markets[market_id].name, desk.state.markets[market_id].outcomes[option.leg]
        words = f"{parent.id} {option.side.name.lower()} {shares_text(parent.size)} {outcome} {name}"
        desk.note("info", f"{words} in {len(plan)} slices, limit {price_text(parent.limit)}")
        return words

    def _market_of(self, suggestion_id: str) -> tuple[str, Option] | Refused:
        state = self._desk.state
        for market_id, (_, known_id) in state.suggestion_ids.items():
            chosen = state.weighed[market_id].choice.chosen if market_id in state.weighed else None
            if known_id == suggestion_id and chosen is not None and state.dismissed.get(market_id) != suggestion_id:
                return market_id, chosen
        return Refused(
            Reason.WITHDRAWN, f"suggestion {suggestion_id} is no longer there: the market or the pair changed"
        )

    def _is_stale(self, command: cmd.Approve, market_id: str, option: Option) -> Refused | None:
        """Refuse what is no longer what the person saw."""
        state = self._desk.state
        working = state.open_parent(market_id)
        if working is not None:
            return Refused(Reason.ALREADY_WORKING, f"{working.id} already works this pair")
        if option.action != command.action:
            return Refused(Reason.CHANGED, f"it is now {option.action}, you saw {command.action}")
        excess = floor_lot(abs(state.position(market_id).delta))
        if command.shares > excess or command.shares <= 0:
            return Refused(
                Reason.CHANGED,
                f"the imbalance is now {shares_text(excess)} shares, you saw {shares_text(command.shares)}",
            )
        if refusal := self._is_beyond_rule(command, market_id, option):
            return refusal
        book = state.books[market_id]
        best = book.ask(option.leg) if option.side is Side.BUY else book.bid(option.leg)
        crossed = best > command.limit if option.side is Side.BUY else best < command.limit
        if crossed:
            return Refused(
                Reason.PRICE_MOVED, f"the price is now {price_text(best)}, beyond the limit {price_text(command.limit)}"
            )
        return None

    def _is_beyond_rule(self, command: cmd.Approve, market_id: str, option: Option) -> Refused | None:
        """Refuse a limit further from what was seen than the rules allow, or one that would not gain the minimum."""
        desk = self._desk
        rules, market = desk.rules_for(market_id), desk.state.markets[market_id]
        behind = command.limit - command.seen_price if option.side is Side.BUY else command.seen_price - command.limit
        position = desk.state.position(market_id)
        seen = replace(option, shares=command.shares)
        if behind > rules.max_slippage or not still_gains(seen, command.limit, market.fees, position, rules):
            return Refused(
                Reason.LIMIT_PRICE,
                f"limit {price_text(command.limit)} is too far from the {price_text(command.seen_price)} you saw, "
                "or would not gain the minimum",
            )
        return None

    def _plan(self, command: cmd.Approve, market_id: str, option: Option, now: int) -> tuple[Slice, ...] | Refused:
        desk = self._desk
        least = desk.least_child(market_id, command.limit)
        rules = SliceRules(least, floor_lot(desk.rules.limits.max_order_size))
        plan = twap(command.shares, now, desk.rules.slice_window_ms, rules, desk.rules.slice_count)
        return Refused(Reason.CANNOT_SLICE, plan.reason) if isinstance(plan, CannotSlice) else plan

    def _dismiss(self, command: cmd.Dismiss) -> str | Refused:
        found = self._market_of(command.suggestion_id)
        if isinstance(found, Refused):
            return found
        self._desk.record(ev.SuggestionDismissed(self._desk.clock.now_ms(), command.suggestion_id, found[0]))
        return f"{command.suggestion_id} dismissed until the pair changes"

    def _cancel(self, command: cmd.Cancel) -> str | Refused:
        state, now = self._desk.state, self._desk.clock.now_ms()
        if command.target_id in state.parents:
            parent = state.parents[command.target_id]
            if not parent.is_open:
                return Refused(Reason.UNKNOWN_ID, f"{parent.id} is {parent.state} already")
            self._desk.record(ev.ParentMoved(now, parent.id, ParentState.CANCELLED, "by a person"))
            self._cancel_orders(child.id for child in state.children_of(parent.id) if child.possible)
            return f"{parent.id} cancelled"
        order = state.orders.get(command.target_id)
        if order is None or not order.possible:
            return Refused(Reason.UNKNOWN_ID, f"no order {command.target_id[:12]} that could be cancelled")
        self._cancel_orders([order.id])
        return f"{order.label} cancel asked"

    def _cancel_all(self) -> str:
        state, now = self._desk.state, self._desk.clock.now_ms()
        parents = [parent for parent in state.parents.values() if parent.is_open]
        for parent in parents:
            self._desk.record(ev.ParentMoved(now, parent.id, ParentState.CANCELLED, "cancel all"))
        live = [order.id for orders in state.live.values() for order in orders.values()]
        self._cancel_orders(live)
        return f"{len(parents)} parents and {len(live)} orders cancelled"

    def _cancel_orders(self, order_ids: Iterable[str]) -> None:
        ids = list(order_ids)
        if ids:
            self._desk.start("cancel", self._desk.cancel(ids))

    def _pause(self, command: cmd.Pause) -> str | Refused:
        parent = self._desk.state.parents.get(command.parent_id)
        if parent is None or not parent.is_open:
            return Refused(Reason.UNKNOWN_ID, f"no open parent {command.parent_id}")
        is_working = parent.state is ParentState.WORKING
        after = ParentState.PAUSED if is_working else ParentState.WORKING
        self._desk.record(ev.ParentMoved(self._desk.clock.now_ms(), parent.id, after, "by a person"))
        return f"{parent.id} {after}"

    def _release(self, command: cmd.Release) -> str | Refused:
        state = self._desk.state
        if not state.halted:
            return Refused(Reason.UNKNOWN_ID, "the desk is not halted")
        if command.word != "RELEASE":
            return Refused(Reason.HALTED, "type RELEASE to leave the halt")
        live = sum(len(orders) for orders in state.live.values())
        if live:
            return Refused(Reason.HALTED, f"{live} orders are not proven zero yet")
        self._desk.record(ev.Released(self._desk.clock.now_ms()))
        self._desk.note("info", "released: orders may be sent again")
        return "released"

    def _set_speed(self, command: cmd.SetSpeed) -> str | Refused:
        change = getattr(self._desk.clock, "set_speed", None)
        if self._desk.state.mode != "replay" or change is None:
            return Refused(Reason.VENUE, "only a replay can change its speed")
        if not 0 <= command.speed <= 1000:
            return Refused(Reason.VENUE, f"speed {command.speed} is not between 0 and 1000")
        change(command.speed)
        return f"speed {command.speed:g}"


def _first_child(parent: Parent, max_order_size: int) -> Order:
    return Order(
        id="",
        label=parent.id,
        parent_id=parent.id,
        market_id=parent.market_id,
        leg=parent.leg,
        side=parent.side,
        price=parent.limit,
        size=min(parent.slices[0].size, max_order_size),
        type=OrderType.FAK,
    )
