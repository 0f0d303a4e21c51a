"""What the account holds when practice begins: one pair out of balance, three that have locked a profit.

The fills look like purchases by resting orders shortly before; a desk adopts them as made elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cockpit.core.market import Leg, Side
from cockpit.core.order import Fill, FillStatus
from cockpit.core.units import SHARE, USD, pay
from cockpit.venues.practice.exchange import Exchange
from cockpit.venues.practice.trades import trade_name

WORTH = 1_000 * USD
"""Cash plus what the opening holdings cost."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One opening fill: shares in whole numbers, price in 1/10,000 USD, how many minutes before the start."""

    family: str
    leg: Leg
    shares: int
    price: int
    minutes_ago: int


PURCHASES = (
    Purchase("strait-treaty", Leg.YES, 20, 5_400, 41),
    Purchase("strait-treaty", Leg.NO, 20, 4_100, 36),
    Purchase("coast-vote", Leg.NO, 24, 4_900, 33),
    Purchase("coast-vote", Leg.YES, 24, 4_700, 27),
    Purchase("rate-cut", Leg.YES, 15, 3_300, 22),
    Purchase("rate-cut", Leg.NO, 15, 6_100, 19),
    Purchase("harbour-bill", Leg.YES, 60, 2_400, 12),
    Purchase("harbour-bill", Leg.NO, 20, 4_200, 4),
)
"""The last two are the pair out of balance: 60 YES that now trade above 0.30 against 20 NO."""


def open_account(exchange: Exchange, market_of_family: Mapping[str, str], now_ms: int) -> None:
    """Book the opening fills, where their markets exist, and the cash that is left of `WORTH`."""
    exchange.account.cash = WORTH
    for number, bought in enumerate(PURCHASES):
        if bought.family in market_of_family:
            book_purchase(exchange, bought, market_of_family[bought.family], number, now_ms)


def book_purchase(exchange: Exchange, bought: Purchase, market_id: str, number: int, now_ms: int) -> None:
    """Book one opening fill; its cost leaves the account's cash. `number` tells it from the others."""
    shares = bought.shares * SHARE
    trade_id = trade_name(exchange.seed, f"opening {number}")
    fill = Fill(
        trade_id=trade_id,
        order_id="0x" + hashlib.sha256(trade_id.encode()).hexdigest(),
        market_id=market_id,
        leg=bought.leg,
        side=Side.BUY,
        price=bought.price,
        shares=shares,
        money=pay(shares, bought.price),
        fee=0,
        is_taker=False,
        at_ms=now_ms - bought.minutes_ago * 60_000,
        status=FillStatus.CONFIRMED,
    )
    exchange.account.book(fill, exchange.markets[market_id])
