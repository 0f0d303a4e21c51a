"""A chart of what is done against what was planned, made of rows of plain characters. Pure.

`#` is done, `-` the plan, `=` both, `|` now. Each column is a part of the time window, each line a part of the shares.
A line is reached only when its shares are there in full: the topmost one when everything is done.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from cockpit.core.frame_orders import Point
from cockpit.ui import words
from cockpit.ui.rows import Row

DONE, PLAN, BOTH, NOW = "#", "-", "=", "|"
STYLES = {DONE: "key", BOTH: "key", PLAN: "bold", NOW: "dim"}
LEAST_WIDTH = 20


@dataclass(frozen=True, slots=True)
class Steps:
    """What a chart shows: two step lines over a time window. Shares in 1/1,000,000."""

    plan: tuple[Point, ...]
    """Shares that should be done from each time on; empty for an order without a plan."""
    done: tuple[Point, ...]
    """Shares that were done from each time on."""
    start_ms: int
    end_ms: int
    now_ms: int
    size: int
    """The highest line."""


def cumulated(fills: Iterable[Point]) -> tuple[Point, ...]:
    """Return the shares done from the time of each fill on."""
    points, done = [], 0
    for fill in sorted(fills, key=lambda fill: fill.at_ms):
        done += fill.value
        points.append(Point(fill.at_ms, done))
    return tuple(points)


def value_at(points: tuple[Point, ...], at_ms: int) -> int:
    """Return what a step line says at a time; 0 before its first point."""
    index = bisect_right(points, at_ms, key=lambda point: point.at_ms)
    return points[index - 1].value if index else 0


def step_rows(steps: Steps, width: int, height: int) -> list[Row]:
    """Return the chart in `height` lines and one more for the times; none where there is no room or no time window."""
    label = len(words.short_shares(steps.size, 7))
    columns, span = width - label - 1, steps.end_ms - steps.start_ms
    if columns < LEAST_WIDTH or height < 1 or span < 1 or steps.size < 1:
        return []
    is_on = steps.start_ms <= steps.now_ms < steps.end_ms
    now = (steps.now_ms - steps.start_ms) * columns // span if is_on else None
    drawn = [_column(steps, index, columns, height, now) for index in range(columns)]
    rows: list[Row] = []
    for line in range(height, 0, -1):
        name = words.short_shares(steps.size, 7) if line == height else ""
        cells = "".join(column[line - 1] for column in drawn)
        runs = [("".join(same), STYLES.get(sign, "")) for sign, same in groupby(cells)]
        rows.append(((words.right(name, label) + " ", "dim"), *runs))
    return [*rows, ((words.right("0", label) + " ", "dim"), (_times(steps, columns, now), "dim"))]


def _column(steps: Steps, index: int, columns: int, height: int, now: int | None) -> str:
    """The characters of one column, the lowest first."""
    span = steps.end_ms - steps.start_ms
    end = steps.start_ms + (index + 1) * span // columns - 1
    has_begun = steps.start_ms + index * span // columns <= steps.now_ms
    done = height * value_at(steps.done, min(end, steps.now_ms)) // steps.size if has_begun else 0
    plan = height * value_at(steps.plan, end) // steps.size
    empty = NOW if index == now else " "
    cells = [DONE if line <= done else empty for line in range(1, height + 1)]
    if 0 < plan <= height:
        cells[plan - 1] = BOTH if plan <= done else PLAN
    return "".join(cells)


def _times(steps: Steps, columns: int, now: int | None) -> str:
    """When it begins and ends, and a mark under now with the time, where that has room."""
    first, last = words.clock(steps.start_ms), words.clock(steps.end_ms)
    line = list(first + "." * (columns - len(first) - len(last)) + last)
    if now is None:
        return "".join(line)
    text = words.clock(steps.now_ms)
    left = now - len(text) // 2
    if left > len(first) and left + len(text) < columns - len(last):
        line[left : left + len(text)] = text
    elif len(first) <= now < columns - len(last):
        line[now] = "^"
    return "".join(line)
