"""How a practice market resolves once it has reached its end: an outcome is proposed, sometimes disputed, then decided.

The venue takes minutes to days for it; here it is seconds. The outcome is the one the market's last price said, also
after a dispute.
"""

from __future__ import annotations

import heapq

from cockpit.core.market import Stage
from cockpit.venues.account import NEVER_MS
from cockpit.venues.practice.draws import seeded
from cockpit.venues.practice.exchange import Exchange

PROPOSED_MS = (1_000, 3_000)
DECIDED_MS = (2_000, 6_000)
DISPUTED_MS = (1_000, 3_000)
SETTLED_MS = (20_000, 60_000)
DISPUTES = 0.02
"""Chance that a proposal is disputed."""


class Resolution:
    """All markets on their way from their end to their resolution."""

    def __init__(self, exchange: Exchange, seed: int) -> None:
        self._exchange, self._seed = exchange, seed
        self._due: list[tuple[int, str, Stage]] = []
        self.outcomes: dict[str, int] = {}
        """Market id -> what a YES share will pay, of those that have not resolved."""

    @property
    def next_ms(self) -> int:
        """When the next step is due."""
        return self._due[0][0] if self._due else NEVER_MS

    def begin(self, market_id: str, slug: str, payout_yes: int, now_ms: int) -> None:
        """End trading in a market, and plan its steps."""
        draw = seeded(self._seed, "resolution", slug)
        self.outcomes[market_id] = payout_yes
        at_ms = now_ms + draw.randint(*PROPOSED_MS)
        self._push(at_ms, market_id, Stage.PROPOSED)
        decided_ms = at_ms + draw.randint(*DECIDED_MS)
        if draw.random() < DISPUTES:
            at_ms += draw.randint(*DISPUTED_MS)
            self._push(at_ms, market_id, Stage.DISPUTED)
            decided_ms = at_ms + draw.randint(*SETTLED_MS)
        self._push(decided_ms, market_id, Stage.RESOLVED)
        self._exchange.move(market_id, Stage.ENDED, now_ms)

    def step(self, now_ms: int) -> None:
        """Take the one step that has been due the longest."""
        _, market_id, stage = heapq.heappop(self._due)
        if market_id not in self.outcomes:
            return
        if stage is Stage.RESOLVED:
            self._exchange.resolve(market_id, self.outcomes.pop(market_id), now_ms)
        else:
            self._exchange.move(market_id, stage, now_ms)

    def _push(self, at_ms: int, market_id: str, stage: Stage) -> None:
        heapq.heappush(self._due, (at_ms, market_id, stage))
