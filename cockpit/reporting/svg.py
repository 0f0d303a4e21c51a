"""Charts as inline SVG, drawn with whole numbers: no library, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from cockpit.reporting.gather import Samples
from cockpit.reporting.words import moment

WIDTH, HEIGHT = 900, 260
LEFT, RIGHT, TOP, BOTTOM = 90, 12, 34, 26
MOST_POINTS = 600
STEPS = 5
"""Lines across a chart, about."""
Text = Callable[[int], str]


def lines(series: Sequence[tuple[str, Samples]], text: Text) -> str:
    """Return lines over time with a scale that holds 0; empty when no series has two points.

    `series`: (name, points); `text` says what a value is called at the scale.
    """
    drawn = [(name, thinned(points)) for name, points in series if len(points) > 1]
    if not drawn:
        return ""
    moments = [at for _, points in drawn for at, _ in points]
    values = [value for _, points in drawn for _, value in points]
    first, last, marks = min(moments), max(moments), scale(min(0, *values), max(0, *values))
    low, across, up = marks[0], max(last - first, 1), marks[-1] - marks[0]

    def x(at: int) -> int:
        return LEFT + (at - first) * (WIDTH - LEFT - RIGHT) // across

    def y(value: int) -> int:
        return HEIGHT - BOTTOM - (value - low) * (HEIGHT - TOP - BOTTOM) // up

    parts = [_mark(y(value), text(value), is_zero=not value) for value in marks]
    for number, (name, points) in enumerate(drawn):
        path = " ".join(f"{x(at)},{y(value)}" for at, value in points)
        parts.append(f'<polyline class="line s{number}" points="{path}"><title>{escape(name)}</title></polyline>')
        parts.append(_label(LEFT + 8 + 120 * number, 16, name, f"name s{number}"))
    parts.append(_label(LEFT, HEIGHT - 6, f"{moment(first)[:19]} UTC"))
    parts.append(_label(WIDTH - RIGHT, HEIGHT - 6, f"{moment(last)[:19]} UTC", "end"))
    return _whole(HEIGHT, parts)


def bars(rows: Sequence[tuple[str, int, str]]) -> str:
    """Return a bar for each row of (name, count, what stands behind it); empty when all counts are 0."""
    most = max((count for _, count, _ in rows), default=0)
    if not most:
        return ""
    parts = []
    for number, (name, count, says) in enumerate(rows):
        top, length = 6 + 28 * number, count * (WIDTH - LEFT - RIGHT - 260) // most
        parts.append(_label(LEFT - 8, top + 14, name, "end"))
        parts.append(f'<rect class="bar" x="{LEFT}" y="{top}" width="{length}" height="20"/>')
        parts.append(_label(LEFT + length + 8, top + 14, says))
    return _whole(28 * len(rows) + 6, parts)


def scale(low: int, high: int) -> range:
    """Return even marks that hold both values, at 1, 2 or 5 times a power of ten; two at least."""
    least = max((high - low) // STEPS, 1)
    power = 10 ** (len(str(least)) - 1)
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= least)
    return range(low // step * step, max(-(-high // step), low // step + 1) * step + 1, step)


def thinned(points: Samples) -> Samples:
    """Return at most `MOST_POINTS` points that keep every peak: of each stretch its lowest and its highest."""
    if len(points) <= MOST_POINTS:
        return points
    found: Samples = [points[0]]
    stretch = -(-len(points) // (MOST_POINTS // 2 - 1))
    for start in range(0, len(points), stretch):
        piece = points[start : start + stretch]
        peaks = {min(piece, key=lambda point: point[1]), max(piece, key=lambda point: point[1])}
        found += sorted(peaks - {found[-1]})
    return found if found[-1] == points[-1] else [*found, points[-1]]


def _mark(y: int, text: str, *, is_zero: bool) -> str:
    kind = "zero" if is_zero else "grid"
    across = f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
    return across + _label(LEFT - 8, y + 4, text, "end")


def _label(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _whole(height: int, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{"".join(parts)}</svg>'
