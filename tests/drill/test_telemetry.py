"""Telemetry in the fault drill: whatever happens to a desk, the facts it has folded give the same trades again."""

from __future__ import annotations

from typing import Any

import pytest

from cockpit.core import events as ev
from cockpit.core.fold import apply
from cockpit.core.state import State
from cockpit.core.telemetry import Telemetry
from cockpit.desk.desk import Desk
from cockpit.drill.plan import plan_of
from cockpit.drill.universe import simulate
from cockpit.storage.codec import is_fact


class Remembering(Desk):
    """A desk that remembers its facts: those its journal had, and those it recorded."""

    def recover(self) -> None:
        self.facts: list[ev.Event] = list(self.journal.load())
        self.restarted_with = len(self.facts)
        super().recover()

    def record(self, event: ev.Event) -> None:
        if is_fact(event):
            self.facts.append(event)
        super().record(event)


@pytest.mark.parametrize("seed", [1, 7])
def test_trades_are_those_of_the_journal_and_their_profits_what_was_realised(seed: int) -> None:
    desks: list[Remembering] = []

    def make(**parts: Any) -> Desk:
        desks.append(Remembering(**parts))
        return desks[-1]

    assert not simulate(plan_of(seed, 0.2), desk_type=make).violations
    assert desks[-1].restarted_with, "killed at least once"
    for desk in desks:
        assert not desk.telemetry.failure
        state, telemetry = State(), Telemetry(desk.rules.rebalance.threshold)
        for fact in desk.facts:
            apply(state, fact)
            telemetry.fold(state, fact)
        records = desk.telemetry.records()
        assert telemetry.records(state) == records
        assert sum(one.profit for one in records) == state.tally.realised == desk.state.tally.realised
        times = [(one.execution_latency_ms, one.fill_latency_ms, one.time_to_balance_ms) for one in records]
        assert all(ms is None or ms >= 0 for three in times for ms in three)
    assert any(one.rebalances for one in desks[-1].telemetry.records())
