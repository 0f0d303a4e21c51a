"""`ProfitScreen`: profit over time above, the table of pairs or days below."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import Point
from cockpit.core.frame_profit import Profit
from cockpit.ui import profit
from cockpit.ui.desk_readers import Status
from cockpit.ui.hands import Hands
from cockpit.ui.lines import Lines
from cockpit.ui.pane import Pane
from cockpit.ui.readers import Reader, ReaderKeys
from cockpit.ui.rows import Row, Rows, wrap

if TYPE_CHECKING:
    from cockpit.ui.chart import Chart

PAINT_EVERY_S = 2.0
"""A chart is dear to paint, and nobody reads it ten times a second."""
LEAST_HEIGHT = 18
"""A lower screen gives all of its lines to the table."""
NO_LIBRARY = "the chart cannot be drawn here: its library does not load"


def _chart_class() -> type[Chart]:
    """Load the drawing library: half a second, so only here, and not in the loop that reads keys."""
    from cockpit.ui.chart import Chart

    return Chart


class ProfitScreen(Reader):
    """What trading has brought, live."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "view", "Pairs or days", show=False),
        Binding("left", "columns(-1)", "Other columns", show=False),
        Binding("right", "columns(1)", "Other columns", show=False),
    ]
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("tab", "Pairs or days"),)

    def __init__(self, hands: Hands, status: Status, frame: Frame) -> None:
        super().__init__(lambda frame, width: self._rows(frame, width, 0), status, frame)
        self._now = hands.now
        self._view, self._page = profit.PAIRS, 0
        self._chart: Chart | None = None
        self._problem = ""
        self._drawn: tuple[Point, ...] = ()
        self._drawn_at = float("-inf")

    def compose(self) -> ComposeResult:
        """Status line, the chart under its title, the table, the keys."""
        yield Lines(id="reader-status")
        with Container(id="chart-area"):
            yield Lines(id="chart-title")
            yield Lines(id="chart-words")
        yield Pane("", self._rows, has_cursor=False, id="reader")
        yield ReaderKeys(self.KEYS)

    def _rows(self, frame: Frame, width: int, height: int) -> Rows:
        return profit.rows(frame, width - 1, height, view=self._view, page=self._page)

    def on_mount(self) -> None:
        """Fetch the chart while the table is there already."""
        self.run_worker(self._fetch_chart(), exit_on_error=False)

    async def _fetch_chart(self) -> None:
        try:
            kind = await asyncio.to_thread(_chart_class)
        except ImportError:  # a machine numpy does not run on: the table is still worth having
            self._problem = NO_LIBRARY
        else:
            chart = kind(id="chart")
            chart.display = False
            await self.query_one("#chart-area").mount(chart)
            self._chart = chart
        self._show_chart(self.newest.profit)

    def on_resize(self) -> None:
        """Give the chart its place, or the table all of it."""
        self.query_one("#chart-area").display = self.size.height >= LEAST_HEIGHT

    def show(self, frame: Frame) -> None:
        """Take a newer frame."""
        super().show(frame)
        self._show_chart(frame.profit)

    def _show_chart(self, now: Profit | None) -> None:
        """Paint title and chart, or why there is none; the chart only when it changed, and not too often."""
        width = self.size.width
        text = self._problem or profit.chart_words(now) or ("" if self._chart is not None else profit.LOADING)
        self.query_one("#chart-title", Lines).paint([profit.chart_title(now, width)])
        lines: list[Row] = [((f"  {line}", "dim"),) for line in wrap(text, width - 4)]
        said = self.query_one("#chart-words", Lines)
        said.display = bool(text)
        said.paint(lines)
        if self._chart is None:
            return
        self._chart.display = not text
        if now is None or text or now.curve == self._drawn or self._now() - self._drawn_at < PAINT_EVERY_S:
            return
        self._drawn, self._drawn_at = now.curve, self._now()
        self._chart.draw(now.curve)

    def action_view(self) -> None:
        """Switch between pairs and days."""
        self._view, self._page = profit.DAYS if self._view == profit.PAIRS else profit.PAIRS, 0
        self.pane.move_to(0)
        self.pane.again()

    def action_columns(self, step: int) -> None:
        """Show the other columns, where not all fit side by side."""
        self._page += step
        self.pane.again()
