"""Merging and redeeming by the real desk on the practice exchange, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from cockpit.core import commands as cmd
from cockpit.core import events as ev
from cockpit.core.conversion import Conversion, ConversionKind, ConversionState
from cockpit.core.market import Leg
from cockpit.core.position import Position
from cockpit.core.units import PRICE_ONE, SHARE
from cockpit.desk.clock import LoopClock
from cockpit.desk.desk import Desk
from cockpit.desk.ids import SeededIds
from cockpit.desk.rules import DeskRules
from cockpit.drill.virtual_time import run
from cockpit.storage.journal import DirectJournal
from cockpit.storage.store import Store
from cockpit.venues.base import Accepted, Rejected, Unanswered
from cockpit.venues.practice.relayer import Course
from cockpit.venues.practice.venue import PracticeVenue

Act = Callable[["Room"], Awaitable[None]]


class Relay(PracticeVenue):
    """A practice venue whose answers to conversions can be lost."""

    loses: str = ""
    """`ask`: it never arrives; `answer`: it arrives, but nobody says so."""
    asked: int = 0

    async def convert(self, conversion: Conversion) -> Accepted | Rejected:
        self.asked += 1
        if self.loses == "ask":
            raise Unanswered("lost")
        answer = await super().convert(conversion)
        if self.loses == "answer":
            raise Unanswered("lost on its way back")
        return answer


class Room:
    """One exchange, one store, one desk after the other."""

    def __init__(self, rules: DeskRules, seed: int) -> None:
        self.clock = LoopClock()
        self.rules, self.seed = rules, seed
        self.venue = Relay(now_ms=self.clock.now_ms, sleep=self.clock.sleep, seed=seed, events_per_s=2.0)
        self.store = Store(None)
        self.store.close = lambda: None  # type: ignore[method-assign]
        self.venue.close = _nothing  # type: ignore[method-assign]
        self.events: list[ev.Event] = []
        self.desk: Desk
        self.task: asyncio.Task[None]

    async def open(self) -> None:
        self.desk = Desk(
            venue=self.venue,
            journal=DirectJournal(self.store),
            clock=self.clock,
            ids=SeededIds(self.seed),
            rules=self.rules,
            listener=self.events.append,
        )
        self.desk.recover()
        self.task = asyncio.get_running_loop().create_task(self.desk.run())
        await asyncio.sleep(8)

    async def kill(self) -> None:
        self.desk.is_fenced = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def ask(self, command: cmd.Command, seconds: float = 20) -> str:
        self.desk.submit(command)
        await asyncio.sleep(seconds)
        receipts = [receipt for receipt in self.desk.receipts if receipt.command_id == command.id]
        return receipts[0].text if receipts else ""

    @property
    def held(self) -> Position:
        """The held pair with the most matched shares."""
        return max(self.desk.state.positions.values(), key=lambda position: position.matched)

    async def agrees(self) -> None:
        """What we count is what the exchange holds."""
        balances, state = await self.venue.balances(), self.desk.state
        assert state.cash_there == balances.cash
        for market_id, market in state.markets.items():
            if market_id not in state.ended:
                theirs = tuple(balances.shares.get(token, 0) for token in market.tokens)
                assert tuple(state.position(market_id).holding(leg).shares for leg in Leg) == theirs
        assert not state.differences
        assert sum(state.claims.values()) == state.owed

    def proofs(self) -> list[ev.PairsMerged]:
        return [event for event in self.events if isinstance(event, ev.PairsMerged)]


async def _nothing() -> None:
    return None


def play(story: Act, *, seed: int = 1, **rules: object) -> None:
    """Run a story in a room whose desk does nothing by itself unless told."""

    async def live() -> None:
        usual = DeskRules(pair_mode="off", merges="off", redeems="off", scans=False)
        room = Room(replace(usual, **rules), seed)  # type: ignore[arg-type]
        await room.open()
        await story(room)
        await room.kill()

    run(live())


def test_a_merge_turns_pairs_into_cash_and_nothing_into_profit() -> None:
    async def story(room: Room) -> None:
        before, cash = room.held, room.desk.state.cash
        assert before.matched > 5 * SHARE
        assert "merging 5 pairs" in await room.ask(cmd.Merge("c", before.market_id, 5 * SHARE))
        after = room.desk.state.position(before.market_id)
        assert (after.yes.shares, after.no.shares) == (before.yes.shares - 5 * SHARE, before.no.shares - 5 * SHARE)
        assert room.desk.state.cash == cash + 5 * SHARE
        assert after.merging == 0
        assert after.realised - before.realised == 5 * SHARE - (before.cost - after.cost)
        await room.agrees()

    play(story)


def test_without_a_number_all_that_can_be_is_merged() -> None:
    async def story(room: Room) -> None:
        before = room.held
        await room.ask(cmd.Merge("c", before.market_id))
        assert room.desk.state.position(before.market_id).matched < SHARE // 100
        await room.agrees()

    play(story)


def test_shares_that_are_being_merged_are_not_sold_and_not_merged_twice() -> None:
    async def story(room: Room) -> None:
        room.venue.exchange.relayer.plan = lambda _conversion: Course(60_000)
        held = room.held
        await room.ask(cmd.Merge("c1", held.market_id), 2)
        reserved = room.desk.state.position(held.market_id)
        assert reserved.merging == held.matched // 10_000 * 10_000
        light = Leg.YES if held.delta < 0 else Leg.NO
        assert reserved.sellable(light) < SHARE // 100
        assert "are free" in await room.ask(cmd.Merge("c2", held.market_id, SHARE), 2)
        await room.ask(cmd.Merge("c3", held.market_id), 70)
        assert room.venue.asked == 1
        await room.agrees()

    play(story)


@pytest.mark.parametrize("loses", ["ask", "answer"])
def test_no_answer_proves_nothing_and_is_looked_up(loses: str) -> None:
    async def story(room: Room) -> None:
        room.venue.loses = loses
        held = room.held
        await room.ask(cmd.Merge("c", held.market_id, 5 * SHARE), 1)
        assert room.desk.state.position(held.market_id).merging == 5 * SHARE
        await asyncio.sleep(40)
        [conversion] = room.desk.state.conversions.values()
        wanted = ConversionState.FAILED if loses == "ask" else ConversionState.DONE
        assert conversion.state is wanted
        assert room.desk.state.position(held.market_id).merging == 0
        await room.agrees()

    play(story)


def test_a_conversion_that_fails_gives_the_shares_free_again() -> None:
    async def story(room: Room) -> None:
        room.venue.exchange.relayer.plan = lambda _conversion: Course(3_000, fails=True)
        held = room.held
        await room.ask(cmd.Merge("c", held.market_id, 5 * SHARE))
        after = room.desk.state.position(held.market_id)
        assert (after.matched, after.merging) == (held.matched, 0)
        assert any("failed: reverted" in notice.text for notice in room.desk.state.notices)
        await room.agrees()

    play(story)


def test_a_merge_that_was_on_its_way_when_the_desk_died_counts_once() -> None:
    async def story(room: Room) -> None:
        held = room.held
        await room.ask(cmd.Merge("c", held.market_id, 5 * SHARE), 1)
        await room.kill()
        await asyncio.sleep(30)
        await room.open()
        assert room.desk.state.position(held.market_id).matched == held.matched - 5 * SHARE
        assert len(room.proofs()) == 1
        [proof] = room.proofs()
        room.desk.deliver(proof)
        await asyncio.sleep(1)
        assert room.desk.state.position(held.market_id).matched == held.matched - 5 * SHARE
        await room.agrees()

    play(story)


def test_what_a_resolved_market_owes_is_no_cash_until_it_is_redeemed() -> None:
    async def story(room: Room) -> None:
        held, state = room.held, room.desk.state
        cash = state.cash_there
        room.venue.world.end_market(held.market_id, PRICE_ONE, room.clock.now_ms())
        room.venue.release()
        await asyncio.sleep(2)
        assert state.claims[held.market_id] == state.owed == held.yes.shares
        assert state.cash_there == cash
        assert state.position(held.market_id).is_flat
        counted = state.cash
        await room.agrees()
        assert "redeeming" in await room.ask(cmd.Redeem("c", held.market_id))
        assert (state.owed, state.cash_there) == (0, cash + held.yes.shares)
        assert state.cash == counted, "it was counted when the market resolved"
        await room.agrees()
        assert "owes nothing" in await room.ask(cmd.Redeem("d", held.market_id))

    play(story)


@pytest.mark.parametrize(("mode", "is_shown"), [("off", False), ("suggest", True), ("auto", True)])
def test_what_the_settings_leave_alone_is_not_proposed_to_anybody(mode: str, is_shown: bool) -> None:
    async def story(room: Room) -> None:
        assert room.desk.converter.proposed()
        room.desk.rules = replace(room.desk.rules, merges=mode)  # type: ignore[arg-type]
        frame = room.desk.picture((), None)
        assert frame is not None
        assert bool(frame.capital) is is_shown

    play(story)


def test_by_rule_the_most_dollar_days_come_first_and_a_failure_is_left_alone_for_a_while() -> None:
    async def story(room: Room) -> None:
        room.venue.exchange.relayer.plan = lambda _conversion: Course(2_000, fails=True)
        expected = room.desk.converter.proposed()
        assert expected
        assert [p.dollar_days for p in expected] == sorted((p.dollar_days for p in expected), reverse=True)
        room.desk.rules = replace(room.desk.rules, merges="auto")
        await asyncio.sleep(20)
        assert next(iter(room.desk.state.conversions.values())).market_id == expected[0].market_id
        assert room.venue.asked == len(expected)
        room.venue.exchange.relayer.plan = None
        await asyncio.sleep(60)
        assert not room.desk.converter.proposed()
        await room.agrees()

    play(story)


def test_winners_are_redeemed_by_rule() -> None:
    async def story(room: Room) -> None:
        held = room.held
        room.venue.world.end_market(held.market_id, 0, room.clock.now_ms())
        room.venue.release()
        await asyncio.sleep(20)
        assert room.desk.state.owed == 0
        assert room.desk.state.redeemed[held.market_id] == held.no.shares
        await room.agrees()

    play(story, redeems="auto")


def test_the_quota_is_kept_before_the_venue_has_to() -> None:
    async def story(room: Room) -> None:
        room.venue.exchange.relayer.plan = lambda _conversion: Course(1_000, fails=True)
        held = room.held
        answers: Sequence[str] = [await room.ask(cmd.Merge(f"c{n}", held.market_id, SHARE), 2) for n in range(27)]
        assert sum("merging" in answer for answer in answers) == 25
        assert "at most 25" in answers[-1]
        assert room.venue.asked == 25

    play(story)


def test_nothing_is_merged_while_the_desk_is_halted() -> None:
    async def story(room: Room) -> None:
        room.desk.submit(cmd.Halt("h"))
        assert "halted" in await room.ask(cmd.Merge("c", room.held.market_id), 2)
        assert room.venue.asked == 0

    play(story)


def test_a_merge_made_elsewhere_is_seen() -> None:
    async def story(room: Room) -> None:
        held = room.held
        foreign = Conversion("0xforeign", held.market_id, ConversionKind.MERGE, 5 * SHARE, 0)
        room.venue.exchange.convert(foreign, room.clock.now_ms())
        await asyncio.sleep(90)
        assert room.desk.state.position(held.market_id).matched == held.matched - 5 * SHARE
        await room.agrees()

    play(story)
