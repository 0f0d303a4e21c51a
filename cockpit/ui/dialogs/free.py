"""The dialogs that free capital and that let the cockpit act by itself. Only `y` sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from cockpit.core.conversion import ConversionKind
from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_capital import CapitalRow
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER, Dialog, buttons
from cockpit.ui.panes.capital import freed_words, row_of
from cockpit.ui.rows import Row, wrap


class FreeDialog(Dialog[bool]):
    """Ask before pairs are merged, or what has won is redeemed. Returns True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Do it", show=False)]

    def __init__(self, frame: Frame, seen: CapitalRow) -> None:
        super().__init__(frame, "Merge pairs" if seen.kind is ConversionKind.MERGE else "Redeem")
        self.seen = seen

    @property
    def why_not(self) -> str:
        """Why it cannot be sent, or nothing."""
        now = row_of(self.newest, self.seen.market_id)
        if self.newest.header.halted:
            return "the desk is halted"
        if now is None or now.kind is not self.seen.kind:
            return "it is no longer possible"
        if now.asked_ms is not None:
            return "it is on its way already"
        return "" if now.shares >= self.seen.shares else f"only {words.shares(now.shares)} pairs are free now"

    def rows(self) -> Sequence[Row]:
        """Return what it takes and what it brings: always the same number of lines."""
        seen, why = self.seen, self.why_not
        if seen.kind is ConversionKind.MERGE:
            takes = f"{words.shares(seen.shares)} shares of each outcome become {words.money(seen.amount)} USD."
            more = "The result stays as it is: a pair is always worth 1 USD."
        else:
            takes = f"What has won is paid out: {words.money(seen.amount)} USD."
            more = "The result was counted when the market resolved."
        return [
            ((words.cut(words.clean(seen.name), INNER), "bold"),),
            ((takes, ""),),
            ((freed_words(seen) or "It could be spent at once.", ""),),
            ((more, "dim"),),
            ((words.cut(f"Send is off: {why}", INNER), "warning bold"),) if why else (),
            buttons("Back", ("y", "Merge" if seen.kind is ConversionKind.MERGE else "Redeem", not why)),
        ]

    def action_yes(self) -> None:
        """Send it, while it is possible."""
        if self.why_not:
            self.again()
        else:
            self.dismiss(True)


class AutoDialog(Dialog[bool]):
    """Ask before the cockpit rebalances a pair by itself. Returns True for yes."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "yes", "Let it", show=False)]

    def __init__(self, frame: Frame, pair: PairRow) -> None:
        super().__init__(frame, "Rebalance by itself")
        self.pair = pair

    def rows(self) -> Sequence[Row]:
        """Return what it would do without asking."""
        text = (
            "The cockpit would send what it now only suggests for this pair, within the limits, without asking. "
            "Every order is shown, K stops all."
        )
        lines: list[Row] = [((line, ""),) for line in wrap(text, INNER)]
        name = words.cut(words.clean(self.pair.name), INNER)
        return [((name, "bold"),), *lines, (), buttons("Back", ("y", "Let it", True))]

    def action_yes(self) -> None:
        """Let it."""
        self.dismiss(True)
