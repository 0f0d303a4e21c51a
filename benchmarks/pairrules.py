"""What may be done about a pair that is out of balance: hold it, trade by the best price alone, and our rule.

A rule sees the book with what it has taken itself taken out, and wants an order or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

import common  # noqa: F401 - puts the checkout on the path

from cockpit.core.book import Levels
from cockpit.core.market import Leg, Market, Side
from cockpit.core.position import Holding, Position
from cockpit.core.rebalance import (
    Quotes,
    RebalanceRules,
    choose,
    closable,
    is_balanced,
    limit_of,
    options_of,
    rules_after,
)
from cockpit.core.units import PRICE_ONE, floor_lot
from cockpit.desk.manager import MOST_WAIT_MS
from cockpit.desk.rules import DeskRules

RULES = RebalanceRules()
MOST_TRADES = DeskRules().max_rebalance_trades
RETRY_MS = DeskRules().retry_after_ms


@dataclass(frozen=True, slots=True)
class Wish:
    """An order that takes within its limit and does not rest."""

    side: Side
    leg: Leg
    shares: int
    limit: int


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a rule may know of a pair now."""

    now_ms: int
    market: Market
    position: Position
    quotes: Quotes
    unhedged_ms: int
    """How long the pair has been out of balance."""
    trades: int
    """Attempts with a fill so far."""


class Rule(Protocol):
    """One way to deal with a pair. Made anew for every pair: it may remember."""

    name: str

    def wish(self, scene: Scene) -> Wish | None:
        """Return what to send now."""
        ...

    def filled(self) -> None:
        """Hear of a fill."""
        ...


class Hold:
    """Wait for the resolution."""

    name = "hold"

    def wish(self, _scene: Scene) -> Wish | None:
        """Never anything."""
        return None

    def filled(self) -> None:
        """There is none."""


class BestPrice:
    """The rule to be beaten: best prices alone, no fees, no depth, 0.02 profit a share, sales first."""

    name = "best price"

    def wish(self, scene: Scene) -> Wish | None:
        """Return the better of the sale and the purchase that its own figures allow."""
        position, market = scene.position, scene.market
        if scene.trades >= MOST_TRADES or _is_ending(scene) or is_balanced(position, RULES.threshold):
            return None
        heavy = Leg.YES if position.delta > 0 else Leg.NO
        excess = floor_lot(abs(position.delta))
        wishes = (self._sale(position.holding(heavy), heavy, excess, scene), self._purchase(heavy, excess, scene))
        worth = [(profit, wish) for profit, wish in wishes if wish and self._is_worth(profit, wish.shares)]
        sales = [found for found in worth if found[1].side is Side.SELL]
        chosen = max(sales or worth, key=lambda found: found[0], default=None)
        return None if chosen is None or chosen[1].shares < market.min_size else chosen[1]

    def filled(self) -> None:
        """It goes on with the next price."""

    @staticmethod
    def _is_worth(profit: Fraction, shares: int) -> bool:
        return profit * PRICE_ONE >= RULES.min_profit * shares

    @staticmethod
    def _sale(held: Holding, heavy: Leg, excess: int, scene: Scene) -> tuple[Fraction, Wish | None]:
        if not scene.quotes.excess_bids:
            return Fraction(0), None
        bid = scene.quotes.excess_bids[0][0]
        profit = Fraction(excess * bid, PRICE_ONE) - Fraction(held.cost * excess, held.shares)
        return profit, Wish(Side.SELL, heavy, excess, bid)

    @staticmethod
    def _purchase(heavy: Leg, excess: int, scene: Scene) -> tuple[Fraction, Wish | None]:
        """Its profit counts all shares of the heavy leg as guaranteed, and what is matched as well."""
        position, asks = scene.position, scene.quotes.deficit_asks
        budget = RULES.max_position_cost - position.cost
        if not asks or budget <= 0:
            return Fraction(0), None
        ask = asks[0][0]
        shares = min(excess, floor_lot(budget * PRICE_ONE // ask))
        if shares <= 0:
            return Fraction(0), None
        profit = position.holding(heavy).shares - position.cost - Fraction(shares * ask, PRICE_ONE)
        return profit, Wish(Side.BUY, heavy.other, shares, ask)


class Ours:
    """The rule of the desk, as its manager asks the core: depth, fees, gain, a limit, pauses after misses."""

    def __init__(self, name: str, rules: RebalanceRules = RULES) -> None:
        self.name = name
        self._rules = rules
        self._tries = 0
        self._retry_ms = 0
        self._basis: tuple[Position, Levels, Levels, RebalanceRules] | None = None
        self._wish: Wish | None = None

    def wish(self, scene: Scene) -> Wish | None:
        """Return the option that is chosen, unless it is too soon after an attempt without a fill."""
        if is_balanced(scene.position, self._rules.threshold) or scene.trades >= MOST_TRADES or _is_ending(scene):
            return None
        rules = rules_after(self._rules, scene.unhedged_ms)
        excess = closable(scene.position)
        bids, asks = (_reach(levels, excess) for levels in (scene.quotes.excess_bids, scene.quotes.deficit_asks))
        basis = scene.position, bids, asks, rules
        if basis != self._basis:  # while all that it rests on is the same, so is the verdict
            self._basis, self._wish = basis, self._weigh(scene, Quotes(bids, asks), rules)
        if self._wish is None or scene.now_ms < self._retry_ms:
            return None
        self._tries += 1
        self._retry_ms = scene.now_ms + min(MOST_WAIT_MS, RETRY_MS * 2 ** min(self._tries - 1, 8))
        return self._wish

    def filled(self) -> None:
        """The next attempt need not wait."""
        self._tries = self._retry_ms = 0

    @staticmethod
    def _weigh(scene: Scene, quotes: Quotes, rules: RebalanceRules) -> Wish | None:
        market, position = scene.market, scene.position
        rules = replace(rules, min_size=market.min_size, min_taker_cost=market.min_taker_cost)
        chosen = choose(position, options_of(position, quotes, market.fees, rules), rules).chosen
        if chosen is None:
            return None
        return Wish(chosen.side, chosen.leg, chosen.shares, limit_of(chosen, market.fees, position, rules, market.tick))


def _reach(levels: Levels, shares: int) -> Levels:
    """Return levels as far as so many shares reach: what stands beyond decides nothing."""
    found = []
    for price, size in levels:
        found.append((price, min(size, shares)))
        shares -= floor_lot(min(size, shares))
        if shares <= 0:
            break
    return tuple(found)


def _is_ending(scene: Scene) -> bool:
    closes = scene.market.closes_at_ms
    return closes is not None and closes - scene.now_ms < RULES.stop_before_end_ms
