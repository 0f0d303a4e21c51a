"""Fills as they reach the desk: late, twice, out of order, failing."""

from __future__ import annotations

import pytest

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus, Order, OrderState
from cockpit.core.state import State
from cockpit.core.units import SHARE, USD
from tests.core.builders import NOW, fill, market, order

F = FillStatus
S = OrderState


def folded(*events: ev.Event, sent: Order | None = None) -> State:
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    apply(state, ev.CashMoved(NOW, 100 * USD, "opening balance"))
    apply(state, ev.OrderSending(NOW, sent or order(size="10")))
    for event in events:
        apply(state, event)
    return state


def seen(one: Fill | None = None, **fields: object) -> ev.FillSeen:
    """A fill as the venue first tells of it: matched, unless said otherwise."""
    return ev.FillSeen(NOW, one or fill(**{"status": F.MATCHED, **fields}))  # type: ignore[arg-type]


def test_a_fill_seen_twice_counts_once() -> None:
    once = folded(seen())
    for state in (folded(seen(), seen()), folded(seen(), seen(), ev.FillMoved(NOW, "t1", "o1", F.MATCHED))):
        assert state.positions == once.positions
        assert state.cash == once.cash == 95 * USD
        assert state.orders == once.orders
        assert state.fills_of["m"] == state.fills_of_order["o1"] == [("t1", "o1")]


def test_status_reports_of_one_fill_do_not_add_up() -> None:
    state = folded(seen(), *(ev.FillMoved(NOW, "t1", "o1", status) for status in (F.MINED, F.CONFIRMED, F.MINED)))
    assert state.fills["t1", "o1"].status is F.CONFIRMED
    assert state.position("m").yes.shares == state.position("m").yes.proven == 10 * SHARE
    assert state.orders["o1"].filled == 10 * SHARE


def test_one_trade_fills_several_of_our_orders() -> None:
    state = folded(ev.OrderSending(NOW, order("o2", leg=Leg.NO)), seen(), seen(order_id="o2", leg=Leg.NO))
    assert (state.position("m").yes.shares, state.position("m").no.shares) == (10 * SHARE, 10 * SHARE)
    assert state.orders["o1"].state is state.orders["o2"].state is S.FILLED


@pytest.mark.parametrize("by", ["moved", "seen again"])
def test_a_failed_fill_is_taken_back_out(by: str) -> None:
    failure = ev.FillMoved(NOW, "t1", "o1", F.FAILED) if by == "moved" else seen(status=F.FAILED)
    state = folded(seen(fee=7), failure)
    assert state.position("m").is_empty
    assert state.cash == 100 * USD
    assert (state.orders["o1"].filled, state.orders["o1"].money, state.orders["o1"].fee) == (0, 0, 0)
    assert state.exposure.delta == state.exposure.unhedged == 0


@pytest.mark.parametrize("by", ["moved", "seen again"])
def test_a_failure_is_not_undone_by_a_late_match(by: str) -> None:
    late = ev.FillMoved(NOW, "t1", "o1", F.MATCHED) if by == "moved" else seen()
    state = folded(seen(), ev.FillMoved(NOW, "t1", "o1", F.FAILED), late)
    assert state.position("m").is_empty


def test_a_failure_that_comes_before_the_match_is_not_forgotten() -> None:
    state = folded(ev.FillMoved(NOW, "t1", "o1", F.FAILED), seen())
    assert state.position("m").is_flat
    assert state.fills["t1", "o1"].status is F.FAILED
    assert not state.early
    confirmed = folded(ev.FillMoved(NOW, "t1", "o1", F.MINED), ev.FillMoved(NOW, "t1", "o1", F.CONFIRMED), seen())
    assert confirmed.position("m").yes.proven == 10 * SHARE


def test_a_filled_order_whose_fill_failed_is_dead_nothing_more_can_come() -> None:
    done = ev.OrderMoved(NOW, "o1", S.FILLED, "", 10 * SHARE)
    histories: tuple[list[ev.Event], ...] = (
        [done, seen(), ev.FillMoved(NOW, "t1", "o1", F.FAILED)],
        [seen(), done, ev.FillMoved(NOW, "t1", "o1", F.FAILED)],
        [done, seen(status=F.FAILED)],
    )
    for events in histories:
        state = folded(*events)
        assert state.orders["o1"].possible == 0
        assert list(state.live_orders("m")) == []
        assert state.position("m").is_empty


def test_an_order_lives_until_every_matched_share_is_in_hand() -> None:
    state = folded(ev.OrderMoved(NOW, "o1", S.CANCELLED, "", 6 * SHARE))
    assert [one.possible for one in state.live_orders("m")] == [6 * SHARE]
    apply(state, seen(shares="4"))
    assert [one.possible for one in state.live_orders("m")] == [2 * SHARE]
    apply(state, seen(trade_id="t2", shares="2"))
    assert list(state.live_orders("m")) == []
    assert state.orders["o1"].state is S.CANCELLED


def test_late_fill_after_cancel_counts() -> None:
    state = folded(ev.OrderMoved(NOW, "o1", S.CANCELLED), seen(shares="3"))
    assert state.orders["o1"].filled == state.position("m").yes.shares == 3 * SHARE
    apply(state, seen(trade_id="t2", shares="7"))
    assert state.orders["o1"].state is S.FILLED


def test_a_cancel_that_overtakes_a_rejection_does_not_keep_the_order_alive() -> None:
    state = folded(ev.OrderMoved(NOW, "o1", S.CANCELLING), ev.OrderMoved(NOW, "o1", S.REJECTED, "not enough balance"))
    assert state.orders["o1"].state is S.REJECTED
    assert list(state.live_orders("m")) == []


def test_a_late_order_report_is_counted_and_not_applied() -> None:
    state = folded(seen(shares="4"), ev.OrderMoved(NOW, "o1", S.OPEN))
    assert state.orders["o1"].state is S.PARTIALLY_FILLED
    assert state.late_reports == 1
    apply(state, ev.OrderMoved(NOW, "o1", S.CANCELLED, "", 4 * SHARE))
    apply(state, ev.OrderMoved(NOW, "o1", S.PARTIALLY_FILLED, "", 4 * SHARE))
    assert (state.orders["o1"].state, state.late_reports) == (S.CANCELLED, 2)


def test_a_late_report_still_tells_what_was_matched() -> None:
    state = folded(ev.OrderMoved(NOW, "o1", S.CANCELLED), ev.OrderMoved(NOW, "o1", S.PARTIALLY_FILLED, "", 5 * SHARE))
    assert state.orders["o1"].state is S.CANCELLED
    assert [one.possible for one in state.live_orders("m")] == [5 * SHARE]


def test_a_report_of_an_order_we_do_not_know_changes_nothing() -> None:
    state = folded(ev.OrderMoved(NOW, "stranger", S.OPEN))
    assert set(state.orders) == {"o1"}
    assert state.late_reports == 0


def test_external_fills_count_and_are_marked() -> None:
    state = folded(ev.FillSeen(NOW, fill("x", "theirs", leg=Leg.NO), is_external=True))
    assert state.external == {("x", "theirs")}
    assert state.position("m").no.shares == 10 * SHARE
    assert state.cash == 95 * USD
    assert set(state.orders) == {"o1"}


def test_a_failed_purchase_whose_shares_were_sold_leaves_a_leg_below_zero() -> None:
    state = folded(
        seen(),
        ev.OrderSending(NOW, order("o2", side=Side.SELL)),
        seen(trade_id="t2", order_id="o2", side=Side.SELL, price="0.6"),
        ev.FillMoved(NOW, "t1", "o1", F.FAILED),
    )
    assert state.position("m").yes.shares == -10 * SHARE
    assert state.cash == 106 * USD
    assert state.exposure.delta == -10 * SHARE


def test_a_fill_shows_a_dismissed_suggestion_again() -> None:
    state = folded(ev.SuggestionDismissed(NOW, "S-1", "m"))
    assert state.dismissed == {"m": "S-1"}
    apply(state, seen())
    assert state.dismissed == {}
