"""Ids and salts, passed in: random in production, repeatable in simulations."""

from __future__ import annotations

import hashlib
import random
import secrets
from dataclasses import replace
from typing import Protocol

from cockpit.core.order import Order
from cockpit.core.slicing.rules import Draw


class Ids(Protocol):
    """Where everything comes from that nobody may guess."""

    def salt(self) -> int:
        """Return a number nobody can guess (53 bits: it must survive a JSON number)."""
        ...

    def seed(self, what: str) -> int:
        """Return what the random sizes and times of a plan are drawn from; `what` names the plan."""
        ...

    def draws(self, seed: str) -> Draw:
        """Return a function that draws numbers from 0 to 1: always the same ones for a seed."""
        ...


def draws_of(seed: str) -> Draw:
    """Return a function that draws numbers from 0 to 1: always the same ones for a seed."""
    return random.Random(seed).random  # noqa: S311 - whoever knows the seed may know the plan


class SystemIds:
    """Salts from the operating system. Plans too, unless a market seed makes them repeatable (practice only)."""

    def __init__(self, plans: int | None = None) -> None:
        self._plans = plans

    def salt(self) -> int:
        """Return 53 random bits."""
        return secrets.randbits(53)

    def seed(self, what: str) -> int:
        """Return 53 random bits, or those of this plan in a market that is to be repeatable."""
        return secrets.randbits(53) if self._plans is None else _bits(f"plan {self._plans} {what}")

    def draws(self, seed: str) -> Draw:
        """Return a function that draws."""
        return draws_of(seed)


class SeededIds:
    """The same salts for the same seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._draw = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def salt(self) -> int:
        """Return the next 53 bits."""
        return self._draw.getrandbits(53)

    def seed(self, what: str) -> int:
        """Return the bits of this plan."""
        return _bits(f"plan {self._seed} {what}")

    def draws(self, seed: str) -> Draw:
        """Return a function that draws."""
        return draws_of(seed)


def _bits(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7]) >> 3


def with_id(order: Order, account: str, salt: int) -> Order:
    """Return the order with the id it will be known by everywhere, computed from all its terms before it is sent."""
    what = (order.market_id, order.leg, order.side, order.price, order.size, order.type, order.post_only)
    terms = (account, salt, order.label, *what, order.expires_at_ms)
    return replace(order, id="0x" + hashlib.sha256(repr(terms).encode()).hexdigest())


def conversion_id(account: str, market_id: str, kind: str, shares: int, salt: int) -> str:
    """Return the id of a merge or redemption, computed from its terms before it is asked for."""
    return "0x" + hashlib.sha256(repr((account, market_id, kind, shares, salt)).encode()).hexdigest()
