"""Worker: weighs every held pair whenever its own book or position changes, and proposes what would close it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.core import check_words as c
from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core import pair_words as w
from cockpit.core.book import Book
from cockpit.core.gates import Row
from cockpit.core.limits import Reason, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.position import Position
from cockpit.core.rebalance import (
    EVEN,
    Choice,
    Quotes,
    RebalanceRules,
    Verdict,
    choose,
    closable,
    is_balanced,
    limit_of,
    options_of,
    rules_after,
)
from cockpit.desk.alarms import DELTA
from cockpit.desk.pair_gates import gates_before, gates_of_approval
from cockpit.desk.rules import PairMode

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

AUTO = "auto-"
"""What ids of the rule's own commands begin with."""
MOST_WAIT_MS = 60_000
DEPTH = 20
"""Levels a rebalance may walk through."""
BEFORE = {w.MODE.name: Verdict.OFF, w.ENDING.name: Verdict.ENDING, c.ENDED.name: Verdict.ENDING}
"""Gate that is closed before a pair is weighed -> verdict; where no other is named nobody quotes."""
MODES: dict[str, PairMode] = {"suggest": "suggest", "auto": "auto", "off": "off"}
Basis = tuple[Market, Position, Quotes | Verdict, RebalanceRules]
"""Market, position, what can be traded at (or why nothing can), and the rules for it as of now."""


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
        self._uneven_from: dict[str, int] = {}
        """Market id -> since when it is out of balance."""

    def mode_of(self, market_id: str) -> PairMode:
        """Return what may be done with a pair: what a person chose for it, else what the settings say."""
        return MODES.get(self._desk.state.modes.get(market_id, ""), self._desk.rules.pair_mode)

    def set_mode(self, command: cmd.SetMode) -> str | Refused:
        """Choose what may be done with a pair; kept over a restart."""
        desk, state = self._desk, self._desk.state
        market = state.markets.get(command.market_id)
        if market is None:
            return Refused(Reason.UNKNOWN_MARKET, f"market {command.market_id[:20]} is not known", "market")
        if command.mode and command.mode not in MODES:
            return Refused(Reason.BAD_TYPE, f"mode {command.mode[:20]!r} is none of {', '.join(MODES)}", "mode")
        if state.is_over(market.id):
            return Refused(Reason.MARKET_ENDED, f"{market.name} has ended", "market")
        if state.modes.get(market.id, "") != command.mode:
            desk.record(ev.PairModeSet(desk.clock.now_ms(), market.id, command.mode))
            self.touch(market.id)
        words = f"{market.name}: {self.mode_of(market.id)}{'' if command.mode else ', as the settings say'}"
        desk.note("info", words)
        return words

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
            self._desk.ending.look()

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
            choice, limit = self._choice(basis)
            before = state.weighed.get(market_id)
            if before is None or (before.choice, before.limit) != (choice, limit):
                self._desk.record(ev.PairWeighed(self._desk.clock.now_ms(), market_id, choice, limit, book.version))
        weighed = state.weighed.get(market_id)
        if weighed is not None and weighed.choice.chosen is not None and self.mode_of(market_id) == "auto":
            self._approve(market_id)

    def rules_of(self, market_id: str) -> RebalanceRules:
        """Return the rules for a pair as of now.

        What is out of balance for too long may be closed at a loss, where the settings allow one. While the delta of
        all pairs is beyond its limit, a pair that adds to it is closed although it is even enough by itself.
        """
        desk, position = self._desk, self._desk.state.position(market_id)
        rules = desk.rules_for(market_id)
        if is_balanced(position, rules.threshold):
            self._uneven_from.pop(market_id, None)
        else:
            now = desk.clock.now_ms()
            since = self._uneven_from.setdefault(market_id, self._newest_fill_ms(market_id, now))
            rules = rules_after(rules, now - since)
        adds = DELTA in desk.state.limits_over and position.delta * desk.state.exposure.delta > 0
        return replace(rules, threshold=EVEN) if adds else rules

    def _newest_fill_ms(self, market_id: str, now: int) -> int:
        """Return when a pair became what it is, also for a process that has just started."""
        fills = self._desk.state.fills_of.get(market_id)
        return min(self._desk.state.fills[fills[-1]].at_ms, now) if fills else now

    def _basis(self, market_id: str, position: Position, book: Book) -> Basis:
        """Return all that a verdict rests on: while it is the same, so is the verdict."""
        market, rules = self._desk.state.markets[market_id], self.rules_of(market_id)
        return market, position, self._quotes(market, position, book), rules

    def _quotes(self, market: Market, position: Position, book: Book) -> Quotes | Verdict:
        """Return what the imbalance can be traded at, or why it cannot."""
        excess, now = closable(position), self._desk.clock.now_ms()
        if not excess:
            return Quotes((), ())
        for gate, is_open, _, _ in gates_before(self._desk, market, book, now):
            if not is_open:
                return BEFORE.get(gate.name, Verdict.NO_QUOTE)
        heavy = Leg.YES if position.delta > 0 else Leg.NO
        bids = book.cover(heavy, Side.BUY, excess, DEPTH)
        return Quotes(bids, book.cover(heavy.other, Side.SELL, excess, DEPTH))

    def _choice(self, basis: Basis) -> tuple[Choice, int]:
        market, position, quotes, rules = basis
        if is_balanced(position, rules.threshold):
            return Choice(Verdict.BALANCED), 0
        if not isinstance(quotes, Quotes):
            return Choice(quotes), 0
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
        self._desk.submit(
            cmd.Approve(command_id, suggestion_id, option.action, option.shares, weighed.limit, option.price)
        )
