"""What frames mean: shapes recorded from the venue, both legs in one book, nothing applied in part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit.core import events as ev
from cockpit.core.market import Leg, Market, Side
from cockpit.venues.polymarket.decoder import Decoder
from cockpit.venues.polymarket.tokens import Tokens
from cockpit.venues.polymarket.wire import Unparsed
from tests.venues.wire_frames import MARKET, NO, YES, Feed, book, change, entry, events, raw, trade


def opened() -> Feed:
    feed = Feed()
    feed.take([book({4800: 100_000_000}, {5200: 40_000_000}), book({4800: 40_000_000}, {5200: 100_000_000}, NO)])
    return feed


def test_first_asset_of_a_market_is_leg_0() -> None:
    feed = opened()
    assert feed.decoder.tokens.tokens_of(MARKET) == (YES, NO)
    assert (feed.book.bid(Leg.YES), feed.book.ask(Leg.YES)) == (4800, 5200)
    assert (feed.book.bid(Leg.NO), feed.book.ask(Leg.NO)) == (4800, 5200)


def test_no_entry_is_the_mirrored_yes_entry() -> None:
    feed = opened()
    feed.take(change(entry(NO, "BUY", 5100, 7_000_000)))
    assert feed.book.asks == {5200: 40_000_000, 4900: 7_000_000}
    assert feed.book.levels(Leg.NO, Side.BUY)[0] == (5100, 7_000_000)


def test_mirrored_second_entry_is_said_once_and_a_different_one_is_applied() -> None:
    decoder = Decoder()
    pair = change(entry(YES, "BUY", 4900, 5_000_000), entry(NO, "SELL", 5100, 5_000_000))
    (event,) = events(decoder, raw(pair), 1)
    assert isinstance(event, ev.LevelsChanged)
    assert event.changes == ((0, 4900, 5_000_000),)
    (event,) = events(decoder, raw(change(entry(YES, "BUY", 4900, 5_000_000), entry(NO, "SELL", 5200, 5_000_000))), 1)
    assert isinstance(event, ev.LevelsChanged)
    assert event.changes == ((0, 4900, 5_000_000), (0, 4800, 5_000_000))


def test_both_legs_may_come_in_any_order_of_entries() -> None:
    one, other = opened(), opened()
    one.take(change(entry(YES, "SELL", 5100, 3_000_000), entry(NO, "BUY", 4900, 3_000_000)))
    other.take(change(entry(NO, "BUY", 4900, 3_000_000), entry(YES, "SELL", 5100, 3_000_000)))
    assert one.levels() == other.levels()


def test_trades_keep_the_takers_leg_side_and_price() -> None:
    feed = opened()
    (event,) = events(feed.decoder, raw(trade(NO, "SELL", 4700, 2_564_101)), 9)
    assert event == ev.TradePrinted(9, MARKET, Leg.NO, False, 4700, 2_564_101, 1_790_000_000_002)


def tick_change(tick: str, token: str = YES) -> dict[str, Any]:
    frame = {"event_type": "tick_size_change", "market": MARKET, "old_tick_size": "0.01", "new_tick_size": tick}
    return {**frame, "asset_id": token, "timestamp": "1790000000003"}


def test_tick_change_counts_for_both_legs_however_often_it_is_told() -> None:
    feed = opened()
    assert [feed.take(tick_change("0.001", token)) for token in (YES, NO)] == [1, 1]
    assert feed.book.tick == 10


def test_a_tick_change_is_told_again_after_a_whole_book_said_another() -> None:
    feed = opened()
    feed.take(tick_change("0.001"))
    feed.take(book({4800: 1}, {5200: 1}, tick_size="0.01"))
    feed.take(tick_change("0.001"))
    assert feed.book.tick == 10


def test_a_whole_book_with_a_new_tick_tells_the_market_first() -> None:
    decoder = Decoder()
    assert [type(event) for event in events(decoder, raw(book({4800: 1}, {}, tick_size="0.01")))] == [ev.BookSnapshot]
    changed, snapshot = events(decoder, raw(book({4800: 1}, {}, tick_size="0.001")), 7)
    assert changed == ev.TickChanged(7, MARKET, 10)
    assert isinstance(snapshot, ev.BookSnapshot)
    assert [type(event) for event in events(decoder, raw(book({4800: 1}, {}, tick_size="0.001")))] == [ev.BookSnapshot]


def test_a_whole_book_with_another_tick_than_the_listed_one_tells_the_market() -> None:
    tokens = Tokens()
    tokens.add(Market(MARKET, "m", "m", (YES, NO), tick=100))
    found = events(Decoder(tokens), raw(book({4800: 1}, {}, tick_size="0.001")))
    assert [type(event) for event in found] == [ev.TickChanged, ev.BookSnapshot]


def test_a_refused_frame_tells_no_tick() -> None:
    decoder, bad = Decoder(), change({**entry(YES, "BUY", 4700, 1), "size": "-1"})
    assert events(decoder, raw(book({4800: 1}, {}, tick_size="0.01")))
    assert events(decoder, raw([book({4800: 1}, {}, tick_size="0.001"), bad])) == ()
    assert len(events(decoder, raw(book({4800: 1}, {}, tick_size="0.001")))) == 2


def test_resolution_pays_the_winning_leg_and_other_markets_are_left_alone() -> None:
    feed = opened()
    frame = {"event_type": "market_resolved", "market": MARKET, "timestamp": "1790000000003"}
    (event,) = events(feed.decoder, raw({**frame, "winning_asset_id": NO}), 5)
    assert event == ev.MarketEnded(5, MARKET, 0)
    assert feed.take({**frame, "winning_asset_id": "9" * 77}) == 0


def test_unknown_kinds_and_keys_are_tolerated_and_counted() -> None:
    feed = opened()
    assert (
        feed.take([{"event_type": "new_thing", "x": [1, {}]}, change(entry(YES, "BUY", 4700, 1_000_000, extra=1))]) == 1
    )
    assert feed.decoder.unknown == {"new_thing": 1}
    assert feed.book.bids[4700] == 1_000_000
    assert feed.decoder.unparsed == 0


def test_unknown_kinds_do_not_fill_the_memory() -> None:
    decoder = Decoder()
    for number in range(500):
        events(decoder, raw({"event_type": f"kind-{number}"}), 1)
    assert len(decoder.unknown) == 51
    assert decoder.unknown.total() == 500


def test_one_bad_object_stops_its_whole_frame() -> None:
    feed = opened()
    before = feed.levels()
    good, bad = change(entry(YES, "BUY", 4700, 1_000_000)), change(entry(YES, "BUY", 4600, 1_000_000))
    bad["price_changes"][0]["size"] = "-1"
    assert feed.take([good, bad]) == 0
    assert feed.levels() == before
    assert (feed.decoder.unparsed, feed.decoder.reasons) == (1, {"size": 1})


def test_what_a_bad_frame_taught_is_forgotten() -> None:
    decoder = Decoder()
    events(decoder, raw(change(entry(NO, "BUY", 4700, 1), {**entry(YES, "BUY", 4600, 1), "price": "NaN"})), 1)
    assert decoder.unparsed == 1
    events(decoder, raw(change(entry(YES, "BUY", 4600, 1))), 1)
    assert decoder.tokens.places[YES][1] is Leg.YES
    assert NO not in decoder.tokens.places


def test_a_later_bad_frame_does_not_take_back_what_a_good_one_taught() -> None:
    decoder = Decoder()
    events(decoder, raw(change(entry(YES, "BUY", 4600, 1))), 1)
    events(decoder, b"[{}]", 1)
    assert YES in decoder.tokens.places


def test_an_asset_of_another_market_and_a_third_asset_are_refused() -> None:
    feed = opened()
    assert feed.take(change(entry(YES, "BUY", 4700, 1), market="0x" + "cd" * 32)) == 0
    assert feed.take(change(entry("9" * 77, "BUY", 4700, 1))) == 0
    assert feed.decoder.reasons == {"token": 2}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ws_market_book_msg", ev.BookSnapshot),
        ("ws_market_price_change_msg", ev.LevelsChanged),
        ("ws_market_last_trade_msg", ev.TradePrinted),
        ("ws_market_tick_size_msg", ev.TickChanged),
        ("ws_market_new_market_msg", None),
        ("ws_market_best_bid_ask_msg", None),
        ("ws_market_resolved_msg", None),
    ],
)
def test_recorded_shapes_are_understood(name: str, kind: type | None, shared: Path) -> None:
    decoder = Decoder()
    found = events(decoder, (shared / "samples" / "nautilus" / f"{name}.json").read_bytes())
    assert [type(event) for event in found] == ([kind] if kind else [])
    assert (decoder.unparsed, decoder.unknown.total()) == (0, 0)


def test_text_frames_work_like_bytes() -> None:
    decoder = Decoder()
    assert len(events(decoder, json.dumps(change(entry(YES, "BUY", 4700, 1))), 1)) == 1


@pytest.mark.parametrize(
    ("first", "second"), [(YES, YES), (YES, "\x1b[2Jred"), ("", NO), (YES, "9"), ("9", NO)],
    ids=["the same", "not an id", "empty", "first is taken", "second is taken"],
)  # fmt: skip
def test_two_tokens_that_cannot_be_the_legs_of_one_market_are_refused(first: str, second: str) -> None:
    tokens = Tokens()
    tokens.pair(YES, NO)
    with pytest.raises(Unparsed, match="token"):
        tokens.pair(first, second)
    tokens.pair(NO, YES)


def test_a_complement_that_frames_showed_elsewhere_is_not_borrowed() -> None:
    tokens = Tokens()
    tokens.pair(YES, NO)
    tokens.learn("one", YES)
    assert tokens.tokens_of("one") == (YES, NO)
    tokens.learn("two", NO)
    assert tokens.tokens_of("one") is None
    assert tokens.tokens_of("two") is None
