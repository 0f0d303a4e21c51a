"""NaN compares false with every limit, and would pass them all: what is not a whole number gets no further."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.checks import check
from cockpit.core.limits import MOST_SHARES, Account, Approved, Limits, Reason, Refused
from cockpit.core.market import Side
from cockpit.core.order import OrderType
from cockpit.core.position import Position
from cockpit.core.units import LOT, SHARE
from tests.core.builders import NOW, held, market, order, sides
from tests.core.guarded import ACCOUNT, BOOK, approved, refusal, verdict

NO_NUMBERS = (
    float("nan"),
    float("inf"),
    float("-inf"),
    5_000.0,
    0.5,
    True,
    False,
    None,
    "5000",
    Decimal(5_000),
    Decimal("NaN"),
    5_000 + 0j,
)
NOT_POSITIVE = (0, -1, -(10**30))
LIMIT_NAMES = [item.name for item in fields(Limits)]
ACCOUNT_NUMBERS = [item.name for item in fields(Account) if item.type == "int"]


@pytest.mark.parametrize("value", [*NO_NUMBERS, *NOT_POSITIVE], ids=repr)
@pytest.mark.parametrize("name", ["price", "size"])
def test_no_price_and_no_size_but_a_whole_number_above_0(name: str, value: Any) -> None:
    for side in Side:
        broken = replace(order(side=side), **{name: value})
        detail = refusal(broken, Reason.BAD_NUMBER, position=held("100"), approved_limit=5_000)
        assert detail == f"{name} {value!r} is not a whole number above 0"


@pytest.mark.parametrize("value", [*NO_NUMBERS, *NOT_POSITIVE], ids=repr)
def test_no_limit_but_a_whole_number_above_0(value: Any) -> None:
    answer = check(order(), market(), BOOK, Position("m"), (), ACCOUNT, Limits(), value)
    assert answer == Refused(Reason.BAD_NUMBER, f"limit {value!r} is not a whole number above 0")


@pytest.mark.parametrize("value", [v for v in NO_NUMBERS if v is not None], ids=repr)
def test_no_expiry_but_a_whole_number(value: Any) -> None:
    lasting = replace(order(order_type=OrderType.GTD), expires_at_ms=value)
    assert "is not a whole number" in refusal(lasting, Reason.BAD_NUMBER)


def test_an_order_that_ends_by_itself_must_say_when() -> None:
    assert "would live 0 s" in refusal(order(order_type=OrderType.GTD), Reason.BAD_LIFE)


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("name", ACCOUNT_NUMBERS)
def test_nothing_is_sent_on_an_account_with_a_number_that_is_none(name: str, value: Any) -> None:
    broken = replace(ACCOUNT, **{name: value})
    for candidate in (order(), order(side=Side.SELL)):
        detail = refusal(candidate, Reason.BAD_NUMBER, account=broken, position=held("100"))
        assert detail == f"{name} {value!r} is not a whole number"


def test_the_account_has_the_numbers_the_limits_are_about() -> None:
    assert {"cash", "exposure", "event_exposure", "unhedged", "day_pnl", "equity", "now_ms"} < set(ACCOUNT_NUMBERS)


@pytest.mark.parametrize("value", [*NO_NUMBERS, -1, -(10**30)], ids=repr)
@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_a_limit_that_is_not_a_whole_number_of_0_or_more_is_refused_where_it_is_set(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=f"^limit {name} ") as caught:
        Limits(**{name: value})
    assert str(caught.value) == f"limit {name} {value!r} is not a whole number of 0 or more"
    with pytest.raises(ValueError, match=f"^limit {name} "):
        replace(Limits(), **{name: value})


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_every_limit_may_be_0_or_huge(name: str) -> None:
    assert getattr(Limits(**{name: 0}), name) == 0
    assert getattr(Limits(**{name: 10**30}), name) == 10**30


@given(st.integers(MOST_SHARES // LOT + 1, 10**30))
def test_no_setting_lets_an_absurd_size_through(many: int) -> None:
    boundless = Limits(**dict.fromkeys(LIMIT_NAMES, 10**40))
    candidate, rich = order(size=many * LOT), replace(ACCOUNT, cash=10**40)
    answer = verdict(candidate, limits=boundless, account=rich)
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.FAT_FINGER
    approved(order(size=MOST_SHARES), limits=boundless, account=rich)


@given(
    sides,
    st.one_of(st.integers(), st.floats(), st.booleans(), st.none(), st.sampled_from([1, 100, 5_000, 9_900])),
    st.one_of(st.integers(), st.floats(), st.booleans(), st.sampled_from([LOT, 5 * SHARE, 100 * SHARE])),
    st.one_of(st.integers(), st.floats(), st.sampled_from([100, 5_000, 9_999])),
)
def test_whatever_the_numbers_are_there_is_an_answer_and_only_sane_ones_pass(
    side: Side, price: Any, size: Any, limit: Any
) -> None:
    candidate = replace(order(side=side), price=price, size=size, created_ms=NOW)
    answer = check(candidate, market(), BOOK, held("200"), (), ACCOUNT, Limits(), limit)
    if isinstance(answer, Approved):
        assert type(price) is int
        assert type(size) is int
        assert type(limit) is int
        assert price % 100 == 0
        assert size % LOT == 0
        assert 5 * SHARE <= size <= 100 * SHARE
        assert not side.is_beyond(price, limit)
