"""A report as one HTML file that opens without a network: style and charts are in it, and no script."""

from __future__ import annotations

from html import escape

from cockpit.core.metrics import FillSum
from cockpit.core.units import cents_text, shares_text
from cockpit.reporting import svg
from cockpit.reporting.gather import Report
from cockpit.reporting.tables import Part, parts_of
from cockpit.reporting.words import moment

MOST_TRADES = 1_000
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load for it: nothing."""
STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --dim: #64748b; --rule: #d5dbe3; --ground: #fff;
  --first: #1261a0; --second: #b4540a; }
@media (prefers-color-scheme: dark) { :root { --ink: #dbe4ee; --dim: #8c9bad; --rule: #344252; --ground: #131a22;
  --first: #6cb4ee; --second: #f0a35e; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 1100px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th, .dim { color: var(--dim); font-weight: normal; } svg { width: 100%; height: auto; }
text { font: 12px system-ui, sans-serif; fill: var(--dim); } .end { text-anchor: end; }
.grid { stroke: var(--rule); } .zero { stroke: var(--dim); } .line { fill: none; stroke-width: 1.5; }
.line.s0 { stroke: var(--first); } .line.s1 { stroke: var(--second); }
.name.s0 { fill: var(--first); } .name.s1 { fill: var(--second); } .bar { fill: var(--first); }
"""


def to_html(report: Report) -> str:
    """Return the whole file."""
    title = f"Session report: {report.mode}{'' if report.seed is None else f', seed {report.seed}'}"
    until = f"{moment(report.from_ms)[:19]} to {moment(report.to_ms)[:19]} UTC"
    account, rebalancing, latency, fills, trades = parts_of(report, MOST_TRADES)
    body = [
        f'<h1>{escape(title)}</h1><p class="dim">{escape(until)}</p>',
        _table(account),
        _chart("Profit over time, USD", svg.lines([("P&L", report.profit)], cents_text), _why(report)),
        _chart(
            "Delta and unhedged shares over time",
            svg.lines([("delta", report.delta), ("unhedged", report.unhedged)], shares_text),
            _why(report),
        ),
        _table(rebalancing),
        _table(latency),
        _chart("Time to balance, trades", _balance(report), "no trade has been in balance yet"),
        _chart("Fills by reason", _reasons(report), "no fill yet"),
        _table(fills),
        _table(trades),
    ]
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>{escape(title)}</title><style>{STYLE}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n' + "\n".join(body) + "\n</body></html>\n"


def _why(report: Report) -> str:
    return report.history_problem or "fewer than two points were kept"


def _balance(report: Report) -> str:
    return svg.bars([(name, count, str(count)) for name, count in report.metrics.time_buckets])


def _reasons(report: Report) -> str:
    return svg.bars([(one.reason, one.count, _says(one)) for one in report.fills])


def _says(one: FillSum) -> str:
    fills = "1 fill" if one.count == 1 else f"{one.count} fills"
    return f"{fills}: {shares_text(one.shares)} shares, {cents_text(one.money)} USD"


def _chart(title: str, chart: str, why_not: str) -> str:
    return f"<h2>{escape(title)}</h2>" + (chart or f'<p class="dim">No chart: {escape(why_not)}.</p>')


def _table(part: Part) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in part.columns)
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in part.rows)
    table = f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>' if rows else ""
    return f"<h2>{escape(part.title)}</h2>" + (table or f'<p class="dim">{escape(part.empty)}</p>')
