"""What a stop does and has done: the bar while halted, and the preview before. Pure."""

from __future__ import annotations

from cockpit.core.frame import Frame, StopRow
from cockpit.ui import words
from cockpit.ui.rows import Column, Entry, Row, Rows, Run, table_head, table_row, widths, wrap

READS = 2
"""How often in a row the venue has to show none."""
NOT_PROVEN = "ORDERS NOT PROVEN ZERO"
LABEL = 20


def stop_on(frame: Frame) -> StopRow | None:
    """Return the stop that is on, not the preview of one."""
    return frame.stop if frame.stop is not None and frame.stop.is_on else None


def bar_lines(frame: Frame) -> tuple[str, ...]:
    """Return what the bar of a halted desk says: two lines until its orders are proven zero, then one."""
    reason, stop = words.clean(frame.header.halted), stop_on(frame)
    if stop is not None and stop.is_proven:
        return (f"HALTED {words.cut(reason, 32)} - orders proven zero   R releases   {_stays(stop)}",)
    if stop is None:
        alive = words.plural(frame.header.orders_live, "order")
        return f"{NOT_PROVEN} - HALTED {reason}", f"{alive} may still fill, nothing is sent   R releases"
    age = max(frame.at_ms - stop.since_ms, 0) // 1000
    reads = f"zero reads {min(stop.zero_reads, READS)} of {READS}"
    return (
        f"{NOT_PROVEN} for {age} s - HALTED {reason}",
        f"{_orders(stop)}, {reads} - {_stays(stop)}",
    )


def _orders(stop: StopRow) -> str:
    own = f"{stop.own_orders} of ours may fill"
    unknown = f" ({stop.unknown_orders} unknown)" if stop.unknown_orders else ""
    foreign = f", {stop.foreign_orders} not ours" if stop.everything else ""
    return f"{own}{unknown}{foreign}"


def _stays(stop: StopRow) -> str:
    """The positions beside it: a stop sells nothing."""
    return f"unhedged {words.shares(stop.unhedged)}, worst {words.shares(stop.worst_unhedged)}"


def stop_rows(frame: Frame, width: int) -> Rows:
    """Return what a stop would do now, or what the one that is on has done so far."""
    stop = frame.stop
    if stop is None:
        return Rows("stop", "esc leaves", empty="not known before the desk has read the venue; K halts all the same")
    lines = _done(frame, stop) if stop.is_on else _would(stop)
    lines += [(), *_kept(frame, stop), (), *_choices(stop, width), (), *_pairs(stop, width)]
    title = "the stop that is on" if stop.is_on else "what a stop would do"
    return Rows(title, "", body=tuple(Entry(str(index), row) for index, row in enumerate(lines)))


def _line(label: str, text: str, style: str = "", more: str = "") -> Row:
    return ((words.left(label, LABEL), "dim"), (text, style), (f"   {more}" if more else "", "dim"))


def _unknown(stop: StopRow) -> str:
    return f"{stop.unknown_orders} of them unknown, counted as live" if stop.unknown_orders else ""


def _would(stop: StopRow) -> list[Row]:
    foreign = words.plural(stop.foreign_orders, "order")
    return [
        _line("cancels", f"{words.plural(stop.own_orders, 'order')} of ours", "bold", _unknown(stop)),
        _line("ends", words.plural(stop.parents, "parent order"), "bold"),
        _line("leaves alone", f"{foreign} that {'is' if stop.foreign_orders == 1 else 'are'} not ours", "bold"),
    ]


def _done(frame: Frame, stop: StopRow) -> list[Row]:
    state: Run = ("orders proven zero", "bold") if stop.is_proven else (NOT_PROVEN, "alarm")
    age = words.duration(frame.at_ms - stop.since_ms)
    first = f"{stop.first_cancel_ms} ms after the stop" if stop.first_cancel_ms is not None else "none yet"
    scope = "every order of the account" if stop.everything else "our orders; others are left alone"
    return [
        ((words.left("state", LABEL), "dim"), state, (f"   for {age}", "dim")),
        _line("halted", words.clean(frame.header.halted) or words.NOTHING, "alarm"),
        _line("ends", scope),
        _line("may still fill", f"{words.plural(stop.own_orders, 'order')} of ours", "bold", _unknown(stop)),
        _line("not ours", words.plural(stop.foreign_orders, "order")),
        _line("zero reads", f"{min(stop.zero_reads, READS)} of {READS}", "", "in a row, by the venue"),
        _line("first cancel left", first),
    ]


def _kept(frame: Frame, stop: StopRow) -> list[Row]:
    proven = words.shares(frame.delta.proven_unhedged) if frame.delta is not None else words.NOTHING
    return [
        _line("stays unhedged", f"{words.shares(stop.unhedged)} shares claimed, {proven} proven", "bold"),
        _line("worst case", f"{words.shares(stop.worst_unhedged)} shares", "bold", "if orders fill in the worst way"),
    ]


def _choices(stop: StopRow, width: int) -> list[Row]:
    whole = "the whole account: ends every order of it, also those that are not ours; asks for the word EVERYTHING"
    lines = wrap(whole, max(width - 8, 20))
    ours = "halts: ends our orders, leaves the others alone, sells nothing" if not stop.is_on else "halts once more"
    rows: list[Row] = [(("K", "key"), (f"  {ours}", "")), (("E", "key"), (f"  {lines[0]}", "warning"))]
    return [*rows, *[((f"   {line}", "warning"),) for line in lines[1:]]]


def _pairs(stop: StopRow, width: int) -> list[Row]:
    if not stop.pairs:
        return [(("no pair is out of balance", "dim"),)]
    columns = (
        Column("OUT OF BALANCE", 0),
        Column("DELTA", 12, is_right=True),
        Column("PROVEN", 12, is_right=True),
        Column("WORST", 12, is_right=True),
    )
    sizes = widths(columns, min(width, 76))
    rows = [table_head(columns, sizes)]
    for name, delta, proven, worst in stop.pairs:
        differs = "warning" if proven != delta else ""
        cells: list[Run] = [(name, "bold"), (words.signed_shares(delta), "")]
        cells += [(words.signed_shares(proven), differs), (words.shares(worst), "")]
        rows.append(table_row(columns, sizes, cells))
    return rows
