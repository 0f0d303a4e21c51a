"""`w` explains the row under the cursor: what blocks is said in words, ages grow, and the desk is asked again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame_orders import OfferRow
from cockpit.core.market import Leg
from cockpit.core.why import Why
from cockpit.ui.rows import plain, width_of
from cockpit.ui.why import why_rows
from tests.frames import MAIN, FakeLink, later
from tests.ui.explained import ANSWERS, ORDER, PAIR
from tests.ui.stage import Stage, play


def linked(why: Why) -> FakeLink:
    link = FakeLink(MAIN)
    link.why = why
    return link


@pytest.mark.parametrize("width", [78, 118])
@pytest.mark.parametrize("why", ANSWERS.values(), ids=ANSWERS)
def test_no_line_is_wider_than_the_screen_and_no_words_are_lost(why: Why, width: int) -> None:
    rows = why_rows(why, MAIN, width)
    assert all(width_of(entry.row) <= width for entry in rows.body)
    text = " ".join(plain(rows).split())
    wanted = [why.problem] if why.problem else [gate.name for gate in why.gates] + [why.would_change]
    assert all(" ".join(words.split()) in text or words.split()[0] in text for words in wanted)


def test_the_first_closed_gate_is_marked_by_sign_and_word_and_other_closed_ones_are_not() -> None:
    lines = plain(why_rows(PAIR, MAIN, 100)).split("\n")
    assert [line for line in lines if line.startswith(">> BLOCKS")] == [
        ">> BLOCKS  gain a share            -0.005, at least 0.02"
    ]
    assert len([line for line in lines if line.startswith("   closed")]) == 1
    assert "first gate closed       gain a share: -0.005, at least 0.02" in lines
    assert "would change it         a gain of 0.02 a share or more (is -0.005)" in lines


def test_the_ages_of_what_holds_now_grow_with_the_frames_and_those_of_a_decision_do_not() -> None:
    much_later = replace(MAIN, at_ms=MAIN.at_ms + 60_000)
    assert "0.3 / 0.31   1.2s old" in plain(why_rows(PAIR, MAIN, 100))
    assert "0.3 / 0.31   61s old" in plain(why_rows(PAIR, much_later, 100))
    told = plain(why_rows(ORDER, much_later, 100))
    assert "0.35 / 0.36   0.9s old then" in told
    assert "83s ago" in told


def test_w_asks_about_the_row_of_each_pane() -> None:
    offer = OfferRow("m-eth", "eth", "maker-maker", Leg.YES, 1, (1, 1), ("Yes", "No"), 1, 1)

    async def script(stage: Stage) -> None:
        for keys in (("1",), ("2",), ("4", "g"), ("4", "G"), ("5", "g")):
            await stage.press(*keys, "w", "escape")

    stage = play(script, link=linked(PAIR), frame=None)
    first, orders_first = MAIN.pairs[0].market_id, MAIN.parents[0].id
    assert stage.link.whys_asked[:3] == [first, first, MAIN.suggestions[0].market_id]
    assert stage.link.whys_asked[-1] == orders_first

    async def on_offer(stage: Stage) -> None:
        await stage.press("4", "G", "w")

    link = FakeLink(replace(MAIN, offers=(offer,)))
    assert play(on_offer, link=link).link.whys_asked == ["offer:m-eth"]


def test_the_desk_is_asked_again_while_it_is_open_but_not_with_every_frame() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("w")
        assert "BLOCKS" in stage.text()
        for _ in range(3):
            await stage.show(later(stage.link.shown or MAIN))
        assert len(stage.link.whys_asked) == 1
        stage.watch.seconds += 1.1
        stage.link.why = replace(PAIR, decision="trade: SELL_NO", gates=())
        await stage.show(later(stage.link.shown or MAIN))
        await stage.look()
        assert len(stage.link.whys_asked) == 2
        assert "trade: SELL_NO" in stage.text()
        await stage.press("escape")
        assert "BLOCKS" not in stage.text()

    play(script, link=linked(PAIR))


def test_a_desk_that_does_not_know_it_says_so() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("5", "w")
        assert "there is no such thing" in stage.text()

    play(script, link=linked(ANSWERS["unknown"]))
