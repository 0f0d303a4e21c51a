"""Numbers of the wire: text to integers through bounded memories, strictly on the first sight of each text.

`core.units` parses; a price of a level or trade must lie inside (0, 1). A book repeats the same few thousand texts, so
most look-ups are one dictionary read.
"""

from __future__ import annotations

from cockpit.core.units import PRICE_ONE, UnitError, parse_price, parse_shares
from cockpit.venues.polymarket.wire import Unparsed

_MAX_PRICES = 50_000
_MAX_SIZES = 200_000
_MAX_DIGITS = 14

prices: dict[str, int] = {}
"""Text -> price, as written."""
mirrored: dict[str, int] = {}
"""Text -> 1 - price: what a price of the NO leg is in YES terms. Has the same keys as `prices`."""
sizes: dict[str, int] = {}


def make_room() -> None:
    """Forget everything when a memory is full; called between frames, so that one frame's texts stay together."""
    if len(prices) >= _MAX_PRICES:
        prices.clear()
        mirrored.clear()
    if len(sizes) >= _MAX_SIZES:
        sizes.clear()


def price(text: str) -> int:
    """Return a price inside (0, 1) and remember it. Raises: Unparsed."""
    known = prices.get(text)
    if known is not None:
        return known
    try:
        value = parse_price(text)
    except UnitError as error:
        raise Unparsed("price", str(error)) from None
    if not 0 < value < PRICE_ONE:
        raise Unparsed("price", f"{text[:40]!r} is not inside (0, 1)")
    prices[text] = value
    mirrored[text] = PRICE_ONE - value
    return value


def size(text: str) -> int:
    """Return a size, 0 included, and remember it. Raises: Unparsed."""
    known = sizes.get(text)
    if known is not None:
        return known
    try:
        value = parse_shares(text)
    except UnitError as error:
        raise Unparsed("size", str(error)) from None
    sizes[text] = value
    return value


def time_ms(text: str) -> int:
    """Return a time in milliseconds; only digits are taken. Raises: Unparsed."""
    if len(text) <= _MAX_DIGITS and text.isascii() and text.isdigit():
        return int(text)
    raise Unparsed("timestamp", repr(text[:40]))


def best_bid(text: str) -> int | None:
    """Return a reported best bid, 0 for an empty side; None when there is no number."""
    return 0 if text in ("", "0") else _best(text)


def best_ask(text: str) -> int | None:
    """Return a reported best ask, 1 USD for an empty side; None when there is no number."""
    return PRICE_ONE if text in ("", "1") else _best(text)


def _best(text: str) -> int | None:
    known = prices.get(text)
    if known is not None:
        return known
    try:
        return parse_price(text)
    except UnitError:
        return None
