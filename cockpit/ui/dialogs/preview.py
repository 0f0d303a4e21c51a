"""`PreviewDialog`: a form whose command the desk weighs while it is typed: what it says is what sending would do."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from cockpit.core.commands import Enter
from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_orders import PreviewRow
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER
from cockpit.ui.dialogs.form import FormDialog
from cockpit.ui.drafts import unused
from cockpit.ui.form import Form
from cockpit.ui.hands import Hands
from cockpit.ui.layout import LEAST_HEIGHT
from cockpit.ui.order_words import limit_runs, order_words, preview_rows
from cockpit.ui.panes.book import pair_of
from cockpit.ui.rows import Row, Run, width_of
from cockpit.ui.typed import Check, Order

AGAIN_S = 1.0
"""How often the desk is asked again while nothing changes in the form."""
MOST_IDS = 8
"""As many as a frame has previews."""


@dataclass(frozen=True, slots=True)
class Filled:
    """How a form was left: what stood in it, and what is to be sent, if anything."""

    form: Form
    command: Order | None


def quote_row(pair: PairRow | None, leg: int, *, is_named: bool = False) -> Row:
    """Return the quotes of a leg and what is held of it; with its name where both legs are shown."""
    if pair is None:
        return (("the pair is gone", "warning"),)
    row = pair.legs[leg]
    age = f"age {words.age(pair.book_age_ms)}" if pair.book_age_ms is not None else "no book"
    quote = f"{words.price_or_nothing(row.bid, pair.tick)} / {words.price_or_nothing(row.ask, pair.tick)}"
    name = f"{words.left(row.outcome, 9)} " if is_named else "bid / ask "
    start: Row = ((name, "dim"), (quote, ""), (f"  {age}", "stale" if pair.is_stale else "dim"))
    held, sold = words.shares(row.shares), words.shares(row.tradeable)
    if width_of(start) + len(f"   held {held}, can be sold {sold}") > INNER:
        held, sold = words.short_shares(row.shares, 5), words.short_shares(row.tradeable, 5)
    return (*start, (f"   held {held}, can be sold {sold}", ""))


class PreviewDialog(FormDialog[Filled]):
    """A new order of some kind for a pair. Returns the form as it was left, with a command when it is to be sent."""

    def __init__(
        self,
        frame: Frame,
        hands: Hands,
        pair: PairRow,
        title: str,
        form: Form,
        read: Callable[[Form, Frame, str], Check],
    ) -> None:
        super().__init__(frame, title, hands, form)
        self.pair = pair
        self._read = read
        self._asked: Order | None = None
        """What the desk was asked last ..."""
        self._asked_at = 0.0
        self._ids: deque[str] = deque(maxlen=MOST_IDS)
        """... and the ids it was asked under: a slow answer is one all the same."""
        self._answered: tuple[Order, PreviewRow] | None = None
        self._sealed: Order | None = None
        """What was seen when it was checked: prices that were left open stay as they were then."""

    def _draft(self) -> Check:
        """Return what is to be weighed, typed or sealed, or what is wrong with what was typed."""
        found = self._read(self.form, self.newest, self.pair.market_id)
        is_sealed = found.command is not None and self._sealed is not None
        return replace(found, command=self._sealed) if is_sealed else found

    @property
    def preview(self) -> PreviewRow | None:
        """What the desk says about the form as it is now; None until it has answered."""
        return self._answered[1] if self._answered is not None and self._answered[0] == self._draft().command else None

    def about(self) -> list[Row]:
        """Return which pair it is."""
        pair = pair_of(self.newest, self.pair.market_id) or self.pair
        title = f"  {words.clean(pair.title)}" if pair.title != pair.name else ""
        return [((words.clean(pair.name), "bold"), (title, "dim"))]

    def quotes(self) -> list[Row]:
        """Return the quotes the form is about."""
        return [quote_row(pair_of(self.newest, self.pair.market_id), self.form.pick("leg"))]

    def told(self) -> int:
        """Return how many lines there are for what the desk says."""
        return 4

    def facts(self) -> list[Row]:
        """Return the quotes and what the desk says. Always the same number."""
        return [*self.quotes(), *preview_rows(self.preview, self.told())]

    def unused(self) -> Collection[str]:
        """Return the fields that mean nothing with the choices that are made."""
        return unused(self.form)

    def show(self, frame: Frame) -> None:
        """Take a newer frame, and the desk's answer with it."""
        row = next((row for row in reversed(frame.previews) if row.command_id in self._ids), None)
        if row is not None and self._asked is not None:
            self._answered = (self._asked, row)
        super().show(frame)

    def again(self) -> None:
        """Paint the rows, and have the desk weigh what they say."""
        self._ask()
        super().again()

    def _ask(self) -> None:
        draft, now = self._draft().command, self.hands.now()
        if draft is None or self.hands.closed is not None:
            return
        if draft != self._asked:
            self._ids.clear()
        elif now - self._asked_at < AGAIN_S:
            return
        self._asked, self._asked_at = draft, now
        self._ids.append(self.hands.preview(draft))

    def look(self) -> Check:
        """Return what is wrong with what was typed, else what the desk says about it."""
        found, row = self._draft(), self.preview
        if found.command is None:
            return found
        if row is None:
            return Check("asking the desk what it would do ...", is_missing=True)
        if row.reason:
            names = [field.name for field in self.form.fields]
            return Check(words.clean(row.problem), row.field if row.field in names else "")
        return found

    def caution(self, found: Check) -> list[Run]:
        """Return how much it would use of each limit: in one line where the terminal is low."""
        row, count = self.preview, 2 if self.app.size.height > LEAST_HEIGHT else 1
        return limit_runs(row.limits if row is not None else (), count)

    def summary(self, found: Check) -> str:
        """Return the order in words."""
        command, row = found.command, self.preview
        if isinstance(command, Enter) and self._sealed is None and row is not None and row.shares:
            command = replace(command, prices=row.prices, shares=row.shares)
        return order_words(command, self.pair) if command is not None else ""

    def action_check(self) -> None:
        """Show what would be sent; an entry is sent at the prices that are seen now."""
        row = self.preview
        super().action_check()
        self._sealed = None
        typed = self._draft().command
        if self.is_reviewing and isinstance(typed, Enter) and row is not None and row.shares:
            self._sealed = replace(typed, prices=row.prices, shares=row.shares, budget=0)
            self._answered = (self._sealed, row)  # from here on the desk is asked about what is sealed
        self.again()

    def send(self, found: Check) -> None:
        """Leave with the command."""
        self.dismiss(Filled(self.form, found.command))

    def leave(self) -> None:
        """Leave with what was typed, so that it is there again the next time."""
        self.dismiss(Filled(self.form, None))
