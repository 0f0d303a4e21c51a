"""Rows of a frame about profit and loss."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.frame_orders import Point


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What trading has brought: of a pair, a day, or in all. Money in 1/1,000,000 USD."""

    key: str
    """Market id, day, or empty for all."""
    name: str
    pnl: int
    """Realised and unrealised together; of a day: its equity against its start, net of transfers."""
    realised: int
    unrealised: int
    fees: int
    bought: int
    sold: int
    wins: int
    losses: int
    won: int
    lost: int
    """Above 0."""
    averages: tuple[int, int] = (0, 0)
    """Entry prices of both legs; 0 where none is held."""
    is_marked: bool = True
    """False while bids do not take all of what is held: that counts as 0."""


@dataclass(frozen=True, slots=True)
class Profit:
    """The profit and loss screen."""

    total: ResultRow
    pairs: tuple[ResultRow, ...]
    """Those that hold or have earned anything, held ones first."""
    days: tuple[ResultRow, ...]
    """Newest first."""
    curve: tuple[Point, ...] = ()
    """Profit over time, oldest first."""
    deposits: int = 0
