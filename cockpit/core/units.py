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
CENT = USD // 100
"""One cent as money."""
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
        raise UnitError(f"{what} {text[:40]!r} {_why_not(text)}")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > places:
        raise UnitError(f"{what} {text[:40]!r} is finer than {places} decimals")
    return int(whole + fraction.ljust(places, "0"))


def _why_not(text: str) -> str:
    if re.fullmatch(r"-\d*\.?\d+", text, re.ASCII):
        return "must be above 0"
    if re.fullmatch(r"\d+(\.\d*)?", text, re.ASCII):
        return "ends with a point" if text.endswith(".") else "has too many digits"
    return "is not a plain decimal number like 12 or 0.55"


def parse_price(text: str) -> int:
    """Return the price in 1/10,000 USD; 0 and 1 are read (an empty side), anything above 1 is refused.

    Raises: UnitError.
    """
    price = _parse(text, 4, "price")
    if price > PRICE_ONE:
        raise UnitError(f"price {text[:40]!r} is above 1: give one between 0 and 1")
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


def cents_text(money: int) -> str:
    """Return money in whole cents, rounded down: a gain is never shown too large, a loss never too small."""
    sign, cents = "-" if money < 0 else "", abs(money // CENT)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


def costs_text(money: int) -> str:
    """Return what something costs in whole cents, rounded up."""
    return cents_text(-(-money // CENT) * CENT)


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


def payout(yes: int, no: int, payout_yes: int) -> int:
    """Return what shares are paid at resolution, rounded down: each YES `payout_yes`, each NO the rest of 1 USD."""
    return (yes * payout_yes + no * (PRICE_ONE - payout_yes)) // _MONEY_PER_PRODUCT


def floor_lot(shares: int) -> int:
    """Return the largest size the venue takes that is not above `shares`."""
    return shares - shares % LOT


_SPAN = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?", re.ASCII)


def parse_duration(text: str) -> int:
    """Return milliseconds of `90s`, `60m`, `1h30m`, `2d`; a bare number is minutes. Raises: UnitError."""
    text = text.strip()
    if re.fullmatch(r"\d{1,7}", text, re.ASCII):
        return int(text) * 60_000
    match = _SPAN.fullmatch(text)
    if match is None or not any(match.groups()):
        if re.fullmatch(r"-\d+\w*", text, re.ASCII):
            raise UnitError(f"time {text[:40]!r} must be above 0")
        raise UnitError(f"time {text[:40]!r} is not something like 90s, 60m, 1h30m or 2d, of a few digits")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


def duration_text(ms: int) -> str:
    """Return a stretch of time as it is typed: `1h30m`, `90 s` as `1m30s`; less than a second as `0s`."""
    seconds = max(ms, 0) // 1000
    parts = ((seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
