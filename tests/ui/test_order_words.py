"""Orders in words, and what the desk says of them in lines: they fit, and what matters stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cockpit.core import commands as c
from cockpit.core.entry import EntryKind
from cockpit.core.frame import PairRow
from cockpit.core.frame_orders import LimitRow, PreviewRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import SLICED, Algorithm, AtEnd, Style
from cockpit.core.units import SHARE, USD
from cockpit.ui.dialogs.base import INNER
from cockpit.ui.drafts import TYPES
from cockpit.ui.order_words import MEANS, SPLITS, limit_runs, order_words, preview_rows, used_words
from cockpit.ui.rows import text_of, wrap_to
from tests import frames as f
from tests.ui import wanted as n

EVIL = "[red]\x1b[2Jx\u202e"
PLACE = c.Place("", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 1000, OrderType.GTD, True, 600)
SPLIT = c.Split("", "m-rates", Leg.NO, Side.SELL, 300 * SHARE, 4650, Algorithm.VWAP, 5_400_000)
BID = c.Bid("", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 4700, 50 * SHARE, 3_600_000)
ENTER = c.Enter("", "m-rates", EntryKind.MAKER_TAKER, Leg.NO, (4600, 5100), round(25.77 * SHARE), 0, 600_000)


def named(first: str, second: str) -> PairRow:
    """Return a pair with these outcomes."""
    return replace(f.RATES, legs=(replace(f.RATES.legs[0], outcome=first), replace(f.RATES.legs[1], outcome=second)))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (PLACE, "BUY 300 Yes <= 0.10  GTD post-only, 10 minutes"),
        (replace(PLACE, side=Side.SELL, leg=Leg.NO, post_only=False), "SELL 300 No >= 0.10  GTD, 10 minutes"),
        (replace(PLACE, type=OrderType.GTC, life_s=60), "BUY 300 Yes <= 0.10  GTC post-only, 1 minute"),
        (replace(PLACE, life_s=150), "BUY 300 Yes <= 0.10  GTD post-only, 2m30s"),
        (replace(PLACE, type=OrderType.FAK, post_only=False), "BUY 300 Yes <= 0.10  FAK"),
        (replace(PLACE, type=OrderType.FOK, post_only=False, shares=10_000), "BUY 0.01 Yes <= 0.10  FOK"),
        (SPLIT, "SELL 300 No >= 0.465  VWAP top 1h30m, then cross"),
        (
            replace(SPLIT, style=Style.TAKE, at_end=AtEnd.CANCEL, side=Side.BUY),
            "BUY 300 No <= 0.465  VWAP take 1h30m, then cancel",
        ),
        (BID, "BUY 300 Yes <= 0.47  at the top, 50 at a time, for 1h"),
        (ENTER, "BUY 25.77 Yes <= 0.46 + No <= 0.51  maker-taker, 10m"),
        (replace(ENTER, prices=(0, 5100), shares=0), "BUY Yes <= best + No <= 0.51  maker-taker, 10m"),
    ],
)
def test_an_order_is_said_in_one_line(command: c.Place, said: str) -> None:
    assert order_words(command, f.RATES) == said


@pytest.mark.parametrize(
    ("command", "end"),
    [
        (PLACE, " <= 0.10  GTD post-only, 10 minutes"),
        (replace(PLACE, life_s=7 * 86_400, shares=99_999 * SHARE), " <= 0.10  GTD post-only, 10,080 minutes"),
        (SPLIT, " >= 0.465  VWAP top 1h30m, then cross"),
        (BID, " <= 0.47  at the top, 50 at a time, for 1h"),
        (ENTER, " <= 0.51  maker-taker, 10m"),
    ],
)
def test_where_there_is_no_room_names_are_cut_and_no_number(command: c.Place, end: str) -> None:
    text = order_words(command, named("The Kansas City Chiefs win by more than seven", "\u5317\u4eac" * 20))
    assert "…" in text
    assert text.endswith(end)
    assert cell_len(f"send {text}") <= INNER


def test_hostile_outcomes_stay_text_in_an_order() -> None:
    for command in (PLACE, SPLIT, BID, ENTER):
        assert not {"\x1b", "\u202e"} & set(order_words(command, named(EVIL, EVIL)))


def test_every_type_and_every_way_to_split_is_explained() -> None:
    assert set(MEANS) == set(TYPES)
    assert set(SPLITS) == set(SLICED)
    assert all(len(text) <= INNER for text in MEANS.values())
    assert all(len(text) <= INNER // 2 for text in SPLITS.values()), "the pair's name stands before it"


def test_every_limit_is_shown_the_tightest_first_and_what_is_nearly_full_is_marked() -> None:
    assert limit_runs(n.LIMITS, 2) == [
        ("worst case: unhedged 460/500 !  exposure 868/2,000", "warning"),
        ("one leg 500/5,000  cash 49/9,500  daily loss 0/100", "warning"),
    ]
    assert limit_runs(n.LIMITS[1:], 1) == [("worst case: exposure 868/2,000  one leg 500/5,000", "dim")]
    assert limit_runs((), 2) == [("", "dim"), ("", "dim")]


@pytest.mark.parametrize(("used", "mark", "style"), [(89, "", "dim"), (90, " !", "warning"), (120, " !", "warning")])
def test_a_limit_is_marked_from_ninety_percent_on(used: int, mark: str, style: str) -> None:
    limit = LimitRow("cash", used * USD, 100 * USD)
    assert limit_runs((limit,), 1) == [(f"worst case: cash {used}/100{mark}", style)]


def test_what_is_used_is_rounded_up_a_limit_down_and_large_ones_are_in_thousands() -> None:
    rows = (LimitRow("cash", 92_520_000, 921_060_000), LimitRow("one leg", round(66.59 * SHARE), 5_000 * SHARE, False))
    assert limit_runs(rows, 1)[0][0] == "worst case: cash 93/921  one leg 67/5,000"
    assert used_words(LimitRow("cash", 1, 250_999 * USD)) == "cash 1k/250k"


def test_a_limit_of_nothing_and_a_hostile_name_say_nothing_wrong() -> None:
    assert limit_runs((LimitRow("cash", 5 * USD, 0),), 1) == [("", "dim")]
    assert limit_runs((LimitRow(EVIL, 1, 1),), 1)[0][0].startswith("worst case: [red][2Jx ")


numbers = st.integers(0, 10**13)
limits = st.lists(st.builds(LimitRow, st.sampled_from(["cash", "unhedged", "x" * 60]), numbers, numbers), max_size=7)


@given(limits.map(tuple))
@settings(max_examples=200, deadline=None)
def test_limits_always_fit_into_the_dialog(rows: tuple[LimitRow, ...]) -> None:
    runs = limit_runs(rows, 2)
    assert len(runs) == 2
    assert all(len(text) <= INNER and style in ("dim", "warning") for text, style in runs)


def shown(row: PreviewRow | None, count: int) -> list[str]:
    """Return the lines of a preview as text."""
    return [text_of(line) for line in preview_rows(row, count)]


def test_a_preview_says_what_happens_what_it_costs_and_how() -> None:
    assert shown(n.SPLIT, 4) == [
        "rests at 0.47: others are at 0.46",
        "costs at most 144.00 USD, fees at most 3.75",
        "12 children of 5 to 60, on average every 5m",
        "",
    ]
    assert shown(n.BID, 4)[3] == ""
    assert shown(None, 2) == ["", ""]
    assert [style for line in preview_rows(n.ENTERED, 4) for _, style in line] == ["", "", "warning", "warning"]


def test_a_long_sentence_takes_the_lines_to_spare_and_else_an_ellipsis() -> None:
    assert shown(n.ENTERED, 5)[3:] == [
        "No alone: -1.30 USD if sold back now, and the bids do not take",
        "all of it; -13.15 if it loses",
    ]
    assert shown(n.ENTERED, 4)[3] == "No alone: -1.30 USD if sold back now, and the bids do not tak…"
    assert shown(n.PLACED, 3) == [
        "trades at once: 510 at 0.4880 on average, 0.49 at worst, 90",
        "end",
        "costs at most 294.00 USD, fees at most 7.35",
    ]
    assert shown(n.PLACED, 1) == ["trades at once: 510 at 0.4880 on average, 0.49 at worst, 90 e…"]
    assert wrap_to("a b c", 1, 2) == ["a", "…"]


text_or_none = st.sampled_from(["", "short", "a sentence that is far too long for one line " * 3, EVIL, "\u5317" * 40])


@given(
    row=st.builds(
        PreviewRow,
        st.just("ui-1"),
        effect=text_or_none,
        money=text_or_none,
        plan=text_or_none,
        risk=st.lists(text_or_none, max_size=2).map(tuple),
    ),
    count=st.integers(1, 8),
)
@settings(max_examples=200, deadline=None)
def test_a_preview_is_always_so_many_lines_of_plain_text(row: PreviewRow, count: int) -> None:
    lines = shown(row, count)
    assert len(lines) == count
    assert all(cell_len(line) <= INNER for line in lines)
    assert not {"\x1b", "\u202e", "\n"} & set("".join(lines))
