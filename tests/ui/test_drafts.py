"""What the four forms make of what was typed: exactly one command, or a field and a sentence about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core import commands as c
from cockpit.core.entry import EntryKind
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import OfferRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm, AtEnd, Style
from cockpit.core.units import SHARE, USD
from cockpit.ui import drafts
from cockpit.ui.dialogs.place import KINDS
from cockpit.ui.form import Form
from cockpit.ui.typed import Check
from tests import frames as f
from tests.ui import filling as k
from tests.ui import wanted as n

SIZES = (("order", "size"), ("split", "total"), ("split", "min"), ("split", "max"), ("bid", "total"), ("bid", "show"))
PRICES = (("order", "limit"), ("split", "limit"), ("bid", "limit"), ("entry", "yes"), ("entry", "no"))
TIMES = (("order", "life"), ("split", "window"), ("bid", "life"), ("entry", "life"))
FIELDS = (*SIZES, *PRICES, *TIMES, ("entry", "budget"))
PLAIN = "is not a plain decimal number like 12 or 0.55"
NOT_PLAIN = {
    **dict.fromkeys(("1,250", "1.2.3", ".5", "1e3", "0x10", "1 000", "\u0661\u0662", "NaN", "inf"), PLAIN),
    "-5": "must be above 0",
    "5.": "ends with a point",
    "1" * 16: "has too many digits",
}

WRONG_SIZES = (
    *((text, f"size {text!r} {why}") for text, why in NOT_PLAIN.items()),
    ("0.0000001", "size '0.0000001' is finer than 6 decimals"),
    ("10.005", "10.005 shares: the venue takes hundredths, 0.01 and more"),
    ("0", "0 shares: the venue takes hundredths, 0.01 and more"),
    ("0.00", "0.00 shares: the venue takes hundredths, 0.01 and more"),
)
WRONG_PRICES = (
    *((text, f"price {text!r} {why}") for text, why in NOT_PLAIN.items()),
    ("0,46", f"price '0,46' {PLAIN}"),
    ("0.46001", "price '0.46001' is finer than 4 decimals"),
    ("1.01", "price '1.01' is above 1: give one between 0 and 1"),
    ("46", "price '46' is above 1: give one between 0 and 1"),
    ("0", "price 0 is not between 0 and 1"),
    ("1", "price 1 is not between 0 and 1"),
    ("0.465", "price 0.465 is not on the tick of 0.01"),
)
WRONG_TIMES = tuple(
    (text, f"{{name}} {text} is not a number of minutes above 0, at most 10,080")
    for text in (*(text for text in NOT_PLAIN if text != "5."), "0", "0.00", "0.001", "10081", "10080.01", "99999")
)
WRONG_MONEY = (
    *((text, f"amount {text!r} {why}") for text, why in NOT_PLAIN.items()),
    ("0.0000001", "amount '0.0000001' is finer than 6 decimals"),
    ("0", "budget 0 USD is nothing"),
)
ASKED = {
    ("order", "size"): "how many shares?",
    ("order", "limit"): "at which price, at worst?",
    ("order", "life"): "for how many minutes?",
    ("split", "total"): "how many shares in all?",
    ("split", "limit"): "at which price, at worst?",
    ("split", "window"): "over how many minutes?",
    ("bid", "total"): "how many shares in all?",
    ("bid", "limit"): "at which price, at worst?",
    ("bid", "show"): "how many shares at a time?",
    ("bid", "life"): "for how many minutes?",
    ("entry", "life"): "for how many minutes?",
}


def read(form: Form, kind: str, frame: Frame = f.MAIN) -> Check:
    """Return what the form of a kind of order makes for rates-dec-cut."""
    return drafts.read(form, frame, "m-rates", KINDS[kind].make)


def wrong() -> Iterable[tuple[str, str, str, str]]:
    """Return (kind, field, what was typed, the sentence) for everything that can be typed wrong."""
    for fields, texts in ((SIZES, WRONG_SIZES), (PRICES, WRONG_PRICES), (TIMES, WRONG_TIMES)):
        for kind, name in fields:
            yield from ((kind, name, text, said.format(name=name)) for text, said in texts)
    yield from (("entry", "budget", text, said) for text, said in WRONG_MONEY)


@pytest.mark.parametrize(("kind", "name", "text", "said"), wrong())
def test_what_is_typed_wrong_is_named_with_its_field(kind: str, name: str, text: str, said: str) -> None:
    assert read(k.filled(kind, {name: text}), kind) == Check(said, name)


@pytest.mark.parametrize(("kind", "name"), ASKED)
def test_what_is_not_filled_in_yet_is_asked_for(kind: str, name: str) -> None:
    assert read(k.filled(kind, {name: ""}), kind) == Check(ASKED[kind, name], name, is_missing=True)


@pytest.mark.parametrize(("kind", "wrong"), [("order", "limit"), ("split", "min"), ("bid", "life")])
def test_a_wrong_number_is_named_before_one_that_is_missing(kind: str, wrong: str) -> None:
    missing = "size" if kind == "order" else "total"
    found = read(k.filled(kind, {missing: "", wrong: "0,9"}), kind)
    assert (found.field, found.is_missing) == (wrong, False)
    assert "0,9" in found.problem
    assert read(k.filled(kind, {missing: ""}), kind).is_missing


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_wrong_field_from_the_top_is_named(kind: str) -> None:
    numbers = [field.name for field in KINDS[kind].blank(f.RATES).fields if not field.choices]
    form = k.filled(kind, dict.fromkeys(numbers, "nonsense"))
    for name in numbers:
        assert read(form, kind).field == name
        form = k.filled(kind, dict.fromkeys(numbers[numbers.index(name) + 1 :], "nonsense"))
    assert read(form, kind).problem == ""


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("order", c.Place("", "m-rates", Leg.YES, Side.BUY, 100 * SHARE, 4600, OrderType.GTD, False, 600)),
        (
            "split",
            c.Split("", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 4800, Algorithm.TWAP, 3_600_000),
        ),
        ("bid", c.Bid("", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 4700, 50 * SHARE, 3_600_000)),
        (
            "entry",
            c.Enter("", "m-rates", EntryKind.MAKER_MAKER, Leg.YES, (4500, 5200), 0, 25 * USD, 600_000),
        ),
    ],
)
def test_a_form_that_is_filled_in_is_one_command_without_an_id(kind: str, wanted: c.Command) -> None:
    assert read(k.filled(kind), kind) == Check(command=wanted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "values", "changes"),
    [
        ("order", {"leg": "1", "side": "1"}, {"leg": Leg.NO, "side": Side.SELL}),
        ("order", {"size": "12.50", "limit": "0.99"}, {"shares": round(12.5 * SHARE), "limit": 9900}),
        ("order", {"type": "1", "post-only": "1"}, {"type": OrderType.GTC, "post_only": True}),
        ("order", {"life": "2.5"}, {"life_s": 150}),
        ("order", {"type": "2"}, {"type": OrderType.FAK}),
        ("order", {"type": "3"}, {"type": OrderType.FOK}),
        ("split", {"algo": "1"}, {"algorithm": Algorithm.VWAP}),
        ("split", {"algo": "2"}, {"algorithm": Algorithm.ICEBERG}),
        ("split", {"algo": "3", "window": "0.5"}, {"algorithm": Algorithm.RANDOM, "window_ms": 30_000}),
        ("split", {"min": "5", "max": "20.5"}, {"min_size": 5 * SHARE, "max_size": round(20.5 * SHARE)}),
        ("split", {"style": "1", "at_end": "1"}, {"style": Style.REST, "at_end": AtEnd.LEAVE}),
        ("split", {"style": "2", "at_end": "2"}, {"style": Style.TAKE, "at_end": AtEnd.CANCEL}),
        ("bid", {"show": "0.01", "life": "10080"}, {"show": SHARE // 100, "life_ms": 7 * 86_400_000}),
        ("bid", {"beyond": "1"}, {"stops_beyond": True}),
        ("entry", {"kind": "1", "first": "1"}, {"kind": EntryKind.MAKER_TAKER, "first": Leg.NO}),
        ("entry", {"kind": "2"}, {"kind": EntryKind.TAKER_TAKER}),
        ("entry", {"yes": ""}, {"prices": (0, 5200)}),
        ("entry", {"yes": "", "no": "", "budget": ""}, {"prices": (0, 0), "budget": 0}),
        ("entry", {"budget": "99.99"}, {"budget": 99_990_000}),
    ],
)
def test_every_choice_and_number_is_in_the_command(
    kind: str, values: dict[str, str], changes: dict[str, object]
) -> None:
    plain = read(k.filled(kind), kind).command
    assert plain is not None
    assert read(k.filled(kind, values), kind).command == replace(plain, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["order", "split", "bid"])
def test_an_empty_form_asks_for_a_size_first(kind: str) -> None:
    assert read(KINDS[kind].blank(f.RATES), kind).problem.startswith("how many shares")


def test_an_empty_entry_is_the_best_there_is() -> None:
    assert read(KINDS["entry"].blank(f.RATES), "entry").command == c.Enter(
        "", "m-rates", EntryKind.MAKER_MAKER, life_ms=600_000
    )


@pytest.mark.parametrize(
    ("kind", "values", "names"),
    [
        ("order", {}, ()),
        ("order", {"type": "1"}, ()),
        ("order", {"type": "2"}, ("post-only", "life")),
        ("order", {"type": "3"}, ("post-only", "life")),
        ("split", {}, ()),
        ("bid", {}, ()),
        ("entry", {}, ("first",)),
        ("entry", {"kind": "1"}, ()),
        ("entry", {"kind": "2"}, ("first",)),
    ],
)
def test_what_means_nothing_with_the_choices_made_is_named(
    kind: str, values: dict[str, str], names: tuple[str, ...]
) -> None:
    assert drafts.unused(k.filled(kind, values)) == names


@pytest.mark.parametrize("kind", ["2", "3"])
def test_an_order_that_cannot_rest_uses_neither_post_only_nor_life(kind: str) -> None:
    command = read(k.filled("order", {"type": kind, "post-only": "1", "life": "nonsense"}), "order").command
    assert isinstance(command, c.Place)
    assert not command.post_only


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("frame", "problem"),
    [
        (f.HALTED, "the desk is halted"),
        (replace(f.MAIN, pairs=(f.CPI,)), "the pair is gone"),
        (replace(f.MAIN, pairs=(replace(f.RATES, ended="Yes won"),)), "the market is over: Yes won"),
        (replace(f.MAIN, pairs=(replace(f.RATES, halted="x\x1b[0m"),)), "the pair is halted: x[0m"),
    ],
)
def test_where_nothing_can_be_sent_that_is_said_first(kind: str, frame: Frame, problem: str) -> None:
    assert read(k.filled(kind, dict.fromkeys(k.GOOD[kind], "nonsense")), kind, frame) == Check(problem)


@pytest.mark.parametrize("offer", [n.OFFER, n.OFFER_TAKEN, replace(n.OFFER, kind="taker-taker", prices=(4999, 1))])
def test_an_offer_opens_as_the_form_of_that_entry(offer: OfferRow) -> None:
    pair = replace(f.RATES, market_id=offer.market_id, tick=1)
    command = drafts.enter_of(drafts.form_of_offer(pair, offer), pair)
    assert isinstance(command, c.Enter)
    assert (command.kind, command.first, command.prices) == (offer.kind, offer.first, offer.prices)
    assert (command.market_id, command.shares, command.budget) == (offer.market_id, 0, 0)


def test_hostile_outcomes_are_plain_text_in_every_form() -> None:
    evil = "[red]\x1b[2Jx\u202e" * 9
    pair = replace(f.RATES, legs=(replace(f.RATES.legs[0], outcome=evil), replace(f.RATES.legs[1], outcome=evil)))
    for kind in KINDS.values():
        text = "".join(run for row in kind.blank(pair).rows() for run, _ in row)
        assert not {"\x1b", "\u202e"} & set(text)


@given(
    field=st.sampled_from(FIELDS),
    text=st.text(max_size=16) | st.text("0123456789.,-", max_size=16),
)
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_into_any_field_makes_a_command_or_a_sentence(field: tuple[str, str], text: str) -> None:
    kind, name = field
    form = k.filled(kind).at_field(name).cleared().typed(text)
    found = read(form, kind)
    assert (found.command is None) == bool(found.problem)
    assert found.field in ("", name)
