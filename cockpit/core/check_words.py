"""The checks of an order by name, and their words: the refusal, the numbers, what would open them."""

from __future__ import annotations

from cockpit.core.check_kinds import Asked, Check, check_flag, check_least, check_most, number_problem
from cockpit.core.gates import money, price, seconds_text, shares
from cockpit.core.limits import MIN_LIFE_MS, Reason
from cockpit.core.market import Side
from cockpit.core.units import money_text, price_text, shares_text

# ---- numbers, the desk, the market ----

NUMBERS = check_flag(
    Reason.BAD_NUMBER,
    "whole numbers",
    "all are",
    "whole numbers everywhere",
    lambda a, _h, _n: number_problem(a.order, a.account, a.approved_limit),
)
LARGEST = check_most(
    Reason.FAT_FINGER,
    "largest order ever",
    shares,
    lambda _h, need: f"a size of {shares(need)} or less",
    lambda _a, have, need: f"an order of {shares_text(have)} shares is never right: at most {shares_text(need)}",
)
HALTED = check_flag(
    Reason.HALTED,
    "not halted",
    "the desk runs",
    "the desk released (R)",
    lambda a, _h, _n: f"the desk is halted: {a.account.halted}",
)
READY = check_flag(
    Reason.NOT_READY,
    "connected",
    "and reconciled",
    "the venue connected, and its orders and fills read",
    lambda _a, _h, _n: "the desk is not connected, or has not reconciled with the venue yet",
)
CLOCK = check_most(
    Reason.CLOCK,
    "clock",
    seconds_text,
    lambda _h, need: f"the venue's clock within {seconds_text(need)} of ours",
    lambda a, _h, need: f"the venue's clock is {a.account.skew_ms / 1000:+.1f} s from ours, at most {need // 1000} s",
)
PAIR_HALTED = check_flag(
    Reason.PAIR_HALTED,
    "pair not halted",
    "its numbers are the venue's",
    "the pair's difference explained or accepted (D)",
    lambda a, _h, _n: a.account.pair_halted,
)
ENDED = check_flag(
    Reason.MARKET_ENDED,
    "market runs",
    "it does",
    "nothing: it is over",
    lambda a, _h, _n: f"{a.market.name} has ended",
)
CLOSING = check_least(
    Reason.MARKET_CLOSING,
    "time to the end",
    seconds_text,
    lambda _h, need: f"nothing: {seconds_text(need)} before its end no order is sent",
    lambda a, have, need: f"{a.market.name} closes in {max(0, have) // 1000} s, less than {need // 1000} s",
)
REDUCING = check_flag(
    Reason.REDUCING,
    "not reducing",
    "or it lowers the exposure",
    "reducing switched off (e), or an order that lowers the exposure",
    lambda a, _h, _n: f"only orders that lower the exposure are sent: {a.account.reducing}",
)
MARKED = check_flag(
    Reason.NO_MARK,
    "worth is known",
    "or it lowers the exposure",
    "bids for all that is held, or an order that lowers the exposure",
    lambda a, _h, _n: f"too few bids for what is held of {a.market.name}: nobody knows its worth",
)
DAILY_LOSS = check_most(
    Reason.DAILY_LOSS,
    "daily loss",
    money,
    lambda _h, need: f"less than {money(need)} lost today, or an order that lowers the exposure",
    lambda _a, have, need: f"lost {money_text(have)} USD today, limit {money_text(need)}",
)

# ---- the order ----

PRICE = check_flag(
    Reason.BAD_PRICE,
    "price on the tick",
    "it is",
    "a price on the market's tick",
    lambda a, _h, _n: a.market.price_problem(a.order.price),
)
SIZE = check_flag(
    Reason.BAD_SIZE,
    "whole hundredths",
    "they are",
    "a size in hundredths of a share",
    lambda a, _h, _n: a.market.size_problem(a.order.size),
)
MINIMUM = check_least(
    Reason.BELOW_MINIMUM,
    "venue's minimum",
    shares,
    lambda _h, need: f"a size of {shares(need)} or more",
    lambda a, _h, _n: a.market.size_problem(a.order.size),
)
ORDER_SIZE = check_most(
    Reason.ORDER_SIZE,
    "order size",
    shares,
    lambda _h, need: f"a size of {shares(need)} or less",
    lambda _a, have, need: f"order of {shares_text(have)} shares is above the limit of {shares_text(need)}",
)
LIMIT_PRICE = Check(
    "approved price",
    lambda have, need: f"{price(have)}, approved {price(need)}",
    lambda _h, need: f"a price no worse than {price(need)}",
    reason=Reason.LIMIT_PRICE,
    says=lambda _a, have, need: f"price {price_text(have)} is beyond the approved {price_text(need)}",
)
TYPE = check_flag(
    Reason.BAD_TYPE,
    "type",
    "it can be so",
    "an order that rests, or one that is not post-only",
    lambda a, _h, _n: f"a {a.order.type} order cannot be post-only: it never rests",
)
LIFE = check_least(
    Reason.BAD_LIFE,
    "life",
    seconds_text,
    lambda _h, need: f"an expiry that leaves it {seconds_text(need)} or more",
    lambda _a, have, _n: f"the order would live {max(have, 0) // 1000} s, at least {MIN_LIFE_MS // 1000} s are needed",
)
WORTH = check_most(
    Reason.FAT_FINGER,
    "part of the equity",
    money,
    lambda _h, need: f"an order of {money(need)} or less",
    lambda _a, have, need: f"{money_text(have)} USD are more than one order may move: {money_text(need)}",
)

# ---- the book ----

BOOK = check_flag(Reason.NO_BOOK, "book", "it is whole", "a book of its market", lambda _a, _h, _n: "no order book")
CROSSED = check_flag(
    Reason.CROSSED_BOOK,
    "not crossed",
    "bid below ask",
    "a book whose best bid is below its best ask",
    lambda _a, _h, _n: "the book is crossed",
)
AGE = check_most(
    Reason.STALE_BOOK,
    "age of the book",
    seconds_text,
    lambda have, need: f"a book newer than {seconds_text(need)} (is {seconds_text(have)})",
    lambda _a, have, need: f"the book is {have / 1000:.1f} s old, limit {need / 1000:.1f} s",
)


def _collar(asked: Asked, _have: int, need: int) -> str:
    is_buy = asked.order.side is Side.BUY
    middle = need - asked.limits.price_collar if is_buy else need + asked.limits.price_collar
    allowed = price_text(asked.market.round_within(need, asked.order.side))
    return (
        f"price {price_text(asked.order.price)} is more than {price_text(asked.limits.price_collar)} beyond the middle "
        f"{price_text(middle)}: at {'most' if is_buy else 'least'} {allowed} now"
    )


COLLAR = Check(
    "collar",
    lambda have, need: f"{price(have)}, edge {price(need)}",
    lambda _h, need: f"a price within {price(need)}, or a middle of the book nearer to it",
    reason=Reason.COLLAR,
    says=_collar,
)

# ---- money, shares, the worst case ----


def _not_held(asked: Asked, have: int, need: int) -> str:
    coming = asked.position.holding(asked.order.leg).coming
    more = f", {shares_text(coming)} more are not confirmed yet" if coming else ""
    more += f", {shares_text(asked.position.merging)} are being merged" if asked.position.merging else ""
    return f"selling {shares_text(need)} shares but only {shares_text(max(have, 0))} are free{more}"


HELD = check_least(
    Reason.NOT_HELD,
    "shares free to sell",
    shares,
    lambda _h, need: f"{shares(need)} confirmed and in no other order",
    _not_held,
)
BALANCE = check_least(
    Reason.BALANCE,
    "cash free",
    money,
    lambda _h, need: f"{money(need)} of cash that is in no other order",
    lambda _a, have, need: f"needs {money_text(need)} USD, {money_text(have)} are free",
)
POSITION_SIZE = check_most(
    Reason.POSITION_SIZE,
    "one leg at worst",
    shares,
    lambda have, need: f"{shares(have - need)} fewer held or ordered of this leg",
    lambda _a, have, need: f"could hold {shares_text(have)} shares, limit {shares_text(need)}",
)
EXPOSURE = check_most(
    Reason.EXPOSURE,
    "exposure at worst",
    money,
    lambda have, need: f"{money(have - need)} less at risk",
    lambda _a, have, need: f"could have {money_text(have)} USD at risk, limit {money_text(need)}",
)
EVENT_EXPOSURE = check_most(
    Reason.EVENT_EXPOSURE,
    "event at worst",
    money,
    lambda have, need: f"{money(have - need)} less at risk in its event",
    lambda _a, have, need: f"could have {money_text(have)} USD at risk in its event, limit {money_text(need)}",
)
UNHEDGED = check_most(
    Reason.UNHEDGED,
    "unhedged at worst",
    shares,
    lambda have, need: f"{shares(have - need)} fewer out of balance, or an order that closes an imbalance",
    lambda _a, have, need: f"could be {shares_text(have)} shares out of balance, limit {shares_text(need)}",
)


def _self_cross(asked: Asked, have: int, _need: int) -> str:
    return f"would trade with our own order {asked.own[have - 1].label}"


SELF_CROSS = Check(
    "not with ourselves",
    lambda have, _n: "no order of ours in its way" if not have else "an order of ours is in its way",
    lambda _h, _n: "that order of ours out of the book",
    reason=Reason.SELF_CROSS,
    says=_self_cross,
)
RATE = check_flag(
    Reason.RATE,
    "venue's rate",
    "one more may be sent",
    "a moment without orders",
    lambda _a, _h, _n: "the venue's rate limit for orders is used up for the moment",
)
CHECKS: tuple[Check, ...] = (
    *(NUMBERS, LARGEST, HALTED, READY, CLOCK, PAIR_HALTED, ENDED, CLOSING, REDUCING, MARKED, DAILY_LOSS),
    *(PRICE, SIZE, MINIMUM, ORDER_SIZE, LIMIT_PRICE, TYPE, LIFE, WORTH, BOOK, CROSSED, AGE, COLLAR),
    *(HELD, BALANCE, POSITION_SIZE, EXPOSURE, EVENT_EXPOSURE, UNHEDGED, SELF_CROSS, RATE),
)
