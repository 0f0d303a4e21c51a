"""How trades went: success metrics, latencies, and a row per trade. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.core.frame import Frame
from cockpit.core.metrics import Metrics, Times
from cockpit.core.trade_record import TradeRecord
from cockpit.ui import words
from cockpit.ui.panes.positions import gain
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, fitted, table_head, table_row, widths, wrap

ROOMY = 110
OFF = "telemetry is off: the journal pane says why"
NONE_YET = "no trade yet"
ABOUT = (
    "A trade is the life of one pair's holding: from its entry, or from the first fill of a flat pair, until its "
    "market has resolved or the pair is flat. HEDGE is the hedge ratio after the first execution and at the end, "
    "TRIES counts rebalances that filled, of all. AVOIDED is what rebalances changed against holding the first fills "
    "to the end; it is known once the market has resolved, and below 0 they have cost more than they saved."
)
_LATENCY = (Column("LATENCY", 20), *(Column(head, 7, is_right=True) for head in ("COUNT", "MEAN")))
_LATENCIES = (*_LATENCY, *(Column(head, 7, is_right=True) for head in ("P50", "P95", "P99", "MOST")))


def telemetry_rows(frame: Frame, width: int) -> Rows:
    """Return the metrics, the latencies, and the newest trades."""
    found = frame.telemetry
    if found is None:
        return Rows("metrics", empty=OFF)
    metrics = found.metrics
    lines: list[Row] = [*_success(metrics), (), *_latencies(metrics), ()]
    columns = _columns(width)
    sizes = widths(columns, width - 1)
    lines.append(table_head(columns, sizes))
    lines += [table_row(columns, sizes, _cells(one, width)) for one in found.trades] or [((NONE_YET, "dim"),)]
    lines += [(), *(((line, "dim"),) for line in wrap(ABOUT, width - 2))]
    body = tuple(Entry(str(number), fitted(line, width - 1)) for number, line in enumerate(lines))
    note = f"{words.plural(metrics.trades, 'trade')}, {metrics.open} open"
    return Rows("metrics", note, body=body)


def took(ms: int | None) -> str:
    """Return how long something took: `520ms`, `1.6s`, `1m58s`, `2h05m`, `3d`; cut, never rounded up."""
    if ms is None:
        return words.NOTHING
    if ms < 1_000:
        return f"{ms}ms"
    if ms < 60_000:
        return f"{ms // 1_000}.{ms % 1_000 // 100}s"
    if ms < 3_600_000:
        return f"{ms // 60_000}m{ms // 1_000 % 60:02d}s"
    return f"{ms // 3_600_000}h{ms // 60_000 % 60:02d}m" if ms < 86_400_000 else f"{ms // 86_400_000}d"


def _success(found: Metrics) -> Iterable[Row]:
    """Yield a line per metric: its value, and what it is made of."""
    yield _line(
        "rebalancing rate", _rate(found.rebalancing_rate), f"{found.balanced} of {found.needed} out of balance closed"
    )
    wait = took(found.time_to_rebalance_ms), ""
    yield _line("time to rebalance", wait, "from out of balance to balance, average")
    yield _line("rebalancing profit", gain(found.rebalance_profit), f"trades have brought {_signed(found.profit)}")
    missed = f", {words.money(found.missed_gains)} of gains missed" if found.missed_gains else ""
    of = f"{words.money(found.avoided_losses)} of losses avoided{missed}" if found.resolved else "no trade has resolved"
    yield _line("against holding", gain(found.avoided) if found.resolved else (words.NOTHING, "dim"), of)
    filled = (
        f"{found.attempts_filled} of {words.plural(found.attempts, 'rebalance')} filled, {found.attempts_full} full"
    )
    yield _line("fill rate", _rate(found.fill_rate), filled)


def _line(name: str, value: Run, meaning: str) -> Row:
    text, style = value
    return (words.left(name, 20), "bold"), (words.right(text, 10), style), (f"  {meaning}", "dim")


def _rate(rate: int | None) -> Run:
    return (words.NOTHING, "dim") if rate is None else (words.percent(rate), "")


def _signed(money: int) -> str:
    return words.signed_money(money) if money else "nothing"


def _latencies(found: Metrics) -> Iterable[Row]:
    sizes = tuple(column.width for column in _LATENCIES)
    yield table_head(_LATENCIES, sizes)
    for name, times in (
        ("detection to order", found.detection_to_order),
        ("order to fill", found.order_to_fill),
        ("fill to balance", found.fill_to_balance),
    ):
        yield table_row(_LATENCIES, sizes, [(name, "bold"), *_times(times)])


def _times(times: Times | None) -> list[Run]:
    if times is None:
        return [("0", "dim"), *[(words.NOTHING, "dim")] * 5]
    measured = (times.mean, times.p50, times.p95, times.p99, times.most)
    return [(words.count(times.count), ""), *((took(ms), "") for ms in measured)]


def _columns(width: int) -> tuple[Column, ...]:
    """Return the columns that fit; a wide screen says when a trade began and how it ended, too."""
    rest = ("ORDER", 6), ("FILL", 6), ("BALANCE", 7), ("HEDGE", 9), ("TRIES", 5), ("P&L", 9), ("AVOIDED", 9)
    more = (("BEGAN", 8), ("SPREAD", 6), ("END", 8)) if width >= ROOMY else ()
    right = (Column(head, size, is_right=True) for head, size in (*more, *rest))
    return Column("TRADE", 6), Column("PAIR", 0), *right


def _cells(one: TradeRecord, width: int) -> list[Run]:
    filled = sum(bool(each.filled) for each in one.rebalances)
    more: list[Run] = []
    if width >= ROOMY:
        spread = words.NOTHING if one.spread is None else words.exact(one.spread * 100)
        more = [(words.clock(one.opened_ms), "dim"), (spread, ""), (one.end.value, "dim")]
    return [
        (one.id, "key"),
        (one.name, "bold"),
        *more,
        (took(one.execution_latency_ms), ""),
        (took(one.fill_latency_ms), ""),
        (took(one.time_to_balance_ms), ""),
        (_hedge(one), ""),
        (f"{filled}/{len(one.rebalances)}" if one.rebalances else words.NOTHING, ""),
        gain(one.profit),
        gain(one.avoided) if one.avoided is not None else (words.NOTHING, "dim"),
    ]


def _hedge(one: TradeRecord) -> str:
    """Return `60>100 %`: hedge ratios after the first execution and at the end, as far as they are known."""
    if one.initial_ratio is None:
        return words.NOTHING
    start = f"{one.initial_ratio // 100}"
    return f"{start} %" if one.final_ratio is None else f"{start}>{one.final_ratio // 100} %"
