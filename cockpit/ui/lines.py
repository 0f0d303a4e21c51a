"""`Lines`: a widget of fixed lines that repaints only the cells that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from cockpit.ui.rows import TOKENS, Row, changed_span


def changed_regions(old: Sequence[Row], new: Sequence[Row], width: int) -> list[Region]:
    """Return what must be painted again when these lines replace those."""
    regions = []
    for y in range(max(len(old), len(new))):
        span = changed_span(old[y] if y < len(old) else (), new[y] if y < len(new) else (), width)
        if span is not None and span[1] > span[0]:
            regions.append(Region(span[0], y, span[1] - span[0], 1))
    return regions


CELLS = {f"cell--{token}" for token in TOKENS}
"""Component classes of every screen that has lines: worked out once for a screen, not again for each of its widgets."""


class Lines(Widget):
    """Shows rows. Styles come from the theme, by token; the screen knows them."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: list[Row] = []
        self._token_styles: dict[str, Style] = {}

    def paint(self, rows: Sequence[Row]) -> None:
        """Show these rows; only cells that differ are sent to the terminal."""
        regions = changed_regions(self._shown, rows, self.size.width)
        self._shown = list(rows)
        if regions:
            self.refresh(*regions)

    def notify_style_update(self) -> None:
        """Work the styles out anew, for the theme or a class may have changed, and paint again where they differ."""
        before, self._token_styles = self._token_styles, {}
        super().notify_style_update()
        if before and self.is_attached and any(self.style_of(tokens) != style for tokens, style in before.items()):
            self.refresh()

    def style_of(self, tokens: str) -> Style:
        """Return how these tokens look in the theme that is on."""
        style = self._token_styles.get(tokens)
        if style is None:
            style = self.rich_style
            for token in tokens.split():
                style += self.screen.get_component_rich_style(f"cell--{token}", partial=True)
            self._token_styles[tokens] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Return one line as segments; text is never read as markup."""
        row = self._shown[y] if y < len(self._shown) else ()
        strip = Strip([Segment(text, self.style_of(style)) for text, style in row if text])
        return strip.adjust_cell_length(self.size.width, self.style_of(""))
