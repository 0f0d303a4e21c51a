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


class OrderAtVenue(RuleBasedStateMachine):
    """The venue matches up to the size; its reports reach us in any order, more than once, and some trades fail."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State()
        self.matched: dict[FillKey, int] = {}
        self.told: dict[FillKey, FillStatus] = {}
        apply(self.state, ev.OrderSending(NOW, order("o", size="10")))
        self.before = self.order.state

    @property
    def order(self) -> Order:
        return self.state.orders["o"]

    @property
    def size(self) -> int:
        return self.order.size

    @precondition(lambda self: sum(self.matched.values()) < self.size)
    @rule(share=st.integers(1, 10))
    def venue_matches(self, share: int) -> None:
        left = self.size - sum(self.matched.values())
        self.matched[f"t{len(self.matched)}", "o"] = min(share * 1_000_000, left)

    @precondition(lambda self: self.matched)
    @rule(data=st.data(), status=st.sampled_from(FillStatus))
    def report_of_a_fill(self, data: st.DataObject, status: FillStatus) -> None:
        key = data.draw(st.sampled_from(sorted(self.matched)))
        known = self.told.get(key)
        apply(self.state, ev.FillSeen(NOW, fill(key[0], "o", shares=self.matched[key], status=status)))
        if known is None:
            self.told[key] = status
        elif known not in (FillStatus.CONFIRMED, FillStatus.FAILED):
            self.told[key] = status if self._rank(status) > self._rank(known) else known

    @precondition(lambda self: self.told)
    @rule(data=st.data(), status=st.sampled_from(FillStatus))
    def status_of_a_fill(self, data: st.DataObject, status: FillStatus) -> None:
        key = data.draw(st.sampled_from(sorted(self.told)))
        apply(self.state, ev.FillMoved(NOW, *key, status))
        if self.told[key] not in (FillStatus.CONFIRMED, FillStatus.FAILED):
            self.told[key] = status if self._rank(status) > self._rank(self.told[key]) else self.told[key]

    @rule(after=st.sampled_from(sorted(set(S) - {S.CREATED, S.DENIED})), tells=st.booleans())
    def report_of_a_state(self, after: OrderState, tells: bool) -> None:
        matched = sum(self.matched.values())
        if after is S.FILLED and matched < self.size:
            return
        late = self.state.late_reports
        before = self.order
        apply(self.state, ev.OrderMoved(NOW, "o", after, "", matched if tells or after in END else 0))
        if after not in MOVES[before.state] and after is not before.state:
            assert self.order.state is before.state
            assert self.state.late_reports == late + 1

    @staticmethod
    def _rank(status: FillStatus) -> int:
        return {"matched": 0, "retrying": 1, "mined": 2, "confirmed": 3, "failed": 3}[status]

    @invariant()
    def moved_only_along_the_moves(self) -> None:
        now = self.order.state
        reachable = {self.before}
        for _ in range(2):  # one event can move it, and its fill move it again
            reachable |= {after for state in reachable for after in MOVES[state]}
        assert now in reachable
        if self.before in TERMINAL - {S.REJECTED} and now is not self.before:
            assert now in {S.FILLED, S.PARTIALLY_FILLED}
        self.before = now

    @invariant()
    def filled_is_what_the_fills_say(self) -> None:
        counted = {k: s for k, s in self.told.items() if s is not FillStatus.FAILED}
        assert self.order.filled == sum(self.matched[key] for key in counted)
        assert self.order.failed == sum(self.matched[key] for key in self.told) - self.order.filled
        assert self.order.filled <= sum(self.matched.values())
        assert self.state.position("m").yes.shares == self.order.filled

    @invariant()
    def possible_is_never_negative_and_covers_what_was_reported(self) -> None:
        assert 0 <= self.order.possible <= self.size
        in_hand = self.order.filled + self.order.failed
        if self.order.is_proven_dead:
            assert self.order.is_terminal
            assert in_hand >= self.order.venue_filled
            assert self.order.possible == 0
        else:
            assert self.order.possible >= self.order.venue_filled - in_hand
        assert (self.order.id in self.state.live["m"]) == (not self.order.is_proven_dead)

    @invariant()
    def dead_by_a_full_report_means_that_nothing_can_come(self) -> None:
        if self.order.is_proven_dead and self.order.venue_filled == sum(self.matched.values()):
            assert set(self.told) == set(self.matched)


TestOrderAtVenue = OrderAtVenue.TestCase
