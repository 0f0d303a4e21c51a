"""Columns of the book beside the prices of the leg that is short: what the pair would lock if completed there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.locks import Completion, Outlook
from cockpit.core.market import Leg, Side
from cockpit.ui import words
from cockpit.ui.rows import Row

STYLES = {Outlook.LOCK: "gain", Outlook.REST: "key", Outlook.THIN: "dim", Outlook.LOSS: "loss"}
LETTERS = {Outlook.LOCK: "L", Outlook.REST: "R", Outlook.THIN: "T", Outlook.LOSS: "X"}


@dataclass(frozen=True, slots=True)
class LockColumns:
    """The columns there is room for: two figures (taking, resting) or the one of the side, then a word or a letter."""

    completion: Completion
    figures: int
    figure: int
    word: int

    @property
    def width(self) -> int:
        """How many cells they take."""
        return self.figures * self.figure + self.word

    def head(self) -> Row:
        """Return the headings."""
        names = ("take", "rest") if self.figures == 2 else ("lock",)
        return (*((words.right(name, self.figure), "head") for name in names), (" " * self.word, ""))

    def cells(self, price: int, side: Side) -> Row:
        """Return what completing at this price would lock. With one figure: taking at an ask, resting at a bid."""
        outlook = self.completion.outlook(price)
        kinds = (True, False) if self.figures == 2 else (side is Side.SELL,)
        locks = [self.completion.locked_at(price, is_taker=is_taker) for is_taker in kinds]
        texts = [words.right(words.short_gain(lock, self.figure - 1), self.figure) for lock in locks]
        word = outlook if self.word > 2 else LETTERS[outlook]
        style = STYLES[outlook]
        return (*((text, style) for text in texts), (words.left(f" {word}", self.word), f"{style} bold"))


def columns_of(completion: Completion | None, leg: Leg, spare: int) -> LockColumns | None:
    """Return the columns that fit into the spare cells beside a leg; None beside the other leg, or without room."""
    if completion is None or completion.leg is not leg:
        return None
    for figures, figure, word in ((2, 10, 6), (1, 10, 6), (1, 8, 2), (1, 6, 2)):
        columns = LockColumns(completion, figures, figure, word)
        if columns.width <= spare:
            return columns
    return None


def break_even_texts(completion: Completion) -> tuple[str, str]:
    """Return the highest prices that still lock the target, in words and short, taking and resting."""
    take, rest = (
        words.NOTHING if price is None else words.price(price, completion.tick)
        for price in (completion.break_even(is_taker=True), completion.break_even(is_taker=False))
    )
    target = words.signed_money(completion.target)
    return f"locks {target} up to {take} taking, {rest} resting", f"even take {take} rest {rest}"
