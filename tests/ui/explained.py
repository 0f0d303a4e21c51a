"""Answers to why, as a desk gives them: a pair that is held back, and an order that was let through."""

from __future__ import annotations

from dataclasses import replace

from cockpit.core import check_words as c
from cockpit.core import pair_words as p
from cockpit.core.facts import Decided
from cockpit.core.gates import Input, Row
from cockpit.core.units import SHARE, USD
from cockpit.core.why import Why, compact, explained, of_record
from tests.frames import AT

HELD: list[Row] = [
    (c.ENDED, True, 0, 0),
    (p.RATIO, True, 3_333, 8_000),
    (p.MODE, True, 0, 0),
    (c.BOOK, True, 0, 0),
    (c.CROSSED, True, 0, 0),
    (p.ENDING, True, 754_000, 60_000),
    (p.DUST, True, 300 * SHARE, 5 * SHARE),
    (p.PROVEN, True, 300 * SHARE, 5 * SHARE),
    (p.QUOTES, True, 1, 1),
    (p.OFFERED, True, 300 * SHARE, 5 * SHARE),
    (p.GAIN, False, -50, 200),
    (p.AUTO, False, 1, 0),
]
SENT: list[Row] = [
    (c.NUMBERS, True, 0, 0),
    (c.CLOCK, True, 40, 2_000),
    (c.DAILY_LOSS, True, 3 * USD, 100 * USD),
    (c.MINIMUM, True, 34 * SHARE, 5 * SHARE),
    (c.ORDER_SIZE, True, 34 * SHARE, 100 * SHARE),
    (c.LIMIT_PRICE, True, 3_600, 3_700),
    (c.AGE, True, 900, 5_000),
    (c.BALANCE, True, 900 * USD, 13 * USD),
    (c.POSITION_SIZE, True, 234 * SHARE, 5_000 * SHARE),
    (c.UNHEDGED, True, 440 * SHARE, 500 * SHARE),
    (c.RATE, True, 0, 0),
]
PAIR = explained(
    Why(
        "",
        "m-eth",
        AT,
        kind="pair",
        title="eth-5k-2026",
        decision="gain below minimum",
        inputs=(
            Input("held Yes", "100 @ 0.31"),
            Input("held No", "400 @ 0.66"),
            Input("bid / ask Yes", "0.3 / 0.31", 1_200),
            Input("bid / ask No", "0.69 / 0.7", 1_200),
            Input("sell NO", "300 at 0.65: gains -1.50 USD, -0.005 a share"),
        ),
    ),
    HELD,
)
ORDER = of_record(
    Why("", "c-0022", AT, title="buy 34 No cpi-above-3"),
    Decided(AT - 23_000, "0x22", "order", "m-cpi", "sent", compact(SENT), (Input("bid / ask", "0.35 / 0.36", 900),)),
    (Input("by now", "open; 20 filled"),),
)
ANSWERS = {"pair": PAIR, "order": ORDER, "unknown": replace(ORDER, problem="there is no such thing")}
KEYS = {"pair": ("w",), "order": ("5", "w")}
