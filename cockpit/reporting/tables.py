"""The parts of a report that text and HTML share: headings and rows."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.core.trade_record import TradeRecord
from cockpit.core.units import cents_text, costs_text, shares_text
from cockpit.reporting import words
from cockpit.reporting.gather import Report


@dataclass(frozen=True, slots=True)
class Part:
    """A table under a heading; without columns its rows are (name, value, what it is made of)."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()
    empty: str = ""


def parts_of(report: Report, most_trades: int) -> tuple[Part, ...]:
    """Return the parts in the order they are read."""
    return _account(report), _metrics(report), _latencies(report), _fills(report), _trades(report, most_trades)


def _account(report: Report) -> Part:
    tally = report.tally
    left_out = f"; {report.not_folded} of them could not be folded" if report.not_folded else ""
    return Part(
        "Account",
        (
            ("account", f"{report.mode}{'' if report.seed is None else f', seed {report.seed}'}", ""),
            ("from", words.moment(report.from_ms), "UTC"),
            ("to", words.moment(report.to_ms), f"{report.facts} facts, {report.starts} starts{left_out}"),
            ("deposits", cents_text(report.deposits), "USD"),
            ("cash", cents_text(report.cash), f"and shares that have cost {costs_text(report.held)}"),
            ("realised", words.gain(tally.realised), f"{tally.wins} closings won, {tally.losses} lost"),
            ("fees", costs_text(tally.fees), f"bought {costs_text(tally.bought)}, sold {cents_text(tally.sold)}"),
        ),
    )


def _metrics(report: Report) -> Part:
    found = report.metrics
    avoided = words.gain(found.avoided) if found.resolved else words.NOTHING
    more = f"{cents_text(found.avoided_losses)} of losses avoided, {cents_text(found.missed_gains)} of gains missed"
    return Part(
        "Rebalancing",
        (
            ("trades", str(found.trades), f"{found.open} open, {found.unfilled} without a fill"),
            (
                "rebalancing rate",
                words.ratio(found.rebalancing_rate),
                f"{found.balanced} of {found.needed} out of balance closed",
            ),
            ("time to rebalance", words.took(found.time_to_rebalance_ms), "average, from out of balance to balance"),
            ("rebalancing profit", words.gain(found.rebalance_profit), f"of {words.gain(found.profit)} in all"),
            ("against holding", avoided, f"{more}; {found.resolved} of {found.trades} trades resolved"),
            (
                "fill rate",
                words.ratio(found.fill_rate),
                f"{found.attempts_filled} of {found.attempts} rebalances filled, {found.attempts_full} in full",
            ),
        ),
    )


def _latencies(report: Report) -> Part:
    found = report.metrics
    measured = (
        ("detection to order", found.detection_to_order),
        ("order to fill", found.order_to_fill),
        ("fill to balance", found.fill_to_balance),
    )
    rows = tuple((name, *words.times(times)) for name, times in measured)
    return Part("Latency", rows, ("", "count", "mean", "p50", "p95", "p99", "most"))


def _fills(report: Report) -> Part:
    rows = tuple(
        (one.reason, str(one.count), shares_text(one.shares), cents_text(one.money), costs_text(one.fees))
        for one in report.fills
    )
    return Part("Fills by reason", rows, ("reason", "fills", "shares", "USD", "fees"), "no fill yet")


def _trades(report: Report, most: int) -> Part:
    shown = report.trades[-most:]
    title = "Trades" if len(shown) == len(report.trades) else f"The newest {len(shown)} of {len(report.trades)} trades"
    columns = (
        "trade", "pair", "opened (UTC)", "end", "to order", "to fill", "to balance", "at fill", "at end", "tries",
        "profit", "avoided",
    )  # fmt: skip
    return Part(title, tuple(_trade(one) for one in shown), columns, "no trade yet")


def _trade(one: TradeRecord) -> tuple[str, ...]:
    filled = sum(bool(each.filled) for each in one.rebalances)
    return (
        one.id,
        one.name,
        words.moment(one.opened_ms)[:19],
        one.end.value,
        words.took(one.execution_latency_ms),
        words.took(one.fill_latency_ms),
        words.took(one.time_to_balance_ms),
        words.both(one.initial),
        words.both(one.final),
        f"{filled}/{len(one.rebalances)}" if one.rebalances else words.NOTHING,
        words.gain(one.profit),
        words.gain(one.avoided),
    )
