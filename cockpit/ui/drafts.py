"""What the forms ask for, and the commands that what was typed makes of it. Pure: the desk says what it would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cockpit.core.commands import Bid, Enter, Place, Split
from cockpit.core.entry import EntryKind
from cockpit.core.frame import Frame, PairRow
from cockpit.core.frame_orders import OfferRow
from cockpit.core.market import Leg, Side
from cockpit.core.order import OrderType
from cockpit.core.parent import SLICED, AtEnd, Style
from cockpit.ui import words
from cockpit.ui.form import Field, Form
from cockpit.ui.typed import Check, Order, Wrong, minutes, money, price, shares, wrong_number

SIDES = (Side.BUY, Side.SELL)
TYPES = (OrderType.GTD, OrderType.GTC, OrderType.FAK, OrderType.FOK)
STYLES = (Style.TOP, Style.REST, Style.TAKE)
AT_ENDS = (AtEnd.CROSS, AtEnd.LEAVE, AtEnd.CANCEL)
KINDS = (EntryKind.MAKER_MAKER, EntryKind.MAKER_TAKER, EntryKind.TAKER_TAKER)
BEYOND = ("rest there", "stop")


# ---- empty forms ----


def _of(pair: PairRow) -> tuple[Field, Field]:
    first, second = (words.clean(leg.outcome) for leg in pair.legs)
    return Field("leg", "leg", (first, second)), Field("side", "side", ("buy", "sell"))


def _limit(pair: PairRow) -> Field:
    return Field("limit", "limit price", unit=f"tick {words.price(pair.tick, pair.tick)}")


def blank_place(pair: PairRow) -> Form:
    """Return an empty order form: an order that ends by itself."""
    fields = (
        *_of(pair),
        Field("size", "shares"),
        _limit(pair),
        Field("type", "type", tuple(kind.value for kind in TYPES)),
        Field("post-only", "post-only", ("no", "yes")),
        Field("life", "life", unit="minutes"),
    )
    return Form(fields, ("0", "0", "", "", "0", "0", "10"))


def blank_split(pair: PairRow) -> Form:
    """Return an empty form for a total that is worked quietly."""
    fields = (
        *_of(pair),
        Field("total", "total", unit="shares"),
        _limit(pair),
        Field("algo", "split by", tuple(algorithm.value for algorithm in SLICED)),
        Field("window", "over", unit="minutes"),
        Field("min", "from", unit="shares a child, empty: as set"),
        Field("max", "to", unit="shares a child, empty: as set"),
        Field("style", "children", ("at the top", "rest at limit", "take")),
        Field("at_end", "at the end", tuple(end.value for end in AT_ENDS)),
    )
    return Form(fields, ("0", "0", "", "", "0", "60", "", "", "0", "0"))


def blank_bid(pair: PairRow) -> Form:
    """Return an empty form for an order that is kept at the top of the book."""
    fields = (
        *_of(pair),
        Field("total", "total", unit="shares"),
        _limit(pair),
        Field("show", "show", unit="shares at a time"),
        Field("life", "for", unit="minutes"),
        Field("beyond", "when outbid", BEYOND),
    )
    return Form(fields, ("0", "0", "", "", "100", "60", "0"))


def blank_enter(pair: PairRow) -> Form:
    """Return an empty form for buying both legs of a pair."""
    first, second = (words.clean(leg.outcome) for leg in pair.legs)
    tick = f"empty: the best, tick {words.price(pair.tick, pair.tick)}"
    fields = (
        Field("kind", "kind", tuple(kind.value for kind in KINDS)),
        Field("first", "rests first", (first, second)),
        Field("yes", words.cut(f"{first} at", 12), unit=tick),
        Field("no", words.cut(f"{second} at", 12), unit=tick),
        Field("budget", "budget", unit="USD, empty: as set"),
        Field("life", "for", unit="minutes"),
    )
    return Form(fields, ("0", "0", "", "", "", "10"))


def form_of_offer(pair: PairRow, offer: OfferRow) -> Form:
    """Return the form of an entry as the desk proposes it."""
    prices = tuple(words.price(price) for price in offer.prices)
    values = (str(KINDS.index(EntryKind(offer.kind))), str(int(offer.first)), *prices, "", "10")
    return replace(blank_enter(pair), values=values)


# ---- what was typed ----


def place_of(form: Form, pair: PairRow) -> Order:
    """Return the order that was typed. Raises: Wrong."""
    kind = TYPES[form.pick("type")]
    return Place(
        "",
        pair.market_id,
        Leg(form.pick("leg")),
        SIDES[form.pick("side")],
        shares(form, "size"),
        price(form, "limit", pair.tick),
        kind,
        kind.can_rest and form.pick("post-only") == 1,
        minutes(form, "life") // 1000 if kind.can_rest else 600,
    )


def split_of(form: Form, pair: PairRow) -> Order:
    """Return the split that was typed. Raises: Wrong."""
    return Split(
        "",
        pair.market_id,
        Leg(form.pick("leg")),
        SIDES[form.pick("side")],
        shares(form, "total"),
        price(form, "limit", pair.tick),
        SLICED[form.pick("algo")],
        minutes(form, "window"),
        shares(form, "min") if form.text("min") else 0,
        shares(form, "max") if form.text("max") else 0,
        STYLES[form.pick("style")],
        AT_ENDS[form.pick("at_end")],
    )


def bid_of(form: Form, pair: PairRow) -> Order:
    """Return the bid that was typed. Raises: Wrong."""
    return Bid(
        "",
        pair.market_id,
        Leg(form.pick("leg")),
        SIDES[form.pick("side")],
        shares(form, "total"),
        price(form, "limit", pair.tick),
        shares(form, "show"),
        minutes(form, "life"),
        form.pick("beyond") == 1,
    )


def enter_of(form: Form, pair: PairRow) -> Order:
    """Return the entry that was typed. Raises: Wrong."""
    yes, no = (price(form, name, pair.tick) if form.text(name) else 0 for name in ("yes", "no"))
    return Enter(
        "",
        pair.market_id,
        KINDS[form.pick("kind")],
        Leg(form.pick("first")),
        (yes, no),
        budget=money(form, "budget") if form.text("budget") else 0,
        life_ms=minutes(form, "life"),
    )


def unused(form: Form) -> tuple[str, ...]:
    """Return the fields that mean nothing with the choices that are made."""
    names = {field.name for field in form.fields}
    if "type" in names and not TYPES[form.pick("type")].can_rest:
        return ("post-only", "life")
    if "kind" in names and KINDS[form.pick("kind")] is not EntryKind.MAKER_TAKER:
        return ("first",)
    return ()


def obstacle(frame: Frame, pair: PairRow | None) -> str:
    """Return why nothing can be sent for a pair now, or nothing."""
    if frame.header.halted:
        return "the desk is halted"
    if pair is None:
        return "the pair is gone"
    if pair.ended:
        return f"the market is over: {words.clean(pair.ended)}"
    return f"the pair is halted: {words.clean(pair.halted)}" if pair.halted else ""


def read(form: Form, frame: Frame, market_id: str, make: Callable[[Form, PairRow], Order]) -> Check:
    """Return the command a form makes for a pair, or what is wrong: with what was typed, then what is missing."""
    pair = next((pair for pair in frame.pairs if pair.market_id == market_id), None)
    why = obstacle(frame, pair)
    if why or pair is None:
        return Check(why)
    try:
        return Check(command=make(form, pair))
    except Wrong as wrong:
        worse = wrong_number(form, pair.tick, unused(form)) if wrong.check.is_missing else None
        return worse or wrong.check
