"""The chart of profit over time. Only this file loads the drawing library, and it takes half a second: import it late.

It is `textual-plot` without zoom, focus and mouse: keys belong to the screen. All colours are the theme's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual_plot import HiResMode, PlotWidget
from textual_plot.axis_formatter import AxisFormatter

from cockpit.core.frame_orders import Point
from cockpit.ui.ticks import money_labels, money_range, money_ticks, time_labels, time_ticks

LEAST_HEIGHT = 5
"""Below this there is no room for a line between frame and labels."""
CELLS_PER_TIME, LINES_PER_AMOUNT = 16, 2
"""How far apart labels are at least."""
LABEL_HALF = 5
"""Cells to the right of the middle of a label."""


class TimeAxis(AxisFormatter):
    """Round times, as many as there is room for."""

    def __init__(self, cells: int) -> None:
        self._cells = cells

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Return where the marks are; a label that would be cut at the right says another time, so it goes."""
        last = max_ - (max_ - min_) * LABEL_HALF / max(self._cells, 1)
        ticks = time_ticks(round(min_), round(max_), self._cells // CELLS_PER_TIME)
        return [float(tick) for tick in ticks if tick <= last]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Return what they say."""
        return time_labels([round(tick) for tick in ticks])


class MoneyAxis(AxisFormatter):
    """Round amounts, with their sign."""

    def __init__(self, most: int) -> None:
        self._most = most

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """Return where the marks are."""
        return [float(tick) for tick in money_ticks(round(min_), round(max_), self._most)]

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """Return what they say."""
        return money_labels([round(tick) for tick in ticks])


class Chart(PlotWidget, can_focus=False, inherit_bindings=False):
    """Profit over time, and a line at zero where that is in sight."""

    BINDINGS: ClassVar[list[BindingType]] = []
    COMPONENT_CLASSES: ClassVar[set[str]] = {"chart--line", "chart--zero"}
    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id, allow_pan_and_zoom=False)
        self._points: tuple[Point, ...] = ()
        self.set_reactive(PlotWidget.margin_top, 0)
        self.set_reactive(PlotWidget.margin_bottom, 1)

    def draw(self, points: tuple[Point, ...]) -> None:
        """Draw these points, at least two, oldest first."""
        self._points = points
        self.again()

    def again(self) -> None:
        """Draw once more: the size or the theme changed."""
        width, height = self.size
        if len(self._points) < 2 or height < LEAST_HEIGHT or not self.is_mounted:
            return
        times = [point.at_ms for point in self._points]
        amounts = [point.value for point in self._points]
        bottom, top = money_range(min(amounts), max(amounts))
        most = (height - 3) // LINES_PER_AMOUNT
        self.margin_left = 2 + max(len(label) for label in money_labels(money_ticks(bottom, top, most)))
        self.set_x_formatter(TimeAxis(width - self.margin_left - 2))
        self.set_y_formatter(MoneyAxis(most))
        self.clear()
        self.set_xlimits(float(times[0]), float(times[-1]))
        self.set_ylimits(float(bottom), float(top))
        if bottom < 0 < top:
            self.plot(times[:: len(times) - 1], [0, 0], self._style("chart--zero"), HiResMode.BRAILLE)
        self.plot(times, amounts, self._style("chart--line"), HiResMode.BRAILLE)
        self.refresh(layout=True)  # the library measures its canvases only then

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name))

    def on_resize(self) -> None:
        """Fill the new size."""
        self.again()

    def notify_style_update(self) -> None:
        """Take the colours of the theme that is on now."""
        super().notify_style_update()
        self.again()
