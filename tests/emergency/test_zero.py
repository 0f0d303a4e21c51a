"""Bringing an account to zero open orders: what counts as a proof, and what a bad venue does to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from cockpit.core.market import Leg, Side
from cockpit.core.order import Order, OrderType
from cockpit.core.units import SHARE
from cockpit.emergency.zero import Zero, bring_to_zero
from cockpit.venues.base import Balances, Terms, Unanswered


def _order(order_id: str) -> Order:
    return Order(order_id, order_id, "", "m-1", Leg.YES, Side.BUY, 100, 10 * SHARE, OrderType.GTC)


class RestingVenue:
    """Holds resting orders. `script` says what the next requests do first: fail, hang, or let an order arrive."""

    def __init__(self, *ids: str, chunk: int = 100) -> None:
        self.terms = Terms(quarantine_ms=2_000, cancel_chunk=chunk)
        self.resting = {order_id: _order(order_id) for order_id in ids}
        self.script: list[str] = []
        self.chunks: list[list[str]] = []
        self.reads = 0
        self.is_stubborn = False

    async def _arrive(self) -> None:
        word = self.script.pop(0) if self.script else ""
        if word == "fail":
            raise Unanswered("503")
        if word == "hang":
            await asyncio.Event().wait()
        if word.startswith("late"):
            self.resting[word] = _order(word)

    async def open_orders(self) -> Sequence[Order]:
        await self._arrive()
        self.reads += 1
        return list(self.resting.values())

    async def cancel(self, order_ids: Sequence[str]) -> None:
        self.chunks.append(list(order_ids))
        await self._arrive()
        for order_id in order_ids:
            if not self.is_stubborn:
                self.resting.pop(order_id, None)

    async def balances(self) -> Balances:
        raise AssertionError("not needed to end orders")


def _zero(venue: RestingVenue, own: set[str], *, everything: bool = False, wait_s: float = 5, **more: float) -> Zero:
    return asyncio.run(bring_to_zero(venue, own, everything=everything, wait_s=wait_s, **more))  # type: ignore[arg-type]


def test_only_own_orders_are_cancelled_and_two_clean_reads_prove_it() -> None:
    venue = RestingVenue("a", "b", "x")
    zero = _zero(venue, {"a", "b", "gone"})
    assert zero.is_proven
    assert list(zero.seen) == ["a", "b"]
    assert list(venue.resting) == ["x"]
    assert venue.reads == 3


def test_everything_includes_orders_of_others() -> None:
    zero = _zero(RestingVenue("a", "x"), set(), everything=True)
    assert zero.is_proven
    assert list(zero.seen) == ["a", "x"]
    assert zero.left == {}


def test_cancels_go_out_in_chunks_and_one_that_fails_does_not_hold_up_the_next() -> None:
    venue = RestingVenue("a", "b", "c", "d", "e", chunk=2)
    venue.script = ["", "fail"]
    zero = _zero(venue, set("abcde"))
    assert zero.is_proven
    assert venue.chunks == [["a", "b"], ["c", "d"], ["e"], ["a", "b"]]


def test_a_read_without_an_answer_starts_the_proof_over() -> None:
    venue = RestingVenue()
    venue.script = ["", "fail", "", ""]
    assert _zero(venue, set()).is_proven
    assert venue.reads == 3


def test_an_order_that_arrives_late_is_cancelled_before_anything_is_proven() -> None:
    venue = RestingVenue()
    venue.script = ["", "", "late-1"]
    zero = _zero(venue, {"late-1"}, quiet_s=0.5)
    assert zero.is_proven
    assert list(zero.seen) == ["late-1"]


@pytest.mark.parametrize("script", [["hang"], ["fail"] * 50, ["", "hang"]])
def test_a_venue_that_does_not_answer_proves_nothing_and_takes_no_longer_than_was_given(script: list[str]) -> None:
    venue = RestingVenue("a")
    venue.is_stubborn, venue.script = True, script
    began = time.monotonic()
    zero = _zero(venue, {"a"}, wait_s=0.5)
    assert not zero.is_proven
    assert zero.trouble
    assert time.monotonic() - began < 2


def test_an_order_that_does_not_go_away_is_named_as_still_open() -> None:
    venue = RestingVenue("a")
    venue.is_stubborn = True
    zero = _zero(venue, {"a"}, wait_s=0.5)
    assert not zero.is_proven
    assert list(zero.left) == ["a"]
