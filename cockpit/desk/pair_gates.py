"""What the desk asks around the rule of a rebalance: before a pair is weighed, and before the rule approves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cockpit.core import check_words as c
from cockpit.core import pair_words as w
from cockpit.core.book import Book
from cockpit.core.gates import Row
from cockpit.core.market import Market

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk


def gates_before(desk: Desk, market: Market, book: Book, now: int) -> Iterator[Row]:
    """Yield what must be so for an imbalance to be weighed at all."""
    is_off, is_over = desk.manager.mode_of(market.id) == "off", desk.state.is_over(market.id)
    yield w.MODE, not is_off, is_off, 0
    yield c.ENDED, not is_over, is_over, 0
    yield c.BOOK, book.synced, not book.synced, 0
    yield c.CROSSED, not book.is_crossed, book.is_crossed, 0
    if market.closes_at_ms is not None:
        left, wait = market.closes_at_ms - now, desk.rules.rebalance.stop_before_end_ms
        yield w.ENDING, left >= wait, left, wait


def gates_of_approval(desk: Desk, market_id: str, retry_at: int) -> Iterator[Row]:
    """Yield what must be so for the rule to approve a suggestion by itself.

    Nobody works the pair, it is not too soon after an attempt without a fill, and not too many have filled.
    """
    state = desk.state
    is_halted, is_pair_halted = bool(state.halted), market_id in state.pair_halted
    yield c.READY, desk.is_ready, not desk.is_ready, 0
    yield c.HALTED, not is_halted, is_halted, 0
    yield c.PAIR_HALTED, not is_pair_halted, is_pair_halted, 0
    is_worked = state.open_parent(market_id) is not None
    yield w.FREE, not is_worked, is_worked, 0
    left = max(retry_at - desk.clock.now_ms(), 0)
    yield w.PAUSE, not left, left, 0
    past = [p.id for p in state.parents.values() if p.market_id == market_id and p.suggestion_id]
    filled = sum(any(child.filled for child in state.children_of(parent_id)) for parent_id in past)
    most = desk.rules.max_rebalance_trades
    yield w.TRADES, filled < most, filled, most
    is_auto = desk.manager.mode_of(market_id) == "auto"
    yield w.AUTO, is_auto, not is_auto, 0
