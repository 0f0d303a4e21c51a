"""`Hands`: the only place of the screen that sends commands. It remembers what was sent until the receipt is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from cockpit.core import commands as c
from cockpit.core.conversion import ConversionKind
from cockpit.core.frame import DifferenceRow, Frame
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.frame_orders import SuggestionRow
from cockpit.core.why import Why
from cockpit.link.base import Link
from cockpit.ui import words
from cockpit.ui.typed import Order

SLOWEST, FASTEST = 0.125, 1000.0


class Host(Protocol):
    """What screens may ask of the app."""

    silent_s: int
    """Whole seconds since the last frame, 0 while frames come."""

    def say(self, text: str, *, heading: str = "", severity: str = "information") -> None:
        """Show a message that goes away by itself."""
        ...

    def leave(self) -> None:
        """Stop the desk and end."""
        ...

    def theme_names(self) -> Iterable[str]:
        """Return the names of our themes."""
        ...

    def use_theme(self, name: str) -> None:
        """Switch to a theme."""
        ...

    def next_theme(self) -> None:
        """Read the theme files again and use the next one."""
        ...

    def toggle_mouse(self) -> None:
        """Take the mouse, or give it back to the terminal."""
        ...


class Hands:
    """Sends commands. What is sent for a suggestion is what was seen."""

    def __init__(self, link: Link, host: Host, now: Callable[[], float], keymap: Mapping[str, str]) -> None:
        self._link = link
        self.host = host
        self.now = now
        self.keymap = keymap
        self._waiting: dict[str, str] = {}
        self._refused: set[str] = set()
        self._speed_before = 1.0

    @property
    def closed(self) -> str | None:
        """Why the desk is gone, once it is."""
        return self._link.closed

    @property
    def silent_s(self) -> int:
        """Whole seconds without news."""
        return self.host.silent_s

    def watch(self, market_id: str) -> None:
        """Ask for this market's ladder."""
        self._link.watch([market_id])

    def approve(self, row: SuggestionRow) -> None:
        """Send a suggestion as it was seen."""
        option = row.option
        if option is not None:
            new_id = self._link.new_id()
            self._send(
                c.Approve(new_id, row.id, option.action, option.shares, row.limit, option.price),
                "approve",
            )

    def dismiss(self, row: SuggestionRow) -> None:
        """Hide a suggestion."""
        self._send(c.Dismiss(self._link.new_id(), row.id), "dismiss")

    def start(self, command: Order, what: str) -> str:
        """Send an order of one's own, of any kind; return the command's id, to ask `was_refused` with."""
        new_id = self._link.new_id()
        self._send(replace(command, id=new_id), what)
        return new_id

    def preview(self, command: Order) -> str:
        """Ask what an order would do now; return the id its answer will have."""
        new_id = self._link.new_id()
        if self.closed is None:
            self._link.send(c.Preview(new_id, command))
        return new_id

    @property
    def whys(self) -> Iterable[Why]:
        """The newest answers to why that have come, shown or not."""
        frame = self._link.frame
        return frame.whys if frame is not None else ()

    def explain(self, target: str) -> str:
        """Ask why; return the id its answer will have."""
        new_id = self._link.new_id()
        if self.closed is None:
            self._link.send(c.Explain(new_id, target))
        return new_id

    def amend(self, parent_id: str, limit: int) -> None:
        """Change a parent's limit."""
        self._send(c.Amend(self._link.new_id(), parent_id, limit), "change of the limit")

    def cancel(self, target_id: str) -> None:
        """Cancel a parent or one order."""
        self._send(c.Cancel(self._link.new_id(), target_id), "cancel")

    def cancel_all(self) -> None:
        """Cancel every order."""
        self._send(c.CancelAll(self._link.new_id()), "cancel all")

    def pause(self, target_id: str, *, is_on: bool) -> None:
        """Pause a parent or entry, or let it go on."""
        self._send(c.Pause(self._link.new_id(), target_id, is_on), "pause" if is_on else "going on")

    def halt(self, *, everything: bool = False) -> None:
        """Halt; with `everything` every order of the account ends, not only ours."""
        self._send(c.Halt(self._link.new_id(), everything=everything), "halt")

    def release(self, word: str) -> None:
        """Leave the halt."""
        self._send(c.Release(self._link.new_id(), word), "release")

    def reduce(self, *, is_on: bool) -> None:
        """Send only what lowers the exposure from now on, or everything again."""
        self._send(c.Reduce(self._link.new_id(), is_on), "reducing")

    def free(self, row: CapitalRow) -> None:
        """Merge pairs as they were seen, or redeem what a market owes."""
        new_id = self._link.new_id()
        if row.kind is ConversionKind.MERGE:
            self._send(c.Merge(new_id, row.market_id, row.shares), "merge")
        else:
            self._send(c.Redeem(new_id, row.market_id), "redemption")

    def set_mode(self, market_id: str, mode: str) -> None:
        """Choose what the manager may do with a pair."""
        self._send(c.SetMode(self._link.new_id(), market_id, mode), "mode")

    def sign_off(self, order_id: str, word: str) -> None:
        """Vouch for the end of an order whose fate is unknown."""
        self._send(c.SignOff(self._link.new_id(), order_id, word), "sign-off")

    def reconcile(self) -> None:
        """Compare with the venue now."""
        self._send(c.Reconcile(self._link.new_id()), "compare")

    def accept(self, seen: DifferenceRow) -> None:
        """Take over the venue's number as it was seen."""
        self._send(c.Accept(self._link.new_id(), seen.key, seen.theirs), "accept")

    def change_speed(self, speed: float, direction: int) -> None:
        """Double or halve the speed of a replay."""
        start = speed or self._speed_before
        wanted = min(max(start * (2.0 if direction > 0 else 0.5), SLOWEST), FASTEST)
        self._send(c.SetSpeed(self._link.new_id(), wanted), "speed")

    def hold(self, speed: float) -> None:
        """Pause a replay, or go on as fast as before."""
        if speed > 0:
            self._speed_before = speed
        self._send(c.SetSpeed(self._link.new_id(), 0.0 if speed > 0 else self._speed_before), "speed")

    def read_receipts(self, frame: Frame) -> None:
        """Say what of ours was refused; what was done shows on the screen by itself."""
        for receipt in frame.receipts:
            what = self._waiting.pop(receipt.command_id, None)
            if what is not None and not receipt.is_done:
                self._refused.add(receipt.command_id)
                text = ": ".join(words.clean(part) for part in (receipt.reason, receipt.text) if part)
                self.host.say(text, heading=f"{what} refused", severity="warning")

    def was_refused(self, command_id: str) -> bool:
        """Return whether the desk has said no to this command."""
        return command_id in self._refused

    def _send(self, command: c.Command, what: str) -> None:
        if self.closed is None:
            self._waiting[command.id] = what
            self._link.send(command)
