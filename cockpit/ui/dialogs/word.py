"""Dialogs that want a word typed: what they do cannot be taken back, or makes trading possible again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from cockpit.core.frame import DifferenceRow, Frame
from cockpit.core.frame_orders import ChildRow
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER, Box, Dialog
from cockpit.ui.panes.orders import owner_of
from cockpit.ui.rows import Row, fitted, wrap


class WordInput(Input):
    """Takes the letters of its word only, so that the key that halts still halts."""

    def __init__(self, word: str) -> None:
        super().__init__(id="word", placeholder=word, max_length=len(word), compact=True)
        self.cursor_blink = False
        self._letters = frozenset(word.casefold())

    def _is_taken(self, character: str | None) -> bool:
        return character is not None and character.isprintable() and character.casefold() in self._letters

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Leave every other key to what it is bound to."""
        return self._is_taken(character)

    async def _on_key(self, event: events.Key) -> None:
        if not event.is_printable or self._is_taken(event.character):
            await super()._on_key(event)
        else:
            event.prevent_default()


class WordDialog(Dialog[str]):
    """Returns the word once it was typed as it is written, and nothing is in the way."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=False)]
    WORD = ""
    STAYS = "leaves"
    """What escape does, in words."""

    def __init__(self, frame: Frame, title: str) -> None:
        super().__init__(frame, title)
        self._problem = ""

    def inputs(self) -> ComposeResult:
        """One line to type in."""
        yield WordInput(self.WORD)

    def on_mount(self) -> None:
        """Type at once."""
        super().on_mount()
        self.query_one(Input).focus()

    def what(self) -> list[Row]:
        """Return what it is about: always the same number of lines."""
        raise NotImplementedError

    def obstacle(self) -> str:
        """Return why it cannot be done now, or nothing."""
        return ""

    def rows(self) -> Sequence[Row]:
        """Return what it is about, what is wrong, and what to type."""
        ask: Row = ((f"type {self.WORD} and enter    ", ""), ("esc", "key"), (f" {self.STAYS}", "dim"))
        problem: Row = ((self.obstacle() or self._problem, "warning bold"),)
        return [fitted(line, INNER) for line in (*self.what(), problem, ask)]

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Take the word, if it is the word."""
        if event.value != self.WORD:
            self._problem = f"that was not {self.WORD}"
        elif not self.is_whole:
            self._problem = "not all of this can be seen: make the terminal larger"
        elif not self.obstacle():
            self.dismiss(event.value)
            return
        self.query_one(Box).paint(self.rows())


class ReleaseDialog(WordDialog):
    """Leave the halt."""

    WORD = "RELEASE"
    STAYS = "stays halted"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "Release the halt")

    def what(self) -> list[Row]:
        """Return why it is halted, whether that is proven, and what releasing means."""
        head, stop = self.newest.header, self.newest.stop
        is_proven = stop is not None and stop.is_on and stop.is_proven
        zero = "orders proven zero" if is_proven else f"ORDERS NOT PROVEN ZERO: {_live(self.newest)}"
        return [
            ((f"halted: {words.clean(head.halted) or 'not any more'}", "alarm"),),
            ((zero, "dim" if is_proven else "warning bold"),),
            (("After the release orders can be sent again.", ""),),
        ]


def _live(frame: Frame) -> str:
    stop = frame.stop
    count = stop.own_orders if stop is not None and stop.is_on else frame.header.orders_live
    return f"{words.plural(count, 'order')} may still fill"


class EverythingDialog(WordDialog):
    """End every order of the account, also those that are not ours."""

    WORD = "EVERYTHING"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame, "Stop the whole account")

    def what(self) -> list[Row]:
        """Return what ends."""
        stop = self.newest.stop
        own = stop.own_orders if stop is not None else self.newest.header.orders_live
        foreign = stop.foreign_orders if stop is not None else len(self.newest.foreign)
        return [
            ((f"Cancels {words.plural(own, 'order')} of ours,", ""),),
            ((f"and {words.plural(foreign, 'order')} of the account that {_is(foreign)} not ours:", "bold"),),
            (("other programs and people lose theirs too.", ""),),
            (("Nothing is sent until a person releases the desk.", ""),),
        ]


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


class AcceptDialog(WordDialog):
    """Take over the venue's number, as it was seen when the dialog opened."""

    WORD = "ACCEPT"

    def __init__(self, frame: Frame, seen: DifferenceRow) -> None:
        super().__init__(frame, "Accept the venue's number")
        self.seen = seen

    def obstacle(self) -> str:
        """Return why the number that was seen cannot be taken over any more."""
        now = next((row for row in self.newest.differences if row.key == self.seen.key), None)
        if now is None:
            return "the difference is gone: nothing to accept"
        if now.theirs != self.seen.theirs:
            return f"the venue's number is {words.exact(now.theirs)} now: esc, then again"
        return "" if now.may_accept else "this one cannot be accepted"

    def what(self) -> list[Row]:
        """Return both numbers, what is between them, and what accepting means."""
        seen = self.seen
        step = seen.theirs - seen.ours
        after = "The pair may trade again if nothing else of it differs." if seen.market_id else ""
        return [
            ((words.clean(seen.pair) or "the account", "bold"), (f"  {words.clean(seen.name)}", "")),
            ((f"ours {words.exact(seen.ours)}   venue {words.exact(seen.theirs)}", "bold"),),
            ((f"A transfer of {'+' if step > 0 else ''}{words.exact(step)} is booked, without a price.", ""),),
            ((after, ""),),
        ]


class SignOffDialog(WordDialog):
    """Vouch that an order whose fate is unknown cannot fill any more."""

    WORD = "DEAD"

    def __init__(self, frame: Frame, order: ChildRow) -> None:
        super().__init__(frame, "Sign off an unknown order")
        self.order = order

    def obstacle(self) -> str:
        """Return why the order cannot be signed off any more."""
        now = owner_of(self.newest, self.order.id)[1]
        if now is None:
            return "this order is gone from the screen"
        return "" if now.may_sign_off else f"{now.label} is {now.state.value}: nothing to sign off"

    def what(self) -> list[Row]:
        """Return which order it is and what the word means."""
        row = self.order
        size = f"{words.shares(row.filled)} of {words.shares(row.size)} @ {words.price(row.price)}"
        age = words.age(self.newest.at_ms - row.created_ms)
        row_id = words.clean(row.id)
        half = (len(row_id) + 1) // 2
        meaning = (
            "You vouch that it can no longer fill. It stops counting as live. "
            "If it fills after all, the fill counts and an alarm is raised."
        )
        return [
            ((f"{row.label}  {size}", "bold"), (f"  unknown, sent {age} ago", "warning")),
            *[((part, "dim"),) for part in (row_id[:half], row_id[half:])],
            *[((line, ""),) for line in wrap(meaning, INNER)],
        ]
