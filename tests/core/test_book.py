"""The book against the plainest one there is: two sorted dictionaries, one for each leg."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cockpit.core.book import Book, Change
from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE, parse_price, parse_shares, price_text, shares_text
from tests.core.builders import NOW, book

cents = st.integers(1, 99).map(lambda c: c * 100) | st.integers(4_890, 4_910) | st.sampled_from([1, 9_999])
level_lists = st.lists(st.tuples(cents, st.integers(0, 10**9)), max_size=12, unique_by=lambda level: level[0])
changes = st.lists(st.tuples(st.integers(0, 1), cents, st.integers(0, 3)), max_size=8)


class BookModel(RuleBasedStateMachine):
    """Random snapshots and changes, crossed ones too."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book("m")
        self.sides: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self.is_synced = False

    @rule(bids=level_lists, asks=level_lists)
    def snapshot(self, bids: list[tuple[int, int]], asks: list[tuple[int, int]]) -> None:
        self.book.snapshot(bids, asks, NOW, NOW)
        self.sides = ({p: s for p, s in bids if s}, {p: s for p, s in asks if s})
        self.is_synced = True

    @rule(changed=changes)
    def change(self, changed: list[Change]) -> None:
        version = self.book.version
        self.book.change(changed, NOW, NOW)
        for side, price, size in changed:
            self.sides[side][price] = size
        for side_levels in self.sides:
            for price in [p for p, s in side_levels.items() if not s]:
                del side_levels[price]
        assert self.book.version > version

    @precondition(lambda self: self.is_synced)
    @rule()
    def lose(self) -> None:
        self.book.lose()
        self.is_synced = False

    @invariant()
    def shows_the_same_levels_for_both_legs(self) -> None:
        bids, asks = self.sides
        down, up = sorted(bids.items(), reverse=True), sorted(asks.items())
        assert self.book.levels(Leg.YES, Side.BUY) == tuple(down)
        assert self.book.levels(Leg.YES, Side.SELL) == tuple(up)
        assert self.book.levels(Leg.NO, Side.BUY) == tuple((PRICE_ONE - p, s) for p, s in up)
        assert self.book.levels(Leg.NO, Side.SELL) == tuple((PRICE_ONE - p, s) for p, s in down)
        for depth in (0, 1, 3):
            assert self.book.levels(Leg.NO, Side.BUY, depth) == self.book.levels(Leg.NO, Side.BUY)[:depth]

    @invariant()
    def knows_its_best_prices(self) -> None:
        bids, asks = self.sides
        bid, ask = max(bids, default=0), min(asks, default=PRICE_ONE)
        assert (self.book.bid(Leg.YES), self.book.ask(Leg.YES)) == (bid, ask)
        assert (self.book.bid(Leg.NO), self.book.ask(Leg.NO)) == (PRICE_ONE - ask, PRICE_ONE - bid)
        assert self.book.is_two_sided == (bool(bids) and bool(asks))
        assert self.book.is_crossed == (bool(bids) and bool(asks) and bid >= ask)
        assert self.book.synced == self.is_synced


TestBookModel = BookModel.TestCase


@given(level_lists, level_lists, changes)
def test_applying_changes_again_changes_nothing(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], changed: list[Change]
) -> None:
    last: dict[tuple[int, int], Change] = {(side, price): (side, price, size) for side, price, size in changed}
    once, twice = book(bids, asks), book(bids, asks)
    once.change(last.values(), NOW, NOW)
    for _ in range(2):
        twice.change(last.values(), NOW, NOW)
    assert (once.bids, once.asks, once.best_bid, once.best_ask) == (
        twice.bids,
        twice.asks,
        twice.best_bid,
        twice.best_ask,
    )


@given(level_lists, level_lists, st.randoms(use_true_random=False))
def test_the_order_of_levels_in_a_snapshot_does_not_matter(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], random: Random
) -> None:
    straight = book(bids, asks)
    random.shuffle(bids)
    random.shuffle(asks)
    turned = book(bids, asks)
    for leg in Leg:
        for side in Side:
            assert straight.levels(leg, side) == turned.levels(leg, side)


@given(level_lists, level_lists)
def test_a_snapshot_sent_as_changes_gives_the_same_book(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]]
) -> None:
    whole, built = book(bids, asks), book()
    built.change([(0, p, s) for p, s in bids] + [(1, p, s) for p, s in asks], NOW, NOW)
    assert (whole.bids, whole.asks, whole.best_bid, whole.best_ask) == (
        built.bids,
        built.asks,
        built.best_bid,
        built.best_ask,
    )


def test_a_book_is_unusable_before_the_first_snapshot_and_after_a_loss() -> None:
    fresh = Book("m")
    assert not fresh.synced
    fresh.change([(0, 4_800, 1)], NOW, NOW)
    assert not fresh.synced
    fresh.snapshot((), (), NOW, NOW)
    assert fresh.synced
    fresh.lose()
    assert not fresh.synced


@pytest.mark.parametrize(("ask", "crossed"), [(4_700, True), (4_800, True), (4_900, False)])
def test_a_bid_at_or_above_an_ask_is_crossed(ask: int, crossed: bool) -> None:
    assert book([(4_800, 1)], [(ask, 1)]).is_crossed == crossed


def test_the_age_counts_from_the_last_arrival_and_is_never_negative() -> None:
    arrived = book([(4_800, 1)])
    assert arrived.age_ms(NOW + 700) == 700
    assert arrived.age_ms(NOW - 5) == 0
    arrived.traded(Leg.NO, 5_200, NOW + 500)
    assert arrived.age_ms(NOW + 700) == 200
    assert arrived.last_trade == [None, 5_200]


def test_the_hash_of_the_venue_is_reproduced_on_every_recorded_frame() -> None:
    recording = Path(__file__).parent.parent / "venues" / "data" / "preopen.jsonl.gz"
    with gzip.open(recording, "rt") as lines:
        frames = [json.loads(line)["frame"] for line in lines]
    opening = frames[0][0]
    token = opening["asset_id"]
    own = Book(opening["market"], tick=100)
    own.snapshot(_levels(opening["bids"]), _levels(opening["asks"]), NOW, NOW)
    assert own.hash(Leg.YES, token, opening["timestamp"]) == opening["hash"]
    checked = 0
    for frame in frames[1:]:
        legs = frame["price_changes"]
        mine = [
            (int(c["side"] == "SELL"), parse_price(c["price"]), parse_shares(c["size"]))
            for c in legs
            if c["asset_id"] == token
        ]
        own.change(mine, NOW, NOW)
        for change in legs:
            leg = Leg.YES if change["asset_id"] == token else Leg.NO
            assert own.hash(leg, change["asset_id"], frame["timestamp"]) == change["hash"]
            assert own.bid(leg) == parse_price(change["best_bid"])
            assert own.ask(leg) == parse_price(change["best_ask"])
            checked += 1
    assert checked == 2 * 67


def _levels(rows: list[dict[str, str]]) -> list[tuple[int, int]]:
    return [(parse_price(row["price"]), parse_shares(row["size"])) for row in rows]


@given(level_lists, level_lists, st.sampled_from(Leg), st.none() | cents, st.text(max_size=5))
def test_the_hash_is_that_of_the_record_as_json(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], leg: Leg, last: int | None, token: str
) -> None:
    own = book(bids, asks)
    if last is not None:
        own.traded(leg, last, NOW)
    rows = [
        [{"price": price_text(price), "size": shares_text(size)} for price, size in reversed(own.levels(leg, side))]
        for side in Side
    ]
    record = {
        "market": "m",
        "asset_id": token,
        "timestamp": "1",
        "hash": "",
        "bids": rows[0],
        "asks": rows[1],
        "min_order_size": "5",
        "tick_size": "0.01",
        "neg_risk": False,
        "last_trade_price": "" if last is None else price_text(last),
    }
    text = json.dumps(record, separators=(",", ":"))
    assert own.hash(leg, token, "1") == hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def test_the_hash_depends_on_leg_last_trade_and_levels() -> None:
    one = book([(4_800, 10)], [(5_000, 20)])
    seen = {one.hash(Leg.YES, "t", "1"), one.hash(Leg.NO, "t", "1"), one.hash(Leg.YES, "t", "1", last_trade="0.5")}
    one.traded(Leg.YES, 4_900, NOW)
    seen.add(one.hash(Leg.YES, "t", "1"))
    one.change([(0, 4_800, 11)], NOW, NOW)
    seen.add(one.hash(Leg.YES, "t", "1"))
    assert len(seen) == 5
