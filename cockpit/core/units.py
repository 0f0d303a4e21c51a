"""Integers for prices, shares and money, and Decimal at the edges.

A price is an int in 1/10,000 USD (fits every tick of the venue), shares and money are ints in 1/1,000,000 (the
chain's units). Nothing here accepts a float, a sign where none belongs, an exponent or anything but ASCII digits:
`NaN > limit` is false, so such a number must not get past the door.
"""

from __future__ import annotations

import re
from decimal import Decimal

PRICE_ONE = 10_000
"""One USD as a price."""
SHARE = 1_000_000
"""One share."""
USD = 1_000_000
"""One USD as money."""
LOT = SHARE // 100
"""The venue takes sizes in hundredths of a share."""
_MONEY_PER_PRODUCT = PRICE_ONE
"""shares (1e-6) x price (1e-4) is 1e-10 USD; divided by this it is money (1e-6)."""

_PLAIN = re.compile(r"(\d{1,15})(?:\.(\d{1,18}))?", re.ASCII)


class UnitError(ValueError):
    """A text that is not a number this field can hold; the message names what is allowed."""


def _parse(text: str, places: int, what: str) -> int:
    match = _PLAIN.fullmatch(text)
    if match is None:
        raise UnitError(f"{what} {text[:40]!r} is not a plain decimal number")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > places:
        raise UnitError(f"{what} {text[:40]!r} is finer than {places} decimals")
    return int(whole + fraction.ljust(places, "0"))


def parse_price(text: str) -> int:
    """Return the price in 1/10,000 USD; 0 and 1 are read (an empty side), anything above 1 is refused.

    Raises: UnitError.
    """
    price = _parse(text, 4, "price")
    if price > PRICE_ONE:
        raise UnitError(f"price {text[:40]!r} is above 1")
    return price


def parse_shares(text: str) -> int:
    """Return shares in 1/1,000,000. Raises: UnitError."""
    return _parse(text, 6, "size")


def parse_money(text: str) -> int:
    """Return money in 1/1,000,000 USD. Raises: UnitError."""
    return _parse(text, 6, "amount")


def parse_rate(text: str) -> int:
    """Return a fee rate in 1/10,000, between 0 and 1. Raises: UnitError."""
    rate = _parse(text, 4, "rate")
    if rate > PRICE_ONE:
        raise UnitError(f"rate {text[:40]!r} is above 1")
    return rate


def _plain(value: int, places: int) -> str:
    sign = "-" if value < 0 else ""
    whole, fraction = divmod(abs(value), 10**places)
    digits = str(fraction).rjust(places, "0").rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def price_text(price: int) -> str:
    """Return the price as the venue writes it: no trailing zeros (`0.1`, `0.249`)."""
    return _plain(price, 4)


def shares_text(shares: int) -> str:
    """Return shares as the venue writes them: no trailing zeros."""
    return _plain(shares, 6)


def money_text(money: int) -> str:
    """Return money with as many decimals as it needs."""
    return _plain(money, 6)


def price_decimal(price: int) -> Decimal:
    """Return the price in USD."""
    return Decimal(price).scaleb(-4)


def shares_decimal(shares: int) -> Decimal:
    """Return whole and broken shares."""
    return Decimal(shares).scaleb(-6)


def money_decimal(money: int) -> Decimal:
    """Return USD."""
    return Decimal(money).scaleb(-6)


def pay(shares: int, price: int) -> int:
    """Return what buying costs, rounded up: against ourselves."""
    return -(-shares * price // _MONEY_PER_PRODUCT)


def receive(shares: int, price: int) -> int:
    """Return what selling brings, rounded down: against ourselves."""
    return shares * price // _MONEY_PER_PRODUCT


def floor_lot(shares: int) -> int:
    """Return the largest size the venue takes that is not above `shares`."""
    return shares - shares % LOT
