"""The approve dialog: what was seen when it opened, beside what is so now. Only `y` sends, and not at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import SuggestionRow
from cockpit.core.market import Side
from cockpit.core.rebalance import Option
from cockpit.core.units import PRICE_ONE, pay, receive
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER, READY_S, Dialog, buttons
from cockpit.ui.hands import Hands
from cockpit.ui.order_words import used_words
from cockpit.ui.panes.suggestions import delta_words
from cockpit.ui.rows import Row, fitted

LABEL, VALUE = 16, 20
GROSS = ("costs at most", "brings at least")
"""What the limit that is sent allows: a figure of what was seen only, and before fees."""


def current(frame: Frame, seen: SuggestionRow) -> SuggestionRow | None:
    """Return the row of the same pair as it is now."""
    return next((row for row in frame.suggestions if row.market_id == seen.market_id), None)


def obstacle(frame: Frame, seen: SuggestionRow) -> str:
    """Return why what was seen can no longer be sent, or nothing."""
    now = current(frame, seen)
    if frame.header.halted:
        return "the desk is halted"
    if now is None or seen.option is None:
        return "withdrawn: the pair is balanced"
    if now.id != seen.id:
        return f"withdrawn: {words.clean(now.words)}" if not now.id else "replaced by a newer suggestion: esc, then a"
    if now.option is None or now.option.action != seen.option.action:
        return "it would now do something else: esc, then a"
    if seen.option.side is Side.BUY and now.best_ask > seen.limit:
        best = words.price_or_nothing(now.best_ask)
        return f"the ask {best} is above the limit {words.price(seen.limit)}"
    if seen.option.side is Side.SELL and now.best_bid < seen.limit:
        best = words.price_or_nothing(now.best_bid)
        return f"the bid {best} is below the limit {words.price(seen.limit)}"
    return ""


class ApproveDialog(Dialog[str]):
    """Returns `send`, `dismiss` or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "send", "Send", show=False),
        Binding("d", "dismiss_it", "Dismiss", show=False),
    ]

    def __init__(self, frame: Frame, seen: SuggestionRow, hands: Hands) -> None:
        super().__init__(frame, "Approve suggestion")
        self.seen = seen
        self.hands = hands
        self._shown_at: float | None = None

    def on_mount(self) -> None:
        """Count from the moment it can be seen."""
        super().on_mount()
        self.call_after_refresh(self._appear)

    def _appear(self) -> None:
        self._shown_at = self.hands.now()
        self.set_timer(READY_S + 0.01, self.again)

    @property
    def is_ready(self) -> bool:
        """Whether it has been seen long enough."""
        return self._shown_at is not None and self.hands.now() - self._shown_at >= READY_S

    @property
    def why_not(self) -> str:
        """Why it cannot be sent, or nothing."""
        return obstacle(self.newest, self.seen) if self.hands.closed is None else "the desk has stopped"

    def action_send(self) -> None:
        """Send what was seen, when it was seen long enough and still stands."""
        if self.is_ready and self.is_whole and not self.why_not:
            self.dismiss("send")
        else:
            self.again()

    def action_dismiss_it(self) -> None:
        """Hide the suggestion until its pair changes."""
        self.dismiss("dismiss")

    def rows(self) -> Sequence[Row]:
        """Return the dialog's lines: always the same number."""
        why = self.why_not
        send = "Send (off)" if why else "Send" if self.is_ready else "Send  (in a moment)"
        return [*self._what(), (), *self._numbers(), (), *self._how(), *self._warning(why), self._buttons(why, send)]

    def _buttons(self, why: str, send: str) -> Row:
        return buttons("Back", ("y", send, self.is_ready and not why), ("d", "Dismiss", self.hands.closed is None))

    def _warning(self, why: str) -> list[Row]:
        return [((words.cut(f"Send is off: {why}", INNER), "warning bold"),) if why else (), ()]

    def _what(self) -> list[Row]:
        seen, option = self.seen, self.seen.option
        if option is None:
            return []
        style = "bid" if option.side is Side.BUY else "ask"
        verb = "BUY" if option.side is Side.BUY else "SELL"
        what = f"{verb} {words.shares(option.shares)} {words.clean(seen.outcome)}"
        title = next((p.title for p in self.newest.pairs if p.market_id == seen.market_id), "")
        first: Row = ((what, f"{style} bold"), (f"  {words.limit_words(option.side, seen.limit)}", style))
        part = "  part of the imbalance" if option.is_partial else ""
        name = words.clean(seen.name)
        about = f"  {words.clean(title)}" if title and title != seen.name else ""
        return [fitted((*first, (part, "dim")), INNER), fitted(((name, "bold"), (about, "dim")), INNER)]

    def _numbers(self) -> list[Row]:
        now = current(self.newest, self.seen)
        head: Row = (
            (" " * LABEL, ""),
            (words.right("you saw", VALUE), "head"),
            (words.right("now", VALUE), "head"),
        )
        before, after = figures(self.seen), figures(now) if now is not None else {}
        lines = [head]
        for label, value in before.items():
            new = after.get(label, words.NOTHING)
            style = "" if new == value else "warning"
            if label in GROSS:
                new, style = "before fees", "dim"
            cells: Row = ((words.left(label, LABEL), "dim"), (words.right(value, VALUE), "bold"))
            lines.append((*cells, (words.right(new, VALUE), style)))
        return lines

    def _how(self) -> list[Row]:
        seen, now = self.seen, current(self.newest, self.seen)
        window = f"over {words.age(seen.window_ms)}" if seen.window_ms else "at once"
        age = f"book age {words.age(now.book_age_ms)}" if now is not None else "no book"
        used = [used_words(row) for row in self.newest.limits if row.limit]
        return [
            ((f"{words.plural(seen.slices, 'slice')} {window}    {age}", "dim"),),
            ((words.cut("   ".join(used), INNER), "dim"),),
        ]


def figures(row: SuggestionRow) -> dict[str, str]:
    """Return the numbers of a suggestion by label."""
    option = row.option
    if option is None:
        return {}
    return {
        "price": words.price(option.price),
        "shares": words.shares(option.shares),
        _money_label(option): _money_at_limit(option, row.limit),
        "gain after fees": words.signed_money(option.gain),
        "delta": delta_words(row),
        "bid / ask": f"{words.price_or_nothing(row.best_bid)} / {words.price_or_nothing(row.best_ask)}",
    }


def _money_label(option: Option) -> str:
    return GROSS[0] if option.side is Side.BUY else GROSS[1]


def _money_at_limit(option: Option, limit: int) -> str:
    if not 0 < limit < PRICE_ONE:
        return words.NOTHING
    worst = pay(option.shares, limit) if option.side is Side.BUY else receive(option.shares, limit)
    return words.money(worst)
