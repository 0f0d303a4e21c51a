"""What a command would do now, in numbers and sentences, by the same checks that would let it through or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core.book import walk
from cockpit.core.entry import Entry, alone, takes
from cockpit.core.frame_orders import LimitRow, PreviewRow
from cockpit.core.limits import Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.parent import SLICED, Algorithm, Parent, Style
from cockpit.core.units import (
    PRICE_ONE,
    cents_text,
    costs_text,
    duration_text,
    pay,
    price_text,
    receive,
    shares_text,
)
from cockpit.core.worst_case import promised, worst_holding, worst_imbalance
from cockpit.desk.placing.starter import Starter, Wanted
from cockpit.desk.working.bidder import top_of

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

DEPTH = 40


class Previews:
    """Answers what a command would do."""

    def __init__(self, desk: Desk, starter: Starter) -> None:
        self._desk, self._starter = desk, starter

    def of(self, preview_id: str, command: Wanted) -> PreviewRow:
        """Return what a command would do now; a refusal comes with as much of the rest as can be said."""
        found = self._starter.prepare(command)
        if isinstance(found, Refused):
            return PreviewRow(preview_id, found.reason, found.detail, found.field)
        desk = self._desk
        row = PreviewRow(preview_id, words=found.words, limits=tuple(self._limits(found.parents)))
        if found.entry is not None:
            return self._entry(row, found.entry)
        parent = found.parents[0]
        market = desk.state.markets[parent.market_id]
        return replace(
            row,
            effect=self._effect(parent, market),
            money=self._money(parent, market),
            plan=_plan(parent),
            profile=f"volume profile: {parent.how.profile}" if parent.how.profile else "",
        )

    # ---- one parent ----

    def _effect(self, parent: Parent, market: Market) -> str:
        """Return what would trade or rest at once."""
        if parent.is_pegged:
            return self._at_top(parent)
        book = self._desk.state.books[parent.market_id]
        size = parent.slices[0].size if parent.algorithm in SLICED else parent.size
        first = "the first child " if parent.algorithm in SLICED else ""
        levels = book.levels(parent.leg, parent.side.other, DEPTH)
        taken, product, worst = walk(levels, size, parent.limit, parent.side)
        name = "ask" if parent.side is Side.BUY else "bid"
        best = book.best_for(parent.side, parent.leg)
        quote = f"the best {name} is {price_text(best)}" if 0 < best < PRICE_ONE else f"there is no {name}"
        if not taken:
            waits = "waits" if self._takes(parent) else "rests"
            return f"{first}{waits}: {quote}"
        average = price_text(product // taken)
        rest = f", {shares_text(size - taken)} {'end' if self._takes(parent) else 'rest'}" if taken < size else ""
        return (
            f"{first}trades at once: {shares_text(taken)} at {average} on average, {price_text(worst)} at worst{rest}"
        )

    def _at_top(self, parent: Parent) -> str:
        found = top_of(self._desk, parent, parent.limit, self._desk.clock.now_ms())
        if found is None:
            return "waits: the book cannot be used at the moment"
        best = "nobody else is there" if found.others is None else f"others are at {price_text(found.others)}"
        beyond = ", the top is beyond the limit" if found.is_outbid else ""
        return f"rests at {price_text(found.price)}: {best}{beyond}"

    def _takes(self, parent: Parent) -> bool:
        if parent.algorithm in SLICED:
            return parent.how.style is Style.TAKE
        return not parent.type.can_rest

    def _money(self, parent: Parent, market: Market) -> str:
        """Return what it costs at most or brings at least, and the most that fees can be."""
        fee = 0 if parent.post_only else market.fees.taker(parent.size, self._dearest(parent))
        fees = f", fees at most {costs_text(fee)}" if fee else ", no fees"
        if parent.side is Side.BUY:
            return f"costs at most {costs_text(pay(parent.size, parent.limit))} USD{fees}"
        return f"brings at least {cents_text(receive(parent.size, parent.limit))} USD{fees}"

    @staticmethod
    def _dearest(parent: Parent) -> int:
        """Return the price within the limit at which the fee is largest: it peaks at 0.5."""
        half = PRICE_ONE // 2
        return min(parent.limit, half) if parent.side is Side.BUY else max(parent.limit, half)

    # ---- entries ----

    def _entry(self, row: PreviewRow, entry: Entry) -> PreviewRow:
        """Return the row with what an entry locks, costs, and means if one leg fills alone."""
        market, book = self._desk.state.markets[entry.market_id], self._desk.state.books[entry.market_id]
        costs = sum(pay(entry.shares, price) for price in entry.prices)
        fees = sum(
            market.fees.taker(entry.shares, entry.prices[leg]) for leg in Leg if takes(entry.kind, entry.first, leg)
        )
        result = entry.shares - costs - fees
        total, each = price_text(sum(entry.prices)), price_text(result * PRICE_ONE // entry.shares)
        risk = []
        for leg in Leg:
            is_taker = takes(entry.kind, entry.first, leg)
            found = alone(book, leg, entry.shares, entry.prices[leg], market.fees, is_taker=is_taker)
            some = "" if found.is_sold else ", and the bids do not take all of it"
            risk.append(
                f"{market.outcomes[leg]} alone: {cents_text(found.back)} USD if sold back now{some}; "
                f"{cents_text(-found.cost)} if it loses"
            )
        effect = f"both legs together {total}: locks {cents_text(result)} USD, {each} a pair"
        money = f"costs {costs_text(costs)} USD, {f'fees {costs_text(fees)}' if fees else 'no fees'}"
        return replace(row, effect=effect, money=money, risk=tuple(risk), prices=entry.prices, shares=entry.shares)

    # ---- limits ----

    def _limits(self, parents: Iterable[Parent]) -> Iterable[LimitRow]:
        """Return what would be used of every limit in the worst case."""
        desk, orders = self._desk, [parent.as_order(parent.size, parent.limit) for parent in parents]
        market_id = orders[0].market_id
        market, position = desk.state.markets[market_id], desk.state.position(market_id)
        own = (*desk.guard.committed.orders(market_id), *orders)
        account, limits = desk.guard.account(market_id, with_plans=True), desk.rules.limits
        cost = promised(orders, market.fees)
        holding = max(worst_holding(position, leg, own) for leg in Leg)
        yield LimitRow("unhedged", account.unhedged + worst_imbalance(position, own), limits.max_unhedged, False)
        yield LimitRow("one leg", holding, limits.max_position_size, False)
        yield LimitRow("exposure", account.exposure + cost, limits.max_total_exposure)
        yield LimitRow("event", account.event_exposure + cost, limits.max_event_exposure)
        yield LimitRow("cash", promised(own, market.fees), max(account.cash, 0))
        yield LimitRow("daily loss", max(0, -account.day_pnl), limits.max_daily_loss)


def _plan(parent: Parent) -> str:
    """Return a plan in words: how many children of which sizes, and how far apart."""
    if parent.algorithm is Algorithm.TOP:
        return f"shows {shares_text(min(parent.how.max_size, parent.size))} at a time"
    if parent.algorithm not in SLICED:
        return ""
    sizes = [piece.size for piece in parent.slices]
    if parent.algorithm is Algorithm.ICEBERG:
        least, most = shares_text(parent.how.min_size), shares_text(parent.how.max_size)
        return f"chunks of {least} to {most}, the first of {shares_text(sizes[0])}"
    spread = (
        shares_text(sizes[0]) if min(sizes) == max(sizes) else f"{shares_text(min(sizes))} to {shares_text(max(sizes))}"
    )
    apart = duration_text(parent.window_ms // len(sizes))
    about = "every" if parent.algorithm is Algorithm.TWAP else "on average every"
    return f"{len(sizes)} children of {spread}, {about} {apart}"
