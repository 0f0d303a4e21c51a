"""The gates of an entry that is proposed by name, and their words."""

from __future__ import annotations

from cockpit.core.gates import Kind, flag, money, price, seconds_text

SCANS = flag("markets are scanned", "they are", "they are not", "COCKPIT_SCANNER=true")
CLOSING = Kind(
    "time for an entry",
    lambda have, need: f"{seconds_text(have)}, at least {seconds_text(need)}",
    lambda _have, need: f"nothing: {seconds_text(need)} before its end no entry is proposed",
)
BUDGET = Kind(
    "budget",
    lambda have, _need: money(max(have, 0)),
    lambda _have, _need: "less held of the pair: MAX_POSITION_COST is used up",
)
TWO_SIDED = flag("both sides", "a bid and an ask", "one side is missing", "a bid and an ask")
POSSIBLE = flag(
    "a size the venue takes",
    "at one price or more",
    "at no price",
    "a budget that pays for the venue's minimum, or prices of both legs on the tick",
)
SPREAD = Kind(
    "locks a pair",
    lambda have, need: f"{price(have)} at best, at least {price(need)}",
    lambda have, need: f"a spread that locks {price(need)} a pair or more after fees (is {price(have)})",
    has_room=True,
)
KINDS = (SCANS, CLOSING, BUDGET, TWO_SIDED, POSSIBLE, SPREAD)
