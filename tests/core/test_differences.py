"""Where our numbers differ from the venue's: names, keys, both numbers, and what is only rounding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core import events as ev
from cockpit.core.differences import ACCEPTABLE, TOLERANCE, Difference, Name, find
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.state import State
from cockpit.core.units import SHARE, USD
from tests.core.builders import NOW, fill, market


def held(yes: int = 0, no: int = 0) -> State:
    """Return a state with a market `m`, these shares bought at 0.5 and 100 USD left."""
    state = State()
    apply(state, ev.MarketListed(NOW, market()))
    for leg, shares in ((Leg.YES, yes), (Leg.NO, no)):
        if shares:
            side = Side.BUY if shares > 0 else Side.SELL
            apply(state, ev.FillSeen(NOW, fill(leg.name, leg=leg, side=side, shares=abs(shares))))
    apply(state, ev.CashMoved(NOW, 100 * USD - state.cash, "opening balance"))
    return state


def found(state: State, cash: int = 100 * USD, **shares: int) -> dict[str, Difference]:
    return find(state, cash, {name.replace("_", "-"): size for name, size in shares.items()})


def test_agreement_is_no_difference() -> None:
    assert found(held(10 * SHARE, 4 * SHARE), m_yes=10 * SHARE, m_no=4 * SHARE) == {}
    assert found(held()) == {}
    assert find(State(), 0, {}) == {}


@pytest.mark.parametrize(
    ("ours", "theirs", "name", "words"),
    [
        (10 * SHARE, 9 * SHARE, Name.SIZE, "m No: we count 10 shares, the venue 9"),
        (9 * SHARE, 10 * SHARE, Name.SIZE, "m No: we count 9 shares, the venue 10"),
        (0, 10 * SHARE, Name.MISSING_HERE, "m No: we count 0 shares, the venue 10"),
        (10 * SHARE, 0, Name.MISSING_THERE, "m No: we count 10 shares, the venue 0"),
        (-3 * SHARE, 0, Name.MISSING_THERE, "m No: we count -3 shares, the venue 0"),
        (-3 * SHARE, 2 * SHARE, Name.SIZE, "m No: we count -3 shares, the venue 2"),
    ],
)
def test_shares_that_differ_have_a_name_and_both_numbers(ours: int, theirs: int, name: Name, words: str) -> None:
    expected = Difference("shares/m/NO", name, "m", ours, theirs, words)
    assert found(held(no=ours), m_no=theirs) == {"shares/m/NO": expected}


def test_a_token_the_venue_does_not_list_is_held_there_with_0() -> None:
    assert find(held(yes=SHARE), 100 * USD, {})["shares/m/YES"].name is Name.MISSING_THERE


@given(st.integers(-3 * TOLERANCE, 3 * TOLERANCE), st.sampled_from(Leg))
def test_a_ten_thousandth_of_a_share_is_rounding_and_no_more(off: int, leg: Leg) -> None:
    assert TOLERANCE == SHARE // 10_000 == 100
    ours = 10 * SHARE
    state = held(ours) if leg is Leg.YES else held(0, ours)
    differs = found(state, **{f"m_{leg.name.lower()}": ours + off})
    assert bool(differs) == (abs(off) > TOLERANCE)


def test_both_legs_differ_each_with_its_own_key() -> None:
    assert list(found(held(SHARE, SHARE), m_no=2 * SHARE)) == ["shares/m/YES", "shares/m/NO"]


@given(st.integers(-5, 5))
def test_cash_must_agree_to_the_millionth(off: int) -> None:
    differs = found(held(), 100 * USD + off)
    assert bool(differs) == bool(off)
    if off == 5:
        words = "cash: we count 100 USD, the venue 100.000005"
        assert differs == {"cash": Difference("cash", Name.CASH, "", 100 * USD, 100 * USD + 5, words)}


def test_a_market_that_ended_is_not_compared() -> None:
    state = held(10 * SHARE)
    apply(state, ev.MarketEnded(NOW, "m", 0))
    assert found(state, state.cash, m_yes=10 * SHARE) == {}


@pytest.mark.parametrize(("size", "is_told"), [(TOLERANCE, False), (TOLERANCE + 1, True), (0, False)])
def test_shares_of_a_market_that_is_not_known_here(size: int, is_told: bool) -> None:
    differs = found(held(), x=5 * SHARE, stranger_with_a_long_name=size)
    assert ("token/stranger-with-a-long-name" in differs) == is_told
    words = "token x: the venue holds 5 shares of a market that is not known here"
    assert differs["token/x"] == Difference("token/x", Name.UNKNOWN_MARKET, "", 0, 5 * SHARE, words)


def test_only_what_can_be_booked_as_a_transfer_can_be_accepted() -> None:
    assert set(Name) - set(ACCEPTABLE) == {Name.UNKNOWN_MARKET}


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_what_is_found_is_what_differs(yes: int, no: int, their_yes: int, their_no: int) -> None:
    differs = found(held(yes * SHARE, no * SHARE), m_yes=their_yes * SHARE, m_no=their_no * SHARE)
    assert ("shares/m/YES" in differs) == (yes != their_yes)
    assert ("shares/m/NO" in differs) == (no != their_no)
    for one in differs.values():
        assert one.key == f"shares/m/{'YES' if one.key.endswith('YES') else 'NO'}"
        assert one.ours != one.theirs
