"""The inbox: our own news first, levels merged when it is late, and no book that differs for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.market import Leg
from cockpit.core.order import FillStatus, OrderState
from cockpit.core.state import State
from cockpit.core.units import SHARE
from cockpit.desk import inbox as inbox_module
from cockpit.desk.inbox import LATE, MOST_PRINTS, Inbox
from tests.core.builders import NOW, fill, market, order

MARKETS = ("m", "n")
OWN = (ev.OrderMoved, ev.FillSeen, ev.FillMoved, ev.Noted, ev.ConnectionChanged)
levels = st.dictionaries(
    st.integers(1, 9).map(lambda n: n * 1_000), st.integers(0, 5).map(lambda n: n * SHARE), max_size=4
)
changes = st.lists(
    st.tuples(
        st.integers(0, 1), st.integers(1, 9).map(lambda n: n * 1_000), st.integers(0, 3).map(lambda n: n * SHARE)
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def streams(draw: st.DrawFn, most: int = 40) -> list[ev.Event]:
    """Market data of two markets, with news of our own between them, in the order of time."""
    events: list[ev.Event] = []
    for number in range(draw(st.integers(1, most))):
        at, market_id = NOW + number * 10, draw(st.sampled_from(MARKETS))
        match draw(st.sampled_from(["levels", "levels", "levels", "print", "snapshot", "lost", "own", "link"])):
            case "levels":
                events.append(ev.LevelsChanged(at, market_id, tuple(draw(changes)), at - 1))
            case "print":
                leg = draw(st.sampled_from(Leg))
                events.append(ev.TradePrinted(at, market_id, leg, True, draw(st.integers(1, 9)) * 1_000, SHARE, at))
            case "snapshot":
                bids, asks = draw(levels), draw(levels)
                events.append(ev.BookSnapshot(at, market_id, tuple(bids.items()), tuple(asks.items()), at - 1))
            case "lost":
                events.append(ev.BookLost(at, market_id))
            case "own":
                events.append(ev.OrderMoved(at, "stranger", OrderState.OPEN, str(number)))
            case _:
                events.append(ev.ConnectionChanged(at, "", is_up=True))
    return events


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The inbox counts as late from the third event on."""
    monkeypatch.setattr(inbox_module, "LATE", 2)


def drained(box: Inbox) -> list[ev.Event]:
    found = []
    while (event := box.take()) is not None:
        found.append(event)
    assert len(box) == 0
    return found


def filled(events: Sequence[ev.Event]) -> Inbox:
    box = Inbox()
    for event in events:
        box.put(event)
    return box


def books(events: list[ev.Event]) -> dict[str, Any]:
    """Return all that is read from books after these events; a lost one is only known to be lost."""
    state = State()
    for event in [*(ev.MarketListed(NOW, market(name)) for name in MARKETS), *events]:
        apply(state, event)
    found: dict[str, Any] = {}
    for name, book in state.books.items():
        levels_now = (book.bids, book.asks, book.best_bid, book.best_ask, book.venue_ms, book.received_ms)
        found[name] = (book.synced, book.last_trade, levels_now if book.synced else None)
    return found


slow_start = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


@settings(slow_start, max_examples=100)
@given(streams(), st.lists(st.booleans(), max_size=60))
@pytest.mark.usefixtures("late")
def test_the_books_are_those_of_the_full_stream(events: list[ev.Event], pulls: list[bool]) -> None:
    box, taken = Inbox(), list[ev.Event]()
    for number, event in enumerate(events):
        box.put(event)
        if number < len(pulls) and pulls[number] and (one := box.take()) is not None:
            taken.append(one)
    taken += drained(box)
    assert books(taken) == books(events)
    assert len(taken) + box.conflated + box.dropped == len(events)
    assert box.dropped == 0


@slow_start
@given(streams())
@pytest.mark.usefixtures("late")
def test_prints_and_our_own_news_are_never_merged_and_keep_their_order(events: list[ev.Event]) -> None:
    taken = drained(filled(events))
    for kinds in ((ev.TradePrinted,), OWN, (ev.BookSnapshot, ev.BookLost)):
        assert [e for e in taken if isinstance(e, kinds)] == [e for e in events if isinstance(e, kinds)]


@slow_start
@given(streams())
@pytest.mark.usefixtures("late")
def test_our_own_news_comes_before_all_market_data(events: list[ev.Event]) -> None:
    taken = [isinstance(event, OWN) for event in drained(filled(events))]
    assert taken == sorted(taken, reverse=True)


@slow_start
@given(streams(), st.lists(st.booleans(), max_size=80))
def test_whenever_it_is_asked_our_own_news_is_first(events: list[ev.Event], pulls: list[bool]) -> None:
    box, own = Inbox(), list[ev.Event]()
    waiting = iter(events)
    for pull in [*pulls, *[False] * len(events)]:
        if pull:
            taken = box.take()
            if own:
                assert taken is own.pop(0)
            else:
                assert not isinstance(taken, OWN)
        elif (event := next(waiting, None)) is not None:
            box.put(event)
            if isinstance(event, OWN):
                own.append(event)


@slow_start
@given(streams())
def test_a_desk_that_is_in_time_sees_every_single_event(events: list[ev.Event]) -> None:
    box = filled(events)
    taken = drained(box)
    data = [event for event in events if not isinstance(event, OWN)]
    assert [event for event in taken if not isinstance(event, OWN)] == data
    assert (box.conflated, box.dropped) == (0, 0)


def change(market_id: str, price: int, shares: int, at: int = 0) -> ev.LevelsChanged:
    return ev.LevelsChanged(NOW + at, market_id, ((0, price, shares),), NOW + at)


def test_merging_begins_when_it_is_late_and_keeps_the_newest_total_of_each_level() -> None:
    box = filled([change("m", 4_800, n + 1, n) for n in range(LATE)])
    assert (len(box), box.conflated) == (LATE, 0)
    for event in (change("m", 4_800, 7, 300), change("m", 4_700, 8, 301), change("m", 4_800, 9, 302)):
        box.put(event)
    assert (len(box), box.conflated) == (LATE + 1, 2)
    last = drained(box)[-1]
    assert last == ev.LevelsChanged(NOW + 302, "m", ((0, 4_800, 9), (0, 4_700, 8)), NOW + 302)


def test_each_market_is_merged_by_itself() -> None:
    box = filled([change("x", 100, 1)] * LATE)
    for number in range(3):
        box.put(change("m", 4_800, number))
        box.put(change("n", 4_800, 10 + number))
    assert box.conflated == 4
    assert [(e.market_id, e.changes) for e in drained(box)[LATE:] if isinstance(e, ev.LevelsChanged)] == [
        ("m", ((0, 4_800, 2),)),
        ("n", ((0, 4_800, 12),)),
    ]


@pytest.mark.parametrize("after", [ev.BookSnapshot(NOW, "m", (), (), NOW), ev.BookLost(NOW, "m")])
def test_what_a_new_book_replaces_is_given_up_and_counted(after: ev.BookSnapshot | ev.BookLost) -> None:
    box = filled([change("x", 100, 1)] * LATE + [change("m", 4_800, 1), change("m", 4_800, 2), change("n", 4_800, 3)])
    box.put(after)
    box.put(change("m", 4_700, 5))
    assert box.conflated == 2
    rest = drained(box)[LATE:]
    assert rest == [change("n", 4_800, 3), after, change("m", 4_700, 5)]


def test_what_was_taken_is_not_merged_into_any_more() -> None:
    box = filled([change("x", 100, 1)] * LATE + [change("m", 4_800, 1)])
    for _ in range(LATE):
        box.take()
    assert box.take() == change("m", 4_800, 1)
    box.put(change("m", 4_800, 2))
    assert drained(box) == [change("m", 4_800, 2)]
    assert box.conflated == 0


def test_prints_beyond_the_most_are_given_up_oldest_first_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_PRINTS == 100_000
    monkeypatch.setattr(inbox_module, "MOST_PRINTS", 3)
    prints = [ev.TradePrinted(NOW + n, "m", Leg.YES, True, 5_000, n + 1, NOW) for n in range(6)]
    box = filled([change("m", 4_800, 1), *prints[:2], change("m", 4_800, 2), *prints[2:]])
    assert box.dropped == 3
    assert drained(box) == [change("m", 4_800, 1), change("m", 4_800, 2), *prints[3:]]
    for one in prints[:3]:  # those that were taken make room
        box.put(one)
    assert box.dropped == 3
    assert drained(box) == prints[:3]


def test_facts_are_never_dropped_however_many_there_are() -> None:
    told: list[ev.Event] = [ev.FillMoved(NOW, f"t{n}", "o", FillStatus.MINED) for n in range(5 * LATE)]
    told += [ev.FillSeen(NOW, fill()), ev.OrderSending(NOW, order())]
    box = filled([*[change("m", 4_800, n) for n in range(2 * LATE)], *told])
    assert drained(box)[: len(told)] == told


def test_nothing_waits_in_an_empty_inbox() -> None:
    box = Inbox()
    assert not box
    assert box.take() is None
