"""The forms of orders, splits, bids and entries: typed, weighed by the desk, seen, and only then sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cockpit.core.frame_orders import PreviewRow, Receipt
from cockpit.ui.dialogs.preview import PreviewDialog
from tests import frames as f
from tests.ui import filling as k
from tests.ui import wanted as n
from tests.ui.stage import Stage, play

SMALL = (80, 24)
FIELDS = [
    ("order", "limit", "limit price"),
    ("order", "life", "life"),
    ("split", "min", "from"),
    ("split", "style", "children"),
    ("bid", "show", "show"),
    ("entry", "no", "No at"),
    ("entry", "budget", "budget"),
]
NO = PreviewRow("", reason="UNHEDGED", problem="could be 640 shares out of balance, limit 500")


def is_open(stage: Stage) -> bool:
    return isinstance(stage.app.screen, PreviewDialog)


@pytest.mark.parametrize("kind", k.KEYS)
def test_what_is_typed_is_seen_checked_and_sent_by_enter_and_y(kind: str) -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS[kind])
        assert k.SAID[kind] in stage.text()
        assert "rests" in stage.text()
        assert "costs at most 46.00" in stage.text()
        stage.watch.seconds += 1
        await stage.press("y", "enter")
        assert f"send {k.SAID[kind]}" in stage.text()
        await stage.press("y")
        assert stage.link.sent == []
        stage.watch.seconds += 0.31
        await stage.press("y")
        assert stage.link.sent == [k.COMMANDS[kind]]
        assert not is_open(stage)

    play(script, SMALL)


def test_a_refusal_is_shown_and_enter_goes_to_its_field() -> None:
    problem = "show 101 is above MAX_ORDER_SIZE, 100 shares, and this sentence is a longer one"

    async def script(stage: Stage) -> None:
        for kind, field, label in FIELDS:
            stage.link.answer = PreviewRow("", reason="ORDER_SIZE", problem=problem, field=field)
            await stage.type(*k.KEYS[kind], "up" if field != "no" else "down")
            assert problem in stage.dialog()
            assert f"> {label:<12}" not in stage.text()
            await stage.press("enter")
            assert f"> {label:<12}" in stage.text()
            await stage.show(f.later(stage.link.shown or f.MAIN))
            stage.watch.seconds += 1
            await stage.press("y", "escape", "j")
        assert stage.link.sent == []

    pairs = tuple(replace(f.RATES, market_id=f"m-{index}") for index in range(len(FIELDS)))
    play(script, SMALL, frame=replace(f.MAIN, pairs=pairs))


def test_a_refusal_about_no_field_is_said_and_enter_stays() -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = replace(NO, field="market")
        await stage.type(*k.KEYS["split"])
        assert "could be 640 shares out of balance" in stage.text()
        await stage.press("enter")
        assert "> limit price  0.48_" in stage.text()

    play(script)


@pytest.mark.parametrize("kind", ["split", "entry"])
def test_in_the_smallest_terminal_blank_lines_go_and_all_that_matters_stays(kind: str) -> None:
    async def script(stage: Stage) -> None:
        stage.link.answer = {"split": n.SPLIT, "entry": n.ENTERED}[kind]
        await stage.type(*k.KEYS[kind])
        await stage.pilot.resize_terminal(80, 20)
        await stage.pilot.pause()
        assert stage.link.answer.effect in stage.text()
        assert "enter Check" in stage.text()
        await stage.pilot.click("#box", offset=(5, 1))
        assert stage.app.screen.form.at == 0  # type: ignore[attr-defined]
        await stage.press("enter")
        assert f"send {k.SAID[kind][:3]}" in stage.text()
        assert "y Send" in stage.text()
        stage.watch.seconds += 1
        await stage.press("y")
        assert len(stage.link.sent) == 1

    play(script, (120, 36))


def test_in_a_larger_terminal_the_blank_lines_come_back() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS["split"])
        await stage.pilot.resize_terminal(100, 30)
        await stage.pilot.pause()
        text = stage.text()
        assert text.count("│" + " " * 64 + "│") >= 3
        assert "enter Check" in text

    play(script, (80, 20))


def test_a_split_says_what_its_way_does_and_what_its_sizes_follow() -> None:
    async def script(stage: Stage) -> None:
        await stage.type(*k.KEYS["split"])
        assert "rates-dec-cut  equal children at equal times" in stage.text()
        stage.link.answer = replace(
            n.SPLIT, effect="the first child trades at once: 25 at 0.48 on average, 0.48 at worst"
        )
        await stage.press("down", "right")
        text = stage.text()
        for said in (
            "rates-dec-cut  volume profile: the same hours of 5 days",
            "the first child trades at once: 25 at 0.48 on average, 0.48 at",
            "worst   ",
            "12 children of 5 to 60, on average every 5m",
        ):
            assert said in text

    play(script, (80, 24))


def test_a_draft_survives_esc_and_is_of_its_kind_and_pair() -> None:
    two = {kind: k.KEYS[kind] for kind in ("split", "entry")}

    async def script(stage: Stage) -> None:
        for kind, keys in two.items():
            await stage.type(*keys)
            assert k.SAID[kind] in stage.text()
            await stage.press("escape")
            assert not is_open(stage)
        await stage.press("j")
        for kind, keys in two.items():
            await stage.press(keys[0])
            assert is_open(stage)
            assert k.SAID[kind] not in stage.text()
            await stage.press("escape")
        await stage.press("k")
        for kind, keys in two.items():
            await stage.press(keys[0])
            assert k.SAID[kind] in stage.text()
            await stage.press("escape")
        assert stage.link.sent == []

    play(script)


@pytest.mark.parametrize("kind", ["split", "entry"])
def test_after_a_refusal_the_form_is_as_it_was_and_else_it_is_empty(kind: str) -> None:
    async def script(stage: Stage) -> None:
        key = k.KEYS[kind][0]
        await stage.type(*k.KEYS[kind])
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press("y", key)
        assert k.SAID[kind] not in stage.text()
        await stage.type("escape", *k.KEYS[kind])
        await stage.press("enter")
        stage.watch.seconds += 1
        await stage.press("y")
        refused = Receipt("ui-2", False, "EXPOSURE", "could have 2,100 USD at risk, limit 2,000")
        await stage.show(f.later(stage.link.shown or f.MAIN, receipts=(refused,)))
        assert stage.toasts() == [f"{kind} refused: EXPOSURE: could have 2,100 USD at risk, limit 2,000"]
        await stage.press(key)
        assert k.SAID[kind] in stage.text()

    play(script)
