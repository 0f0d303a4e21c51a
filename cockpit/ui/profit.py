"""What trading has brought, as rows: the totals, and a table of pairs or days. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cockpit.core.frame import Frame
from cockpit.core.frame_profit import Profit, ResultRow
from cockpit.core.units import USD
from cockpit.ui import words
from cockpit.ui.panes.positions import gain
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, styled, table_head, table_row, width_of, widths, wrap

PAIRS, DAYS = "pairs", "days"
ROOMY, VAST = 117, 140
"""From these widths on all columns stand side by side: without volumes of pairs, with them."""
TALL = 14
"""From this height on a blank line parts the totals from the table."""
UNKNOWN = "not known yet: the desk has not read the venue"
NOTHING_YET = {PAIRS: "no pair has brought anything yet", DAYS: "no trading day yet"}
NO_LOSS = "no loss yet"
CLOSING = (
    "A closing is what realises a result: a sale (all fills of one order together), a merge of both legs, or the end "
    "of the market. WON/LOST counts closings; one that brought exactly nothing is neither. FACTOR is what closings won "
    "for each dollar that others lost. Fees of purchases belong to no closing, and are in REALISED. ~ too few bids for "
    "all shares: what they do not take counts as 0."
)
LOADING = "the chart is being loaded"
NO_CHART = "no chart yet: it needs two points, and a new one comes every few seconds"
NO_MARK = "no chart yet: no point is kept while bids do not take all shares"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its heading, and what it says about a row."""

    column: Column
    of: Callable[[ResultRow], Run]


def rows(frame: Frame, width: int, height: int = 0, *, view: str = PAIRS, page: int = 0) -> Rows:
    """Return the totals, a row of all, and a row per pair or day; a narrow screen has two pages of columns."""
    title = f"P&L by {view.removesuffix('s')}"
    if frame.profit is None:
        return Rows(title, empty=UNKNOWN)
    profit = frame.profit
    shown = profit.pairs if view == PAIRS else profit.days
    pages = _pages(view, width)
    fields = pages[page % len(pages)]
    columns = tuple(field.column for field in fields)
    sizes = widths(columns, width)
    blank: list[Row] = [()] if height >= TALL else []
    head = [*_totals(profit, width), *blank, table_head(columns, sizes)]
    head.append(styled(_row(profit.total, fields, sizes), "bold"))
    body = [Entry(row.key, _row(row, fields, sizes)) for row in shown]
    if not shown:
        body.append(Entry("none", ((NOTHING_YET[view], "dim"),)))
    body += [Entry(f"note {i}", ((line, "dim"),)) for i, line in enumerate(["", *wrap(CLOSING, width)])]
    return Rows(title, _note(profit, view, page % len(pages), len(pages)), tuple(head), tuple(body))


def chart_title(profit: Profit | None, width: int) -> Row:
    """Return what the chart shows, in words: when it begins, the least, the most and the last amount."""
    points = profit.curve if profit is not None else ()
    if not points:
        return (("─profit ", "dim bold"), ("─" * max(width - 8, 0), "rule"))
    amounts = [point.value for point in points]
    length = words.duration(points[-1].at_ms - points[0].at_ms)
    parts: list[Run] = [("─profit ", "dim bold"), (f" over {length}  ", "dim")]
    for name, amount in (("least", min(amounts)), ("most", max(amounts)), ("last", amounts[-1])):
        parts += [(f"{name} ", "dim"), gain(amount), ("  ", "")]
    return (*parts, ("─" * max(width - width_of(tuple(parts)), 0), "rule"))


def chart_words(profit: Profit | None) -> str:
    """Return why there is no chart, empty when there is one."""
    if profit is None:
        return UNKNOWN
    if len(profit.curve) > 1:
        return ""
    return NO_CHART if profit.total.is_marked else NO_MARK


def _note(profit: Profit, view: str, page: int, pages: int) -> str:
    parts = [f"tab: by {(DAYS if view == PAIRS else PAIRS).removesuffix('s')}"]
    if pages > 1:
        parts.append(f"right: more columns ({page + 1} of {pages})")
    if not profit.total.lost:
        parts.append(NO_LOSS)
    return " - ".join(parts)


def _totals(profit: Profit, width: int) -> list[Row]:
    """All of it in words, on as many lines as it takes."""
    total = profit.total
    parts: list[Row] = [
        (("all ", "dim"), *_marked(total)),
        (("realised ", "dim"), gain(total.realised)),
        (("unrealised ", "dim"), gain(total.unrealised)),
        (("fees ", "dim"), (words.money(total.fees), "")),
        (("deposits ", "dim"), (words.money(profit.deposits), "")),
    ]
    lines: list[Row] = [()]
    for part in parts:
        longer = (*lines[-1], ("   ", ""), *part) if lines[-1] else part
        if width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(part)
    return lines


def _marked(row: ResultRow) -> tuple[Run, ...]:
    return (gain(row.pnl), ("" if row.is_marked else " ~ too few bids for all shares", "dim"))


def _row(row: ResultRow, fields: tuple[Field, ...], sizes: tuple[int, ...]) -> Row:
    columns = tuple(field.column for field in fields)
    return table_row(columns, sizes, [field.of(row) for field in fields])


def _number(head: str, width: int, of: Callable[[ResultRow], Run]) -> Field:
    return Field(Column(head, width, is_right=True), of)


def _entry(row: ResultRow) -> Run:
    """Entry averages of both legs."""
    held = [words.price(average) if average else words.NOTHING for average in row.averages]
    return (" ".join(f"{text:>6}" for text in held), "" if any(row.averages) else "dim")


def _closings(row: ResultRow) -> Run:
    return (f"{words.count(row.wins)}/{words.count(row.losses)}", "")


def _rate(row: ResultRow) -> Run:
    count = row.wins + row.losses
    return (words.percent((2_000 * row.wins + count) // (2 * count) * 10) if count else words.NOTHING, "")


def _average(money: int, count: int) -> Run:
    return gain(money // count if money >= 0 else -(-money // count)) if count else (words.NOTHING, "dim")


def factor(row: ResultRow) -> Run:
    """Return what closings won for each dollar others lost; no number while nothing was lost."""
    return (words.money(row.won * USD // row.lost), "") if row.lost else (words.NOTHING, "dim")


NAME = {view: Field(Column(head, 0), lambda row: (row.name, "")) for view, head in ((PAIRS, "PAIR"), (DAYS, "DAY"))}
PNL = _number("P&L", 10, lambda row: gain(row.pnl))
SIGN = Field(Column("", 1), lambda row: ("" if row.is_marked else "~", "dim"))
REALISED = _number("REALISED", 10, lambda row: gain(row.realised))
UNREALISED = _number("UNREALISED", 10, lambda row: gain(row.unrealised))
FEES = _number("FEES", 8, lambda row: (words.money(row.fees), ""))
ENTRY = _number("ENTRY 1ST 2ND", 13, _entry)
BOUGHT = _number("BOUGHT", 10, lambda row: (words.money(row.bought), ""))
SOLD = _number("SOLD", 10, lambda row: (words.money(row.sold), ""))
CLOSINGS = _number("WON/LOST", 8, _closings)
RATE = _number("RATE", 6, _rate)
WIN = _number("AVG WIN", 8, lambda row: _average(row.won, row.wins))
LOSS = _number("AVG LOSS", 8, lambda row: _average(-row.lost, row.losses))
FACTOR = _number("FACTOR", 6, factor)


def _pages(view: str, width: int) -> tuple[tuple[Field, ...], ...]:
    """Return the columns that fit side by side; on a narrow screen money first, then closings."""
    start, money = (NAME[view], PNL, SIGN), (REALISED, UNREALISED, FEES)
    entry, volume = (ENTRY,) if view == PAIRS else (), (BOUGHT, SOLD)
    closings = (CLOSINGS, RATE, WIN, LOSS, FACTOR)
    if width >= VAST:
        return ((*start, *money, *entry, *volume, *closings),)
    if width >= ROOMY:
        return ((*start, *money, *(entry or volume), *closings),)
    return (*start, *money, *(entry or volume)), (*start, *closings)
