"""The forms for new orders: a single one, a split, a bid, an entry; and the form that changes a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_orders import ParentRow
from cockpit.core.market import Side
from cockpit.core.parent import SLICED, Algorithm, Style
from cockpit.core.units import PRICE_ONE, UnitError
from cockpit.ui import drafts, words
from cockpit.ui.dialogs.base import INNER
from cockpit.ui.dialogs.form import FormDialog
from cockpit.ui.dialogs.preview import Filled, PreviewDialog, quote_row
from cockpit.ui.form import Field, Form
from cockpit.ui.hands import Hands
from cockpit.ui.layout import LEAST_HEIGHT
from cockpit.ui.order_words import MEANS, SPLITS
from cockpit.ui.panes.book import pair_of
from cockpit.ui.panes.orders import owner_of, side_words
from cockpit.ui.rows import Row
from cockpit.ui.typed import Check, Order, checked_limit

__all__ = ["KINDS", "AmendDialog", "EnterDialog", "Filled", "Kind", "PlaceDialog", "SplitDialog"]


class PlaceDialog(PreviewDialog):
    """A single order."""

    def facts(self) -> list[Row]:
        """Return the quotes, what the type means, and what the desk says."""
        quote, *told = super().facts()
        means: Row = ((MEANS[drafts.TYPES[self.form.pick("type")]], "dim"),)
        return [quote, *(told if told[-1] else [means, *told[:-1]])]

    def told(self) -> int:
        """Return how many lines there are for what the desk says."""
        return 3


class SplitDialog(PreviewDialog):
    """A total that is worked quietly."""

    def about(self) -> list[Row]:
        """Return which pair it is, and what the way to split does or rests on."""
        row = self.preview
        means = words.clean(row.profile if row is not None else "") or SPLITS[SLICED[self.form.pick("algo")]]
        return [((words.clean(self.pair.name), "bold"), (f"  {means}", "dim"))]

    def told(self) -> int:
        """Return how many lines there are for what the desk says: one less where the terminal is low."""
        return super().told() if self.app.size.height > LEAST_HEIGHT else super().told() - 1


class BidDialog(PreviewDialog):
    """An order that is kept at the top of the book."""

    def told(self) -> int:
        """Return how many lines there are for what the desk says."""
        return 3


class EnterDialog(PreviewDialog):
    """Both legs of a pair, with what it means if one of them fills alone."""

    def quotes(self) -> list[Row]:
        """Return the quotes of both legs."""
        pair = pair_of(self.newest, self.pair.market_id)
        return [quote_row(pair, leg, is_named=True) for leg in (0, 1)]

    def told(self) -> int:
        """Return how many lines there are for what the desk says."""
        return 6


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of order that a form makes."""

    name: str
    """What keys call it, and what is said when the desk refuses it."""
    title: str
    dialog: type[PreviewDialog]
    blank: Callable[[PairRow], Form]
    make: Callable[[Form, PairRow], Order]

    def open(self, frame: Frame, hands: Hands, pair: PairRow, form: Form | None) -> PreviewDialog:
        """Return its dialog, empty or as it was left."""

        def read(typed: Form, newest: Frame, market_id: str) -> Check:
            return drafts.read(typed, newest, market_id, self.make)

        return self.dialog(frame, hands, pair, self.title, form or self.blank(pair), read)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("order", "New order", PlaceDialog, drafts.blank_place, drafts.place_of),
        Kind("split", "Split an order", SplitDialog, drafts.blank_split, drafts.split_of),
        Kind("bid", "Bid at the top", BidDialog, drafts.blank_bid, drafts.bid_of),
        Kind("entry", "Enter a pair", EnterDialog, drafts.blank_enter, drafts.enter_of),
    )
}


def _is_kept_at_top(order: ParentRow) -> bool:
    """Return whether its orders rest at the top of the book, post-only: they never trade at once."""
    return order.algorithm == Algorithm.TOP or order.style == Style.TOP


class AmendDialog(FormDialog[int]):
    """Another limit for an order that rests. Returns it."""

    def __init__(self, frame: Frame, hands: Hands, order: ParentRow) -> None:
        pair = pair_of(frame, order.market_id)
        unit = f"tick {words.price(pair.tick, pair.tick)}" if pair is not None else ""
        super().__init__(frame, "Change the limit", hands, Form((Field("limit", "new limit", unit=unit),), ("",)))
        self.order = order

    @property
    def _now(self) -> ParentRow:
        return owner_of(self.newest, self.order.id)[0] or self.order

    def about(self) -> list[Row]:
        """Return which order it is and what is left of it."""
        order = self._now
        left = max(order.size - order.filled, 0)
        limit = words.limit_words(order.side, order.limit)
        return [
            ((f"{order.id}  {side_words(order)}  {words.clean(order.name)}", "bold"), (f"  {limit}", "")),
            ((f"{words.shares(order.filled)} of {words.shares(order.size)} filled, {words.shares(left)} left", ""),),
        ]

    def facts(self) -> list[Row]:
        """Return the quotes and what happens."""
        lines = (
            "What rests is cancelled first, and proven dead;",
            "then what is left of it is worked at the new limit.",
        )
        quotes = quote_row(pair_of(self.newest, self.order.market_id), self.order.leg)
        return [quotes, *[((words.cut(line, INNER), "dim"),) for line in lines]]

    def look(self) -> Check:
        """Return what is wrong with the new limit, or what it would do."""
        order, pair = self._now, pair_of(self.newest, self.order.market_id)
        why = drafts.obstacle(self.newest, pair)
        if not order.state.is_open:
            why = f"{order.id} is {order.state.value}"
        if why or pair is None:
            return Check(why)
        text = self.form.text("limit")
        if not text:
            return Check("which price, at worst?", "limit", True)
        try:
            limit = checked_limit(text, pair.tick)
        except UnitError as error:
            return Check(str(error), "limit")
        if limit == order.limit:
            return Check(f"{words.price(limit)} is the limit already", "limit")
        quote = pair.legs[order.leg]
        best = quote.ask if order.side is Side.BUY else quote.bid
        can_meet = pair.book_age_ms is not None and not _is_kept_at_top(order)
        meets = can_meet and 0 < best < PRICE_ONE and not order.side.is_beyond(best, limit)
        return Check(caution="it would trade at once" if meets else "")

    def _limit(self) -> int:
        return checked_limit(self.form.text("limit"), 0)

    def summary(self, found: Check) -> str:
        """Return the change in words."""
        order, limit = self._now, self._limit()
        return f"limit {words.limit_words(order.side, order.limit)}  to  {words.limit_words(order.side, limit)}"

    def send(self, found: Check) -> None:
        """Leave with the new limit."""
        self.dismiss(self._limit())
