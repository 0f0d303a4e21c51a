"""The footer: what is offered, and what gives way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame import Frame
from cockpit.ui.actions import ACTIONS, Action
from cockpit.ui.footer import footer_keys, footer_row, is_offered
from cockpit.ui.rows import text_of
from tests import frames as f
from tests.ui import trouble as t
from tests.ui import wanted as w
from tests.ui.stage import Stage, play

FORMS = {"new-order", "split", "bid", "enter"}
OFFERS = replace(f.EMPTY, offers=(w.OFFER,))
IDLE = replace(f.MAIN, header=f.header(orders_live=0), suggestions=(), parents=(f.DONE,))


def everything(_: Action) -> bool:
    return True


def offered(frame: Frame | None) -> set[str]:
    """Return the ids of what is offered among the keys that are not always there."""
    steady = {"zoom", "filter", "open", "why", "quit", "halt", "help", "stop-preview"}
    return {action.id for action in ACTIONS if action.footer and is_offered(action, frame)} - steady


@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
def test_it_drops_what_matters_least_but_never_halt_and_help(width: int) -> None:
    placed = footer_keys({}, width, everything)
    text = text_of(footer_row(placed, {}))
    assert text.endswith("K HALT  ? Help")
    assert ("q Quit" in text) == (width > 20)
    assert len(text) <= width
    assert [text[left:right] for left, right, _ in placed] == [part for part in text.strip().split("  ")]


def test_at_80_columns_the_view_keys_go_first() -> None:
    text = text_of(footer_row(footer_keys({}, 80, lambda a: is_offered(a, f.MAIN)), {}))
    assert text == " a Approve  x Cancel  space Pause  d Dismiss  q Quit  K HALT  ? Help"
    replay = text_of(footer_row(footer_keys({}, 80, lambda a: is_offered(a, f.REPLAY)), {}))
    assert ". Hold" in replay
    assert "q Quit" in replay


def test_at_120_columns_there_are_all_keys_of_orders_and_cancel_all_goes_after_every_form_but_the_first() -> None:
    text = text_of(footer_row(footer_keys({}, 120, lambda a: is_offered(a, f.MAIN)), {}))
    forms = "n New order  X Cancel all  s Split  b Bid  i Enter"
    assert text == f" a Approve  x Cancel  space Pause  d Dismiss  {forms}  q Quit  K HALT  ? Help"
    narrower = text_of(footer_row(footer_keys({}, 100, lambda a: is_offered(a, f.MAIN)), {}))
    assert "n New order  X Cancel all  q Quit" in narrower


def test_it_shows_remapped_keys() -> None:
    placed = footer_keys({"approve": "f5"}, 120, everything)
    assert "f5 Approve" in text_of(footer_row(placed, {"approve": "f5"}))


@pytest.mark.parametrize(
    ("frame", "ids"),
    [
        (None, set()),
        (f.MAIN, {"approve", "dismiss", "cancel", "pause", "cancel-all", "fold", *FORMS}),
        (replace(f.FIRST, header=f.header(orders_live=0)), {"approve", "dismiss", *FORMS}),
        (f.FIRST, {"approve", "dismiss", "cancel-all", *FORMS}),
        (IDLE, FORMS),
        (OFFERS, {"approve", *FORMS}),
        (replace(OFFERS, header=f.header(halted="x", orders_live=0)), {"release"}),
        (replace(IDLE, pairs=(replace(f.RATES, ended="Yes won"),)), set()),
        (replace(IDLE, parents=(replace(f.WORKING, children=()),)), {"cancel", "pause", "cancel-all", *FORMS}),
        (replace(IDLE, parents=(replace(f.STOPPED, children=f.WORKING.children),)), {"fold", *FORMS}),
        (f.HALTED, {"release", "cancel-all", "fold"}),
        (replace(f.NOTHING, header=f.header(orders_live=0)), set()),
        (replace(IDLE, parents=(t.RESTING,)), {"cancel", "pause", "cancel-all", "fold", "amend", *FORMS}),
        (t.DIFFERENT, {"approve", "dismiss", "cancel", "pause", "cancel-all", "fold", "differences", *FORMS}),
        (replace(IDLE, feed=f.REPLAY.feed), {"faster", "slower", "hold", *FORMS}),
        (replace(IDLE, feed=replace(f.REPLAY.feed, is_finished=True)), FORMS),  # type: ignore[type-var]
    ],
)
def test_only_what_does_something_is_offered(frame: Frame | None, ids: set[str]) -> None:
    assert offered(frame) == ids


def test_it_follows_the_frames() -> None:
    async def script(stage: Stage) -> None:
        assert "a Approve" in stage.text()
        await stage.show(f.later(IDLE))
        assert "a Approve" not in stage.text()
        await stage.show(replace(f.HALTED, seq=9))
        assert "R Release" in stage.text()
        assert "space Pause" not in stage.text()

    play(script)
