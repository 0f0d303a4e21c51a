"""The lines around the panes: status, bar, events. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.core.frame import Frame
from cockpit.ui import words
from cockpit.ui.rows import Row, Run, filled, fitted, width_of
from cockpit.ui.stop import bar_lines

WELCOME = "practice market: press 4, then a, then y"
_LEVELS = {"alarm": "alarm", "warning": "warning"}
GAP: Run = ("  ", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the status line, and what it gives way to: (rank, row), the highest rank of all parts first."""

    full: Row
    gives: tuple[tuple[int, Row], ...] = ()


def _part(full: str, *gives: tuple[int, str], style: str = "") -> Part:
    return Part(((full, style),), tuple((rank, ((text, style),) if text else ()) for rank, text in gives))


def _joined(parts: Iterable[Row]) -> Row:
    runs: list[Run] = []
    for row in parts:
        if row:
            runs += [GAP, *row] if runs else row
    return tuple(runs)


def fit(parts: list[Part], width: int) -> Row:
    """Return the parts in one line: they give way until it fits, and take back what there is room for after all."""
    rows = [part.full for part in parts]
    steps = [(rank, index, row) for index, part in enumerate(parts) for rank, row in part.gives]
    undo: list[tuple[int, Row]] = []
    for _, index, row in sorted(steps, key=lambda step: -step[0]):
        if width_of(_joined(rows)) <= width:
            break
        undo.append((index, rows[index]))
        rows[index] = row
    for index, row in reversed(undo):
        longer = [*rows[:index], row, *rows[index + 1 :]]
        if width_of(_joined(longer)) <= width:
            rows = longer
    return filled(fitted(_joined(rows), width), width)


def status_row(frame: Frame | None, width: int) -> Row:
    """Return the status line: mode and desk state first, and never left out."""
    if frame is None:
        return filled(((" COCKPIT ", "mode"), ("  waiting for the desk", "dim")), width)
    head, is_replay = frame.header, frame.feed is not None
    is_running, is_known = head.desk == "running", head.desk != "starting"
    parts = [_mode(frame)]
    if head.halted:
        parts.append(_part("HALTED", style="alarm"))
    elif not is_replay or not is_running:
        desk = f"desk {words.clean(head.desk)}"
        up = words.duration(frame.at_ms - head.started_ms) if head.started_ms else ""
        parts.append(_part(f"{desk} {up}".rstrip(), (16, desk), (9 if is_running else 3, "")))
    parts += _trouble(frame)
    parts += _counts(frame)
    if not is_replay or not head.venue_is_up:
        parts.append(_venue(frame))
    is_ok = head.risk == "ok"
    parts.append(_part(f"risk {head.risk}", (12 if is_ok else 4, ""), style="" if is_ok else "warning"))
    equity = words.money(head.equity) if is_known else words.NOTHING
    day = words.signed_money(head.day_pnl) if is_known else words.NOTHING
    style = "" if not (is_known and head.day_pnl) else "gain" if head.day_pnl > 0 else "loss"
    parts.append(_part(f"equity {equity}", (13, f"eq {equity}"), (2, "")))
    parts.append(_part(f"day {day}", (5, day), (1, ""), style=style))
    if head.orders_live:
        parts.append(_part(words.plural(head.orders_live, "live order"), (14, f"{head.orders_live} live"), (6, "")))
    parts.append(_part(f"{words.clock(frame.at_ms)}Z", (17, ""), style="dim"))
    return fit(parts, width)


def _mode(frame: Frame) -> Part:
    """The mode word, which journal it is, and how far a replay is."""
    head, feed = frame.header, frame.feed
    style = "mode" if head.mode in ("practice", "replay") else "mode-live"
    chip: Run = (f" {words.clean(head.mode).upper()} ", style)
    more: list[Run] = []
    if feed is not None:
        chip = (chip[0].rstrip(), style)
        speed = "ended" if feed.is_finished else words.speed(feed.speed)
        more.append((f" {words.duration(feed.position_ms)} / {words.duration(feed.length_ms)}", "bold"))
        more.append((f" {speed}", "key"))
    elif head.place:
        more.append((f"{words.cut(head.place, 16)} ", style))
    return Part((chip, *more), ((3, (chip,)),))


def _trouble(frame: Frame) -> list[Part]:
    """What is restricted or not known: it gives way late, and `REDUCING` never."""
    head, parts = frame.header, []
    if head.reducing:
        reason = words.clean(head.reducing)
        short = (11, f"REDUCING {words.cut(reason, 16)}")
        parts.append(_part(f"REDUCING {reason}", short, (7, "REDUCING"), style="warning bold"))
    if head.differences:
        text = words.plural(head.differences, "difference")
        parts.append(_part(text, (7, f"{head.differences} diff"), (2, ""), style="warning bold"))
    if head.unproven_orders:
        text = f"{head.unproven_orders} unknown"
        parts.append(_part(text, (7, f"{head.unproven_orders} unk"), (2, ""), style="warning bold"))
    return parts


def _counts(frame: Frame) -> list[Part]:
    """What a replay has counted: the first to give way, but what went wrong stays, in short."""
    feed = frame.feed
    if feed is None:
        return []
    parts = [_part(f"frames {words.count(feed.frames)}", (20, ""))]
    for rank, name, number in ((19, "disagree", feed.disagreements), (18, "unparsed", feed.unparsed)):
        text = words.count(number)
        if number:
            parts.append(_part(f"{name} {text}", (rank, f"{name[:3]} {text}"), (3, ""), style="warning"))
        else:
            parts.append(_part(f"{name} {text}", (rank, "")))
    return parts


def _venue(frame: Frame) -> Part:
    head, venue = frame.header, words.clean(frame.header.venue)
    if not (head.venue_is_up and venue == "ok"):
        return _part(f"venue {venue}", (10, venue), (3, ""), style="stale bold")
    latency = f" {head.latency_ms}ms" if head.latency_ms is not None else ""
    return _part(f"venue {venue}{latency}", (15, f"venue {venue}"), (8, ""))


def bar_rows(frame: Frame | None, closed: str | None, silent_s: int, width: int) -> list[Row]:
    """Return the full-width bar for what matters most now: at most two lines, none when nothing does."""
    halted = bar_lines(frame) if frame is not None and frame.header.halted else ()
    if closed is not None:
        first, style = f"the desk has stopped: {words.clean(closed) or 'as asked'}   q leaves", "alarm"
    elif silent_s:
        first, style = f"no news from the desk for {silent_s} s", "mode-live"
    else:
        return [_bar(line, "alarm", width) for line in halted]
    return [_bar(first, style, width), *[_bar(line, "alarm", width) for line in halted[:1]]]


def _bar(text: str, style: str, width: int) -> Row:
    return filled(((f" {text}", style),), width, style)


def event_row(frame: Frame | None, width: int) -> Row:
    """Return the newest notices in one line, newest first; before the first order of a practice, what to press."""
    if frame is None:
        return ()
    runs: list[Run] = [(" ", "")]
    is_open = any(row.id for row in frame.suggestions)
    if frame.header.mode == "practice" and is_open and not frame.parents and not frame.header.halted:
        runs += [(WELCOME, "key"), ("    ", "")]
    for notice in reversed(frame.notices[-6:]):
        if width_of(tuple(runs)) >= width:
            break
        style = _LEVELS.get(notice.level, "")
        runs += [(f"{words.clock(notice.at_ms)} ", "dim"), (words.clean(notice.text), style), ("    ", "")]
    return fitted(tuple(runs), width)
