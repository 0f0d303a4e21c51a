"""Worker: carries out what people ask, one command after the other, and answers each exactly once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.entry import Entry
from cockpit.core.frame_orders import Receipt
from cockpit.core.limits import Reason, Refused
from cockpit.core.order import Order
from cockpit.core.parent import SLICED, Algorithm, Parent, ParentState
from cockpit.desk.explaining.explainer import explain
from cockpit.desk.manager import AUTO
from cockpit.desk.placing.approval import Approval
from cockpit.desk.placing.preview import Previews
from cockpit.desk.placing.starter import Starter
from cockpit.desk.working.children import done_of, move_parent
from cockpit.storage.latch import LatchFailed

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


MAX_HANDLED = 1_000
KEPT = (Algorithm.LIMIT, Algorithm.TOP, Algorithm.ICEBERG)
"""Parents that keep one order in the book: without it they would send the next."""
RELEASE_WORD = "RELEASE"


class Obedience:
    """The command lane."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._approval = Approval(desk)
        self._starter = Starter(desk)
        self._previews = Previews(desk, self._starter)
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
        """Do what is asked or refuse it, and answer once it is durable; a preview or a why changes nothing."""
        if isinstance(command, cmd.Preview):
            self._desk.previews.append(self._previews.of(command.id, command.command))
            self._desk.changes += 1
            return
        if isinstance(command, cmd.Explain):
            self._desk.whys.append(explain(self._desk, command.id, command.target))
            self._desk.changes += 1
            return
        if command.id in self._desk.state.commands_done or command.id in self._handled:
            return
        self._handled[command.id] = None
        while len(self._handled) > MAX_HANDLED:
            self._handled.pop(next(iter(self._handled)))
        answer = await self._release(command) if isinstance(command, cmd.Release) else self._do(command)
        # In a task of its own: whoever cancels next does not wait for a disk that does not answer.
        self._desk.start(f"receipt {command.id}", self._confirm(command, answer))

    async def _confirm(self, command: cmd.Command, answer: str | Refused) -> None:
        """Answer a command, once what it did is durable."""
        await self._desk.journal.barrier()
        if isinstance(answer, Refused):
            self._desk.note("warning", f"refused {type(command).__name__.lower()}: {answer.reason} {answer.detail}")
        if command.id.startswith(AUTO):
            return  # nobody waits for a rule's receipt
        if isinstance(answer, Refused):
            self._desk.answer(Receipt(command.id, False, answer.reason, answer.detail, answer.field))
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
                return self._cancel_all(command)
            case cmd.Pause():
                return self._pause(command)
            case cmd.SetSpeed():
                return self._set_speed(command)
            case cmd.Halt():
                self._desk.canceller.halt(command.reason, everything=command.everything)
                return "halted"
            case cmd.Place() | cmd.Split() | cmd.Bid() | cmd.Enter():
                return self._starter.start(command)
            case cmd.Amend():
                return self._starter.amend(command)
            case cmd.Reduce():
                return self._reduce(command)
            case cmd.SignOff():
                return self._desk.proof.sign_off(command.order_id, command.word)
            case cmd.Reconcile():
                self._desk.reconciler.ask()
                return "asking the venue"
            case cmd.Merge():
                return self._desk.converter.merge(command)
            case cmd.Redeem():
                return self._desk.converter.redeem(command)
            case cmd.SetMode():
                return self._desk.manager.set_mode(command)
            case cmd.Accept():
                return self._desk.reconciler.accept(command.key, command.theirs)
            case cmd.Release() | cmd.Preview() | cmd.Explain():
                raise AssertionError("a release waits for the disk, what changes nothing for nothing: see handle")

    def _dismiss(self, command: cmd.Dismiss) -> str | Refused:
        found = self._approval.market_of(command.suggestion_id)
        if isinstance(found, Refused):
            return found
        self._desk.record(ev.SuggestionDismissed(self._desk.clock.now_ms(), command.suggestion_id, found[0]))
        return f"{command.suggestion_id} dismissed until the pair changes"

    def _cancel(self, command: cmd.Cancel) -> str | Refused:
        state = self._desk.state
        entry, leg_id = self._entry_meant(command.target_id)
        if entry is not None and not leg_id:
            return self._cancel_entry(entry)
        if command.target_id in state.parents:
            parent = state.parents[command.target_id]
            if not parent.is_open:
                return Refused(Reason.UNKNOWN_ID, f"{parent.id} is {parent.state} already", "id")
            if entry is not None and entry.is_open:
                return self._cancel_entry(entry, leg_id)
            move_parent(self._desk, parent, ParentState.CANCELLED, "by a person")
            self._desk.note("info", f"{parent.id} cancelled by a person")
            self._cancel_orders(child.id for child in state.children_of(parent.id) if child.possible)
            return f"{parent.id} cancelled"
        order = state.orders.get(command.target_id)
        if order is None or not order.possible:
            return Refused(Reason.UNKNOWN_ID, f"no order {command.target_id[:12]} that could be cancelled", "id")
        owner = state.parents.get(order.parent_id)
        if owner is not None and owner.is_open and _is_kept(owner, order):
            # It is all there is of its parent, which would only send it again.
            return self._cancel(cmd.Cancel(command.id, owner.id))
        more = ""
        if owner is not None and owner.is_open and owner.algorithm in SLICED and order.can_rest:
            self._desk.executor.planner.skip(owner, done_of(self._desk, owner), self._desk.clock.now_ms())
            more = f": what is left of it comes with later slices of {owner.id}"
        self._cancel_orders([order.id])
        return f"{order.label} cancel asked{more}"

    def _cancel_entry(self, entry: Entry, leg_id: str = "") -> str | Refused:
        """End both legs of an entry: one alone would go on filling, and nothing would complete it."""
        if not entry.is_open:
            return Refused(Reason.UNKNOWN_ID, f"{entry.id} is {entry.state} already", "id")
        self._cancel_orders(self._desk.entering.cancel(entry, "by a person"))
        self._desk.note("info", f"{entry.id} cancelled by a person")
        return f"{entry.id} cancelled{_both(leg_id)}"

    def _cancel_all(self, command: cmd.CancelAll) -> str:
        state = self._desk.state
        parents = state.all_open_parents()
        for parent in parents:
            move_parent(self._desk, parent, ParentState.CANCELLED, "cancel all")
        live = [order.id for order in state.all_live_orders()]
        self._cancel_orders(live)
        foreign = [order.id for order in state.foreign] if command.everything else []
        if foreign:
            self._desk.start("cancel foreign", self._desk.canceller.cancel_foreign(foreign))
        more = f", and {len(foreign)} that are not ours" if foreign else ""
        return f"{len(parents)} parents and {len(live)} orders cancelled{more}"

    def _cancel_orders(self, order_ids: Iterable[str]) -> None:
        ids = list(order_ids)
        if ids:
            self._desk.start("cancel", self._desk.canceller.cancel(ids))

    def _pause(self, command: cmd.Pause) -> str | Refused:
        """Pause a parent or both legs of an entry, or let it go on when none is worked."""
        entry, leg_id = self._entry_meant(command.parent_id)
        one = self._desk.state.parents.get(command.parent_id)
        legs = self._desk.entering.legs(entry) if entry is not None else [one] if one is not None else []
        opened = [parent for parent in legs if parent.is_open]
        if not opened or (one is not None and not one.is_open):
            return Refused(Reason.UNKNOWN_ID, f"no open parent or entry {command.parent_id[:12]}", "id")
        target = entry.id if entry is not None else command.parent_id
        is_on = command.is_on
        if is_on is None:
            is_on = any(parent.state is ParentState.WORKING for parent in opened)
        after = ParentState.PAUSED if is_on else ParentState.WORKING
        for parent in opened:
            if parent.state is not after:
                move_parent(self._desk, parent, after, "by a person" if is_on else "")
        self._desk.note("info", f"{target} {'paused' if is_on else 'goes on'}")
        return f"{target} {after}{_both(leg_id)}"

    def _entry_meant(self, target: str) -> tuple[Entry | None, str]:
        """Return the entry that is named, or that a leg of is named, with the leg's id."""
        state = self._desk.state
        if target in state.entries:
            return state.entries[target], ""
        entry = self._desk.entering.of(state.parents.get(target))
        return entry, target if entry is not None else ""

    def _reduce(self, command: cmd.Reduce) -> str:
        why = "by a person" if command.is_on else ""
        if why != self._desk.state.reducing:
            self._desk.record(ev.ReducingSet(self._desk.clock.now_ms(), why))
        words = "only orders that lower the exposure are sent" if why else "all orders may be sent again"
        self._desk.note("warning" if why else "info", words)
        return words

    async def _release(self, command: cmd.Release) -> str | Refused:
        state = self._desk.state
        if not state.halted:
            return Refused(Reason.UNKNOWN_ID, "the desk is not halted")
        if command.word != RELEASE_WORD:
            return Refused(Reason.WRONG_WORD, f"type {RELEASE_WORD} to leave the halt")
        live = len(state.all_live_orders())
        if live or not state.is_stop_proven:
            return Refused(Reason.NOT_PROVEN, f"{live} orders, NOT PROVEN ZERO: the venue must show none twice")
        # The latch first: should we die in between, the journal still says halted.
        presses = self._desk.canceller.presses
        try:
            await self._desk.latch.clear()
        except LatchFailed as error:
            await self._desk.canceller.write_latch()
            return Refused(Reason.HALTED, f"the latch cannot be cleared: {error}")
        if self._desk.canceller.presses != presses:
            await self._desk.canceller.write_latch()
            return Refused(Reason.HALTED, "halted again meanwhile")
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


def _both(leg_id: str) -> str:
    """Return that a leg was named and its entry is meant; nothing when the entry was named itself."""
    return f", both legs: {leg_id} is one of them" if leg_id else ""


def _is_kept(owner: Parent, order: Order) -> bool:
    """Return whether an order is the one that its parent keeps in the book: alone, or after the end of its plan."""
    is_left = owner.algorithm in SLICED and order.can_rest and order.slice_index >= len(owner.slices)
    return owner.algorithm in KEPT or is_left
