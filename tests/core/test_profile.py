"""Volume profiles: which source is taken, and that it gives what counting the trades one by one gives."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.core.market import Leg, Market
from cockpit.core.profile import (
    DAY_MS,
    FEWEST_TRADES,
    LAST_MS,
    MOST_EARLIER,
    PARTS,
    Profile,
    profile_of,
    series_of,
)
from cockpit.core.tape import BAR_MS, Tape
from cockpit.core.units import LOT, SHARE
from tests.core.builders import NOW, market

START = NOW - NOW % BAR_MS
HOUR = 3_600_000
Print = tuple[int, int]
"""(when, shares)"""


def tape_of(prints: list[Print]) -> Tape:
    tape = Tape()
    for at_ms, shares in sorted(prints):
        tape.add(Leg.YES, 5_000, shares, at_ms)
    return tape


def reloaded(tape: Tape) -> Tape:
    """Return the tape as a restart brings it back."""
    again = Tape()
    again.load([(start, bar.volume, bar.product, bar.trades) for start, bar in tape.bars.items()])
    return again


def of(tape: Tape | None, window: int = HOUR, listed: Market | None = None) -> Profile:
    listed = listed or market()
    return profile_of(listed, START, window, {listed.id: listed}, {} if tape is None else {listed.id: tape})


def in_series(number: int, closes_at_ms: int | None) -> Market:
    return replace(market(f"m{number}", closes_at_ms=closes_at_ms), event=f"up-or-down-{1_700_000_000 + number}")


def volume_in(prints: list[Print], begin: int, end: int) -> int:
    """Return the shares of the bars that begin in a stretch, counted print by print."""
    return sum(shares for at_ms, shares in prints if begin <= at_ms - at_ms % BAR_MS < end)


def some_prints(seed: int, count: int) -> list[Print]:
    """Return prints of an hour: sometimes in bursts, of one lot up to more than anybody has."""
    random = Random(seed)
    width = random.choice([BAR_MS, HOUR // 7, HOUR])
    sizes = random.choice([(LOT, 50 * SHARE), (LOT, LOT), (LOT, 10**17)])
    return [(random.randrange(width), random.randint(*sizes)) for _ in range(count)]


spread_prints = st.builds(some_prints, st.integers(0, 10**9), st.integers(FEWEST_TRADES, 90))


# ---- the sources, the best one first ----


@pytest.mark.parametrize(
    ("event", "series"),
    [
        ("btc-updown-5m-1700000000", "btc-updown-5m"),
        ("btc-updown-5m-20261205", "btc-updown-5m"),
        ("vote-2028", ""),
        ("harbour-bill", ""),
        ("", ""),
        ("-123456", ""),
    ],
)
def test_markets_of_a_series_have_their_event_without_its_time_in_common(event: str, series: str) -> None:
    assert series_of(replace(market(), event=event)) == series


@given(st.lists(spread_prints, min_size=1, max_size=3), st.sampled_from([20_000, 290_000, HOUR // 2, HOUR]))
def test_earlier_markets_of_the_series_give_the_mean_of_the_same_time_before_their_end(
    seen: list[list[Print]], window: int
) -> None:
    closes = START + 2 * HOUR
    markets, tapes = {"m0": in_series(0, closes)}, dict[str, Tape]()
    shifted = list[Print]()
    for number, prints in enumerate(seen, 1):
        shift = number * 3 * HOUR
        markets[f"m{number}"] = in_series(number, closes - shift)
        base = START - shift
        tapes[f"m{number}"] = tape_of([(base, LOT), *((base + at_ms, shares) for at_ms, shares in prints)])
        shifted += [(START, LOT), *((START + at_ms, shares) for at_ms, shares in prints)]
    found = profile_of(markets["m0"], START, window, markets, tapes)
    parts = min(PARTS, window // BAR_MS)
    edges = [START + window * edge // parts for edge in range(parts + 1)]
    trades = sum(START <= at_ms - at_ms % BAR_MS < START + window for at_ms, _ in shifted)
    if trades < FEWEST_TRADES:
        assert found == Profile("even: no trades were seen yet", (0,) * parts)
        return
    assert found.words == f"{len(seen)} earlier markets of up-or-down"
    assert found.curve == tuple(volume_in(shifted, begin, end) // len(seen) for begin, end in pairwise(edges))


def test_only_markets_of_the_series_that_were_watched_from_the_same_time_on_count() -> None:
    prints = [(minute * 60_000, SHARE) for minute in range(60)]

    def watched(since: int) -> Tape:
        return tape_of([(since + at_ms, shares) for at_ms, shares in prints])

    closes = START + 2 * HOUR
    ours = in_series(0, closes)
    early = START - 6 * HOUR
    cases = {
        "watched": (in_series(1, closes - 6 * HOUR), watched(early), True),
        "watched too late": (in_series(1, closes - 6 * HOUR), watched(early + BAR_MS), False),
        "never watched": (in_series(1, closes - 6 * HOUR), None, False),
        "empty": (in_series(1, closes - 6 * HOUR), Tape(), False),
        "another series": (replace(in_series(1, closes - 6 * HOUR), event="else-1700000001"), watched(early), False),
        "no end": (in_series(1, None), watched(early), False),
        "a later one": (in_series(1, closes + 6 * HOUR), watched(early), False),
    }
    for name, (other, tape, counts) in cases.items():
        tapes = {} if tape is None else {other.id: tape}
        found = profile_of(ours, START, HOUR, {ours.id: ours, other.id: other}, tapes)
        assert found.words.startswith("1 earlier markets" if counts else "even"), name
        # Beside one that counts it changes nothing.
        listed = {ours.id: ours, other.id: other, "m2": in_series(2, closes - 9 * HOUR)}
        beside = profile_of(ours, START, HOUR, listed, {**tapes, "m2": watched(START - 9 * HOUR)})
        assert beside.words.startswith(f"{1 + counts} earlier markets"), name
        assert sum(beside.curve) == 60 * SHARE, name


def test_no_more_than_so_many_earlier_markets_the_newest_count() -> None:
    markets, tapes = dict[str, Market](), dict[str, Tape]()
    for number in range(1, 31):  # the oldest was listed first
        shift = (31 - number) * 2 * HOUR
        markets[f"m{number}"] = in_series(number, START + HOUR - shift)
        tapes[f"m{number}"] = tape_of([(START - shift + 60_000 * n, number * SHARE) for n in range(60)])
    markets["m0"] = in_series(0, START + HOUR)
    found = profile_of(markets["m0"], START, HOUR, markets, tapes)
    assert found.words == f"{MOST_EARLIER} earlier markets of up-or-down"
    # Those of 11 to 30 shares a minute.
    assert sum(found.curve) == sum(60 * number * SHARE for number in range(11, 31)) // 20


def test_what_an_earlier_market_has_not_lived_yet_is_no_silence() -> None:
    closes = START + 2 * HOUR
    ours, other = in_series(0, closes), in_series(1, closes - HOUR // 2)
    # The other one ends half an hour before ours, and both are traded now: a steady share every 15 s up to now.
    tape = tape_of([(START - HOUR + BAR_MS * number, SHARE) for number in range(4 * 60)])
    found = profile_of(ours, START, HOUR, {"m0": ours, "m1": other}, {"m1": tape})
    assert max(found.curve) == min(found.curve)


@given(spread_prints, st.integers(1, 3))
def test_the_same_hours_of_the_days_before_are_averaged(prints: list[Print], days: int) -> None:
    told = [(START - DAY_MS * days, LOT)]
    told += [(START - DAY_MS * day + at_ms, shares) for day in range(1, days + 1) for at_ms, shares in prints]
    found = of(tape_of(told))
    edges = [START + HOUR * edge // PARTS for edge in range(PARTS + 1)]
    sums = [
        sum(volume_in(told, begin - DAY_MS * day, end - DAY_MS * day) for day in range(1, days + 1))
        for begin, end in pairwise(edges)
    ]
    assert found.words == ("the same hours of yesterday" if days == 1 else f"the same hours of {days} days")
    assert found.curve == tuple(volume // days for volume in sums)


def test_a_window_longer_than_a_day_learns_nothing_from_days_it_would_still_be_in() -> None:
    # A share a minute two days ago, two a minute yesterday.
    told = [(START - 2 * DAY_MS + minute * 60_000, SHARE * (1 + minute // 1440)) for minute in range(2880)]
    tape = tape_of(told)
    assert sum(of(tape, DAY_MS).curve) == (1440 + 2 * 1440) * SHARE // 2
    assert sum(of(tape, DAY_MS * 3 // 2).curve) == (1440 + 2 * 720) * SHARE
    assert of(tape, DAY_MS * 2 + 1).words.startswith("even, at the volume")


@given(st.lists(st.tuples(st.integers(1, 90 * 60), st.integers(LOT, 10**15)), max_size=80))
def test_else_it_is_even_at_the_volume_of_the_last_hour_or_not_known(seen: list[tuple[int, int]]) -> None:
    told = [(START - seconds * 1000, shares) for seconds, shares in seen]
    found = of(tape_of(told))
    assert len(set(found.curve)) == 1
    first = min((at_ms - at_ms % BAR_MS for at_ms, _ in told), default=START)
    since = max(first, START - LAST_MS)
    recent = [shares for at_ms, shares in told if at_ms - at_ms % BAR_MS >= since]
    if len(recent) < FEWEST_TRADES or START - since < 4 * BAR_MS:
        assert found == Profile("even: no trades were seen yet", (0,) * PARTS)
        return
    exact = Fraction(sum(recent) * HOUR, (START - since) * PARTS)
    assert 0 <= exact - found.curve[0] < 1
    assert found.words == f"even, at the volume of the last {(START - since) // 60_000 or 1} minutes" or (
        START - since < 120_000 and found.words.endswith(f"{(START - since) // 1000} s")
    )


def test_a_minute_of_a_market_says_nothing_of_an_hour_and_a_longer_while_does() -> None:
    for seconds, is_known in ((45, False), (60, True), (300, True)):
        told = [(START - seconds * 1000, SHARE)] + [(START - 1_000, SHARE)] * FEWEST_TRADES
        found = of(tape_of(told))
        assert any(found.curve) == is_known, seconds
    assert found.words == "even, at the volume of the last 5 minutes"
    assert sum(found.curve) == pytest.approx(31 * 12 * SHARE, abs=PARTS)


@pytest.mark.parametrize("tape", [None, Tape(), tape_of([(START - 60_000, SHARE)])], ids=["none", "empty", "one trade"])
def test_without_trades_enough_every_part_is_zero_and_the_words_say_so(tape: Tape | None) -> None:
    assert of(tape) == Profile("even: no trades were seen yet", (0,) * PARTS)
    assert of(tape, 0).curve == of(tape, 1).curve == (0,)


@given(spread_prints, st.sampled_from([30_000, 290_000, HOUR]))
def test_a_profile_is_made_again_exactly_from_recorded_trades_and_is_never_zero_everywhere(
    prints: list[Print], window: int
) -> None:
    for ago in (DAY_MS, HOUR):
        tape = tape_of([(START - ago + at_ms, shares) for at_ms, shares in prints])
        found = of(tape, window)
        assert found == of(tape, window) == of(reloaded(tape), window)
        assert all(part >= 0 for part in found.curve)
        assert any(found.curve) == (found.words != "even: no trades were seen yet")
