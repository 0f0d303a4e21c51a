"""Worker: carries out what people ask, one command after the other, and answers each exactly once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.frame import Receipt
from cockpit.core.limits import Reason, Refused
from cockpit.core.order import ParentState
from cockpit.desk.approval import Approval
from cockpit.desk.manager import AUTO

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


MAX_HANDLED = 1_000


class Obedience:
    """The command lane."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._approval = Approval(desk)
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
                return self._approval.approve(command)
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
                self._desk.canceller.halt(command.reason)
                return "halted"
            case _:
                return Refused(Reason.VENUE, "not yet")

    def _dismiss(self, command: cmd.Dismiss) -> str | Refused:
        found = self._approval.market_of(command.suggestion_id)
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
            self._desk.note("info", f"{parent.id} cancelled by a person")
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
        live = [order.id for order in state.all_live_orders()]
        self._cancel_orders(live)
        return f"{len(parents)} parents and {len(live)} orders cancelled"

    def _cancel_orders(self, order_ids: Iterable[str]) -> None:
        ids = list(order_ids)
        if ids:
            self._desk.start("cancel", self._desk.canceller.cancel(ids))

    def _pause(self, command: cmd.Pause) -> str | Refused:
        parent = self._desk.state.parents.get(command.parent_id)
        if parent is None or not parent.is_open:
            return Refused(Reason.UNKNOWN_ID, f"no open parent {command.parent_id}")
        is_working = parent.state is ParentState.WORKING
        after = ParentState.PAUSED if is_working else ParentState.WORKING
        self._desk.record(ev.ParentMoved(self._desk.clock.now_ms(), parent.id, after, "by a person"))
        self._desk.note("info", f"{parent.id} {'paused' if is_working else 'goes on'}")
        return f"{parent.id} {after}"

    def _release(self, command: cmd.Release) -> str | Refused:
        state = self._desk.state
        if not state.halted:
            return Refused(Reason.UNKNOWN_ID, "the desk is not halted")
        if command.word != "RELEASE":
            return Refused(Reason.HALTED, "type RELEASE to leave the halt")
        live = len(state.all_live_orders())
        if live:
            return Refused(Reason.HALTED, f"{live} orders are not proven zero yet")
        self._desk.record(ev.Released(self._desk.clock.now_ms()))
        self._desk.note("info", "released: orders may be sent again")
        return "released"

    def _set_speed(self, command: cmd.SetSpeed) -> str | Refused:
        if self._desk.state.mode != "replay":
            return Refused(Reason.VENUE, "only a replay can change its speed")
        if not 0 <= command.speed <= 1000:
            return Refused(Reason.VENUE, f"speed {command.speed} is not between 0 and 1000")
        self._desk.clock.set_speed(command.speed)
        return f"speed {command.speed:g}"
