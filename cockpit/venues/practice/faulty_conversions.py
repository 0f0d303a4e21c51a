"""Merges and redemptions on their way to the relayer, and what can go wrong with them there and back."""

from __future__ import annotations

from cockpit.core.conversion import Conversion
from cockpit.venues.base import Accepted, Rejected, Unanswered
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.faulty_orders import TIMEOUT_MS
from cockpit.venues.practice.gate import Gate
from cockpit.venues.practice.relayer import Course
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.venue import PracticeVenue

_USUAL_MS = (1_500, 6_000)
_SLOW_MS = (20_000, 180_000)
_ASKS = ("h2.goaway", "relay.lost", "relay.live_noack")
_WORDS = ("relay.fail", "relay.slow")


class FaultyConversions:
    """Asks for conversions."""

    def __init__(self, venue: PracticeVenue, faults: Faults, rig: Rig, gate: Gate) -> None:
        self._venue, self._faults, self._rig, self._gate = venue, faults, rig, gate
        venue.exchange.relayer.plan = self._plan

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        """Ask for a conversion. Raises: Unanswered."""
        word = self._faults.first(*_ASKS)
        if word:
            self._faults.count(word)
        if word == "relay.lost":
            await self._rig.pause(TIMEOUT_MS)
            raise Unanswered(f"no answer within {TIMEOUT_MS // 1000} s")
        if word == "h2.goaway" and self._faults.draw(word).random() < 0.5:
            raise Unanswered("GOAWAY: the server closed")
        answer = await self._venue.act(lambda now_ms: self._meet(conversion, now_ms))
        if word:
            await self._rig.pause(TIMEOUT_MS)
            raise Unanswered("GOAWAY" if word == "h2.goaway" else f"no answer within {TIMEOUT_MS // 1000} s")
        return answer

    def _meet(self, conversion: Conversion, now_ms: int) -> Accepted | Rejected:
        self._gate.check_private()
        return self._venue.exchange.convert(conversion, now_ms)

    def _plan(self, conversion: Conversion) -> Course | None:
        """Choose how a conversion goes."""
        word = self._faults.first(*_WORDS)
        if not word:
            return None
        self._faults.count(word)
        draw = self._faults.draw(word)
        if word == "relay.fail":
            return Course(draw.randint(*_USUAL_MS), fails=True)
        return Course(draw.randint(*_SLOW_MS))
