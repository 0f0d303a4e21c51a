"""What a report says, from the journal and the history of a folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cockpit.core import events as ev
from cockpit.core.errors import FailedError
from cockpit.core.fold import apply
from cockpit.core.metrics import FillSum, Metrics, fills_by_reason, metrics_of
from cockpit.core.results import Tally
from cockpit.core.state import State
from cockpit.core.telemetry import Telemetry
from cockpit.core.trade import TelemetryEvent
from cockpit.core.trade_record import TradeRecord
from cockpit.storage.facts import read_facts
from cockpit.storage.history import read_history

Samples = list[tuple[int, int]]
"""(at ms, value), oldest first."""


@dataclass(frozen=True, slots=True)
class Report:
    """An account's whole session, over all restarts. Money and shares in 1/1,000,000."""

    mode: str
    seed: int | None
    starts: int
    """How often a desk was started on it."""
    from_ms: int
    to_ms: int
    """Times of its first and its newest fact."""
    facts: int
    not_folded: int
    """Facts that could not be folded, and are in no number."""
    deposits: int
    cash: int
    held: int
    """What the shares that are still held have cost."""
    tally: Tally
    metrics: Metrics
    trades: tuple[TradeRecord, ...]
    events: tuple[TelemetryEvent, ...]
    fills: tuple[FillSum, ...]
    profit: Samples
    """Profit over time, shares at their worth."""
    delta: Samples
    unhedged: Samples
    history_problem: str
    """Why there is nothing over time; empty when it could be read."""


def gather(journal: Path, history: Path, threshold: int) -> Report:
    """Return the report. `threshold`: the hedge ratio (1/10,000) that counts as balanced. Raises: FailedError."""
    facts = read_facts(journal)
    if not facts:
        raise FailedError(f"{journal}: the journal is empty, nothing was traded")
    state, telemetry = State(), Telemetry(threshold)
    not_folded = sum(not _folds(state, telemetry, fact) for fact in facts)
    records = telemetry.records(state)
    samples, problem = _samples(history)
    return Report(
        mode=state.mode,
        seed=state.seed,
        starts=state.starts,
        from_ms=min(fact.at_ms for fact in facts),
        to_ms=max(fact.at_ms for fact in facts),
        facts=len(facts),
        not_folded=not_folded,
        deposits=state.deposits,
        cash=state.cash_there,
        held=sum(position.cost for position in state.positions.values()),
        tally=state.tally,
        metrics=metrics_of(records),
        trades=records,
        events=tuple(telemetry.events),
        fills=fills_by_reason(state),
        profit=samples["pnl"],
        delta=samples["delta"],
        unhedged=samples["unhedged"],
        history_problem=problem,
    )


def _folds(state: State, telemetry: Telemetry, fact: ev.Event) -> bool:
    """Fold a fact; one that cannot be is left out, as a desk that starts leaves it out."""
    try:
        apply(state, fact)
        telemetry.fold(state, fact)
    except Exception:
        return False
    return True


def _samples(history: Path) -> tuple[dict[str, Samples], str]:
    found: dict[str, Samples] = {"pnl": [], "delta": [], "unhedged": []}
    try:
        for name in found:
            found[name] = read_history(history, name)
    except FailedError as error:
        return found, str(error)
    return found, ""
