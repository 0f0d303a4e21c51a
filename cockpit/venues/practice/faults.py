"""The switches of the fault drill: which faults are on, how often they strike, and how often they did.

Each word draws from its own stream, so that switching one on does not shift another. Nothing here does anything: the
parts of the faulty venue ask `strikes` and tell `count` when a fault really took effect.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cockpit.core.errors import UsageError
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.fault_words import BY_NAME, WORDS, Kind, Word

ALL = "all"
"""In a list of faults: every word at its usual rate."""
_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000}
_LONGEST_MS = 7 * 24 * 3_600_000

__all__ = ["ALL", "BY_NAME", "WORDS", "Faults", "Kind", "Rate", "Word", "parse_faults", "usual"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a fault strikes: with a chance per occasion, or by itself with a mean interval in milliseconds."""

    chance: float = 0.0
    every_ms: int = 0


class Faults:
    """All switches of one run."""

    def __init__(self, seed: int, rates: Mapping[str, Rate]) -> None:
        """Raises: UsageError for a word that does not exist."""
        for name in rates:
            _known(name)
        self.rates = {word.name: rates[word.name] for word in WORDS if word.name in rates}
        self.fired = {word.name: 0 for word in WORDS}
        """How often each fault took effect."""
        self.is_quiet = False
        self.when_off: list[Callable[[], None]] = []
        """Told when everything becomes quiet."""
        self._draws = {word.name: seeded(seed, "fault", word.name) for word in WORDS}

    def is_on(self, name: str) -> bool:
        """Return whether a fault may strike now."""
        return not self.is_quiet and name in self.rates

    def strikes(self, name: str) -> bool:
        """Draw whether a fault strikes on this occasion."""
        rate = self.rates.get(name)
        return rate is not None and not self.is_quiet and self._draws[name].random() < rate.chance

    def first(self, *names: str) -> str:
        """Return the first of these faults that strikes on this occasion, empty for none."""
        return next((name for name in names if self.strikes(name)), "")

    def pause_ms(self, name: str) -> int:
        """Draw how long it takes until a fault that happens by itself does so next."""
        return max(1, round(self._draws[name].expovariate(1 / self.rates[name].every_ms)))

    def draw(self, name: str) -> random.Random:
        """Return the stream that a fault draws its details from."""
        return self._draws[name]

    def count(self, name: str) -> None:
        """Note that a fault took effect."""
        self.fired[name] += 1

    def off(self) -> None:
        """End all faults for good: the phase in which everything must heal."""
        if not self.is_quiet:
            self.is_quiet = True
            for tell in self.when_off:
                tell()


def usual(names: Iterable[str] = ()) -> dict[str, Rate]:
    """Return the usual rates of these words, of all without any. Raises: UsageError."""
    chosen = [_known(name) for name in names] or list(WORDS)
    return {word.name: _rate(word, word.usual) for word in chosen}


def parse_faults(text: str) -> dict[str, Rate]:
    """Return the rates of a text such as `post.lost=0.05,ws.close=10m`; `all` or a word alone is at its usual rate.

    Raises: UsageError naming the word, the value and what is allowed.
    """
    found: dict[str, Rate] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if name == ALL and not equals:
            found |= usual()
            continue
        word = _known(name)
        found[name] = _rate(word, value if equals else word.usual)
    return found


def _known(name: str) -> Word:
    if name not in BY_NAME:
        family = [word.name for word in WORDS if word.name.split(".")[0] == name.split(".")[0]]
        allowed = ", ".join(family or [word.name for word in WORDS])
        raise UsageError(f"there is no fault {name!r}; it can be one of {allowed}, or {ALL}")
    return BY_NAME[name]


def _rate(word: Word, value: str) -> Rate:
    if word.kind is Kind.CHANCE:
        if not re.fullmatch(r"[01]|[01]?\.\d{1,6}", value, re.ASCII) or float(value) > 1:
            raise UsageError(f"fault {word.name}={value}: it takes a chance from 0 to 1, such as {word.usual}")
        return Rate(chance=float(value))
    match = re.fullmatch(r"(\d{1,6})([smh])", value, re.ASCII)
    every_ms = int(match[1]) * _MS[match[2]] if match else 0
    if not 0 < every_ms <= _LONGEST_MS:
        raise UsageError(
            f"fault {word.name}={value}: it takes a mean time between two, from 1s to 168h, such as {word.usual}"
        )
    return Rate(every_ms=every_ms)
