"""Charts as inline SVG, drawn with whole numbers: no library, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from cockpit.reporting.gather import Samples
from cockpit.reporting.words import moment

WIDTH, HEIGHT = 900, 240
LEFT, RIGHT, TOP, BOTTOM = 90, 12, 14, 26
MOST_POINTS = 600
STEPS = 4
"""Lines across a chart."""
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
    first, last, low, high = min(moments), max(moments), min(0, *values), max(0, *values)
    across, up = max(last - first, 1), max(high - low, 1)

    def x(at: int) -> int:
        return LEFT + (at - first) * (WIDTH - LEFT - RIGHT) // across

    def y(value: int) -> int:
        return HEIGHT - BOTTOM - (value - low) * (HEIGHT - TOP - BOTTOM) // up

    parts = [_scale(y(low + up * step // STEPS), text(low + up * step // STEPS)) for step in range(STEPS + 1)]
    for number, (name, points) in enumerate(drawn):
        path = " ".join(f"{x(at)},{y(value)}" for at, value in points)
        parts.append(f'<polyline class="line s{number}" points="{path}"><title>{escape(name)}</title></polyline>')
        parts.append(_label(LEFT + 8 + 120 * number, TOP + 2, name, f"name s{number}"))
    parts.append(_label(LEFT, HEIGHT - 6, f"{moment(first)[:19]} UTC"))
    parts.append(_label(WIDTH - RIGHT, HEIGHT - 6, f"{moment(last)[:19]} UTC", "end"))
    return _whole(HEIGHT, parts)


def bars(rows: Sequence[tuple[str, int, str]]) -> str:
    """Return a bar for each row of (name, count, what is said behind it); empty when all counts are 0."""
    most = max((count for _, count, _ in rows), default=0)
    if not most:
        return ""
    parts = []
    for number, (name, count, says) in enumerate(rows):
        top, length = TOP + 28 * number, count * (WIDTH - LEFT - RIGHT - 260) // most
        parts.append(_label(LEFT - 8, top + 14, name, "end"))
        parts.append(f'<rect class="bar" x="{LEFT}" y="{top}" width="{length}" height="20"/>')
        parts.append(_label(LEFT + length + 8, top + 14, f"{count}  {says}".rstrip()))
    return _whole(TOP + 28 * len(rows) + 6, parts)


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


def _scale(y: int, text: str) -> str:
    across = f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
    return across + _label(LEFT - 8, y + 4, text, "end")


def _label(x: int, y: int, text: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}">{escape(text)}</text>'


def _whole(height: int, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img">{"".join(parts)}</svg>'
