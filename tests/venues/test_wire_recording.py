"""Recordings: what their venue reports agrees with our books, and what a person can get wrong is one sentence."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from cockpit.core.errors import UsageError
from cockpit.venues import sidecar
from cockpit.venues.recording import check, lines
from cockpit.venues.replay import ReplayVenue
from cockpit.venues.samples import sample_path
from cockpit.venues.scan import scan
from tests.venues.wire_frames import MARKET, NO, PREOPEN, YES, book, change, entry, raw, trade


def test_raw_frames_agree_on_every_best_price_and_hash_of_both_legs() -> None:
    found = check(PREOPEN).as_json()
    assert found.pop("seconds") >= 0
    assert found == {
        "frames": 68,
        "by_event": {"book": 1, "price_change": 67},
        "checks": 134,
        "disagreements": 0,
        "crossed": 0,
        "hash_ok": 134,
        "hash_bad": 0,
        "unparsed": 0,
    }


@pytest.mark.parametrize(
    ("part", "checks", "disagreements"),
    [("burst60s", 27_256, 0), ("part1_calm", 89_468, 6), ("part2_goals", 197_816, 90)],
)
def test_hockey_frames_agree_as_far_as_the_recording_does(
    part: str, checks: int, disagreements: int, shared: Path
) -> None:
    path = shared / "recordings" / "nhl_scf_g4_20260607" / f"frames_reconstructed_{part}.jsonl.gz"
    found = check(path, with_hashes=part == "burst60s")
    assert (found.checks, found.disagreements, found.crossed) == (checks, disagreements, disagreements)
    assert (found.hash_bad, found.unparsed) == (0, 0)
    assert found.hash_ok == (checks if part == "burst60s" else 0)


def test_the_packaged_sample_is_small_licensed_and_whole() -> None:
    path = sample_path()
    assert sum(file.stat().st_size for file in path.parent.iterdir() if file.is_file()) <= 400_000
    assert "MIT License" in path.with_name("NOTICE").read_text()
    found = check(path)
    assert (found.hash_ok, found.hash_bad, found.unparsed) == (found.checks, 0, 0)
    assert found.disagreements <= 2
    listed = scan(path)
    assert [market.name for market in listed.markets] == ["hockey 1", "hockey 2", "hockey 3", "hockey 4"]
    assert 30_000 <= listed.length_ms <= 60_000


def recorded(path: Path, *frames: object) -> Path:
    text = b"\n".join(
        json.dumps({"recv_ts_ms": 1_000 + at, "frame": frame}).encode() for at, frame in enumerate(frames)
    )
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def reported(token: str, side: str, price: int, size: int, bid: str, ask: str) -> dict[str, str]:
    return entry(token, side, price, size, best_bid=bid, best_ask=ask)


def test_a_batch_is_judged_at_its_end_only(tmp_path: Path) -> None:
    path = recorded(
        tmp_path / "batch.jsonl",
        book({4800: 1_000_000}, {5200: 1_000_000}),
        change(reported(YES, "BUY", 4900, 1_000_000, "0.5", "0.52"), at="7"),
        change(reported(YES, "BUY", 5000, 1_000_000, "0.5", "0.52"), at="7"),
        change(reported(YES, "BUY", 5000, 0, "0.49", "0.52"), at="8"),
        trade(YES, "BUY", 5200, 1_000_000),
        change(reported(YES, "BUY", 4900, 0, "0.47", "0.52"), at="8"),
    )
    found = check(path)
    assert (found.checks, found.disagreements) == (3, 1)


TICK = {"event_type": "tick_size_change", "market": MARKET, "asset_id": YES, "new_tick_size": "0.001", "timestamp": "7"}


@pytest.mark.parametrize("between", [TICK, book({4700: 1}, {5300: 1}), trade(NO, "BUY", 5200, 1)],
                         ids=["tick", "book", "trade"])  # fmt: skip
def test_a_tick_change_a_book_and_a_trade_end_a_batch(tmp_path: Path, between: object) -> None:
    first = change(reported(YES, "BUY", 4900, 1_000_000, "0.49", "0.52"), at="7")
    second = change(reported(YES, "BUY", 5000, 1_000_000, "0.5", "0.52"), at="7")
    found = check(recorded(tmp_path / "x.jsonl", book({4800: 1}, {5200: 1}), first, between, second))
    assert found.checks == 2
    assert found.disagreements == (between not in (TICK, trade(NO, "BUY", 5200, 1)))


@pytest.mark.parametrize(("best", "disagreements"), [
    ({"best_bid": "0.49"}, 0), ({"best_ask": "0.52"}, 0), ({"best_bid": "0.48"}, 1), ({"best_ask": "0.51"}, 1),
    ({"best_bid": "0.49", "best_ask": "0.51"}, 1), ({"best_bid": "much"}, 1),
])  # fmt: skip
def test_only_the_best_prices_that_are_reported_can_disagree(
    tmp_path: Path, best: dict[str, str], disagreements: int
) -> None:
    changed = change(entry(YES, "BUY", 4900, 1_000_000, **best))
    found = check(recorded(tmp_path / "x.jsonl", book({4800: 1}, {5200: 1}), changed))
    assert (found.checks, found.disagreements) == (1, disagreements)


def test_a_crossed_book_is_counted_although_no_best_price_is_reported(tmp_path: Path) -> None:
    changed = change(entry(YES, "BUY", 5300, 1_000_000))
    found = check(recorded(tmp_path / "x.jsonl", book({4800: 1}, {5200: 1}), changed))
    assert (found.checks, found.crossed) == (0, 1)


def test_a_line_without_end_is_counted_and_never_held_whole(tmp_path: Path) -> None:
    path, good = tmp_path / "long.jsonl.gz", raw(book({4800: 1}, {5200: 1}))
    with gzip.open(path, "wb") as file:
        file.write(good + b"\n" + b'{"recv_ts_ms": 1, "frame": "')
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + good)
    tracemalloc.start()
    try:
        found = check(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (found.frames, found.unparsed, found.by_event) == (3, 1, {"book": 2})
    assert peak < 40 << 20


@pytest.mark.parametrize(("bid", "ask"), [("0", "1"), ("", "")])
def test_empty_sides_are_reported_in_two_ways(tmp_path: Path, bid: str, ask: str) -> None:
    path = recorded(
        tmp_path / "empty.jsonl.gz",
        book({4800: 1_000_000}, {}),
        change(reported(YES, "BUY", 4800, 0, bid, ask), reported(NO, "SELL", 5200, 0, bid, ask)),
    )
    found = check(path)
    assert (found.checks, found.disagreements) == (2, 0)


def test_crossed_books_and_wrong_hashes_are_counted(tmp_path: Path) -> None:
    crossing = {**reported(YES, "BUY", 5300, 1_000_000, "0.53", "0.52"), "hash": "00"}
    found = check(recorded(tmp_path / "x.jsonl", book({4800: 1_000_000}, {5200: 1_000_000}), change(crossing)))
    assert (found.checks, found.disagreements, found.crossed) == (1, 0, 1)
    assert (found.hash_ok, found.hash_bad) == (0, 1)


def test_bare_frames_are_read_and_broken_lines_counted(tmp_path: Path) -> None:
    path = tmp_path / "bare.jsonl"
    path.write_bytes(
        raw([book({4800: 1}, {5200: 1})]) + b"\n\n{broken\n" + raw(change(entry(YES, "BUY", 4700, 1))) + b"\n"
    )
    assert [(line.number, line.at_ms) for line in lines(path)] == [
        (1, 1_790_000_000_000),
        (3, 1_790_000_000_000),
        (4, 1_790_000_000_001),
    ]
    found = check(path)
    assert (found.frames, found.unparsed) == (3, 1)


def test_several_files_are_one_summary(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a.jsonl", book({4800: 1}, {5200: 1}))
    assert check([path, path]).by_event == {"book": 2}


def broken(folder: Path, name: str, content: bytes | None) -> Path:
    path = folder / name
    if content is not None:
        path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.jsonl", None, "does not exist"),
        ("empty.jsonl", b"", "is empty"),
        ("blank.jsonl", b"\n \n", "not one line"),
        ("empty.jsonl.gz", b"", "is empty"),
        ("text.jsonl.gz", b'{"recv_ts_ms":1}\n', "holds no gzip data"),
        ("cut.jsonl.gz", gzip.compress(b'{"a":1}\n' * 99_999)[:-40], "damaged after line"),
        ("noise.jsonl", b"hello\nworld\n", "not one line"),
        ("other.jsonl", b'{"a": 1}\n[]\n' * 3, ""),
        ("binary.jsonl", bytes(range(256)) * 4, "not one line"),
    ],
    ids=["missing", "empty", "blank", "empty gz", "not gz", "cut gz", "noise", "other json", "binary"],
)
def test_mistakes_end_in_a_sentence_that_names_the_file(
    tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    path = broken(tmp_path, name, content)
    if says:
        with pytest.raises(UsageError, match=says) as error:
            check(path)
        assert str(path) in str(error.value)
    with pytest.raises(UsageError, match=name):
        scan(path)


def test_a_folder_is_not_a_recording(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        check(tmp_path)


def test_sidecar_names_markets_and_says_which_token_is_yes(tmp_path: Path) -> None:
    path = recorded(tmp_path / "game.jsonl.gz", book({4800: 1}, {5200: 1}, NO), book({4800: 1}, {5200: 1}, YES))
    described = {
        "id": MARKET,
        "tokens": [YES, NO],
        "outcomes": ["Up\x1b[31m", "Do\u202ewn"],
        "title": "BTC \x07up",
        "name": "BTC",
        "fee_rate": "0.07",
        "tick": "0.001",
    }
    (tmp_path / "game.markets.json").write_text(json.dumps({"markets": [described]}))
    (market,) = scan(path).markets
    assert (market.tokens, market.outcomes) == ((YES, NO), ("Up[31m", "Down"))
    assert (market.name, market.title, market.fees.rate, market.tick) == ("BTC", "BTC up", 700, 10)


def test_without_names_legs_are_a_and_b_in_the_order_they_came(tmp_path: Path) -> None:
    path = recorded(tmp_path / "game.jsonl", book({4800: 1}, {5200: 1}, NO), book({4800: 1}, {5200: 1}, YES))
    (market,) = scan(path).markets
    assert (market.tokens, market.outcomes, market.name, market.fees.rate) == ((NO, YES), ("A", "B"), "market 1", 0)


def test_complements_complete_a_market_of_which_one_leg_was_recorded(tmp_path: Path) -> None:
    path = recorded(tmp_path / "game.jsonl", book({4800: 1}, {5200: 1}, NO))
    with pytest.raises(UsageError, match="no frames of a two-outcome market"):
        scan(path)
    (tmp_path / "tokens.json").write_text(json.dumps({"tokens": {YES: {"complement": NO, "market_placeholder": "x"}}}))
    (market,) = scan(path).markets
    assert (market.tokens, market.outcomes) == ((NO, YES), ("A", "B"))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"markets": [{"id": "x"}]}', '{"markets": [{"id": "x", "tokens": ["a", "a"]}]}',
     '{"markets": [{"id": "x", "tokens": ["a", "b"], "tick": "0.3"}]}',
     '{"markets": [{"id": "x", "tokens": ["a", "b"], "fee_rate": "-1"}]}', "[" * 5_000],
)  # fmt: skip
def test_a_broken_sidecar_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "markets.json").write_text(text)
    with pytest.raises(UsageError, match=r"markets\.json does not describe markets"):
        sidecar.load(tmp_path / "game.jsonl.gz")


@pytest.mark.parametrize(
    "markets",
    [
        [{"id": "a b", "tokens": [YES, NO]}],
        [{"id": "a", "tokens": ["\x1b", NO]}],
        [{"id": "a", "tokens": [YES, NO]}, {"id": "b", "tokens": [YES, "9"]}],
        [{"id": "a", "tokens": [YES, NO]}, {"id": "a", "tokens": [YES, "9"]}],
    ],
)
def test_markets_that_do_not_fit_together_are_refused(tmp_path: Path, markets: list[object]) -> None:
    path = recorded(tmp_path / "game.jsonl", book({4800: 1}, {5200: 1}))
    (tmp_path / "markets.json").write_text(json.dumps({"markets": markets}))
    with pytest.raises(UsageError, match="do not fit together"):
        scan(path)


@pytest.mark.parametrize(
    "tokens",
    [{YES: {"complement": "\x1b[2Jred"}}, {YES: {"complement": YES}},
     {YES: {"complement": "9"}, NO: {"complement": "9"}}],
    ids=["no id", "its own", "shared"],
)  # fmt: skip
def test_complements_that_cannot_be_are_refused_in_one_clean_sentence(tmp_path: Path, tokens: object) -> None:
    path = recorded(tmp_path / "game.jsonl", book({4800: 1}, {5200: 1}))
    (tmp_path / "tokens.json").write_text(json.dumps({"tokens": tokens}))
    with pytest.raises(UsageError, match="do not fit together") as error:
        scan(path)
    assert "\x1b" not in str(error.value)


@pytest.mark.parametrize("second", ["\x1b[2Jred", YES, "9"])
def test_a_new_market_frame_that_cannot_be_is_left_alone(tmp_path: Path, second: str) -> None:
    described = {"event_type": "new_market", "market": MARKET, "assets_ids": [YES, second], "outcomes": ["Up", "Down"]}
    path = recorded(tmp_path / "game.jsonl", described, book({4800: 1}, {5200: 1}), book({4800: 1}, {5200: 1}, NO))
    (market,) = scan(path).markets
    assert (market.tokens, market.outcomes) == ((YES, NO), ("A", "B"))
    ReplayVenue(scan(path), now_ms=lambda: 0, sleep=asyncio.sleep)
