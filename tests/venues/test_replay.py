"""The replay venue: in time, in order, at any speed, and still there afterwards."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cockpit.core import events as ev
from cockpit.core.errors import UsageError
from cockpit.core.fold import apply
from cockpit.core.market import Leg, Side
from cockpit.core.order import FillStatus, Order, OrderState, OrderType
from cockpit.core.state import State
from cockpit.core.units import SHARE, USD
from cockpit.drill.virtual_time import run
from cockpit.venues.base import Accepted, Rejected, Venue
from cockpit.venues.recording import lines
from cockpit.venues.replay import PaperRules, ReplayVenue
from cockpit.venues.samples import sample_path
from cockpit.venues.scan import scan
from tests.venues.wire_frames import MARKET, NO, YES, book, change, entry, trade

START = 1_790_000_000_000


class Clock:
    """The loop's virtual time at a speed that can change, like the one the desk runs on."""

    def __init__(self, speed: float = 1.0, start_ms: int = START) -> None:
        self.speed = speed
        self._start, self._origin = float(start_ms), 0.0

    def now_ms(self) -> int:
        return int(self._start + (asyncio.get_running_loop().time() - self._origin) * 1000 * self.speed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed if self.speed else 3600)

    def skip(self, ms: int) -> None:
        self._start += ms

    def set_speed(self, speed: float) -> None:
        self._start, self._origin = float(self.now_ms()), asyncio.get_running_loop().time()
        self.speed = speed


def written(folder: Path, *frames: tuple[int, Any]) -> Path:
    path = folder / "game.jsonl.gz"
    text = "\n".join(json.dumps({"recv_ts_ms": START + at, "frame": frame}) for at, frame in frames)
    path.write_bytes(gzip.compress(text.encode()))
    return path


def game(folder: Path) -> Path:
    """Four seconds: a book, a level that comes and goes, a print through 0.48, and a broken line's frame."""
    return written(
        folder,
        (0, [book({4800: 30 * SHARE}, {5200: 20 * SHARE}), book({4800: 20 * SHARE}, {5200: 30 * SHARE}, NO)]),
        (1_000, change(entry(YES, "SELL", 5100, 10 * SHARE), entry(NO, "BUY", 4900, 10 * SHARE))),
        (2_000, trade(YES, "SELL", 4700, 50 * SHARE, at=str(START + 2_000))),
        (3_000, {"event_type": "price_change", "market": MARKET}),
        (4_000, change(entry(YES, "SELL", 5100, 0), entry(NO, "BUY", 4900, 0))),
    )


class Play:
    """A replay under way: its events, with the clock's time at which each came."""

    def __init__(self, path: Path, speed: float = 1.0, rules: PaperRules | None = None) -> None:
        recording = scan(path)
        self.clock = Clock(speed, recording.first_ms)
        self.venue = ReplayVenue(
            recording,
            now_ms=self.clock.now_ms,
            sleep=self.clock.sleep,
            speed=lambda: self.clock.speed,
            rules=rules,
        )
        self.events: list[tuple[int, ev.Event]] = []

    def sink(self, event: ev.Event) -> None:
        self.events.append((self.clock.now_ms(), event))

    async def finish(self) -> None:
        while not self.venue.is_finished:
            await asyncio.sleep(0.5)

    def of(self, kind: type) -> list[Any]:
        return [event for _, event in self.events if isinstance(event, kind)]


def played(
    path: Path,
    story: Callable[[Play], Awaitable[None]] | None = None,
    speed: float = 1.0,
    rules: PaperRules | None = None,
) -> Play:
    """Return a replay after its story (default: until it is finished)."""

    async def main() -> Play:
        play = Play(path, speed, rules)
        task = asyncio.ensure_future(play.venue.run(play.sink))
        await (story(play) if story else play.finish())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await play.venue.close()
        return play

    return run(main())


def order(name: str, leg: Leg, side: Side, price: int, shares: int, kind: OrderType = OrderType.FAK) -> Order:
    return Order(name, name, "p", MARKET, leg, side, price, shares * SHARE, kind)


def test_markets_come_first_then_the_connection_then_frames_in_time(tmp_path: Path) -> None:
    play = played(game(tmp_path))
    kinds = [type(event) for _, event in play.events if not isinstance(event, ev.FeedStats)]
    assert kinds[:3] == [ev.MarketListed, ev.ConnectionChanged, ev.BookSnapshot]
    (listed,) = play.of(ev.MarketListed)
    assert (listed.market.name, listed.market.outcomes, listed.market.tokens) == ("market 1", ("A", "B"), (YES, NO))
    late = [now - event.at_ms for now, event in play.events if isinstance(event, ev.LevelsChanged | ev.TradePrinted)]
    assert all(0 <= ms <= 60 for ms in late)


@pytest.mark.parametrize("speed", [0.5, 1.0, 20.0, 1000.0])
def test_events_are_the_same_at_any_speed(tmp_path: Path, speed: float) -> None:
    def shown(play: Play) -> list[ev.Event]:
        return [event for _, event in play.events if not isinstance(event, ev.FeedStats | ev.ConnectionChanged)]

    assert shown(played(game(tmp_path), speed=speed)) == shown(played(game(tmp_path)))


def test_a_faster_clock_takes_less_real_time(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        await play.finish()
        assert asyncio.get_running_loop().time() <= 1.0

    played(game(tmp_path), story, speed=20.0)


def test_speed_can_change_and_be_zero_while_it_runs(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        await asyncio.sleep(1.5)
        play.clock.set_speed(0.0)
        await asyncio.sleep(100)
        assert len(play.of(ev.LevelsChanged)) == 1
        assert not play.of(ev.TradePrinted)
        play.clock.set_speed(10.0)
        await asyncio.sleep(1)
        assert play.venue.is_finished

    played(game(tmp_path), story)


def test_the_feed_is_counted_and_ends_as_finished(tmp_path: Path) -> None:
    play = played(game(tmp_path))
    stats = play.of(ev.FeedStats)
    assert 14 <= len(stats) <= 22
    last = stats[-1]
    assert (last.is_finished, last.position_ms, last.length_ms, last.frames, last.unparsed) == (
        True,
        4_000,
        4_000,
        5,
        1,
    )
    assert [each.is_finished for each in stats[:-1]] == [False] * (len(stats) - 1)


def test_the_opening_holding_is_bought_at_the_first_asks(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        yes, no = await play.venue.fills()
        assert (yes.price, yes.shares, yes.money, yes.fee) == (5200, 60 * SHARE, 31_200_000, 0)
        assert (no.price, no.shares, no.status) == (5200, 20 * SHARE, FillStatus.CONFIRMED)
        balances = await play.venue.balances()
        assert balances.cash == 1_000 * USD - 31_200_000 - 10_400_000
        assert balances.shares == {YES: 60 * SHARE, NO: 20 * SHARE}
        assert not play.of(ev.FillSeen)

    played(game(tmp_path), story)


def test_nothing_can_be_held(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        assert await play.venue.fills() == ()
        assert (await play.venue.balances()).cash == 1_000 * USD

    played(game(tmp_path), story, rules=PaperRules(hold=(0, 0)))


def test_more_than_the_paper_account_has_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--hold 1000/1000 costs \$1040 at the first asks.* has \$1000"):
        Play(game(tmp_path), rules=PaperRules(hold=(1_000 * SHARE, 1_000 * SHARE)))
    assert Play(game(tmp_path), rules=PaperRules(hold=(961 * SHARE, 961 * SHARE))).venue.recording.first_quote


def test_orders_act_before_the_frames_that_came_after_them_however_late_the_replay_is(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        await asyncio.sleep(0.1)
        sent = asyncio.ensure_future(play.venue.place(order("a", Leg.YES, Side.BUY, 5100, 10)))
        await asyncio.sleep(0)
        # The process sleeps: the frame at 1,000 ms, which would fill the order, comes when it is long due.
        play.clock.skip(3_000)
        assert isinstance(await sent, Rejected)

    played(game(tmp_path), story)


def test_a_wrong_time_or_a_long_pause_does_not_stretch_a_replay(tmp_path: Path) -> None:
    far, pause = 9 * 10**13 - START, 3_600_000
    times = (5 - START, 0, 1_000, far, 2_000, 1_000, 2_000 + pause, 3_000 + pause)
    path = written(tmp_path, *((at, book({4800: SHARE}, {5200: SHARE}, token)) for at, token in zip(times, (YES, NO) * 4, strict=True)))  # fmt: skip  # noqa: E501
    assert [line.at_ms - START for line in lines(path)] == [0, 0, 1_000, 1_000, 2_000, 1_000, 61_000, 62_000]
    found = scan(path)
    assert (found.first_ms, found.length_ms) == (START, 62_000)


def test_a_step_back_in_time_goes_on_from_there(tmp_path: Path) -> None:
    path = written(tmp_path, *((at, book({4800: SHARE}, {5200: SHARE})) for at in (900_000, 901_000, 0, 1_000)))
    assert [line.at_ms - START for line in lines(path)] == [900_000, 901_000, 901_000, 902_000]


def test_orders_take_arrive_late_and_rest_until_traded_through(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        venue = play.venue
        await asyncio.sleep(0.5)
        assert await venue.place(order("a", Leg.YES, Side.BUY, 5200, 10)) == Accepted("a")
        assert play.clock.now_ms() - START >= 550
        assert isinstance(await venue.place(order("b", Leg.YES, Side.BUY, 5100, 10)), Rejected)
        await venue.place(order("c", Leg.YES, Side.BUY, 4800, 10, OrderType.GTC))
        await venue.place(order("d", Leg.YES, Side.SELL, 6000, 10, OrderType.GTC))
        assert [order.id for order in await venue.open_orders()] == ["c", "d"]
        await asyncio.sleep(2)
        found = await venue.order("c")
        assert found is not None
        assert (found.state, found.filled) == (OrderState.FILLED, 10 * SHARE)
        assert await venue.order("nobody") is None
        await play.finish()
        await venue.cancel(["d"])
        assert not await venue.open_orders()
        await venue.place(order("e", Leg.NO, Side.SELL, 4800, 10))
        assert (await venue.balances()).shares == {YES: 80 * SHARE, NO: 10 * SHARE}

    play = played(game(tmp_path), story)
    fills = [seen.fill for seen in play.of(ev.FillSeen)]
    assert [(fill.order_id, fill.trade_id, fill.at_ms - START) for fill in fills[:2]] == [
        ("a", "replay-1", fills[0].at_ms - START),
        ("c", "replay-2", 2_000),
    ]
    assert 550 <= fills[0].at_ms - START <= 620


def test_own_orders_end_the_same_at_any_speed(tmp_path: Path) -> None:
    async def story(play: Play) -> None:
        await play.venue.place(order("a", Leg.YES, Side.BUY, 4800, 10, OrderType.GTC))
        await play.finish()

    seen = [played(game(tmp_path), story, speed=speed).of(ev.FillSeen) for speed in (1.0, 1.0, 5.0)]
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0].fill.shares == 10 * SHARE


def test_the_desks_fold_ends_with_the_recordings_book(tmp_path: Path) -> None:
    play, state = played(game(tmp_path)), State()
    for _, event in play.events:
        apply(state, event)
    assert state.books[MARKET].asks == {5200: 20 * SHARE}
    assert state.feed is not None
    assert state.feed.is_finished


def test_the_sample_plays_through_and_names_its_disagreements() -> None:
    play = played(sample_path(), speed=50.0)
    last = play.of(ev.FeedStats)[-1]
    assert (last.frames, last.unparsed, last.is_finished) == (5_816, 0, True)
    assert last.disagreements <= 2
    assert len(play.of(ev.MarketListed)) == 4


def test_it_is_a_venue(tmp_path: Path) -> None:
    recording = replace(scan(game(tmp_path)))
    venue: Venue = ReplayVenue(recording, now_ms=lambda: 0, sleep=asyncio.sleep)
    assert (venue.name, venue.account) == ("replay", "paper")
    assert venue.terms.quarantine_ms > 50
