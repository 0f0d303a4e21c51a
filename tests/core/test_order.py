from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Side
from cockpit.core.order import MOVES, TERMINAL, FillStatus, IllegalMove, OrderState
from cockpit.core.parent import Algorithm, Parent, ParentState
from cockpit.core.units import SHARE, pay, receive
from tests.core.builders import fill, lots, order, prices, sides

S = OrderState
STATUSES = list(FillStatus)
RANK = {"matched": 0, "retrying": 1, "mined": 2, "confirmed": 3, "failed": 3}


@pytest.mark.parametrize(("before", "after"), itertools.product(S, S), ids=str)
def test_only_legal_moves_are_made(before: OrderState, after: OrderState) -> None:
    one = order(state=before)
    if after in MOVES[before] or after is before:
        assert one.move(after, "why").state is after
        return
    with pytest.raises(IllegalMove, match=f"{before} cannot become {after}"):
        one.move(after)


def test_every_state_has_its_moves_and_terminal_ones_only_move_by_a_fill() -> None:
    assert set(MOVES) == set(S)
    for state in TERMINAL - {S.REJECTED}:
        assert MOVES[state] <= {S.FILLED, S.PARTIALLY_FILLED}


def test_an_order_taken_for_rejected_counts_as_live_again_when_the_venue_shows_it() -> None:
    back = order(state=S.REJECTED).move(S.OPEN)
    assert back.possible == back.size
    assert back.is_acknowledged


def test_every_state_but_the_first_and_denied_can_become_unknown_or_is_terminal() -> None:
    for state in set(S) - TERMINAL - {S.CREATED, S.UNKNOWN}:
        assert S.UNKNOWN in MOVES[state]


def test_an_order_is_created_sent_or_denied() -> None:
    assert MOVES[S.CREATED] == {S.SENDING, S.DENIED}


@pytest.mark.parametrize("end", sorted(TERMINAL - {S.DENIED}))
def test_every_end_can_be_reached_while_a_cancel_is_on_its_way(end: OrderState) -> None:
    assert order(state=S.CANCELLING).move(end).state is end


def test_time_out_is_not_a_rejection() -> None:
    lost = order(state=S.SENDING).move(S.UNKNOWN, "no answer")
    assert not lost.is_terminal
    assert lost.possible == lost.size


def test_cancelled_with_a_match_not_in_hand_is_not_proven_dead() -> None:
    ended = order(size="10", state=S.OPEN).move(S.CANCELLED, venue_filled=4 * SHARE)
    assert not ended.is_proven_dead
    assert ended.possible == 4 * SHARE
    complete = ended.with_fills(4 * SHARE, 2_000_000, 0)
    assert complete.state is S.CANCELLED
    assert complete.is_proven_dead
    assert complete.possible == 0


def test_what_the_venue_matched_never_shrinks() -> None:
    told = order(size="10", state=S.OPEN).move(S.PARTIALLY_FILLED, venue_filled=6 * SHARE)
    assert told.move(S.CANCELLED, venue_filled=2 * SHARE).possible == 6 * SHARE
    assert told.move(S.CANCELLED).possible == 6 * SHARE


def test_filled_without_a_number_means_all_of_it_may_still_arrive() -> None:
    done = order(size="10", state=S.OPEN).move(S.FILLED)
    assert not done.is_proven_dead
    assert done.possible == 10 * SHARE
    assert done.with_fills(10 * SHARE, 5_000_000, 0).is_proven_dead


def test_failed_fills_are_in_hand_and_will_not_come() -> None:
    done = order(size="10", state=S.OPEN).move(S.FILLED, venue_filled=10 * SHARE)
    reverted = done.with_fills(6 * SHARE, 3_000_000, 0, failed=4 * SHARE)
    assert reverted.is_proven_dead
    assert reverted.possible == 0
    assert reverted.filled == 6 * SHARE


def test_late_fill_after_cancel_counts_and_completes() -> None:
    ended = order(size="10", state=S.CANCELLED)
    assert ended.with_fills(3 * SHARE, 1, 0).state is S.CANCELLED
    assert ended.with_fills(10 * SHARE, 1, 0).state is S.FILLED


def test_a_fill_proves_that_a_rejection_was_none() -> None:
    revived = order(size="10", state=S.REJECTED).with_fills(3 * SHARE, 1, 0)
    assert revived.state is S.PARTIALLY_FILLED
    assert revived.possible == 7 * SHARE


def test_a_denied_order_cannot_fill() -> None:
    with pytest.raises(IllegalMove):
        order(size="10", state=S.DENIED).with_fills(10 * SHARE, 1, 0)


def test_a_failed_fill_alone_does_not_make_an_order_partially_filled() -> None:
    assert order(size="10", state=S.OPEN).with_fills(0, 0, 0, failed=SHARE).state is S.OPEN
    half = order(size="10", state=S.OPEN).with_fills(5 * SHARE, 1, 0)
    assert half.with_fills(0, 0, 0, failed=5 * SHARE).state is S.PARTIALLY_FILLED


def test_a_partial_fill_does_not_undo_a_cancel_that_is_on_its_way() -> None:
    assert order(state=S.CANCELLING).with_fills(SHARE, 1, 0).state is S.CANCELLING


def test_more_filled_than_ordered_leaves_nothing_possible() -> None:
    over = order(size="10", state=S.OPEN).with_fills(11 * SHARE, 1, 0)
    assert over.state is S.FILLED
    assert over.possible == 0


@given(lots, prices, sides)
def test_signed_amounts_are_exact_for_whole_lots(size: int, price: int, side: Side) -> None:
    gives, takes = order(size=size, price=price, side=side).amounts
    assert pay(size, price) == receive(size, price)
    assert (gives, takes) == ((pay(size, price), size) if side is Side.BUY else (size, receive(size, price)))


@given(st.lists(st.sampled_from(STATUSES), max_size=8))
def test_fill_status_never_goes_back_and_an_end_never_changes(reports: list[FillStatus]) -> None:
    now = fill()
    for report in reports:
        later = now.advance(report)
        assert RANK[later.status] >= RANK[now.status]
        if RANK[now.status] == 3:
            assert later is now
        now = later
    assert now.counts == (now.status is not FillStatus.FAILED)
    assert now.is_proven == (now.status is FillStatus.CONFIRMED)


def test_a_failed_trade_is_not_brought_back_by_a_late_report() -> None:
    assert fill(status=FillStatus.FAILED).advance(FillStatus.MATCHED).status is FillStatus.FAILED
    assert fill(status=FillStatus.CONFIRMED).advance(FillStatus.FAILED).status is FillStatus.CONFIRMED


@pytest.mark.parametrize("state", ParentState)
def test_a_parent_is_open_while_it_may_send(state: ParentState) -> None:
    parent = Parent("p", "m", order().leg, Side.BUY, SHARE, 5_000, Algorithm.TWAP, (), 0, 0, state=state)
    assert parent.is_open == (state in {ParentState.WORKING, ParentState.PAUSED})
