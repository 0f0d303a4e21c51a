"""Writes down why: with every order that is sent, slice that is skipped, suggestion that is approved, and new verdict.

What was decided can be explained from the journal, after a restart too. Market data alone writes nothing: the verdict
about a pair is kept when it is another one, and no more often than every `QUIET_MS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.gates import Input, Row, price
from cockpit.core.limits import Refused
from cockpit.core.order import Order
from cockpit.core.parent import Parent
from cockpit.core.units import price_text, shares_text
from cockpit.core.why import compact
from cockpit.core.why_records import newest
from cockpit.desk.explaining.pairs import pair_inputs, pair_rows, verdict_words
from cockpit.desk.working.taking import taking_gates

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

QUIET_MS = 60_000
"""A verdict that comes and goes with the book is kept no more often than that."""


def slice_id(parent_id: str, index: int) -> str:
    """Return what a slice is called: `P-0001/3` for the third."""
    return f"{parent_id}/{index + 1}"


class Deciding:
    """Records decisions. Called where they are made, before the fact that they lead to."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def sent(self, order: Order, approved_limit: int) -> None:
        """An order was let through."""
        rows = self._desk.guard.gates(order, approved_limit)
        self._record(order.id, "order", order.market_id, "sent", rows, self._book_inputs(order))

    def skipped(self, parent: Parent, index: int, order: Order, refused: Refused) -> None:
        """A slice was used up without a child."""
        rows = self.rows_of_child(order, parent)
        words = f"not sent: {refused.reason} {refused.detail}"
        inputs = self._book_inputs(order)
        self._record(slice_id(parent.id, index), "slice", order.market_id, words, rows, inputs)

    def approved(self, command: cmd.Approve, market_id: str, child: Order) -> None:
        """A person or the rule has approved a suggestion, and its first child would be let through."""
        rows = [*pair_rows(self._desk, market_id), *self._desk.guard.gates(child, command.limit)]
        words = f"approved: {command.action} {shares_text(command.shares)} at {price_text(command.limit)} or better"
        self._record(command.suggestion_id, "suggestion", market_id, words, rows, pair_inputs(self._desk, market_id))

    def weighed(self, event: ev.PairWeighed) -> None:
        """A pair was weighed."""
        words = verdict_words(event.choice)
        last = newest(self._desk.state, event.market_id)
        if last is not None and (words == last.decision or event.at_ms - last.at_ms < QUIET_MS):
            return
        rows = pair_rows(self._desk, event.market_id)
        self._record(event.market_id, "pair", event.market_id, words, rows, pair_inputs(self._desk, event.market_id))

    def rows_of_child(self, order: Order, parent: Parent) -> list[Row]:
        """Return every gate of a child that takes or rests: its own, then the guard's."""
        own = [] if order.can_rest else list(taking_gates(order, self._desk.state.books.get(order.market_id)))
        return [*own, *(self._desk.guard.gates(order, parent.limit) if order.size > 0 else ())]

    def _book_inputs(self, order: Order) -> tuple[Input, ...]:
        """Return what the book of an order said, and how old it was."""
        book, now = self._desk.state.books.get(order.market_id), self._desk.clock.now_ms()
        if book is None or not book.synced:
            return (Input("book", "none"),)
        quote = f"{price(book.bid(order.leg))} / {price(book.ask(order.leg))}"
        return (Input("bid / ask", quote, book.age_ms(now)),)

    def _record(
        self, subject: str, kind: str, market_id: str, words: str, rows: list[Row], inputs: tuple[Input, ...]
    ) -> None:
        now = self._desk.clock.now_ms()
        self._desk.record(ev.Decided(now, subject, kind, market_id, words, compact(rows), inputs))
