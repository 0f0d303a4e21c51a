"""Telemetry of trades told as facts: every number by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus
from cockpit.core.state import State
from cockpit.core.telemetry import Telemetry
from cockpit.core.trade import Name
from cockpit.core.trade_record import RebalanceStatus, RebalanceTrade, TradeEnd, locked_value
from cockpit.core.units import PRICE_ONE, SHARE
from tests.core.builders import NOW, held, market, order
from tests.core.ledger import begun, histories, tell
from tests.core.trade_story import START, THRESHOLD, WALKED, Story, walkthrough


def test_the_walkthrough_of_the_seed_has_every_moment_and_number() -> None:
    story = walkthrough()
    (one,) = story.records
    assert (one.id, one.market_id, one.entry_id, one.end) == ("T-0001", "m", "E-1", TradeEnd.RESOLVED)
    moments = (one.opened_ms, one.detected_ms, one.placed_ms, one.filled_ms)
    assert moments == (START + 1_500, START + 1_000, START + 1_520, START + 1_620)
    assert (one.rebalance_started_ms, one.balanced_ms, one.ended_ms) == (
        START + 2_000,
        START + 120_200,
        START + 900_000,
    )
    assert (one.prices, one.spread) == ((4_800, 4_900), 300)
    assert (one.execution_latency_ms, one.fill_latency_ms, one.time_to_balance_ms) == (520, 100, 118_580)
    assert (one.initial, one.initial_ratio) == ((10 * SHARE, 6 * SHARE), 6_000)
    assert (one.final, one.final_ratio) == ((10 * SHARE, 10 * SHARE), 10_000)
    assert one.profit == 420_000  # 10.00 - 4.80 - 2.94 - 1.84
    bought = RebalanceTrade(
        "P-1", START + 120_000, "BUY_NO", 4 * SHARE, 4_600, 4 * SHARE,
        240_000,  # four pairs more: 4.00 - 4 x 0.48 - 4 x 0.46
        RebalanceStatus.SUCCESS,
    )  # fmt: skip
    assert one.rebalances == (bought,)
    assert [(event.name, event.at_ms - START) for event in story.telemetry.events] == WALKED
    assert {event.trade_id for event in story.telemetry.events} == {"T-0001"}


@pytest.mark.parametrize(
    ("payout_yes", "held_profit", "avoided"),
    [
        (0, -1_740_000, 2_160_000),  # 6.00 - 7.74; the four NO paid 4.00 and cost 1.84
        (PRICE_ONE, 2_260_000, -1_840_000),  # 10.00 - 7.74; the four NO cost 1.84 and paid nothing
        (5_000, 260_000, 160_000),  # void: 8.00 - 7.74; 2.00 - 1.84
    ],
)
def test_what_rebalancing_avoided_is_counted_on_the_real_outcome(
    payout_yes: int, held_profit: int, avoided: int
) -> None:
    (one,) = walkthrough(payout_yes).records
    assert (one.held_profit, one.avoided) == (held_profit, avoided)
    assert one.profit == 420_000 == held_profit + avoided


def test_sales_by_hand_and_merges_are_no_part_of_what_rebalancing_avoided() -> None:
    story = Story()
    story.bought(0, Leg.YES, "10", "0.40")
    story.bought(10, Leg.NO, "4", "0.50")
    story.merges(20, "4")
    story.parent(30, "P-hand", Leg.YES, Side.SELL, "2", "0.30")
    story.order(30, "hand", "P-hand", Leg.YES, Side.SELL, "2", "0.30")
    story.fills(40, "hand", "2", "0.30")
    story.suggestion(50, "P-1", Leg.YES, Side.SELL, "3", "0.45")
    story.order(50, "sale", "P-1", Leg.YES, Side.SELL, "3", "0.45")
    story.fills(60, "sale", "3", "0.45")
    assert (story.records[0].held_profit, story.records[0].avoided) == (None, None)
    story.resolves(100, 0)
    (one,) = story.records
    assert one.held_profit == -2_000_000  # 4 NO pay 4.00; 4.00 and 2.00 were paid
    assert one.avoided == 1_350_000  # three YES worth nothing, sold for 1.35
    assert one.profit == -50_000  # 4.00 merged + 0.60 + 1.35 - 6.00
    assert (one.final, one.end) == ((1 * SHARE, 0), TradeEnd.RESOLVED)
    assert one.rebalances[0].profit == 150_000  # 3 x 0.05


def test_without_an_entry_a_trade_begins_with_the_first_fill_of_a_flat_pair_and_ends_when_it_is_flat_again() -> None:
    story = Story()
    story.parent(0, "P-1", Leg.YES, Side.BUY, "10", "0.40")
    story.order(5, "buy", "P-1", Leg.YES, Side.BUY, "10", "0.40")
    assert not story.records
    story.fills(50, "buy", "4", "0.40", fee=1_000)
    story.fills(60, "buy", "6", "0.40")
    story.ends(70, "P-1")
    story.parent(80, "P-2", Leg.YES, Side.SELL, "10", "0.50")
    story.order(80, "sell", "P-2", Leg.YES, Side.SELL, "10", "0.50")
    story.fills(90, "sell", "10", "0.50", fee=2_000)
    story.bought(200, Leg.NO, "1", "0.10")
    first, second = story.records
    assert (first.detected_ms, first.prices, first.spread, first.execution_latency_ms) == (None, None, None, None)
    assert (first.placed_ms, first.filled_ms, first.fill_latency_ms) == (START + 5, START + 50, 45)
    assert (first.initial, first.final, first.final_ratio) == ((10 * SHARE, 0), (0, 0), None)
    assert (first.rebalance_started_ms, first.ended_ms, first.end) == (START + 70, START + 90, TradeEnd.SOLD)
    assert first.profit == 997_000
    assert (second.id, second.placed_ms, second.filled_ms) == ("T-0002", START + 200, START + 200)
    assert (second.initial, second.rebalance_started_ms) == ((0, SHARE), START + 200)
    assert (second.is_open, second.final, second.profit) == (True, None, 0)


def test_what_only_came_to_the_account_is_not_rebalanced_before_the_desk_does_something() -> None:
    story = Story()
    story.arrives(0, Leg.YES, "10", "0.40")
    story.arrives(5, Leg.NO, "10", "0.50")
    story.arrives(10, Leg.YES, "10", "0.40")
    (one,) = story.records
    assert (one.opened_ms, one.placed_ms, one.filled_ms, one.initial) == (START, None, None, None)
    assert (one.rebalance_started_ms, one.balanced_ms, one.time_to_balance_ms) == (None, None, None)
    story.suggestion(20, "P-1", Leg.YES, Side.SELL, "10", "0.45")
    story.order(20, "sale", "P-1", Leg.YES, Side.SELL, "10", "0.45")
    story.fills(30, "sale", "10", "0.45")
    (one,) = story.records
    assert (one.initial, one.rebalance_started_ms, one.balanced_ms) == (
        (20 * SHARE, 10 * SHARE),
        START + 20,
        START + 30,
    )
    assert (one.placed_ms, one.filled_ms) == (START + 20, START + 30)


def test_a_pair_merged_away_has_ended_and_an_entry_still_under_way_keeps_its_trade_open() -> None:
    story = Story()
    story.entry(0)
    story.order(1, "yes", "E-1-YES", Leg.YES, Side.BUY, "10", "0.48")
    story.order(2, "no", "E-1-NO", Leg.NO, Side.BUY, "10", "0.49")
    for order_id, price in (("yes", "0.48"), ("no", "0.49")):
        story.fills(10, order_id, "5", price)
    story.merges(20, "5")
    assert story.records[0].is_open
    for order_id, price in (("yes", "0.48"), ("no", "0.49")):
        story.fills(30, order_id, "5", price)
    story.entry_ends(40)
    story.merges(50, "5")
    (one,) = story.records
    assert (one.end, one.ended_ms, one.final, one.profit) == (TradeEnd.MERGED, START + 50, (0, 0), 300_000)
    assert (one.detected_ms, one.prices) == (START, (4_800, 4_900))
    assert (one.initial, one.rebalance_started_ms) == ((5 * SHARE, 5 * SHARE), None)


def test_an_entry_without_a_fill_is_a_trade_that_was_not_filled() -> None:
    story = Story()
    story.entry(0)
    story.order(1, "yes", "E-1-YES", Leg.YES, Side.BUY, "10", "0.48")
    story.entry_ends(600)
    (one,) = story.records
    assert (one.end, one.placed_ms, one.filled_ms, one.profit) == (TradeEnd.UNFILLED, START + 1, None, 0)
    assert (one.rebalance_started_ms, one.balanced_ms, one.ended_ms) == (None, None, START + 600)


def test_balance_that_is_lost_again_is_none_and_the_threshold_is_a_setting() -> None:
    story, strict = Story(), Story(9_500)
    for each in (story, strict):
        each.bought(0, Leg.YES, "10", "0.40")
        each.bought(10, Leg.NO, "9", "0.40")
    assert story.records[0].balanced_ms == START + 10
    assert strict.records[0].balanced_ms is None
    story.bought(20, Leg.YES, "5", "0.40")
    assert story.records[0].balanced_ms is None
    story.bought(30, Leg.NO, "4", "0.40")
    assert story.records[0].balanced_ms == START + 30
    assert [at for name, at in story.told if name == "position_balanced"] == [10, 30]


@pytest.mark.parametrize(
    ("filled", "status", "told"),
    [
        ("4", RebalanceStatus.SUCCESS, [Name.EXECUTED, Name.SUCCEEDED]),
        ("1", RebalanceStatus.PARTIAL, [Name.EXECUTED]),
        ("", RebalanceStatus.FAILED, [Name.FAILED]),
    ],
)
def test_an_attempt_succeeds_in_whole_in_part_or_not_at_all(
    filled: str, status: RebalanceStatus, told: list[Name]
) -> None:
    story = Story()
    story.bought(0, Leg.YES, "4", "0.40")
    story.suggestion(10, "P-1", Leg.NO, Side.BUY, "4", "0.50")
    story.order(10, "more", "P-1", Leg.NO, Side.BUY, "4", "0.50")
    assert story.records[0].rebalances[0].status is RebalanceStatus.WORKING
    if filled:
        story.fills(20, "more", filled, "0.50")
    before = len(story.telemetry.events)
    story.ends(30, "P-1")
    assert story.records[0].rebalances[0].status is status
    assert [event.name for event in story.telemetry.events[before:]] == told


def test_a_sale_that_fails_opens_its_trade_again_and_takes_back_what_it_brought() -> None:
    story = Story()
    story.bought(0, Leg.YES, "10", "0.40")
    story.suggestion(10, "P-1", Leg.YES, Side.SELL, "10", "0.50")
    story.order(10, "sale", "P-1", Leg.YES, Side.SELL, "10", "0.50")
    story.fills(20, "sale", "10", "0.50", trade_id="t", status=FillStatus.MATCHED)
    assert (story.records[0].end, story.records[0].profit) == (TradeEnd.SOLD, 1_000_000)
    story.tell(ev.FillMoved(START + 30, "t", "sale", FillStatus.FAILED))
    (one,) = story.records
    assert (one.is_open, one.profit, one.balanced_ms, one.rebalances[0].profit) == (True, 0, None, 0)


def test_a_first_fill_that_fails_leaves_a_trade_that_was_not_filled() -> None:
    story = Story()
    story.parent(0, "P-1", Leg.YES, Side.BUY, "10", "0.40")
    story.order(0, "buy", "P-1", Leg.YES, Side.BUY, "10", "0.40")
    story.fills(10, "buy", "10", "0.40", trade_id="t", status=FillStatus.MATCHED)
    story.tell(ev.FillMoved(START + 20, "t", "buy", FillStatus.FAILED))
    (one,) = story.records
    assert (one.end, one.filled_ms, one.ended_ms, one.profit) == (TradeEnd.UNFILLED, None, START + 20, 0)


def test_a_market_that_is_renamed_is_called_by_its_new_name() -> None:
    story = walkthrough()
    assert story.records[0].name == "m"
    story.tell(ev.MarketListed(START + 950_000, replace(market("m"), name="new")))
    assert story.records[0].name == "new"


def test_what_is_locked_counts_the_unmatched_rest_at_its_cost() -> None:
    assert locked_value(held("10", "0.48", "6", "0.49")) == 180_000  # 6.00 - 6 x 0.97
    assert locked_value(held("10", "0.48")) == 0


# ---- any history ----


def with_own_orders() -> State:
    """A state in which two of the orders that histories fill are ours, the others are not."""
    state = begun()
    for name, market_id in (("o0", "m"), ("o2", "n")):
        apply(state, ev.OrderSending(NOW - 1, order(name, market_id=market_id, size=1_000 * SHARE)))
    return state


def folded(history: Sequence[ev.Event], state: State) -> Telemetry:
    telemetry = Telemetry(THRESHOLD)
    for event in history:
        apply(state, event)
        telemetry.fold(state, event)
    return telemetry


@settings(max_examples=100)
@given(histories())
def test_profits_of_all_trades_are_what_was_realised(history: list[ev.Event]) -> None:
    state, telemetry = with_own_orders(), Telemetry(THRESHOLD)
    for event in history:
        tell(state, event)
        telemetry.fold(state, event)
        records = telemetry.records(state)
        assert sum(record.profit for record in records) == state.tally.realised
        for record in records:
            times = (record.fill_latency_ms, record.time_to_balance_ms, record.execution_latency_ms)
            assert all(ms is None or ms >= 0 for ms in times)
        for name, results in state.results.items():
            mine = [record for record in records if record.market_id == name]
            assert sum(record.profit for record in mine) == results.tally.realised
            assert all(not record.is_open for record in mine[:-1])
            assert mine[-1].is_open == (not state.position(name).is_flat) if mine else True


@settings(max_examples=50)
@given(histories(), st.integers(0, 20))
def test_folding_twice_or_looking_in_between_gives_the_same_trades(history: list[ev.Event], looked_after: int) -> None:
    facts = [replace(one, at_ms=one.at_ms + n) for n, one in enumerate(history) if not isinstance(one, ev.DayStarted)]
    states = with_own_orders(), with_own_orders()
    at_once, looked_at = folded(facts, states[0]), Telemetry(THRESHOLD)
    for number, fact in enumerate(facts):
        apply(states[1], fact)
        looked_at.fold(states[1], fact)
        if number % (looked_after + 1) == 0:
            looked_at.records(states[1])
    assert at_once.records(states[0]) == looked_at.records(states[1])
    assert at_once.events == looked_at.events


def test_a_restart_gives_the_same_trades_and_events() -> None:
    story = walkthrough()
    state = State()
    again = folded(story.facts, state)
    assert again.records(state) == story.records
    assert again.events == story.telemetry.events
