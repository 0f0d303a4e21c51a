"""The kinds of values a setting may have, with their bounds.

A limit of 0 would read as "none" to one person and as "nothing may be sent" to another, so it is refused, like what is
not a number at all, and like numbers that only a slip of the unit explains.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from cockpit.core.errors import UsageError

MOST_USD = 10_000_000
MOST_SHARES = 10_000_000
MOST_ORDER_SHARES = 100_000
"""In one order, whatever else is set; it costs less than 100,000 USD."""


def _plain(value: object) -> object:
    """Take floats through their text, so that 0.05 in a TOML file is exactly 0.05."""
    return Decimal(str(value)) if isinstance(value, float) else value


def _joined(value: object) -> object:
    """Take a list, as TOML can write one."""
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        # UTC needs no table of zones: it works where none is installed.
        if name != "UTC":
            raise ValueError("must be a time zone that is known here, like UTC or Europe/Berlin") from None
    return name


def _known_faults(text: str) -> str:
    if text:
        # Imported here: without faults nobody needs the practice market to read settings.
        from cockpit.venues.practice.faults import parse_faults

        try:
            parse_faults(text)
        except UsageError as error:
            raise ValueError(str(error)) from None
    return text


Number = Annotated[Decimal, BeforeValidator(_plain), Field(allow_inf_nan=False)]
Usd = Annotated[Number, Field(gt=0, le=MOST_USD, decimal_places=6)]
Shares = Annotated[Number, Field(ge=0, le=MOST_SHARES, decimal_places=2)]
Fraction = Annotated[Number, Field(ge=0, le=1, decimal_places=4)]
Price = Annotated[Number, Field(gt=0, lt=1, decimal_places=4)]
Seconds = Annotated[Number, Field(ge=Decimal("0.1"), le=86_400)]
Zone = Annotated[str, AfterValidator(_known_zone)]
FaultRates = Annotated[str, AfterValidator(_known_faults)]
Addresses = Annotated[SecretStr, BeforeValidator(_joined)]
