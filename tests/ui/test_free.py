"""Merging, redeeming and modes on the screen: rows of pane 4, their dialogs, and what the keys send."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.conversion import ConversionKind
from cockpit.core.frame import Frame
from cockpit.core.frame_capital import CapitalRow
from cockpit.core.units import SHARE, USD
from cockpit.ui.panes import suggestions
from cockpit.ui.panes.capital import capital_key
from cockpit.ui.rows import Row
from tests import frames as f
from tests.ui.stage import Stage, play

PAIR = f.MAIN.pairs[1]
DAY = 86_400_000
MERGE = CapitalRow(PAIR.market_id, PAIR.name, ConversionKind.MERGE, 20 * SHARE, 20 * USD, 52 * DAY, 200_000)
REDEEM = CapitalRow(PAIR.market_id, PAIR.name, ConversionKind.REDEEM, 0, 40 * USD, 0, 0)


def with_capital(*rows: CapitalRow) -> Frame:
    return replace(f.MAIN, capital=rows)


def text_of(row: Row) -> str:
    return "".join(text for text, _ in row)


def lines(frame: Frame, width: int = 118) -> list[str]:
    return [text_of(entry.row) for entry in suggestions.rows(frame, width).body]


async def to_the_row(stage: Stage, row: CapitalRow) -> None:
    await stage.press("4")
    stage.app.cockpit_screen.pane("suggestions").move_to_key(capital_key(row))
    await stage.press("a")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (MERGE, ("merge 20 pairs", "52 days sooner, a sale brings 0.20 less", "+20.00")),
        (replace(MERGE, left_ms=None, saved=0), ("merge 20 pairs", "no end scheduled")),
        (replace(MERGE, asked_ms=1), ("merge 20 pairs: on its way", "+20.00")),
        (REDEEM, ("redeem what won", "+40.00")),
    ],
)
def test_a_row_says_what_is_freed_and_how_much_sooner(row: CapitalRow, words: tuple[str, ...]) -> None:
    [found] = [line for line in lines(with_capital(row)) if PAIR.name in line and "cash" in line]
    assert all(word in found for word in words)


def test_it_stands_behind_the_suggestions_and_the_title_says_how_much() -> None:
    shown = suggestions.rows(with_capital(MERGE), 118)
    assert "20.00 to free" in shown.note
    assert [entry.key for entry in shown.body][len(f.MAIN.suggestions)] == capital_key(MERGE)


def test_a_asks_and_y_sends_what_was_seen() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(with_capital(MERGE)))
        await to_the_row(stage, MERGE)
        assert "20 shares of each outcome become 20.00 USD." in stage.dialog()
        assert not stage.link.sent
        await stage.press("y")
        [sent] = stage.link.sent
        assert isinstance(sent, c.Merge)
        assert (sent.market_id, sent.shares) == (PAIR.market_id, 20 * SHARE)

    play(script)


def test_a_redemption_is_asked_for_too() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(with_capital(REDEEM)))
        await to_the_row(stage, REDEEM)
        assert "What has won is paid out: 40.00 USD." in stage.dialog()
        await stage.press("y")
        [sent] = stage.link.sent
        assert isinstance(sent, c.Redeem)

    play(script)


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ((), "it is no longer possible"),
        ((replace(MERGE, shares=5 * SHARE),), "only 5 pairs are free now"),
        ((replace(MERGE, asked_ms=1),), "it is on its way already"),
    ],
)
def test_what_no_longer_holds_is_not_sent(now: tuple[CapitalRow, ...], why: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(with_capital(MERGE)))
        await to_the_row(stage, MERGE)
        await stage.show(replace(f.later(f.later(f.MAIN)), capital=now))
        assert f"Send is off: {why}" in stage.dialog()
        await stage.press("y")
        assert not stage.link.sent

    play(script)


def test_why_on_such_a_row_is_about_its_pair() -> None:
    async def script(stage: Stage) -> None:
        await stage.show(f.later(with_capital(MERGE)))
        await stage.press("4")
        stage.app.cockpit_screen.pane("suggestions").move_to_key(capital_key(MERGE))
        await stage.press("w")
        assert stage.link.whys_asked[0] == PAIR.market_id

    play(script)


@pytest.mark.parametrize(("mode", "sent"), [("auto", "off"), ("off", "suggest")])
def test_the_next_mode_is_safer_and_is_set_at_once(mode: str, sent: str) -> None:
    first, *others = f.MAIN.pairs
    frame = replace(f.MAIN, pairs=(replace(first, mode=mode), *others))

    async def script(stage: Stage) -> None:
        await stage.press("1", "g", "A")
        assert [(command.market_id, command.mode) for command in stage.link.sent if isinstance(command, c.SetMode)] == [
            (first.market_id, sent)
        ]

    play(script, frame=frame)


def test_to_act_by_itself_is_asked_first() -> None:
    first = f.MAIN.pairs[0]

    async def script(stage: Stage) -> None:
        await stage.press("1", "g", "A")
        assert "without asking" in stage.dialog()
        assert not stage.link.sent
        await stage.press("escape")
        assert not stage.link.sent
        await stage.press("A", "y")
        [sent] = stage.link.sent
        assert isinstance(sent, c.SetMode)
        assert (sent.market_id, sent.mode) == (first.market_id, "auto")

    play(script)
