"""Entering a pair: both prices, what it means if one leg fills alone, and that what was seen is what is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core import commands as c
from cockpit.core.entry import EntryKind
from cockpit.core.frame_orders import PreviewRow
from cockpit.core.market import Leg
from cockpit.core.units import SHARE, USD
from cockpit.ui.dialogs.place import EnterDialog
from tests import frames as f
from tests.ui import filling as k
from tests.ui import wanted as n
from tests.ui.stage import Stage, play

SIZES = [(120, 36), (80, 24)]
BEST = c.Enter("", "m-rates", EntryKind.MAKER_MAKER, life_ms=600_000)
SEEN = replace(BEST, prices=(4600, 5100), shares=round(25.77 * SHARE))
MOVED = replace(n.ENTERED, prices=(4700, 5000), shares=round(25.5 * SHARE), effect="both legs together 0.97, moved")


async def checked(stage: Stage) -> None:
    """Open the form of the best entry there is, and check it."""
    stage.link.answer = n.ENTERED
    await stage.press("i")
    await stage.press("enter")
    stage.watch.seconds += 1


async def news(stage: Stage) -> None:
    """Let a second pass, the desk be asked again, and its answer be seen."""
    stage.watch.seconds += 1
    await stage.show(f.later(stage.link.shown or f.MAIN))
    await stage.look()


@pytest.mark.parametrize("size", SIZES)
def test_it_shows_both_legs_what_it_locks_and_what_one_leg_alone_would_mean(size: tuple[int, int]) -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = n.ENTERED
        await stage.press("i")
        text = stage.text()
        for said in (
            "Yes       0.46 / 0.48  age 0.2s   held 400, can be sold 400",
            "No        0.52 / 0.54  age 0.2s   held 400, can be sold 400",
            "both legs together 0.97: locks 0.77 USD, 0.03 a pair",
            "costs 25.00 USD, no fees",
            "Yes alone: -0.00 USD if sold back now; -11.86 if it loses",
            "No alone: -1.30 USD if sold back now, and the bids do not take",
            "all of it; -13.15 if it loses",
            "BUY 25.77 Yes <= 0.46 + No <= 0.51  maker-maker, 10m",
            "worst case: unhedged 466/500 !",
        ):
            assert said in text
        assert "rests first not used" in text

    play(script, size)


def test_prices_left_open_are_asked_for_open_and_sent_as_they_were_seen() -> None:
    async def script(stage: Stage) -> None:
        await checked(stage)
        assert stage.link.weighed[0] == BEST
        assert "send BUY 25.77 Yes <= 0.46 + No <= 0.51" in stage.text()
        await stage.press("y")
        assert stage.link.sent == [replace(SEEN, id="ui-1")]

    play(script)


def test_from_the_check_on_the_desk_weighs_what_was_seen_and_nothing_newer_is_shown_or_sent() -> None:
    async def script(stage: Stage) -> None:
        await checked(stage)
        assert stage.link.weighed[-1] == SEEN
        await news(stage)
        assert stage.link.weighed[-1] == SEEN
        stage.link.answer = MOVED
        await news(stage)
        assert "send BUY 25.77 Yes <= 0.46 + No <= 0.51" in stage.text()
        await stage.press("y")
        assert stage.link.sent == [replace(SEEN, id="ui-1")]

    play(script)


def test_the_answer_to_a_question_from_before_the_check_changes_nothing_after_it() -> None:
    link = k.SlowLink()

    async def script(stage: Stage) -> None:
        await stage.press("i")
        await stage.show(link.answered(n.ENTERED))
        stage.watch.seconds += 1.1
        await stage.show(f.later(link.frame_now))
        open_question = len(link.asked) - 1
        await stage.press("enter")
        assert [preview.command for preview in link.asked] == [BEST, BEST, SEEN]
        await stage.show(replace(link.answered(MOVED, to=open_question), seq=50))
        stage.watch.seconds += 0.4
        assert "moved" not in stage.text()
        assert "send BUY 25.77 Yes <= 0.46 + No <= 0.51" in stage.text()
        await stage.press("y")
        assert [replace(sent, id="") for sent in link.sent] == [SEEN]

    play(script, link=link)


def test_what_was_seen_and_is_refused_by_now_cannot_be_sent_though_other_prices_would_do() -> None:
    async def script(stage: Stage) -> None:
        await checked(stage)
        stage.link.answer = PreviewRow("", reason="BAD_PRICE", problem="Yes at 0.46 would trade at once", field="yes")
        await news(stage)
        assert "Yes at 0.46 would trade at once" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.link.answer = MOVED
        await stage.press("escape")
        await stage.look()
        assert stage.link.weighed[-1] == BEST
        assert "BUY 25.5 Yes <= 0.47 + No <= 0.50" in stage.text()
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press("y")
        assert stage.link.sent == [
            replace(BEST, id="ui-1", prices=MOVED.prices, shares=MOVED.shares),
        ]

    play(script)


def test_what_is_typed_is_what_is_asked_for() -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = n.ENTERED
        await stage.type(
            "i", "right", "down", "right", "down", "down", *"0.52", "down", *"25", "down", "ctrl+u", *"2.5"
        )
        assert " maker-maker  [maker-taker]  taker-taker" in stage.text()
        assert "rests first  Yes  [No]" in stage.text()
        assert stage.link.weighed[-1] == c.Enter(
            "", "m-rates", EntryKind.MAKER_TAKER, Leg.NO, (0, 5200), 0, 25 * USD, 150_000
        )

    play(script, (80, 24))


def test_an_offer_opens_its_form_filled_in_and_can_be_changed_before_it_is_sent() -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = n.ENTERED
        await stage.press("4", "G", "k", "a")
        assert isinstance(stage.app.screen, EnterDialog)
        assert "rates-dec-cut" in stage.dialog()
        assert stage.link.weighed[-1] == replace(BEST, prices=(4600, 5100))
        await stage.type("down", "down", "backspace", "5")
        assert stage.link.weighed[-1] == replace(BEST, prices=(4500, 5100))
        await stage.press("escape")
        assert stage.link.sent == []
        await stage.press("1", "g", "i")
        assert "Yes at       0.45" in stage.text()

    play(script, frame=n.OFFERED)


@pytest.mark.parametrize(
    ("keys", "market_id"),
    [
        (("a",), "m-rates"),
        (("j", "a"), "m-game"),
        (("j", "j", "a"), "m-rates"),
        (("4", "j", "a"), "m-game"),
        (("4", "j", "1", "G", "a"), "m-game"),
        (("5", "a"), "m-rates"),
    ],
)
def test_without_a_suggestion_a_takes_the_entry_of_the_pair_else_the_selected_else_the_first(
    keys: tuple[str, ...], market_id: str
) -> None:
    async def script(stage: Stage) -> None:
        await stage.press(*keys)
        assert isinstance(stage.app.screen, EnterDialog)
        assert stage.app.screen.pair.market_id == market_id

    play(script, (80, 24), frame=n.ONLY_OFFERS)


def test_an_entry_whose_pair_is_worked_already_is_not_opened_by_the_way() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("j", "a")
        assert stage.toasts() == ["already working as P-0007"]

    play(script, frame=replace(n.OFFERED, suggestions=(f.CPI_WORKING,)))
