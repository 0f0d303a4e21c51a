"""What is claimed and what is proven, orders whose fate is not known, and orders that are not ours."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.order import OrderState
from cockpit.core.units import SHARE
from cockpit.ui.details import detail_rows
from cockpit.ui.panes import orders, positions
from cockpit.ui.rows import plain
from tests import frames as f
from tests.ui import trouble as t
from tests.ui.stage import Stage, play


@pytest.mark.parametrize("width", [73, 78])
def test_a_proven_delta_that_differs_stands_beside_the_claimed_one(width: int) -> None:
    text = plain(positions.rows(t.UNPROVEN, width)).split("\n")
    assert text[2].endswith("0  0.97   +12.00   +12.00 ~")
    assert text[3].endswith("+140 ~+110    +3.30    -1.75 !")
    assert "~" not in "".join(text[4:])


def test_with_room_it_is_said_in_words() -> None:
    assert "~ not proven" in plain(positions.rows(t.UNPROVEN, 118))


def test_numbers_too_long_for_both_keep_the_sign() -> None:
    pair = replace(f.CPI, delta=round(12_345.67 * SHARE), proven_delta=-round(12_345.67 * SHARE))
    line = plain(positions.rows(replace(f.MAIN, pairs=(pair,)), 78)).split("\n")[2]
    assert "+12,345.67 ~ " in line


def test_a_pair_that_is_only_proven_to_be_held_is_shown_as_one() -> None:
    pair = replace(f.SNOW, legs=(replace(f.SNOW.legs[0], proven=100 * SHARE), f.SNOW.legs[1]), proven_delta=100 * SHARE)
    line = plain(positions.rows(replace(f.MAIN, pairs=(pair,)), 78)).split("\n")[2]
    assert "0 ~+100" in line


def test_details_show_each_leg_claimed_proven_tradeable_and_foreign() -> None:
    text = plain(detail_rows("positions", "m-cpi", t.UNPROVEN, 78))
    assert "Yes                 250 claimed @ 0.62   bid 0.63  ask 0.65" in text
    assert "                    220 proven   220 tradeable   0 foreign" in text
    assert "                    110 proven   110 tradeable   +20 foreign" in text
    assert "delta               +140 claimed   +110 proven   188 at worst" in text
    assert "buy No              0 of 50 @ 0.34   0xf1f1" in text


def test_a_resting_order_says_its_type_and_what_is_left_of_its_life() -> None:
    open_order = t.RESTING.children[1]
    assert orders.type_words(open_order, f.AT) == "GTD 1:04:12 post-only"
    assert orders.type_words(replace(open_order, is_proven_dead=True), f.AT) == "GTD post-only"
    assert orders.type_words(f.WORKING.children[0], f.AT) == "FAK"
    assert "GTD 4:12" in plain(orders.rows(t.RESTS, 78))
    unfolded = plain(orders.rows(t.RESTS, 78, unfolded={"P-0009"}))
    assert "post 1:04:…" in unfolded
    assert "post 1:04:12" in plain(orders.rows(t.RESTS, 118, unfolded={"P-0009"}))


def test_what_is_not_known_is_called_unknown_and_how_long() -> None:
    narrow, wide = plain(orders.rows(t.RESTS, 78)), plain(orders.rows(t.RESTS, 116))
    assert "unknown 95s" in narrow
    assert "unknown 95s, x signs off" in wide
    assert "unknown 9s: no answer" in plain(orders.rows(f.MAIN, 116))
    ended = replace(f.child(9, 40, 10, 3500, OrderState.CANCELLED), is_proven_dead=False)
    assert orders.child_state(ended, f.AT) == ("cancelled, not proven", "warning")


def test_orders_that_are_not_ours_stand_apart_and_last() -> None:
    rows = orders.rows(t.RESTS, 78)
    assert rows.note == "1 working  1 ended  2 not ours"
    text = plain(rows).split("\n")
    assert text[-3] == "not ours: x does not cancel these"
    assert text[-2].split() == ["0xf1f…", "cpi-above-3", "buy", "No", "0", "/", "50", "@", "0.34", "not", "ours"]
    assert all(style in ("dim", "") for _, style in rows.body[-1].row)
    only = orders.rows(replace(f.EMPTY, foreign=t.FOREIGN), 78)
    assert only.note == "2 not ours"
    detail = plain(detail_rows("orders", rows.body[-1].key, t.RESTS, 78))
    assert "sell Yes  rates-dec-cut   not ours" in detail


@pytest.mark.parametrize("key", ["x", "space"])
def test_an_order_that_is_not_ours_cannot_be_cancelled_or_paused(key: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "G", key, "k", "k", key)
        assert stage.link.sent == []
        assert stage.toasts() == ["not ours: only a stop of the whole account ends it (P)"] * 2

    play(script, frame=t.RESTS)


def test_an_unknown_order_is_signed_off_only_by_its_word() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "j", "x")
        assert "If it fills after all, the fill counts and an alarm is raised." in stage.dialog()
        assert t.UNKNOWN.id in stage.dialog().replace(" ", "")
        await stage.press(*"dead", "enter")
        assert "that was not DEAD" in stage.text()
        await stage.press(*["backspace"] * 4, *"DEA", "escape")
        assert stage.link.sent == []
        await stage.press("x", *"DEAD", "enter")
        assert stage.link.sent == [c.SignOff("ui-1", t.UNKNOWN.id, "DEAD")]

    play(script, (80, 24), frame=t.RESTS)


def test_an_order_that_is_known_again_is_not_signed_off() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "j", "x")
        found = replace(t.UNKNOWN, state=OrderState.OPEN, may_sign_off=False)
        await stage.show(f.later(t.RESTS, parents=(replace(t.RESTING, children=(found,)),)))
        assert "c-0031 is open: nothing to sign off" in stage.text()
        await stage.press(*"DEAD", "enter")
        await stage.show(replace(f.MAIN, seq=9))
        assert "this order is gone from the screen" in stage.text()
        assert stage.link.sent == []

    play(script, frame=t.RESTS)


def test_an_unknown_order_too_young_to_sign_off_is_cancelled_as_any_other() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "j", "x")
        assert stage.link.sent == [c.Cancel("ui-1", f.WORKING.children[2].id)]

    play(script)
