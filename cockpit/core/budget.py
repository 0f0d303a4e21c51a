"""A token bucket: how many requests may still go, so that the venue's own limit is never met."""

from __future__ import annotations

MILLI = 1_000


class TokenBucket:
    """Holds up to `burst` tokens and gains `rate` a second. Time is passed in; tokens are counted in thousandths."""

    def __init__(self, rate: int, burst: int) -> None:
        self._rate, self._most = rate, burst * MILLI
        self._level = self._most
        self._at_ms = 0

    @classmethod
    def part_of(cls, rate: int, burst: int, percent: int) -> TokenBucket:
        """Return a bucket for a part of what a venue lets through; at least one a second."""
        return cls(max(1, rate * percent // 100), max(1, burst * percent // 100))

    @property
    def burst(self) -> int:
        """The most that can be taken at once."""
        return self._most // MILLI

    def has(self, count: int, now_ms: int) -> bool:
        """Return whether `count` tokens are there."""
        self._refill(now_ms)
        return self._level >= count * MILLI

    def take(self, count: int, now_ms: int) -> bool:
        """Take `count` tokens and return True, or take none and return False."""
        if not self.has(count, now_ms):
            return False
        self._level -= count * MILLI
        return True

    def take_up_to(self, count: int, now_ms: int) -> int:
        """Take as many tokens as are there, at most `count`, and return how many."""
        self._refill(now_ms)
        taken = min(count, self._level // MILLI)
        self._level -= taken * MILLI
        return taken

    def wait_ms(self, count: int, now_ms: int) -> int:
        """Return how long until `count` tokens are there."""
        self._refill(now_ms)
        missing = count * MILLI - self._level
        return -(-missing // self._rate) if missing > 0 else 0

    def _refill(self, now_ms: int) -> None:
        passed = max(0, now_ms - self._at_ms)
        self._level = min(self._most, self._level + passed * self._rate)
        self._at_ms = max(self._at_ms, now_ms)
