"""Faults that last: each has an end, and counts once, when it first bites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.venues.practice.faults import Faults


@dataclass(slots=True)
class _Episode:
    until_ms: int
    amount: int
    has_bitten: bool = False


class Episodes:
    """What is wrong at the moment, by word and, where it concerns one market, by market."""

    def __init__(self, faults: Faults, now_ms: Callable[[], int]) -> None:
        self._faults = faults
        self._now_ms = now_ms
        self._running: dict[tuple[str, str], _Episode] = {}

    def begin(self, word: str, ms: int, key: str = "", amount: int = 0) -> None:
        """Let a fault last for `ms` from now; one that lasts already is left as it is."""
        if not self.is_running(word, key):
            self._running[word, key] = _Episode(self._now_ms() + ms, amount)

    def is_running(self, word: str, key: str = "") -> bool:
        """Return whether a fault lasts now."""
        episode = self._running.get((word, key))
        return episode is not None and self._now_ms() < episode.until_ms

    def bites(self, word: str, key: str = "") -> bool:
        """Return whether a fault lasts now, and count it the first time."""
        if not self.is_running(word, key):
            return False
        episode = self._running[word, key]
        if not episode.has_bitten:
            episode.has_bitten = True
            self._faults.count(word)
        return True

    def amount(self, word: str, key: str = "") -> int:
        """Return the number a running fault was begun with."""
        return self._running[word, key].amount

    def end_all(self) -> None:
        """End everything that lasts."""
        self._running.clear()
