"""Only changed cells are painted, and never fewer than that."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from textual.geometry import Region

from cockpit.core.frame import Frame
from cockpit.core.units import SHARE
from cockpit.ui.lines import changed_regions
from cockpit.ui.pane import Pane
from cockpit.ui.rows import changed_span
from tests import frames as f
from tests.ui.stage import Stage, play


def test_the_span_is_the_changed_cells() -> None:
    old = (("price ", "dim"), ("0.46", "bid"))
    assert changed_span(old, old, 20) is None
    assert changed_span(old, (("price ", "dim"), ("0.47", "bid")), 20) == (9, 10)
    assert changed_span(old, (("price ", "dim"), ("0.46", "ask")), 20) == (6, 10)
    assert changed_span(old, (("price 0.46", "dim"),), 20) == (6, 10)
    assert changed_span(old, (("préce ", "dim"), ("0.46", "bid")), 20) == (0, 20)
    assert changed_span(old, (), 20) == (0, 10)


def test_lines_that_come_and_go_are_painted() -> None:
    assert changed_regions([(("a", ""),)], [], 9) == [Region(0, 0, 1, 1)]
    assert changed_regions([], [(), (("ab", ""),)], 9) == [Region(0, 1, 2, 1)]


def moved(frame: Frame, rng: random.Random) -> Frame:
    """Return a frame with something else in it."""
    shake = rng.choice(("book", "pair", "order", "name", "style", "nothing", "fewer"))
    pairs, ladders, parents = list(frame.pairs), dict(frame.ladders), list(frame.parents)
    index = rng.randrange(len(pairs))
    if shake == "book":
        old = ladders["m-rates"]
        bids = tuple((price, rng.randrange(1, 2_000) * SHARE) for price, _ in old.bids[0])
        ladders["m-rates"] = replace(old, bids=(bids, old.bids[1]), version=old.version + 1)
    elif shake == "pair":
        pairs[index] = replace(pairs[index], pnl=rng.randrange(-900_000_000, 900_000_000))
    elif shake == "order":
        parents[0] = replace(parents[0], filled=rng.randrange(0, 200) * SHARE)
    elif shake == "name":
        pairs[index] = replace(
            pairs[index], name=rng.choice(("rates", "雪が降る", "é-name", "a very long name indeed"))
        )
    elif shake == "style":
        pairs[index] = replace(pairs[index], needs_rebalance=rng.random() < 0.5, is_stale=rng.random() < 0.5)
    elif shake == "fewer":
        parents = parents[: rng.randrange(1, 4)] if len(parents) > 1 else list(f.MAIN.parents)
    changes: dict[str, Any] = {"pairs": tuple(pairs), "ladders": ladders, "parents": tuple(parents)}
    return f.later(frame, **changes)


def cells(pane: Pane) -> list[list[tuple[str, object]]]:
    """Return what each cell of the pane shows."""
    found = []
    for y in range(pane.size.height):
        line: list[tuple[str, object]] = []
        for segment in pane.render_line(y):
            for character in segment.text:
                line += [(character, segment.style)] * (2 if ord(character) > 0x2E80 else 1)
        found.append(line[: pane.size.width])
    return found


@pytest.mark.parametrize("size", [(120, 36), (80, 24)])
def test_what_is_repainted_covers_what_changed(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    seed = 20_261_118
    rng = random.Random(seed)

    async def script(stage: Stage) -> None:
        screen = stage.app.cockpit_screen
        panes = [pane for pane in screen.panes if pane.display]
        painted: dict[str, list[Region]] = {}
        for pane in panes:
            regions = painted.setdefault(str(pane.id), [])

            def remember(*given: Region, into: list[Region] = regions, **_: object) -> None:
                into += given or [Region(0, 0, 999, 999)]

            monkeypatch.setattr(pane, "refresh", remember)
        frame, spent, total = f.MAIN, 0, 0
        for _ in range(200):
            before = {str(pane.id): cells(pane) for pane in panes}
            for regions in painted.values():
                regions.clear()
            frame = moved(frame, rng)
            screen.show(frame)
            for pane in panes:
                covered = {(x, r.y) for r in painted[str(pane.id)] for x in range(r.x, r.right)}
                for y, (was, now) in enumerate(zip(before[str(pane.id)], cells(pane), strict=True)):
                    for x, (old, new) in enumerate(zip(was, now, strict=True)):
                        assert old == new or (x, y) in covered, f"seed {seed}: {pane.id} at {x},{y}"
                spent += len(covered)
                total += pane.size.width * pane.size.height
        assert spent < total / 10, "much more was repainted than changed"

    play(script, size)
