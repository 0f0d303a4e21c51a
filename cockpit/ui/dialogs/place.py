"""The order form, and the form that changes the limit of an order that rests."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_orders import ParentRow
from cockpit.core.units import UnitError
from cockpit.ui import words
from cockpit.ui.dialogs.base import INNER
from cockpit.ui.dialogs.form import FormDialog
from cockpit.ui.form import Field, Form
from cockpit.ui.hands import Hands
from cockpit.ui.panes.book import pair_of
from cockpit.ui.panes.orders import OPEN, owner_of, side_words
from cockpit.ui.rows import Row
from cockpit.ui.ticket import (
    MEANS,
    TYPES,
    Check,
    Ticket,
    blank_form,
    check,
    checked_limit,
    crosses,
    obstacle,
    ticket_words,
    unused_fields,
)


@dataclass(frozen=True, slots=True)
class Filled:
    """How the order form was left: what stood in it, and what is to be sent, if anything."""

    form: Form
    ticket: Ticket | None


def quote_row(pair: PairRow | None, leg: int) -> Row:
    """Return the quotes of a leg and what is held of it."""
    if pair is None:
        return (("the pair is gone", "warning"),)
    row = pair.legs[leg]
    age = words.age(pair.book_age_ms) if pair.book_age_ms is not None else "no book"
    quote = f"{words.price_or_nothing(row.bid, pair.tick)} / {words.price_or_nothing(row.ask, pair.tick)}"
    held = f"held {words.shares(row.shares)}, can be sold {words.shares(row.tradeable)}"
    return (
        ("bid / ask ", "dim"),
        (quote, ""),
        (f"  age {age}", "stale" if pair.is_stale else "dim"),
        (f"   {held}", ""),
    )


class PlaceDialog(FormDialog[Filled]):
    """A new order for a pair. Returns the form as it was left, with a ticket when it is to be sent."""

    def __init__(self, frame: Frame, hands: Hands, pair: PairRow, form: Form | None) -> None:
        super().__init__(frame, "New order", hands, form or blank_form(pair))
        self.pair = pair

    def about(self) -> list[Row]:
        """Return which pair it is."""
        pair = pair_of(self.newest, self.pair.market_id) or self.pair
        title = f"  {words.clean(pair.title)}" if pair.title != pair.name else ""
        return [((words.clean(pair.name), "bold"), (title, "dim"))]

    def facts(self) -> list[Row]:
        """Return the quotes, what the type means, and what the order would do and cost."""
        found = self.found
        pair = pair_of(self.newest, self.pair.market_id)
        return [
            quote_row(pair, self.form.pick("leg")),
            ((MEANS[TYPES[self.form.pick("type")]], "dim"),),
            ((found.effect, ""),),
            ((found.money, ""),),
        ]

    def unused(self) -> tuple[str, ...]:
        """Return what the chosen type does not use."""
        return unused_fields(self.form)

    def look(self) -> Check:
        """Return what can be said about the order now."""
        return check(self.form, self.newest, self.pair.market_id)

    def summary(self, found: Check) -> str:
        """Return the order in words."""
        ticket = found.ticket
        return ticket_words(ticket, self.pair.legs[ticket.leg].outcome) if ticket is not None else ""

    def send(self, found: Check) -> None:
        """Leave with the ticket."""
        self.dismiss(Filled(self.form, found.ticket))

    def leave(self) -> None:
        """Leave with what was typed, so that it is there again the next time."""
        self.dismiss(Filled(self.form, None))


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
        lines = ("What rests is cancelled first, and proven dead;", "then what is left of it is sent at the new limit.")
        quotes = quote_row(pair_of(self.newest, self.order.market_id), self.order.leg)
        return [quotes, *[((words.cut(line, INNER), "dim"),) for line in lines]]

    def look(self) -> Check:
        """Return what is wrong with the new limit, or what it would do."""
        order, pair = self._now, pair_of(self.newest, self.order.market_id)
        why = obstacle(self.newest, pair)
        if order.state not in OPEN:
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
        is_crossing = pair.book_age_ms is not None and crosses(order.side, limit, quote.bid, quote.ask)
        return Check(caution="it would trade at once" if is_crossing else "")

    def _limit(self) -> int:
        return checked_limit(self.form.text("limit"), 0)

    def summary(self, found: Check) -> str:
        """Return the change in words."""
        order, limit = self._now, self._limit()
        return f"limit {words.limit_words(order.side, order.limit)}  to  {words.limit_words(order.side, limit)}"

    def send(self, found: Check) -> None:
        """Leave with the new limit."""
        self.dismiss(self._limit())
