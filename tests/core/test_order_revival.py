"""Ends that we presumed and that turn out wrong, cancels that were asked for, refusals that come too late."""

from __future__ import annotations

import pytest

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.order import FillStatus, IllegalMove, Order, OrderState, OrderType
from cockpit.core.state import State
from cockpit.core.units import SHARE
from tests.core.builders import NOW, fill, order

S = OrderState
LIVE = (S.OPEN, S.PARTIALLY_FILLED)
PRESUMED_ENDS = (S.CANCELLED, S.EXPIRED, S.REJECTED)


def folded(*events: ev.Event) -> State:
    state = State()
    apply(state, ev.OrderSending(NOW, order("o", size="10", order_type=OrderType.GTD)))
    for event in events:
        apply(state, event)
    return state


def moved(state: OrderState, venue_filled: int = 0, *, is_presumed: bool = False) -> ev.OrderMoved:
    return ev.OrderMoved(NOW, "o", state, "", venue_filled, is_presumed)


def taken_for_dead(end: OrderState, *before: ev.Event) -> State:
    state = folded(*before, moved(S.UNKNOWN), moved(end, is_presumed=True))
    assert the(state).is_proven_dead
    assert list(state.live_orders("m")) == []
    return state


def the(state: State) -> Order:
    return state.orders["o"]


@pytest.mark.parametrize("end", PRESUMED_ENDS)
@pytest.mark.parametrize("report", LIVE)
def test_a_report_brings_it_back_to_life(end: OrderState, report: OrderState) -> None:
    state = taken_for_dead(end)
    apply(state, moved(report, 2 * SHARE))
    assert (the(state).state, the(state).is_presumed, the(state).is_acknowledged) == (report, False, True)
    assert [one.possible for one in state.live_orders("m")] == [10 * SHARE]
    assert state.late_reports == 0


@pytest.mark.parametrize("end", PRESUMED_ENDS)
@pytest.mark.parametrize("status", list(FillStatus))
def test_a_fill_brings_it_back_to_life_unless_it_failed(end: OrderState, status: FillStatus) -> None:
    state = taken_for_dead(end)
    apply(state, ev.FillSeen(NOW, fill("t", "o", shares="3", status=status)))
    if status is FillStatus.FAILED:
        assert the(state).is_proven_dead
        return
    assert (the(state).state, the(state).possible) == (S.PARTIALLY_FILLED, 7 * SHARE)
    assert list(state.live_orders("m")) == [the(state)]


@pytest.mark.parametrize("end", PRESUMED_ENDS)
def test_a_fill_of_all_of_it_completes_it(end: OrderState) -> None:
    state = taken_for_dead(end)
    apply(state, ev.FillSeen(NOW, fill("t", "o", shares="10")))
    assert (the(state).state, the(state).is_presumed, the(state).is_proven_dead) == (S.FILLED, False, True)


@pytest.mark.parametrize("end", [S.CANCELLED, S.EXPIRED])
def test_the_same_end_with_matched_shares_we_do_not_have_makes_it_count_again(end: OrderState) -> None:
    state = taken_for_dead(end)
    apply(state, moved(end, 4 * SHARE))
    assert (the(state).is_proven_dead, the(state).possible) == (False, 4 * SHARE)
    assert list(state.live_orders("m")) == [the(state)]
    apply(state, ev.FillSeen(NOW, fill("t", "o", shares="4")))
    assert the(state).is_proven_dead


@pytest.mark.parametrize("late", [S.UNKNOWN, S.CANCELLING])
def test_a_late_report_with_matched_shares_we_do_not_have_makes_it_count_again(late: OrderState) -> None:
    state = taken_for_dead(S.EXPIRED)
    apply(state, moved(late, 4 * SHARE))
    assert (the(state).state, the(state).possible, state.late_reports) == (S.EXPIRED, 4 * SHARE, 1)


@pytest.mark.parametrize("end", [S.CANCELLED, S.EXPIRED])
def test_the_same_end_told_again_leaves_a_persons_word(end: OrderState) -> None:
    """The person vouched for it although the venue had told of shares that never came."""
    state = folded(moved(S.OPEN, 4 * SHARE), moved(end))
    assert the(state).possible == 4 * SHARE
    apply(state, moved(end, is_presumed=True))
    assert the(state).is_proven_dead
    for _ in range(2):
        apply(state, moved(end, 4 * SHARE))
    assert the(state).is_proven_dead


def test_an_end_the_venue_told_is_not_brought_back() -> None:
    state = folded(moved(S.OPEN), moved(S.CANCELLED))
    apply(state, moved(S.OPEN))
    assert (the(state).state, the(state).possible, state.late_reports) == (S.CANCELLED, 0, 1)


def test_a_wish_to_cancel_outlives_everything_that_happens_to_the_order() -> None:
    state = folded(moved(S.OPEN), moved(S.CANCELLING))
    for event in (
        moved(S.UNKNOWN),
        moved(S.OPEN),
        moved(S.PARTIALLY_FILLED, SHARE),
        moved(S.UNKNOWN),
        moved(S.EXPIRED, is_presumed=True),
        moved(S.OPEN),
        ev.FillSeen(NOW, fill("t", "o", shares="3")),
        moved(S.CANCELLED, 3 * SHARE),
    ):
        apply(state, event)
        assert the(state).is_unwanted
    assert the(state).is_proven_dead


def test_no_wish_to_cancel_comes_by_itself() -> None:
    state = folded(moved(S.UNKNOWN), moved(S.OPEN), moved(S.UNKNOWN), moved(S.CANCELLED))
    assert not the(state).is_unwanted


@pytest.mark.parametrize("refusal", [S.REJECTED, S.DENIED])
def test_an_order_the_venue_has_shown_is_not_refused_by_a_late_answer(refusal: OrderState) -> None:
    """A second copy of it can be refused while the first one rests: it still counts."""
    for shown in (moved(S.OPEN), moved(S.PARTIALLY_FILLED, SHARE), ev.FillSeen(NOW, fill("t", "o", shares="3"))):
        for then in (moved(S.CANCELLING), moved(S.UNKNOWN)):
            state = folded(shown, then, moved(refusal))
            assert the(state).state is then.state
            assert the(state).possible > 0
            assert state.late_reports == 1


def test_an_order_is_denied_only_before_it_has_left() -> None:
    assert the(folded(moved(S.DENIED))).possible == 0
    assert the(folded(moved(S.CANCELLING), moved(S.DENIED))).possible == 0
    sent = (moved(S.UNKNOWN), moved(S.OPEN), moved(S.REJECTED), moved(S.CANCELLED), moved(S.EXPIRED))
    for event in sent:
        state = folded(event, moved(S.DENIED))
        assert the(state).state is event.state
        with pytest.raises(IllegalMove):
            the(state).move(S.DENIED)


def test_only_what_ends_by_its_own_rules_cannot_rest() -> None:
    rests = {kind for kind in OrderType if order(order_type=kind).can_rest}
    assert rests == {OrderType.GTC, OrderType.GTD}


def test_what_the_venue_overfilled_leaves_nothing_possible_and_is_all_counted() -> None:
    state = folded(moved(S.OPEN), ev.FillSeen(NOW, fill("t", "o", shares="12")))
    assert (the(state).filled, the(state).possible) == (12 * SHARE, 0)
    assert state.position("m").yes.shares == 12 * SHARE
