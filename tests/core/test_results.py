"""What trading has brought: cash plus what is held at its worth is the profit, however histories go and news come."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.pnl import total, unrealised
from cockpit.core.results import Tally
from cockpit.core.state import State
from cockpit.core.units import SHARE, USD
from tests.core.builders import NOW, fill
from tests.core.ledger import MARKETS, begun, books_of, histories, tell, unrealised_of


def owed(history: list[ev.Event], state: State) -> int:
    """Return what markets that resolved without paying owe: what their shares pay, less what was redeemed, once each.

    The first end that is told counts.
    """
    ends = {event.market_id: event for event in reversed(history) if isinstance(event, ev.MarketEnded)}
    proofs = [event for event in history if isinstance(event, ev.ClaimRedeemed)]
    once = {event.conversion_id or number: event for number, event in enumerate(proofs)}
    paid = {name: books_of(state, name).paid for name, end in ends.items() if end.owes}
    return sum(paid.values()) - sum(event.amount for event in once.values() if event.market_id in paid)


@settings(max_examples=50)
@given(histories())
def test_cash_plus_worth_less_deposits_is_the_profit_of_each_pair_and_of_all(history: list[ev.Event]) -> None:
    state, deposits = begun(), 100 * USD
    for number, event in enumerate(history):
        tell(state, event)
        deposits += event.amount if isinstance(event, ev.CashMoved) else 0
        ledgers = {name: books_of(state, name) for name in MARKETS}
        cash = sum(ledger.cash for ledger in ledgers.values())
        worth = sum(ledger.worth(state.books.get(name)) for name, ledger in ledgers.items())
        assert state.cash == deposits + cash
        assert state.owed == sum(state.claims.values()) == owed(history[: number + 1], state)
        assert state.cash_there == state.cash - state.owed
        assert state.marked == worth
        assert state.pnl == cash + worth
        assert state.tally.realised + unrealised_of(state) == cash + worth
        for name in state.positions:
            position, tally = state.positions[name], state.results[name].tally
            profit = ledgers[name].cash + ledgers[name].worth(state.books.get(name))
            assert total(position, state.marks[name]) == profit
            assert tally.realised == position.realised
            assert tally.realised + unrealised(position, state.marks[name]) == profit


@settings(max_examples=50)
@given(histories())
def test_closings_are_those_of_the_books_and_account_for_all_that_was_realised(history: list[ev.Event]) -> None:
    state = begun()
    for event in history:
        tell(state, event)
    for name in state.positions:
        ledger, results = books_of(state, name), state.results[name]
        counted = [state.fills[key] for key in state.fills_of.get(name, ()) if state.fills[key].counts]
        assert results.closings == ledger.closings
        won = [result for result in ledger.closings.values() if result > 0]
        lost = [-result for result in ledger.closings.values() if result < 0]
        assert results.tally == Tally(
            len(won),
            len(lost),
            sum(won),
            sum(lost),
            sum(one.money for one in counted if one.side is Side.BUY),
            sum(one.money for one in counted if one.side is Side.SELL),
            ledger.fees,
            sum(ledger.closings.values()) - ledger.fees_of_purchases,
        )
        assert state.positions[name].cost == sum(ledger.cost.values())
        assert {leg: state.positions[name].holding(leg).shares for leg in Leg} == ledger.shares


@settings(max_examples=50)
@given(histories())
def test_each_day_has_what_changed_in_it_and_days_sum_to_all(history: list[ev.Event]) -> None:
    state = begun()
    equity, moved, value, realised = 100 * USD, 0, 0, 0
    for event in history:
        if isinstance(event, ev.DayStarted):
            equity, moved, value = state.equity, 0, unrealised_of(state)
            realised = state.tally.realised
        tell(state, event)
        moved += event.amount if isinstance(event, ev.CashMoved) else 0
        assert state.day is not None
        today = state.days[state.day.day]
        assert (today.equity, today.moved) == (equity, moved)
        assert state.day_pnl == state.equity - equity - moved
        # What was taken back since of what earlier days had brought is this day's loss, and corrected there.
        assert state.day_pnl == state.tally.realised - realised + unrealised_of(state) - value
        sums = Tally()
        for day in state.days.values():
            sums.add(day.tally)
        assert sums == state.tally
    sums = Tally()
    for results in state.results.values():
        sums.add(results.tally)
    assert sums == state.tally


def test_a_transfer_of_shares_that_was_accepted_is_no_gain_of_the_day() -> None:
    state = begun()
    apply(state, ev.BookSnapshot(NOW, "m", ((5_000, 100 * SHARE),), (), NOW))
    gift = replace(fill("t", "external", price=5_000), money=0)
    apply(state, ev.FillSeen(NOW, gift, is_external=True, brought=5 * USD))
    assert state.equity == 105 * USD
    assert state.day_pnl == 0
    assert state.days["day 0"].moved == 5 * USD


@settings(max_examples=30)
@given(histories())
def test_what_is_locked_and_what_is_open_are_all_of_the_profit(history: list[ev.Event]) -> None:
    state = begun()
    for event in history:
        tell(state, event)
    for name, position in state.positions.items():
        open_part = state.marks[name].value - position.matched
        assert total(position, state.marks[name]) == position.locked + open_part
        assert open_part >= 0
        assert max(position.if_yes, position.if_no) - position.locked == abs(position.delta)
