"""The venue's own count of requests: a bucket that must never run dry."""

from __future__ import annotations

from cockpit.venues.base import Budget


class Meter:
    """Counts what passes against a venue's budget, in thousandths of a request."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._level = budget.burst * 1000
        self._at_ms = 0

    def pass_one(self, now_ms: int) -> bool:
        """Let one request pass; return whether the budget allows it."""
        return self.pass_some(1, now_ms)

    def pass_some(self, count: int, now_ms: int) -> bool:
        """Let some requests pass; return whether the budget allows them."""
        passed = max(0, now_ms - self._at_ms) * self._budget.rate
        self._level = min(self._budget.burst * 1000, self._level + passed) - count * 1000
        self._at_ms = max(now_ms, self._at_ms)
        return self._level >= 0
