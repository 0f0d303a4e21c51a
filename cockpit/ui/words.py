"""Numbers, times and outside text as a person reads them. Pure; integers in, text out."""

from __future__ import annotations

import re
import unicodedata

from rich.cells import cell_len, set_cell_size

from cockpit.core.market import Side
from cockpit.core.units import CENT, PRICE_ONE, SHARE, USD

NOTHING = "--"
"""Stands where there is no number."""
_UNPRINTABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def clean(text: str) -> str:
    """Return the text without anything that could move the cursor, turn the line around or break it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c for c in text.replace("\n", " ") if unicodedata.category(c) not in _UNPRINTABLE)


def cut(text: str, width: int) -> str:
    """Return the text in at most `width` cells; what was cut is marked by an ellipsis."""
    text = clean(text)
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def left(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, on the left."""
    return set_cell_size(cut(text, width), max(width, 0))


def right(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, on the right."""
    text = cut(text, width)
    return " " * (width - cell_len(text)) + text


def count(number: int) -> str:
    """Return a whole number with thousands separators."""
    return f"{number:,}"


def plural(number: int, noun: str) -> str:
    """Return `1 order`, `2 orders`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _grouped(value: int, places: int, *, trim: bool) -> str:
    whole, fraction = divmod(value, 10**places)
    digits = str(fraction).rjust(places, "0")
    digits = digits.rstrip("0") if trim else digits
    return f"{whole:,}.{digits}" if digits else f"{whole:,}"


def _sign(value: int) -> str:
    return "-" if value < 0 else "+" if value > 0 else ""


def shares(number: int) -> str:
    """Return shares with at most two decimals, cut and never rounded up; `<0.01` for less than a lot."""
    lots = abs(number) * 100 // SHARE
    if number and not lots:
        return "<0.01" if number > 0 else ">-0.01"
    return ("-" if number < 0 else "") + _grouped(lots, 2, trim=True)


def signed_shares(number: int) -> str:
    """Return shares with their sign: `+140`, `-300`, `0`."""
    lots = abs(number) * 100 // SHARE
    return _sign(number) + _grouped(lots, 2, trim=True) if lots or not number else _sign(number) + "0"


def exact(number: int) -> str:
    """Return shares or money to the last millionth, for numbers that differ by less than a lot or a cent."""
    return ("-" if number < 0 else "") + _grouped(abs(number), 6, trim=True)


def short_shares(number: int, width: int) -> str:
    """Return shares in at most `width` cells, cut: decimals go first, then thousands become k, millions M."""
    text = shares(number)
    if len(text) <= width:
        return text
    text = count(number // SHARE)
    if len(text) <= width:
        return text
    for divisor, unit in ((1_000, "k"), (1_000_000, "M"), (1_000_000_000, "G")):
        whole, tenth = divmod(number * 10 // SHARE // divisor, 10)
        text = f"{whole:,}{unit}"
        if len(text) <= width:
            return finer if tenth and len(finer := f"{whole:,}.{tenth}{unit}") <= width else text
    return text


def money(amount: int) -> str:
    """Return USD with two decimals, rounded to the cent."""
    return ("-" if amount < 0 else "") + _grouped((abs(amount) + CENT // 2) // CENT, 2, trim=False)


def whole_cents(amount: int) -> int:
    """Return a gain that is promised in whole cents, rounded down: it is never shown too large."""
    return amount // CENT * CENT


def signed_money(amount: int) -> str:
    """Return a gain or a loss; the sign is always there, and stays when less than half a cent is shown as zero."""
    return _sign(amount) + _grouped((abs(amount) + CENT // 2) // CENT, 2, trim=False)


def short_gain(amount: int, width: int) -> str:
    """Return a promised gain in at most `width` cells, rounded down: cents go first, then thousands become k."""
    text = signed_money(whole_cents(amount))
    if len(text) <= width:
        return text
    for divisor, unit in ((1, ""), (1_000, "k"), (1_000_000, "M")):
        text = f"{amount // USD // divisor:+,}{unit}"
        if len(text) <= width:
            break
    return text


def price(value: int, tick: int = 100) -> str:
    """Return a price with the decimals of its tick, at least two, more when it lies between ticks."""
    places = 4
    while places > 2 and value % 10 ** (5 - places) == 0 and tick % 10 ** (5 - places) == 0:
        places -= 1
    whole, fraction = divmod(value, PRICE_ONE)
    return f"{whole}.{fraction:04d}"[: 2 + places]


def price_or_nothing(value: int, tick: int = 100) -> str:
    """Return the price, or the mark for none: 0 (no bid) and 1 (no ask) are not prices."""
    return price(value, tick) if 0 < value < PRICE_ONE else NOTHING


def limit_words(side: Side, value: int) -> str:
    """Return `<= 0.11` for a purchase, `>= 0.42` for a sale."""
    return f"{'<=' if side is Side.BUY else '>='} {price(value)}"


def percent(hundredths: int) -> str:
    """Return hundredths of a percent as `12.34 %`."""
    return f"{_grouped(abs(hundredths), 2, trim=True)} %"


def age(ms: int) -> str:
    """Return how long ago, in one unit: `0.2s`, `7s`, `3m`, `2h`, `5d`."""
    ms = max(ms, 0)
    if ms < 2_000:
        return f"{ms // 1000}.{ms % 1000 // 100}s"
    for limit, size, unit in ((120_000, 1000, "s"), (7_200_000, 60_000, "m"), (172_800_000, 3_600_000, "h")):
        if ms < limit:
            return f"{ms // size}{unit}"
    return f"{ms // 86_400_000}d"


def duration(ms: int) -> str:
    """Return `00:12:41`, with days in front once there are any."""
    seconds = max(ms, 0) // 1000
    days, seconds = divmod(seconds, 86_400)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{days}d {text}" if days else text


def days(ms: int) -> str:
    """Return a time in its largest whole unit: `52 days`, `7 hours`, `3 minutes`."""
    for unit, noun in ((86_400_000, "day"), (3_600_000, "hour")):
        if ms >= unit:
            return plural(ms // unit, noun)
    return plural(ms // 60_000, "minute")


def countdown(ms: int) -> str:
    """Return how long is left, `4:12` or `1:04:12`; never below `0:00`."""
    minutes, seconds = divmod(max(ms, 0) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def clock(ms: int) -> str:
    """Return the time of day in UTC, `14:32:07`."""
    return duration(ms % 86_400_000)


def speed(value: float) -> str:
    """Return `x10`, `x0.5`, or `PAUSED`."""
    return f"x{value:g}" if value > 0 else "PAUSED"


def without_web_fonts(svg: str) -> str:
    """Return a picture that loads nothing from the network: fonts of the reader's machine instead."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "Fira Code, DejaVu Sans Mono, Menlo, Consolas, monospace")
