"""A place in a queue against a simulated one: whatever happens ahead or behind, the truth lies within the bounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cockpit.core import queue as q
from cockpit.core.queue import Queue, filled, joined, shown
from cockpit.core.units import SHARE
from tests.core.one_level import US, Level

small = st.integers(1, 60)
NOW = 1_000_000


def level(queue: Queue, others: int) -> Queue:
    """All of this happens within a moment."""
    return q.level(queue, others, NOW)


def trade(queue: Queue, shares: int) -> Queue:
    return q.trade(queue, shares, NOW)


@dataclass(frozen=True)
class Act:
    """One thing that happens at the level, and when its print is told: before its level, or so many acts after it."""

    kind: str
    shares: int
    where: int = 0
    print_late: int = -1


kinds = st.sampled_from(["trade", "cancel", "cancel", "join"])
acts = st.builds(Act, kinds, small, st.integers(0, 9), st.just(-1))
late_acts = st.builds(Act, kinds, small, st.integers(0, 9), st.sampled_from([-1, 0, 1, 3]))


@dataclass
class Desk:
    """What the estimate is told, in the order it is told."""

    level: Level
    queue: Queue
    prints: list[list[int]] = field(default_factory=list)
    """[acts until it is told, shares]"""

    def do(self, act: Act) -> None:
        traded = ours = 0
        if act.kind == "trade":
            traded, ours = self.level.trade(act.shares)
        elif act.kind == "cancel":
            self.level.cancel(act.where, act.shares)
        else:
            self.level.add(act.where, act.shares)
        if traded and act.print_late < 0:
            self.queue = trade(self.queue, traded)
        self.queue = level(self.queue, self.level.others)
        if ours:
            self.queue = filled(self.queue)
        if traded and act.print_late >= 0:
            self.prints.append([act.print_late, traded])
        for late in self.prints:
            late[0] -= 1
            if late[0] < 0:
                self.queue = trade(self.queue, late[1])
        self.prints = [late for late in self.prints if late[0] >= 0]


def arrived(ahead: list[int], gone: int) -> Desk:
    """Return a level we have joined behind others, of whom some shares were cancelled while we were on our way."""
    made = Level([(number, shares) for number, shares in enumerate(ahead)])
    queue = joined(made.others)
    for _ in range(gone):
        made.cancel(gone, 5)
        queue = level(queue, made.others)
    made.add(US, 30)
    return Desk(made, shown(queue, made.others, is_sure=True))


def in_order(queue: Queue) -> bool:
    return 0 <= queue.least <= queue.ahead <= queue.most <= max(queue.others, queue.most)


def see_that_the_truth_lies_within_the_bounds(ahead: list[int], gone: int, happens: list[Act]) -> None:
    desk = arrived(ahead, gone)
    for act in happens:
        desk.do(act)
        truth = desk.level.ahead
        if not desk.level.ours:
            return
        assert desk.queue.least <= truth <= desk.queue.most, (act, desk.queue)
        assert in_order(desk.queue)
        assert desk.queue.ahead <= desk.queue.arrived
        assert desk.queue.others == desk.level.others


@settings(max_examples=150)
@given(st.lists(small, max_size=6), st.integers(0, 4), st.lists(acts, max_size=25))
@example([60, 40], 0, [Act("join", 50, 5), Act("join", 50, 6), Act("cancel", 60, 0), Act("trade", 30)])
@example([60, 40], 0, [Act("join", 50, 5), Act("cancel", 10, 0), Act("trade", 50), Act("join", 9, 7)])
def test_the_truth_always_lies_within_the_bounds(ahead: list[int], gone: int, happens: list[Act]) -> None:
    see_that_the_truth_lies_within_the_bounds(ahead, gone, happens)


@given(st.lists(small, max_size=6), st.integers(0, 4), st.lists(late_acts, max_size=25))
@example([1, 1], 0, [Act("trade", 1, print_late=0)])
def test_the_truth_lies_within_the_bounds_too_when_prints_come_behind_their_levels(
    ahead: list[int], gone: int, happens: list[Act]
) -> None:
    see_that_the_truth_lies_within_the_bounds(ahead, gone, happens)


@given(st.lists(small, min_size=1, max_size=6), st.lists(acts, max_size=25))
def test_when_nobody_cancels_the_place_is_known_exactly(ahead: list[int], happens: list[Act]) -> None:
    desk = arrived(ahead, 0)
    for act in happens:
        if act.kind == "cancel":
            continue
        desk.do(replace(act, print_late=-1))
        if not desk.level.ours:
            return
        assert (desk.queue.least, desk.queue.ahead, desk.queue.most) == (desk.level.ahead,) * 3
        assert desk.queue.confidence == 10_000


@given(st.lists(small, min_size=1, max_size=6), st.lists(acts, max_size=20))
@example([1, 1], [Act("trade", 1)])
def test_prints_told_late_end_where_prints_told_at_once_do_when_nobody_cancels(
    ahead: list[int], happens: list[Act]
) -> None:
    """A trade behind its level was taken for a cancel meanwhile; the range stays wider, the upper bound is the same."""
    once, late = arrived(ahead, 0), arrived(ahead, 0)
    for act in happens:
        if act.kind == "cancel":
            continue
        once.do(replace(act, print_late=-1))
        late.do(replace(act, print_late=0))
        if not once.level.ours:
            return
        assert late.queue.most == once.queue.most
        assert late.queue.ahead == once.queue.ahead
        assert late.queue.least <= once.queue.least


@given(st.lists(small, min_size=1, max_size=6), st.lists(acts, max_size=25))
def test_the_place_never_gets_worse_while_we_wait(ahead: list[int], happens: list[Act]) -> None:
    desk = arrived(ahead, 0)
    for act in happens:
        before = desk.queue
        desk.do(act)
        assert desk.queue.ahead <= before.ahead
        assert desk.queue.most <= before.most
        assert 0 <= desk.queue.confidence <= 10_000
        span = desk.queue.most - desk.queue.least
        if span and span <= desk.queue.arrived:
            assert desk.queue.confidence == 10_000 - span * 10_000 // desk.queue.arrived


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 200))
def test_cancels_of_unknown_place_are_spread_in_proportion(ahead: int, behind: int, gone: int) -> None:
    gone = min(gone, ahead + behind)
    queue = level(shown(joined(ahead), ahead, is_sure=True), ahead + behind)
    after = level(queue, ahead + behind - gone)
    assert after.most == min(ahead, ahead + behind - gone)
    assert after.least == max(0, ahead - gone)
    share = ahead * gone // max(ahead + behind, 1)
    assert after.ahead == min(ahead - share, after.most)


@given(st.lists(small, max_size=6), st.lists(acts, max_size=10), st.lists(acts, max_size=10))
def test_once_a_part_of_ours_has_traded_nobody_is_ahead_any_more(
    ahead: list[int], before: list[Act], after: list[Act]
) -> None:
    desk = arrived(ahead, 0)
    for act in before:
        desk.do(act)
    desk.queue = filled(desk.queue)
    for act in after:
        desk.queue = level(trade(desk.queue, act.shares), max(0, desk.queue.others + act.where - act.shares))
        assert (desk.queue.least, desk.queue.ahead, desk.queue.most) == (0, 0, 0)
        assert desk.queue.confidence == 10_000


@given(st.lists(small, max_size=5), st.integers(0, 80), st.integers(0, 80))
def test_what_came_together_with_us_may_stand_before_us_or_not(ahead: list[int], first: int, last: int) -> None:
    """The level grew by more than our shares in one step: nobody knows who was first."""
    queue = shown(joined(sum(ahead)), sum(ahead) + first + last, is_sure=False)
    assert queue.least <= sum(ahead) + first <= queue.most
    assert queue.is_shown
    assert in_order(queue)


def test_of_a_hundred_ahead_and_nobody_behind_a_trade_of_thirty_told_late_leaves_seventy() -> None:
    queue = level(shown(joined(100), 100, is_sure=True), 70)
    queue = trade(queue, 30)
    assert (queue.least, queue.ahead, queue.most) == (70, 70, 70)


def test_an_example_of_each_kind_of_news() -> None:
    queue = shown(joined(90 * SHARE), 90 * SHARE, is_sure=True)
    queue = level(queue, 210 * SHARE)  # 120 more behind us
    assert (queue.least, queue.ahead, queue.most) == (90 * SHARE, 90 * SHARE, 90 * SHARE)
    queue = level(trade(queue, 30 * SHARE), 180 * SHARE)
    assert (queue.least, queue.ahead, queue.most) == (60 * SHARE, 60 * SHARE, 60 * SHARE)
    queue = level(
        queue, 135 * SHARE
    )  # 45 cancelled: all of them may have stood before us, or none; a third in proportion
    assert (queue.least, queue.ahead, queue.most) == (15 * SHARE, 45 * SHARE, 60 * SHARE)
    assert queue.confidence == 5_000
    queue = trade(queue, 30 * SHARE)  # 30 of these were no cancels: all ahead, of which 10 were counted as such
    assert (queue.least, queue.ahead, queue.most) == (15 * SHARE, 25 * SHARE, 30 * SHARE)
    queue = filled(queue)
    assert (queue.least, queue.ahead, queue.most) == (0, 0, 0)
