"""Gates: the first one closed is what was decided, and when it opens as its words say, the decision is another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import check_words as c
from cockpit.core import entry_words as e
from cockpit.core import pair_words as p
from cockpit.core.book import Book
from cockpit.core.check_kinds import Asked, Check
from cockpit.core.checks import GTD_EARLY_MS, asked_of, check, each
from cockpit.core.entry import EntryRules, Offer, offer_gates, offer_of
from cockpit.core.fees import FeeSchedule
from cockpit.core.gates import Kind
from cockpit.core.limits import Approved, Limits, Refused
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.position import Position
from cockpit.core.rebalance import Quotes, RebalanceRules, Verdict, choose, gates_of, options_of
from cockpit.core.units import PRICE_ONE, SHARE, USD, floor_lot
from tests.core.builders import NOW, book, fee_schedules, held, legs, levels, market, order, sides
from tests.core.guarded import ACCOUNT, BOOK, resting
from tests.core.test_entry_offers import markets_and_books
from tests.core.test_rebalance_properties import chances, rule_sets

LIMITS = Limits(max_position_size=60 * SHARE, max_total_exposure=100 * USD, max_unhedged=50 * SHARE)
CROSSED = book(levels(("0.53", "100")), levels(("0.52", "100")))
OLD = book(levels(("0.48", "100")), levels(("0.52", "100")), at_ms=NOW - 60_000)


def _either(usual: object, *others: object) -> st.SearchStrategy[Any]:
    """Mostly what is in order, so that gates far behind the first are reached."""
    return st.sampled_from([usual, usual, usual, *others])


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    """An order with none, one or many things wrong with it."""
    side, leg = draw(sides), draw(legs)
    asked = order("new", leg=leg, side=side, price=draw(_either(5_000, 5_050, 100, 9_900)), size=0)
    kind = draw(_either(OrderType.FAK, OrderType.GTD))
    expires = NOW + GTD_EARLY_MS + draw(_either(600_000, 1_000)) if kind is OrderType.GTD else None
    size = draw(_either(10 * SHARE, SHARE, 10 * SHARE + 1, 150 * SHARE, 200_000 * SHARE, -1))
    asked = replace(asked, type=kind, expires_at_ms=expires, size=size, post_only=draw(_either(False, True)))
    account = replace(
        ACCOUNT,
        halted=draw(_either("", "by a person")),
        is_ready=draw(_either(True, False)),
        skew_ms=draw(_either(0, -9_000)),
        pair_halted=draw(_either("", "differs")),
        has_ended=draw(_either(False, True)),
        reducing=draw(_either("", "by a person")),
        is_marked=draw(_either(True, False)),
        day_pnl=draw(_either(0, -600 * USD)),
        equity=draw(_either(0, 10 * USD)),
        cash=draw(_either(1_000 * USD, USD)),
        exposure=draw(_either(0, 99 * USD)),
        event_exposure=draw(_either(0, 6_000 * USD)),
        unhedged=draw(_either(0, 49 * SHARE)),
        has_rate=draw(_either(True, False)),
    )
    listed = market(closes_at_ms=draw(_either(None, NOW + 10_000)))
    own = draw(_either((), (resting("mine", leg=leg, side=side.other, price=asked.price, size=5 * SHARE),)))
    position = draw(_either(held("40", no="30"), held("60"), Position("m")))
    limit = draw(_either(asked.price, 100, 9_900))
    return asked_of(asked, listed, draw(_either(BOOK, None, CROSSED, OLD)), position, own, account, LIMITS, limit)


def _order(**fields: Any) -> Callable[[Asked, int, int], Asked]:
    return lambda asked, _have, _need: replace(asked, order=replace(asked.order, **fields))


def _account(**fields: Any) -> Callable[[Asked, int, int], Asked]:
    return lambda asked, _have, _need: replace(asked, account=replace(asked.account, **fields))


def _less(name: str) -> Callable[[Asked, int, int], Asked]:
    """So much less of what is used of a limit as its words ask for."""

    def opened(asked: Asked, have: int, need: int) -> Asked:
        value = getattr(asked.account, name) - (have - need)
        return replace(asked, account=replace(asked.account, **{name: value}))

    return opened


def _sized(asked: Asked, _have: int, need: int) -> Asked:
    return replace(asked, order=replace(asked.order, size=need))


def _priced(asked: Asked, _have: int, need: int) -> Asked:
    price = asked.market.round_within(need, asked.order.side)
    return replace(asked, order=replace(asked.order, price=price))


def _worth(asked: Asked, _have: int, need: int) -> Asked:
    return replace(asked, order=replace(asked.order, size=floor_lot(need * PRICE_ONE // asked.order.price)))


OPENED: dict[Check, Callable[[Asked, int, int], Asked]] = {
    c.NUMBERS: _order(size=10 * SHARE),
    c.LARGEST: _sized,
    c.HALTED: _account(halted=""),
    c.READY: _account(is_ready=True),
    c.CLOCK: lambda asked, _have, need: _account(skew_ms=need)(asked, 0, 0),
    c.PAIR_HALTED: _account(pair_halted=""),
    c.ENDED: _account(has_ended=False),
    c.CLOSING: lambda asked, have, need: _account(now_ms=asked.account.now_ms - (need - have))(asked, 0, 0),
    c.REDUCING: _account(reducing=""),
    c.MARKED: _account(is_marked=True),
    c.DAILY_LOSS: lambda asked, _have, need: _account(day_pnl=-need + 1)(asked, 0, 0),
    c.PRICE: _order(price=5_000),
    c.SIZE: lambda asked, _have, _need: _sized(asked, 0, floor_lot(asked.order.size)),
    c.MINIMUM: _sized,
    c.ORDER_SIZE: _sized,
    c.LIMIT_PRICE: _priced,
    c.TYPE: _order(post_only=False),
    c.LIFE: lambda asked, _have, need: _order(expires_at_ms=asked.account.now_ms + GTD_EARLY_MS + need)(asked, 0, 0),
    c.WORTH: _worth,
    c.BOOK: lambda asked, _have, _need: replace(asked, book=BOOK),
    c.CROSSED: lambda asked, _have, _need: replace(asked, book=BOOK),
    c.AGE: lambda asked, _have, need: replace(asked, book=book(*_sides(asked), at_ms=asked.account.now_ms - need)),
    c.COLLAR: _priced,
    c.HELD: lambda asked, _have, _need: replace(asked, position=held("500", no="500"), own=()),
    c.BALANCE: _less("cash"),
    c.POSITION_SIZE: lambda asked, have, _need: replace(asked, limits=replace(asked.limits, max_position_size=have)),
    c.EXPOSURE: _less("exposure"),
    c.EVENT_EXPOSURE: _less("event_exposure"),
    c.UNHEDGED: _less("unhedged"),
    c.SELF_CROSS: lambda asked, have, _need: replace(asked, own=(*asked.own[: have - 1], *asked.own[have:])),
    c.RATE: _account(has_rate=True),
}
"""Check -> the question with the thing changed that its words ask for."""


def _sides(asked: Asked) -> tuple[Any, Any]:
    assert asked.book is not None
    return asked.book.levels(Leg.YES, Side.BUY), asked.book.levels(Leg.YES, Side.SELL)


def answer(asked: Asked) -> Approved[Order] | Refused:
    account, limits = asked.account, asked.limits
    return check(
        asked.order, asked.market, asked.book, asked.position, asked.own, account, limits, asked.approved_limit
    )


def test_every_check_has_a_way_to_open_it_here() -> None:
    assert set(OPENED) == set(c.CHECKS)


@settings(max_examples=150)
@given(questions())
def test_the_first_closed_gate_is_the_refusal_and_opening_it_makes_another_decision(asked: Asked) -> None:
    closed = next(((gate, have, need) for gate, is_open, have, need in each(asked) if not is_open), None)
    if closed is None:
        assert answer(asked) == Approved(asked.order)
        return
    gate, have, need = closed
    refusal = answer(asked)
    assert isinstance(refusal, Refused)
    assert (refusal.reason, refusal.detail) == (gate.reason, gate.says(asked, have, need))
    opened = OPENED[gate](asked, have, need)
    now = {row[0]: row[1] for row in each(opened)}
    assert now[gate], f"{gate.name}: {gate.opens(have, need)}"
    assert answer(opened) != refusal


OPENED_RULES: dict[Kind, Callable[[RebalanceRules, int, int], RebalanceRules]] = {
    p.RATIO: lambda rules, have, _need: replace(rules, threshold=have + 1),
    p.DUST: lambda rules, have, _need: replace(rules, min_size=have),
    p.PROVEN: lambda rules, have, _need: replace(rules, min_size=have),
    p.GAIN: lambda rules, have, _need: replace(rules, min_profit=have),
    p.WHOLE: lambda rules, _have, _need: replace(rules, allow_partial=True),
}
"""Gate -> rules under which what there is suffices; what is on offer cannot be changed by rules."""


@settings(max_examples=200)
@given(chances(), fee_schedules, rule_sets)
def test_the_first_closed_gate_of_a_pair_is_its_verdict_and_opening_it_makes_another(
    chance: tuple[Position, Quotes], fees: FeeSchedule, rules: RebalanceRules
) -> None:
    position, quotes = chance
    options = options_of(position, quotes, fees, rules)
    verdict = choose(position, options, rules).verdict
    told = list(gates_of(position, list(options), rules, is_told=True))
    quick = list(gates_of(position, list(options), rules, is_told=False))
    assert [(row[0], row[1]) for row in told if not row[1]] == [(row[0], row[1]) for row in quick if not row[1]]
    closed = next((row for row in told if not row[1]), None)
    assert (closed is None) == (verdict is Verdict.TRADE)
    if closed is not None and closed[0] in OPENED_RULES and closed[2] > -PRICE_ONE:
        gate, _, have, need = closed
        if have > 0 or gate in (p.GAIN, p.WHOLE, p.RATIO):
            easier = OPENED_RULES[gate](rules, have, need)
            # Worth what it is, what was priced in full is priced in full again: only the verdict may differ.
            assert choose(position, options, easier).verdict is not verdict or (gate is p.RATIO and have >= PRICE_ONE)


@settings(max_examples=150)
@given(markets_and_books(), st.integers(-USD, 50 * USD), st.sampled_from([0, 50, 200, 700]))
def test_an_entry_is_proposed_where_every_gate_is_open(
    scene: tuple[Market, Book], budget: int, min_spread: int
) -> None:
    listed, its_book = scene
    rules, found = EntryRules(min_spread=min_spread), list[Offer]()
    rows = list(offer_gates(listed, its_book, rules, budget, found))
    offer = offer_of(listed, its_book, rules, budget)
    assert (offer is not None) == all(row[1] for row in rows)
    gate, is_open, have, _ = rows[-1]
    if gate is e.SPREAD and not is_open and have > 0:
        assert offer_of(listed, its_book, replace(rules, min_spread=have), budget) is not None
