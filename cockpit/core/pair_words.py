"""The gates of a rebalance by name, and their words: what the rule asks of a pair, and what it asks of the desk."""

from __future__ import annotations

from cockpit.core.gates import Kind, at_least, flag, price, seconds_text, shares

# ---- before anything is weighed ----

MODE = flag("pairs are watched", "they are", "pairs are off", "mode suggest or auto: A, or COCKPIT_PAIR_MODE")
ENDING = Kind(
    "time to weigh it",
    lambda have, need: f"{seconds_text(have)}, at least {seconds_text(need)}",
    lambda _have, need: f"nothing: in the last {seconds_text(need)} of a market no pair is weighed",
)

# ---- the rule ----

RATIO = Kind(
    "out of balance",
    lambda have, need: f"hedge ratio {price(have)}, threshold {price(need)}",
    lambda have, need: f"a hedge ratio below {price(need)} (is {price(have)})",
)
DUST = at_least("imbalance", shares, "an imbalance")
PROVEN = at_least("imbalance for sure", shares, "a confirmed imbalance")
QUOTES = Kind(
    "somebody quotes",
    lambda have, _need: "a bid for the excess, or an ask of the rest" if have else "no bid and no ask that can be used",
    lambda _have, _need: "a bid for the leg held too much, or an ask, within MAX_POSITION_COST, of the other",
)
OFFERED = at_least("shares on offer", shares, "bids or asks")
WORTH_SENDING = at_least("trade", shares, "a trade")
GAIN = Kind(
    "gain a share",
    lambda have, need: f"{price(have)}, at least {price(need)}",
    lambda have, need: f"a gain of {price(need)} a share or more (is {price(have)})",
)
WHOLE = flag(
    "closes all of it", "or a part may be", "only a part can be", "depth for all of it, or ALLOW_PARTIAL_REBALANCE"
)

# ---- whether it is offered, and approved by the rule ----

FREE = flag("nobody works the pair", "nobody does", "an order does", "the order that works the pair done or cancelled")
SHOWN = flag("not dismissed", "it is not", "it was dismissed", "another position of the pair")
AUTO = flag(
    "approved by the rule", "mode auto", "a person decides", "your approval (a), or mode auto: A, or COCKPIT_PAIR_MODE"
)
PAUSE = Kind(
    "pause after a try",
    lambda have, _need: f"{seconds_text(have)} left" if have > 0 else "over",
    lambda have, _need: f"its end, in {seconds_text(have)}, or a fill",
)
TRADES = Kind(
    "rebalances that filled",
    lambda have, need: f"{have} of {need} used",
    lambda have, need: f"fewer than {need} (is {have}): MAX_REBALANCE_TRADES",
)

KINDS = (
    *(MODE, ENDING, RATIO, DUST, PROVEN, QUOTES, OFFERED, WORTH_SENDING, GAIN, WHOLE),
    *(FREE, SHOWN, AUTO, PAUSE, TRADES),
)
