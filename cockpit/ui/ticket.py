"""What the order form asks for, and what the frame can tell about it before it is sent. Pure; the desk checks again."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.frame import Frame, Ladder, PairRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.units import LOT, PRICE_ONE, UnitError, parse_price, parse_shares, pay, price_text, receive
from cockpit.ui import words
from cockpit.ui.form import Field, Form

SIDES = (Side.BUY, Side.SELL)
TYPES = (OrderType.GTD, OrderType.GTC, OrderType.FAK, OrderType.FOK)
AT_ONCE = (OrderType.FAK, OrderType.FOK)
MOST_MINUTES = 7 * 24 * 60
MEANS = {
    OrderType.GTD: "rests until its life is over",
    OrderType.GTC: "rests until it is cancelled; worked for its life",
    OrderType.FAK: "takes what is there at once, the rest ends",
    OrderType.FOK: "takes all of it at once, or nothing",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order somebody wants. Shares in 1/1,000,000, limit in 1/10,000 USD."""

    market_id: str
    leg: Leg
    side: Side
    shares: int
    limit: int
    type: OrderType
    post_only: bool
    life_s: int


@dataclass(frozen=True, slots=True)
class Check:
    """What is in the way of a form, and what it would do now."""

    problem: str = ""
    """A sentence, empty when it can be sent."""
    field: str = ""
    """The field it is about, empty when it is about none."""
    is_missing: bool = False
    """Something is only not filled in yet."""
    effect: str = ""
    """Whether it would trade or rest now."""
    money: str = ""
    caution: str = ""
    """What can be sent, but better be known."""
    ticket: Ticket | None = None


class _Wrong(Exception):
    """A field that cannot be used as it is."""

    def __init__(self, field: str, problem: str, *, is_missing: bool = False) -> None:
        super().__init__(problem)
        self.check = Check(problem, field, is_missing)


def blank_form(pair: PairRow) -> Form:
    """Return an empty form for a pair: the venue's own outcome names, and an order that ends by itself."""
    first, second = (words.clean(leg.outcome) for leg in pair.legs)
    fields = (
        Field("leg", "leg", (first, second)),
        Field("side", "side", ("buy", "sell")),
        Field("shares", "shares"),
        Field("limit", "limit price", unit=f"tick {words.price(pair.tick, pair.tick)}"),
        Field("type", "type", tuple(kind.value for kind in TYPES)),
        Field("post-only", "post-only", ("no", "yes")),
        Field("life", "life", unit="minutes"),
    )
    return Form(fields, ("0", "0", "", "", "0", "0", "10"))


def unused_fields(form: Form) -> tuple[str, ...]:
    """Return the fields that mean nothing for the type that is chosen."""
    return ("post-only", "life") if TYPES[form.pick("type")] in AT_ONCE else ()


def checked_limit(text: str, tick: int) -> int:
    """Return a limit an order may carry. Raises: UnitError."""
    price = parse_price(text)
    if not 0 < price < PRICE_ONE:
        raise UnitError(f"price {price_text(price)} is not between 0 and 1")
    if tick > 0 and price % tick:
        raise UnitError(f"price {price_text(price)} is not on the tick of {price_text(tick)}")
    return price


def obstacle(frame: Frame, pair: PairRow | None) -> str:
    """Return why nothing can be sent for a pair now, or nothing."""
    if frame.header.halted:
        return "the desk is halted"
    if pair is None:
        return "the pair is gone"
    if pair.ended:
        return f"the market is over: {words.clean(pair.ended)}"
    return f"the pair is halted: {words.clean(pair.halted)}" if pair.halted else ""


def check(form: Form, frame: Frame, market_id: str) -> Check:
    """Return what can be said about the form now."""
    pair = next((pair for pair in frame.pairs if pair.market_id == market_id), None)
    why = obstacle(frame, pair)
    if why or pair is None:
        return Check(why)
    try:
        ticket = _ticket(form, pair)
    except _Wrong as wrong:
        return wrong.check
    quote = pair.legs[ticket.leg]
    is_known = pair.book_age_ms is not None
    is_crossing = is_known and crosses(ticket.side, ticket.limit, quote.bid, quote.ask)
    effect = _effect(ticket, pair, frame.ladders.get(market_id), is_crossing)
    problem, field = _of_type(ticket, pair, is_crossing) if is_known else ("", "")
    caution = _caution(ticket, pair, frame)
    return Check(problem, field, False, effect, money_words(ticket), caution, None if problem else ticket)


def _ticket(form: Form, pair: PairRow) -> Ticket:
    kind = TYPES[form.pick("type")]
    is_resting = kind not in AT_ONCE
    return Ticket(
        pair.market_id,
        Leg(form.pick("leg")),
        SIDES[form.pick("side")],
        _shares(form.text("shares")),
        _limit(form.text("limit"), pair.tick),
        kind,
        is_resting and form.pick("post-only") == 1,
        60 * _minutes(form.text("life")) if is_resting else 600,
    )


def _shares(text: str) -> int:
    if not text:
        raise _Wrong("shares", "how many shares?", is_missing=True)
    try:
        shares = parse_shares(text)
    except UnitError as error:
        raise _Wrong("shares", str(error)) from None
    if not shares or shares % LOT:
        raise _Wrong("shares", f"{text} shares: the venue takes hundredths, 0.01 and more")
    return shares


def _limit(text: str, tick: int) -> int:
    if not text:
        raise _Wrong("limit", "at which price, at worst?", is_missing=True)
    try:
        return checked_limit(text, tick)
    except UnitError as error:
        raise _Wrong("limit", str(error)) from None


def _minutes(text: str) -> int:
    if not text:
        raise _Wrong("life", "for how many minutes?", is_missing=True)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_MINUTES):
        raise _Wrong("life", f"life {text} is not a whole number of minutes from 1 to {MOST_MINUTES:,}")
    return int(text)


def crosses(side: Side, limit: int, bid: int, ask: int) -> bool:
    """Return whether an order at this limit would trade at once."""
    return 0 < ask < PRICE_ONE and limit >= ask if side is Side.BUY else 0 < bid < PRICE_ONE and limit <= bid


def _best(ticket: Ticket, pair: PairRow) -> str:
    quote = pair.legs[ticket.leg]
    name, price = ("ask", quote.ask) if ticket.side is Side.BUY else ("bid", quote.bid)
    return f"{name} {words.price_or_nothing(price, pair.tick)}"


def _out_of_reach(ticket: Ticket, pair: PairRow) -> str:
    best = _best(ticket, pair)
    return f"there is no {best.split()[0]}" if best.endswith(words.NOTHING) else f"the best {best} is not reached"


def _effect(ticket: Ticket, pair: PairRow, ladder: Ladder | None, is_crossing: bool) -> str:
    if pair.book_age_ms is None:
        return "no book yet: whether it trades at once is not known"
    if not is_crossing:
        return f"rests: {_out_of_reach(ticket, pair)}"
    if ladder is None:
        return f"trades at once: the best {_best(ticket, pair)} is within the limit"
    levels = ladder.asks[ticket.leg] if ticket.side is Side.BUY else ladder.bids[ticket.leg]
    there = sum(size for price, size in levels if not ticket.side.is_beyond(price, ticket.limit))
    if there >= ticket.shares:
        return f"trades at once: best {_best(ticket, pair)}, the book has enough"
    rest = "ends" if ticket.type in AT_ONCE else "rests"
    return f"trades at once: best {_best(ticket, pair)}, {words.shares(there)} are there, the rest {rest}"


def _of_type(ticket: Ticket, pair: PairRow, is_crossing: bool) -> tuple[str, str]:
    """What the type does not allow, and the field it is about."""
    if ticket.post_only and is_crossing:
        return f"post-only must not trade at once, and the {_best(ticket, pair)} is within the limit", "limit"
    if ticket.type in AT_ONCE and not is_crossing:
        return f"{ticket.type.value} would end with nothing: {_out_of_reach(ticket, pair)}", "limit"
    return "", ""


def _caution(ticket: Ticket, pair: PairRow, frame: Frame) -> str:
    held = pair.legs[ticket.leg]
    if ticket.side is Side.SELL and ticket.shares > held.tradeable:
        return f"only {words.shares(held.tradeable)} {words.clean(held.outcome)} can be sold for sure"
    if pair.is_stale or pair.is_crossed:
        return f"the book is {'stale' if pair.is_stale else 'crossed'}: this may not be so"
    return "reducing: refused unless it lowers the exposure" if frame.header.reducing else ""


def money_words(ticket: Ticket) -> str:
    """Return what it costs at most or brings at least, before fees."""
    if ticket.side is Side.BUY:
        return f"costs at most {words.money(pay(ticket.shares, ticket.limit))} before fees"
    return f"brings at least {words.money(receive(ticket.shares, ticket.limit))} before fees"


def ticket_words(ticket: Ticket, outcome: str) -> str:
    """Return `BUY 300 Yes <= 0.10  GTD post-only, 10 minutes`."""
    verb = "BUY" if ticket.side is Side.BUY else "SELL"
    kind = f"{ticket.type.value} post-only" if ticket.post_only else ticket.type.value
    life = "" if ticket.type in AT_ONCE else f", {words.plural(ticket.life_s // 60, 'minute')}"
    limit = words.limit_words(ticket.side, ticket.limit)
    return f"{verb} {words.shares(ticket.shares)} {words.clean(outcome)} {limit}  {kind}{life}"
