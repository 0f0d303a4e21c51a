"""Echoes: whatever the order of news, what has left of ours is nobody's, and what is others' is theirs again soon."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.fold_echoes import ECHO_MS, echoes_of
from cockpit.core.order import OrderState, OrderType
from cockpit.core.peg import best_other
from cockpit.core.state import State
from cockpit.core.units import SHARE
from tests.core.builders import NOW, fill, market, order

PRICE, SIZE = 4_000, 20


class Two:
    """A market in which 20 shares of ours rest beside others', told on two channels."""

    def __init__(self, others: int) -> None:
        self.state, self.now, self.others, self.ours = State(), NOW, others, SIZE
        apply(self.state, ev.MarketListed(NOW, market()))
        apply(self.state, ev.BookSnapshot(NOW, "m", self.bids(others), ((9_000, SHARE),), NOW))
        sent = order("o", price="0.4", size=str(SIZE), order_type=OrderType.GTC)
        apply(self.state, ev.OrderSending(NOW, sent))
        apply(self.state, ev.OrderMoved(NOW, "o", OrderState.OPEN))
        self.book(SIZE)

    def bids(self, shares: int) -> tuple[tuple[int, int], ...]:
        return ((1_000, 9 * SHARE), *(((PRICE, shares * SHARE),) if shares else ()))

    def book(self, ours: int, *, whole: bool = False) -> None:
        """Tell the book, in which so many are ours."""
        total = self.others + ours
        if whole:
            apply(self.state, ev.BookSnapshot(self.now, "m", self.bids(total), ((9_000, SHARE),), self.now))
        else:
            apply(self.state, ev.LevelsChanged(self.now, "m", ((0, PRICE, total * SHARE),), self.now))

    def fill(self, shares: int) -> None:
        self.ours -= shares
        told = fill(f"t{self.ours}", "o", price=PRICE, shares=shares * SHARE)
        apply(self.state, ev.FillSeen(self.now, replace(told, is_taker=False)))

    def cancel(self) -> None:
        apply(self.state, ev.OrderMoved(self.now, "o", OrderState.CANCELLED))
        self.ours = 0

    @property
    def best(self) -> int | None:
        """The best bid of others, as the bidder sees it."""
        gone = echoes_of(self.state, "m", self.now)
        return best_other(self.state.books["m"], tuple(self.state.live_orders("m")), bids=True, gone=gone)


parts = st.lists(st.integers(1, 6), min_size=1, max_size=3)


@given(parts, st.booleans(), st.booleans(), st.integers(0, 2_900))
def test_alone_at_a_level_nothing_of_ours_is_ever_taken_for_somebody_elses(
    fills: list[int], ends: bool, whole: bool, later_ms: int
) -> None:
    made = Two(0)
    for shares in fills:
        made.fill(shares)
        assert made.best == 1_000
    if ends:
        made.cancel()
    made.now += later_ms
    assert made.best == 1_000
    made.book(made.ours, whole=whole)
    assert made.best == 1_000
    assert not made.state.echoes


@given(parts, st.booleans(), st.integers(0, 400))
def test_where_the_book_is_told_first_nothing_is_subtracted_for_what_is_told_of_us_later(
    fills: list[int], whole: bool, later_ms: int
) -> None:
    made = Two(1)
    made.book(SIZE - sum(fills), whole=whole)
    made.now += later_ms
    for shares in fills:
        made.fill(shares)
    assert not echoes_of(made.state, "m", made.now)
    assert made.best == PRICE


@given(parts, st.integers(1, 50))
def test_others_at_the_level_are_there_again_once_the_book_has_fallen(fills: list[int], others: int) -> None:
    made = Two(others)
    for shares in fills:
        made.fill(shares)
    made.book(made.ours)
    assert not made.state.echoes
    assert made.best == PRICE


def test_who_joins_while_the_echo_lasts_counts_after_it() -> None:
    made = Two(0)
    made.cancel()
    made.others = SIZE  # in one step with the end of ours: the total has not fallen
    made.book(0)
    assert made.best == 1_000
    made.now += ECHO_MS
    assert made.best == PRICE


def test_what_an_order_takes_on_arrival_was_never_in_the_book() -> None:
    made = Two(0)
    told = fill("t", "o", price=PRICE, shares=5 * SHARE)
    apply(made.state, ev.FillSeen(made.now, replace(told, is_taker=True)))
    assert not made.state.echoes


def test_an_order_that_never_arrived_leaves_no_echo() -> None:
    made = Two(3)
    sent = order("late", price="0.4", size="7", order_type=OrderType.GTC)
    apply(made.state, ev.OrderSending(NOW, sent))
    apply(made.state, ev.OrderMoved(NOW, "late", OrderState.REJECTED))
    assert not made.state.echoes
