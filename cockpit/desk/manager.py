"""Worker: weighs every held pair whenever its own book or position changes, and proposes what would close it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core import pair_words as w
from cockpit.core.book import Book
from cockpit.core.commands import Approve
from cockpit.core.gates import Row
from cockpit.core.market import Leg, Market, Side
from cockpit.core.position import Position
from cockpit.core.rebalance import Choice, Quotes, Verdict, choose, closable, is_balanced, limit_of, options_of
from cockpit.desk.pair_gates import gates_before, gates_of_approval

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

AUTO = "auto-"
"""What ids of the rule's own commands begin with."""
MOST_WAIT_MS = 60_000
DEPTH = 20
"""Levels a rebalance may walk through."""
Basis = tuple[Market, Position, Quotes | str | None]
"""Market, position, and what can be traded at: quotes, "ending", or None for nothing."""


class Manager:
    """Turns books and positions into suggestions; in `auto` mode it approves them itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._wake = asyncio.Event()
        self._dirty: dict[str, None] = {}
        self._bases: dict[str, Basis] = {}
        self._sent = 0
        self._tries: dict[str, int] = {}
        self._retry_at: dict[str, int] = {}

    def touch(self, market_id: str) -> None:
        """Mark a pair as changed: it is weighed before the next market data is folded."""
        self._dirty[market_id] = None
        self._wake.set()

    async def run(self) -> None:
        """Weigh what changed, and everything held every REBALANCE_CHECK_INTERVAL."""
        self._desk.start("manager timer", self._tick())
        while True:
            await self._wake.wait()
            self._wake.clear()
            self.weigh_dirty()

    async def _tick(self) -> None:
        while True:
            await self._desk.clock.sleep(self._desk.rules.check_interval_s)
            for market_id in self._desk.state.positions:
                self.touch(market_id)

    def weigh_dirty(self) -> None:
        """Weigh every pair marked since the last time."""
        dirty, self._dirty = self._dirty, {}
        for market_id in dirty:
            self.weigh(market_id)

    def weigh(self, market_id: str) -> None:
        """Record the verdict about one pair, if anything is held and it differs from the last one."""
        state = self._desk.state
        position, book = state.positions.get(market_id), state.books.get(market_id)
        if position is None or book is None or market_id in state.ended or market_id not in state.markets:
            return
        basis = self._basis(market_id, position, book)
        if self._bases.get(market_id) != basis:
            self._bases[market_id] = basis
            choice, limit = self._choice(market_id, basis)
            before = state.weighed.get(market_id)
            if before is None or (before.choice, before.limit) != (choice, limit):
                self._desk.record(ev.PairWeighed(self._desk.clock.now_ms(), market_id, choice, limit, book.version))
        weighed = state.weighed.get(market_id)
        if weighed is not None and weighed.choice.chosen is not None and self._desk.rules.pair_mode == "auto":
            self._approve(market_id)

    def _basis(self, market_id: str, position: Position, book: Book) -> Basis:
        """Return all that a verdict rests on: while it is the same, so is the verdict."""
        market, now = self._desk.state.markets[market_id], self._desk.clock.now_ms()
        excess = closable(position)
        if not excess:
            return market, position, Quotes((), ())
        for gate, is_open, _, _ in gates_before(self._desk, market, book, now):
            if not is_open:
                return market, position, "ending" if gate is w.ENDING else None
        heavy = Leg.YES if position.delta > 0 else Leg.NO
        bids = book.cover(heavy, Side.BUY, excess, DEPTH)
        return market, position, Quotes(bids, book.cover(heavy.other, Side.SELL, excess, DEPTH))

    def _choice(self, market_id: str, basis: Basis) -> tuple[Choice, int]:
        rules = self._desk.rules_for(market_id)
        market, position, quotes = basis
        if is_balanced(position, rules.threshold):
            return Choice(Verdict.BALANCED), 0
        if not isinstance(quotes, Quotes):
            return Choice(Verdict.ENDING if quotes else Verdict.NO_QUOTE), 0
        choice = choose(position, options_of(position, quotes, market.fees, rules), rules)
        if choice.chosen is None:
            return choice, 0
        return choice, limit_of(choice.chosen, market.fees, position, rules, market.tick)

    def filled(self, market_id: str) -> None:
        """A fill came: the next attempt need not wait."""
        self._tries.pop(market_id, None)
        self._retry_at.pop(market_id, None)

    def gates_of_approval(self, market_id: str) -> Iterator[Row]:
        """Yield what the rule waits for before it approves: see `pair_gates.gates_of_approval`."""
        return gates_of_approval(self._desk, market_id, self._retry_at.get(market_id, 0))

    def quotes_of(self, market_id: str) -> Quotes | None:
        """Return what could be traded at now; None where the pair is not weighed."""
        state = self._desk.state
        basis = self._basis(market_id, state.position(market_id), state.books[market_id])
        return basis[2] if isinstance(basis[2], Quotes) else None

    def _approve(self, market_id: str) -> None:
        """Approve for the rule, unless somebody works the pair or it is too soon after an attempt without a fill."""
        state, now, rules = self._desk.state, self._desk.clock.now_ms(), self._desk.rules
        weighed = state.weighed[market_id]
        option = weighed.choice.chosen
        if option is None or not all(is_open for _, is_open, _, _ in self.gates_of_approval(market_id)):
            return
        tries = self._tries[market_id] = self._tries.get(market_id, 0) + 1
        self._retry_at[market_id] = now + min(MOST_WAIT_MS, rules.retry_after_ms * 2 ** min(tries - 1, 8))
        _, suggestion_id = state.suggestion_ids[market_id]
        self._sent += 1
        command_id = f"{AUTO}{suggestion_id}-{state.starts}-{self._sent}"
        self._desk.submit(Approve(command_id, suggestion_id, option.action, option.shares, weighed.limit, option.price))
