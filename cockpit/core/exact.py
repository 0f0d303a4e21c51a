"""Numbers of `DeltaTracker`: integers of 1e-24 from whatever a caller holds, and Decimals back.

Nothing is rounded: what does not fit is refused. The surrounding `decimal` context has no say.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact

Number = Decimal | int | float | str
PLACES = 24
SCALE = 10**PLACES
_LIMIT = 10**15
WIDE = Context(prec=200)
_EXACT = Context(prec=60, traps=[Inexact])
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,9})?|[+-]?(nan|inf|infinity)", re.ASCII | re.IGNORECASE)


class DeltaTrackerError(ValueError):
    """A refused call; the message names the field, the value and what is allowed. Nothing was changed."""


def exact(value: Number, what: str) -> int:
    """Return a number in 1e-24; `what` names it in a refusal. Raises: DeltaTrackerError."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float | str):
        raise DeltaTrackerError(f"{what} {value!r} is not a number")
    if isinstance(value, str) and _PLAIN.fullmatch(value) is None:
        raise DeltaTrackerError(f"{what} {value[:40]!r} is not a plain number")
    number = Decimal(str(value) if isinstance(value, float) else value)
    shown = f"{what} {str(number)[:40]}"
    if not number.is_finite():
        raise DeltaTrackerError(f"{shown} must be finite")
    if not number:
        return 0
    if number.copy_abs() > _LIMIT:
        raise DeltaTrackerError(f"{shown} is beyond {_LIMIT:.0e}")
    try:
        scaled = number.scaleb(PLACES, _EXACT)
        is_whole = scaled == scaled.to_integral_value()
    except Inexact:
        is_whole = False
    if not is_whole:
        raise DeltaTrackerError(f"{shown} is finer than {PLACES} decimals")
    return int(scaled)


def exact_size(value: Number, what: str) -> int:
    """Return a size, 0 or more. Raises: DeltaTrackerError."""
    number = exact(value, what)
    if number < 0:
        raise DeltaTrackerError(f"{what} {value} must not be negative")
    return number


def exact_price(value: Number, what: str) -> int:
    """Return a mark price, above 0 and at most 1. Raises: DeltaTrackerError."""
    number = exact(value, what)
    if not 0 < number <= SCALE:
        raise DeltaTrackerError(f"{what} {value} must be above 0 and at most 1")
    return number


def tidy(number: Decimal) -> Decimal:
    """Return the same number without trailing zeros and, as far as sizes reach, without an exponent."""
    short = WIDE.normalize(number)
    is_long_whole = short == short.to_integral_value(context=WIDE) and short.copy_abs() < _LIMIT
    return short.quantize(Decimal(1), context=WIDE) if is_long_whole else short


def decimal_of(value: int, places: int = PLACES) -> Decimal:
    """Return what so many units of 1e-`places` are."""
    return tidy(Decimal(value).scaleb(-places, WIDE))
