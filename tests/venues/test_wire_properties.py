"""Properties of the decoder and the one mirrored book, over streams nobody wrote by hand."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.core.market import Leg, Side
from cockpit.core.units import PRICE_ONE
from cockpit.venues.polymarket.decoder import Decoder
from cockpit.venues.recording import lines
from cockpit.venues.samples import sample_path
from tests.venues.wire_frames import MARKET, NO, YES, Feed, book, change, entry, events, raw

PRICES = st.integers(1, 99).map(lambda cents: cents * 100)
SIZES = st.integers(0, 5_000).map(lambda lots: lots * 10_000)
SIDES = st.sampled_from(["BUY", "SELL"])
CHANGES = st.tuples(SIDES, PRICES, SIZES)
LEVELS = st.dictionaries(PRICES, SIZES.filter(bool), max_size=12)


def mirrored(levels: dict[int, int]) -> dict[int, int]:
    return {PRICE_ONE - price: size for price, size in levels.items()}


@given(LEVELS, LEVELS, st.lists(st.tuples(CHANGES, st.sampled_from(["both", "yes", "no", "swapped"])), max_size=40))
def test_one_mirrored_book_equals_two_books_per_leg(
    bids: dict[int, int], asks: dict[int, int], stream: list[tuple[tuple[str, int, int], str]]
) -> None:
    feed = Feed()
    feed.take([book(bids, asks), book(mirrored(asks), mirrored(bids), NO)])
    legs = {Leg.YES: (dict(bids), dict(asks)), Leg.NO: (mirrored(asks), mirrored(bids))}
    for (side, price, size), how in stream:
        other = "SELL" if side == "BUY" else "BUY"
        pair = [entry(YES, side, price, size), entry(NO, other, PRICE_ONE - price, size)]
        feed.take(change(*{"both": pair, "yes": pair[:1], "no": pair[1:], "swapped": pair[::-1]}[how]))
        for leg, own, at in ((Leg.YES, side, price), (Leg.NO, other, PRICE_ONE - price)):
            levels = legs[leg][0 if own == "BUY" else 1]
            levels[at] = size
            if not size:
                del levels[at]
        for leg, (own_bids, own_asks) in legs.items():
            assert dict(feed.book.levels(leg, Side.BUY)) == own_bids
            assert dict(feed.book.levels(leg, Side.SELL)) == own_asks
            assert feed.book.bid(leg) == max(own_bids, default=0)
            assert feed.book.ask(leg) == min(own_asks, default=PRICE_ONE)


@given(LEVELS, LEVELS, st.randoms(use_true_random=False))
def test_shuffled_snapshots_give_the_same_book(bids: dict[int, int], asks: dict[int, int], draw: random.Random) -> None:
    one, other = Feed(), Feed()
    one.take(book(bids, asks))
    frame = book(bids, asks)
    draw.shuffle(frame["bids"])
    draw.shuffle(frame["asks"])
    other.take(frame)
    assert one.levels() == other.levels()
    assert (one.book.best_bid, one.book.best_ask) == (other.book.best_bid, other.book.best_ask)
    assert one.book.hash(Leg.NO, NO, "1") == other.book.hash(Leg.NO, NO, "1")


@given(st.lists(CHANGES, min_size=1, max_size=20))
def test_duplicates_change_nothing(stream: list[tuple[str, int, int]]) -> None:
    feed = Feed()
    feed.take(book({4000: 1_000_000}, {6000: 1_000_000}))
    for side, price, size in stream:
        other = "SELL" if side == "BUY" else "BUY"
        frame = change(entry(YES, side, price, size), entry(NO, other, PRICE_ONE - price, size))
        feed.take(frame)
        before = feed.levels(), feed.book.best_bid, feed.book.best_ask
        feed.take(frame)
        assert (feed.levels(), feed.book.best_bid, feed.book.best_ask) == before


@given(LEVELS, LEVELS, st.sampled_from(list(Leg)), st.sampled_from(list(Side)), st.integers(1, 10**9))
def test_cover_is_the_start_of_the_levels_and_enough(
    bids: dict[int, int], asks: dict[int, int], leg: Leg, side: Side, shares: int
) -> None:
    feed = Feed()
    feed.take(book(bids, asks))
    whole, cover = feed.book.levels(leg, side, 20), feed.book.cover(leg, side, shares, 20)
    assert whole[: len(cover)] == cover
    assert cover == whole or sum(size for _, size in cover) >= shares


POISON_NUMBERS = [
    "", " ", "-0.5", "-1", "+0.5", "0", "1", "1.0", "1.5", "0.00", "1e-1", "1E2", "0_5", "0.5_0", "NaN", "nan",
    "Infinity", "-Infinity", "٠.٥", "\uff10.\uff15", ".5", "0.", "0.12345", "0x1",
    "9" * 5000, "0.5\n", "0.5 ", "null", "½", "0,5",
]  # fmt: skip
POISON_SIZES = [text for text in POISON_NUMBERS if text not in ("0", "1", "1.0", "1.5", "0.00", "0.12345")] + [
    "0.1234567"
]
POISON_JSON: list[Any] = [None, True, 1, 0.5, -1, [], {}, [["0.5"]], {"a": 1}]


def poison() -> list[bytes]:
    good = change(entry(YES, "BUY", 4700, 1_000_000), entry(NO, "SELL", 5300, 1_000_000))
    text = json.dumps(good)
    found = [json.dumps(_with(good, "price", bad)) for bad in [*POISON_NUMBERS, *POISON_JSON]]
    found += [json.dumps(_with(good, "size", bad)) for bad in [*POISON_SIZES, *POISON_JSON]]
    found += [json.dumps(_with(good, "side", bad)) for bad in ["buy", "", "B", "HOLD", *POISON_JSON]]
    found += [json.dumps(_with(good, "asset_id", bad)) for bad in ["", "a b", "\x1b[2J", "x" * 101, "é", *POISON_JSON]]
    found += [
        json.dumps({**good, "timestamp": bad}) for bad in ["", "-1", "1.5", "１２", "9" * 15, "1_0", *POISON_JSON]
    ]
    found += [json.dumps({**good, "market": bad}) for bad in ["", "\n", "m" * 101, *POISON_JSON]]
    shapes: list[Any] = [None, {}, "x", [None], [[]], [1]]
    found += [json.dumps({**good, "price_changes": shape}) for shape in shapes]
    found += [json.dumps({key: value for key, value in good.items() if key != left_out}) for left_out in good]
    found += [json.dumps([good, broken]) for broken in POISON_JSON if broken != []]
    found += [text[:cut] for cut in range(0, len(text), 7)]
    found += [text.replace('"0.47"', "0.47"), text + text, text + "]", "[" + text, text.replace("0.47", "0.47\\ud800")]
    found += ["[" * 50_000, '{"a":' * 50_000, text[:-1] + ',"deep":' + "[" * 50_000 + "]" * 50_000 + "}"]
    found += [
        "NaN",
        "Infinity",
        "1e999",
        '{"event_type": NaN}',
        "null",
        "true",
        "3",
        '"text"',
        "PONG",
        "\ufeff{}",
        "{}",
        "[[]]",
    ]
    raws = [found_text.encode("utf-8", "surrogatepass") for found_text in found]
    return [*raws, b"", b"\xff\xfe\x00", text.encode()[:40] + b"\xff" + text.encode()[40:], b"\x00" * 100]


def _with(frame: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    first, *rest = frame["price_changes"]
    return {**frame, "price_changes": [{**first, key: value}, *rest]}


def test_poison_is_counted_and_never_changes_a_book() -> None:
    feed = Feed()
    feed.take([book({4800: 100_000_000}, {5200: 40_000_000}), book({4800: 40_000_000}, {5200: 100_000_000}, NO)])
    before, version = feed.levels(), feed.book.version
    places = dict(feed.decoder.tokens.places)
    corpus = poison()
    for number, frame in enumerate(corpus, 1):
        assert feed.take(frame) == 0, frame[:200]
        assert feed.decoder.unparsed == number, frame[:200]
    assert (feed.levels(), feed.book.version) == (before, version)
    assert feed.decoder.tokens.places == places
    assert list(feed.state.books) == [MARKET]


def test_a_huge_frame_is_refused_before_it_is_parsed() -> None:
    decoder = Decoder()
    assert events(decoder, b'{"event_type":"price_change","x":"' + b"x" * (9 << 20) + b'"}', 1) == ()
    assert decoder.reasons == {"too large": 1}


@cache
def recorded() -> list[bytes]:
    found = []
    for line in lines(sample_path()):
        found.append(line.raw)
        if len(found) == 3_000:
            break
    return found


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2_999), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_mutated_recorded_frames_never_raise(which: int, edits: list[tuple[int, int]]) -> None:
    frame = bytearray(recorded()[which])
    for position, value in edits:
        frame[position % len(frame)] = value
    feed = Feed()
    feed.take(recorded()[0])
    feed.take(bytes(frame))
    assert feed.decoder.frames == 2
    for found in feed.state.books.values():
        for price, size in [*found.bids.items(), *found.asks.items()]:
            assert 0 < price < PRICE_ONE
            assert size > 0


@given(st.binary(max_size=300))
def test_random_bytes_never_raise(noise: bytes) -> None:
    decoder = Decoder()
    assert events(decoder, noise, 1) == ()
    events(decoder, b"[" + raw(change(entry(YES, "BUY", 4700, 1))) + b"," + noise + b"]", 1)
    assert decoder.frames == 2


@pytest.mark.parametrize("memory", ["prices", "sizes"])
def test_memories_are_bounded(memory: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from cockpit.venues.polymarket import numbers

    monkeypatch.setattr(numbers, "_MAX_PRICES", 20)
    monkeypatch.setattr(numbers, "_MAX_SIZES", 20)
    feed = Feed()
    for number in range(1, 200):
        feed.take(change(entry(YES, "BUY", number * 10, number * 10_000)))
    assert len(getattr(numbers, memory)) <= 21
    assert len(feed.book.bids) == 199
