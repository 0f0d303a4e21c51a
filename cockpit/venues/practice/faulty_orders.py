"""Orders and cancels on their way to the exchange, and answers on their way back, with what can go wrong on both.

`Rejected` is definitive: nothing of the order rests, was matched, or is still on its way. The one exception is a
refusal as duplicate, which says just that the id is known. Everything else that is not `Accepted` raises Unanswered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from cockpit.core.order import Order
from cockpit.venues import rules
from cockpit.venues.base import Accepted, Rejected, Unanswered
from cockpit.venues.practice.faults import Faults
from cockpit.venues.practice.gate import Gate
from cockpit.venues.practice.rig import Rig
from cockpit.venues.practice.strike import strikable, strike
from cockpit.venues.practice.venue import PracticeVenue

TIMEOUT_MS = 8_000
"""A request without an answer is given up after this long."""
LATE_MS = (5_000, 60_000)
"""A late order arrives this long after that."""
_SOON_MS = (50, 1_500)
_HELD_MS = (1_000, 8_000)
_SLOW_MS = (1_000, 6_000)
WAIT_MS = (2_000, 7_000)
"""How long the edge lets a request wait before it goes on."""
_ROUND_TRIP_MS = 60
_POSTS = (
    "h2.goaway",
    "post.lost",
    "post.live_noack",
    "post.late",
    "post.answer_500",
    "post.answer_429",
    "post.duplicated",
    "post.surprising",
    "post.reset",
    "post.delayed",
    "post.slow",
)
_CANCELS = ("h2.goaway", "cancel.lost", "cancel.done_noack", "cancel.fill_race", "cancel.answer_500", "cancel.slow")
_STRANGE = ("unmatched", "", "LIVE", "pending_new")


class FaultyOrders:
    """Places and cancels."""

    def __init__(self, venue: PracticeVenue, faults: Faults, rig: Rig, gate: Gate) -> None:
        self.sent_ms: dict[str, int] = {}
        """When each order was sent first."""
        self._venue = venue
        self._faults = faults
        self._rig = rig
        self._gate = gate
        self._under_way: dict[str, list[Order]] = {}
        """Order id -> each request with it that was sent and has not arrived."""

    # ---- orders ----

    def under_way(self) -> list[Order]:
        """Return the orders that were sent and will still arrive, oldest first."""
        return [orders[0] for orders in self._under_way.values()]

    async def place(self, order: Order) -> Accepted | Rejected:
        """Send one order. Raises: Unanswered."""
        self.sent_ms.setdefault(order.id, self._rig.now_ms())
        word = self._faults.first(*_POSTS)
        match word:
            case "post.lost":
                self._faults.count(word)
                await self._give_up()
            case "post.answer_429":
                self._faults.count(word)
                await self._fail("429 Too Many Requests")
            case "post.late":
                self._arrive_later(order, word, TIMEOUT_MS + self._faults.draw(word).randint(*LATE_MS))
                await self._give_up()
            case "post.reset" | "h2.goaway":
                self._faults.count(word)
                if self._faults.draw(word).random() < 0.5:
                    self._arrive_later(order, "", self._faults.draw(word).randint(*_SOON_MS))
                raise Unanswered("connection reset" if word == "post.reset" else "GOAWAY: the server closed")
            case "post.answer_500":
                self._faults.count(word)
                if self._faults.draw(word).random() < 0.5:
                    await self._take_in(order)
                await self._fail("500 order timed out")
        answer = await self._take_in(order, may_wait=word == "post.delayed")
        if word and word != "post.delayed" and isinstance(answer, Accepted):
            self._faults.count(word)
            return await self._spoil(order, answer, word)
        return answer

    async def _spoil(self, order: Order, answer: Accepted, word: str) -> Accepted | Rejected:
        """Return another answer than the exchange gave to an order it took in, or none."""
        draw = self._faults.draw(word)
        match word:
            case "post.live_noack":
                await self._give_up()
            case "post.surprising":
                raise Unanswered(f"200 with a status nobody knows: {draw.choice(_STRANGE)!r}")
            case "post.duplicated":
                return rules.duplicate(order)
            case _:
                await self._rig.pause(draw.randint(*_SLOW_MS))
        return answer

    def _arrive_later(self, order: Order, word: str, ms: int) -> None:
        """Let an order arrive when nobody waits for the answer any more."""
        self._under_way.setdefault(order.id, []).append(order)
        self._rig.start(self._arrive(order, word, ms))

    async def _arrive(self, order: Order, word: str, ms: int) -> None:
        await self._rig.pause(ms)
        self._landed(order)
        try:
            answer = await self._take_in(order)
        except Unanswered:
            return
        if word and isinstance(answer, Accepted):
            self._faults.count(word)

    async def _take_in(self, order: Order, *, may_wait: bool = False) -> Accepted | Rejected:
        """Let an order arrive at the exchange."""
        self._under_way.setdefault(order.id, []).append(order)
        try:
            return await self._venue.act(lambda now_ms: self._meet(order, now_ms, may_wait=may_wait))
        finally:
            self._landed(order)

    def _meet(self, order: Order, now_ms: int, *, may_wait: bool) -> Accepted | Rejected:
        """Answer an order that has arrived; a refusal that would not be definitive is none."""
        self._gate.check_trading()
        exchange, sent_ms = self._venue.exchange, self.sent_ms[order.id]
        answer: Accepted | Rejected | None = self._gate.refuse(order)
        if answer is None and may_wait and exchange.is_marketable(order) and not order.post_only:
            answer = exchange.hold(order, now_ms, sent_ms)
            if isinstance(answer, Accepted):
                self._faults.count("post.delayed")
                self._rig.later(self._faults.draw("post.delayed").randint(*_HELD_MS), lambda: self._free(order.id))
        if answer is None:
            answer = exchange.place(order, now_ms, sent_ms)
        is_known = order.id in exchange.account.orders or len(self._under_way.get(order.id, ())) > 1
        if isinstance(answer, Rejected) and answer.code != "duplicated" and is_known:
            raise Unanswered(f"400 {answer.text}, but the same order was sent before")
        return answer

    def _free(self, order_id: str) -> None:
        self._venue.exchange.free(order_id, self._rig.now_ms())
        self._venue.release()

    def _landed(self, order: Order) -> None:
        self._under_way[order.id].remove(order)
        if not self._under_way[order.id]:
            del self._under_way[order.id]

    # ---- cancels ----

    async def cancel(self, order_ids: Sequence[str]) -> None:
        """Ask for cancels. Raises: Unanswered."""
        ids, word = list(order_ids), self._faults.first(*_CANCELS)
        draw = self._faults.draw(word) if word else None
        is_lost = draw is not None and draw.random() < 0.5
        if word == "cancel.lost":
            self._faults.count(word)
            await self._give_up()
        if word == "cancel.slow":
            await self._rig.pause(self._faults.draw(word).randint(*WAIT_MS))
        if not (is_lost and word in ("cancel.answer_500", "h2.goaway")):
            await self._venue.act(lambda now_ms: self._cancel(ids, word, now_ms))
        if word in ("", "cancel.fill_race"):
            return
        self._faults.count(word)
        if word == "cancel.slow":
            return
        if word == "cancel.done_noack":
            await self._give_up()
        await self._fail("500 could not run the execution" if word == "cancel.answer_500" else "GOAWAY")

    def _cancel(self, ids: list[str], word: str, now_ms: int) -> None:
        self._gate.check_trading()
        exchange = self._venue.exchange
        if word == "cancel.fill_race":
            meant = [order for order in strikable(exchange) if order.id in ids]
            if meant:
                self._faults.count(word)
                strike(exchange, self._faults.draw(word).choice(meant), self._faults.draw(word), now_ms)
        exchange.cancel(ids, now_ms)

    # ---- no answers ----

    async def _give_up(self) -> NoReturn:
        await self._rig.pause(TIMEOUT_MS)
        raise Unanswered(f"no answer within {TIMEOUT_MS // 1000} s")

    async def _fail(self, text: str) -> NoReturn:
        await self._rig.pause(_ROUND_TRIP_MS)
        raise Unanswered(text)
