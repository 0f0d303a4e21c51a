"""Each event and what it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from cockpit.core import events as ev
from cockpit.core import fold
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, OrderState
from cockpit.core.parent import Algorithm, Parent, ParentState, Slice
from cockpit.core.pnl import Mark
from cockpit.core.rebalance import Choice, Option, Verdict
from cockpit.core.state import MAX_NOTICES, State
from cockpit.core.units import SHARE, USD
from tests.core.builders import NOW, fill, levels, market, order

PARENT = Parent(
    "p1",
    "m",
    Leg.NO,
    Side.BUY,
    20 * SHARE,
    5_000,
    Algorithm.TWAP,
    (Slice(NOW, 10 * SHARE), Slice(NOW, 10 * SHARE)),
    NOW,
    NOW,
)
SELL = Option(Side.SELL, Leg.YES, SHARE, 5_000, 1, 0, 1, 1, 0, 1, is_partial=False)
BUY = replace(SELL, side=Side.BUY, leg=Leg.NO)


def snapshot(bid: str = "0.48", ask: str = "0.52", size: str = "100", **fields: object) -> ev.BookSnapshot:
    return ev.BookSnapshot(NOW, "m", levels((bid, size)), levels((ask, size)), NOW, **fields)  # type: ignore[arg-type]


def folded(*events: ev.Event) -> State:
    state = State()
    for event in (ev.MarketListed(NOW, market()), ev.CashMoved(NOW, 100 * USD, "opening balance"), *events):
        apply(state, event)
    return state


def test_an_event_of_unknown_type_raises() -> None:
    @dataclass
    class Surprise:
        at_ms: int = NOW

    with pytest.raises(KeyError):
        apply(State(), Surprise())  # type: ignore[arg-type]


def test_every_event_type_is_folded() -> None:
    assert set(fold._APPLY) == set(ev.Event.__args__)
    assert set(ev.FACTS) < set(ev.Event.__args__)


def test_a_market_ends_once_and_is_settled() -> None:
    state = folded(ev.FillSeen(NOW, fill(shares="10", price="0.48")), snapshot(), ev.MarketEnded(NOW, "m", 10_000))
    assert state.cash == 100 * USD - 4_800_000 + 10 * USD
    assert state.position("m").is_flat
    assert state.marked == state.exposure.delta == state.exposure.total == 0
    before = state.position("m")
    apply(state, ev.MarketEnded(NOW, "m", 10_000))
    apply(state, ev.MarketEnded(NOW, "m", 0))
    assert state.ended == {"m": 10_000}
    assert state.position("m") == before


@pytest.mark.parametrize(("payout", "cash"), [(10_000, 105_200_000), (0, 95_200_000), (5_000, 100_200_000)])
def test_a_fill_after_the_end_is_settled_too(payout: int, cash: int) -> None:
    late = ev.FillSeen(NOW, fill(shares="10", price="0.48", status=FillStatus.MATCHED))
    end = ev.MarketEnded(NOW, "m", payout)
    in_time, too_late = folded(late, end), folded(end, late)
    assert in_time.position("m") == too_late.position("m")
    for state in (in_time, too_late):
        assert state.cash == cash
        assert state.position("m").is_flat
        apply(state, ev.FillMoved(NOW, "t1", "o1", FillStatus.FAILED))
        assert state.cash == 100 * USD
        assert state.position("m").realised == 0


def test_the_end_takes_the_suggestion_away() -> None:
    weighed = ev.PairWeighed(NOW, "m", Choice(Verdict.TRADE, (SELL,), SELL), 5_000, 1)
    state = folded(weighed, ev.MarketEnded(NOW, "m", 0))
    assert state.weighed == {}
    assert state.suggestion_ids == {}


def test_a_suggestion_keeps_its_id_while_its_action_stays() -> None:
    sell, buy, hold = (Choice(Verdict.TRADE, (o,), o) for o in (SELL, BUY, SELL))
    state = folded(ev.PairWeighed(NOW, "m", sell, 5_000, 1), ev.PairWeighed(NOW, "m", hold, 4_900, 2))
    assert state.suggestion_ids == {"m": ("SELL_YES", "S-0-1")}
    apply(state, ev.PairWeighed(NOW, "m", buy, 5_000, 3))
    assert state.suggestion_ids == {"m": ("BUY_NO", "S-0-2")}
    apply(state, ev.PairWeighed(NOW, "m", Choice(Verdict.BALANCED), 0, 4))
    assert state.suggestion_ids == {}
    apply(state, ev.PairWeighed(NOW, "m", sell, 5_000, 5))
    assert state.suggestion_ids == {"m": ("SELL_YES", "S-0-3")}


@pytest.mark.parametrize(("suggestion", "count"), [("S-1-7", 7), ("S-x", 0), ("S-²", 0), ("", 0)])
def test_ids_of_suggestions_approved_before_a_restart_are_not_given_again(suggestion: str, count: int) -> None:
    approved = ev.SuggestionApproved(NOW, "c1", suggestion, "m", "SELL_YES", SHARE, 5_000, 5_000, 1, "a person")
    state = folded(approved)
    assert state.suggestion_count == count
    assert state.commands_done == {"c1"}


def test_the_day_counts_from_its_equity_net_of_transfers() -> None:
    state = folded(ev.DayStarted(NOW, "2026-11-20", 100 * USD))
    assert state.day_pnl == 0
    apply(state, ev.CashMoved(NOW, 50 * USD, "transfer"))
    assert (state.day_pnl, state.equity) == (0, 150 * USD)
    apply(state, ev.FillSeen(NOW, fill(shares="10", price="0.52")))
    apply(state, snapshot())
    assert state.day_pnl == -400_000
    apply(state, ev.DayStarted(NOW, "2026-11-21", state.equity))
    assert (state.day_pnl, state.moved_today) == (0, 0)
    assert State().day_pnl == 0


def test_marks_follow_the_book_and_a_lost_one_is_flagged() -> None:
    state = folded(ev.FillSeen(NOW, fill(shares="10", price="0.48")))
    assert (state.marks["m"], state.marked, state.unmarked) == (Mark(0, is_full=False), 0, 1)
    apply(state, snapshot("0.50", "0.54"))
    assert (state.marks["m"], state.marked, state.unmarked) == (Mark(5 * USD, is_full=True), 5 * USD, 0)
    apply(state, ev.LevelsChanged(NOW, "m", ((0, 5_000, 0), (0, 4_000, 4 * SHARE)), NOW))
    assert (state.marks["m"], state.unmarked) == (Mark(1_600_000, is_full=False), 1)
    apply(state, snapshot("0.50", "0.54"))
    apply(state, ev.BookLost(NOW, "m"))
    assert (state.marks["m"], state.marked, state.unmarked) == (Mark(0, is_full=False), 0, 1)
    apply(state, ev.BookLost(NOW, "stranger"))


def test_exposure_is_marked_at_entry_until_a_book_is_seen() -> None:
    state = folded(ev.FillSeen(NOW, fill(shares="10", price="0.48")))
    weight = state.exposure.get("m")
    assert weight is not None
    assert (weight.yes_price, weight.no_price) == (4_800, 5_200)
    apply(state, snapshot("0.50", "0.54"))
    assert (weight.yes_price, weight.no_price) == (5_200, 4_800)
    apply(state, ev.LevelsChanged(NOW, "m", ((1, 5_400, 0),), NOW))
    assert (weight.yes_price, weight.no_price) == (5_200, 4_800)


def test_ticks_follow_the_listing_the_change_and_the_snapshot() -> None:
    state = State()
    apply(state, snapshot())
    apply(state, ev.MarketListed(NOW, market(tick=10)))
    assert state.books["m"].tick == 10
    apply(state, ev.TickChanged(NOW, "m", 1))
    assert (state.books["m"].tick, state.markets["m"].tick) == (1, 1)
    apply(state, snapshot(tick=50, last_trade=(Leg.NO, 5_100)))
    assert state.books["m"].tick == 50
    assert state.books["m"].last_trade == [None, 5_100]
    apply(state, ev.TickChanged(NOW, "stranger", 1))


def test_changes_before_the_first_snapshot_make_a_book_nobody_may_use() -> None:
    state = State()
    apply(state, ev.LevelsChanged(NOW, "m", ((0, 4_800, 5),), NOW))
    apply(state, ev.TradePrinted(NOW, "m", Leg.YES, True, 4_900, 5, NOW))
    apply(state, ev.TradePrinted(NOW, "stranger", Leg.YES, True, 4_900, 5, NOW))
    assert not state.books["m"].synced
    assert state.books["m"].last_trade == [4_900, None]
    assert set(state.books) == {"m"}


def test_a_parent_and_its_children() -> None:
    state = folded(ev.ParentStarted(NOW, PARENT))
    assert state.open_parent("m") is PARENT
    assert state.open_parent("other") is None
    assert state.next_slice == {"p1": 0}
    apply(state, ev.SliceSkipped(NOW, "p1", 0, "STALE_BOOK", "7 s"))
    assert state.next_slice == {"p1": 1}
    apply(state, ev.OrderSending(NOW, replace(order("c1"), slice_index=1)))
    assert state.next_slice == {"p1": 2}
    apply(state, ev.OrderSending(NOW, replace(order("c2"), slice_index=0)))
    apply(state, ev.SliceSkipped(NOW, "p1", 0, "STALE_BOOK", "7 s"))
    assert state.next_slice == {"p1": 2}
    assert [child.id for child in state.children_of("p1")] == ["c1", "c2"]
    assert all(child.state is OrderState.SENDING for child in state.children_of("p1"))
    apply(state, ev.ParentMoved(NOW, "p1", ParentState.CANCELLED, "by a person"))
    assert state.parents["p1"].reason == "by a person"
    assert state.open_parent("m") is None
    assert state.children_of("stranger") == []


def test_a_halt_keeps_its_first_reason_until_released() -> None:
    state = folded(ev.Halted(NOW, "daily loss"), ev.Halted(NOW, "by a person"))
    assert state.halted == "daily loss"
    apply(state, ev.Released(NOW))
    assert state.halted == ""


def test_a_pair_is_halted_and_lifted_alone() -> None:
    state = folded(ev.PairHalted(NOW, "m", "differs"), ev.PairHalted(NOW, "n", "differs"), ev.PairHalted(NOW, "m", ""))
    assert state.pair_halted == {"n": "differs"}
    apply(state, ev.PairHalted(NOW, "m", ""))


def test_notices_are_numbered_and_bounded() -> None:
    state = folded(*(ev.Noted(NOW, "info", str(number)) for number in range(MAX_NOTICES + 5)))
    assert len(state.notices) == MAX_NOTICES
    assert [notice.id for notice in state.notices] == list(range(6, MAX_NOTICES + 6))


def test_starts_connections_and_feeds_are_remembered() -> None:
    up = ev.ConnectionChanged(NOW, "", is_up=True)
    feed = ev.FeedStats(NOW, 1, 2, 3, 0, 0, 0)
    state = folded(ev.DeskStarted(NOW, "practice", "a", 7), ev.DeskStarted(NOW, "replay", "b"), up, feed)
    assert (state.mode, state.account, state.seed, state.starts) == ("replay", "b", None, 2)
    assert state.connection is up
    assert state.feed is feed
    assert state.position("never").is_empty
    assert list(state.live_orders("never")) == []
