"""Starts what a person asks for, or says what it would do: by one and the same preparation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Side
from cockpit.core.units import price_text
from cockpit.desk.placing.amend import amend_problem
from cockpit.desk.placing.bid import prepare_bid
from cockpit.desk.placing.enter import prepare_enter
from cockpit.desk.placing.place import prepare_place
from cockpit.desk.placing.prepared import Prepared
from cockpit.desk.placing.split import prepare_split

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

Wanted = cmd.Place | cmd.Split | cmd.Bid | cmd.Enter


class Starter:
    """Turns orders, splits, bids and entries into parents."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def prepare(self, command: Wanted) -> Prepared | Refused:
        """Return what a command would start, or what is wrong with it. Nothing happens."""
        if self._desk.state.halted:
            return Refused(Reason.HALTED, f"the desk is halted: {self._desk.state.halted}")
        match command:
            case cmd.Place():
                return prepare_place(self._desk, command)
            case cmd.Split():
                return prepare_split(self._desk, command)
            case cmd.Bid():
                return prepare_bid(self._desk, command)
            case cmd.Enter():
                return prepare_enter(self._desk, command)

    def start(self, command: Wanted) -> str | Refused:
        """Start what a command asks for."""
        found = self.prepare(command)
        if isinstance(found, Refused):
            return found
        desk = self._desk
        for fact in found.facts:
            desk.record(fact)
        for parent in found.parents:
            desk.record(ev.ParentStarted(desk.clock.now_ms(), parent, "" if found.facts else command.id))
        desk.note("info", f"{found.words}, by a person")
        return found.words

    def amend(self, command: cmd.Amend) -> str | Refused:
        """Change a parent's limit: what is at the old one is cancelled, and replaced once it is proven dead."""
        desk = self._desk
        parent = desk.state.parents.get(command.parent_id)
        if parent is None or not parent.is_open:
            return Refused(Reason.UNKNOWN_ID, f"no open parent {command.parent_id[:12]}", "id")
        if refusal := amend_problem(desk, parent, command.limit):
            return refusal
        desk.record(ev.ParentAmended(desk.clock.now_ms(), parent.id, command.limit))
        side = "at most" if parent.side is Side.BUY else "at least"
        words = f"{parent.id} limit is now {side} {price_text(command.limit)}"
        desk.note("info", words)
        return words
