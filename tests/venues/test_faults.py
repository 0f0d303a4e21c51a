"""The switches: words, rates, draws and counters."""

from __future__ import annotations

import re

import pytest

from cockpit.core.errors import UsageError
from cockpit.venues.practice.faults import BY_NAME, WORDS, Faults, Kind, Rate, parse_faults, usual


def test_every_word_is_named_once_and_says_what_it_does() -> None:
    assert len(BY_NAME) == len(WORDS) > 50
    for word in WORDS:
        assert re.fullmatch(r"[a-z0-9]+\.[a-z0-9_]+", word.name)
        assert 10 < len(word.meaning) < 110


def test_a_text_becomes_rates() -> None:
    assert parse_faults("post.lost=0.05, ws.close=10m,mode.restart=2h,clock.skew=90s,") == {
        "post.lost": Rate(chance=0.05),
        "ws.close": Rate(every_ms=600_000),
        "mode.restart": Rate(every_ms=7_200_000),
        "clock.skew": Rate(every_ms=90_000),
    }
    assert parse_faults("") == {}


def test_a_word_alone_and_all_are_at_their_usual_rates() -> None:
    assert parse_faults("ws.dup") == usual(["ws.dup"]) == {"ws.dup": Rate(chance=0.02)}
    found = parse_faults("all,post.lost=0")
    assert list(found) == [word.name for word in WORDS]
    assert found["post.lost"] == Rate()
    for word in WORDS:
        assert bool(usual()[word.name].every_ms) is (word.kind is Kind.TIME)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("post.loss=0.1", r"no fault 'post.loss'; it can be one of post.lost, post.live_noack"),
        ("nothing", r"no fault 'nothing'; it can be one of post.lost.*clock.skew, or all"),
        ("post.lost=2", r"post.lost=2: it takes a chance from 0 to 1, such as 0.03"),
        ("post.lost=nan", r"post.lost=nan: it takes a chance"),
        ("post.lost=5m", r"post.lost=5m: it takes a chance"),
        ("post.lost=", r"post.lost=: it takes a chance"),
        ("ws.close=0.1", r"ws.close=0.1: it takes a mean time between two, from 1s to 168h, such as 15m"),
        ("ws.close=0s", r"ws.close=0s: it takes a mean time"),
        ("ws.close=٣m", r"it takes a mean time"),
        ("all=1", r"no fault 'all'"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_faults(text)


def test_an_unknown_word_cannot_be_switched_on() -> None:
    with pytest.raises(UsageError, match="no fault"):
        Faults(1, {"x.y": Rate(1.0)})


def test_one_fault_does_not_shift_the_draws_of_another() -> None:
    alone = Faults(3, parse_faults("ws.dup=.5"))
    both = Faults(3, parse_faults("ws.drop=.5,ws.dup=.5"))
    drawn = []
    for _ in range(50):
        both.strikes("ws.drop")
        drawn.append((alone.strikes("ws.dup"), both.strikes("ws.dup")))
    assert all(one == other for one, other in drawn)
    assert len(set(drawn)) == 2


def test_off_is_for_good_and_tells_once() -> None:
    faults, told = Faults(1, parse_faults("ws.dup=1")), list[int]()
    faults.when_off.append(lambda: told.append(1))
    assert faults.is_on("ws.dup")
    assert faults.strikes("ws.dup")
    assert not faults.is_on("ws.drop")
    faults.off()
    faults.off()
    assert told == [1]
    assert not faults.is_on("ws.dup")
    assert not faults.strikes("ws.dup")
    assert faults.fired["ws.dup"] == 0
