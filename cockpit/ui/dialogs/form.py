"""`FormDialog`: fill in, `enter` to see what would be sent, `y` to send it. No single key sends anything."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar, TypeVar

from textual import events
from textual.binding import Binding, BindingType

from cockpit.core.frame import Frame
from cockpit.ui.dialogs.base import INNER, READY_S, Box, Dialog, binding, buttons
from cockpit.ui.form import TYPED, Form
from cockpit.ui.hands import Hands
from cockpit.ui.rows import Row, Run, fitted, wrap_to
from cockpit.ui.typed import Check

Result = TypeVar("Result")


class FormBox(Box):
    """The rows of a form. A click goes to its field."""

    def on_click(self, event: events.Click) -> None:
        """Fill in the field under the pointer."""
        if isinstance(self.screen, FormDialog):
            self.screen.go_to_line(event.y)


class FormDialog(Dialog[Result], inherit_bindings=False):
    """A form and what the frame says about it. Subclasses say what it is about, check it and send it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("enter", "check", "Check", show=False),
        Binding("y", "send", "Send", show=False),
        Binding("down,tab", "move(1)", "Next field", show=False),
        Binding("up,shift+tab", "move(-1)", "Field before", show=False),
        Binding("right,space", "turn(1)", "Next choice", show=False),
        Binding("left", "turn(-1)", "Choice before", show=False),
        Binding("backspace", "erase", "Erase", show=False),
        Binding("ctrl+u,delete", "clear", "Clear", show=False),
        *(Binding(key, f"type('{typed}')", "Type", show=False) for key, typed in TYPED.items()),
        binding("halt", "app.halt"),
    ]
    BOX: ClassVar[type[Box]] = FormBox

    def __init__(self, frame: Frame, title: str, hands: Hands, form: Form) -> None:
        super().__init__(frame, title)
        self.hands = hands
        self.form = form
        self._reviewed_at: float | None = None

    def about(self) -> list[Row]:
        """Return the lines above the fields."""
        raise NotImplementedError

    def facts(self) -> list[Row]:
        """Return the lines below the fields: what is so now. Always the same number."""
        raise NotImplementedError

    def summary(self, found: Check) -> str:
        """Return in words what would be sent."""
        raise NotImplementedError

    def look(self) -> Check:
        """Return what can be said about the form now."""
        raise NotImplementedError

    def send(self, found: Check) -> None:
        """Leave with what is to be sent."""
        raise NotImplementedError

    def unused(self) -> Collection[str]:
        """Return the fields that mean nothing now."""
        return ()

    def caution(self, found: Check) -> list[Run]:
        """Return what can be sent, but better be known. Always as many lines."""
        return [(found.caution, "warning")]

    @property
    def found(self) -> Check:
        """What is in the way, also of sending anything at all."""
        return self.look() if self.hands.closed is None else Check("the desk has stopped")

    @property
    def is_reviewing(self) -> bool:
        """Whether the form is filled in and what it would send is shown."""
        return self._reviewed_at is not None

    @property
    def is_ready(self) -> bool:
        """Whether what would be sent has been seen long enough."""
        return self._reviewed_at is not None and self.hands.now() - self._reviewed_at >= READY_S

    def rows(self) -> Sequence[Row]:
        """Return the dialog's lines: always the same number while the terminal keeps its size."""
        found = self.found
        fields = self.form.rows(is_open=not self.is_reviewing, unused=self.unused())
        parts = [self.about(), fields, self.facts(), [*self._verdict(found), self._buttons(found)]]
        gaps = self._gaps(sum(map(len, parts)))
        lines = [line for part, gap in zip(parts, gaps, strict=True) for line in (*[()] * gap, *part)]
        return [fitted(line, INNER) for line in lines]

    def _gaps(self, count: int) -> tuple[int, int, int, int]:
        """Return the blank lines before each part: they go first where the terminal is low."""
        spare = self.app.size.height - 2 - count
        return 0, int(spare >= 3), int(spare >= 2), int(spare >= 1)

    def _verdict(self, found: Check) -> list[Row]:
        style = "dim" if found.is_missing else "warning bold"
        caution = self.caution(found)
        if found.problem:
            said: list[Row] = [((line, style),) for line in wrap_to(found.problem, INNER, 1 + len(caution))]
            return [*said, *[()] * len(caution)][: 1 + len(caution)]
        lead = "send " if self.is_reviewing else ""
        return [((lead, ""), (self.summary(found), "bold")), *((run,) for run in caution)]

    def _buttons(self, found: Check) -> Row:
        if self.is_reviewing:
            is_on = self.is_ready and not found.problem
            send = "Send (off)" if found.problem else "Send" if is_on else "Send  (in a moment)"
            return buttons("Change it", ("y", send, is_on))
        return (*buttons("Back", ("enter", "Check", not found.problem)), ("   up down field, left right choice", "dim"))

    def on_resize(self) -> None:
        """Take the height that there is room for now."""
        for box in self.query(Box):
            box.styles.height = len(self.rows())
        self.call_after_refresh(self.again)

    def on_paste(self, event: events.Paste) -> None:
        """Type what was pasted: all of it, so that a wrong number is named and not made into another."""
        event.stop()
        if not self.is_reviewing:
            self._change(self.form.typed(event.text.strip()))

    def _change(self, form: Form) -> None:
        if not self.is_reviewing:
            self.form = form
            self.again()

    def go_to_line(self, y: int) -> None:
        """Fill in the field on this line of the box."""
        above, count, found = len(self.about()), len(self.form.fields), self.found
        index = y - above - self._gaps(above + count + len(self.facts()) + len(self._verdict(found)) + 1)[1]
        if 0 <= index < count:
            self._change(self.form.at_field(self.form.fields[index].name))

    def action_move(self, step: int) -> None:
        """Go to another field."""
        self._change(self.form.moved(step))

    def action_turn(self, step: int) -> None:
        """Make the next choice."""
        self._change(self.form.turned(step))

    def action_type(self, typed: str) -> None:
        """Type a character of a number."""
        self._change(self.form.typed(typed))

    def action_erase(self) -> None:
        """Take the last character away."""
        self._change(self.form.erased())

    def action_clear(self) -> None:
        """Empty the field."""
        self._change(self.form.cleared())

    def action_check(self) -> None:
        """Show what would be sent, or go to the field that is in the way; seeing it, go back to the form."""
        found = self.found
        if self.is_reviewing:
            self._reviewed_at = None
        elif not found.problem:
            self._reviewed_at = self.hands.now()
            self.set_timer(READY_S + 0.01, self.again)
        elif found.field:
            self.form = self.form.at_field(found.field)
        self.again()

    def action_send(self) -> None:
        """Send what is shown, when it was seen long enough and still stands."""
        found = self.found
        if self.is_reviewing and not self.is_whole:
            self.hands.host.say("not all of the form can be seen: make the terminal larger", severity="warning")
        elif self.is_ready and not found.problem:
            self.send(found)
        else:
            self.again()

    def action_back(self) -> None:
        """From what would be sent to the form, from the form away."""
        if self.is_reviewing:
            self.action_check()
        else:
            self.leave()

    def leave(self) -> None:
        """Leave without sending anything."""
        self.dismiss(None)
