"""What `enter` opens on an order: how it stands, its plan against what is done, every order at the venue. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cockpit.core.frame import Frame
from cockpit.core.frame_orders import ChildRow, EntryRow, ForeignRow, ParentRow
from cockpit.core.market import Side
from cockpit.ui import words
from cockpit.ui.panes.order_rows import amounts, child_state, side_words, slip_run, type_words
from cockpit.ui.panes.order_rows import state_words as parent_state
from cockpit.ui.panes.orders import entry_of, foreign_of, owner_of
from cockpit.ui.panes.positions import gain
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, table_head, table_row, width_of, widths, wrap
from cockpit.ui.steps import Steps, cumulated, step_rows, value_at

LABEL = 12
ROOMY = 100
"""From this width on a child's times are columns."""
LEAST_LINES, MOST_LINES = 4, 10
"""Of the chart."""
LEGEND, DONE_LEGEND = "# done  - plan  = both  | now", "# done  | now"
NO_FILL = "no chart: no fill is known"


def order_rows(key: str, frame: Frame, width: int, height: int = 24) -> Rows:
    """Return all there is to know of a row of the orders pane; `height` is that of the screen."""
    (parent, child), foreign, entry = owner_of(frame, key), foreign_of(frame, key), entry_of(frame, key)
    lines: list[Row] = []
    title = "order"
    if parent is not None:
        title = f"order {parent.id}" if child is None else f"an order of {parent.id}"
        lines = _parent(parent, frame.at_ms, width)
        lines += _chart(parent, frame.at_ms, width, height) if child is None else []
        lines += _children(parent.children if child is None else (child,), frame.at_ms, width)
    elif entry is not None:
        title, lines = f"entry {entry.id}", _entry(entry)
    elif foreign is not None:
        lines = _foreign(foreign)
    body = tuple(Entry(str(index), row) for index, row in enumerate(lines))
    return Rows(title, body=body, empty="this row is gone")


def _line(label: str, *runs: Run) -> Row:
    return ((words.left(label, LABEL), "dim"), *((words.clean(text), style) for text, style in runs))


def _more(label: str, text: str, style: str = "") -> tuple[Run, Run]:
    return (f"   {label} ", "dim"), (text, style)


def _parent(parent: ParentRow, now: int, width: int) -> list[Row]:
    what = f"{'buy' if parent.side is Side.BUY else 'sell'} {words.shares(parent.size)} {words.clean(parent.outcome)}"
    side = "bid bold" if parent.side is Side.BUY else "ask bold"
    average = words.price(parent.average, 10) if parent.filled else words.NOTHING
    percent = words.percent(parent.filled * 100 // parent.size * 100) if parent.size else words.NOTHING
    return [
        ((f"{what} {words.limit_words(parent.side, parent.limit)}", side), (f"  {words.clean(parent.name)}", "bold")),
        _line("state", parent_state(parent, now)),
        _line(
            "filled",
            (f"{words.shares(parent.filled)} of {words.shares(parent.size)}, {percent}", "bold"),
            *_more("average", average),
            *_more("fees", words.money(parent.fee)),
        ),
        _benchmark("arrival", parent, parent.arrival, "+ is worse for us"),
        _benchmark("VWAP", parent, parent.vwap, "of all trades of this leg meanwhile"),
        *_how(parent, now),
        *_top(parent),
    ]


def _benchmark(name: str, parent: ParentRow, price: int, note: str) -> Row:
    """A price the average is measured against."""
    if not price:
        return _line(name, (words.NOTHING, "dim"))
    return _line(
        name,
        (words.left(words.price(price, 10), 6), ""),
        *_more("slippage", *slip_run(parent.slippage(price))),
        (f"   {note}", "dim"),
    )


def _how(parent: ParentRow, now: int) -> list[Row]:
    """The algorithm with what it was told, and its time window."""
    runs: list[Run] = [(parent.algorithm, "")]
    if parent.plan:
        runs += _more("slice", f"{parent.slice_number} of {parent.slice_count}")
    for label, text in (("style", parent.style), ("at the end", parent.at_end)):
        runs += _more(label, text) if text else ()
    lines = [_line("algorithm", *runs)]
    if parent.profile:
        lines.append(_line("profile", (parent.profile, "")))
    if parent.ends_at_ms:
        span = f"{words.clock(parent.created_ms)} to {words.clock(parent.ends_at_ms)}"
        length = words.duration(parent.ends_at_ms - parent.created_ms)
        left = f"   {words.duration(parent.ends_at_ms - now)} left" if now < parent.ends_at_ms else "   over"
        lines.append(_line("window", (span, ""), (f"   {length}", "dim"), (left if parent.state.is_open else "", "")))
    return lines


def _top(parent: ParentRow) -> list[Row]:
    """How long it was the best bid or ask, and what it belongs to."""
    lines = []
    if parent.top_ms is not None:
        share = f"{parent.top_ms * 100 // parent.watched_ms} %" if parent.watched_ms else words.NOTHING
        watched = f"   of {words.duration(parent.watched_ms)} watched"
        lines.append(_line("at the top", (share, "bold"), (watched, "dim"), *_more("moves", words.count(parent.moves))))
    if parent.entry_id:
        lines.append(_line("entry", (parent.entry_id, ""), ("   one of its legs", "dim")))
    return lines


def _chart(parent: ParentRow, now: int, width: int, height: int) -> list[Row]:
    """What is done against the plan, in words and as a chart; without a plan what is done."""
    fills = [fill for child in parent.children for fill in child.fills]
    if not (parent.plan or fills) or not parent.created_ms:
        return [(), ((NO_FILL, "dim"),)]
    lines = min(max(LEAST_LINES + (height - 24) // 3, LEAST_LINES), MOST_LINES)
    steps = Steps(
        plan=parent.plan,
        done=cumulated(fills),
        start_ms=parent.created_ms,
        end_ms=_end(parent, now),
        now_ms=now if parent.state.is_open else _end(parent, now),
        size=parent.size,
    )
    said = _line("plan" if parent.plan else "done", (_progress(parent, now), "bold"))
    legend: Run = (LEGEND if parent.plan else DONE_LEGEND, "dim")
    with_legend = (*said, ("   ", ""), legend)
    head = [with_legend] if width_of(with_legend) <= width else [said, _line("", legend)]
    return [(), *head, *step_rows(steps, width, lines)]


def _end(parent: ParentRow, now: int) -> int:
    """When the chart ends: with the time window, later when it filled later; without a plan with what happened."""
    last = max((point.at_ms for child in parent.children for point in child.fills), default=0)
    if parent.plan:
        return max(parent.ends_at_ms, last + 1)
    return now + 1 if parent.state.is_open else max(last, *(child.created_ms for child in parent.children)) + 1


def _progress(parent: ParentRow, now: int) -> str:
    """Return how far it is: against its plan, where it has one."""
    done = words.shares(parent.filled)
    if not parent.plan:
        return f"{done} of {words.shares(parent.size)}"
    is_open = parent.state.is_open
    due = min(value_at(parent.plan, now), parent.size) if is_open else parent.size
    missing, less = due - parent.filled, "to go" if is_open else "missing"
    gap = (
        f"{words.shares(missing)} {less}" if missing > 0 else f"{words.shares(-missing)} ahead" if missing else "level"
    )
    return f"{'due' if is_open else 'planned'} {words.shares(due)}, done {done}: {gap}"


def _columns(width: int) -> tuple[Column, ...]:
    first = (
        Column("ORDER", 7),
        Column("SLICE", 5, is_right=True),
        Column("TYPE", 21 if width >= ROOMY else 18),
        Column("PRICE", 6, is_right=True),
        Column("FILLED / SIZE", 13, is_right=True),
        Column("AVG", 6, is_right=True),
    )
    times = (Column("SENT", 8), Column("1ST FILL", 8), Column("LAST", 8)) if width >= ROOMY else ()
    return (*first, *times, Column("STATE", 0))


def _children(children: Iterable[ChildRow], now: int, width: int) -> list[Row]:
    columns = _columns(width)
    sizes = widths(columns, width)
    rows = [row for child in children for row in _child(child, now, width, columns, sizes)]
    if not rows:
        return [(), (("no order at the venue yet", "dim"),)]
    return [(), table_head(columns, sizes), *rows]


def _child(child: ChildRow, now: int, width: int, columns: tuple[Column, ...], sizes: tuple[int, ...]) -> list[Row]:
    sent, *filled = _times(child)
    cells: list[Run] = [
        (child.label, "bold"),
        (str(child.slice_index + 1), "dim"),
        (type_words(child, now), "dim"),
        (words.price(child.price), ""),
        (amounts(child.filled, child.size, sizes[4]), ""),
        (words.price(child.average, 10) if child.filled else words.NOTHING, ""),
        *([(text, "dim") for text in (sent, *filled)] if width >= ROOMY else []),
        child_state(replace(child, queue=None, reason=""), now, is_short=True),
    ]
    lines = [table_row(columns, sizes, cells)]
    if width < ROOMY:
        fills = f"filled {filled[0]} to {filled[1]}" if child.fills else "" if child.filled else "nothing filled"
        lines.append(_below(f"sent {sent}   {fills}"))
    if child.queue is not None:
        queue = child.queue
        least, most, came = (words.shares(number) for number in (queue.least, queue.most, queue.arrived))
        sure = f"{queue.confidence // 100} % sure"
        lines.append(
            _below(f"queue: about {words.shares(queue.ahead)} ahead ({least} to {most}), {came} when it came, {sure}")
        )
    lines += [_below(line, "warning") for line in wrap(child.reason, width - 8) if child.reason]
    return [*lines, _below(child.id)]


def _times(child: ChildRow) -> tuple[str, str, str]:
    """When it was sent, first filled and last filled."""
    fills = sorted(point.at_ms for point in child.fills)
    ends = (words.clock(fills[0]), words.clock(fills[-1])) if fills else (words.NOTHING, words.NOTHING)
    return words.clock(child.created_ms), *ends


def _below(text: str, style: str = "dim") -> Row:
    return ((" " * 8, ""), (words.clean(text), style))


def _entry(entry: EntryRow) -> list[Row]:
    reason = f": {words.clean(entry.reason)}" if entry.reason else ""
    lines: list[Row] = [
        ((f"enter {words.shares(entry.shares)} pairs  {words.clean(entry.name)}", "bold"), (f"  {entry.kind}", "dim")),
        _line("state", (f"{entry.state.value}{reason}", "")),
    ]
    for outcome, price, filled in zip(entry.outcomes, entry.prices, entry.filled, strict=True):
        amount = f"{words.shares(filled)} of {words.shares(entry.shares)}"
        lines.append(_line(outcome, (amount, ""), (f"   limit {words.price(price, 10)}", "dim")))
    alone = abs(entry.filled[0] - entry.filled[1])
    return [
        *lines,
        _line(
            "alone", (words.shares(alone), "warning" if alone else "dim"), ("   of one leg without the other", "dim")
        ),
        _line("locks", gain(words.whole_cents(entry.result)), ("   when both legs fill at their limits", "dim")),
        _line("parents", (", ".join(entry.parents) or words.NOTHING, "")),
    ]


def _foreign(row: ForeignRow) -> list[Row]:
    return [
        ((f"{side_words(row)}  {words.clean(row.name)}", "bold"), ("   not ours", "dim")),
        _line("filled", (f"{words.shares(row.filled)} of {words.shares(row.size)}", "")),
        _line("price", (words.price(row.price), "")),
        ((f"  {words.clean(row.id)}", "dim"),),
        (("The desk did not send it. Only a stop of the whole account ends it: P, then E.", "dim"),),
    ]
