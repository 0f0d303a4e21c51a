"""The recorded tape of a whole BTC 15 minute market: 2,970 trades, in YES (up) prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import common  # noqa: F401 - puts the checkout on the path
import msgspec
import numpy as np
from estimates import Floats
from numpy.typing import NDArray

from cockpit.venues.recording import lines

TAPE = (
    Path(__file__).resolve().parents[2] / "shared/recordings/updown_books_trades_20251211/btc_15m_1765450800.jsonl.gz"
)


@dataclass(frozen=True, slots=True)
class Trades:
    """Trades in the order of their time."""

    at_ms: Floats
    prices: Floats
    """Of YES, in USD."""
    shares: Floats
    lifts: NDArray[np.bool_]
    """Whether the taker met an ask of the book in YES prices: bought YES, or sold NO."""


def read_tape(path: Path = TAPE) -> Trades:
    """Return the trades of a recording."""
    rows = []
    for line in lines(path):
        frame = msgspec.json.decode(line.raw)
        if frame.get("event_type") != "last_trade_price":
            continue
        price = float(frame["price"])
        is_up = frame["asset_id"].endswith(":up")
        lifts = is_up is (frame["side"] == "BUY")
        rows.append((int(frame["timestamp"]), round(price if is_up else 1 - price, 4), float(frame["size"]), lifts))
    rows.sort(key=lambda row: row[0])
    return of_rows(rows)


def of_rows(rows: Iterable[tuple[float, float, float, bool]]) -> Trades:
    """Return trades from their rows."""
    *numbers, lifts = zip(*rows, strict=True)
    at_ms, prices, shares = (np.array(column, dtype=np.float64) for column in numbers)
    return Trades(at_ms, prices, shares, np.array(lifts, dtype=np.bool_))


def tape_places(path: Path = TAPE) -> Floats:
    """Return when the trades were, as places between 0 and 1 of the time the tape covers."""
    at_ms = read_tape(path).at_ms
    return np.asarray((at_ms - at_ms[0]) / (at_ms[-1] - at_ms[0] + 1))
