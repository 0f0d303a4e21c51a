"""Which day a closing belongs to: corrections go where it was counted, and no day is left with less than nothing."""

from __future__ import annotations

from dataclasses import astuple, replace

from hypothesis import given, settings

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillKey, FillStatus
from cockpit.core.results import Tally
from cockpit.core.state import State
from cockpit.core.units import PRICE_ONE, SHARE, USD
from tests.core.builders import NOW, fill
from tests.core.ledger import begun, histories, tell

BOUGHT = fill("b", "buy", price="0.30", shares="20", status=FillStatus.MATCHED)
SOLD = fill("s1", "sell", side=Side.SELL, price="0.40", shares="10", status=FillStatus.MATCHED)
SOLD_MORE = fill("s2", "sell", side=Side.SELL, price="0.45", shares="10", status=FillStatus.MATCHED)


def seen(state: State, *fills: Fill) -> None:
    for one in fills:
        apply(state, ev.FillSeen(NOW, one))


def failed(state: State, trade: str, order: str) -> None:
    apply(state, ev.FillMoved(NOW, trade, order, FillStatus.FAILED))


def next_day(state: State) -> None:
    tell(state, ev.DayStarted(NOW, "next", 0))


def days(state: State) -> list[Tally]:
    return [replace(day.tally) for day in state.days.values()]


def test_a_sale_that_fails_on_the_next_day_is_taken_back_on_the_day_it_was_counted() -> None:
    state = begun()
    seen(state, BOUGHT, SOLD)
    assert days(state) == [Tally(wins=1, won=USD, bought=6 * USD, sold=4 * USD, realised=USD)]
    next_day(state)
    failed(state, "s1", "sell")
    assert days(state) == [Tally(bought=6 * USD), Tally()]
    assert state.tally == Tally(bought=6 * USD)


def test_a_purchase_that_fails_changes_what_a_later_sale_has_brought_on_the_day_of_that_sale() -> None:
    state = begun()
    dearer = fill("b2", "buy 2", price="0.50", shares="20", status=FillStatus.MATCHED)
    seen(state, BOUGHT, dearer)
    next_day(state)
    seen(state, SOLD)
    assert days(state)[1] == Tally(sold=4 * USD, realised=0)
    next_day(state)
    failed(state, "b2", "buy 2")
    assert days(state) == [
        Tally(bought=6 * USD),
        Tally(wins=1, won=USD, sold=4 * USD, realised=USD),
        Tally(),
    ]


def test_a_closing_over_two_days_counts_once_for_the_first_and_its_money_on_the_day_it_came() -> None:
    state = begun()
    seen(state, BOUGHT, SOLD)
    next_day(state)
    seen(state, SOLD_MORE)
    assert days(state) == [
        Tally(wins=1, won=USD + 1_500_000, bought=6 * USD, sold=4 * USD, realised=USD),
        Tally(sold=4_500_000, realised=1_500_000),
    ]
    failed(state, "s1", "sell")
    assert days(state) == [
        Tally(bought=6 * USD),
        Tally(wins=1, won=1_500_000, sold=4_500_000, realised=1_500_000),
    ]


def test_merges_and_the_end_of_a_market_keep_the_day_they_were_counted_on() -> None:
    state = begun()
    pair = BOUGHT, fill("n", "no", leg=Leg.NO, price="0.60", shares="20"), replace(SOLD, leg=Leg.NO)
    seen(state, *pair)
    next_day(state)
    apply(state, ev.PairsMerged(NOW, "m", 5 * SHARE))
    next_day(state)
    apply(state, ev.MarketEnded(NOW, "m", PRICE_ONE))
    before = days(state)
    assert [(day.wins, day.losses) for day in before] == [(0, 1), (1, 0), (1, 0)]
    next_day(state)
    failed(state, "s1", "sell")
    after = days(state)
    assert [(day.wins, day.losses) for day in after] == [(0, 0), (1, 0), (1, 0), (0, 0)]
    assert after[1] == before[1]
    assert after[2].won == before[2].won - 6 * USD, "ten more NO have been lost"
    assert after[3] == Tally()


def test_what_was_counted_before_the_first_day_is_corrected_on_no_day() -> None:
    state = State()
    seen(state, BOUGHT, SOLD)
    next_day(state)
    failed(state, "s1", "sell")
    assert days(state) == [Tally()]
    assert state.tally == Tally(bought=6 * USD)


@settings(max_examples=80)
@given(histories())
def test_no_day_counts_less_than_nothing_and_days_of_pairs_sum_to_days(history: list[ev.Event]) -> None:
    state = begun()
    for event in history:
        tell(state, event)
        for day in state.days.values():
            assert min(astuple(day.tally)[:-1]) >= 0, day
            sums = Tally()
            for results in state.results.values():
                sums.add(results.days.get(day.day) or Tally())
            assert sums == day.tally


@settings(max_examples=50)
@given(histories())
def test_a_day_that_has_passed_changes_by_corrections_only_and_purchases_stay_where_they_were(
    history: list[ev.Event],
) -> None:
    state = begun()
    seen_on: dict[FillKey, str] = {}
    for event in history:
        tell(state, event)
        assert state.day is not None
        for key, one in state.fills.items():
            if one.counts:
                seen_on.setdefault(key, state.day.day)
    for day in state.days.values():
        bought = [one for key, one in state.fills.items() if one.counts and seen_on[key] == day.day]
        assert day.tally.bought == sum(one.money for one in bought if one.side is Side.BUY)
        assert day.tally.sold == sum(one.money for one in bought if one.side is Side.SELL)
        assert day.tally.fees == sum(one.fee for one in bought)
