"""What was typed into a form, as the numbers it means, or the sentence that says why it means none. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cockpit.core.commands import Bid, Enter, Place, Split
from cockpit.core.units import LOT, PRICE_ONE, UnitError, parse_money, parse_price, parse_shares, price_text
from cockpit.ui.form import Form

Order = Place | Split | Bid | Enter
MOST_MINUTES = 7 * 24 * 60
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Check:
    """What is in the way of a form, or the command it makes."""

    problem: str = ""
    """A sentence, empty when it can be sent."""
    field: str = ""
    """The field it is about, empty when it is about none."""
    is_missing: bool = False
    """Something is only not filled in yet, or not answered yet."""
    caution: str = ""
    """What can be sent, but better be known."""
    command: Order | None = None
    """Without an id: whoever sends it gives it one."""


class Wrong(Exception):
    """A field that cannot be used as it is."""

    def __init__(self, field: str, problem: str, *, is_missing: bool = False) -> None:
        super().__init__(problem)
        self.check = Check(problem, field, is_missing)


PRICES = ("limit", "yes", "no")
TIMES = ("window", "life")
ASKS = {
    "size": "how many shares?",
    "total": "how many shares in all?",
    "show": "how many shares at a time?",
    "limit": "at which price, at worst?",
    "window": "over how many minutes?",
    "life": "for how many minutes?",
}


def checked_limit(text: str, tick: int) -> int:
    """Return a limit an order may carry. Raises: UnitError."""
    price = parse_price(text)
    if not 0 < price < PRICE_ONE:
        raise UnitError(f"price {price_text(price)} is not between 0 and 1")
    if tick > 0 and price % tick:
        raise UnitError(f"price {price_text(price)} is not on the tick of {price_text(tick)}")
    return price


def shares(form: Form, name: str) -> int:
    """Return typed shares in 1/1,000,000, whole lots above 0. Raises: Wrong."""
    text = _typed(form, name)
    try:
        found = parse_shares(text)
    except UnitError as error:
        raise Wrong(name, str(error)) from None
    if not found or found % LOT:
        raise Wrong(name, f"{text} shares: the venue takes hundredths, 0.01 and more")
    return found


def price(form: Form, name: str, tick: int) -> int:
    """Return a typed price in 1/10,000 USD, on the tick. Raises: Wrong."""
    try:
        return checked_limit(_typed(form, name), tick)
    except UnitError as error:
        raise Wrong(name, str(error)) from None


def money(form: Form, name: str) -> int:
    """Return a typed amount in 1/1,000,000 USD, above 0. Raises: Wrong."""
    text = _typed(form, name)
    try:
        found = parse_money(text)
    except UnitError as error:
        raise Wrong(name, str(error)) from None
    if not found:
        raise Wrong(name, f"{name} {text} USD is nothing")
    return found


def minutes(form: Form, name: str) -> int:
    """Return typed minutes, with up to two decimals, in milliseconds. Raises: Wrong."""
    text = _typed(form, name)
    whole, _, part = text.partition(".")
    is_number = text.isascii() and whole.isdigit() and (part.isdigit() or not part) and len(part) <= 2
    ms = (int(whole) * 100 + int(part.ljust(2, "0"))) * MINUTE_MS // 100 if is_number and len(whole) <= 6 else 0
    if not 0 < ms <= MOST_MINUTES * MINUTE_MS:
        raise Wrong(name, f"{name} {text} is not a number of minutes above 0, at most {MOST_MINUTES:,}")
    return ms


def wrong_number(form: Form, tick: int, unused: Collection[str]) -> Check | None:
    """Return what is wrong with the first number that was typed and means none."""
    for field in form.fields:
        if field.choices or field.name in unused or not form.text(field.name):
            continue
        try:
            _number(form, field.name, tick)
        except Wrong as wrong:
            return wrong.check
    return None


def _number(form: Form, name: str, tick: int) -> int:
    if name in PRICES:
        return price(form, name, tick)
    if name in TIMES:
        return minutes(form, name)
    return money(form, name) if name == "budget" else shares(form, name)


def _typed(form: Form, name: str) -> str:
    text = form.text(name)
    if not text:
        raise Wrong(name, ASKS.get(name, "?"), is_missing=True)
    return text
