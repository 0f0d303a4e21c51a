"""Ids and salts, passed in: random in production, repeatable in simulations."""

from __future__ import annotations

import hashlib
import random
import secrets
from dataclasses import replace
from typing import Protocol

from cockpit.core.order import Order


class Ids(Protocol):
    """Where an order's salt comes from."""

    def salt(self) -> int:
        """Return a number nobody can guess (53 bits: it must survive a JSON number)."""
        ...


class SystemIds:
    """Salts from the operating system."""

    def salt(self) -> int:
        """Return 53 random bits."""
        return secrets.randbits(53)


class SeededIds:
    """The same salts for the same seed."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def salt(self) -> int:
        """Return the next 53 bits."""
        return self._draw.getrandbits(53)


def with_id(order: Order, account: str, salt: int) -> Order:
    """Return the order with the id it will be known by everywhere, computed from all its terms before it is sent."""
    what = (order.market_id, order.leg, order.side, order.price, order.size, order.type, order.post_only)
    terms = (account, salt, order.label, *what, order.expires_at_ms)
    return replace(order, id="0x" + hashlib.sha256(repr(terms).encode()).hexdigest())
