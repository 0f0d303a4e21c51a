"""Worker: keeps what was traded over a restart: closed bars go to the history, and come back from it at a start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.core import events as ev
from cockpit.core.tape import BAR_MS

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

VOLUME, PRODUCT, TRADES = NAMES = ("tape.volume", "tape.product", "tape.trades")
Row = tuple[int, int, int]
KEPT_MS = 8 * 86_400_000
"""How far back volume profiles look."""


class Tapes:
    """Writes every market's bars once they are over."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._written: dict[str, int] = {}
        """Market id -> the newest bar that is written."""
        self._begun: dict[str, tuple[int, Row]] = {}
        """Market id -> a bar of which a part is written, and that part."""

    def load(self) -> None:
        """Bring back what earlier lives saw traded, of the markets that are known."""
        desk, now = self._desk, self._desk.clock.now_ms()
        bars: dict[str, dict[int, list[int]]] = {}
        for index, name in enumerate(NAMES):
            for sample in desk.history.samples_of(name, now - KEPT_MS):
                bars.setdefault(sample.subject, {}).setdefault(sample.at_ms, [0, 0, 0])[index] += sample.value
        for market_id, found in bars.items():
            if market_id in desk.state.markets:
                rows = tuple((start, *_three(numbers)) for start, numbers in sorted(found.items()))
                desk.record(ev.TapeLoaded(now, market_id, rows))
                start, *part = rows[-1]
                self._written[market_id], self._begun[market_id] = start - 1, (start, _three(part))

    async def run(self) -> None:
        """Write after every bar."""
        while True:
            await self._desk.clock.sleep(BAR_MS / 1000)
            self.write()

    def write(self, *, with_begun: bool = False) -> None:
        """Write what is not written yet: of bars that are over, at the end of a life also of those that have begun."""
        now = self._desk.clock.now_ms()
        for market_id, tape in self._desk.state.tapes.items():
            after = self._written.get(market_id, -1)
            new = []
            for start in reversed(tape.bars):
                if start <= after:
                    break
                if with_begun or start + BAR_MS <= now:
                    new.append(start)
            for start in reversed(new):
                bar = tape.bars[start]
                self._write(market_id, start, (bar.volume, bar.product, bar.trades))
                self._written[market_id] = start

    def _write(self, market_id: str, start: int, numbers: Row) -> None:
        begun, part = self._begun.get(market_id, (0, (0, 0, 0)))
        for name, value, known in zip(NAMES, numbers, part, strict=True):
            value -= known if start == begun else 0
            if value:
                self._desk.history.record(name, start, market_id, value)


def _three(numbers: list[int]) -> Row:
    volume, product, trades = numbers
    return volume, product, trades
