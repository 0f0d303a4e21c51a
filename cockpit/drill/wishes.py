"""What the person of a drill wants traded: single orders, splits, bids and entries, drawn from the seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.core import commands as cmd
from cockpit.core.entry import EntryKind
from cockpit.core.market import Leg, Market, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import SLICED, Algorithm, AtEnd, Style
from cockpit.core.units import LOT, PRICE_ONE, SHARE, USD

if TYPE_CHECKING:
    from cockpit.desk.desk import Desk

MOST_LIFE_S = 300
_MOST_WINDOW_S = 150
_TYPES = (OrderType.GTD, OrderType.GTD, OrderType.GTD, OrderType.GTC, OrderType.FAK, OrderType.FOK)
_AT_ENDS = (AtEnd.CROSS, AtEnd.CROSS, AtEnd.CANCEL, AtEnd.CANCEL, AtEnd.LEAVE)


def near(draw: random.Random, price: int, market: Market) -> int:
    """Return a price on the tick, at most two cents from another."""
    return market.round_down(price + draw.randint(-2, 2) * 100)


class Wishes:
    """Submits new orders of every kind; a quarter of them is only asked about first."""

    def __init__(self, draw: random.Random, new_id: Callable[[], str]) -> None:
        self._draw, self._id = draw, new_id

    def place(self, desk: Desk) -> None:
        """A single order near the best price of either side."""
        if (found := self._where(desk)) is None:
            return
        market, leg, side, limit = found
        kind = self._draw.choice(_TYPES)
        shares = self._draw.randrange(5 * SHARE, 60 * SHARE, LOT)
        post_only = kind in (OrderType.GTC, OrderType.GTD) and self._draw.random() < 0.4
        life = self._draw.randrange(130, MOST_LIFE_S)
        self._submit(desk, cmd.Place(self._id(), market.id, leg, side, shares, limit, kind, post_only, life))

    def split(self, desk: Desk) -> None:
        """A total cut by any of the four, with children of any style, ending in any way."""
        if (found := self._where(desk, 0.7)) is None:
            return
        market, leg, side, limit = found
        shares = self._draw.randrange(12 * SHARE, 60 * SHARE, LOT)
        least = self._draw.randrange(5 * SHARE, 8 * SHARE, LOT)
        most = least + self._draw.randrange(0, 20 * SHARE, LOT)
        algorithm = self._draw.choice(SLICED)
        style = self._draw.choice(
            [style for style in Style if algorithm is not Algorithm.ICEBERG or style is not Style.TAKE]
        )
        window = self._draw.randrange(20, _MOST_WINDOW_S) * 1000
        end = self._draw.choice(_AT_ENDS)
        new_id = self._id()
        self._submit(
            desk, cmd.Split(new_id, market.id, leg, side, shares, limit, algorithm, window, least, most, style, end)
        )

    def bid(self, desk: Desk) -> None:
        """An order at the top of the book."""
        if (found := self._where(desk)) is None:
            return
        market, leg, side, limit = found
        shares = self._draw.randrange(10 * SHARE, 50 * SHARE, LOT)
        show = self._draw.randrange(5 * SHARE, 20 * SHARE, LOT)
        life, stops = self._draw.randrange(20, _MOST_WINDOW_S) * 1000, self._draw.random() < 0.3
        self._submit(desk, cmd.Bid(self._id(), market.id, leg, side, shares, limit, show, life, stops))
        if self._draw.random() < 0.4:
            self._mirror(desk, market, leg, side)

    def _mirror(self, desk: Desk, market: Market, leg: Leg, side: Side) -> None:
        """An order on the other leg that leads on the same side of the one book: it must not be bid against."""
        best = desk.state.books[market.id].best_for(side.other, leg)
        lead = best + market.tick if side is Side.BUY else best - market.tick
        place = cmd.Place(self._id(), market.id, leg.other, side.other, 10 * SHARE, PRICE_ONE - lead, post_only=True)
        self._submit(desk, place)

    def enter(self, desk: Desk) -> None:
        """Both legs of a pair; mostly at the best prices there are."""
        if (found := self._where(desk)) is None:
            return
        market, first, _, limit = found
        kind = self._draw.choice((EntryKind.MAKER_MAKER, EntryKind.MAKER_TAKER, EntryKind.MAKER_TAKER, *EntryKind))
        prices = (limit, market.round_down(PRICE_ONE - limit - 300)) if self._draw.random() < 0.3 else (0, 0)
        budget = self._draw.randrange(6 * USD, 40 * USD)
        life = self._draw.randrange(125, MOST_LIFE_S) * 1000
        self._submit(desk, cmd.Enter(self._id(), market.id, kind, first, prices, budget=budget, life_ms=life))

    def _where(self, desk: Desk, takes: float = 0.4) -> tuple[Market, Leg, Side, int] | None:
        """Return a market, a leg, a side and a price near the best one; how often it is one that others offer."""
        running = [m for m in desk.state.markets.values() if m.id not in desk.state.ended]
        if not running:
            return None
        market = self._draw.choice(running)
        leg = self._draw.choice((Leg.YES, Leg.NO))
        is_held = desk.state.position(market.id).holding(leg).shares >= 10 * SHARE
        side = Side.SELL if self._draw.random() < (0.5 if is_held else 0.05) else Side.BUY
        book = desk.state.books[market.id]
        best = book.best_for(side if self._draw.random() < takes else side.other, leg)
        return market, leg, side, near(self._draw, best, market)

    def _submit(self, desk: Desk, command: cmd.Place | cmd.Split | cmd.Bid | cmd.Enter) -> None:
        if self._draw.random() < 0.25:
            desk.submit(cmd.Preview(self._id(), command))
        desk.submit(command)
