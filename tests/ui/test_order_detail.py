"""What `enter` shows of an order: the head, the plan against what is done, every order at the venue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.frame import Frame
from cockpit.core.frame_orders import Point
from cockpit.core.market import Side
from cockpit.core.units import SHARE
from cockpit.ui.order_detail import order_rows
from cockpit.ui.order_reader import OrderReader
from cockpit.ui.rows import plain, text_of, width_of
from cockpit.ui.steps import Steps, cumulated, step_rows, value_at
from tests import frames as f
from tests.ui import trouble as t
from tests.ui import worked as w
from tests.ui.stage import Stage, play


def lines(key: str, frame: Frame, width: int = 117, height: int = 36) -> list[str]:
    """Return the details as text, without the title."""
    return plain(order_rows(key, frame, width, height)).split("\n")[1:]


def alone(**changes: object) -> Frame:
    """Return a frame with one sliced parent, changed."""
    return replace(w.WORKED, parents=(replace(w.PLANNED, **changes),))  # type: ignore[arg-type]


def test_the_head_says_what_it_is_and_how_it_fares() -> None:
    assert lines("P-0007", w.WORKED)[:8] == [
        "buy 200 No <= 0.37  cpi-above-3",
        "state       next in 3s",
        "filled      60 of 200, 30 %   average 0.353   fees 0.01",
        "arrival     0.350    slippage +0.0030   + is worse for us",
        "VWAP        0.3541   slippage -0.0011   of all trades of this leg meanwhile",
        "algorithm   TWAP   slice 3 of 6   style rest   at the end cross",
        "profile     the last 7 days",
        "window      14:31:40 to 14:32:40   00:01:00   00:00:33 left",
    ]


def test_of_a_sale_less_is_worse() -> None:
    text = lines("P-0007", alone(side=Side.SELL, filled=0))
    assert text[0] == "sell 200 No >= 0.37  cpi-above-3"
    assert "slippage --" in text[3]
    sold = lines("P-0007", alone(side=Side.SELL))
    assert "slippage -0.0030" in sold[3]
    assert "slippage +0.0011" in sold[4]


def test_one_kept_at_the_top_says_how_long_it_was_there() -> None:
    text = lines("P-0010", w.WORKED)
    assert "at the top  76 %   of 00:00:27 watched   moves 3" in text
    assert "entry       E-0002   one of its legs" in text
    assert "done        60 of 200   # done  | now" in text
    assert not any("plan" in line for line in text[:11] if "done" not in line)
    unwatched = replace(w.WORKED, parents=(replace(w.PEGGED, top_ms=0, watched_ms=0),))
    assert "at the top  --   of 00:00:00 watched   moves 3" in lines("P-0010", unwatched)


def test_the_chart_shows_what_is_done_against_the_plan() -> None:
    text = lines("P-0007", w.WORKED, 60, 24)
    first = next(i for i, line in enumerate(text) if line.startswith("plan"))
    assert text[first : first + 7] == [
        "plan        due 100, done 60: 40 to go",
        "            # done  - plan  = both  | now",
        "200                          |                    ----------",
        "                             |           ---------",
        "                      -------------------",
        "             ----=====########",
        "  0 14:31:40.............14:32:07...................14:32:40",
    ]


def test_what_is_done_is_compared_in_words() -> None:
    def said(filled: int) -> str:
        text = lines("P-0007", alone(filled=filled * SHARE))
        return next(line for line in text if line.startswith("plan")).split("   # ")[0].removeprefix("plan").strip()

    assert said(100) == "due 100, done 100: level"
    assert said(112) == "due 100, done 112: 12 ahead"
    assert said(0) == "due 100, done 0: 100 to go"


def test_every_child_has_its_times_its_queue_and_its_reason() -> None:
    text = lines("P-0007", w.WORKED)
    start = next(i for i, line in enumerate(text) if line.startswith("ORDER"))
    assert text[start + 3 : start + 9] == [
        "c-0022      2 GTD 0:33 post-only      0.36    20 /    34  0.360 14:31:50 14:31:54 14:31:54 partially filled",
        "        queue: about 120 ahead (80 to 200), 340 when it came, 72 % sure",
        f"        {w.SECOND.id}",
        "c-0023      3 FAK                     0.36     0 /    34     -- 14:32:00 --       --       unknown 7s",
        "        no answer, being looked up",
        f"        {w.THIRD.id}",
    ]
    narrow = lines("P-0007", w.WORKED, 77, 24)
    assert "        sent 14:31:40   filled 14:31:40 to 14:31:43" in narrow
    assert "        sent 14:32:00   nothing filled" in narrow


def test_a_child_is_shown_alone() -> None:
    text = plain(order_rows(w.SECOND.id, w.WORKED, 117))
    assert text.startswith("an order of P-0007\nbuy 200 No")
    assert text.count("c-00") == 1
    assert "# done" not in text


def test_an_entry_and_what_is_not_ours() -> None:
    text = lines("E-0002", w.WORKED)
    assert text[:5] == [
        "enter 200 pairs  cpi-above-3  buy both",
        "state       working",
        "Yes         0 of 200   limit 0.620",
        "No          60 of 200   limit 0.370",
        "alone       60   of one leg without the other",
    ]
    assert "not ours" in lines(f"not ours {t.FOREIGN[0].id}", t.RESTS)[0]
    assert lines("gone", w.WORKED) == ["this row is gone"]


def test_an_order_that_is_over_or_has_not_begun_is_shown_too() -> None:
    over = lines("P-0007", replace(w.WORKED, parents=(w.OVER,)))
    assert "state       stopped: the bid is below the limit" in over
    assert any(line.startswith("plan        planned 200, done 60: 140 missing") for line in over)
    assert not any(" left" in line for line in over)
    assert not any(line.strip(" 0-") == "|" for line in over)
    bare = lines("P-0006", w.WORKED)
    assert "no chart: no fill is known" in bare
    assert "no order at the venue yet" in bare
    fresh = lines("P-0007", alone(children=(), filled=0, average=0))
    assert any(line.startswith("plan        due 100, done 0") for line in fresh)


def test_step_lines() -> None:
    fills = cumulated((Point(30, 5 * SHARE), Point(10, 2 * SHARE)))
    assert fills == (Point(10, 2 * SHARE), Point(30, 7 * SHARE))
    assert [value_at(fills, at) // SHARE for at in (9, 10, 29, 30, 99)] == [0, 2, 2, 7, 7]
    late = Steps((), fills, 0, 100, 500, 7 * SHARE)
    assert text_of(step_rows(late, 42, 1)[0]) == "7 " + " " * 12 + "#" * 28
    assert step_rows(replace(late, end_ms=0), 50, 4) == []
    assert step_rows(late, 20, 4) == []
    assert step_rows(replace(late, size=0), 50, 4) == []


@pytest.mark.parametrize("width", [40, 77, 99, 100, 117, 200])
@pytest.mark.parametrize("now", [-100, 0, 1, 27_000, 59_999, 60_000, 999_000])
def test_the_chart_has_its_width_and_height_at_any_time(width: int, now: int) -> None:
    frame = replace(w.WORKED, at_ms=w.START + now)
    for parent, filled in ((w.PLANNED, 60), (w.PLANNED, 200), (w.OVER, 60), (w.PEGGED, 60)):
        fills = cumulated(fill for child in parent.children for fill in child.fills)
        steps = Steps(parent.plan, fills, w.START, w.START + 60_000, frame.at_ms, filled * SHARE)
        for height in (1, 4, 10):
            rows = step_rows(steps, width, height)
            assert [width_of(row) for row in rows] == [width] * (height + 1)


def test_hostile_texts_stay_text() -> None:
    evil = "[red]\x1b[2Jx\u202e"
    child = replace(w.SECOND, reason=evil, type=evil)
    texts = {"name": evil, "outcome": evil, "profile": evil, "reason": evil, "algorithm": evil}
    text = "\n".join(lines("P-0007", alone(children=(child,), **texts)))
    assert not {"\x1b", "\u202e"} & set(text)


def test_it_opens_on_enter_is_live_and_halts() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "enter")
        assert isinstance(stage.app.screen, OrderReader)
        assert "done 60: 40 to go" in stage.text()
        frame = alone(filled=90 * SHARE)
        await stage.show(replace(frame, seq=9))
        assert "done 90: 10 to go" in stage.text()
        await stage.press("G", "g", "K")
        assert stage.link.sent == [c.Halt("ui-1")]
        await stage.show(replace(f.MAIN, seq=10, parents=()))
        assert "this row is gone" in stage.text()
        await stage.press("escape")
        assert not isinstance(stage.app.screen, OrderReader)

    play(script, (80, 24), frame=replace(w.WORKED, entries=(), parents=(w.PLANNED,)))
