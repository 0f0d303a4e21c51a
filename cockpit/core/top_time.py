"""How long a pegged order led the book."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class TopTime:
    """Milliseconds watched, and of those the ones at the top."""

    watched_ms: int = 0
    top_ms: int = 0
    seen_ms: int | None = None
    is_top: bool = False

    def look(self, at_ms: int, *, is_top: bool) -> None:
        """Count the time since the last look by what was seen then."""
        if self.seen_ms is not None and at_ms > self.seen_ms:
            passed = at_ms - self.seen_ms
            self.watched_ms += passed
            self.top_ms += passed if self.is_top else 0
        self.seen_ms, self.is_top = at_ms, is_top
