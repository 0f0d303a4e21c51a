"""Gates: what a decision has to pass, each as a comparison of two numbers, put into words only when somebody asks.

A rule yields a row for each of its gates, in the order in which it asks them: the decision is that of the first one
that is closed, and an explanation is all of them. So a rule is written once, and the hot path makes no texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from cockpit.core.units import duration_text, money_text, price_text, shares_text

Words = Callable[[int, int], str]
"""Numbers to words: what there is, and what is needed or allowed."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One comparison that a rule makes. Compared by identity; its name is what journals keep."""

    name: str
    shows: Words
    """The two numbers."""
    opens: Words
    """What would have to be the case for it to open."""
    has_room: bool = False
    """Its numbers say how far it is from closing: the one with the least room is what would change a yes."""


Row = tuple[Kind, bool, int, int]
"""A gate as a rule yields it: what is compared, whether it is open, what there is, what is needed or allowed."""


class Measured(NamedTuple):
    """A gate as it is kept: the name of its kind, and the same numbers."""

    name: str
    is_open: bool
    have: int
    need: int


class Input(NamedTuple):
    """Something that a decision was made from, in words, and how old it was then; None for what has no age."""

    name: str
    value: str
    age_ms: int | None = None


def kept(row: Row) -> Measured:
    """Return a row as it is kept."""
    kind, is_open, have, need = row
    return Measured(kind.name, is_open, int(have), int(need))  # a flag is 0 or 1


def flag(name: str, good: str, bad: str, opens: str) -> Kind:
    """Return a gate without numbers: the words when it is open and when it is closed, and what would open it."""
    return Kind(name, lambda have, need: good if have <= need else bad, lambda _have, _need: opens)


def seconds_text(ms: int) -> str:
    """Return milliseconds as `1.5 s`, from a minute on as `1m30s`."""
    return duration_text(ms) if abs(ms) >= 60_000 else f"{ms / 1000:.1f} s"


def shares(value: int) -> str:
    """Return shares with their unit."""
    return f"{shares_text(value)} shares"


def money(value: int) -> str:
    """Return money with its unit."""
    return f"{money_text(value)} USD"


def price(value: int) -> str:
    """Return a price, also one below 0."""
    return f"{'-' if value < 0 else ''}{price_text(abs(value))}"


def at_least(name: str, unit: Callable[[int], str], what: str) -> Kind:
    """Return a gate that is open while there is at least what is needed."""
    return Kind(
        name,
        lambda have, need: f"{unit(have)}, needs {unit(need)}",
        lambda have, need: f"{what} of {unit(need)} or more (is {unit(have)})",
        has_room=True,
    )
