"""Pane 5: folding, entries above their legs, what an order is measured against, the queue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame_orders import ParentRow
from cockpit.core.market import Side
from cockpit.core.order import OrderState
from cockpit.core.parent import Algorithm, ParentState
from cockpit.core.units import SHARE
from cockpit.ui.panes import order_rows, orders
from cockpit.ui.rows import plain
from tests import frames as f
from tests.ui import trouble as t
from tests.ui import wanted as n

ALL = {parent.id for parent in n.ENTERING.parents}


def lines(width: int, unfolded: set[str] = ALL) -> list[str]:
    return [line.rstrip() for line in plain(orders.rows(n.ENTERING, width, unfolded=unfolded)).split("\n")]


def test_open_entries_come_first_and_ended_ones_last_each_above_its_legs() -> None:
    assert [entry.key for entry in orders.rows(n.ENTERING, 118).body] == list(n.FOLDED)
    assert orders.rows(n.ENTERING, 118).note == "4 working  1 entering  3 ended"
    without = replace(n.ENTERING, parents=(n.VWAP,))
    assert [entry.key for entry in orders.rows(without, 118).body] == ["P-0013", n.VWAP.children[2].id]


def test_only_what_is_unfolded_shows_its_orders_and_what_is_unknown_always_does() -> None:
    some = [entry.key for entry in orders.rows(n.ENTERING, 118, unfolded={"P-0014"}).body]
    assert some == [*n.FOLDED[:6], *[child.id for child in n.TOP.children], *n.FOLDED[6:]]
    ended = replace(f.child(9, 40, 10, 3500, OrderState.CANCELLED), is_proven_dead=False)
    assert [orders.needs_look(child) for child in (*f.WORKING.children, ended)] == [False, False, True, True]


def test_wide_a_parent_is_measured_against_arrival_and_vwap() -> None:
    text = lines(118)
    assert [text[index] for index in (1, 3, 4, 5, 7, 8)] == [
        "ORDER    PAIR           SIDE      FILLED / SIZE PROGRESS    AVG ARRIVAL   VWAP    SLIP SLICE STATE",
        " -P-0011 rates-dec-cut  buy Yes      10 / 25.77 [##....]  0.460   0.470     -- -0.0100   1/1 working",
        "  c-0051 post 6:12      0.46         10 / 25.77 [##....]  0.460                            1 0 ahead",
        " -P-0012 rates-dec-cut  buy No        0 / 25.77 [......]     --   0.530     --      --   1/1 working",
        "-P-0013  cpi-above-3    buy No       60 /   200 [#.....]  0.353   0.349 0.3541 +0.0040   3/6 next in 3s",
        "  c-0021 FAK            0.35         40 /    40 [######]  0.350                            1 filled",
    ]
    assert text[6].endswith(" 1 1,250 ahead, 81 % sure")
    assert text[13].endswith(" 2 12.5k ahead, 64 % sure")


def test_narrow_what_matters_of_a_row_is_not_cut() -> None:
    text = lines(78)
    assert text[2].endswith("10 alone")
    assert text[4].endswith("0 ahead")
    assert text[6].endswith("1,250 ahead, 81 %")
    assert text[7] == "-P-0013  cpi-above-3 buy No      60 /   200 [#.....] +0.0040 3/6 next in 3s"
    assert text[10].endswith("unknown 7s")
    assert text[11].endswith(" top 76 %")
    assert not any("…" in line[21:] for line in text[2:13])


@pytest.mark.parametrize("width", [78, 107, 108, 118, 160])
def test_there_is_always_room_for_what_an_order_is_doing(width: int) -> None:
    row = next(line for line in lines(width) if "P-0013" in line)
    assert row.endswith("next in 3s")


@pytest.mark.parametrize(
    ("side", "average", "said", "style"),
    [
        (Side.BUY, 4750, "+0.0050", "loss"),
        (Side.BUY, 4650, "-0.0050", "gain"),
        (Side.SELL, 4750, "-0.0050", "gain"),
        (Side.SELL, 4650, "+0.0050", "loss"),
        (Side.BUY, 4700, "0.0000", "dim"),
    ],
)
def test_slip_is_what_was_paid_too_much(side: Side, average: int, said: str, style: str) -> None:
    parent = replace(n.FIRST_LEG, side=side, average=average, arrival=4700)
    assert order_rows.slip_run(parent.slippage(parent.arrival)) == (said, style)
    assert replace(parent, filled=0).slippage(4700) is None
    assert parent.slippage(0) is None


def test_a_post_only_order_keeps_that_where_there_is_little_room() -> None:
    child = n.FIRST_CHILD
    assert order_rows.short_type(child, f.AT) == "post 6:12"
    assert order_rows.short_type(replace(child, type="GTC post-only", expires_at_ms=None), f.AT) == "post GTC"
    assert order_rows.short_type(replace(child, type="GTD"), f.AT) == "GTD 6:12"
    assert order_rows.short_type(replace(child, is_proven_dead=True), f.AT) == "post"


def test_narrow_a_paused_order_says_that_it_is_and_wide_how_it_goes_on() -> None:
    frame = replace(n.ENTERING, parents=(replace(n.VWAP, state=ParentState.PAUSED),))
    assert "3/6 paused\n" in f"{plain(orders.rows(frame, 78))}\n"
    assert "paused  space resumes" in plain(orders.rows(frame, 118))


def test_the_leg_that_completes_an_entry_follows_the_other_and_is_never_due() -> None:
    leg = replace(n.SECOND_LEG, algorithm="COMPLETE", next_slice_ms=f.AT - 9_000, slice_number=0, children=())
    frame = replace(n.ENTERING, parents=(leg,), entries=())
    for width in (78, 118):
        assert plain(orders.rows(frame, width)).split("\n")[2].endswith(" follows other leg")


def test_an_order_that_is_being_cancelled_says_so_and_not_its_place_in_the_queue() -> None:
    child = replace(n.FIRST_CHILD, state=OrderState.CANCELLING)
    assert order_rows.child_state(child, f.AT, is_short=True) == ("cancelling", "dim")
    ended = replace(child, state=OrderState.CANCELLED, queue=None, is_proven_dead=True, reason="canceled")
    assert order_rows.child_state(ended, f.AT) == ("cancelled", "dim")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"filled": (0, 0)}, "locks +0.77"),
        ({"filled": (0, 10 * SHARE)}, "10 alone, locks +0.77"),
        ({"filled": (10 * SHARE, 10 * SHARE), "result": -12_345}, "locks -0.02"),
        ({"state": ParentState.DONE, "filled": (0, 0), "reason": "20 of 20 pairs"}, "done: 20 of 20 pairs"),
        ({"state": ParentState.CANCELLED, "filled": (0, 0), "reason": ""}, "cancelled"),
        ({"state": ParentState.CANCELLED, "reason": "0 of 20 pairs, 10 Yes alone"}, "10 alone, cancelled"),
    ],
)
def test_an_entry_says_what_it_locks_what_is_alone_or_how_it_ended(changes: dict[str, object], said: str) -> None:
    entry = replace(n.ENTRY, **changes)  # type: ignore[arg-type]
    frame = replace(n.ENTERING, entries=(entry,))
    row = next(line for line in plain(orders.rows(frame, 118)).split("\n") if "E-0003" in line)
    assert row.rstrip().endswith(f" {said}")


def test_only_an_open_order_of_ones_own_can_get_another_limit() -> None:
    def may(parent: ParentRow, **changes: object) -> bool:
        return orders.may_amend(replace(parent, **changes))  # type: ignore[arg-type]

    assert may(n.VWAP)
    assert may(n.TOP)
    assert may(t.RESTING)
    assert may(t.RESTING, state=ParentState.PAUSED)
    assert not may(t.RESTING, state=ParentState.DONE)
    assert not may(f.WORKING)
    assert not may(n.FIRST_LEG)
    assert not may(t.RESTING, algorithm=Algorithm.COMPLETE)
