"""How well rebalancing works, over all trades: rates, times, profit, and what it avoided. Pure.

Rates are in 1/10,000, times in ms, money in 1/1,000,000. None stands where there is nothing to measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cockpit.core.rebalance import EVEN
from cockpit.core.state import State
from cockpit.core.trade_record import RebalanceStatus, TradeEnd, TradeRecord, between
from cockpit.core.trade_view import REASONS, reason_of

MINUTE_MS = 60_000
BUCKETS = (("< 1 min", MINUTE_MS), ("1-5 min", 5 * MINUTE_MS), ("> 5 min", None))
"""Times to balance, in the buckets of the seed's query: (name, below how many ms)."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took. Percentiles are of the nearest rank, so each is a time that was measured."""

    count: int
    mean: int
    p50: int
    p95: int
    p99: int
    most: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """The success metrics, and what they are made of."""

    trades: int = 0
    open: int = 0
    unfilled: int = 0
    """Entries that ended without a fill."""
    profit: int = 0
    needed: int = 0
    """Trades that were out of balance once their first execution was over."""
    balanced: int = 0
    """Of these, in balance now, or at their end."""
    rebalancing_rate: int | None = None
    time_to_rebalance_ms: int | None = None
    """From the start of rebalancing to balance, on the average."""
    rebalance_profit: int = 0
    attempts: int = 0
    """That have ended."""
    attempts_filled: int = 0
    """Of these, with at least something filled."""
    attempts_full: int = 0
    fill_rate: int | None = None
    resolved: int = 0
    """Trades whose market has resolved: only of these it is known what holding would have brought."""
    avoided_losses: int = 0
    """Of resolved trades that rebalancing made better."""
    missed_gains: int = 0
    """Of resolved trades that rebalancing made worse; above 0."""
    detection_to_order: Times | None = None
    order_to_fill: Times | None = None
    fill_to_balance: Times | None = None
    time_buckets: tuple[tuple[str, int], ...] = ()
    """How many trades took so long from fill to balance."""

    @property
    def avoided(self) -> int:
        """What rebalancing has changed against holding, in all."""
        return self.avoided_losses - self.missed_gains


@dataclass(frozen=True, slots=True)
class FillSum:
    """Fills of one reason."""

    reason: str
    count: int
    shares: int
    money: int
    """Paid and received, fees not included."""
    fees: int


def metrics_of(records: Sequence[TradeRecord]) -> Metrics:
    """Return the metrics of these trades."""
    needed = [one for one in records if one.rebalance_started_ms is not None]
    balanced = [one for one in needed if one.balanced_ms is not None]
    ended = [each for one in records for each in one.rebalances if each.status is not RebalanceStatus.WORKING]
    filled = [each for each in ended if each.filled]
    known = [one.avoided for one in records if one.avoided is not None]
    waits = [between(one.rebalance_started_ms, one.balanced_ms) for one in balanced]
    times = times_of(waits)
    return Metrics(
        trades=len(records),
        open=sum(one.is_open for one in records),
        unfilled=sum(one.end is TradeEnd.UNFILLED for one in records),
        profit=sum(one.profit for one in records),
        needed=len(needed),
        balanced=len(balanced),
        rebalancing_rate=_rate(len(balanced), len(needed)),
        time_to_rebalance_ms=times.mean if times is not None else None,
        rebalance_profit=sum(one.rebalance_profit for one in records),
        attempts=len(ended),
        attempts_filled=len(filled),
        attempts_full=sum(each.status is RebalanceStatus.SUCCESS for each in ended),
        fill_rate=_rate(len(filled), len(ended)),
        resolved=len(known),
        avoided_losses=sum(max(avoided, 0) for avoided in known),
        missed_gains=sum(max(-avoided, 0) for avoided in known),
        detection_to_order=times_of(one.execution_latency_ms for one in records),
        order_to_fill=times_of(one.fill_latency_ms for one in records),
        fill_to_balance=times_of(one.time_to_balance_ms for one in records),
        time_buckets=_buckets(one.time_to_balance_ms for one in records),
    )


def times_of(found: Iterable[int | None]) -> Times | None:
    """Return mean (rounded down) and percentiles of the times that are known; None where there is none."""
    known = sorted(ms for ms in found if ms is not None)
    if not known:
        return None
    rank = {percent: known[-(-len(known) * percent // 100) - 1] for percent in (50, 95, 99)}
    return Times(len(known), sum(known) // len(known), rank[50], rank[95], rank[99], known[-1])


def fills_by_reason(state: State) -> tuple[FillSum, ...]:
    """Return the fills that count, by why they were traded; reasons without one are left out."""
    sums = dict.fromkeys(REASONS, (0, 0, 0, 0))
    for fill in state.fills.values():
        if fill.counts:
            reason = reason_of(state, fill)
            count, shares, money, fees = sums[reason]
            sums[reason] = count + 1, shares + fill.shares, money + fill.money, fees + fill.fee
    return tuple(FillSum(reason, *found) for reason, found in sums.items() if found[0])


def _rate(part: int, whole: int) -> int | None:
    return part * EVEN // whole if whole else None


def _buckets(found: Iterable[int | None]) -> tuple[tuple[str, int], ...]:
    counts = dict.fromkeys((name for name, _ in BUCKETS), 0)
    for ms in found:
        if ms is not None:
            counts[next(name for name, below in BUCKETS if below is None or ms < below)] += 1
    return tuple(counts.items())
