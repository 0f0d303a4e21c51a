"""How forms are filled in, what that makes, and a desk that answers when a test says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cockpit.core import commands as c
from cockpit.core.commands import Command, Preview
from cockpit.core.entry import EntryKind
from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_orders import PreviewRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import Algorithm
from cockpit.core.units import SHARE, USD
from cockpit.ui.dialogs.place import KINDS
from cockpit.ui.form import Form
from tests import frames as f


class SlowLink(f.FakeLink):
    """A link to a desk that answers when a test says so; no two commands have the same id."""

    def __init__(self, frame: Frame = f.MAIN) -> None:
        super().__init__(frame)
        self.frame_now = frame
        self.asked: list[Preview] = []
        self._count = 0

    def new_id(self) -> str:
        """Count everything, previews too."""
        self._count += 1
        return f"ui-{self._count}"

    def send(self, command: Command) -> None:
        """Remember, and answer nothing."""
        if isinstance(command, Preview):
            self.asked.append(command)
        else:
            self.sent.append(command)

    def answered(self, row: PreviewRow, to: int = -1, **changes: object) -> Frame:
        """Return the next frame, with the answer to one of the previews that were asked for."""
        answer = replace(row, command_id=self.asked[to].id)
        self.frame_now = f.later(self.frame_now, previews=(*self.frame_now.previews, answer)[-8:], **changes)
        return self.frame_now


GOOD: Mapping[str, Mapping[str, str]] = {
    "order": {"size": "100", "limit": "0.46", "life": "10"},
    "split": {"total": "300", "limit": "0.48", "window": "60"},
    "bid": {"total": "300", "limit": "0.47", "show": "50", "life": "60"},
    "entry": {"yes": "0.45", "no": "0.52", "budget": "25", "life": "10"},
}
"""By kind of order: what makes its form complete."""


def filled(kind: str, values: Mapping[str, str] | None = None, pair: PairRow = f.RATES) -> Form:
    """Return the form of a kind of order, complete but for these values."""
    form = KINDS[kind].blank(pair)
    wanted = {**GOOD[kind], **(values or {})}
    return replace(form, values=tuple(wanted.get(x.name, old) for x, old in zip(form.fields, form.values, strict=True)))


KEYS: Mapping[str, tuple[str, ...]] = {
    "order": ("n", "down", "down", *"100", "down", *"0.46"),
    "split": ("s", "down", "down", *"300", "down", *"0.48"),
    "bid": ("b", "down", "down", *"300", "down", *"0.47", "down", "ctrl+u", *"50"),
    "entry": ("i", "down", "down", *"0.45", "down", *"0.52", "down", *"25"),
}
"""By kind of order: what is pressed to fill its form in as `GOOD` does."""
COMMANDS: Mapping[str, Command] = {
    "order": c.Place("ui-1", "m-rates", Leg.YES, Side.BUY, 100 * SHARE, 4600, OrderType.GTD, False, 600),
    "split": c.Split("ui-1", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 4800, Algorithm.TWAP, 3_600_000),
    "bid": c.Bid("ui-1", "m-rates", Leg.YES, Side.BUY, 300 * SHARE, 4700, 50 * SHARE, 3_600_000),
    "entry": c.Enter("ui-1", "m-rates", EntryKind.MAKER_MAKER, Leg.YES, (4500, 5200), 0, 25 * USD, 600_000),
}
"""... and what that sends."""

SAID: Mapping[str, str] = {
    "order": "BUY 100 Yes <= 0.46  GTD, 10 minutes",
    "split": "BUY 300 Yes <= 0.48  TWAP top 1h, then cross",
    "bid": "BUY 300 Yes <= 0.47  at the top, 50 at a time, for 1h",
    "entry": "BUY Yes <= 0.45 + No <= 0.52  maker-maker, 10m",
}
"""... and how that is said."""
