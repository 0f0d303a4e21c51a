"""Pane 4: entries that are possible, below the suggestions."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import commands as c
from cockpit.ui.details import detail_rows
from cockpit.ui.panes import suggestions
from cockpit.ui.rows import plain
from tests import frames as f
from tests.ui import wanted as n
from tests.ui.stage import Stage, play


def test_entries_stand_below_the_suggestions_and_are_counted() -> None:
    rows = suggestions.rows(n.OFFERED, 118)
    assert rows.note == "1 open  2 entries - a approves"
    text = [" ".join(line.split()) for line in plain(rows).split("\n")]
    assert text[5:] == [
        "4 rates-dec-cut enter 25.77 at 0.46 + 0.51 maker-maker, costs 25.00 +0.77 both legs",
        "5 chiefs-bills enter 25.77 at 0.311 + 0.665 maker-taker, costs 24.98 +0.51 both legs",
    ]
    narrow = [" ".join(line.split()) for line in plain(suggestions.rows(n.OFFERED, 78)).split("\n")]
    assert narrow[6] == "5 chiefs-bills enter 25.77 at 0.311 + 0.665 +0.51 both legs"
    assert suggestions.rows(replace(n.ONLY_OFFERS, offers=(n.OFFER,)), 78).note == "1 entry - a approves"
    assert suggestions.rows(f.MAIN, 78).note == "1 open - a approves"


def test_what_an_entry_promises_is_never_rounded_up() -> None:
    frame = replace(n.ONLY_OFFERS, offers=(replace(n.OFFER, result=1_599_999),))
    assert "+1.59" in plain(suggestions.rows(frame, 78))


def test_the_cursor_stays_on_its_entry_when_a_suggestion_comes() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("4", "j")
        pane = stage.app.cockpit_screen.pane("suggestions")
        assert pane.key == suggestions.offer_key(n.OFFER_TAKEN)
        await stage.show(f.later(n.OFFERED))
        assert pane.key == suggestions.offer_key(n.OFFER_TAKEN)
        await stage.show(f.later(replace(n.OFFERED, seq=7), offers=(n.OFFER,)))
        assert pane.key == suggestions.offer_key(n.OFFER)

    play(script, frame=n.ONLY_OFFERS)


def test_an_entry_is_not_dismissed_and_a_suggestion_is_approved_as_before() -> None:
    async def script(stage: Stage) -> None:
        await stage.press("4", "G", "d")
        assert stage.link.sent == []
        assert stage.toasts() == ["the selected row is not an open suggestion"]
        await stage.press("g", "a")
        stage.watch.seconds += 1
        await stage.press("y")
        assert isinstance(stage.link.sent[0], c.Approve)

    play(script, frame=n.OFFERED)


def test_enter_shows_all_there_is_to_know_of_an_entry() -> None:
    text = plain(detail_rows("suggestions", suggestions.offer_key(n.OFFER_TAKEN), n.OFFERED, 78)).split("\n")
    assert text[1:7] == [
        "chiefs-bills  enter 25.77 pairs",
        "",
        "kind                maker-taker, Bills rests first",
        "Chiefs              buy 25.77 at 0.311",
        "Bills               buy 25.77 at 0.665",
        "costs               24.98   fees included",
    ]
    assert "locks               +0.51   when both legs fill at these prices" in text
    assert "rests first" not in plain(detail_rows("suggestions", suggestions.offer_key(n.OFFER), n.OFFERED, 78))

    async def script(stage: Stage) -> None:
        await stage.press("4", "G", "enter")
        assert "Bills rests first" in stage.text()
        await stage.show(f.later(n.OFFERED, offers=()))
        assert "this row is gone" in stage.text()

    play(script, (80, 24), frame=n.OFFERED)
