"""What frames mean: shapes recorded from the venue, both legs in one book, nothing applied in part."""

from __future__ import annotations

import json

import pytest

from cockpit.core import events as ev
from cockpit.core.market import Leg, Side
from cockpit.venues.polymarket.decoder import Decoder
from tests.venues.wire_frames import MARKET, NO, YES, Feed, book, change, entry, raw, shared, trade


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
    (event,) = decoder.decode(raw(pair), 1)
    assert isinstance(event, ev.LevelsChanged)
    assert event.changes == ((0, 4900, 5_000_000),)
    (event,) = decoder.decode(raw(change(entry(YES, "BUY", 4900, 5_000_000), entry(NO, "SELL", 5200, 5_000_000))), 1)
    assert isinstance(event, ev.LevelsChanged)
    assert event.changes == ((0, 4900, 5_000_000), (0, 4800, 5_000_000))


def test_both_legs_may_come_in_any_order_of_entries() -> None:
    one, other = opened(), opened()
    one.take(change(entry(YES, "SELL", 5100, 3_000_000), entry(NO, "BUY", 4900, 3_000_000)))
    other.take(change(entry(NO, "BUY", 4900, 3_000_000), entry(YES, "SELL", 5100, 3_000_000)))
    assert one.levels() == other.levels()


def test_trades_keep_the_takers_leg_side_and_price() -> None:
    feed = opened()
    (event,) = feed.decoder.decode(raw(trade(NO, "SELL", 4700, 2_564_101)), 9)
    assert event == ev.TradePrinted(9, MARKET, Leg.NO, False, 4700, 2_564_101, 1_790_000_000_002)


def test_tick_change_is_told_once_for_both_legs() -> None:
    feed = opened()
    frame = {"event_type": "tick_size_change", "market": MARKET, "old_tick_size": "0.01", "new_tick_size": "0.001"}
    frame["timestamp"] = "1790000000003"
    assert [feed.take({**frame, "asset_id": token}) for token in (YES, NO)] == [1, 0]
    assert feed.book.tick == 10


def test_resolution_pays_the_winning_leg_and_other_markets_are_left_alone() -> None:
    feed = opened()
    frame = {"event_type": "market_resolved", "market": MARKET, "timestamp": "1790000000003"}
    (event,) = feed.decoder.decode(raw({**frame, "winning_asset_id": NO}), 5)
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
        decoder.decode(raw({"event_type": f"kind-{number}"}), 1)
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
    decoder.decode(raw(change(entry(NO, "BUY", 4700, 1), {**entry(YES, "BUY", 4600, 1), "price": "NaN"})), 1)
    assert decoder.unparsed == 1
    decoder.decode(raw(change(entry(YES, "BUY", 4600, 1))), 1)
    assert decoder.tokens.places[YES][1] is Leg.YES
    assert NO not in decoder.tokens.places


def test_a_later_bad_frame_does_not_take_back_what_a_good_one_taught() -> None:
    decoder = Decoder()
    decoder.decode(raw(change(entry(YES, "BUY", 4600, 1))), 1)
    decoder.decode(b"[{}]", 1)
    assert YES in decoder.tokens.places


def test_an_asset_of_another_market_and_a_third_asset_are_refused() -> None:
    feed = opened()
    assert feed.take(change(entry(YES, "BUY", 4700, 1), market="0x" + "cd" * 32)) == 0
    assert feed.take(change(entry("9" * 77, "BUY", 4700, 1))) == 0
    assert feed.decoder.reasons == {"token": 2}


def test_without_learning_only_listed_assets_are_read() -> None:
    decoder = Decoder(is_learning=False)
    assert decoder.decode(raw(change(entry(YES, "BUY", 4700, 1))), 1) == ()
    assert decoder.reasons == {"token": 1}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ws_market_book_msg", ev.BookSnapshot),
        ("ws_market_price_change_msg", ev.LevelsChanged),
        ("ws_market_last_trade_msg", ev.TradePrinted),
        ("ws_market_tick_size_msg", ev.TickChanged),
        ("ws_market_new_market_msg", ev.MarketListed),
        ("ws_market_best_bid_ask_msg", None),
        ("ws_market_resolved_msg", None),
    ],
)
def test_recorded_shapes_are_understood(name: str, kind: type | None) -> None:
    decoder = Decoder(lists_new=True)
    events = decoder.decode(shared(f"samples/nautilus/{name}.json").read_bytes(), 1)
    assert [type(event) for event in events] == ([kind] if kind else [])
    assert (decoder.unparsed, decoder.unknown.total()) == (0, 0)


def test_new_market_names_its_outcomes_and_later_frames_follow_its_order() -> None:
    decoder = Decoder(lists_new=True)
    (listed,) = decoder.decode(shared("samples/nautilus/ws_market_new_market_msg.json").read_bytes(), 1)
    assert isinstance(listed, ev.MarketListed)
    assert listed.market.outcomes == ("Yes", "No")
    second = listed.market.tokens[1]
    (event,) = decoder.decode(raw(change(entry(second, "BUY", 4000, 1_000_000), market=listed.market.id)), 1)
    assert isinstance(event, ev.LevelsChanged)
    assert event.changes == ((1, 6000, 1_000_000),)


def test_text_frames_work_like_bytes() -> None:
    decoder = Decoder()
    assert len(decoder.decode(json.dumps(change(entry(YES, "BUY", 4700, 1))), 1)) == 1
