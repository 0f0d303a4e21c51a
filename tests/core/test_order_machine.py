"""An order at a venue that matches, fails, answers late and reports out of order, against the plainest ledger."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.order import MOVES, TERMINAL, FillKey, FillStatus, Order, OrderState
from cockpit.core.state import State
from tests.core.builders import NOW, fill, order

S = OrderState
END = TERMINAL - {S.DENIED, S.FILLED}
SHOWN = {S.OPEN, S.PARTIALLY_FILLED, S.FILLED, S.CANCELLED, S.EXPIRED}
SETTLED = (FillStatus.CONFIRMED, FillStatus.FAILED)
RANK = {"matched": 0, "retrying": 1, "mined": 2, "confirmed": 3, "failed": 3}


class OrderAtVenue(RuleBasedStateMachine):
    """The venue matches up to the size; its reports reach us in any order, more than once, and some trades fail.

    We ask for cancels, lose track, and now and then take the order for dead although it is not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.matched: dict[FillKey, int] = {}
        self.told: dict[FillKey, FillStatus] = {}
        self.is_cancel_asked = self.is_shown = False
        apply(self.state, ev.OrderSending(NOW, order("o", size="10")))
        self.before = self.order

    @property
    def order(self) -> Order:
        return self.state.orders["o"]

    @property
    def size(self) -> int:
        return self.order.size

    @precondition(lambda self: sum(self.matched.values()) < self.size and self.order.state is not S.DENIED)
    @rule(share=st.integers(1, 10))
    def venue_matches(self, share: int) -> None:
        left = self.size - sum(self.matched.values())
        self.matched[f"t{len(self.matched)}", "o"] = min(share * 1_000_000, left)

    @precondition(lambda self: self.matched)
    @rule(data=st.data(), status=st.sampled_from(FillStatus))
    def report_of_a_fill(self, data: st.DataObject, status: FillStatus) -> None:
        key = data.draw(st.sampled_from(sorted(self.matched)))
        before = self.order
        apply(self.state, ev.FillSeen(NOW, fill(key[0], "o", shares=self.matched[key], status=status)))
        if key in self.told:
            self._advance(key, status)
        else:
            self.told[key] = status
        if self.order.filled > before.filled:
            assert not self.order.is_presumed
            assert not before.is_presumed or self.order.possible == self.size - self.order.filled

    @precondition(lambda self: self.told)
    @rule(data=st.data(), status=st.sampled_from(FillStatus))
    def status_of_a_fill(self, data: st.DataObject, status: FillStatus) -> None:
        key = data.draw(st.sampled_from(sorted(self.told)))
        apply(self.state, ev.FillMoved(NOW, *key, status))
        self._advance(key, status)

    def _advance(self, key: FillKey, status: FillStatus) -> None:
        if self.told[key] not in SETTLED and RANK[status] > RANK[self.told[key]]:
            self.told[key] = status

    @rule(after=st.sampled_from(sorted(set(S) - {S.CREATED, S.DENIED})), tells=st.booleans())
    def report_of_a_state(self, after: OrderState, tells: bool) -> None:
        matched = sum(self.matched.values())
        if after is S.FILLED and matched < self.size:
            return
        told = matched if tells or after in END else 0
        self._report(ev.OrderMoved(NOW, "o", after, "", told))

    def _report(self, event: ev.OrderMoved) -> None:
        late, before = self.state.late_reports, self.order
        apply(self.state, event)
        now = self.order
        assert now.venue_filled >= max(before.venue_filled, event.venue_filled)
        if event.state is before.state or event.state in self._legal(before):
            assert now.state is event.state
            self.is_cancel_asked = self.is_cancel_asked or event.state is S.CANCELLING
            self.is_shown = self.is_shown or (event.state in SHOWN and not now.is_presumed)
        else:
            assert now.state is before.state
            assert self.state.late_reports == late + 1
        if event.venue_filled > max(before.venue_filled, now.filled + now.failed) and not event.is_presumed:
            assert not now.is_proven_dead, "matched shares that are not in hand may still come"

    @rule()
    def we_ask_for_a_cancel(self) -> None:
        self._report(ev.OrderMoved(NOW, "o", S.CANCELLING))

    @rule()
    def we_lose_track(self) -> None:
        self._report(ev.OrderMoved(NOW, "o", S.UNKNOWN, "nobody listened"))

    @rule(end=st.sampled_from(sorted(END)))
    def we_take_it_for_dead(self, end: OrderState) -> None:
        before = self.order
        self._report(ev.OrderMoved(NOW, "o", end, "signed off", is_presumed=True))
        if self.order.state is end and end in self._legal(before) | {before.state}:
            assert self.order.is_presumed
            assert self.order.is_proven_dead
            assert self.order.possible == 0

    @precondition(lambda self: self.order.is_presumed)
    @rule(after=st.sampled_from(sorted(SHOWN - {S.FILLED})))
    def the_venue_shows_what_we_took_for_dead(self, after: OrderState) -> None:
        matched = sum(self.matched.values())
        self._report(ev.OrderMoved(NOW, "o", after, "", matched))
        assert self.order.state is after
        if after in (S.OPEN, S.PARTIALLY_FILLED):
            assert not self.order.is_presumed
            assert self.order.possible == self.size - self.order.filled > 0

    @precondition(lambda self: not self.matched)
    @rule()
    def it_is_called_off_before_it_leaves(self) -> None:
        """The venue never sees it: only an order that was not shown can still be denied."""
        self._report(ev.OrderMoved(NOW, "o", S.DENIED, "halted before it was sent"))
        if self.order.state is S.DENIED:
            assert not self.is_shown
            assert self.order.possible == 0

    @staticmethod
    def _legal(one: Order) -> set[OrderState]:
        legal = set(MOVES[one.state]) | (SHOWN if one.is_presumed else set())
        if one.is_acknowledged or one.filled or one.failed:
            legal -= {S.REJECTED, S.DENIED}
        return legal

    @invariant()
    def moved_only_along_the_moves(self) -> None:
        now, before = self.order, self.before
        assert now.state is before.state or now.state in self._legal(before)
        if before.state in TERMINAL - {S.REJECTED} and not before.is_presumed and now.state is not before.state:
            assert now.state is S.FILLED
        self.before = now

    @invariant()
    def marks_that_stay(self) -> None:
        assert self.order.is_unwanted == self.is_cancel_asked
        assert self.order.is_acknowledged == self.is_shown

    @invariant()
    def filled_is_what_the_fills_say(self) -> None:
        counted = {k: s for k, s in self.told.items() if s is not FillStatus.FAILED}
        assert self.order.filled == sum(self.matched[key] for key in counted)
        assert self.order.failed == sum(self.matched[key] for key in self.told) - self.order.filled
        assert self.order.filled <= sum(self.matched.values())
        assert self.state.position("m").yes.shares == self.order.filled

    @invariant()
    def possible_is_0_exactly_when_it_is_proven_dead(self) -> None:
        assert self.order.possible >= 0
        assert self.order.filled + self.order.possible <= self.size
        assert (self.order.possible == 0) == self.order.is_proven_dead
        in_hand = self.order.filled + self.order.failed
        if self.order.is_proven_dead:
            assert self.order.is_terminal
            assert self.order.is_presumed or in_hand >= self.order.venue_filled
        else:
            assert self.order.possible >= self.order.venue_filled - in_hand
        assert (self.order.id in self.state.live["m"]) == (not self.order.is_proven_dead)

    @invariant()
    def dead_by_a_full_report_means_that_nothing_can_come(self) -> None:
        is_full = self.order.venue_filled == sum(self.matched.values())
        if self.order.is_proven_dead and is_full and not self.order.is_presumed:
            assert set(self.told) == set(self.matched)


TestOrderAtVenue = OrderAtVenue.TestCase
